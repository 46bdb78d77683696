"""Measure reading, cleaning and splitting against segmenting: ``benchmark_reading.py FILE…``.

Each file is .jsonl.gz with ``paragraphs``; its first ``--articles`` are written out as a folder of
.txt files, as one .txt, as one .txt whose paragraphs are indented, and as .jsonl rows. In each
round every one of them is read, and the paragraphs are cut into words by the project's own
segmenter in one thread: side by side, so that a busy machine slows both. Printed are the medians
of the rounds, in millions of characters per second of processor time, and what reading costs of
what segmenting costs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from topics.cleaning import clean
from topics.ingesting import read_articles
from topics.segmenting import Segmenter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="of each (1000)")
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="(9)")
    args = parser.parse_args()
    for file in args.files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            articles = [json.loads(line) for line in islice(lines, args.articles)]
        with tempfile.TemporaryDirectory() as folder:
            measure(file.name, articles, Path(folder), args.rounds)


def measure(name: str, articles: Sequence[Mapping[str, Any]], folder: Path, rounds: int) -> None:
    paragraphs = [p for article in articles for p in article["paragraphs"]]
    text = "\n".join(paragraphs)
    one, indented, rows, many = (folder / n for n in ("one.txt", "in.txt", "rows.jsonl", "many"))
    many.mkdir()
    for n, article in enumerate(articles):
        body = "\n".join([str(article.get("title", "")), *article["paragraphs"]])
        (many / f"{n:05}.txt").write_text(body, encoding="utf-8")
    one.write_text(text, encoding="utf-8")
    indented.write_text("".join(f"　　{p}\n" for p in paragraphs), encoding="utf-8")
    dump = [json.dumps({"text": p}, ensure_ascii=False) for p in paragraphs]
    rows.write_text("\n".join(dump), encoding="utf-8")
    segmenter = Segmenter(engine="rjieba")  # the yardstick since the first measurement
    runs: dict[str, Callable[[], object]] = {
        "clean": lambda: clean(text),
        "read a folder of .txt": lambda: read_articles(many),
        "read one .txt": lambda: read_articles(one),
        "read one .txt, indented": lambda: read_articles(indented),
        "read .jsonl rows": lambda: read_articles(rows),
        "segment": lambda: list(segmenter.cut_many(paragraphs)),
    }
    times = _times(runs, rounds)
    print(f"{name}: {len(text) / 1e6:.2f} million characters, medians of {rounds} rounds")
    for run, seconds in times.items():
        ratios = [a / b for a, b in zip(seconds, times["segment"], strict=True)]
        speed = len(text) / statistics.median(seconds) / 1e6
        print(
            f"  {run:24} {speed:6.1f} M characters/s {statistics.median(ratios):6.2f} of segmenting"
        )


def _times(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if round_:  # the first fills dictionaries and caches
                times[name].append(time.process_time() - start)
    return times


if __name__ == "__main__":
    main()
