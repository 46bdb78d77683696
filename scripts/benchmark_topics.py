"""Topic discovery, measured: coherence, diversity, clusters, perplexity, stability, speed.

    python scripts/benchmark_topics.py --data bbc --peers --write
    python scripts/benchmark_topics.py --data m10 --write
    python scripts/benchmark_topics.py --corpora ../shared/corpora --peers --write

Peers run in the same process on the same matrices, interleaved; times are medians of processor
seconds, one thread. ``--peers`` measures gensim, scikit-learn and, where it is installed, tomotopy
(collapsed Gibbs with hyperparameter optimisation, as MALLET's). ``--write`` puts what is printed
into docs/topics.md.
"""

from __future__ import annotations

import argparse
import collections
import functools
import gzip
import itertools
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from recording import DOCS, noted
from scipy import sparse
from sklearn.cluster import KMeans as PeerKMeans
from sklearn.decomposition import NMF as PEER_NMF  # scikit-learn's own spelling
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from topics.discovering import Settings, discover
from topics.discovering.finding import distributions
from topics.discovering.gathering import Source, gather, make_source
from topics.evaluating.topics import completion_perplexity, diversity, npmi, stability
from topics.ingesting import read_articles
from topics.modelling import Clusters, KMeans, Lda, Nmf, infer
from topics.modelling.inference import GENSIM_EPSILON
from topics.naming import best_words
from topics.preparing import field_segmenter, stop_words
from topics.segmenting import Segmenter
from topics.themes import load_themes

DATA = {"bbc": "bbc_news", "m10": "m10"}
KINDS = {"nmf (default)": Nmf, "clusters": Clusters, "lda": Lda, "kmeans": KMeans}
SAME = 0.9999
"""Cosine from which gensim's two answers for a document count as one."""
KS, SEEDS = (10, 20, 30, 40, 50), (1, 2, 3)
Texts = list[list[str]]


