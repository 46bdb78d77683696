"""jieba's steps in C (``_core.c``), three times as fast as rjieba; there if it could be compiled.

``hatch_build.py`` makes both files when the package is installed and a C compiler is at hand.
"""

from __future__ import annotations

import importlib
import math
import mmap
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from topics.segmenting.jieba_engine import CANARY, JIEBA_TOTAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE: Final = Path(__file__).with_name("dictionary.bin")
"""jieba's dictionary and its model, as ``_core.c`` wants them."""


class CompiledEngine:
    """jieba 0.42.1's segmentation, compiled.

    Raises:
        ImportError: if it was not compiled when the package was installed, or not as it is now.
    """

    name = "compiled"

    def __init__(self) -> None:
        self._core: Any = importlib.import_module("topics.segmenting._core")
        self._table = _read_table(self._core.SIZE)
        self.frequencies: dict[str, int] = {}
        self._log_total = math.log(JIEBA_TOTAL)
        try:
            lengths = self.measure_each(["".join(CANARY)]).tolist()
        except ValueError as error:
            raise ImportError(f"the compiled segmenter has no dictionary: {error}") from error
        if lengths != [len(token) for token in CANARY]:
            raise ImportError("the compiled segmenter cuts differently; install topics anew")

    def has_word(self, word: str) -> bool:
        """Tell whether the dictionary has ``word``."""
        return bool(self._core.has_word(self._table, word))

    def put(self, frequencies: Mapping[str, int]) -> None:
        """Put words into the dictionary, or change their frequencies.

        Raises:
            OverflowError: if there are more words than it has room for: some 400,000.
        """
        self.frequencies.update(frequencies)
        for word, frequency in frequencies.items():
            self._core.put(self._table, word, math.log(frequency))
        # A word that is put twice counts once, as if its last frequency had been the first.
        self._log_total = math.log(JIEBA_TOTAL + sum(self.frequencies.values()))

    def cut(self, text: str) -> list[str]:
        """Return the tokens of ``text``; joined they are ``text`` again."""
        return self.cut_each([text])[0]

    def cut_each(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text, from one call that leaves other threads free."""
        core, table, kept = self._core, self._table, self._kept
        groups: list[list[str]] = core.cut_each(table, self._log_total, list(texts), kept)
        return groups

    @cached_property
    def _kept(self) -> object:
        """The tokens that were met before: to make each string once halves the time."""
        return self._core.keep()

    def measure_each(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of all tokens, text after text."""
        import numpy as np

        lengths = self._core.measure_each(self._table, self._log_total, list(texts))
        return np.frombuffer(lengths, np.uint32).astype(np.int64)


def _read_table(size: int) -> bytearray | mmap.mmap:
    """Read the table.

    Mapped into memory it would be there at once, but a model's words fall on most of its pages,
    and to copy them one by one takes twice as long as to read the file.
    """
    table = _room(size)
    try:
        with TABLE.open("rb") as file:
            if file.readinto(table) == size and not file.read(1):
                return table
    except OSError as error:
        raise ImportError(f"the compiled segmenter has no dictionary: {error}") from error
    raise ImportError(f"the compiled segmenter has no dictionary: {TABLE} has another size")


def _room(size: int) -> bytearray | mmap.mmap:
    """Return memory for the table, in large pages where the system has them (Linux).

    Words are put all over it: with pages of 4 KB to be set up one by one that took half as long
    again, 3 ms of each start.
    """
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return bytearray(size)
    try:
        room = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        room.madvise(mmap.MADV_HUGEPAGE)
    except OSError:  # a kernel without them
        return bytearray(size)
    return room
