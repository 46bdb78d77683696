"""Nets of averaged embeddings, which `benchmark_other_themes.py` lets vote: no part of topics."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from topics.classifying.fitting import Matrix

Array = NDArray[np.float32]
Ints = NDArray[np.int64]


def identity(row: list[str]) -> list[str]:
    """Return what is given: the texts are cut already."""
    return row


def bags(tokens: Sequence[Sequence[str]], texts: Sequence[str], longest: int, least: int) -> Matrix:
    """Return words and runs of characters, present or not; texts × features."""
    import scipy.sparse
    from sklearn.feature_extraction.text import CountVectorizer

    rows = [[word.lower() for word in row if word.strip()] for row in tokens]
    words = CountVectorizer(analyzer=identity, binary=True).fit_transform(rows)
    runs = CountVectorizer(analyzer="char", ngram_range=(1, longest), min_df=least, binary=True)
    x = scipy.sparse.hstack([words, runs.fit_transform(texts)])
    return x.tocsr().astype(np.float32)


class Averaged:
    """Averaged embeddings, one hidden layer, softmax: Adagrad and dropout, after fastText."""

    def __init__(self, seed: int, size: int = 64, rounds: int = 4, rate: float = 0.005) -> None:
        self.random = np.random.default_rng(seed)
        self.size, self.rounds, self.rate = size, rounds, rate

    @staticmethod
    def _even(x: Matrix) -> Matrix:
        import scipy.sparse

        lengths = np.sqrt(np.maximum(np.asarray(x.sum(axis=1)).ravel(), 1))
        return (scipy.sparse.diags((1 / lengths).astype(np.float32)) @ x).tocsr()

    def fit(self, x: Matrix, y: Ints, kinds: int, batch: int = 64) -> "Averaged":
        """Learn; rows of ``x`` are ones."""
        draw = self.random
        self.embedding = (draw.standard_normal((x.shape[1], self.size)) * 0.05).astype(np.float32)
        self.out = (draw.standard_normal((self.size, kinds)) * 0.1).astype(np.float32)
        self.bias = np.zeros(kinds, np.float32)
        self.seen = np.full((x.shape[1], 1), 1e-6, np.float32)
        self.seen_out = np.full_like(self.out, 1e-6)
        rows, steps, step = self._even(x), self.rounds * (x.shape[0] // batch + 1), 0
        for _ in range(self.rounds):
            order = draw.permutation(x.shape[0])
            mixed = rows[order]
            mixed.data *= (draw.random(len(mixed.data)) > 0.3).astype(np.float32) / np.float32(0.7)
            for start in range(0, x.shape[0], batch):
                rate = self.rate * (1 - step / (steps + 1))
                wanted = np.full((len(order[start : start + batch]), kinds), 0.005, np.float32)
                wanted[np.arange(len(wanted)), y[order[start : start + batch]]] += 0.95
                self._step(mixed[start : start + batch], wanted, np.float32(rate))
                step += 1
        return self

    def _step(self, x: Matrix, wanted: Array, rate: np.float32) -> None:
        import scipy.sparse

        columns, places = np.unique(x.indices, return_inverse=True)
        small = scipy.sparse.csr_matrix((x.data, places, x.indptr), (x.shape[0], len(columns)))
        hidden = small @ self.embedding[columns]
        kept = (self.random.random(hidden.shape) > 0.3).astype(np.float32) / np.float32(0.7)
        active = np.maximum(hidden, 0) * kept
        odds = active @ self.out + self.bias
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        wrong = (odds / odds.sum(axis=1, keepdims=True) - wanted) / len(wanted)
        change = small.T @ ((wrong @ self.out.T) * kept * (hidden > 0))
        change_out = active.T @ wrong
        self.seen[columns] += (change * change).mean(axis=1, keepdims=True)
        self.embedding[columns] -= rate * 10 * change / np.sqrt(self.seen[columns])
        self.seen_out += change_out * change_out
        self.out -= rate * 10 * change_out / np.sqrt(self.seen_out)
        self.bias -= rate * 10 * wrong.sum(axis=0)

    def scores(self, x: Matrix) -> Array:
        """Return the log odds of ``x``; (texts, classes)."""
        odds = np.maximum(self._even(x) @ self.embedding, 0) @ self.out + self.bias
        odds = odds - odds.max(axis=1, keepdims=True)
        logs: Array = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return logs


def standard(scores: Array) -> Array:
    standard: Array = (scores - scores.mean(axis=1, keepdims=True)) / scores.std()
    return standard
