"""The topic models with scikit-learn's manners: parameters, clones, pipelines, checked input.

Each is one of the plain models, which discovery and training use as they are: importing
scikit-learn takes 0.9 s.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from topics.modelling.base import TopicModel
from topics.modelling.clusters import ClusterModel
from topics.modelling.kmeans import KMeansModel
from topics.modelling.lda import LdaModel
from topics.modelling.nmf import NmfModel


class TopicEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, TopicModel):
    """What is added to a plain model."""

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ANN401, ARG002, N803  # scikit-learn's names
        """Learn topics from counts; see `TopicModel.fit`.

        Raises:
            OptionsError: a parameter has an impossible value.
            ValueError: the matrix is no matrix of counts (scikit-learn's own checks).
        """
        return super().fit(X)

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401, N803
        """Return each document's topics, shape (n, n_topics); see `TopicModel.transform`."""
        check_is_fitted(self)
        return super().transform(X)

    def unknown(self, X: Any) -> NDArray[np.bool_]:  # noqa: ANN401, N803
        """Return which documents hold no known word, shape (n,): their topics mean nothing."""
        check_is_fitted(self)
        return super().unknown(X)

    def _counts(self, X: Any, *, reset: bool) -> sparse.csr_matrix:  # noqa: ANN401, N803
        checked = validate_data(self, X, accept_sparse="csr", reset=reset, dtype=np.float64)
        return super()._counts(checked, reset=reset)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags

    @property
    def _n_features_out(self) -> int:
        return int(self.components_.shape[0])


class Lda(TopicEstimator, LdaModel):
    """Latent Dirichlet allocation; parameters and what is learned: see `LdaModel`."""


class Nmf(TopicEstimator, NmfModel):
    """Non-negative matrix factorisation of TF-IDF; parameters: see `NmfModel`."""


class KMeans(TopicEstimator, KMeansModel):
    """Spherical k-means on TF-IDF; parameters and what is learned: see `KMeansModel`."""


class Clusters(TopicEstimator, ClusterModel):
    """Clusters of documents; parameters and what is learned: see `ClusterModel`."""
