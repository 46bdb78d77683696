"""What the models share: checking input, one thread for BLAS. Scikit-learn is not loaded here.

``estimators`` gives the same models scikit-learn's manners, whose import takes longer than finding
the topics of ten thousand paragraphs.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from topics.errors import OptionsError
from topics.modelling.inference import infer


class TopicModel:
    """Counts (documents × words, CSR or dense, ≥ 0) → topics.

    Learned:
        components_: topics × words, float64: weight of each word, rows sum to 1.
        phi_, alpha_, variational_, epsilon_: what ``infer`` needs.
        word_weights_: weight that a count is multiplied by before inference, (v,).
        share_: share of each topic in the training text, sums to 1, (k,).
        n_features_in_: size of the vocabulary.
    """

    n_topics: int
    seed: int
    components_: NDArray[np.float64]
    phi_: NDArray[Any]
    alpha_: NDArray[np.float64]
    variational_: bool
    epsilon_: float = 0.0
    word_weights_: NDArray[np.float64]
    share_: NDArray[np.float64]
    n_features_in_: int

    def fit(self, X: Any) -> Self:  # noqa: ANN401, N803  # scikit-learn's name
        """Learn topics from counts.

        BLAS runs on one thread meanwhile: on two, last bits change, and topics must be the same
        bytes everywhere. Work is spread over processes instead.

        Raises:
            OptionsError: a parameter has an impossible value.
            ValueError: the matrix is no matrix of counts.
        """
        self._check_parameters()
        counts = self._counts(X, reset=True)
        with threadpool_limits(1):
            self._learn(counts)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401, N803  # scikit-learn's name
        """Return each document's topics, shape (n, n_topics): rows sum to 1.

        A row depends on that document alone. One without a known word (see ``unknown``) gets
        equal weights.
        """
        return self._weights(self._counts(X, reset=False))

    def unknown(self, X: Any) -> NDArray[np.bool_]:  # noqa: ANN401, N803  # scikit-learn's name
        """Return which documents hold no known word, shape (n,): their topics mean nothing."""
        return np.asarray(np.diff(self._counts(X, reset=False).indptr) == 0)

    def _weights(self, counts: sparse.csr_matrix) -> NDArray[np.float64]:
        data = counts.data * self.word_weights_[counts.indices]
        return infer(
            counts.indptr,
            counts.indices,
            data,
            self.phi_,
            self.alpha_,
            variational=self.variational_,
            epsilon=self.epsilon_,
        )

    def _learn(self, counts: sparse.csr_matrix) -> None:
        raise NotImplementedError

    def _check_parameters(self) -> None:
        if isinstance(self.n_topics, bool) or not isinstance(self.n_topics, int | np.integer):
            raise OptionsError(f"n_topics is {self.n_topics!r}; use a whole number")
        if not 1 <= self.n_topics <= 1000:
            raise OptionsError(f"n_topics is {self.n_topics}; use 1 to 1000")
        whole("seed", self.seed, 0, 2**32 - 1)

    def _counts(self, X: Any, *, reset: bool) -> sparse.csr_matrix:  # noqa: ANN401, N803  # see fit
        counts = sparse.csr_matrix(X, dtype=np.float64, copy=sparse.issparse(X))
        if reset:
            self.n_features_in_ = counts.shape[1]
        elif counts.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {counts.shape[1]} words, but {type(self).__name__} was fitted on "
                f"{self.n_features_in_}"
            )
        if counts.nnz and counts.data.min() < 0:
            raise ValueError(f"Negative values in data passed to {type(self).__name__}")
        counts.sum_duplicates()
        counts.eliminate_zeros()
        return counts


def whole(name: str, value: object, low: int, high: int | None = None) -> None:
    """Check that a parameter is a whole number in a range.

    Raises:
        OptionsError: what was found, what is allowed.
    """
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not fits or value < low or (high is not None and value > high):  # type: ignore[operator]
        reach = f"of {low} or more" if high is None else f"from {low} to {high}"
        raise OptionsError(f"{name} is {value!r}; use a whole number {reach}")


def by_size(shares: NDArray[Any]) -> NDArray[np.intp]:
    """Return the order of topics from the largest share to the smallest; ties keep their order."""
    return np.argsort(-shares, kind="stable")


def as_rows(weights: NDArray[Any]) -> NDArray[np.float64]:
    """Return ``weights`` with rows that sum to 1; an empty row gets equal weights."""
    rows = np.maximum(np.asarray(weights, dtype=np.float64), 0)
    sums = rows.sum(axis=1, keepdims=True)
    equal = 1.0 / max(1, rows.shape[1])
    return np.where(sums > 0, rows / np.where(sums > 0, sums, 1), equal)
