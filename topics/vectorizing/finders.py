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
_SHORT: Final = 4
"""Characters of 16 bits in a number of 64."""
_MASKS: Final = np.array([(1 << 16 * n) - 1 for n in range(_SHORT + 1)], np.uint64)
_OTHERS: Final = 0xFFFF << 48
"""Larger than every number of a short stretch."""
_HALF: Final = np.uint32(16)
_BASE: Final = 0x9E3779B97F4A7C15
"""Odd, so that it can be undone in arithmetic modulo 2**64: 2**64 over the golden ratio."""


class _Table:
    """Numbers by key, in a table with open places.

    A table over all pairs of characters takes two thirds of the time, but 30 MB where this takes
    2, and filling it was a tenth of the start.

    Args:
        keys: none the largest number of its type.
        numbers: of the keys.

    Raises:
        ValueError: two keys are alike.
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
        places, given = self._places(keys), len(keys)
        while len(keys):  # round by round, the last that wants a free place gets it
            free = np.flatnonzero(self._keys.take(places) == self._free)
            self._keys[places[free]] = keys[free]
            got = self._keys.take(places) == keys
            self._numbers[places[got]] = numbers[got]
            left = np.flatnonzero(~got)
            keys, numbers = keys[left], numbers[left]
            places = (places[left] + 1) & self._last
        if np.count_nonzero(self._keys != self._free) < given:
            raise ValueError("a word stands twice")

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

    Raises:
        ValueError: a pair has not two characters, or stands twice.
    """

    def __init__(self, pairs: Sequence[str], first: int) -> None:
        letters = letters_of(pairs)
        if (letters.lengths != 2).any():
            raise ValueError("a pair is not two characters")
        one, other = letters.codes.reshape(-1, 3)[:, :2].T
        # 0 parts the texts, and _BEYOND stands for the other planes: no pair has them.
        fits = (np.minimum(one, other) > 0) & (np.maximum(one, other) < _BEYOND)
        keys = (one << _HALF) | other
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
    """Looks up tokens by their characters: up to four, as most have, are one number of 64 bits.

    Longer ones, and those with an odd character, are looked up by a number that may be that of
    others too, and then compared character by character.

    Args:
        words: the number of each is its place.

    Raises:
        ValueError: two words are alike.
    """

    def __init__(self, words: Sequence[str]) -> None:
        letters = letters_of(words)
        self._codes = letters.codes
        self._lengths = letters.lengths
        self._starts = np.cumsum(letters.lengths + 1) - letters.lengths - 1
        numbers = np.arange(len(words), dtype=np.int32)
        keys = _short_keys(letters.codes, self._starts, self._lengths)
        long = np.zeros(len(words), np.bool_)
        long[_long(letters, self._starts, self._lengths)] = True
        self._short = _Table(keys[~long], numbers[~long])
        for base in count(_BASE, 2):  # the first base at once, unless somebody has chosen the words
            self._base = np.uint64(base % 2**64)
            keys = self._long_keys(letters.codes, self._starts[long], self._lengths[long])
            ordered = np.sort(keys)  # np.unique would import numpy.ma
            if (ordered[1:] != ordered[:-1]).all():
                break
            if len({words[n] for n in np.flatnonzero(long).tolist()}) < len(keys):
                raise ValueError("a word stands twice")
        self._long = _Table(keys, numbers[long])

    def find(self, letters: Letters, docs: Ints, lengths: Ints) -> Ints:
        """Return the number of each token, -1 where it is no word.

        Args:
            letters: of all texts.
            docs: the text of each token.
            lengths: of each token; those of a text sum to its own.
        """
        starts = np.cumsum(lengths) - lengths + docs
        found = np.full(len(lengths), -1, np.int64)
        kept, numbers = self._short.find(_short_keys(letters.codes, starts, lengths))
        found[kept] = numbers
        found[kept[self._lengths.take(numbers) != lengths.take(kept)]] = -1
        if (long := _long(letters, starts, lengths)).size:
            found[long] = self._find_long(letters.codes, starts[long], lengths[long])
        return found

    def _find_long(self, codes: NDArray[np.uint32], starts: Ints, lengths: Ints) -> Ints:
        found = np.full(len(lengths), -1, np.int64)
        kept, numbers = self._long.find(self._long_keys(codes, starts, lengths))
        alike = self._lengths.take(numbers) == lengths.take(kept)
        kept, numbers = kept[alike], numbers[alike]
        found[kept] = numbers
        sizes = lengths.take(kept)
        ours = codes.take(_inside(starts.take(kept), sizes))
        theirs = self._codes.take(_inside(self._starts.take(numbers), sizes))
        if (differing := np.flatnonzero(ours != theirs)).size:
            found[np.repeat(kept, sizes)[differing]] = -1
        return found

    def _long_keys(
        self, codes: NDArray[np.uint32], starts: Ints, lengths: Ints
    ) -> NDArray[np.uint64]:
        """Return a number for each stretch of characters: the value of a polynomial at the base."""
        powers = np.full(int(lengths.max(initial=0)), self._base)
        np.multiply.accumulate(powers, out=powers)
        sums = np.zeros(int(lengths.sum()) + 1, np.uint64)
        places = _inside(np.zeros_like(starts), lengths)
        # Plus 1, so that zeros count: else no base could tell 0 from 0, 0.
        terms = (codes.take(_inside(starts, lengths)) + np.uint64(1)) * powers.take(places)
        np.cumsum(terms, out=sums[1:])
        ends = np.cumsum(lengths)
        keys = sums.take(ends) - sums.take(ends - lengths)
        below: NDArray[np.uint64] = np.minimum(keys, np.uint64(2**64 - 2))
        return below


