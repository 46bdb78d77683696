"""Short texts → more features: runs of characters up to the text's borders, outline and length.

A headline has a dozen words; its digits, Latin letters, single characters, its first and last
characters and even its length say what it is about. Runs of one to four characters take the place
of pairs of Han characters. The outline has one sign for each stretch of Han characters, of Latin
letters, of digits: how headlines of a kind are built. The linear model stays linear, and every tag
can be explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics import vectorizing
from topics.scoring import Features, Floats, LinearModel, Reading, is_word
from topics.vectorizing import Counts, Ints, Letters, Stream
from topics.vectorizing.outlines import outline_of

LONGEST: Final = 4
"""Characters of the longest run; on held-out THUCNews headlines 3 and 4 were equal (0.898, 0.896 of
an SVM), with borders and lengths 4 was used."""
LENGTHS: Final = (64, 32)
"""Lengths that are told apart, in characters and in tokens; longer texts count as the longest. They
lifted the accuracy on held-out THUCNews headlines from 0.901 to 0.907."""
SHORT: Final = 50
"""Characters, at most, of the median text that these features are for: headlines, titles, short
notes. Runs of longer texts would be many, and say little that words do not."""
MOST_RUNS: Final = 1 << 19
"""Most runs that are kept, the frequent ones first: bounds a model's size."""

_CODES: Final = 0x110000
_BITS: Final = np.uint64(16)
_MOST_LETTERS: Final = (1 << 16) - 2
_BORDER: Final = 1

Runs = NDArray[np.int32]
"""Shape (runs, LONGEST): code points; 0 is the border of a text, -1 stands behind shorter runs."""


@dataclass(frozen=True)
class Found:
    """Runs that stand in texts."""

    stream: Stream
    starts: Ints
    """The character, of those of all texts with their borders, where each run starts."""
    sizes: Ints
    """How many characters each has, borders too."""

    @property
    def ends(self) -> Ints:
        """The character behind each run."""
        return self.starts + self.sizes


NO_RUNS: Final = np.zeros((0, LONGEST), np.int32)


@dataclass(frozen=True)
class RichFeatures(Features):
    """Words, then runs of characters, then runs of outlines, then lengths; ``pairs`` is empty."""

    runs: Runs
    outlines: Runs = field(default_factory=lambda: NO_RUNS)
    """Runs of signs, see `topics.vectorizing.outlines`; models of earlier versions have none."""

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(self.words) + len(self.runs) + len(self.outlines) + sum(LENGTHS)

    @property
    def outlining(self) -> slice:
        """Which features are runs of outlines."""
        first = len(self.words) + len(self.runs)
        return slice(first, first + len(self.outlines))

    @cached_property
    def finder_of_runs(self) -> RunFinder:
        """Looks up runs of characters."""
        return RunFinder(self.runs)

    @cached_property
    def finder_of_outlines(self) -> RunFinder:
        """Looks up runs of outlines."""
        return RunFinder(self.outlines)

    def streams(self, letters: Letters, lengths: Ints) -> tuple[Stream, Found, Stream]:
        """Return where words, runs and lengths stand in texts, numbered as features.

        Args:
            letters: of the texts.
            lengths: of their tokens, text after text.
        """
        words = self.words_in(letters, lengths)
        runs, outline = self.finder_of_runs.find(letters), outline_of(letters)
        signs = self.finder_of_outlines.find(outline.letters)
        begins = outline.begins.take(signs.starts)
        firsts = len(self.words), self.outlining.start
        docs = np.concatenate((runs.stream.docs, signs.stream.docs))
        ids = np.concatenate((runs.stream.ids + firsts[0], signs.stream.ids + firsts[1]))
        starts = np.concatenate((runs.starts, begins))
        sizes = np.concatenate((runs.sizes, outline.begins.take(signs.ends) - begins))
        found = Found(Stream(docs, ids, words.height), starts, sizes)
        return words, found, lengths_in(letters, words.docs, self.outlining.stop)


def lengths_in(letters: Letters, docs: Ints, first: int) -> Stream:
    """Return two features a text: its length in characters and in tokens, whose texts are given."""
    height = len(letters.lengths)
    characters = np.minimum(letters.lengths, LENGTHS[0] - 1)
    many = np.minimum(np.bincount(docs, minlength=height), LENGTHS[1] - 1) + LENGTHS[0]
    ids = np.concatenate((characters, many)) + first
    return Stream(np.tile(np.arange(height), 2), ids, height)


