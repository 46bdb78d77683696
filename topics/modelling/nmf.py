"""Non-negative matrix factorisation of TF-IDF, with a deterministic start.

Source: Lee and Seung 1999; start and solver: see ``start``. A document's topics are its best
mixture of the topics' word distributions (maximum likelihood, the same ``infer`` as for LDA), so
they are shares, and a new document is treated exactly as a training document.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from scipy import sparse

from topics.errors import OptionsError, did_you_mean
from topics.modelling.base import TopicModel, as_rows, by_size
from topics.modelling.start import factorise, inverse_frequencies, weigh

Weighting = Literal["tfidf", "none"]
WEIGHTINGS: Final[tuple[Weighting, ...]] = get_args(Weighting)

ALPHA: Final = 0.01
"""Prior weight of a topic in a document: keeps a mixture from resting on exact zeros."""
SMOOTH: Final = 1e-3
"""Share of the corpus' mean weights mixed into each topic for inference: a factor's zeros would
make a document that one topic explains but for one word impossible for that topic."""


class Nmf(TopicModel):
    """Topics as additive parts of TF-IDF weights.

    Args:
        n_topics: number of topics.
        rounds: most sweeps of the solver.
        tolerance: change of the factor, as share of its length, at which it stops.
        weighting: ``tfidf``: the input is counts; ``none``: it is weighted already.
        seed: of the randomised SVD's test matrix; the result hardly depends on it.
    """

    def __init__(
        self,
        n_topics: int = 20,
        *,
        rounds: int = 100,
        tolerance: float = 1e-3,
        weighting: Weighting = "tfidf",
        seed: int = 7,
    ) -> None:
        self.n_topics = n_topics
        self.rounds = rounds
        self.tolerance = tolerance
        self.weighting = weighting
        self.seed = seed

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.weighting not in WEIGHTINGS:
            raise OptionsError(
                f"weighting {self.weighting!r} is unknown{did_you_mean(self.weighting, WEIGHTINGS)}"
            )

    def _learn(self, counts: sparse.csr_matrix) -> None:
        weighted = self.weighting == "tfidf"
        self.word_weights_ = (
            inverse_frequencies(counts) if weighted else np.ones(counts.shape[1], dtype=np.float64)
        )
        x = weigh(counts, self.word_weights_) if weighted else counts.astype(np.float32)
        factor = factorise(
            x, self.n_topics, rounds=self.rounds, seed=self.seed, tolerance=self.tolerance
        )[1]
        corpus = as_rows(np.asarray(x.sum(axis=0)).reshape(1, -1))
        self.components_ = as_rows(factor)
        self.variational_ = False
        self.alpha_ = np.full(self.n_topics, ALPHA)
        self.phi_ = ((1 - SMOOTH) * self.components_ + SMOOTH * corpus).astype(np.float32)
        share = self._weights(counts).mean(axis=0)
        order = by_size(share)
        self.components_, self.phi_ = self.components_[order], self.phi_[order]
        self.share_ = as_rows(share[order].reshape(1, -1))[0]
