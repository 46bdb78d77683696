"""Text → scores of the themes by a linear model, on NumPy and the segmenter alone.

The same function scores in training, after loading, one text or a million: every sum runs over
one text's own features in a fixed order, so a score never depends on the other texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics import vectorizing
from topics.segmenting import Segmenter
from topics.vectorizing import Counts, PairFinder, Stream

Array = NDArray[np.float32]
Floats = NDArray[np.float64]

_WORD: Final = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2}")


def is_word(token: str) -> bool:
    """Tell whether a token may be a feature: it has a Han character or two Latin letters."""
    return bool(_WORD.search(token))


@dataclass(frozen=True)
class Features:
    """The vocabulary: words first, then pairs of characters; with the weight of each."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]
    idf: Array
    """Shape (features,)."""

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(self.words) + len(self.pairs)

    @cached_property
    def index(self) -> dict[str, int]:
        """Word → feature."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def finder(self) -> PairFinder:
        """Looks up pairs of characters."""
        return PairFinder(self.pairs, len(self.words))

    def count(self, texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> Counts:
        """Count the features of ``texts``, whose tokens are ``tokens``."""
        words = vectorizing.find_words(tokens, self.index)
        pairs, _ = self.finder.find(texts)
        return vectorizing.count(vectorizing.join(words, pairs), self.width)

    def weigh(self, counts: Counts) -> Counts:
        """Return ``counts`` as TF-IDF rows of length 1: ``(1 + ln count) · idf``, over the norm."""
        data: Floats = (1 + np.log(counts.data)) * self.idf[counts.indices].astype(np.float64)
        rows = np.repeat(np.arange(len(counts.indptr) - 1), np.diff(counts.indptr))
        squares = np.bincount(rows, data * data, minlength=len(counts.indptr) - 1)
        data /= np.sqrt(np.maximum(squares, 1e-30))[rows]
        return Counts(counts.indptr, counts.indices, data, counts.width)


def learn_features(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    min_documents: tuple[int, int] = (2, 3),
    keep: Sequence[str] = (),
) -> Features:
    """Learn the vocabulary of ``texts``: features that stand in enough of them.

    Args:
        texts: the texts.
        tokens: their tokens.
        min_documents: in how many texts a word, a pair must stand.
        keep: words (seeds) that are features however rare they are.
    """
    words = vectorizing.learn_words(tokens, is_word, min_documents[0])
    known = set(words)
    words += [word for word in dict.fromkeys(keep) if word not in known]
    pairs = vectorizing.learn_pairs(texts, min_documents[1])
    bare = Features(tuple(words), tuple(pairs), np.ones(len(words) + len(pairs), np.float32))
    counts = bare.count(texts, tokens)
    documents = np.bincount(counts.indices, minlength=counts.width)
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return Features(bare.words, bare.pairs, idf.astype(np.float32))


@dataclass(frozen=True)
class Reading:
    """Texts, cut and looked up."""

    tokens: Sequence[Sequence[str]]
    words: Stream
    """One occurrence a token."""
    pairs: Stream
    places: NDArray[np.int64]
    """Where each pair starts in its text."""
    counts: Counts
    x: Counts
    """TF-IDF rows."""

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The text of each entry of ``x``."""
        return np.repeat(np.arange(len(self.tokens)), np.diff(self.x.indptr))

    @cached_property
    def known(self) -> Floats:
        """Share of each text's words that are features; 0 for a text without words."""
        is_known = self.words.ids >= 0
        words = np.fromiter(map(is_word, chain.from_iterable(self.tokens)), np.bool_, len(is_known))
        height = len(self.tokens)
        all_words = np.bincount(self.words.docs, words, minlength=height)
        known = np.bincount(self.words.docs, words & is_known, minlength=height)
        return known / np.maximum(all_words, 1)

    def first_token(self) -> NDArray[np.int64]:
        """Return the number of the first token of each text."""
        lengths = np.fromiter(map(len, self.tokens), np.int64, len(self.tokens))
        return np.cumsum(lengths) - lengths


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

    @cached_property
    def centred(self) -> Array:
        """The weights less their mean over the classes: what a word adds against the average."""
        centred: Array = self.weights - self.weights.mean(axis=1, keepdims=True)
        return centred

    def read(self, texts: Sequence[str], segmenter: Segmenter) -> Reading:
        """Cut ``texts`` and look their features up, once for scores and evidence."""
        tokens = list(segmenter.cut_many(texts))
        words = vectorizing.find_words(tokens, self.features.index)
        pairs, places = self.features.finder.find(texts)
        counts = vectorizing.count(vectorizing.join(words, pairs), self.features.width)
        return Reading(tokens, words, pairs, places, counts, self.features.weigh(counts))

    def score(self, reading: Reading) -> Floats:
        """Return the scores without bias, shape (texts, classes)."""
        x, height = reading.x, len(reading.tokens)
        scores = np.empty((height, self.weights.shape[1]))
        for column in range(scores.shape[1]):  # bincount adds in order: no batch can change it
            weighted = x.data * self.weights[x.indices, column]
            scores[:, column] = np.bincount(reading.rows, weighted, minlength=height)
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """Return calibrated probabilities of ``scores`` (without bias); rows sum to 1."""
        logits = (scores + self.bias) / self.temperature
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def explain(self, reading: Reading, columns: NDArray[np.int64]) -> Floats:
        """Return what every token adds to the score of its text's column, one token after another.

        A pair of characters counts half for the token of each of its characters, so that the
        numbers of a text sum to its score over the temperature, less the mean over the classes
        and without bias.
        """
        x, width = reading.x, self.features.width
        each = x.data * self.centred[x.indices, columns[reading.rows]]
        each /= reading.counts.data * self.temperature
        keys = reading.rows * width + x.indices
        added = _each(each, keys, reading.words, width)
        paired = _each(each, keys, reading.pairs, width) / 2
        lengths = np.fromiter(map(len, chain.from_iterable(reading.tokens)), np.int64, len(added))
        token_of = np.repeat(np.arange(len(added)), lengths)
        first = np.concatenate(([0], np.cumsum(lengths)))[reading.first_token()]
        char = first[reading.pairs.docs] + reading.places
        added += np.bincount(token_of[char], paired, minlength=len(added))
        added += np.bincount(token_of[char + 1], paired, minlength=len(added))
        return added


def _each(values: Floats, keys: NDArray[np.int64], stream: Stream, width: int) -> Floats:
    """Return the value of each occurrence; 0 for what is unknown."""
    result = np.zeros(len(stream.ids))
    known = stream.ids >= 0
    wanted = stream.docs[known] * width + stream.ids[known]
    result[known] = values[np.searchsorted(keys, wanted)]
    return result
