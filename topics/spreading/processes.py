"""Shards in processes, of this machine or of a cluster: what comes of each, in order, whoever dies.

On Linux the processes are copies of this one, with its model: two take 0.1 s to make, where new
ones import and load for a second. Elsewhere, beside threads, and wherever
``joblib.parallel_config(backend=…)`` says, joblib does it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from topics.corpus import Skipped
from topics.errors import OptionsError, require
from topics.lifeline import end_with, without_ctrl_c
from topics.spreading import shards
from topics.spreading.shards import Done, Shard, loaded, tag_shard
from topics.spreading.streaming import Render, T

WINDOW: Final = 4
"""Shards a process may be ahead of the writer: bounds what is held, and what is tried again."""
PATIENCE: Final = 10
"""Seconds in which a scheduler must answer."""

_THREADS: Final = Path("/proc/self/task")
_TRIES: Final = 20
_PDEATHSIG: Final = 1
"""PR_SET_PDEATHSIG of Linux."""

_Work = Callable[[Shard], Done]
_work: Final[list[_Work]] = []
"""What a copy is to do."""


def spread(
    ranges: Iterable[Shard], model: str | Path | None, render: Render[T], jobs: int
) -> Iterator[tuple[Shard, Done]]:
    """Yield each shard with what came of it, in order."""
    work = partial(tag_shard, model, render)
    loaded(
        model
    ).warm()  # every copy has it then; and the thread that builds the dictionary is done
    if _may_fork():
        return _in_copies(iter(ranges), work, jobs)
    return _by_joblib(iter(ranges), work, jobs)


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Let `spread` use the Dask cluster at ``address`` (extra ``cluster``).

    Raises:
        MissingExtraError: ``distributed`` is not installed.
        OptionsError: no scheduler answers, or it has no workers.
    """
    distributed = require("distributed", "cluster")
    import joblib

    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OptionsError(
            f"--cluster {address}: no Dask scheduler answers there ({type(error).__name__}); "
            "start one with 'dask scheduler' and give its address, tcp://HOST:8786"
        ) from error
    with client:
        if not client.scheduler_info().get("workers"):
            raise OptionsError(
                f"--cluster {address}: the scheduler has no workers; "
                f"start some with 'dask worker {address}'"
            )
        with joblib.parallel_config(backend="dask", client=client):
            yield


def _may_fork() -> bool:
    """Tell whether copies of this process are safe (no threads) and nobody wants it otherwise."""
    if ("joblib" in sys.modules and _elsewhere()) or not _THREADS.is_dir():
        return False
    for _ in range(_TRIES):
        if len(list(_THREADS.iterdir())) == 1:
            return True
        time.sleep(0.001)  # the system still ends a thread that Python has joined
    return False


def _elsewhere() -> bool:
    """Tell whether joblib is asked to work in something else than processes of this machine."""
    from joblib.parallel import get_active_backend

    return type(get_active_backend()[0]).__name__ != "LokyBackend"


# --- copies of this process ------------------------------------------------------------------


def _in_copies(stream: Iterator[Shard], work: _Work, jobs: int) -> Iterator[tuple[Shard, Done]]:
    waiting: deque[tuple[Shard, Future[Done]]] = deque()
    pool = _copies(jobs, work)
    try:
        while True:
            for shard in islice(stream, jobs * WINDOW - len(waiting)):
                waiting.append((shard, _given(pool, shard)))
            if not waiting:
                return
            shard, future = waiting.popleft()
            try:
                done = future.result()
            except BrokenExecutor:  # those that were taken down with it are done again
                pool.shutdown()
                done = _in_one_copy(work, shard)
                pool = _copies(jobs, work)
                waiting = deque(
                    (other, _given(pool, other) if _is_lost(found) else found)
                    for other, found in waiting
                )
            yield shard, done
    finally:
        pool.shutdown(cancel_futures=True)


def _copies(jobs: int, work: _Work) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(work, os.getpid()))
    with without_ctrl_c():
        pool.submit(int)  # starts all of them
    return pool


def _begin(work: _Work, parent: int) -> None:
    """Keep what this copy is to do: it came with it, where a queue could not carry all themes.

    The system kills the copy when the process that made it dies; else it would wait for ever.
    """
    _work.append(work)
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before that
        os._exit(1)


def _do(shard: Shard) -> Done:
    return _work[0](shard)


def _given(pool: ProcessPoolExecutor, shard: Shard) -> Future[Done]:
    try:
        return pool.submit(_do, shard)
    except BrokenExecutor as error:  # it broke while nobody was looking
        future: Future[Done] = Future()
        future.set_exception(error)
        return future


def _is_lost(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenExecutor)  # all of a broken pool are done


def _in_one_copy(work: _Work, shard: Shard) -> Done:
    try:
        with _copies(1, work) as pool:
            return _given(pool, shard).result()
    except BrokenExecutor:
        return _lost(shard)


def _lost(shard: Shard) -> Done:
    where = f"from line {shard.line} on, {shards.LINES} lines: " if shard.stop else ""
    reason = f"{where}the process that tagged it died, twice (out of memory?)"
    return Done((), (Skipped(shard.file, reason),), lost=True)


# --- joblib ----------------------------------------------------------------------------------


def _by_joblib(stream: Iterator[Shard], work: _Work, jobs: int) -> Iterator[tuple[Shard, Done]]:
    from joblib import effective_n_jobs

    while window := deque(islice(stream, effective_n_jobs(jobs) * WINDOW)):
        try:
            for done in _parallel(jobs, work, list(window)):
                yield window.popleft(), done
        except _deaths():  # one by one: only the shard that kills its process is lost
            for shard in window:
                yield shard, _alone(work, shard)


def _alone(work: _Work, shard: Shard) -> Done:
    try:
        # One task in a pool of two: joblib runs a pool of one in this very process.
        (done,) = _parallel(2, work, [shard])
    except _deaths():
        return _lost(shard)
    return done


def _deaths() -> tuple[type[BaseException], ...]:
    """Return what is raised when the processes of a task have died."""
    distributed = sys.modules.get("distributed")
    return (BrokenExecutor, distributed.KilledWorker) if distributed else (BrokenExecutor,)


def _parallel(jobs: int, work: _Work, window: Sequence[Shard]) -> Iterator[Done]:
    """Yield what becomes of each shard, in order."""
    from joblib import Parallel, delayed

    begin: dict[str, Any] = {}
    if not _elsewhere():
        begin = {"initializer": _begin_here, "initargs": (os.getpid(), Path.cwd())}
    with without_ctrl_c():
        results = Parallel(n_jobs=jobs, return_as="generator", **begin)(
            delayed(work)(shard) for shard in window
        )
    try:
        yield from results
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that tasks are left: we were stopped
            results.close()


def _begin_here(parent: int, folder: Path) -> None:
    """Begin a process of joblib, which lives on to the next job: from elsewhere, not with these."""
    end_with(parent)
    os.chdir(folder)
