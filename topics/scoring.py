"""Text → scores of the themes by a linear model, on NumPy and the segmenter alone.

The same function scores in training, after loading, one text or a million: every sum runs over
one text's own features in a fixed order, so a score never depends on the other texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics import vectorizing
from topics.segmenting import Segmenter
from topics.vectorizing import Counts, PairFinder

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

    def score(self, texts: Sequence[str], segmenter: Segmenter) -> tuple[Floats, Floats]:
        """Return the scores without bias, shape (texts, classes), and the known share of each.

        The known share is the share of the tokens that are words which are features.
        """
        tokens = list(segmenter.cut_many(texts))
        x = self.features.weigh(self.features.count(texts, tokens))
        rows = np.repeat(np.arange(len(texts)), np.diff(x.indptr))
        scores = np.empty((len(texts), self.weights.shape[1]))
        for column in range(scores.shape[1]):  # bincount adds in order: no batch can change it
            weighted = x.data * self.weights[x.indices, column]
            scores[:, column] = np.bincount(rows, weighted, minlength=len(texts))
        return scores, self._known(tokens)

    def probabilities(self, scores: Floats) -> Floats:
        """Return calibrated probabilities of ``scores`` (without bias); rows sum to 1."""
        logits = (scores + self.bias) / self.temperature
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def explain(
        self, text: str, column: int, segmenter: Segmenter
    ) -> list[tuple[str, float, int, int]]:
        """Return what every word of ``text`` adds to the score of one class, in text order.

        (word, weight, start, end). A pair of characters counts half for the token of each of
        its characters, so that the weights sum to the text's centred score, bias left out.
        """
        spans = segmenter.spans(text)
        tokens = [span[0] for span in spans]
        words = vectorizing.find_words([tokens], self.features.index)
        pairs, places = self.features.finder.find([text])
        counts = vectorizing.count(vectorizing.join(words, pairs), self.features.width)
        x = self.features.weigh(counts)
        each = x.data * self.centred[x.indices, column] / counts.data
        by_feature = dict(
            zip(counts.indices.tolist(), (each / self.temperature).tolist(), strict=True)
        )
        added = [by_feature.get(number, 0.0) for number in words.ids.tolist()]
        token_of = np.repeat(np.arange(len(spans)), [end - start for _, start, end in spans])
        for number, place in zip(pairs.ids.tolist(), places.tolist(), strict=True):
            for char in (place, place + 1):
                added[token_of[char]] += by_feature[number] / 2
        return [(w, a, start, end) for (w, start, end), a in zip(spans, added, strict=True)]

    def _known(self, tokens: Sequence[Sequence[str]]) -> Floats:
        index = self.features.index
        shares = np.ones(len(tokens))
        for number, row in enumerate(tokens):
            words = [token for token in row if is_word(token)]
            known = sum(token in index for token in words)
            shares[number] = known / len(words) if words else 0.0
        return shares
