"""Words and pairs of characters → counts, on NumPy alone: the tagger runs this too.

A paragraph is described by its words and by its pairs of neighbouring Han characters. Words are
what people read as evidence; pairs catch new words, names and the halves of a compound that the
segmenter never saw whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.vectorizing.finders import PairFinder, WordFinder, number
from topics.vectorizing.letters import (
    HAN,
    Ints,
    Letters,
    Names,
    lengths_of,
    letters_of,
    texts_of,
    words_among,
)

__all__ = [
    "Counts",
    "Entries",
    "Floats",
    "Ints",
    "Letters",
    "Names",
    "PairFinder",
    "Stream",
    "WordFinder",
    "count",
    "count_entries",
    "firsts",
    "gather",
    "in_order",
    "learn_pairs",
    "learn_words",
    "lengths_of",
    "letters_of",
    "number",
    "sums",
    "texts_of",
    "words_among",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stream:
    """Occurrences of features in many texts."""

    docs: Ints
    """The text of each occurrence."""
    ids: Ints
    """The feature of each occurrence; -1 where it is unknown."""
    height: int
    """How many texts there are."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of a sparse matrix, in any order."""

    docs: Ints
    """The text of each entry."""
    ids: Ints
    """The feature of each entry."""
    times: Ints
    """How often the feature stands in the text."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each feature occurs in each text: a sparse matrix as three arrays (CSR)."""

    indptr: Ints
    """Row ``i`` stands in ``indptr[i]:indptr[i + 1]``."""
    indices: Ints
    """Feature of each entry, rising within a row."""
    data: Floats
    """Count of each entry."""
    width: int
    """How many features there are."""


def count(streams: Sequence[Stream], width: int) -> Counts:
    """Count the known features of each text; ``width`` is how many features there are."""
    return count_entries(streams, width)[0]


def count_entries(streams: Sequence[Stream], width: int) -> tuple[Counts, Ints]:
    """Count as `count`, in streams over the same texts.

    Returns:
        The counts, and the entry that each known occurrence belongs to, stream after stream.
    """
    bits, height = width.bit_length(), streams[0].height
    keys = np.concatenate([_keys(stream, bits) for stream in streams])
    keys, order = in_order(keys, height << bits)
    new = _new(keys)
    entries = np.empty(len(keys), np.int64)
    entries[order] = np.cumsum(new) - 1
    begins = np.flatnonzero(new)
    times = np.diff(begins, append=len(keys)).astype(np.float64)
    columns = keys.take(begins)
    indptr = np.searchsorted(columns, np.arange(height + 1) << bits)
    columns &= (1 << bits) - 1
    return Counts(indptr, columns, times, width), entries


def _keys(stream: Stream, bits: int) -> Ints:
    """Return text and feature of each known occurrence as one number."""
    docs, ids = stream.docs, stream.ids
    if ids.min(initial=0) < 0:
        known = np.flatnonzero(ids >= 0)
        docs, ids = docs.take(known), ids.take(known)
    keys: Ints = docs << bits
    keys |= ids
    return keys


def in_order(keys: Ints, limit: int) -> tuple[Ints, Ints]:
    """Return ``keys`` (0 or more, below ``limit``) in order, and where each one stood.

    Key and place are sorted as one number: half the time of ``np.argsort`` on 94,000 keys.
    """
    bits = len(keys).bit_length()
    if limit.bit_length() + bits > 63:  # a million texts and more, in training
        order = np.argsort(keys, kind="stable")
        return keys[order], order
    packed = keys << bits
    packed |= np.arange(len(keys))
    packed.sort()
    order = packed & ((1 << bits) - 1)
    packed >>= bits
    return packed, order


def sums(values: Floats, indptr: Ints) -> Floats:
    """Return the sum of each row's values, where row ``i`` is ``indptr[i]:indptr[i + 1]``.

    The order of adding depends on the row alone, so no other row can change a sum. ``bincount``
    waits for each sum before it adds to it again: six times as long.
    """
    totals = np.zeros(len(indptr) - 1)
    filled = np.flatnonzero(indptr[1:] > indptr[:-1])
    if filled.size:
        totals[filled] = np.add.reduceat(values, indptr.take(filled))
    return totals


