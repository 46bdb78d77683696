"""Themes that are not ours: headlines from seed words, headlines from labels, few labels.

python scripts/benchmark_other_themes.py --data FOLDER [--only TASK ...] [--choose] [--write]

FOLDER holds thucnews10, fewclue_tnews and fewclue_iflytek. ``--write`` puts the figures into
docs/other_themes.md, between their marks; those of other tasks stay.
"""

import argparse
import datetime
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import recording
from few_labels import Small, few_labels, mean_of
from numpy.typing import NDArray
from other_themes_apps import APPS
from other_themes_data import (
    BROAD,
    FIRST,
    FREQUENT,
    NOTE,
    TNEWS,
    Texts,
    headlines,
    macro_f1,
    seeds_of,
    themes_of,
)

from topics.classifying import Examples, Settings, train_classifier
from topics.options import Options
from topics.seeding import weak_labels
from topics.themes import ThemeSet
from topics.vectorizing import lengths_of

Floats = NDArray[np.float64]

MARKS = ("<!-- figures -->", "<!-- end of figures -->")
HEAD = (
    "| penalty of support vectors | mean accuracy | more than without, part by part |",
    "| --- | --- | --- |",
)
PARTS = 6
"""Of the headlines to learn from, each held out once."""
SMALL = {
    "TNEWS": Small(ridge=3.0, word_weight=10.0, longest=3, least=1, rounds=2, weak=0.4),
    "IFLYTEK": Small(
        ridge=4.0,
        word_weight=3.0,
        longest=2,
        least=2,
        starts=(20, 60),
        vectors=True,
        sharpness=2,
        sure=0.5,
    ),
}
"""Chosen by ``--choose``: on the labels of the train sets that are not learned from."""


def learned(
    train: Texts,
    test: Texts,
    themes: ThemeSet,
    *,
    labels: Sequence[int] = (),
    soft: Floats | None = None,
    settings: Settings | None = None,
) -> Floats:
    """Train as a user would; return the probabilities of the test texts."""
    groups = [str(number) for number in range(len(train.texts))]
    examples = Examples(
        texts=train.texts, tokens=train.tokens, groups=groups, labels=labels, soft=soft
    )
    options = Options(folds=2)
    model = train_classifier(examples, themes, options, other=False, settings=settings).model
    reading = model.look_up(test.texts, lengths_of([t for row in test.tokens for t in row]))
    said: Floats = model.probabilities(model.score(reading))[:, :-1]
    return said


def from_seeds(folder: Path) -> Iterator[str]:
    """Learn headlines from five seed words a class: weak labels, then the classifier."""
    train, test, names = headlines(folder / "thucnews10")
    gold = test.classes(names)
    for title, text in (("first guess", FIRST), ("frequent", FREQUENT), ("broad", BROAD)):
        themes = themes_of(names, seeds_of(text))
        soft = weak_labels(train.texts, train.tokens, themes, other=False)
        said = learned(train, test, themes, soft=soft)
        found = macro_f1(gold, said.argmax(axis=1), len(names))
        yield f"THUCNews, five seeds a class ({title}): macro-F1 {found:.4f}"


def from_labels(folder: Path) -> Iterator[str]:
    """Learn headlines from all labels."""
    train, test, names = headlines(folder / "thucnews10")
    taught, gold = train.classes(names), test.classes(names)
    said = learned(train, test, themes_of(names, seeds_of(BROAD)), labels=list(taught))
    right = (said.argmax(axis=1) == gold).mean()
    yield f"THUCNews, all labels: accuracy {right:.4f}"


