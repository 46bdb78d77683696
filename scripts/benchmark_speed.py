"""How fast it is beside what people write today: same input, interleaved, medians with spread.

    python scripts/benchmark_speed.py rows.jsonl --model models/cppcc --write docs/speed.md

Rows have a ``text``. Commands run as processes of their own, whole: imports, reading, cleaning,
evidence, writing. Peers do less: no cleaning, no evidence.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

PEER = """
import json, sys
import jieba, joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
def cut(text):
    return jieba.lcut(text)
def rows(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]
def train(source, target):
    data = rows(source)
    vectorizer = TfidfVectorizer(tokenizer=cut, token_pattern=None)
    x = vectorizer.fit_transform([row["text"] for row in data])
    model = LogisticRegression(max_iter=500).fit(x, [row["theme"] for row in data])
    joblib.dump((vectorizer, model), target)
def tag(saved, source, target):
    vectorizer, model = joblib.load(saved)
    data = rows(source)
    shares = model.predict_proba(vectorizer.transform([row["text"] for row in data]))
    with open(target, "w", encoding="utf-8") as out:
        for row, share in zip(data, shares):
            row["theme"] = model.classes_[share.argmax()]
            row["probabilities"] = dict(zip(model.classes_, share.round(6).tolist()))
            out.write(json.dumps(row, ensure_ascii=False) + "\\n")
