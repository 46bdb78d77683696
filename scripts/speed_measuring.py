"""Sides that run in turn, what they took, and the table of it: for scripts/benchmark_speed.py."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a run took."""

    wall: float
    cpu: float
    memory: float = 0.0  # MB, of all its processes, shared pages once


class Row(NamedTuple):
    """A line of the table."""

    what: str
    who: str
    runs: Sequence[Run]
    aim: float = 0.0


Side = Callable[[], Run]


def command(*words: str | Path) -> Run:
    """Run a command to its end; CPU and memory are those of all its processes."""
    began = time.perf_counter()
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(list(map(str, words)), stdout=nothing, stderr=nothing)
    peak, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    done.set()
    watcher.join()
    if status:
        raise SystemExit(f"failed: {' '.join(map(str, words))}")
    return Run(wall, used.ru_utime + used.ru_stime, max(peak[0], 0.0))


def _watch(pid: int, peak: list[float], done: threading.Event) -> None:
    """Note the most memory of a process and its children."""
    # One process tells its peak itself. What several have is only known at each look, which holds
    # them up for milliseconds: ten looks a second, the first one early.
    pause = 0.02
    while not done.wait(pause):
        family, pause = list(_family(pid)), 0.1
        held = sum(map(_pss, family)) if len(family) > 1 else _field(pid, "status", "VmHWM:")
        peak[0] = max(peak[0], held)


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return
    for child in map(int, children):
        yield from _family(child)


def _pss(pid: int) -> float:
    return _field(pid, "smaps_rollup", "Pss:")


def _field(pid: int, file: str, name: str) -> float:
    """Return a line of a file in /proc, in MB; 0 when the process has gone."""
    try:
        text = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in text.split("\n") if line.startswith(name))
    return next((int(words[1]) / 1024 for words in lines), 0.0)


def call(function: Callable[[], object]) -> Run:
    """Run a function."""
    began, cpu = time.perf_counter(), time.process_time()
    function()
    return Run(time.perf_counter() - began, time.process_time() - cpu)


def interleaved(what: str, rounds: int, sides: Mapping[str, Side], aim: float = 0.0) -> list[Row]:
    """Run the sides in turn, so that a busy machine slows all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    for _, (name, side) in itertools.product(range(rounds), sides.items()):
        runs[name].append(side())
        print(f"{what}: {name}: {runs[name][-1].wall:.2f} s", file=sys.stderr, flush=True)
    peer = next(iter(sides))  # whose own additions (… + pyLDAvis) have no aim either
    return [
        Row(what, name, found, 0.0 if name.startswith(peer) else aim)
        for name, found in runs.items()
    ]


def ratio(peer: Row, row: Row) -> float:
    """Return how many times as long the peer took, median of the rounds."""
    pairs = zip(peer.runs, row.runs, strict=True)
    return statistics.median(a.wall / b.wall for a, b in pairs)


def missed(rows: Sequence[Row]) -> list[str]:
    """Return what is slower than its aim: of each kind the first line is the peer."""
    found = []
    for what, group in itertools.groupby(rows, lambda row: row.what):
        peer, *others = group
        found += [f"{what}: {r.who}" for r in others if r.aim and ratio(peer, r) < r.aim]
    return found


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield lines of Markdown; the first of each kind is the peer that others are compared to."""
    yield "| what | who | wall s (least–most) | CPU s | ratio wall | ratio CPU | aim | peak MB |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for what, group in itertools.groupby(rows, lambda row: row.what):
        peer: Row | None = None
        for row in group:
            peer = peer or row
            walls, cpus = [run.wall for run in row.runs], [run.cpu for run in row.runs]
            pairs = list(zip(peer.runs, row.runs, strict=True))
            wall = ratio(peer, row)
            cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
            memory = max(run.memory for run in row.runs)
            aim = f"{row.aim:.0f}" if row.aim else ""
            yield (
                f"| {what} | {row.who} | {statistics.median(walls):.2f} "
                f"({min(walls):.2f}–{max(walls):.2f}) | {statistics.median(cpus):.2f} "
                f"| {wall:.1f} | {cpu:.1f} | {aim} | {f'{memory:.0f}' if memory else ''} |"
            )
