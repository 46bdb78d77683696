"""TF-IDF rows → places on a map in two dimensions."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

MOST: Final = 3000
"""Paragraphs that t-SNE places, five seconds of work."""
DRAWN: Final = 2000
"""Of more, so many, evenly drawn; the others lie between those that are most like them."""
NEAREST: Final = 3
BLOCK: Final = 4096
ROUNDS: Final = 500
"""Steps of t-SNE: half of scikit-learn's default, for half of its time; not compared by eye."""
_DIMENSIONS: Final = 50


def project(rows: sparse.csr_matrix, seed: int = 7) -> NDArray[np.float64]:
    """Return a place for each row, so that similar paragraphs lie together; shape (n, 2).

    The distances between far groups mean nothing. Source: van der Maaten, Hinton 2008, t-SNE;
    on the 50 first singular vectors.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    n, width = rows.shape
    size = min(_DIMENSIONS, n - 1, width - 1)
    if size < 2:
        return np.zeros((n, 2))
    with threadpool_limits(1):  # on a busy machine its threads wait for one another
        vectors = TruncatedSVD(size, random_state=seed).fit_transform(rows)
        if n <= 4:
            return np.asarray(vectors[:, :2], float)
        drawn = np.linspace(0, n - 1, n if n <= MOST else DRAWN).astype(np.intp)
        perplexity = min(30.0, (len(drawn) - 1) / 3)
        tsne = TSNE(
            2, perplexity=perplexity, init="pca", random_state=seed, n_jobs=1, max_iter=ROUNDS
        )
        places = np.asarray(tsne.fit_transform(vectors[drawn]), float)
        return places if n == len(drawn) else _between(vectors, drawn, places)


def _between(
    vectors: NDArray[np.float64], drawn: NDArray[np.intp], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a place for each row, (n, 2): the drawn ones have theirs, (m, 2).

    The others lie at the mean of the drawn ones that are nearest by their cosine.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-12)
    found = np.empty((len(vectors), 2))
    for first in range(0, len(vectors), BLOCK):
        alike = unit[first : first + BLOCK] @ unit[drawn].T
        nearest = np.argpartition(-alike, NEAREST - 1, axis=1)[:, :NEAREST]
        found[first : first + BLOCK] = places[nearest].mean(axis=1)
    found[drawn] = places
    return found