def matrix(texts: Texts, vocabulary: Sequence[str]) -> sparse.csr_matrix:
    index = {word: n for n, word in enumerate(vocabulary)}
    rows = [collections.Counter(index[w] for w in text if w in index) for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    words = np.fromiter(itertools.chain.from_iterable(map(sorted, rows)), np.int32)
    data = np.fromiter((row[w] for row in rows for w in sorted(row)), np.float64)
    return sparse.csr_matrix((data, words, starts), shape=(len(texts), len(vocabulary)))


def read_benchmark(folder: Path) -> tuple[Texts, list[str], list[str]]:
    lines = (folder / "corpus.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").split()
    return [row[0].split() for row in rows], [row[2] for row in rows], vocabulary


def read_corpus(path: Path) -> Texts:
    """Return words of each paragraph of 20 characters and more."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        articles = [json.loads(line)["paragraphs"] for line in lines]
    texts = [part for parts in articles for part in parts if len(part) >= 20]
    segmenter = Segmenter()
    return [[word for word in segmenter.words(text) if len(word) > 1] for text in texts]


def vocabulary_of(texts: Texts, rare: int, common: float) -> list[str]:
    frequency = collections.Counter(word for text in texts for word in set(text))
    return sorted(w for w, n in frequency.items() if rare <= n <= common * len(texts))


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    with threadpool_limits(1):
        result = call()
    return time.process_time() - start, result


def show(*cells: object) -> None:
    print("| " + " | ".join(f"{c:.4g}" if isinstance(c, float) else str(c) for c in cells) + " |")


def plain_words(components: NDArray[Any], names: Sequence[str]) -> list[list[str]]:
    return [[names[w] for w in np.argsort(-row)[:10]] for row in components]


def coherence(texts: Texts, names: list[str], counts: sparse.csr_matrix, *, peers: bool) -> None:
    tfidf = TfidfTransformer().fit_transform(counts)

    def ours(k: int, seed: int, kind: type[Any]) -> list[list[str]]:
        fitted = kind(k, seed=seed).fit(counts)
        return [[names[w] for w in topic] for topic in best_words(fitted.components_, counts)]

    ways: dict[str, Callable[[int, int], list[list[str]]]] = {
        "ours: nmf (default)": lambda k, seed: ours(k, seed, Nmf),
        "ours: lda": lambda k, seed: ours(k, seed, Lda),
        "ours: kmeans": lambda k, seed: ours(k, seed, KMeans),
    }
    if peers:
        ways["scikit-learn TF-IDF + NMF"] = lambda k, seed: plain_words(
            PEER_NMF(k, init="nndsvd", random_state=seed, max_iter=400).fit(tfidf).components_,
            names,
        )
        ways["gensim LDA, 10 passes"] = lambda k, seed: plain_words(
            Lda(k, engine="gensim", passes=10, seed=seed).fit(counts).components_, names
        )
    show("method", *(f"NPMI K={k}" for k in KS), "mean NPMI", "mean diversity")
    show(*["---"] * (len(KS) + 3))
    for name, way in ways.items():
        cells = [[way(k, seed) for seed in SEEDS] for k in KS]
        values = [float(np.mean([npmi(words, texts).mean() for words in row])) for row in cells]
        diverse = float(np.mean([diversity(words) for row in cells for words in row]))
        show(name, *values, float(np.mean(values)), diverse)


def clusters(counts: sparse.csr_matrix, labels: list[str], *, peers: bool) -> None:
    k = len(set(labels))
    tfidf = TfidfTransformer().fit_transform(counts)
    found = {
        name: [kind(k, seed=seed).fit(counts).transform(counts).argmax(axis=1) for seed in SEEDS]
        for name, kind in KINDS.items()
    }
    if peers:
        found["scikit-learn TF-IDF + NMF"] = [
            PEER_NMF(k, init="nndsvd", random_state=seed, max_iter=400)
            .fit_transform(tfidf)
            .argmax(axis=1)
            for seed in SEEDS
        ]
        found["scikit-learn TF-IDF + k-means"] = [
            PeerKMeans(k, n_init=10, random_state=seed).fit_predict(tfidf) for seed in SEEDS
        ]
    print()
    show(f"clusters, K = {k}", f"NMI to the labels, mean of {len(SEEDS)} seeds")
    show("---", "---")
    for name, runs in found.items():
        show(name, float(np.mean([normalized_mutual_info_score(labels, run) for run in runs])))


def gibbs(counts: sparse.csr_matrix, k: int, seed: int) -> NDArray[np.float64] | None:
    try:
        import tomotopy
    except ImportError:
        return None
    model = tomotopy.LDAModel(k=k, alpha=5 / k, eta=0.01, seed=seed)
    for a, b in itertools.pairwise(counts.indptr):
        times = counts.data[a:b].astype(int)
        if times.sum():
            model.add_doc([str(w) for w in np.repeat(counts.indices[a:b], times)])
    model.burn_in, model.optim_interval = 100, 10
    model.train(1000, workers=1, show_progress=False)
    components = np.full((k, counts.shape[1]), 1e-12)
    used = [int(word) for word in model.used_vocabs]
    components[:, used] = [model.get_topic_word_dist(topic) for topic in range(k)]
    rows: NDArray[np.float64] = components / components.sum(axis=1, keepdims=True)
    return rows


def folded(components: NDArray[Any]) -> Callable[[Any], NDArray[np.float64]]:
    """Ask any model's word distributions in the same way: EM, prior count 0.1."""
    return lambda x: infer(x.indptr, x.indices, x.data, components, 0.1)


def engines(counts: sparse.csr_matrix, k: int, repeats: int, *, peers: bool) -> None:
    held = np.arange(counts.shape[0]) % 10 == 0
    train, test = counts[~held], counts[held]
    ways: dict[str, Callable[[int], Any]] = {"ours: Lda": lambda s: Lda(k, seed=s).fit(train)}
    ways["ours: Nmf"] = lambda seed: Nmf(k, seed=seed).fit(train)
    if peers:
        ways["gensim, 10 passes"] = lambda s: Lda(k, engine="gensim", passes=10, seed=s).fit(train)
        ways["tomotopy, 1000 iterations"] = lambda seed: gibbs(train, k, seed)
    times: dict[str, list[float]] = collections.defaultdict(list)
    values: dict[str, list[float]] = collections.defaultdict(list)
    for seed in range(repeats):
        for name, way in ways.items():
            seconds, model = timed(functools.partial(way, seed))
            if model is not None:
                topics = model if isinstance(model, np.ndarray) else distributions(model)
                times[name].append(seconds)
                values[name].append(completion_perplexity(folded(topics), topics, test))
    print(f"{train.shape[0]} documents to train on, {train.nnz} cells, K = {k}\n")
    show("engine", "seconds (median)", "spread", "times ours", "held-out perplexity")
    show(*["---"] * 5)
    base = statistics.median(times["ours: Lda"])
    for name, runs in times.items():
        middle = statistics.median(runs)
        spread = f"{min(runs):.2f} to {max(runs):.2f}"
        show(name, middle, spread, middle / base, statistics.median(values[name]))


def inference(counts: sparse.csr_matrix, k: int, repeats: int, passes: int) -> None:
    from gensim.models import LdaModel

    rows = [
        list(zip(counts.indices[a:b].tolist(), counts.data[a:b].tolist(), strict=True))
        for a, b in itertools.pairwise(counts.indptr)
    ]
    names = {n: str(n) for n in range(counts.shape[1])}
    model = LdaModel(rows, k, id2word=names, passes=passes, random_state=0)

    def theirs() -> NDArray[Any]:
        return np.vstack(
            [model.inference(rows[n : n + 2000])[0] for n in range(0, len(rows), 2000)]
        )

    def ours() -> NDArray[Any]:
        arrays = (counts.indptr, counts.indices, counts.data)
        how: dict[str, Any] = {"variational": True, "epsilon": GENSIM_EPSILON}
        return infer(*arrays, model.expElogbeta, model.alpha, **how)

    pairs = [(timed(theirs), timed(ours)) for _ in range(repeats)]
    slow, fast = (statistics.median(p[n][0] for p in pairs) for n in (0, 1))
    first, again, mine = pairs[0][0][1], pairs[-1][0][1], pairs[0][1][1]
    model.random_state = EvenStart()
    even = theirs()
    print(
        f"\nInference with gensim's model, {passes} passes: gensim {len(rows) / slow:.0f} documents"
    )
    print(f"a second, ours {len(rows) / fast:.0f}: {slow / fast:.1f} times\n")
    show("cosine", "mean", "median", "share above .999", "mean where gensim agrees with itself")
    show(*["---"] * 5)
    same = cosines(first, again) > SAME
    for name, one, other in (
        ("ours to gensim, both from an even start", even, mine),
        ("ours to gensim as it comes", first, mine),
        ("gensim as it comes to its own second answer", first, again),
        ("gensim as it comes to gensim from an even start", first, even),
    ):
        found = cosines(one, other)
        shares = float((found > 0.999).mean()), float(found[same].mean())
        show(name, float(found.mean()), float(np.median(found)), *shares)


class EvenStart:
    """Stands in for gensim's random state: every document begins with equal topics, as ours."""

    def gamma(self, _shape: float, _scale: float, size: tuple[int, int]) -> NDArray[np.float64]:
        """Return ones, as many as asked for."""
        return np.ones(size)


def cosines(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    found: NDArray[np.float64] = (a * b).sum(axis=1) / lengths
    return found


def steadiness(counts: sparse.csr_matrix, k: int) -> None:
    show(f"K = {k}", "models", "ten heaviest words in common", "documents in matched topics")
    show(*["---"] * 4)
    ways: dict[str, Callable[[int], Any]] = {
        "nmf (default)": lambda seed: Nmf(k, seed=seed),
        "lda": lambda seed: Lda(k, seed=seed),
        "kmeans": lambda seed: KMeans(k, seed=seed),
        "gensim LDA": lambda seed: Lda(k, seed=seed, engine="gensim", passes=10),
    }
    for name, way in ways.items():
        for how in ("seeds", "bootstraps"):
            runs = []
            for seed in SEEDS:
                draw = np.random.default_rng(seed).integers(counts.shape[0], size=counts.shape[0])
                sample = counts[np.sort(draw)] if how == "bootstraps" else counts
                model = way(seed).fit(sample)
                words = [list(np.argsort(-row)[:10]) for row in model.components_]
                runs.append((words, model.transform(counts).argmax(axis=1)))
            found = stability([w for w, _ in runs], [a for _, a in runs])
            show(name, f"over {how}", found.words, found.assignments)


def corpora(folder: Path, options: argparse.Namespace) -> None:
    texts = read_corpus(folder / "political_reports.jsonl.gz")
    names = vocabulary_of(texts, 5, 0.2)
    counts = matrix(texts, names)
    counts = counts[np.diff(counts.indptr) >= 5]
    with noted(DOCS / "topics.md", "engines", to_write=options.write):
        engines(counts, options.topics, options.repeats, peers=options.peers)
    if options.peers:
        with noted(DOCS / "topics.md", "inference", to_write=options.write):
            for passes in (10, 3):
                inference(counts, options.topics, options.repeats, passes)
    with noted(DOCS / "topics.md", "stability", to_write=options.write):
        steadiness(counts, options.topics)
    source = newspaper(folder / "peoples_daily_2023q3.jsonl.gz")
    with noted(DOCS / "topics.md", "newspaper", to_write=options.write):
        read_by_eye(source)
    with noted(DOCS / "topics.md", "engines on articles", to_write=options.write):
        engines(source.counts[::2], options.topics, 1, peers=options.peers)


def newspaper(path: Path) -> Source:
    """Return whole articles as ``topics discover --unit article`` sees them."""
    themes = load_themes()
    documents = gather(read_articles(path), "article")
    return make_source(documents, field_segmenter(themes), stop_words(), themes)


def read_by_eye(source: Source) -> None:
    for k in (20, 40):
        settings = Settings(topics=k, runs=0, perplexity=False)
        found = discover(source.counts, source.words, source.tokens, settings=settings)
        scores = {name: value for name, value in found.scores.to_dict().items() if value}
        print(f"\n{k} topics of {len(source.documents)} articles: {scores}\n")
        for topic in found.topics:
            print(f"* {topic.share:.1%} {' '.join(topic.words)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", choices=sorted(DATA), action="append", default=[])
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--corpora", type=Path, metavar="DIR")
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="write docs/topics.md")
    options = parser.parse_args()
    for name in options.data:
        texts, labels, names = read_benchmark(options.benchmarks / DATA[name])
        counts = matrix(texts, names)
        with noted(DOCS / "topics.md", name, to_write=options.write):
            print(f"{name}: {counts.shape[0]} documents, {counts.shape[1]} words\n")
            coherence(texts, names, counts, peers=options.peers)
            clusters(counts, labels, peers=options.peers)
    if options.corpora:
        corpora(options.corpora, options)


if __name__ == "__main__":
    main()
