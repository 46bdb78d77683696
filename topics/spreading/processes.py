"""Shards in processes, of this machine or of a cluster: what comes of each, in order, whoever dies.

On Linux the processes are copies of this one, with its model: two take 0.1 s to make, where new
ones import and load for a second. Elsewhere, beside threads, and wherever
``joblib.parallel_config(backend=…)`` says, joblib does it.
"""

from __future__ import annotations

import ctypes
import mmap
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
from dataclasses import replace
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from topics.corpus import Skipped
from topics.errors import OptionsError, require
from topics.lifeline import end_with, without_ctrl_c
from topics.spreading import shards
from topics.spreading.shards import Done, Shard, loaded, tag_shard
from topics.spreading.streaming import Render, T

WINDOW: Final = 4
"""Shards a process may be ahead of the writer: bounds what is held, and what is tried again."""
PLACE: Final = 1 << 22
"""Bytes for what comes of a shard: the rows of 1,024 paragraphs are a quarter of that."""
PATIENCE: Final = 10
"""Seconds in which a scheduler must answer."""

_THREADS: Final = Path("/proc/self/task")
_TRIES: Final = 20
_PDEATHSIG: Final = 1
"""PR_SET_PDEATHSIG of Linux."""

_Work = Callable[[Shard], Done]
_task: Final[list[tuple[_Work, _Desk]]] = []
"""What a copy is to do, and where it lays what came of it."""


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


class _Laid(NamedTuple):
    """What came of a shard, on its way from a copy."""

    done: Done
    sizes: tuple[int, ...] = ()
    """Of the bytes that its rows left on the desk, one after the other; empty: of none."""


class _Desk:
    """Memory that the copies share with this process: there they lay the bytes of their rows.

    Through a pipe, in pieces of 64 KB, the rows of 58,000 paragraphs took a tenth of all the time.
    """

    def __init__(self, places: int) -> None:
        self._memory = mmap.mmap(-1, places * PLACE)  # pages that nobody writes to are not there
        self.free = list(range(places))

    def lay(self, done: Done, place: int) -> _Laid:
        """Lay the ``data`` of all rows down in a copy, if there is any and not too much."""
        pieces = [getattr(row, "data", None) for row in done.rows]
        data = [piece for piece in pieces if isinstance(piece, bytes)]
        sizes = tuple(map(len, data))
        if len(data) < len(pieces) or not 0 < sum(sizes) <= PLACE:
            return _Laid(done)
        at = place * PLACE
        self._memory[at : at + sum(sizes)] = b"".join(data)
        return _Laid(replace(done, rows=[replace(row, data=b"") for row in done.rows]), sizes)

    def take(self, laid: _Laid, place: int) -> Done:
        """Return in this process what came of the shard, and free the place."""
        self.free.append(place)
        if not laid.sizes:
            return laid.done
        ends = list(accumulate(laid.sizes, initial=place * PLACE))
        parts = zip(laid.done.rows, ends, ends[1:], strict=False)
        rows = [replace(row, data=self._memory[start:end]) for row, start, end in parts]
        return replace(laid.done, rows=rows)


class _Waiting(NamedTuple):
    """A shard that a copy was given."""

    shard: Shard
    place: int
    future: Future[_Laid]


def _in_copies(stream: Iterator[Shard], work: _Work, jobs: int) -> Iterator[tuple[Shard, Done]]:
    waiting: deque[_Waiting] = deque()
    desk = _Desk(jobs * WINDOW)
    pool = _copies(jobs, work, desk)
    try:
        while True:
            for shard in islice(stream, len(desk.free)):
                waiting.append(_given(pool, shard, desk.free.pop()))
            if not waiting:
                return
            shard, place, future = waiting.popleft()
            try:
                done = desk.take(future.result(), place)
            except BrokenExecutor:  # those that were taken down with it are done again
                pool.shutdown()
                desk.free.append(place)
                done = _in_one_copy(work, shard)
                pool = _copies(jobs, work, desk)
                waiting = deque(
                    _given(pool, one.shard, one.place) if _is_lost(one.future) else one
                    for one in waiting
                )
            yield shard, done
    finally:
        pool.shutdown(cancel_futures=True)


def _copies(jobs: int, work: _Work, desk: _Desk) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    begun = (work, desk, os.getpid())
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=begun)
    with without_ctrl_c():
        pool.submit(int)  # starts all of them
    return pool


def _begin(work: _Work, desk: _Desk, parent: int) -> None:
    """Keep what this copy is to do: it came with it, where a queue could not carry all themes.

    The system kills the copy when the process that made it dies; else it would wait for ever.
    """
    _task.append((work, desk))
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before that
        os._exit(1)


def _do(shard: Shard, place: int) -> _Laid:
    work, desk = _task[0]
    return desk.lay(work(shard), place)


def _given(pool: ProcessPoolExecutor, shard: Shard, place: int) -> _Waiting:
    try:
        future = pool.submit(_do, shard, place)
    except BrokenExecutor as error:  # it broke while nobody was looking
        future = Future()
        future.set_exception(error)
    return _Waiting(shard, place, future)


def _is_lost(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenExecutor)  # all of a broken pool are done


def _in_one_copy(work: _Work, shard: Shard) -> Done:
    desk = _Desk(1)
    try:
        with _copies(1, work, desk) as pool:
            return desk.take(_given(pool, shard, 0).future.result(), 0)
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
