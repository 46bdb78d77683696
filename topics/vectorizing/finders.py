"""Words and pairs of characters → their numbers, on whole arrays of characters.

A ``dict`` asked for each token took 16 μs a paragraph, an eighth of all that tagging took; and to
ask it, each token had to be a string.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.vectorizing.letters import Ints, Letters, letters_of, spread

Keys = NDArray[Any]
"""Of 32 or 64 bits, without sign."""

_BEYOND: Final = np.uint32(0xFFFE)
"""No character; stands for those beyond the basic plane, emoji and the rarest Han, in no pair."""
_HALF: Final = np.uint32(16)
_BASE: Final = 0x9E3779B97F4A7C15
"""Odd, so that it can be undone in arithmetic modulo 2**64: 2**64 over the golden ratio."""


class _Table:
    """Numbers by key, in a table with open places.

    A table over all pairs of characters takes two thirds of the time, but 30 MB where this takes
    2, and filling it was a tenth of the start.

    Args:
        keys: no two alike, none the largest number of its type.
        numbers: of the keys.
    """

    def __init__(self, keys: Keys, numbers: NDArray[np.int32]) -> None:
        bits = max(4, (4 * len(keys)).bit_length())
        kind: Any = keys.dtype.type
        size = 8 * keys.dtype.itemsize
        self._golden = kind(_BASE >> (64 - size) | 1)
        self._shift = kind(size - bits)
        self._last = (1 << bits) - 1
        self._free = np.iinfo(kind).max
        self._keys = np.full(1 << bits, self._free, kind)
        self._numbers = np.zeros(1 << bits, np.int32)
        places = self._places(keys)
        while len(keys):  # round by round, the first that wants a free place gets it
            free = np.flatnonzero(self._keys.take(places) == self._free)
            got = free[np.unique(places[free], return_index=True)[1]]
            self._keys[places[got]] = keys[got]
            self._numbers[places[got]] = numbers[got]
            keys, numbers = np.delete(keys, got), np.delete(numbers, got)
            places = (np.delete(places, got) + 1) & self._last

    def find(self, keys: Keys) -> tuple[Ints, Ints]:
        """Return which keys the table has, rising, and their numbers."""
        places = self._places(keys)
        found = self._keys.take(places)
        hit = found == keys
        left = np.flatnonzero(~hit)
        left = left[found.take(left) != self._free]
        while len(left):  # the place is another's: it may be the next one
            places[left] = following = (places.take(left) + 1) & self._last
            found = self._keys.take(following)
            same = found == keys.take(left)
            hit[left[same]] = True
            left = left[~same & (found != self._free)]
        kept = np.flatnonzero(hit)
        return kept, self._numbers.take(places.take(kept)).astype(np.int64)

    def _places(self, keys: Keys) -> NDArray[np.intp]:
        """Return where each key's search starts: Fibonacci hashing, the upper bits of a product."""
        product = keys * self._golden
        product >>= self._shift
        places: NDArray[np.intp] = product.astype(np.intp)
        return places


class PairFinder:
    """Looks up pairs of neighbouring characters.

    Args:
        pairs: strings of two characters.
        first: feature number of the first pair; the others follow.
    """

    def __init__(self, pairs: Sequence[str], first: int) -> None:
        joined = "".join(pairs).encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(joined, np.uint32)
        # 0 parts the texts, and _BEYOND stands for the other planes: no pair has them.
        fits = ((codes > 0) & (codes < _BEYOND)).reshape(-1, 2).all(axis=1)
        keys = (codes[0::2] << _HALF) | codes[1::2]
        numbers = np.arange(first, first + len(pairs), dtype=np.int32)
        self._table = _Table(keys[fits], numbers[fits])

    def find(self, letters: Letters) -> tuple[Ints, Ints, Ints]:
        """Return the text, the number and the start of each pair of the texts.

        Starts are places in the characters of all texts, without the marks between them.
        """
        codes = np.minimum(letters.codes, _BEYOND)
        keys = codes[:-1] << _HALF
        keys |= codes[1:]
        kept, numbers = self._table.find(keys)
        docs = spread(kept, np.cumsum(letters.lengths + 1) - 1)
        return docs, numbers, kept - docs


class WordFinder:
    """Looks up tokens by their characters: by a number that these give, then one by one.

    Args:
        words: no two alike; the number of each is its place.
    """

    def __init__(self, words: Sequence[str]) -> None:
        letters = letters_of(words)
        self._codes = letters.codes
        self._lengths = letters.lengths
        self._starts = np.cumsum(letters.lengths + 1) - letters.lengths - 1
        for base in count(_BASE, 2):  # the first base at once, unless somebody has chosen the words
            self._base = np.uint64(base % 2**64)
            self._undo = np.uint64(pow(base, -1, 2**64))
            keys = self._keys(letters.codes, self._starts, self._lengths)
            ordered = np.sort(keys)  # np.unique would import numpy.ma
            if (ordered[1:] != ordered[:-1]).all():
                break
        self._table = _Table(keys, np.arange(len(words), dtype=np.int32))

    def find(self, letters: Letters, docs: Ints, lengths: Ints) -> Ints:
        """Return the number of each token, -1 where it is no word.

        Args:
            letters: of all texts.
            docs: the text of each token.
            lengths: of each token; those of a text sum to its own.
        """
        starts = np.cumsum(lengths) - lengths + docs
        kept, numbers = self._table.find(self._keys(letters.codes, starts, lengths))
        alike = self._lengths.take(numbers) == lengths.take(kept)
        kept, numbers = kept[alike], numbers[alike]
        found = np.full(len(lengths), -1, np.int64)
        found[kept] = numbers
        # Two words may give the same number: every character is compared.
        sizes = lengths.take(kept)
        ends = np.cumsum(sizes)
        inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        ours = letters.codes.take(np.repeat(starts.take(kept), sizes) + inside)
        theirs = self._codes.take(np.repeat(self._starts.take(numbers), sizes) + inside)
        if (differing := np.flatnonzero(ours != theirs)).size:
            found[np.repeat(kept, sizes)[differing]] = -1
        return found

    def _keys(self, codes: NDArray[np.uint32], starts: Ints, lengths: Ints) -> NDArray[np.uint64]:
        """Return a number for each stretch of characters: the value of a polynomial at the base."""
        powers = np.full(len(codes), self._base)
        powers[:1] = 1
        np.multiply.accumulate(powers, out=powers)
        sums = np.zeros(len(codes) + 1, np.uint64)
        # Plus 1, so that zeros count: else no base could tell 0 from 0, 0.
        np.cumsum((codes + np.uint64(1)) * powers, out=sums[1:])
        undone = np.full(len(codes), self._undo)
        undone[:1] = 1
        np.multiply.accumulate(undone, out=undone)
        keys = (sums.take(starts + lengths) - sums.take(starts)) * undone.take(starts)
        below: NDArray[np.uint64] = np.minimum(keys, np.uint64(2**64 - 2))
        return below
