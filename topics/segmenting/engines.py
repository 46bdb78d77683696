"""The engines that cut: one protocol, three makers, and dictionaries with the user's words."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, Protocol

from topics.errors import MissingExtraError
from topics.segmenting.compiled_engine import CompiledEngine
from topics.segmenting.jieba_engine import JiebaEngine
from topics.segmenting.rjieba_engine import RjiebaEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EngineName = Literal["auto", "compiled", "rjieba", "jieba"]
Words = tuple[tuple[str, int | None], ...]
"""User words, sorted, each with its frequency or None: the lowest that keeps it whole."""

MAX_TOTAL: Final = 10**9
"""The user's frequencies may add up to this: 16 times jieba's own."""

FREQUENCIES: Final = (500, 4_000, 32_000, 256_000)
"""Tried in turn until a user's word is whole. The packaged lexicon needs only the first and adds
1.3 % to jieba's total, so all other words keep their weight. What jieba itself would suggest,
often 1, is enough for a word alone but loses to a neighbour that reaches across its border."""

_BUILDING: Final = threading.Lock()
_begun: Final[list[tuple[threading.Thread, list[Engine]]]] = []


class Engine(Protocol):
    """What cuts. `put` is for building it; once shared, an engine never changes."""

    name: str
    frequencies: dict[str, int]
    """The user's words that were put in, with their frequencies."""

    def has_word(self, word: str) -> bool:
        """Tell whether the dictionary has ``word``."""

    def put(self, frequencies: Mapping[str, int]) -> None:
        """Put words into the dictionary, or change their frequencies."""

    def cut(self, text: str) -> list[str]:
        """Return the tokens of ``text``; joined they are ``text`` again."""

    def cut_each(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text."""

    def measure_each(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of all tokens, text after text."""


def open_engine(name: EngineName, words: Words) -> Engine:
    """Return an engine with the user's ``words`` in its dictionary, ready to be shared.

    The last few are kept: a worker process that unpickles the same segmenter for every task
    builds its dictionary once.

    Raises:
        MissingExtraError: if the engine is not installed in the version that is needed.
    """
    with _BUILDING:
        return _built(name, words)


def begin() -> None:
    """Start building a dictionary for the first engine that is opened; later it does nothing.

    A thread does it while this one imports and loads: rjieba takes 0.08 s, and the compiled one
    0.01 s to read its table, that are not Python's.
    """
    if _begun or _built.cache_info().misses:
        return
    made: list[Engine] = []

    def build() -> None:
        with suppress(ImportError):  # who opens an engine will be told
            made.append(_fast_engine())

    thread = threading.Thread(target=build)
    _begun.append((thread, made))
    thread.start()


@functools.lru_cache(maxsize=4)
def _built(name: EngineName, words: Words) -> Engine:
    try:
        return _with_words(_bare_engine(name), words)
    except OverflowError as error:  # the compiled dictionary has an end
        if name == "auto":
            return _built("rjieba", words)
        raise MissingExtraError(f"{error}; use engine='rjieba'") from error


def _with_words(engine: Engine, words: Words) -> Engine:
    engine.put({word: frequency for word, frequency in words if frequency is not None})
    to_keep = [word for word, frequency in words if frequency is None]
    split = [word for word in to_keep if not engine.has_word(word)]
    for frequency in FREQUENCIES if to_keep else ():
        engine.put(dict.fromkeys(split, frequency))
        if not (split := list(split_among(to_keep, engine))):
            break
    return engine


def split_among(words: Sequence[str], engine: Engine) -> Iterator[str]:
    """Yield the words that are not cut as one token."""
    lengths = iter(engine.measure_each(words).tolist())
    for word in words:
        end = next(lengths)
        if end < len(word):
            yield word
        while end < len(word):
            end += next(lengths)


def _bare_engine(name: EngineName) -> Engine:
    if name == "jieba":
        return JiebaEngine()
    try:
        if name == "auto":
            return _begun_engine() or _fast_engine()
        return CompiledEngine() if name == "compiled" else RjiebaEngine()
    except ImportError as error:
        if name == "auto":
            return JiebaEngine()
        how = {
            "compiled": "install topics anew where there is a C compiler, or use engine='auto'",
            "rjieba": "install it with: pip install rjieba==0.2.2",
        }
        raise MissingExtraError(f"{error}; {how[name]}") from error


def _fast_engine() -> Engine:
    try:
        return CompiledEngine()
    except ImportError:
        return RjiebaEngine()


def _begun_engine() -> Engine | None:
    """Return what `begin` has begun, if anything."""
    if not _begun:
        return None
    thread, made = _begun.pop()
    thread.join()
    return made[0] if made else None
