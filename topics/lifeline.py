"""Processes and threads that work for this one: they end with it, and leave Ctrl-C to it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

Item = TypeVar("Item")
Made = TypeVar("Made")


def end_with(parent: int) -> None:
    """End this process when the one that started it is gone; a pool's would wait for ever.

    A process begins with this, so also one whose starter dies before it has anything to do.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def without_ctrl_c() -> Iterator[None]:
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


@contextmanager
def helpers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes; what is not begun when the block is left is not done."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, initializer=end_with, initargs=(os.getpid(),))
    try:
        with without_ctrl_c():
            pool.submit(int)  # starts all of them, where they are copies of this one
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Crew:
    """As many threads as there are processors; on one alone, none.

    What they compute must not depend on how many they are: work is cut into pieces by its own size,
    and what comes back is taken in the order of the pieces.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Start the threads."""
        if (number := cores()) > 1:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(number)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is begun; what is not begun is not done."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def map(self, work: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
        """Yield what ``work`` makes of each item, in the items' order."""
        return self._pool.map(work, items) if self._pool else map(work, items)
