"""Shards in processes: what comes of each, in order, whoever dies."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from topics.corpus import Skipped
from topics.spreading.shards import LINES, Done, Shard, tag_shard
from topics.spreading.streaming import Render, T

WINDOW: Final = 8
"""Shards a process may be ahead of the writer: bounds what is held, and what is tried again."""


def spread(
    shards: Iterable[Shard], model: str | Path | None, render: Render[T], jobs: int
) -> Iterator[tuple[Shard, Done]]:
    """Yield each shard with what came of it, in order."""
    stream = iter(shards)
    while window := list(islice(stream, jobs * WINDOW)):
        pending = list(window)
        try:
            for done in _parallel(jobs, [(model, shard, render) for shard in window]):
                yield pending.pop(0), done
        except BrokenExecutor:  # one by one: only the shard that kills its process is lost
            for shard in pending:
                yield shard, _alone(model, shard, render)


def _alone(model: str | Path | None, shard: Shard, render: Render[T]) -> Done:
    try:
        # One task in a pool of two: joblib runs a pool of one in this very process.
        (done,) = _parallel(2, [(model, shard, render)])
    except BrokenExecutor:
        where = f"from line {shard.line} on, {LINES} lines: " if shard.stop else ""
        reason = f"{where}the process that tagged it died, twice (out of memory?)"
        return Done((), (Skipped(shard.file, reason),), lost=True)
    return done


def _parallel(jobs: int, tasks: Sequence[tuple[Any, ...]]) -> Iterator[Done]:
    """Yield what `tag_shard` makes of each task, in order."""
    from joblib import Parallel, delayed

    with _without_ctrl_c():
        results = Parallel(n_jobs=jobs, return_as="generator")(
            delayed(_tag)(os.getpid(), *task) for task in tasks
        )
    try:
        yield from results
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that tasks are left: we were stopped
            results.close()


def _tag(parent: int, *task: Any) -> Done:  # noqa: ANN401 - what `tag_shard` takes
    if os.getppid() == parent:
        _end_with(parent)
    return tag_shard(*task)


@cache
def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone; joblib's would wait for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: this one ends them, and says what was done.

    They inherit that it is ignored. A mask would not do: joblib lifts it while it starts them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say so
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
