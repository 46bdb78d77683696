"""A batch of tags as lines of JSON, put together from its columns.

Every line is made of the same pieces in the same order, so a batch is one list of pieces, joined
once. Numbers are looked up: writing one takes five times as long as taking its text from a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from json.encoder import encode_basestring as quoted
from operator import methodcaller
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.tagging.tagged import Tagged
from topics.vectorizing import Floats, Ints

Pieces = NDArray[Any]
"""Of type bytes."""


def json_lines(tagged: Tagged) -> bytes:
    """Return a batch as JSON, a line a paragraph: to the byte what `Tag.row` is as JSON.

    That takes 3 μs a paragraph; `Tag` objects, their rows and the encoder of `json` took 60.
    """
    counts = tagged.words.counts
    ends = np.full(len(tagged), b"]}\n", object)
    for place, note in tagged.notes.items():
        ends[place] = _bytes(f'], "note": {quoted(note)}}}\n')
    pieces = np.column_stack([*_front(tagged, counts), _evidence(tagged, counts), ends])
    return b"".join(pieces.ravel().tolist())


def _front(tagged: Tagged, counts: Ints) -> Iterator[Pieces]:
    """Yield what stands in each line before its evidence, some columns at a time."""
    parts, classes = tagged.parts, tagged.classes
    names = {part.file for part in parts}
    files = {name: f'{{"file": {quoted(name)}, "article": ' for name in names}
    lines = [
        f'{files[part.file]}{part.article}, "line": {part.line}, "id": {quoted(part.id)}'
        f', "text": {quoted(part.text)}'
        for part in parts
    ]
    yield _column(list(map(_encode, lines)))
    yield _column([_bytes(f', "theme": {quoted(code)}') for code in classes]).take(tagged.columns)
    shares = rounded(tagged.shares, 6)
    best = shares[np.arange(len(shares)), tagged.columns]
    yield _shares(classes, np.column_stack([best, shares]))
    keys = list(zip(tagged.tags, (counts > 0).tolist(), strict=True))
    lists = {(tags, some): _bytes(_list_of(tags) + some * '{"word": ') for tags, some in set(keys)}
    yield _column([lists[key] for key in keys])


def _list_of(tags: tuple[str, ...]) -> str:
    return f'}}, "tags": [{", ".join(map(quoted, tags))}], "evidence": ['


def _evidence(tagged: Tagged, counts: Ints) -> Pieces:
    """Return the pieces of each line's first word, from it to before the second; of that …"""
    words = tagged.words
    most = int(counts.max(initial=0))
    places = np.arange(len(words.weights)) - np.repeat(np.cumsum(counts) - counts, counts)
    last = places == np.repeat(counts - 1, counts)
    places += np.repeat(np.arange(len(counts)) * most, counts)
    filled = np.full((len(counts) * most, 3), b"", object)
    filled[places, 0] = _quotes(words.vocabulary).take(tagged)
    filled[places, 1] = _weights().take(_times(rounded(words.weights, 4), 10_000))
    filled[places, 2] = _places().take(_place_keys(words.starts, words.ends, last))
    return filled.reshape(len(counts), 3 * most)


def _place_keys(starts: Ints, ends: Ints, last: NDArray[np.bool_]) -> Ints:
    """Return a number for each place and whether it is the line's last; small ones for most."""
    lengths = ends - starts
    keys: Ints = np.where(lengths < 8, (starts << 3) | lengths, (lengths << 40) | starts) << 1
    return keys | last


def _place(key: int) -> str:
    n = key >> 1
    length, start = (n >> 40, n & (1 << 40) - 1) if n >> 43 else (n & 7, n >> 3)
    following = "}" if key & 1 else '}, {"word": '
    return f', "start": {start}, "end": {start + length}{following}'


def _shares(classes: tuple[str, ...], shares: Floats) -> Pieces:
    """Return two pieces of each probability, rounded to six places, as `repr` gives it.

    The first column of ``shares`` is the found class's.
    """
    numbers = _times(shares, 1_000_000)
    high, low = np.divmod(numbers, 1000)
    high[low == 0] += 1001
    tiny = numbers < 100
    high[tiny] = numbers[tiny] + 2002
    low[tiny] = 0
    high += np.arange(shares.shape[1]) * _HIGHS
    pieces = np.empty((*shares.shape, 2), object)
    pieces[:, :, 0] = _high(classes).take(high)
    pieces[:, :, 1] = _low().take(low)
    return pieces.reshape(len(shares), -1)