"""


class Run(NamedTuple):
    """What a run took."""

    wall: float
    cpu: float
    memory: float = 0.0  # MB


class Row(NamedTuple):
    """A line of the table."""

    what: str
    who: str
    runs: Sequence[Run]


def command(*words: str | Path) -> Run:
    """Run a command to its end; processes that it starts are not in its CPU and memory."""
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, words)), stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {words}")
    wall = time.perf_counter() - began
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def call(function: Callable[[], object]) -> Run:
    """Run a function."""
    began, cpu = time.perf_counter(), time.process_time()
    function()
    return Run(time.perf_counter() - began, time.process_time() - cpu)


def interleaved(what: str, rounds: int, sides: dict[str, Callable[[], Run]]) -> list[Row]:
    """Run the sides in turn, so that a busy machine slows all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    for _, (name, side) in itertools.product(range(rounds), sides.items()):
        runs[name].append(side())
    return [Row(what, name, found) for name, found in runs.items()]


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield lines of Markdown; the first of each kind is the peer that others are compared to."""
    yield "| what | who | wall s (least–most) | CPU s | ratio wall | ratio CPU | peak MB |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for what, group in itertools.groupby(rows, lambda row: row.what):
        peer: Row | None = None
        for row in group:
            peer = peer or row
            walls, cpus = [run.wall for run in row.runs], [run.cpu for run in row.runs]
            pairs = list(zip(peer.runs, row.runs, strict=True))
            wall = statistics.median(a.wall / b.wall for a, b in pairs)
            cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
            memory = max(run.memory for run in row.runs)
            yield (
                f"| {what} | {row.who} | {statistics.median(walls):.2f} "
                f"({min(walls):.2f}–{max(walls):.2f}) | {statistics.median(cpus):.2f} "
                f"| {wall:.1f} | {cpu:.1f} | {f'{memory:.0f}' if memory else ''} |"
            )


def segmentation(texts: Sequence[str], rounds: int) -> list[Row]:
    import jieba

    from topics.segmenting import Segmenter

    segmenter = Segmenter(engine="rjieba")
    if [jieba.lcut(text) for text in texts[:500]] != list(segmenter.cut_many(texts[:500])):
        raise SystemExit("tokens differ")
    sides = {
        "jieba.lcut": lambda: call(lambda: [jieba.lcut(text) for text in texts]),
        "Segmenter, 1 thread": lambda: call(lambda: list(segmenter.cut_many(texts))),
        "Segmenter, 2 threads": lambda: call(lambda: list(segmenter.cut_many(texts, 2))),
    }
    return interleaved(f"segmentation, {len(texts)} paragraphs", rounds, sides)


def tfidf(texts: Sequence[str], rounds: int) -> list[Row]:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer

    from topics.scoring import learn_features
    from topics.segmenting import Segmenter

    segmenter = Segmenter()
    segmenter.cut("词")

    def ours() -> None:
        tokens = list(segmenter.cut_many(texts))
        features = learn_features(texts, tokens)
        features.weigh(features.count(texts, tokens))

    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, min_df=2)
    sides = {
        "TfidfVectorizer(jieba)": lambda: call(lambda: vectorizer.fit_transform(texts)),
        "words and pairs of characters": lambda: call(ours),
    }
    return interleaved(f"texts → TF-IDF, {len(texts)} paragraphs", rounds, sides)


def lda(texts: Sequence[str], rounds: int) -> list[Row]:
    import gensim
    from scipy.sparse import csr_matrix

    from topics import vectorizing
    from topics.modelling import Lda
    from topics.segmenting import Segmenter, words_of

    tokens = [words_of(row) for row in Segmenter().cut_many(texts)]
    words = vectorizing.learn_words(tokens, lambda _: True, 5)
    stream = vectorizing.find_words(tokens, {word: n for n, word in enumerate(words)})
    counts = vectorizing.count(stream, len(words))
    shape = (len(texts), len(words))
    x = csr_matrix((counts.data, counts.indices, counts.indptr), shape)
    bags = [
        list(zip(x[n].indices.tolist(), x[n].data.tolist(), strict=True)) for n in range(len(texts))
    ]
    names = dict(enumerate(words))
    found: dict[str, Any] = {}

    def peer() -> None:
        found["peer"] = gensim.models.LdaModel(bags, 20, names, passes=10, random_state=1)

    def ours() -> None:
        found["ours"] = Lda(n_topics=20).fit(x)

    what = f"LDA, K = 20, {len(texts)} paragraphs"
    training = interleaved(
        f"{what}: training",
        rounds,
        {"gensim, 10 passes": lambda: call(peer), "Lda": lambda: call(ours)},
    )
    inference = {
        "gensim": lambda: call(lambda: found["peer"].inference(bags)),
        "Lda.transform": lambda: call(lambda: found["ours"].transform(x)),
    }
    return training + interleaved(f"{what}: inference", rounds, inference)


def commands(rows: Sequence[str], model: str, rounds: int, folder: Path) -> list[Row]:
    """Whole commands: many paragraphs, one article, and memory by growth."""
    python = sys.executable
    (folder / "peer.py").write_text(PEER, encoding="utf-8")
    source, saved, out = folder / "rows.jsonl", folder / "peer.joblib", folder / "out.jsonl"
    own = (python, "-m", "topics", "tag", "--model", model, "--format", "jsonl", "--out", out)
    source.write_text("".join(rows[:4000]), encoding="utf-8")
    command(*own, source)
    peer = f"import sys; sys.path.insert(0, {str(folder)!r}); import peer; peer."
    command(python, "-c", f"{peer}train({str(out)!r}, {str(saved)!r})")

    def sides(path: Path, jobs: Sequence[int]) -> dict[str, Callable[[], Run]]:
        tag = f"{peer}tag({str(saved)!r}, {str(path)!r}, {str(out)!r})"
        found: dict[str, Callable[[], Run]] = {
            "jieba + TfidfVectorizer + LogisticRegression": lambda: command(python, "-c", tag)
        }
        for n in jobs:
            found[f"topics tag --jobs {n}"] = partial(command, *own, path, "--jobs", str(n))
        return found

    source.write_text("".join(rows), encoding="utf-8")
    one = folder / "one.jsonl"
    one.write_text(rows[0], encoding="utf-8")
    result = interleaved(f"tagging {len(rows)} paragraphs", rounds, sides(source, (1, 2)))
    result += interleaved("tagging one paragraph", 2 * rounds + 1, sides(one, (1,)))
    for times in (1, 10, 100):
        size = max(1, len(rows) * times // 100)
        source.write_text("".join(rows[:size]), encoding="utf-8")
        run = command(*own, source)
        result.append(Row("memory by growth", f"topics tag, {size} paragraphs", [run]))
    return result


def machine() -> str:
    """Return what it ran on."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores (load {load:.1f} at the end), "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{datetime.now(UTC):%Y-%m-%d}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="jsonl rows with a text")
    parser.add_argument("--model", required=True)
    parser.add_argument("--only", choices=("segmentation", "tfidf", "lda", "commands"))
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="a page to put the table into")
    args = parser.parse_args()
    with args.rows.open(encoding="utf-8") as file:
        rows = list(file)
    rounds = 1 if args.quick else args.rounds
    rows = rows[: len(rows) // 10] if args.quick else rows
    texts = [json.loads(row)["text"] for row in rows]
    parts: dict[str, Callable[[], list[Row]]] = {
        "segmentation": lambda: segmentation(texts[:10_000], rounds),
        "tfidf": lambda: tfidf(texts[:50_000], rounds),
        "lda": lambda: lda(texts[:6_000], rounds),
    }
    found = [row for name, part in parts.items() if args.only in {None, name} for row in part()]
    if args.only in {None, "commands"}:
        with tempfile.TemporaryDirectory() as folder:
            found += commands(rows, args.model, rounds, Path(folder))
    page = "\n".join(["# Speed", "", INTRO, "", machine(), "", *table(found), ""])
    print(page)
    if args.write:
        args.write.write_text(page, encoding="utf-8")


INTRO = """\
Written by `scripts/benchmark_speed.py --write`. Sides run in turn on the same input; times are
medians, ratios are medians of the rounds' ratios: the first line of each kind is the peer, as
people write it today. Commands count whole: start, reading, cleaning, evidence, writing; the
processes of `--jobs` are not in its CPU and memory."""

if __name__ == "__main__":
    main()
