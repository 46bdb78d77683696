"""What `train_classifier` makes of few labels alone: least squares against softmax regression.

python scripts/benchmark_few_labels.py --data FOLDER [--write]

Drawn from the packaged sample (its train articles, parted in learned from and scored on) and from
6,000 THUCNews train headlines; no test set is touched. Prints accuracy and calibration error, means
over three draws. ``--write`` puts them into docs/other_themes.md.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import recording
from numpy.typing import NDArray
from other_themes_data import BROAD, NOTE, Ints, headlines, seeds_of, themes_of

from topics.classifying import Examples, Settings, train_classifier
from topics.options import Options
from topics.segmenting import Segmenter
from topics.teaching import Rows
from topics.themes import ThemeSet, load_themes
from topics.training import sample_prepared
from topics.vectorizing import lengths_of

DRAWS = 3


@dataclass(frozen=True)
class Drawn:
    """Texts of which some labels are known, and all others are scored on."""

    texts: list[str]
    tokens: list[list[str]]
    known: Ints
    """The class of each text, -1 where it is not told."""
    gold: Ints
    """The class of each text that is scored on, else -1."""
    themes: ThemeSet
    other: bool


def first_of_each(classes: Ints, allowed: NDArray[np.bool_], size: int, order: Ints) -> Ints:
    """Return the labels of the first ``size`` allowed texts of each class, else -1."""
    known = np.full(len(classes), -1)
    for kind in range(int(classes.max()) + 1):
        chosen = [n for n in order if allowed[n] and classes[n] == kind][:size]
        known[chosen] = kind
    return known


def sample(size: int, seed: int) -> Drawn:
    """Draw labels from two thirds of the sample's train articles; score on the last third."""
    themes, rows = load_themes(), Rows.empty()
    rows.add_all(sample_prepared(themes, Options()), "sample ")
    classes, groups = np.array(rows.labels), np.array(rows.groups)
    rng = np.random.default_rng(seed)
    names = rng.permutation(np.unique(groups[classes >= 0]))
    inside = np.isin(groups, names[: len(names) * 2 // 3])
    known = first_of_each(classes, inside, size, rng.permutation(len(classes)))
    tokens = list(Segmenter().cut_many(rows.texts))
    gold = np.where(inside, -1, classes)
    return Drawn(rows.texts, tokens, known, gold, themes, other=True)


def news(data: Path, size: int, seed: int) -> Drawn:
    """Draw labels from 6,000 train headlines; score on the others of them."""
    train, _, names = headlines(data / "thucnews10")
    drawn = np.random.default_rng(seed).permutation(len(train.texts))[:6000]
    classes = train.classes(names)[drawn]
    known = first_of_each(classes, np.ones(6000, np.bool_), size, np.arange(6000))
    texts, tokens = [train.texts[n] for n in drawn], [train.tokens[n] for n in drawn]
    themes = themes_of(names, seeds_of(BROAD))
    return Drawn(texts, tokens, known, np.where(known < 0, classes, -1), themes, other=False)


def measured(drawn: Drawn, settings: Settings) -> tuple[float, float]:
    """Return accuracy and expected calibration error in ten bins."""
    groups = [str(number) for number in range(len(drawn.texts))]
    examples = Examples(
        texts=drawn.texts, tokens=drawn.tokens, groups=groups, labels=drawn.known.tolist()
    )
    trained = train_classifier(
        examples, drawn.themes, Options(), other=drawn.other, settings=settings
    )
    model, rows = trained.model, np.flatnonzero(drawn.gold >= 0)
    lengths = lengths_of([token for row in rows for token in drawn.tokens[row]])
    said = model.probabilities(model.score(model.look_up([drawn.texts[n] for n in rows], lengths)))
    right, sure = said.argmax(axis=1) == drawn.gold[rows], said.max(axis=1)
    part = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(np.sum(right[part == n] - sure[part == n])) for n in range(10)]
    return float(right.mean()), float(sum(gaps) / len(rows))


def table(data: Path) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| labels a class | softmax: accuracy, error | least squares: accuracy, error |"
    yield "| --- | --- | --- |"
    for name in ("sample, 5 classes", "THUCNews headlines, 10 classes"):
        for size in (5, 8, 30, 90):
            cells = []
            for until in (0, Settings().squares_until):
                found = [
                    measured(
                        sample(size, n) if name[0] == "s" else news(data, size, n),
                        Settings(squares_until=until),
                    )
                    for n in range(DRAWS)
                ]
                right, gap = np.mean(found, axis=0)
                cells.append(f"{right:.3f}, {gap:.3f}")
            yield f"| {name}: {size} | {cells[0]} | {cells[1]} |"


def main() -> None:
    """Read the command line, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--write", action="store_true", help="write docs/other_themes.md")
    args = parser.parse_args()
    lines = []
    for line in table(args.data):
        print(line, flush=True)
        lines.append(line)
    if args.write:
        recording.write("few", lines, NOTE)


if __name__ == "__main__":
    main()
