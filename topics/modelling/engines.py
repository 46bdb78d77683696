"""Other people's LDA, by name: fitted there, asked here (with a fixed start).

gensim: online variational Bayes (Hoffman, Blei, Bach 2010). scikit-learn: the same, in batches.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True, slots=True)
class Fitted:
    """What an engine learned."""

    components: NDArray[np.float64]
    """Word probabilities, (k, v)."""
    phi: NDArray[Any]
    """What inference multiplies by: exp(E[log beta]) where the engine is variational, (k, v)."""
    alpha: NDArray[np.float64]
    """Prior count of each topic, (k,)."""


@dataclass(frozen=True, slots=True)
class Priors:
    """Prior counts; None: what the engine takes by itself (both of them 1 / K)."""

    alpha: float | None = None
    """Of each topic in a document."""
    eta: float | None = None
    """Of each word in a topic."""


def fit_gensim(
    counts: sparse.csr_matrix, n_topics: int, passes: int, seed: int, priors: Priors
) -> Fitted:
    """Fit gensim's LdaModel, with its defaults where nothing else is said."""
    from gensim.models import LdaModel

    starts = counts.indptr
    corpus = [
        list(zip(counts.indices[a:b].tolist(), counts.data[a:b].tolist(), strict=True))
        for a, b in itertools.pairwise(starts)
    ]
    names = {n: str(n) for n in range(counts.shape[1])}
    alpha = "symmetric" if priors.alpha is None else [priors.alpha] * n_topics
    model = LdaModel(
        corpus,
        n_topics,
        id2word=names,
        passes=passes,
        random_state=seed,
        alpha=alpha,
        eta=priors.eta,
    )
    return Fitted(
        np.asarray(model.get_topics(), dtype=np.float64),
        np.asarray(model.expElogbeta),
        np.asarray(model.alpha, dtype=np.float64),
    )


def fit_sklearn(
    counts: sparse.csr_matrix, n_topics: int, passes: int, seed: int, priors: Priors
) -> Fitted:
    """Fit scikit-learn's LatentDirichletAllocation in batch mode."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        n_topics,
        doc_topic_prior=priors.alpha,
        topic_word_prior=priors.eta,
        max_iter=passes,
        learning_method="batch",
        random_state=seed,
    ).fit(counts)
    weights = np.asarray(model.components_, dtype=np.float64)
    return Fitted(
        weights / weights.sum(axis=1, keepdims=True),
        np.asarray(model.exp_dirichlet_component_),
        np.full(n_topics, 1.0 / n_topics if priors.alpha is None else priors.alpha),
    )
