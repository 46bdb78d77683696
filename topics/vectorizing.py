"""Words and pairs of characters → counts, on NumPy alone: the tagger runs this too.

A paragraph is described by its words and by its pairs of neighbouring Han characters. Words are
what people read as evidence; pairs catch new words, names and the halves of a compound that the
segmenter never saw whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PLANE: Final = 0x10000
"""Characters beyond the basic plane belong to no pair: emoji and the rarest Han."""
_HAN: Final = (0x4E00, 0x9FFF)


@dataclass(frozen=True, slots=True)
class Stream:
    """Features of many texts, one after another in the order in which they stand there."""

    docs: Ints
    """The text of each occurrence, rising."""
    ids: Ints
    """The feature of each occurrence; -1 where it is unknown."""
    height: int
    """How many texts there are."""


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


def count(stream: Stream, width: int) -> Counts:
    """Count the known features of each text; ``width`` is how many features there are."""
    known = stream.ids >= 0
    keys, times = np.unique(stream.docs[known] * width + stream.ids[known], return_counts=True)
    rows, columns = np.divmod(keys, max(1, width))
    indptr = np.zeros(stream.height + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=stream.height), out=indptr[1:])
    return Counts(indptr, columns, times.astype(np.float64), width)


def learn_words(
    token_lists: Sequence[Sequence[str]], wanted: Callable[[str], bool], min_documents: int = 2
) -> list[str]:
    """Return the words that are ``wanted`` and occur in enough texts, by falling frequency.

    All tokens are counted as they come; only the vocabulary, which is far shorter, is filtered.
    """
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    stream = _stream(token_lists, index.__getitem__)
    documents = _documents(stream, len(index))
    words = [w for w, n in zip(index, documents, strict=True) if n >= min_documents and wanted(w)]
    return sorted(words, key=lambda word: (-documents[index[word]], word))


def find_words(token_lists: Sequence[Sequence[str]], index: dict[str, int]) -> Stream:
    """Look every token up in ``index`` (word → feature)."""
    return _stream(token_lists, index.get, -1)


def learn_pairs(texts: Sequence[str], min_documents: int = 3) -> list[str]:
    """Return the pairs of Han characters that occur in enough texts, by falling frequency."""
    docs, codes = _codes(texts)
    keys = np.where(_paired(codes), codes[:-1] * PLANE + codes[1:], -1)
    values, ids = np.unique(keys, return_inverse=True)
    stream = Stream(docs[:-1], ids, len(texts))
    documents = _documents(stream, len(values))
    kept = np.flatnonzero((documents >= min_documents) & (values >= 0))
    order = kept[np.lexsort((values[kept], -documents[kept]))]
    return [chr(key // PLANE) + chr(key % PLANE) for key in values[order].tolist()]


class PairFinder:
    """Looks up pairs of characters by a dense table over the characters that occur in pairs.

    Args:
        pairs: strings of two characters of the basic plane.
        first: feature number of the first pair; the others follow.
    """

    def __init__(self, pairs: Sequence[str], first: int) -> None:
        codes = np.frombuffer("".join(pairs).encode("utf-32-le"), np.uint32).astype(np.int64)
        letters, compact = np.unique(codes, return_inverse=True)
        self._width = len(letters) + 1
        self._compact = np.zeros(PLANE, np.int32)
        self._compact[letters] = np.arange(1, self._width)
        self._table = np.full(self._width * self._width, -1, np.int32)
        left, right = compact[0::2] + 1, compact[1::2] + 1
        self._table[left * self._width + right] = np.arange(first, first + len(pairs))

    def find(self, texts: Sequence[str]) -> tuple[Stream, Ints]:
        """Return the pairs of ``texts``, and the place in its text where each one starts."""
        docs, codes = _codes(texts)
        compact = self._compact[np.minimum(codes, PLANE - 1)].astype(np.int64)
        ids = self._table[compact[:-1] * self._width + compact[1:]].astype(np.int64)
        kept = np.flatnonzero((ids >= 0) & (docs[:-1] == docs[1:]))
        starts = np.searchsorted(docs, np.arange(len(texts)))
        where = docs[kept]
        return Stream(where, ids[kept], len(texts)), kept - starts[where]


def idf(stream: Stream, width: int) -> Floats:
    """Return the weight of each feature by how few texts it stands in; shape (width,).

    ``ln((1 + texts) / (1 + texts with it)) + 1``, as in scikit-learn's TfidfTransformer.
    """
    return np.log((1 + stream.height) / (1 + _documents(stream, width))) + 1


def join(first: Stream, second: Stream) -> Stream:
    """Return the occurrences of both streams over the same texts, text by text."""
    docs = np.concatenate((first.docs, second.docs))
    ids = np.concatenate((first.ids, second.ids))
    order = np.argsort(docs, kind="stable")
    return Stream(docs[order], ids[order], first.height)


def _stream(
    token_lists: Sequence[Sequence[str]], lookup: Callable[..., int | None], *default: int
) -> Stream:
    lengths = np.fromiter(map(len, token_lists), np.int64, len(token_lists))
    tokens: Iterable[str] = chain.from_iterable(token_lists)
    found = map(lookup, tokens, *map(repeat, default))
    docs = np.repeat(np.arange(len(token_lists)), lengths)
    return Stream(docs, np.fromiter(found, np.int64, len(docs)), len(token_lists))


def _documents(stream: Stream, width: int) -> Ints:
    """Count the texts in which each feature occurs."""
    known = stream.ids >= 0
    pairs = np.unique(stream.ids[known] * max(1, stream.height) + stream.docs[known])
    return np.bincount(pairs // max(1, stream.height), minlength=width)


def _codes(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Return text number and code point of every character; a lone surrogate counts as one."""
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32).astype(np.int64)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    docs = np.repeat(np.arange(len(texts)), lengths)
    if not len(codes):
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    return docs, codes


def _paired(codes: Ints) -> NDArray[np.bool_]:
    han = (codes >= _HAN[0]) & (codes <= _HAN[1])
    return han[:-1] & han[1:]