class RunFinder:
    """Looks up runs of characters: each is one number of 64 bits, found by halving.

    Args:
        runs: the runs.

    Raises:
        ValueError: a run is none, or they have more different characters than there are numbers.
    """

    def __init__(self, runs: Runs) -> None:
        codes = runs.astype(np.int64)
        there = codes >= 0
        whole = (there[:, 1:] <= there[:, :-1]).all() and there[:, 0].all()
        if codes.max(initial=0) >= _CODES or codes.min(initial=0) < -1 or not whole:
            raise ValueError("a run of characters is none")
        letters = np.unique(codes[there & (codes > 0)])
        if len(letters) > _MOST_LETTERS:
            raise ValueError("runs have too many different characters")
        self._compact = np.zeros(_CODES, np.uint64)
        self._compact[letters] = np.arange(_BORDER + 1, _BORDER + 1 + len(letters))
        self._compact[0] = _BORDER
        keys = np.zeros(len(codes), np.uint64)
        for place in range(codes.shape[1]):
            keys = (keys << _BITS) | np.where(there[:, place], self._compact[codes[:, place]], 0)
        order = np.argsort(keys)
        self._keys, self._ids = keys[order], order
        if (self._keys[1:] == self._keys[:-1]).any():
            raise ValueError("a run of characters stands twice")

    def find(self, letters: Letters) -> Found:
        """Return the known runs of the texts."""
        compact = self._compact[_lowered(letters)]
        docs = _texts_of(letters)
        parts = []
        for size in range(1, LONGEST + 1) if len(self._keys) else ():
            keys = _keys(compact, size) << (_BITS * np.uint64(LONGEST - size))
            at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            hit = np.flatnonzero(_allowed(compact, size) & (self._keys.take(at) == keys))
            parts.append((hit, self._ids.take(at.take(hit)), size))
        none = np.zeros(0, np.int64)
        starts = np.concatenate([none, *(hit for hit, _, _ in parts)])
        ids = np.concatenate([none, *(found for _, found, _ in parts)])
        sizes = np.concatenate([none, *(np.full(len(hit), size) for hit, _, size in parts)])
        return Found(Stream(docs.take(starts), ids, len(letters.lengths)), starts, sizes)


def are_short(texts: Sequence[str]) -> bool:
    """Tell whether these features are for such texts."""
    return bool(len(texts)) and float(np.median(vectorizing.lengths_of(texts))) <= SHORT


def learn_runs(texts: Sequence[str], min_documents: int = 2) -> Runs:
    """Return the runs of characters that stand in enough texts, by falling number of texts."""
    return _runs_of(vectorizing.letters_of(texts), min_documents)


def learn_outlines(texts: Sequence[str], min_documents: int = 2) -> Runs:
    """Return the runs of the texts' outlines, as `learn_runs`."""
    return _runs_of(outline_of(vectorizing.letters_of(texts)).letters, min_documents)


def _runs_of(letters: Letters, min_documents: int) -> Runs:
    codes = _lowered(letters)
    seen, times = np.unique(codes[codes > 0], return_counts=True)
    kept = np.sort(seen[np.argsort(-times, kind="stable")[:_MOST_LETTERS]])
    compact_of = np.zeros(_CODES, np.uint64)
    compact_of[kept] = np.arange(_BORDER + 1, _BORDER + 1 + len(kept))
    compact_of[0] = _BORDER
    compact, docs = compact_of[codes], _texts_of(letters)
    runs, numbers = [], []
    for size in range(1, LONGEST + 1):
        at = np.flatnonzero(_allowed(compact, size))
        keys = _keys(compact, size)[at]
        order = np.lexsort((docs[at], keys))
        keys, owners = keys[order], docs[at][order]
        new = np.r_[True, (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])][: len(keys)]
        values, texts_with = np.unique(keys[new], return_counts=True)
        enough = texts_with >= min_documents
        numbers.append(texts_with[enough])
        runs.append(_codes_of(values[enough], size, kept))
    every, many = np.concatenate(runs), np.concatenate(numbers)
    return every[np.argsort(-many, kind="stable")[:MOST_RUNS]]


def _codes_of(keys: NDArray[np.uint64], size: int, letters: NDArray[np.int64]) -> Runs:
    """Return the code points of runs that are numbers."""
    table = np.concatenate(([-1, 0], letters)).astype(np.int32)
    found = np.full((len(keys), LONGEST), -1, np.int32)
    for place in range(size):
        shift = _BITS * np.uint64(size - 1 - place)
        found[:, place] = table[(keys >> shift) & np.uint64(0xFFFF)]
    return found


def _lowered(letters: Letters) -> Ints:
    """Return the code points with a border before the first text; A to Z become small."""
    codes = np.concatenate(([0], letters.codes)).astype(np.int64)
    codes[(codes >= ord("A")) & (codes <= ord("Z"))] += 32
    return codes


def _texts_of(letters: Letters) -> Ints:
    """Return the text that each place belongs to: a border before it belongs to it too."""
    sizes = letters.lengths + 1
    docs = np.repeat(np.arange(len(sizes)), sizes)
    return np.concatenate((docs, docs[-1:]))


