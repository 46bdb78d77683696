"""How fast it is beside what people write today: same input, interleaved, medians with spread.

    python scripts/benchmark_speed.py --corpora FOLDER --all --write docs/speed.md
    python scripts/benchmark_speed.py --corpora FOLDER --only tag one --rounds 5

FOLDER holds .jsonl.gz files of articles with ``paragraphs``. Commands run as processes of their
own, whole: imports, reading, cleaning, evidence, writing. Peers (scripts/speed_peers.py) do less:
no cleaning, no evidence. A million paragraphs are made in a temporary folder: each one is a real
one whose sentences were put in another order.
"""

from __future__ import annotations

import argparse
import compileall
import gzip
import itertools
import json
import os
import platform
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import speed_profile
from scipy import sparse
from speed_measuring import Row, Run, Side, call, command, interleaved, missed, table

import topics as toolkit
from topics.segmenting import Segmenter

PEERS = Path(__file__).parent / "speed_peers.py"
MANY = 58_000


class Job(NamedTuple):
    """What a part of the benchmark works with."""

    texts: Sequence[str]
    rounds: int
    folder: Path
    scale: float
    model: Sequence[str]
    notes: list[str]

    def rows(self, count: int, name: str) -> Path:
        """Write ``count`` paragraphs as jsonl; beyond the corpus, with sentences rearranged."""
        path = self.folder / name
        chance = random.Random(1)
        with path.open("w", encoding="utf-8") as file:
            for n in range(count):
                text = self.texts[n % len(self.texts)]
                if n >= len(self.texts):
                    sentences = text.split("。")
                    chance.shuffle(sentences)
                    text = "。".join(sentences) + f"（{n}）"
                file.write(json.dumps({"id": str(n), "text": text}, ensure_ascii=False) + "\n")
        return path

    def size(self, full: int) -> int:
        """Return how many paragraphs to take where ``full`` are due."""
        return max(10, int(full * self.scale))

    def tag(self, source: Path, *words: str) -> Run:
        """Tag a file as users do."""
        out = ("--format", "jsonl", "--out", str(self.folder / "ours.jsonl"))
        return command(sys.executable, "-m", "topics", "tag", source, *out, *self.model, *words)

    def peer(self, source: Path) -> Run:
        """Tag a file as users do today."""
        saved, out = self.folder / "peer.joblib", self.folder / "theirs.jsonl"
        if not saved.exists():
            few = self.rows(self.size(4000), "few.jsonl")
            self.tag(few)
            command(sys.executable, PEERS, "train", self.folder / "ours.jsonl", saved)
        return command(sys.executable, PEERS, "tag", saved, source, out)


def segmentation(job: Job) -> list[Row]:
    import jieba

    every = job.texts[: job.size(len(job.texts))]
    segmenter, other = Segmenter(), Segmenter(engine="rjieba")
    differing = sum(
        a != jieba.lcut(t) for a, t in zip(segmenter.cut_many(every), every, strict=True)
    )
    other.cut("词")
    job.notes.append(f"Segmentation: {differing} of {len(every)} paragraphs differ from jieba.")
    texts = every[:10_000]

    def cut(segmenter: Segmenter, threads: int) -> Run:
        return call(lambda: list(segmenter.cut_many(texts, threads)))

    sides = {
        "jieba.lcut": lambda: call(lambda: [jieba.lcut(text) for text in texts]),
        "Segmenter, 1 thread": lambda: cut(segmenter, 1),
        "Segmenter, 2 threads": lambda: cut(segmenter, 2),
        "Segmenter where nothing was compiled (rjieba), 1 thread": lambda: cut(other, 1),
    }
    return interleaved(f"segmentation, {len(texts)} paragraphs", job.rounds, sides, 15)


def tfidf(job: Job) -> list[Row]:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer

    from topics import vectorizing
    from topics.scoring import Features, learn_features

    segmenter = Segmenter()
    segmenter.cut("词")
    texts = job.texts[: job.size(50_000)]

    def ours(threads: int) -> None:
        features, counts = learn_features(texts, list(segmenter.cut_many(texts, threads)))
        features.weigh(counts)

    def same(threads: int) -> None:
        """Make what the peer makes: every token that stands in two texts, no pairs."""
        tokens = list(segmenter.cut_many(texts, threads))
        words, entries = vectorizing.learn_words(tokens, lambda _: True, 2)
        counts = vectorizing.gather([entries], len(texts), len(words))
        idf = np.log((1 + len(texts)) / (1 + np.bincount(entries.ids))) + 1
        Features(tuple(words), (), idf.astype(np.float32)).weigh(counts)

    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, min_df=2)
    sides = {
        "TfidfVectorizer(jieba)": lambda: call(lambda: vectorizer.fit_transform(texts)),
        "the same tokens, 1 thread": lambda: call(partial(same, 1)),
        "the same tokens, 2 threads": lambda: call(partial(same, 2)),
        "words and pairs of characters, 1 thread": lambda: call(partial(ours, 1)),
        "words and pairs of characters, 2 threads": lambda: call(partial(ours, 2)),
    }
    return interleaved(f"texts → TF-IDF, {len(texts)} paragraphs", job.rounds, sides, 12)


