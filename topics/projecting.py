"""TF-IDF rows → places on a map in two dimensions."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

MOST: Final = 3000
"""Paragraphs that t-SNE places. More are placed by the first two singular vectors: a poorer
picture, most lie over one another. The sample's 2,358 take 1.3 times as long as 2,000."""
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
    vectors = TruncatedSVD(size, random_state=seed).fit_transform(rows)
    if n <= 4 or n > MOST:
        return np.asarray(vectors[:, :2], float)
    perplexity = min(30.0, (n - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, n_jobs=1, max_iter=ROUNDS)
    with threadpool_limits(1):  # on a busy machine its threads wait for one another
        return np.asarray(tsne.fit_transform(vectors), float)
