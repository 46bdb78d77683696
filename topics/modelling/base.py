"""What the estimators share: checking input, one thread for BLAS, the manners of a transformer."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from topics.errors import OptionsError
from topics.modelling.inference import infer


class TopicModel(TransformerMixin, BaseEstimator):
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

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ANN401, ARG002, N803  # scikit-learn's names
        """Learn topics from counts.

        BLAS runs on one thread meanwhile: on two, last bits change, and topics must be the same
        bytes everywhere. Work is spread over processes instead.

        Raises:
            OptionsError: a parameter has an impossible value.
            ValueError: the matrix is no matrix of counts (scikit-learn's own checks).
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
        check_is_fitted(self)
        return self._weights(self._counts(X, reset=False))

    def unknown(self, X: Any) -> NDArray[np.bool_]:  # noqa: ANN401, N803  # scikit-learn's name
        """Return which documents hold no known word, shape (n,): their topics mean nothing."""
        check_is_fitted(self)
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

    def _counts(self, X: Any, *, reset: bool) -> sparse.csr_matrix:  # noqa: ANN401, N803  # see fit
        checked = validate_data(self, X, accept_sparse="csr", reset=reset, dtype=np.float64)
        counts = sparse.csr_matrix(checked, copy=sparse.issparse(X))
        if counts.nnz and counts.data.min() < 0:
            raise ValueError(f"Negative values in data passed to {type(self).__name__}")
        counts.sum_duplicates()
        counts.eliminate_zeros()
        return counts

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags

    @property
    def _n_features_out(self) -> int:
        return int(self.components_.shape[0])


def by_size(shares: NDArray[Any]) -> NDArray[np.intp]:
    """Return the order of topics from the largest share to the smallest; ties keep their order."""
    return np.argsort(-shares, kind="stable")


def as_rows(weights: NDArray[Any]) -> NDArray[np.float64]:
    """Return ``weights`` with rows that sum to 1; an empty row gets equal weights."""
    rows = np.maximum(np.asarray(weights, dtype=np.float64), 0)
    sums = rows.sum(axis=1, keepdims=True)
    equal = 1.0 / max(1, rows.shape[1])
    return np.where(sums > 0, rows / np.where(sums > 0, sums, 1), equal)