def lda(job: Job) -> list[Row]:
    """Train and infer; both sides' topics are then scored by the same functions."""
    from gensim.models import LdaModel

    from topics.modelling import Lda
    from topics.modelling.inference import GENSIM_EPSILON, infer

    tokens, words, every = _counts(job.texts[: job.size(6000)])
    held = np.arange(len(tokens)) % 10 == 0
    x = every[~held]
    bags = [
        list(zip(x.indices[a:b].tolist(), x.data[a:b].tolist(), strict=True))
        for a, b in itertools.pairwise(x.indptr)
    ]
    gensim = partial(LdaModel, bags, 20, dict(enumerate(words)), passes=10, random_state=1)
    ways: dict[str, Callable[[], Any]] = {
        "gensim, 10 passes": gensim,
        "Lda": lambda: Lda(n_topics=20).fit(x),
    }
    found: dict[str, Any] = {}
    what = f"LDA, K = 20, {len(bags)} paragraphs"
    rows = interleaved(f"{what}: training", job.rounds, _kept(ways, found), 15)
    model = found["gensim, 10 passes"]
    for name, shares in (("gensim", model.get_topics()), ("Lda", found["Lda"].components_)):
        job.notes.append(f"{name}: {_scores(shares, words, tokens, every[held])}")
    how: dict[str, Any] = {"variational": True, "epsilon": GENSIM_EPSILON}
    ways = {
        "gensim": lambda: np.vstack(
            [model.inference(bags[n : n + 2000])[0] for n in range(0, len(bags), 2000)]
        ),
        "ours": lambda: infer(x.indptr, x.indices, x.data, model.expElogbeta, model.alpha, **how),
    }
    rows += interleaved(f"{what}: inference", job.rounds, _kept(ways, found), 8)
    one, other = found["gensim"], found["ours"]
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine = float(((one * other).sum(axis=1) / norms).mean())
    job.notes.append(f"Inference: mean cosine to gensim's {cosine:.5f}.")
    return rows


def _kept(ways: Mapping[str, Callable[[], Any]], found: dict[str, Any]) -> dict[str, Side]:
    """Return the ways as sides whose last answers stand in ``found``."""

    def side(name: str) -> Run:
        return call(lambda: found.update({name: ways[name]()}))

    return {name: partial(side, name) for name in ways}


def _counts(texts: Sequence[str]) -> tuple[list[list[str]], list[str], sparse.csr_matrix]:
    from topics import vectorizing
    from topics.segmenting import words_of

    tokens = [words_of(row) for row in Segmenter().cut_many(texts)]
    words, entries = vectorizing.learn_words(tokens, lambda _: True, 5)
    counts = vectorizing.gather([entries], len(tokens), len(words))
    arrays = (counts.data, counts.indices, counts.indptr)
    return tokens, words, sparse.csr_matrix(arrays, (len(tokens), len(words)))


def _scores(topics: Any, words: Sequence[str], tokens: Any, test: sparse.csr_matrix) -> str:  # noqa: ANN401
    from topics.evaluating.topics import completion_perplexity, npmi
    from topics.modelling.inference import infer

    shares = topics / topics.sum(axis=1, keepdims=True)
    best = [[words[n] for n in np.argsort(-row)[:10]] for row in shares]

    def fold(x: sparse.csr_matrix) -> Any:  # noqa: ANN401
        return infer(x.indptr, x.indices, x.data, shares, 0.1)

    perplexity = completion_perplexity(fold, shares, test)
    return f"held-out perplexity {perplexity:.0f}, NPMI {float(npmi(best, tokens).mean()):.3f}."


def topics(job: Job) -> list[Row]:
    """Texts → 20 topics and each paragraph's own, as whole commands."""
    source = job.rows(job.size(20_000), "topics.jsonl")
    out, page = job.folder / "found.jsonl", job.folder / "page.html"
    found = ("discover", source, "--topics", "20", "--format", "json")
    peer = partial(command, sys.executable, PEERS, "topics", source, out)
    ours = partial(command, sys.executable, "-m", "topics", *found)
    sides: dict[str, Side] = {"jieba + gensim": peer}
    try:
        import pyLDAvis  # noqa: F401

        sides["jieba + gensim + pyLDAvis"] = partial(peer, page)
    except ImportError:
        job.notes.append("pyLDAvis is not installed.")
    for scores, method in itertools.product(("quick", "full"), ("lda", "nmf")):
        words = ("--method", method, "--scores", scores)
        sides[f"topics discover {' '.join(words)}"] = partial(ours, *words)
    rows = interleaved(f"topic job, {job.size(20_000)} paragraphs", job.rounds, sides, 20)
    job.notes.append(
        "Topic job: quick is what topics discover does by itself above 10,000 documents. The peer "
        "has not its scores (NPMI, C_v, diversity, exclusivity, FREX, intervals of shares), nor "
        "does it look for reprints and half-words; full fits four more models for stability and "
        "perplexity, and has no aim."
    )
    return [row._replace(aim=0.0) if row.who.endswith("full") else row for row in rows]