def learn_words(
    token_lists: Sequence[Sequence[str]],
    wanted: Callable[[str], bool],
    min_documents: int = 2,
    keep: Iterable[str] = (),
) -> tuple[list[str], Entries]:
    """Return the words that are ``wanted`` and stand in enough texts, and where they stand.

    All tokens are counted as they come; only the vocabulary, which is far shorter, is filtered.

    Args:
        token_lists: the tokens of each text.
        wanted: whether a token may be a word.
        min_documents: in how many texts a word must stand.
        keep: words that come in any case, after the others.

    Returns:
        The words by falling number of texts, and the entries of the matrix.
    """
    from topics.vectorizing.tokens import Tokens  # here, for the tagger learns no words

    every = token_lists if isinstance(token_lists, Tokens) else Tokens.of(token_lists)
    tokens = every.words
    found = _tally(Stream(every.docs, every.ids.astype(np.int64), len(every)))
    texts_with = np.bincount(found.ids, minlength=len(tokens))
    enough = (texts_with >= min_documents).tolist()
    words = sorted(word for word, much in zip(tokens, enough, strict=True) if much and wanted(word))
    index = dict(zip(tokens, range(len(tokens)), strict=True))
    numbers = (-texts_with).tolist()
    words.sort(key=lambda word: numbers[index[word]])
    known = set(words)
    words += [word for word in dict.fromkeys(keep) if word not in known]
    for word in words:
        index.setdefault(word, len(index))
    return words, _renumbered(found, [index[word] for word in words], len(index))


def learn_pairs(texts: Sequence[str], min_documents: int = 3) -> tuple[list[str], Entries]:
    """Return the pairs of Han characters that stand in enough texts, and where they stand.

    Returns:
        The pairs by falling number of texts, and the entries of the matrix.
    """
    letters = letters_of(texts)
    size = HAN[1] - HAN[0] + 1
    codes = letters.codes - np.uint32(HAN[0])  # wraps round below
    han = codes < size
    at = np.flatnonzero(han[:-1] & han[1:])
    docs = np.repeat(np.arange(len(texts)), letters.lengths + 1)
    keys = codes.take(at).astype(np.int64) * size
    keys += codes.take(at + 1)
    found = _tally(Stream(docs.take(at), keys, len(texts)))
    begins = firsts(found.ids)
    values, texts_with = found.ids[begins], np.diff(begins, append=len(found.ids))
    kept = np.flatnonzero(texts_with >= min_documents)
    kept = kept[np.lexsort((values[kept], -texts_with[kept]))]
    numbered = Entries(found.docs, np.repeat(np.arange(len(values)), texts_with), found.times)
    pairs = [chr(HAN[0] + n // size) + chr(HAN[0] + n % size) for n in values[kept].tolist()]
    return pairs, _renumbered(numbered, kept, len(values))


def gather(entries: Iterable[Entries], height: int, width: int) -> Counts:
    """Return the matrix of ``height`` texts and ``width`` features that has these entries.

    No entry may stand twice.
    """
    parts = list(entries)
    docs = np.concatenate([part.docs for part in parts])
    keys, order = in_order(
        docs * width + np.concatenate([part.ids for part in parts]), height * width
    )
    times = np.concatenate([part.times for part in parts]).take(order)
    indptr = np.zeros(height + 1, np.int64)
    np.cumsum(np.bincount(docs, minlength=height), out=indptr[1:])
    columns = keys - np.repeat(np.arange(height) * width, np.diff(indptr))
    return Counts(indptr, columns, times.astype(np.float64), width)


def _tally(stream: Stream) -> Entries:
    """Return how often each feature (0 or more) stands in each text, feature by feature."""
    bits = max(1, stream.height - 1).bit_length()
    keys = (stream.ids << bits) | stream.docs
    keys.sort()
    begins = firsts(keys)
    times = np.diff(begins, append=len(keys))
    keys = keys.take(begins)
    return Entries(keys & ((1 << bits) - 1), keys >> bits, times)


def firsts(values: Ints) -> Ints:
    """Return where each run of equal values begins."""
    return np.flatnonzero(_new(values))


def _new(values: Ints) -> NDArray[np.bool_]:
    """Tell where a run of equal values begins."""
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new


def _renumbered(entries: Entries, chosen: Sequence[int] | Ints, width: int) -> Entries:
    """Return the entries of the ``chosen`` features, numbered as these stand."""
    numbers = np.full(width, -1, np.int64)
    numbers[chosen] = np.arange(len(chosen))
    ids = numbers.take(entries.ids)
    kept = np.flatnonzero(ids >= 0)
    return Entries(entries.docs.take(kept), ids.take(kept), entries.times.take(kept))