def _keys(compact: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    keys = compact[: max(0, len(compact) - size + 1)].copy()
    for place in range(1, size):
        keys <<= _BITS
        keys |= compact[place : len(compact) - size + 1 + place]
    return keys


def _allowed(compact: NDArray[np.uint64], size: int) -> NDArray[np.bool_]:
    """Tell where a run may start: known characters, borders only at its ends, no border alone."""
    count = max(0, len(compact) - size + 1)
    allowed = np.ones(count, np.bool_)
    borders = np.zeros(count, np.int64)
    for place in range(size):
        here = compact[place : place + count]
        allowed &= here > 0
        if 0 < place < size - 1:
            allowed &= here != _BORDER
        borders += here == _BORDER
    return allowed & (borders < size)


def learn_rich_features(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    min_documents: tuple[int, int] = (1, 2),
    keep: Sequence[str] = (),
    *,
    outlined: bool = True,
) -> tuple[RichFeatures, Counts]:
    """Learn the features of short ``texts``; as `topics.scoring.learn_features`, with runs.

    Outlines say how a text is built, not what it is about: EM from seed words does without them
    (TNEWS with its words macro-F1 0.525, with them 0.487); the classifier that learns from its weak
    labels gains by them (0.481, without 0.478).
    """
    words, _ = vectorizing.learn_words(tokens, is_word, min_documents[0], keep)
    runs = learn_runs(texts, min_documents[1])
    outlines = learn_outlines(texts, min_documents[1]) if outlined else NO_RUNS
    bare = RichFeatures(tuple(words), (), np.ones(0, np.float32), runs, outlines)
    lengths = vectorizing.lengths_of([token for row in tokens for token in row])
    found, there, sizes = bare.streams(vectorizing.letters_of(texts), lengths)
    counts = vectorizing.count((found, there.stream, sizes), bare.width)
    documents = np.bincount(counts.indices, minlength=counts.width)
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return replace(bare, idf=idf.astype(np.float32)), counts


@dataclass(frozen=True)
class RichReading(Reading):
    """Short texts, cut and looked up; ``pairs`` are the runs."""

    sizes: Ints
    """How many characters each run has, borders too."""


class RichModel(LinearModel):
    """A linear model over words, runs of characters and lengths."""

    features: RichFeatures

    def look_up(self, texts: Sequence[str], lengths: Ints) -> RichReading:
        """Look the features of ``texts`` up, whose tokens have these ``lengths``."""
        letters = vectorizing.letters_of(texts)
        words, runs, sizes = self.features.streams(letters, lengths)
        streams = (words, runs.stream, sizes)
        counts, entries = vectorizing.count_entries(streams, self.features.width)
        return RichReading(
            lengths,
            letters,
            words,
            runs.starts,
            counts,
            entries,
            self.features.weigh(counts),
            runs.sizes,
        )

    def explain(self, reading: Reading, columns: Ints) -> Floats:
        """Return what every token of the texts adds, as `LinearModel.explain`.

        A run's part is shared by the tokens of its characters, a length's by all tokens.
        """
        if not isinstance(reading, RichReading):
            raise TypeError("the reading is another model's")
        x, docs = reading.x, reading.words.docs
        at = x.indices * self.centred.shape[1] + columns.take(reading.rows)
        each = x.data * self.centred.take(at) / (reading.counts.data * self.temperature)
        found = each.take(reading.entries)
        known = np.flatnonzero(reading.words.ids >= 0)
        added = np.zeros(len(docs))
        added[known] = found[: len(known)]
        runs = found[len(known) : len(known) + len(reading.sizes)]
        added += self._of_runs(reading, runs)
        of_length = found[len(known) + len(runs) :].reshape(2, -1).sum(axis=0)
        tokens = np.bincount(docs, minlength=len(of_length))
        added += (of_length / np.maximum(1, tokens)).take(docs)
        return added

    @staticmethod
    def _of_runs(reading: RichReading, runs: Floats) -> Floats:
        """Return what the runs add to each token."""
        border = -1
        sizes = reading.letters.lengths + 1
        token_of = np.full(1 + int(sizes.sum()), border, np.int64)
        characters = np.delete(np.arange(1, len(token_of)), np.cumsum(sizes) - 1)
        token_of[characters] = np.repeat(np.arange(len(reading.lengths)), reading.lengths)
        inside = np.concatenate(([0], np.cumsum(token_of >= 0)))
        many = inside.take(reading.places + reading.sizes) - inside.take(reading.places)
        share = runs / np.maximum(1, many)
        before = np.repeat(np.cumsum(reading.sizes) - reading.sizes, reading.sizes)
        places = np.repeat(reading.places, reading.sizes) + np.arange(len(before)) - before
        tokens, shares = token_of.take(places), np.repeat(share, reading.sizes)
        there = tokens >= 0
        added = np.zeros(len(reading.lengths))
        added += np.bincount(tokens[there], shares[there], minlength=len(added))
        return added
