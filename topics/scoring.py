"""Text → scores of the themes by a linear model, on NumPy and the segmenter alone.

The same function scores in training, after loading, one text or a million: every sum runs over
one text's own features in a fixed order, so a score never depends on the other texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics import vectorizing
from topics.patterns import Pattern
from topics.segmenting import Segmenter
from topics.vectorizing import Counts, Entries, Ints, Letters, PairFinder, Stream, WordFinder

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

_WORD: Final = Pattern(r"[\u4e00-\u9fff]|[A-Za-z]{2}")


def is_word(token: str) -> bool:
    """Tell whether a token may be a feature: it has a Han character or two Latin letters."""
    return bool(_WORD.search(token))


@dataclass(frozen=True)
class Features:
    """The vocabulary: words first, then pairs of characters; with the weight of each."""

    words: Sequence[str]
    pairs: Sequence[str]
    idf: Array
    """Shape (features,)."""

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(self.words) + len(self.pairs)

    @cached_property
    def word_finder(self) -> WordFinder:
        """Looks up words."""
        return WordFinder(self.words)

    def words_in(self, letters: Letters, lengths: Ints) -> Stream:
        """Return the word that each token is, given the lengths of all tokens, text after text."""
        docs = vectorizing.texts_of(letters, lengths)
        found = self.word_finder.find(letters, docs, lengths)
        return Stream(docs, found, len(letters.lengths))

    @cached_property
    def pair_finder(self) -> PairFinder:
        """Looks up pairs of characters."""
        return PairFinder(self.pairs, len(self.words))

    def weigh(self, counts: Counts) -> Counts:
        """Return ``counts`` as TF-IDF rows of length 1: ``(1 + ln count) · idf``, over the norm."""
        data: Floats = (1 + np.log(counts.data)) * self.idf[counts.indices].astype(np.float64)
        norms = np.sqrt(np.maximum(vectorizing.sums(data * data, counts.indptr), 1e-30))
        data /= np.repeat(norms, np.diff(counts.indptr))
        return Counts(counts.indptr, counts.indices, data, counts.width)


def learn_features(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    min_documents: tuple[int, int] = (2, 3),
    keep: Sequence[str] = (),
) -> tuple[Features, Counts]:
    """Learn the vocabulary of ``texts``, features that stand in enough of them, and count them.

    Args:
        texts: the texts.
        tokens: their tokens.
        min_documents: in how many texts a word, a pair must stand.
        keep: words (seeds) that are features however rare they are.

    Returns:
        The features, and how often each text has them.
    """
    words, entries = vectorizing.learn_words(tokens, is_word, min_documents[0], keep)
    pairs, more = vectorizing.learn_pairs(texts, min_documents[1])
    more = Entries(more.docs, more.ids + len(words), more.times)
    counts = vectorizing.gather((entries, more), len(texts), len(words) + len(pairs))
    documents = np.bincount(counts.indices, minlength=counts.width)
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return Features(tuple(words), tuple(pairs), idf.astype(np.float32)), counts


@dataclass(frozen=True)
class Reading:
    """Texts, cut and looked up."""

    lengths: Ints
    """Of all tokens, one text after another; those of a text sum to its own."""
    letters: Letters
    words: Stream
    """One occurrence a token."""
    places: Ints
    """The character, of those of all texts, where each pair starts."""
    counts: Counts
    entries: Ints
    """The entry of ``counts`` that each known word, then each pair, belongs to."""
    x: Counts
    """TF-IDF rows."""

    @property
    def spelled(self) -> Ints:
        """Which word of the vocabulary each token is, as it is spelled; -1 where it is none."""
        return self.words.ids

    @cached_property
    def rows(self) -> Ints:
        """The text of each entry of ``x``."""
        return np.repeat(np.arange(self.words.height), np.diff(self.x.indptr))

    @cached_property
    def known(self) -> Floats:
        """Share of each text's words that are features; 0 for a text without words."""
        docs, height = self.words.docs, self.words.height
        words = np.flatnonzero(vectorizing.words_among(self.letters, self.lengths, docs))
        known = words[self.words.ids.take(words) >= 0]
        ends = np.arange(height + 1)
        of_text = np.diff(np.searchsorted(docs.take(known), ends))
        return of_text / np.maximum(np.diff(np.searchsorted(docs.take(words), ends)), 1)


@dataclass(frozen=True)
class LinearModel:
    """A linear model over words and pairs of characters, calibrated.

    Probabilities are ``softmax((x · weights + bias) / temperature)``, with ``x`` the TF-IDF row.
    """

    features: Features
    weights: Array
    """Shape (features, classes)."""
    bias: Array
    """Shape (classes,)."""
    temperature: float = 1.0
    heading: float = 0.0
    """How much the heading's score counts beside the paragraph's own."""
    neighbours: float = 0.0
    """How much the mean score of the paragraphs before and after counts."""
    thresholds: tuple[float, ...] = ()
    """Per theme (without other): from which probability on it is among the ``tags``."""

    @property
    def vocabulary(self) -> Sequence[str]:
        """The words that may be evidence."""
        return self.features.words

    @cached_property
    def _columns(self) -> Array:
        """The weights, shape (classes, features): one class's lie together, a third of the time."""
        return np.ascontiguousarray(self.weights.T)

    @cached_property
    def centred(self) -> Array:
        """The weights less their mean over the classes: what a word adds against the average."""
        centred: Array = self.weights - self.weights.mean(axis=1, keepdims=True)
        return centred

    def read(self, texts: Sequence[str], segmenter: Segmenter) -> Reading:
        """Cut ``texts`` and look their features up, once for scores and evidence."""
        return self.look_up(texts, segmenter.measure(texts))

    def look_up(self, texts: Sequence[str], lengths: Ints) -> Reading:
        """Look the features of ``texts`` up, whose tokens have these ``lengths``."""
        letters = vectorizing.letters_of(texts)
        words = self.features.words_in(letters, lengths)
        docs, found, places = self.features.pair_finder.find(letters)
        streams = (words, Stream(docs, found, len(texts)))
        counts, entries = vectorizing.count_entries(streams, self.features.width)
        x = self.features.weigh(counts)
        return Reading(lengths, letters, words, places, counts, entries, x)

    def score(self, reading: Reading) -> Floats:
        """Return the scores without bias, shape (texts, classes)."""
        x, height = reading.x, reading.words.height
        scores = np.empty((height, self.weights.shape[1]))
        for column, weights in enumerate(self._columns):
            weighted = x.data * weights.take(x.indices)
            scores[:, column] = vectorizing.sums(weighted, x.indptr)
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """Return calibrated probabilities of ``scores`` (without bias); rows sum to 1."""
        logits = (scores + self.bias) / self.temperature
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def explain(self, reading: Reading, columns: Ints) -> Floats:
        """Return what every token adds to the score of its text's column, one token after another.

        A pair of characters counts half for the token of each of its characters, so that the
        numbers of a text sum to its score over the temperature, less the mean over the classes
        and without bias.
        """
        x, words, places = reading.x, reading.words, reading.places
        at = x.indices * self.centred.shape[1] + columns.take(reading.rows)
        each = x.data * self.centred.take(at) / (reading.counts.data * self.temperature)
        found = each.take(reading.entries)
        known = np.flatnonzero(words.ids >= 0)
        added = np.zeros(len(words.ids))
        added[known] = found[: len(known)]
        half = found[len(known) :] / 2
        token_of = np.repeat(np.arange(len(added)), reading.lengths)
        added += np.bincount(token_of.take(places), half, minlength=len(added))
        added += np.bincount(token_of.take(places + 1), half, minlength=len(added))
        return added
