"""Spherical k-means on TF-IDF, started from NMF's topics: one topic a document.

Source: Dhillon and Modha 2001, Concept Decompositions for Large Sparse Text Data. The start is
deterministic instead of drawn, so there is nothing to repeat.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.modelling.base import TopicModel, as_rows, by_size, whole
from topics.modelling.start import cluster, factorise, inverse_frequencies, weigh

START_ROUNDS: Final = 20
"""Sweeps of the factorisation that the first centres come from."""
SHARPNESS: Final = 4
"""Power of the cosine in ``transform``: distances are turned into shares, with no claim that they
are probabilities; the largest one is the nearest centre whatever the power."""


class KMeansModel(TopicModel):
    """Topics as centres of clusters of documents.

    Args:
        n_topics: number of clusters.
        rounds: most rounds of assigning and averaging.
        seed: of the randomised SVD that the start comes from; hardly any influence.

    ``components_`` are the centres' weights with rows that sum to 1.
    """

    def __init__(self, n_topics: int = 20, *, rounds: int = 100, seed: int = 7) -> None:
        self.n_topics = n_topics
        self.rounds = rounds
        self.seed = seed

    def _check_parameters(self) -> None:
        super()._check_parameters()
        whole("rounds", self.rounds, 1)

    def _learn(self, counts: sparse.csr_matrix) -> None:
        self.word_weights_ = inverse_frequencies(counts)
        x = weigh(counts, self.word_weights_)
        factor = factorise(x, self.n_topics, rounds=START_ROUNDS, seed=self.seed)[1]
        centres, nearest = cluster(x, factor, self.rounds)
        share = np.bincount(nearest, minlength=self.n_topics) / x.shape[0]
        order = by_size(share)
        self.centres_ = np.ascontiguousarray(centres[order])
        self.components_ = as_rows(self.centres_)
        self.phi_ = self.centres_
        self.alpha_ = np.zeros(self.n_topics)
        self.variational_ = False
        self.share_ = share[order]

    def _weights(self, counts: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return powers of the cosines, rows scaled to 1; a sparse product adds row by row."""
        x = weigh(counts, self.word_weights_).astype(np.float64)
        cosines = x @ self.centres_.T.astype(np.float64)
        return as_rows(np.maximum(cosines, 0) ** SHARPNESS)
