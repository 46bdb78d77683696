"""Vectors of words from the texts of a task alone, and of texts from those of their words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LEAST = 2
"""In how many texts a word must stand."""
WINDOW, LENGTH = 40, 200
"""How far words see one another; numbers a word."""
COMMON = 1e-3
"""Share of all words at which a word counts half in its text."""


def text_vectors(tokens: Sequence[Sequence[str]], taught: Sequence[Sequence[str]]) -> Array:
    """Return a vector of length 1 for each text: the mean of its words', rare words more.

    Arora, Liang, Ma (2017), but words that are repeated count by the logarithm, and the first
    component stays. Words are learned from ``taught``, the vocabulary is that of ``tokens``.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    stands = Counter(word for row in tokens for word in set(row))
    places = {word: n for n, word in enumerate(sorted(w for w in stands if stands[w] >= LEAST))}
    counts = CountVectorizer(analyzer=list, vocabulary=places).fit_transform(tokens)
    counts = counts.astype(np.float32)
    shares = np.asarray(counts.sum(axis=0)).ravel() / counts.sum()
    weights = (COMMON / (COMMON + shares)).astype(np.float32)
    counts.data = 1 + np.log(counts.data)
    found = counts @ (normalize(word_vectors(taught, places)) * weights[:, None])
    return np.asarray(normalize(found), np.float32)


def word_vectors(tokens: Sequence[Sequence[str]], places: dict[str, int]) -> Array:
    """Return words × numbers: what words stand near, positive pointwise information, reduced.

    As Levy, Goldberg, Dagan (2015): near words count more, shares of contexts to the power 0.75.
    """
    import scipy.sparse
    from sklearn.utils.extmath import randomized_svd

    gap = [-1] * WINDOW
    flat = np.array([n for row in tokens for n in (*(places.get(w, -1) for w in row), *gap)])
    size = (len(places), len(places))
    near = scipy.sparse.csr_matrix(size, dtype=np.float32)
    for step in range(1, WINDOW + 1):
        one, other = flat[:-step], flat[step:]
        both = (one >= 0) & (other >= 0)
        each = np.full(int(both.sum()), 1 / step, np.float32)
        near = near + scipy.sparse.csr_matrix((each, (one[both], other[both])), shape=size)
    near = (near + near.T).tocoo()
    often = np.asarray(near.sum(axis=1), np.float64).ravel()
    context = often**0.75 / np.sum(often**0.75)
    near.data = np.log(near.data / (often[near.row] * context[near.col])).astype(np.float32)
    near.data = np.maximum(near.data, 0)
    turned, strength, _ = randomized_svd(near.tocsr(), LENGTH, n_iter=3, random_state=7)
    return np.asarray(turned * np.sqrt(strength), np.float32)
