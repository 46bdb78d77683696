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
    def log_odds(self) -> Floats:
        """Log of each word's share in a class over its share in the corpus; (words, classes)."""
        shares = np.full((self.n_classes, len(self.words)), 1e-9)
        np.add.at(shares, list(self.classes), self.topics)
        shares /= shares.sum(axis=1, keepdims=True)
        mean = shares.mean(axis=0)
        odds: Floats = np.log(shares + 1e-6) - np.log(mean + 1e-6)
        return odds.T

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
        return TopicReading(lengths, letters, words, vectorizing.count([words], len(self.words)))

    def mixtures(self, reading: TopicReading) -> Floats:
        """Return the share of each topic in each text; shape (texts, topics), rows sum to 1."""
        counts = reading.counts
        data = (counts.data * self.word_weights[counts.indices]).astype(np.float32)
        theta = infer(counts.indptr, counts.indices, data, self.topics, alpha=self.alpha)
        return theta.astype(np.float64)

    def score(self, reading: TopicReading) -> Floats:
        """Return the share of each class in each text; shape (texts, classes)."""
        theta = self.mixtures(reading)
        scores = np.zeros((len(theta), self.n_classes))
        for topic, column in enumerate(self.classes):
            scores[:, column] += theta[:, topic]
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        """Return ``scores`` as probabilities; rows sum to 1."""
        kept = np.maximum(scores, 1e-12)
        shares: Floats = kept / kept.sum(axis=1, keepdims=True)
        if self.sharpness != 1:
            shares **= self.sharpness
            shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def explain(self, reading: TopicReading, columns: Ints) -> Floats:
        """Return, token after token, the log-odds of the word for its text's class."""
        added = np.zeros(len(reading.words.ids))
        known = reading.words.ids >= 0
        docs = reading.words.docs[known]
        added[known] = self.log_odds[reading.words.ids[known], columns[docs]]
        return added
