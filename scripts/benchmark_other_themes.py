"""Themes that are not ours: headlines from seed words, headlines from labels, few labels.

python scripts/benchmark_other_themes.py --data FOLDER [--only seeds labels tnews iflytek] [--write]

FOLDER holds thucnews10, fewclue_tnews and fewclue_iflytek. ``--write`` puts the figures into
docs/other_themes.md, between its two marks.
"""

import argparse
import datetime
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from few_labels import Small, few_labels
from numpy.typing import NDArray
from other_themes_data import (
    BROAD,
    FIRST,
    FREQUENT,
    TNEWS,
    Texts,
    headlines,
    macro_f1,
    seeds_of,
    themes_of,
)

from topics.classifying import Examples, train_classifier
from topics.options import Options
from topics.seeding import weak_labels
from topics.themes import ThemeSet
from topics.vectorizing import lengths_of

Floats = NDArray[np.float64]

NOTE = Path(__file__).parents[1] / "docs" / "other_themes.md"
MARKS = ("<!-- figures -->", "<!-- end of figures -->")
WEAK = 0.25
"""How much weak labels count; on TNEWS, train sets 0 and 2 scored on the others: 0 gave 0.477, 0.25
0.522, 0.5 0.520, 1 0.509."""


def learned(
    train: Texts,
    test: Texts,
    themes: ThemeSet,
    *,
    labels: Sequence[int] = (),
    soft: Floats | None = None,
) -> Floats:
    """Train as a user would; return the probabilities of the test texts."""
    groups = [str(number) for number in range(len(train.texts))]
    examples = Examples(
        texts=train.texts, tokens=train.tokens, groups=groups, labels=labels, soft=soft
    )
    model = train_classifier(examples, themes, Options(folds=2), other=False).model
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


def from_few(name: str, folder: str, small: Small) -> Callable[[Path], Iterator[str]]:
    """Return what measures one of the few-label tasks."""

    def measure(data: Path) -> Iterator[str]:
        found = few_labels(data / folder, small, seeds_of(TNEWS) if name == "TNEWS" else {})
        each = ", ".join(f"{100 * one:.1f}" for one in found)
        yield f"{name}, five train sets: mean accuracy {100 * float(np.mean(found)):.1f} ({each})"

    return measure


TASKS: dict[str, Callable[[Path], Iterator[str]]] = {
    "seeds": from_seeds,
    "labels": from_labels,
    "tnews": from_few("TNEWS", "fewclue_tnews", Small(3e-3, 2, 10.0, 3, WEAK)),
    "iflytek": from_few("IFLYTEK", "fewclue_iflytek", Small(1e-3, 0, 1.0, 2, 0.0)),
}


def write(figures: Sequence[str]) -> None:
    """Put the figures between the marks of the note."""
    before, rest = NOTE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    day = datetime.datetime.now(datetime.UTC).date()
    where = (
        f"{day}, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"
    )
    body = "\n".join(("", f"Measured {where}:", "", *(f"- {line}" for line in figures), ""))
    NOTE.write_text(before + MARKS[0] + body + MARKS[1] + after, encoding="utf-8")


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--only", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--write", action="store_true", help="write docs/other_themes.md")
    args = parser.parse_args()
    figures = []
    for name in args.only:
        start = time.process_time()
        for figure in TASKS[name](args.data):
            print(f"{figure}  [{time.process_time() - start:.0f} s]", flush=True)
            figures.append(figure)
    if args.write:
        write(figures)


if __name__ == "__main__":
    main()
