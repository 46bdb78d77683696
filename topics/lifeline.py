"""Processes that work for this one: they end with it, and leave Ctrl-C to it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


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
