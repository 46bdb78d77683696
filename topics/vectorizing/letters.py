"""The characters of many texts as one array of numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

HAN: Final = (0x4E00, 0x9FFF)


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of many texts as numbers."""

    codes: NDArray[np.uint32]
    """Code points; 0 after each text, so that no pair reaches from one text into the next."""
    lengths: Ints
    """How many characters each text has."""


class Names(Sequence[str]):
    """Names, each with a line break behind it, as one text.

    They are parted when one is asked for: a model has a hundred thousand, whose letters are looked
    up, and nobody reads them. Two are alike if their names are; a tuple of the same is alike too.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        whole = text[: text.rfind("\n") + 1].encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(whole, np.uint32).copy()
        self._ends = np.flatnonzero(codes == ord("\n"))
        codes[self._ends] = 0
        self.letters: Final = Letters(codes, np.diff(self._ends, prepend=-1) - 1)

    @cached_property
    def _parted(self) -> tuple[str, ...]:
        return tuple(self._text.split("\n")[:-1])

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Names: ...
    def __getitem__(self, place: int | slice) -> str | Names:
        if not isinstance(place, slice):
            return self._parted[place]
        first, last, step = place.indices(len(self))
        if step != 1:
            raise ValueError("names are taken in their order")
        borders = np.concatenate(([0], self._ends + 1))
        return Names(self._text[borders[first] : borders[max(first, last)]])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names | tuple) and self._parted == tuple(other)

    def __hash__(self) -> int:
        return hash(self._parted)


def letters_of(texts: Sequence[str]) -> Letters:
    """Return the characters of ``texts``; a lone surrogate counts as one."""
    if isinstance(texts, Names):
        return texts.letters
    joined = "\0".join((*texts, "")).encode("utf-32-le", "surrogatepass")
    return Letters(np.frombuffer(joined, np.uint32), lengths_of(texts))


def lengths_of(texts: Collection[Sequence[object]]) -> Ints:
    """Return how long each text, or list of tokens, is."""
    return np.fromiter(map(len, texts), np.int64, len(texts))


def texts_of(letters: Letters, lengths: Ints) -> Ints:
    """Return the text of each token, given the lengths of all tokens, text after text."""
    return spread(np.cumsum(lengths), np.cumsum(letters.lengths))


def spread(places: Ints, ends: Ints) -> Ints:
    """Return the text of each place, one that is at most its end; both rise."""
    counts = np.diff(np.searchsorted(places, ends, side="right"), prepend=0)
    return np.repeat(np.arange(len(ends)), counts)


def words_among(letters: Letters, lengths: Ints, docs: Ints) -> NDArray[np.bool_]:
    """Tell which tokens, by their lengths all the texts, have a Han character or two Latin ones.

    The two stand side by side. Asking characters, not tokens, takes a tenth of a pattern's time.
    """
    codes = letters.codes
    starts = np.cumsum(lengths) - lengths + docs
    ends = starts + lengths
    found = np.zeros(len(codes) + 1, np.int32)
    han = codes - np.uint32(HAN[0]) <= HAN[1] - HAN[0]  # wraps round below
    np.cumsum(han, out=found[1:])
    has: NDArray[np.bool_] = found.take(ends) > found.take(starts)
    latin = (codes | 32) - np.uint32(ord("a")) < 26
    if (both := np.flatnonzero(latin[:-1] & latin[1:])).size:
        token = np.searchsorted(starts, both, side="right") - 1
        has[token[both + 1 < ends.take(token)]] = True
    return has
