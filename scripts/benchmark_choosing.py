"""How many topics are advised where the number of classes is known, and what phrases do.

    python scripts/benchmark_choosing.py --benchmarks ../shared/benchmarks [--write]
    python scripts/benchmark_choosing.py --phrases --corpora ../shared/corpora [--write]

The sets: BBC news, M10, headlines (THUCNews' dev file), app descriptions (IFLYTEK's test file), and
mixtures of them: texts of one class joined by threes or fours, some classes only. Coherence is
counted in whole documents.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import gzip
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from benchmark_topics import (
    DATA,
    Texts,
    matrix,
    read_benchmark,
    read_corpus,
    show,
    vocabulary_of,
)
from numpy.typing import NDArray
from recording import DOCS, noted
from scipy import sparse

from topics.discovering import Settings, choose_topics, discover
from topics.discovering.choosing import CANDIDATES, Choice, sample, sizes
from topics.modelling.phrases import find_phrases
from topics.segmenting import Segmenter
from topics.vectorizing.tokens import Tokens

Labels = NDArray[np.str_]
Set = tuple[str, sparse.csr_matrix, int]


def counted(texts: Texts, labels: Sequence[str], least: int) -> tuple[sparse.csr_matrix, Labels]:
    """Count the Han words of two characters and more; leave texts with fewer than ``least`` out."""
    words = [[w for w in t if len(w) > 1 and all("一" <= c <= "鿿" for c in w)] for t in texts]
    counts = matrix(words, vocabulary_of(words, 5, 0.3))
    kept = np.asarray(counts.sum(axis=1)).ravel() >= least
    return counts[kept], np.array(labels)[kept]


def joined(
    counts: sparse.csr_matrix, labels: Labels, by: int, seed: int, classes: Sequence[str]
) -> sparse.csr_matrix:
    """Return texts of ``classes``, ``by`` of one class joined to one, in random order."""
    draw = np.random.default_rng(seed)
    rows = []
    for label in sorted(classes):
        members = draw.permutation(np.flatnonzero(labels == label))
        rows.append(members[: len(members) // by * by].reshape(-1, by))
    groups = draw.permutation(np.vstack(rows))
    places = np.arange(0, groups.size + 1, by)
    shape = (len(groups), counts.shape[0])
    together = sparse.csr_matrix((np.ones(groups.size), groups.ravel(), places), shape) @ counts
    frequent = np.flatnonzero(np.bincount(together.indices, minlength=counts.shape[1]) >= 3)
    return together[:, frequent].tocsr()


def sets(folder: Path) -> Iterator[Set]:
    segmenter = Segmenter()
    plain = {}
    for name in ("bbc", "m10"):
        texts, found, names = read_benchmark(folder / DATA[name])
        plain[name] = (matrix(texts, names), np.array(found))
    lines = (folder / "thucnews10" / "dev.txt").read_text(encoding="utf-8").splitlines()
    texts = [segmenter.words(line.split("\t")[0]) for line in lines]
    plain["headlines"] = counted(texts, [line.split("\t")[1] for line in lines], 2)
    with gzip.open(folder / "fewclue_iflytek" / "test_public.json.gz", "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    texts = [segmenter.words(row["sentence"]) for row in rows]
    plain["apps"] = counted(texts, [str(row["label"]) for row in rows], 5)
    for name, classes in (("bbc", 5), ("m10", 10), ("headlines", 10)):
        yield name, plain[name][0], classes
    draw = np.random.default_rng(5)
    for name, by in (("m10", 3), ("headlines", 3)):
        counts, labels = plain[name]
        every = sorted(set(labels))
        yield f"{name}, joined by {by}", joined(counts, labels, by, 0, every), 10
        for seed in (0, 1):
            some = [str(label) for label in draw.permutation(every)[:5]]
            kind = f"{name}, 5 classes, joined by {by + seed}"
            yield kind, joined(counts, labels, by + seed, seed, some), 5
    counts, labels = plain["apps"]
    top = [label for label, _ in collections.Counter(labels.tolist()).most_common(40)]
    for classes in (5, 10, 10):
        some = [str(label) for label in draw.permutation(top)[:classes]]
        yield f"apps, {classes} classes", joined(counts, labels, 1, 0, some), classes


def choice_of(counts: sparse.csr_matrix) -> Choice:
    light, _ = sample(counts[np.diff(counts.indptr) > 0], [[]] * counts.shape[0])
    light = light[:, np.flatnonzero(np.bincount(light.indices, minlength=light.shape[1]) >= 2)]
    names = [str(n) for n in range(light.shape[1])]
    tried = sizes(light.shape[0])
    return choose_topics(light, names, candidates=tried, settings=Settings(runs=1))


def choosing(folder: Path) -> None:
    print(f"K of {CANDIDATES}, as far as there are documents enough")
    show("set", "documents", "classes", "advised", "place of each", "seconds")
    show(*["---"] * 6)
    errors = []
    for name, counts, classes in sets(folder):
        start = time.process_time()
        choice = choice_of(counts)
        places = " ".join(f"{row.topics}: {row.place:.2f}" for row in choice.rows)
        seconds = time.process_time() - start
        show(name, counts.shape[0], classes, choice.advised, places, seconds)
        errors.append(abs(np.log(choice.advised / classes)))
    print(f"mean of |log(advised / classes)|: {np.mean(errors):.3f}")


def phrases(benchmarks: Path, corpora: Path) -> None:
    m10, _, names = read_benchmark(benchmarks / DATA["m10"])
    reports = read_corpus(corpora / "political_reports.jsonl.gz")[:3000]
    show("corpus", "words", "NPMI", "diversity", "stability")
    show(*["---"] * 5)
    cases = (("m10", m10, 5), ("reports, first 3,000 paragraphs", reports, 5))
    for name, texts, rare in cases:
        known = set(names) if name == "m10" else None
        kept = [[w for w in text if known is None or w in known] for text in texts]
        tokens = Tokens.of(kept)
        joined = tokens.joined(find_phrases(tokens), lambda a, b: f"{a}_{b}")
        for kind, chosen in (("words", kept), ("with phrases", [*joined])):
            vocabulary = vocabulary_of(chosen, rare, 0.2)
            settings = dataclasses.replace(Settings(), runs=2, perplexity=False)
            found = discover(matrix(chosen, vocabulary), vocabulary, chosen, settings=settings)
            scores = found.scores
            show(name, kind, scores.npmi, scores.diversity, scores.stability)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--phrases", action="store_true", help="phrases instead of choosing K")
    parser.add_argument("--write", action="store_true", help="write docs/topics.md")
    options = parser.parse_args()
    name = "phrases" if options.phrases else "choosing"
    with noted(DOCS / "topics.md", name, to_write=options.write):
        if options.phrases:
            phrases(options.benchmarks, options.corpora)
        else:
            choosing(options.benchmarks)


if __name__ == "__main__":
    main()
