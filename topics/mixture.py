"""Text → scores of the themes by a topic model: the mixture of topics, summed over each theme.

On NumPy and the segmenter alone, with a fixed start, as `topics.scoring` is for linear models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topics import vectorizing
from topics.modelling.inference import infer
from topics.segmenting import Segmenter
from topics.vectorizing import Counts, Ints, Letters, Stream, WordFinder

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TopicReading:
    """Texts, cut and looked up."""

    lengths: Ints
    """Of all tokens as they stand in the texts, one text after another."""
    letters: Letters
    words: Stream
    counts: Counts
    topics: Floats
    """Share of each topic in each text; shape (texts, topics), rows sum to 1."""

    @property
    def spelled(self) -> Ints:
        """-1 for each token: the vocabulary has it in lower case, however it is spelled."""
        return np.full(len(self.lengths), -1)

    @cached_property
    def known(self) -> Floats:
        """Share of each text's Han words of two or more characters that the model knows."""
        wanted, height = self.lengths >= 2, self.words.height  # single ones are no topic words
        known = np.bincount(self.words.docs, self.words.ids >= 0, minlength=height)
        total = np.bincount(self.words.docs, wanted | (self.words.ids >= 0), minlength=height)
        return known / np.maximum(total, 1)


@dataclass(frozen=True)
class TopicMixture:
    """Topics as word distributions, each mapped to a class."""

    words: Sequence[str]
    topics: Array
    """Shape (topics, words); rows sum to 1."""
    word_weights: Array
    """Shape (words,): what a count of each word is multiplied by (1 for LDA, idf for NMF)."""
    classes: tuple[int, ...]
    """The class of each topic."""
    n_classes: int
    alpha: float | tuple[float, ...] = 0.1
    """Prior count of each topic in a text; one number where it is the same for all."""
    sharpness: float = 1.0
    """Power of the classes' shares that makes probabilities of them: parts of a text are no odds,
    and a theme of half of its words is the right one more often than half of the time."""
    thresholds: tuple[float, ...] = ()
    heading: float = 0.0
    neighbours: float = 0.0

    @property
    def vocabulary(self) -> Sequence[str]:
        """The words that may be evidence."""
        return self.words

    @cached_property
    def finder(self) -> WordFinder:
        """Looks up words."""
        return WordFinder(self.words)

    @cached_property
    def prior(self) -> Floats:
        """Prior count of each class in a text: it stands for no word, as a linear model's bias."""
        alpha = np.broadcast_to(np.asarray(self.alpha, np.float64), (len(self.classes),))
        prior = np.zeros(self.n_classes)
        np.add.at(prior, list(self.classes), alpha)
        return prior

    def read(self, texts: Sequence[str], segmenter: Segmenter) -> TopicReading:
        """Cut ``texts`` and look their words up."""
        return self.look_up(texts, segmenter.measure(texts))

    def look_up(self, texts: Sequence[str], lengths: Ints) -> TopicReading:
        """Look the words of ``texts`` up, whose tokens have these ``lengths``."""
        letters = vectorizing.letters_of(texts)
        docs = vectorizing.texts_of(letters, lengths)
        ends = np.cumsum(lengths)
        joined = "".join(texts)
        starts = (ends - lengths).tolist()
        # Token by token: what becomes of some letters depends on those beside them.
        lower = [joined[a:b].lower() for a, b in zip(starts, ends.tolist(), strict=True)]
        lowered = vectorizing.letters_of(["".join(lower)])
        found = self.finder.find(lowered, np.zeros_like(docs), vectorizing.lengths_of(lower))
        words = Stream(docs, found, len(texts))
        counts = vectorizing.count([words], len(self.words))
        return TopicReading(lengths, letters, words, counts, self._mixtures(counts))

    def _mixtures(self, counts: Counts) -> Floats:
        data = (counts.data * self.word_weights[counts.indices]).astype(np.float32)
        theta = infer(counts.indptr, counts.indices, data, self.topics, alpha=self.alpha)
        return theta.astype(np.float64)

    def score(self, reading: TopicReading) -> Floats:
        """Return how many of each text's words are of each class; shape (texts, classes).

        In words, each counted by its weight: rows sum to the weights of the words that are known.
        A word is divided among the classes by how likely it is of each in this text.
        """
        counts = reading.counts
        weights = self.word_weights[counts.indices].astype(np.float64)
        known = vectorizing.sums(counts.data * weights, counts.indptr)
        shares = np.zeros((len(known), self.n_classes))
        for topic, column in enumerate(self.classes):
            shares[:, column] += reading.topics[:, topic]
        scores: Floats = shares * (known + self.prior.sum())[:, None] - self.prior
        return np.where(known[:, None] > 0, np.maximum(scores, 0.0), 0.0)

    def probabilities(self, scores: Floats) -> Floats:
        """Return the parts of the classes, prior counts included, as probabilities.

        Rows sum to 1.
        """
        kept = np.maximum(scores + self.prior, 1e-12)
        shares: Floats = kept / kept.sum(axis=1, keepdims=True)
        if self.sharpness != 1:
            shares **= self.sharpness
            shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def explain(self, reading: TopicReading, columns: Ints) -> Floats:
        """Return what every token adds to the score of its text's column, one token after another.

        The part of the word that is of the class, less the mean over the classes: the numbers of a
        text sum to its score less the mean over the classes. A word is parted by the topics that
        the text has, so what it adds depends on the words beside it.
        """
        known = np.flatnonzero(reading.words.ids >= 0)
        ids, docs = reading.words.ids.take(known), reading.words.docs.take(known)
        parts = np.zeros((len(known), self.n_classes))
        for topic, column in enumerate(self.classes):
            parts[:, column] += reading.topics[:, topic].take(docs) * self.topics[topic].take(ids)
        parts *= (self.word_weights.take(ids) / np.maximum(parts.sum(axis=1), 1e-30))[:, None]
        height, scores = reading.words.height, self.score(reading)
        # Inference stops a hundredth of a word before its end: the parts are brought to its sums.
        for column, part in enumerate(parts.T):
            found = np.bincount(docs, part, minlength=height)
            part *= (scores[:, column] / np.maximum(found, 1e-30)).take(docs)
        added = np.zeros(len(reading.words.ids))
        added[known] = parts[np.arange(len(known)), columns.take(docs)] - parts.mean(axis=1)
        return added
