"""Seed words where most texts belong to no theme: how right the weak labels are.

python scripts/benchmark_rare_themes.py [--corpora FOLDER] [--benchmarks FOLDER] [--tables DIR]
    [--write] [--before]

Chosen on: the sample's train articles and labelled newspaper paragraphs (halves by article, the
packaged themes; each theme alone, the others being other; themes thinned to 3, 10 and 30 % of the
texts), and headlines of three drawn classes in 1, 3, 10 and 30 % of the texts. Tested on: app
descriptions, TNEWS headlines, and (--tables, see benchmark_clusters.py) 20 Newsgroups with six
words drawn of each class' forty most telling. --write puts the tables into docs/accuracy.md; with
--before, and PYTHONPATH leading to an older package, only that package's row.
"""

import argparse
import collections
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from benchmark_clusters import read_table
from build_model import examples
from numpy.typing import NDArray
from other_themes_apps import APPS
from other_themes_data import (
    FIRST,
    FREQUENT,
    TNEWS,
    Texts,
    few,
    headlines,
    seeds_of,
    themes_of,
)
from recording import DOCS, noted
from scipy import sparse
from threadpoolctl import threadpool_limits

from topics import seeding
from topics.evaluating.tags import score
from topics.options import Options
from topics.themes import ThemeSet, load_themes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST = 6000
"""Texts of other, at most."""
KEPT = 40
"""Most telling words of a class of 20 Newsgroups that seeds are drawn from."""
WAYS: tuple[tuple[str, dict[str, float]], ...] = (
    ("as it is", {}),
    ("FORCE 0.2", {"FORCE": 0.2}),
    ("FORCE 0.5", {"FORCE": 0.5}),
    ("REACH 5", {"REACH": 5.0}),
    ("REACH 12", {"REACH": 12.0}),
    ("no REACH", {"REACH": 1e9}),
    ("COVER 0.1", {"COVER": 0.1}),
    ("BACKGROUND 0.001", {"BACKGROUND": 0.001}),
    ("BACKGROUND 0.016", {"BACKGROUND": 0.016}),
    ("OPEN_ROUNDS 3", {"OPEN_ROUNDS": 3}),
    ("OPEN_ROUNDS 8", {"OPEN_ROUNDS": 8}),
    ("OPEN_ROUNDS 12", {"OPEN_ROUNDS": 12}),
)


@dataclass(frozen=True)
class Case:
    """Texts with known classes (other last), and the themes whose seeds are to find them."""

    family: str
    texts: list[str]
    tokens: list[Sequence[str]]
    gold: Ints
    themes: ThemeSet
    x: sparse.csr_matrix


def case(
    family: str,
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    gold: Ints,
    themes: ThemeSet,
    rows: Ints,
) -> Case:
    """Return the chosen rows as a case."""
    some, cut = [texts[row] for row in rows], [tokens[row] for row in rows]
    return Case(family, some, cut, gold[rows], themes, seeding.presence(some, cut))


def thinned(gold: Ints, other: int, share: float, draw: np.random.Generator) -> Ints:
    """Return rows, so that texts with a theme are ``share`` of them (other: ``MOST`` at most)."""
    rest = draw.permutation(np.flatnonzero(gold == other))[:MOST]
    rows = draw.permutation(np.flatnonzero(gold != other))
    wanted = round(share / (1 - share) * len(rest))
    if wanted > len(rows):
        rest, wanted = rest[: int(len(rows) * (1 - share) / share)], len(rows)
    return np.sort(np.concatenate((rest, rows[:wanted])))


def packaged(corpora: Path) -> Iterator[Case]:
    """Yield the packaged themes on texts that the ready-made model learns from."""
    themes, given = load_themes(), examples(corpora, Options())
    groups, labels = np.array(given.groups), given.classes
    whole = np.array([tags is not None for tags in given.tags]) & (labels >= 0)
    sampled = np.char.startswith(groups, "sample ")
    usual = whole & np.asarray(given.calibrates, bool)
    half = np.array([int(hashlib.sha256(g.encode()).hexdigest(), 16) % 2 for g in groups])
    for name, rows in (("sample", sampled & whole), ("newspapers", ~sampled & usual)):
        for part in (0, 1):
            chosen = np.flatnonzero(rows & (half == part))
            yield case(name, given.texts, given.tokens, labels, themes, chosen)
        for number, theme in enumerate(themes):
            one = replace(themes, themes=(theme,))
            gold = np.where(labels == number, 0, 1)
            where = np.flatnonzero(rows)
            yield case(f"{name}, one theme", given.texts, given.tokens, gold, one, where)
    draw, rows = np.random.default_rng(0), np.flatnonzero(sampled & whole)
    for share in (0.03, 0.1, 0.3):
        chosen = rows[thinned(labels[rows], len(themes), share, draw)]
        yield case("sample, thinned", given.texts, given.tokens, labels, themes, chosen)


def drawn(
    name: str, given: Texts, seeds: dict[str, list[str]], shares: Sequence[float], draws: int
) -> Iterator[Case]:
    """Yield cases of three drawn classes whose texts are so large a share."""
    every = sorted(set(given.labels) & set(seeds))
    for number in range(draws):
        draw = np.random.default_rng(number)
        some = [every[n] for n in draw.permutation(len(every))[:3]]
        gold = np.array([some.index(label) if label in some else 3 for label in given.labels])
        codes = [f"c{n}" for n in range(3)]
        themes = themes_of(codes, dict(zip(codes, (seeds[label] for label in some), strict=True)))
        for share in shares:
            rows = thinned(gold, 3, share, draw)
            yield case(f"{name}, {share:.0%}", given.texts, given.tokens, gold, themes, rows)


