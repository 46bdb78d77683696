"""Where the time of ``topics tag`` goes: for scripts/benchmark_speed.py, where an aim is missed."""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from speed_measuring import command

from topics import tagging, vectorizing
from topics.cli.lines import json_lines
from topics.cli.memory import keep_memory
from topics.scoring import Features, LinearModel, Reading
from topics.segmenting import Segmenter
from topics.spreading import shards
from topics.tagging.tagged import Tagged

_STARTS: Final = (
    ("Python alone", "pass"),
    ("NumPy", "import numpy"),
    ("modules of topics", "import numpy, topics.cli.tag"),
    ("the model", "import topics.cli.tag, topics.tagging as t; t.load()"),
    (
        "the dictionary with the model's words",
        "import topics.cli.tag, topics.tagging as t; t.load().segmenter.cut('词')",
    ),
)
_TIMES: Final = 7


class _Clock:
    """CPU time by what it was spent on; what one part calls is not counted to it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = ["the rest"]
        self._since = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function``, whose time is counted as ``name``."""

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
            self._turn()
            self._open.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._open.pop()

        return call


_PARTS: Final[Sequence[tuple[Any, str, str]]] = (
    (shards, "articles_of_lines", "JSON → rows, cleaning"),
    (Segmenter, "measure", "segmentation: text → lengths of tokens"),
    (vectorizing, "letters_of", "characters → numbers"),
    (Features, "words_in", "looking up words"),
    (vectorizing.PairFinder, "find", "looking up pairs of characters"),
    (vectorizing, "count_entries", "counting"),
    (Features, "weigh", "TF-IDF"),
    (LinearModel, "score", "scores"),
    (Reading, "known", "share of known words"),
    (LinearModel, "explain", "evidence: what each token adds"),
    (tagging, "strongest", "evidence: the strongest words"),
)


def of_tagging(source: Path) -> Iterator[str]:
    """Yield a table of what tagging a jsonl file takes, in one process, when all is loaded."""
    keep_memory()
    first = next(shards.plan(str(source)))
    shards.tag_shard(None, len, first)  # patterns and tables are made once
    clock = _Clock()
    kept = [(owner, name, vars(owner)[name]) for owner, name, _ in _PARTS]
    try:
        for owner, name, about in _PARTS:
            found = vars(owner)[name]
            if hasattr(found, "func"):  # a cached property
                setattr(owner, name, property(clock.timed(about, found.func)))
            else:
                setattr(owner, name, clock.timed(about, found))
        count = _tag(source, clock)
    finally:
        for owner, name, found in kept:
            setattr(owner, name, found)
    total = sum(clock.seconds.values())
    yield "| part of `topics tag`, one process | μs a paragraph | share |"
    yield "| --- | --- | --- |"
    for about, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        yield f"| {about} | {1e6 * seconds / count:.1f} | {seconds / total:.0%} |"
    yield f"| all of it | {1e6 * total / count:.1f} | 100% |"


def _tag(source: Path, clock: _Clock) -> int:
    """Tag as a process does that has a share of the file; return how many paragraphs."""
    count = 0

    def render(tagged: Tagged) -> int:
        nonlocal count
        count += len(tagged)
        return len(clock.timed("tags → lines of JSON", json_lines)(tagged))

    for shard in shards.plan(str(source)):
        shards.tag_shard(None, render, shard)
    clock.timed("the rest", int)()  # so that the last part is counted
    return count


def of_start() -> Iterator[str]:
    """Yield a table of what a process takes before it tags, one thing after the other."""
    yield "| start of a process | ms of CPU, median | more than the line before |"
    yield "| --- | --- | --- |"
    before = 0.0
    for about, code in _STARTS:
        runs = [command(sys.executable, "-c", code).cpu for _ in range(_TIMES)]
        found = 1000 * statistics.median(runs)
        yield f"| + {about} | {found:.0f} | {found - before:.0f} |"
        before = found