def tag(job: Job) -> list[Row]:
    source = job.rows(job.size(MANY), "tag.jsonl")
    sides: dict[str, Side] = {
        "jieba + TfidfVectorizer + LogisticRegression": lambda: job.peer(source),
        "topics tag": lambda: job.tag(source),
        "topics tag --jobs 1": lambda: job.tag(source, "--jobs", "1"),
    }
    job.peer(job.rows(10, "warm.jsonl"))  # trains it
    return interleaved(f"tagging {job.size(MANY)} paragraphs", job.rounds, sides, 15)


def one(job: Job) -> list[Row]:
    source = job.folder / "article.txt"
    source.write_text("标题\n\n" + "\n\n".join(job.texts[100:120]) + "\n", encoding="utf-8")
    job.peer(source)
    sides: dict[str, Side] = {
        "jieba + TfidfVectorizer + LogisticRegression": lambda: job.peer(source),
        "topics tag": lambda: job.tag(source),
    }
    return interleaved("tagging one article, whole process", 3 * job.rounds, sides, 10)


def growth(job: Job) -> list[Row]:
    """Tag ever more paragraphs of one mix: a batch of long ones takes more memory than of short."""
    job = job._replace(texts=random.Random(1).sample(job.texts, len(job.texts)))
    found = []
    for jobs, size in itertools.product(("1", "2"), (10_000, 100_000, 1_000_000)):
        source = job.rows(job.size(size), "growth.jsonl")
        run = job.tag(source, "--jobs", jobs)
        what = f"growth, --jobs {jobs}"
        found.append(Row(what, f"topics tag, {job.size(size)} paragraphs", [run]))
    return found


PARTS: dict[str, Callable[[Job], list[Row]]] = {
    f.__name__: f for f in (segmentation, tfidf, lda, topics, tag, one, growth)
}


def corpus(folder: Path) -> list[str]:
    """Return the paragraphs of all .jsonl.gz files, newspapers first where they are."""
    texts: list[str] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            texts += [text for line in file for text in json.loads(line)["paragraphs"]]
    return texts


def machine() -> str:
    """Return what it ran on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} before), "
        f"Python {platform.python_version()}, NumPy {np.__version__}, {datetime.now(UTC):%Y-%m-%d}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of .jsonl.gz articles")
    parser.add_argument("--model", help="a saved model (default: the ready-made one)")
    parser.add_argument("--all", action="store_true", help="every part")
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), default=[])
    parser.add_argument("--quick", action="store_true", help="a fiftieth of the rows, one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--write", type=Path, nargs="?", const=Path("docs/speed.md"), help="page for the table"
    )
    args = parser.parse_args()
    compileall.compile_dir(Path(toolkit.__file__).parent, quiet=1)
    place, rows = machine(), list[Row]()
    notes = [f"Our segmenter is the {Segmenter().engine} one."]
    with tempfile.TemporaryDirectory() as folder:
        model = ["--model", args.model] if args.model else []
        rounds, scale = (1, 0.02) if args.quick else (args.rounds, 1.0)
        job = Job(corpus(args.corpora), rounds, Path(folder), scale, model, notes)
        for name, part in PARTS.items():
            if args.all or name in args.only:
                rows += part(job)
        notes += _why(job, missed(rows))
    page = "\n".join(["# Speed", "", INTRO, "", place, "", *table(rows), "", *notes, ""])
    print(page)
    if args.write:
        args.write.write_text(page, encoding="utf-8")


def _why(job: Job, behind: Sequence[str]) -> list[str]:
    """Return what misses its aim, and where the time of tagging goes, if that does."""
    if not behind:
        return []
    lines = ["", "## Behind the aim", "", *(f"- {what}" for what in behind)]
    if any(what.startswith("tagging") for what in behind):
        source = job.rows(job.size(10_000), "profile.jsonl")
        lines += ["", *speed_profile.of_tagging(source), "", *speed_profile.of_start()]
    return lines


INTRO = """\
Written by `scripts/benchmark_speed.py --corpora FOLDER --all --write`. Sides run in turn on the
same input; times are medians, ratios are medians of the rounds' ratios to the first line of each
kind: the peer, as people write it today (`scripts/speed_peers.py`). Commands count whole: start,
reading, cleaning, evidence, writing; CPU and memory are those of all their processes: the peak of
one, or the sum of several without counting a shared page twice. Peers do less: they neither clean
nor explain. All modules are compiled to byte code first, as pip does when it installs; who cuts
our text is named below."""

if __name__ == "__main__":
    main()
