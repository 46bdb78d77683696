"""Measure reading, cleaning and splitting against segmenting: ``benchmark_reading.py FILE…``.

Each file is .jsonl.gz with ``paragraphs``. Its texts are written out as .txt and as .jsonl rows,
read, and cut into words by rjieba; millions of characters
per second of processor time, best of three runs.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from topics.cleaning import clean
from topics.ingesting import read_articles

ROUNDS = 3


def main(files: Sequence[str]) -> None:
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            articles = [json.loads(line) for line in lines]
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(file).name, articles, Path(folder))


def measure(name: str, articles: Sequence[Mapping[str, Any]], folder: Path) -> None:
    import rjieba

    paragraphs = [p for article in articles for p in article["paragraphs"]]
    text = "\n".join(paragraphs)
    cleaned = clean(text)
    one, rows, many = folder / "all.txt", folder / "rows.jsonl", folder / "many"
    many.mkdir()
    for n, article in enumerate(articles):
        body = "\n".join([str(article.get("title", "")), *article["paragraphs"]])
        (many / f"{n:05}.txt").write_text(body, encoding="utf-8")
    one.write_text(text, encoding="utf-8")
    dump = [json.dumps({"text": p}, ensure_ascii=False) for p in paragraphs]
    rows.write_text("\n".join(dump), encoding="utf-8")
    print(f"{name}: {len(text) / 1e6:.2f} million characters")
    _speed("clean, as it is", text, lambda: clean(text))
    _speed("clean, already clean", text, lambda: clean(cleaned))
    _speed("read one .txt", text, lambda: read_articles(one))
    _speed("read a folder of .txt", text, lambda: read_articles(many))
    _speed("read .jsonl rows", text, lambda: read_articles(rows))
    _speed("rjieba.cut", text, lambda: [rjieba.cut(p) for p in paragraphs])


def _speed(name: str, text: str, run: Callable[[], object]) -> None:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"  {name:22} {len(text) / best / 1e6:6.1f} M characters/s")


if __name__ == "__main__":
    main(sys.argv[1:])