class _Table:
    """Texts of numbers, kept as they come; those of numbers beyond the table are made anew."""

    def __init__(self, make: Callable[[int], str], size: int = 1 << 14) -> None:
        self._make = make
        self._texts = np.empty(size + 1, object)
        self._has = np.zeros(size + 1, np.bool_)

    def take(self, numbers: Ints) -> Pieces:
        """Return the text of each number (0 or more)."""
        last = len(self._has) - 1
        new = numbers[~self._has.take(numbers, mode="clip")]
        for n in set(new[new < last].tolist()):
            self._texts[n] = _bytes(self._make(n))
            self._has[n] = True  # after it: another thread may look
        texts: Pieces = self._texts.take(numbers, mode="clip")
        if new.size:
            for place in np.argwhere(numbers >= last).tolist():
                texts[tuple(place)] = _bytes(self._make(int(numbers[tuple(place)])))
        return texts


@cache
def _weights() -> _Table:
    return _Table(lambda n: f', "weight": {n / 10_000!r}')


@cache
def _places() -> _Table:
    return _Table(_place)


_HIGHS: Final = 2102


@cache
def _high(classes: tuple[str, ...]) -> _Table:
    """Return texts up to the third place, column after column.

    Of those that end there from 1001 on, of tiny ones from 2002 on.
    """
    labels = [', "probability": ', *(f", {quoted(code)}: " for code in classes)]
    labels[1] = labels[1].replace(", ", ', "probabilities": {', 1)

    def make(n: int) -> str:
        column, n = divmod(n, _HIGHS)
        if n < 1001:
            return f"{labels[column]}0.{n:03}"
        return labels[column] + repr((n - 1001) / 1000 if n < 2002 else (n - 2002) / 1_000_000)

    return _Table(make, _HIGHS * len(labels))


@cache
def _low() -> _Table:
    return _Table(lambda n: f"{n:03}".rstrip("0"), 1000)


class _Quotes:
    """The words of a vocabulary as JSON, each made when it is first met."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        size = len(vocabulary) + 1  # the last stands for all that are none of its words
        self._texts = np.empty(size, object)
        self._has = np.zeros(size, np.bool_)

    def take(self, tagged: Tagged) -> Pieces:
        """Return the JSON of all words of evidence."""
        words = tagged.words
        pieces: Pieces = self._texts.take(words.names)
        new = np.flatnonzero(~self._has.take(words.names))
        docs = np.repeat(np.arange(len(tagged)), words.counts)
        places = (column.take(new).tolist() for column in (docs, words.starts, words.ends))
        texts = [tagged.parts[doc].text[start:end] for doc, start, end in zip(*places, strict=True)]
        pieces[new] = list(map(_bytes, map(quoted, texts)))
        own = new[words.names.take(new) >= 0]
        self._texts[words.names.take(own)] = pieces.take(own)
        self._has[words.names.take(own)] = True  # after it: another thread may look
        return pieces


_kept: Final[list[_Quotes]] = []
"""Of the vocabulary that was asked for last."""


def _quotes(vocabulary: Sequence[str]) -> _Quotes:
    for quotes in _kept:
        if quotes.vocabulary is vocabulary:
            return quotes
    quotes = _Quotes(vocabulary)
    _kept[:] = [quotes]
    return quotes


_encode: Final = methodcaller("encode", "utf-8", "replace")
"""Lone surrogates of damaged text must not end the run."""


def _bytes(text: str) -> bytes:
    made: bytes = _encode(text)
    return made


def _column(pieces: Sequence[bytes]) -> Pieces:
    return np.array(pieces, object)


def _times(values: Floats, factor: int) -> Ints:
    whole: Ints = np.rint(values * factor).astype(np.int64)
    return whole


def rounded(values: Floats, places: int) -> Floats:
    """Return what ``round(value, places)`` gives for each value, a hundred times as fast."""
    scaled = values * 10.0**places
    whole = np.rint(scaled)
    result: Floats = whole / 10.0**places
    # Half-way, as far as the product can tell: there Python looks at the exact decimal.
    for place in np.argwhere(np.abs(np.abs(scaled - whole) - 0.5) < 1e-6).tolist():
        result[tuple(place)] = round(float(values[tuple(place)]), places)
    return result
