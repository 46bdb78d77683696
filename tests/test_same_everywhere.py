"""One tag everywhere, one model everywhere: to the byte, however the work is cut and spread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import topics
from tests.kept_models import KEPT
from topics import tagging
from topics.cli import run
from topics.corpus import Article, Corpus
from topics.options import METHODS
from topics.spreading import shards
from topics.tagging import Tagger
from topics.training import Trained

HASHES = """
import hashlib, sys
from pathlib import Path
import topics
from topics.options import METHODS
folder, jobs, articles = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
methods = sys.argv[4:] or METHODS
from topics.corpus import Corpus
from topics.ingesting import read_articles
corpus = read_articles(folder, jobs=jobs)
small = Corpus(corpus.articles[:articles], files=articles)
for method in methods:
    result = topics.train(small, method=method, topics=8, name="same", sample=False)
    result.tagger.save(folder.parent / "model")
    data = b"".join(path.read_bytes() for path in sorted((folder.parent / "model").iterdir()))
    tags = repr(result.findings.tags).encode()
    print(method, hashlib.sha256(data).hexdigest(), hashlib.sha256(tags).hexdigest())
"""


@pytest.fixture(scope="module", params=[None, *KEPT], ids=lambda path: path and path.name)
def any_model(request: pytest.FixtureRequest) -> Tagger:
    """The ready-made model, and a kept one of every kind."""
    return topics.load(request.param)


@pytest.fixture(scope="module")
def whole(any_model: Tagger, corpus: Corpus) -> list[str]:
    return rows(any_model, corpus.articles)


def test_training_and_loading_give_the_same_tags(
    trained: Trained, corpus: Corpus, tmp_path: Path
) -> None:
    trained.tagger.save(tmp_path / "model")
    loaded = topics.load(tmp_path / "model")
    assert loaded.tag(trained.findings.corpus) == list(trained.findings.tags)
    assert rows(loaded, corpus.articles) == rows(trained.tagger, corpus.articles)


@pytest.mark.parametrize("batch", [1, 2, 7, 50, 100_000])
def test_batches_of_any_size_give_the_same_tags(
    batch: int,
    any_model: Tagger,
    corpus: Corpus,
    whole: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tagging, "BATCH", batch)
    assert rows(any_model, corpus.articles) == whole


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_articles_alone_and_in_any_order_have_the_same_tags(
    data: st.DataObject, any_model: Tagger, corpus: Corpus, whole: list[str]
) -> None:
    order = data.draw(st.permutations(range(len(corpus.articles))))
    cut = data.draw(st.integers(0, len(order)))
    articles = [corpus.articles[n] for n in order]
    expected = dict(zip(range(len(corpus.articles)), split(whole, corpus.articles), strict=True))
    found = rows(any_model, articles[:cut]) + rows(any_model, articles[cut:])
    assert found == [row for n in order for row in expected[n]]
    alone = order[0]
    assert rows(any_model, [corpus.articles[alone]]) == expected[alone]


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
@pytest.mark.parametrize("lines", [1, 3, 16])
def test_any_processes_and_any_ranges_write_the_same_file(
    jobs: str,
    lines: int,
    texts: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shards, "LINES", lines * shards.ROWS)
    file = tmp_path / "rows.jsonl"
    lot = [json.dumps({"text": texts[n % len(texts)]}) for n in range(3 * shards.ROWS + 5)]
    file.write_text("\n".join(lot), encoding="utf-8")
    command = ["tag", str(file), "--format", "jsonl", "--out"]
    assert run([*command, str(tmp_path / "alone.jsonl")]) == 0
    assert run([*command, str(tmp_path / "spread.jsonl"), "--jobs", jobs]) == 0
    alone, spread = tmp_path / "alone.jsonl", tmp_path / "spread.jsonl"
    assert alone.read_bytes() == spread.read_bytes()


@pytest.mark.parametrize(
    ("articles", "methods"),
    [("4", ["tfidf"]), pytest.param("200", METHODS, marks=pytest.mark.slow)],
)
def test_threads_processes_and_hash_seeds_change_no_byte_of_a_model(
    articles: str, methods: Sequence[str], corpus: Corpus, tmp_path: Path
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, article in enumerate(corpus.articles):
        text = "\n".join(part.text for part in article.parts)
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    answers = {hashes(number, str(folder), number, articles, *methods) for number in ("1", "2")}
    assert len(answers) == 1
    assert answers.pop().count("\n") == len(methods)


def hashes(threads: str, *args: str) -> str:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = {**os.environ, **dict.fromkeys(names, threads), "PYTHONHASHSEED": threads}
    command = [sys.executable, "-c", HASHES, *args]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def rows(tagger: Tagger, articles: Sequence[Article]) -> list[str]:
    """Return tags with every bit of their numbers."""
    return [
        f"{tag.text} {tag.theme} {tag.probabilities} {tag.tags} {tag.evidence} {tag.known}"
        for tag in tagger.tag(articles)
    ]


def split(found: list[str], articles: Sequence[Article]) -> list[list[str]]:
    """Return the rows of each article."""
    stream = iter(found)
    return [[next(stream) for _ in article.paragraphs] for article in articles]