def number(letters: Letters, starts: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Return a number from 0 for each stretch of characters, and for each number a stretch.

    The same stretches have the same number, and others another one. Stretches rise and do not
    overlap; there may be letters between them.
    """
    names = _short_keys(letters.codes, starts, lengths)
    others: dict[bytes, int] = {}
    for n in _long(letters, starts, lengths).tolist():
        stretch = letters.codes[starts[n] : starts[n] + lengths[n]].tobytes()
        names[n] = _OTHERS + others.setdefault(stretch, len(others))
    different = np.sort(names)
    different = different[np.diff(different, prepend=~different[:1]) != 0]
    _, numbers = _Table(different, np.arange(len(different), dtype=np.int32)).find(names)
    example = np.empty(len(different), np.int64)
    example[numbers] = np.arange(len(numbers))
    return numbers, example


def _inside(starts: Ints, lengths: Ints) -> Ints:
    """Return the places of all characters of the stretches, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)


def _short_keys(codes: NDArray[np.uint32], starts: Ints, lengths: Ints) -> NDArray[np.uint64]:
    """Return the characters of each stretch as a number; of longer ones, of the first four."""
    narrow = np.zeros(len(codes) + _SHORT, "<u2")
    np.minimum(codes, _BEYOND, out=narrow[: len(codes)], casting="unsafe")
    fours = np.ndarray(len(codes) + 1, "<u8", narrow, strides=narrow.strides)
    keys = fours.take(starts)
    keys &= _MASKS.take(lengths, mode="clip")
    return keys


def _long(letters: Letters, starts: Ints, lengths: Ints) -> Ints:
    """Return which stretches are not told by `_short_keys`: long ones, and odd characters in them.

    Odd are zeros, which end the short ones, and what is beyond the basic plane.
    """
    long = lengths > _SHORT
    odd = (letters.codes - np.uint32(1)) >= _BEYOND - np.uint32(1)  # wraps round below 0
    if np.count_nonzero(odd) > len(letters.lengths):  # more than the marks between the texts
        odd[np.cumsum(letters.lengths + 1) - 1] = False
        places = np.flatnonzero(odd)
        at = np.searchsorted(starts, places, side="right") - 1
        long[at[(at >= 0) & (places < (starts + lengths).take(at))]] = True
    return np.flatnonzero(long)
