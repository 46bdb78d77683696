"""How often words stand together in sliding windows: counts equal to gensim's, vectorised.

gensim slides a window over each text and unsets a word when one occurrence leaves at the left,
although a second one may still stand inside; it is set again by its next occurrence. This is kept,
so that our figures can be laid beside published ones (gensim 4.4.0,
``WordOccurrenceAccumulator._slide_window``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.vectorizing.tokens import Tokens

Ints = NDArray[np.integer[Any]]

BATCH: Final = 2000
"""Texts counted at a time: bounds memory (about ten cells a known token)."""


@dataclass(frozen=True, slots=True)
class Cooccurrences:
    """In how many windows words stand, alone and in pairs."""

    index: Mapping[str, int]
    """Word → row of ``pairs``."""
    pairs: sparse.csr_matrix
    """(m, m), symmetric; the diagonal holds the words' own counts."""
    windows: int

    def among(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the counts among ``words``, shape (n, n); every word must be in ``index``."""
        rows = [self.index[word] for word in words]
        return np.asarray(self.pairs[rows][:, rows].toarray(), dtype=np.float64)


def cooccurrences(
    texts: Iterable[Sequence[str]], words: Iterable[str], window: int = 10
) -> Cooccurrences:
    """Count ``words`` in every window of ``window`` tokens; a shorter text is one window."""
    index = {word: n for n, word in enumerate(dict.fromkeys(words))}
    pairs = sparse.csr_matrix((len(index), len(index)), dtype=np.int64)
    total = 0
    for found, lengths in _found(texts, index):
        counts = np.maximum(1, lengths - window + 1)
        inside = _inside(found, lengths, window, len(index))
        pairs += inside.T @ inside
        total += int(counts.sum())
    return Cooccurrences(index, pairs.tocsr(), total)


def _found(texts: Iterable[Sequence[str]], index: Mapping[str, int]) -> Iterator[tuple[Ints, Ints]]:
    """Yield, batch by batch, each token's number or -1, and the lengths of the texts."""
    if isinstance(texts, Tokens):
        rows = np.array([index.get(word, -1) for word in texts.words], dtype=np.int64)
        for at in range(0, len(texts), BATCH):
            ends = texts.ends[at : at + BATCH]
            start = int(texts.ends[at - 1]) if at else 0
            yield rows.take(texts.ids[start : int(ends[-1])]), np.diff(ends, prepend=start)
        return
    rest = iter(texts)
    while batch := list(itertools.islice(rest, BATCH)):
        lengths = np.array([len(text) for text in batch], dtype=np.int64)
        each = map(index.get, itertools.chain.from_iterable(batch), itertools.repeat(-1))
        yield np.fromiter(each, np.int64, int(lengths.sum())), lengths


def _inside(found: Ints, lengths: Ints, window: int, n_words: int) -> sparse.csr_matrix:
    """Return which word is set in which window, (windows, words)."""
    ends = np.cumsum(lengths)
    counts = np.maximum(1, lengths - window + 1)
    first_window = np.cumsum(counts) - counts
    places = np.flatnonzero(found >= 0)
    text = np.searchsorted(ends, places, side="right")
    word, place = found[places], places - (ends - lengths)[text]
    group = text * n_words + word
    order = np.lexsort((place, group))
    group, place, text, word = group[order], place[order], text[order], word[order]
    starts, stops = _intervals(group, place, lengths[text], window)
    stops = np.minimum(stops, counts[text])
    fresh = np.ones(len(group), dtype=np.bool_)
    fresh[1:] = (group[1:] != group[:-1]) | (starts[1:] >= stops[:-1])
    text, word, starts, stops = text[fresh], word[fresh], starts[fresh], stops[fresh]
    spans = stops - starts
    within = np.arange(int(spans.sum())) - np.repeat(np.cumsum(spans) - spans, spans)
    rows = np.repeat(first_window[text] + starts, spans) + within
    ones = np.ones(len(rows), dtype=np.int64)
    shape = (int(counts.sum()), n_words)
    return sparse.csr_matrix((ones, (rows, np.repeat(word, spans))), shape=shape)


def _intervals(group: Ints, place: Ints, length: Ints, window: int) -> tuple[Ints, Ints]:
    """Return from which window on each occurrence sets its word, and which one unsets it.

    It is set by the first window that holds it, and unset when the next occurrence of the word,
    itself included, falls out at the left.
    """
    starts = np.where(length <= window, 0, np.maximum(0, place - window + 1))
    wide = int(place.max(initial=0)) + 2
    leaving = np.searchsorted(group * wide + place, group * wide + starts)
    stops = place[np.minimum(leaving, len(place) - 1)] + 1 if len(place) else place
    return starts, stops