def together(parts: Sequence[Texts]) -> Texts:
    """Return the texts of all parts."""
    return Texts(
        [text for part in parts for text in part.texts],
        [label.removeprefix("news_") for part in parts for label in part.labels],
        [cut for part in parts for cut in part.tokens],
    )


def to_choose_on(corpora: Path, benchmarks: Path) -> Iterator[Case]:
    """Yield what the settings were chosen on."""
    yield from packaged(corpora)
    train, _, _ = headlines(benchmarks / "thucnews10")
    for text in (FIRST, FREQUENT):
        yield from drawn("headlines", train, seeds_of(text), (0.01, 0.03, 0.1, 0.3), 3)


def to_test_on(benchmarks: Path, tables: Path | None) -> Iterator[Case]:
    """Yield what nothing was chosen on."""
    for name, words, shares in (
        ("iflytek", APPS, (0.03, 0.1)),
        ("tnews", TNEWS, (0.03, 0.1, 0.3)),
    ):
        paths = sorted((benchmarks / f"fewclue_{name}").glob("*.json*"))
        given = together([few(path) for path in paths])
        common = {label for label, _ in collections.Counter(given.labels).most_common(40)}
        seeds = {label: row for label, row in seeds_of(words).items() if label in common}
        yield from drawn(name.upper(), given, seeds, shares, 4)
    if tables:
        files = [read_table(tables / f"20newsgroups-{part}.tab") for part in ("train", "test")]
        texts = [text[:1500] for file, _ in files for text in file]
        labels = [str(label) for _, file in files for label in file]
        given = Texts(texts, labels, [text.lower().split() for text in texts])
        seeds = telling(texts, np.array(labels))
        yield from drawn("20 Newsgroups", given, seeds, (0.03, 0.1, 0.3), 4)


def telling(texts: Sequence[str], labels: NDArray[np.str_]) -> dict[str, list[str]]:
    """Return for each class six words, drawn of those that tell it best (chi-squared)."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.feature_selection import chi2

    counter = CountVectorizer(min_df=20, stop_words="english")
    x, words = counter.fit_transform(texts), counter.get_feature_names_out()
    seeds = {}
    for number, label in enumerate(sorted(set(labels.tolist()))):
        own = labels == label
        more = np.asarray(x[own].mean(axis=0) > x[~own].mean(axis=0)).ravel()
        best = np.argsort(-np.nan_to_num(chi2(x, own)[0]) * more)[:KEPT]
        seeds[label] = [words[n] for n in np.random.default_rng(number).permutation(best)[:6]]
    return seeds


def measured(one: Case) -> Floats:
    """Return macro-F1, accuracy, calibration error and how far the themes' shares are off."""
    said = seeding.weak_labels(one.texts, one.tokens, one.themes, x=one.x)
    said[np.isnan(said).any(axis=1)] = np.eye(said.shape[1])[-1]
    classes = one.themes.classes
    scores = score(one.gold.tolist(), said, classes)
    counted = np.bincount(said.argmax(axis=1), minlength=len(classes)) / len(said)
    true = np.bincount(one.gold, minlength=len(classes)) / len(said)
    off = np.abs(counted - true)[:-1].sum()
    return np.array([scores.macro_f1, scores.accuracy, scores.calibration_error, off])


def measure(cases: Sequence[Case], ways: Sequence[tuple[str, dict[str, float]]]) -> None:
    """Print a table: a family of cases a column, a way a row."""
    families = list(dict.fromkeys(one.family for one in cases))
    heads = ("macro-F1, accuracy", *families, "mean", "ECE", "shares off by")
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    for name, how in ways:
        rows = _with(how, lambda: [measured(one) for one in cases])
        pairs = list(zip(cases, rows, strict=True))
        means = np.array(
            [np.mean([r for c, r in pairs if c.family == family], axis=0) for family in families]
        )
        cells = [f"{f1:.3f}, {right:.3f}" for f1, right, *_ in (*means, means.mean(axis=0))]
        rest = [f"{value:.3f}" for value in means.mean(axis=0)[2:]]
        print("| " + " | ".join((name, *cells, *rest)) + " |", flush=True)


def _with(how: dict[str, float], run: Callable[[], list[Floats]]) -> list[Floats]:
    before = {name: getattr(seeding, name) for name in how}
    for name, value in how.items():
        setattr(seeding, name, value)
    try:
        return run()
    finally:
        for name, value in before.items():
            setattr(seeding, name, value)


def main() -> None:
    """Measure both, and write the tables if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--tables", type=Path, metavar="DIR")
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    parser.add_argument("--before", action="store_true", help="the package is an older one")
    args = parser.parse_args()
    page = DOCS / "accuracy.md"
    with threadpool_limits(1):
        if args.before:
            with noted(page, "rare themes, before", to_write=args.write):
                measure(list(to_choose_on(args.corpora, args.benchmarks)), WAYS[:1])
                print()
                measure(list(to_test_on(args.benchmarks, args.tables)), WAYS[:1])
            return
        with noted(page, "rare themes, chosen on", to_write=args.write):
            measure(list(to_choose_on(args.corpora, args.benchmarks)), WAYS)
        with noted(page, "rare themes, tested on", to_write=args.write):
            measure(list(to_test_on(args.benchmarks, args.tables)), WAYS[:1])


if __name__ == "__main__":
    main()