def choose_margins(folder: Path) -> Iterator[str]:
    """Learn the headlines to learn from without one of six parts; test on that part."""
    train, _, names = headlines(folder / "thucnews10")
    gold, themes = train.classes(names), themes_of(names, seeds_of(BROAD))
    parts = np.array_split(np.random.default_rng(7).permutation(len(gold)), PARTS)
    before = np.zeros(PARTS)
    for margins in (0.0, Settings().margins):
        right = np.zeros(PARTS)
        for number, part in enumerate(parts):
            rest = np.setdiff1d(np.arange(len(gold)), part)
            settings = Settings(margins=margins)
            said = learned(
                train.only(rest),
                train.only(part),
                themes,
                labels=list(gold[rest]),
                settings=settings,
            )
            right[number] = (said.argmax(axis=1) == gold[part]).mean()
        before = before if margins else right
        gains = ", ".join(f"{gain:+.4f}" for gain in right - before) if margins else "–"
        yield f"| {margins or 'none'} | {right.mean():.4f} | {gains} |"


def from_few(
    name: str, words: str, wording: str, *, choosing: bool = False
) -> Callable[[Path], Iterator[str]]:
    """Return what measures one of the few-label tasks."""

    def measure(data: Path) -> Iterator[str]:
        folder = data / f"fewclue_{name.lower()}"
        found = few_labels(folder, SMALL[name], seeds_of(words), choosing=choosing)
        where = ", scored on the other train sets" if choosing else ""
        yield f"{name}, five train sets, {wording}{where}: {mean_of(found)}"

    return measure


def without(data: Path) -> Iterator[str]:
    """Measure what each part gives on IFLYTEK, on the train sets that are not learned from."""
    small = SMALL["IFLYTEK"]
    fewer = {
        "without beginnings": replace(small, starts=()),
        "latent basis in place of word vectors": replace(small, vectors=False),
        "cosines not squared": replace(small, sharpness=1),
    }
    for what, kept in fewer.items():
        found = few_labels(data / "fewclue_iflytek", kept, seeds_of(APPS), choosing=True)
        yield f"IFLYTEK, {what}, scored on the other train sets: {mean_of(found)}"


def few_tasks(*, choosing: bool = False) -> dict[str, Callable[[Path], Iterator[str]]]:
    """Return the few-label tasks."""
    given = {
        "tnews": ("TNEWS", TNEWS, "three to eight words of ours a label"),
        "iflytek_names": ("IFLYTEK", "", "names of the labels"),
        "iflytek": ("IFLYTEK", APPS, "names, and words of ours for each label"),
    }
    found = {key: from_few(*each, choosing=choosing) for key, each in given.items()}
    return {**found, "without": without} if choosing else found


TASKS: dict[str, Callable[[Path], Iterator[str]]] = {
    "seeds": from_seeds,
    "labels": from_labels,
    **few_tasks(),
}


def write(figures: Sequence[str]) -> None:
    """Put the figures between the marks of the note; those of what was not measured stay."""
    if parts := [figure for figure in figures if figure.startswith("|")]:
        recording.write("parts", [*HEAD, *parts], NOTE)
    day = datetime.datetime.now(datetime.UTC).date()
    where = f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"
    old = NOTE.read_text(encoding="utf-8").split(MARKS[0])[1].split(MARKS[1])[0]
    rows = [line[2:] for line in old.split("\n") if line.startswith("- ")]
    rows += [f"{line} ({day}, {where})" for line in figures if line not in parts]
    found = {row[: row.rindex(": ")]: f"- {row}" for row in rows}
    recording.write("figures", found.values(), NOTE)


def main() -> None:
    """Read the command line, print the figures."""
    names = list({**TASKS, **few_tasks(choosing=True)})
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--write", action="store_true", help="write docs/other_themes.md")
    parser.add_argument(
        "--choose",
        action="store_true",
        help="score on parts of what is learned from, never on the test",
    )
    args = parser.parse_args()
    choosing = {"labels": choose_margins, **few_tasks(choosing=True)}
    figures, tasks = [], choosing if args.choose else TASKS
    for name in [name for name in args.only if name in tasks]:
        start = time.process_time()
        for figure in tasks[name](args.data):
            print(f"{figure}  [{time.process_time() - start:.0f} s]", flush=True)
            figures.append(figure)
    if args.write:
        write(figures)


if __name__ == "__main__":
    main()
