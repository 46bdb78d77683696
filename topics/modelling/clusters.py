"""Clusters of documents: a mixture of word distributions, one topic a document.

Source: Nigam, McCallum, Thrun, Mitchell 2000, Text Classification from Labeled and Unlabeled
Documents using EM (the mixture of multinomials). EM only climbs the hill that it starts on, so it
starts ten times, from ``Nmf``'s topics and from k-means with drawn seeds (Arthur and Vassilvitskii
2007, k-means++), and the answer counts that agrees most with the others (Strehl and Ghosh 2002,
Cluster Ensembles: the average normalised mutual information).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from topics.modelling.base import TopicModel, as_rows, by_size, whole
from topics.modelling.nmf import NmfModel
from topics.modelling.start import cluster, inverse_frequencies, truncated_svd, unit, weigh

Floats = NDArray[np.float64]

MASS: Final = 14.0
"""Most that a document counts, in sums of log(1 + n): twenty different words, or fewer that are
repeated. The mixture takes every word for new evidence, so a long text would be sure of the first
topic that it leans to. Mean NMI to labels of seven families of sets (scripts/benchmark_clusters.py
has them), from one start and without second opinions: no limit 0.695, 28 0.701, 20 0.701, 14 0.704,
10 0.702."""
SMOOTHING: Final = 0.3
"""Prior counts of a topic, all words together, as share of an average topic's counts. There: 0.1
0.698, 0.2 0.700, 0.3 0.704, 0.5 0.703. A share, since a prior count a word would weigh more the
larger the vocabulary and the smaller the corpus."""
ROUNDS: Final = 30
"""Rounds of EM; 100 changed the mean by less than 0.001."""
STARTS: Final = (25, 50, 100) * 3
"""Dimensions of the latent semantic space in which each start after the first draws its seeds. Mean
NMI there 0.709 with the first start alone, 0.720 with four, 0.724 with these ten (other seeds 0.722
to 0.724); all in 25 dimensions 0.726, in 50 0.721, in 100 0.719. Headlines lose, 0.888 to 0.883
(other seeds 0.884 to 0.888). Twice the time …"""
START_ROUNDS: Final = 50
"""… with at most so many rounds of k-means."""
NEAREST: Final = 1e-9
"""Least distance for drawing seeds: of texts that are all the same, any is as good."""
DIMENSIONS: Final = 150
"""Of the latent semantic space in which a linear model gives a second opinion …"""
RIDGE: Final = 3.0
"""… with this penalty (1 and 3 measure alike) …"""
OPINIONS: Final = 3
"""… so many times …"""
FEWEST: Final = 20
"""… where there are so many documents a topic: of fewer it learns nothing …"""
BETWEEN: Final = 2
"""… with so many rounds of EM after each. Mean NMI there 0.724 with opinions, 0.719 without; from
one start 0.709 and 0.704, headlines lose, 0.890 to 0.888."""


class ClusterModel(TopicModel):
    """Topics as clusters: every document has one, ``transform`` says how surely.

    Args:
        n_topics: number of clusters.
        rounds: rounds of EM after each start.
        seed: of the randomised SVD and of the drawn starts; the result depends little on it.

    Words count log(1 + n): a word repeated in one document is no new evidence each time. A long
    document counts no more than ``MASS``, in learning and in asking.
    ``components_`` are the clusters' mean TF-IDF weights.
    """

    def __init__(self, n_topics: int = 20, *, rounds: int = ROUNDS, seed: int = 7) -> None:
        self.n_topics = n_topics
        self.rounds = rounds
        self.seed = seed

    def _check_parameters(self) -> None:
        super()._check_parameters()
        whole("rounds", self.rounds, 1)

    def _learn(self, counts: sparse.csr_matrix) -> None:
        masses = damped(counts)
        prior = SMOOTHING * masses.sum() / (self.n_topics * counts.shape[1])
        x = weigh(counts, inverse_frequencies(counts))
        enough = counts.shape[0] >= FEWEST * self.n_topics
        left, values, _ = truncated_svd(x, min(DIMENSIONS, *x.shape), self.seed)
        answers = []
        for likely in self._starts(counts, masses, left * values):
            likely = _maximise(masses, likely, prior, self.rounds)[2]
            for _ in range(OPINIONS if enough else 0):
                likely = (likely + second_opinion(left, values, likely)) / 2
                likely = _maximise(masses, likely, prior, BETWEEN)[2]
            answers.append(likely.argmax(axis=1))
        best = np.eye(self.n_topics)[answers[most_agreed(answers)]]
        phi, share, likely = _maximise(masses, best, prior, BETWEEN)
        order = by_size(share)
        self.phi_, self.share_ = phi[order], share[order]
        self.components_ = as_rows((x.T @ likely).T)[order]
        self.word_weights_ = np.ones(counts.shape[1])
        self.alpha_ = np.zeros(self.n_topics)
        self.variational_ = False

    def _starts(
        self, counts: sparse.csr_matrix, masses: sparse.csr_matrix, space: NDArray[np.float32]
    ) -> Iterator[Floats]:
        """Yield documents' first probabilities, (n, k): one start at a time is kept in memory."""
        nmf = NmfModel(self.n_topics, seed=self.seed).fit(counts)
        yield _posterior(masses, as_rows(nmf.phi_), nmf.share_)
        draw = np.random.default_rng(self.seed)
        for dimensions in STARTS:
            points = unit(space[:, :dimensions])
            yield np.eye(self.n_topics)[drawn_start(points, self.n_topics, draw)]

    def _weights(self, counts: sparse.csr_matrix) -> Floats:
        with threadpool_limits(1):
            weights = _posterior(damped(counts), self.phi_, self.share_)
        weights[np.diff(counts.indptr) == 0] = 1.0 / self.n_topics
        return weights


def damped(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return log(1 + n), rows that sum to more than ``MASS`` scaled down to it."""
    data = np.log1p(counts.data)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    sums = np.bincount(rows, weights=data, minlength=counts.shape[0])
    data *= (MASS / np.maximum(sums, MASS))[rows]
    return sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def drawn_start(points: NDArray[np.float32], k: int, draw: np.random.Generator) -> NDArray[np.intp]:
    """Return each row's cluster, (n,), of spherical k-means from seeds that k-means++ draws.

    Args:
        points: rows of length 1, (n, d).
        k: number of clusters.
        draw: where the seeds come from.
    """
    seeds = [int(draw.integers(len(points)))]
    far = np.full(len(points), np.inf)
    while len(seeds) < k:
        far = np.minimum(far, 1.0 - points @ points[seeds[-1]])
        chances = np.maximum(far, NEAREST)
        seeds.append(int(draw.choice(len(points), p=chances / chances.sum())))
    return cluster(points, points[seeds], START_ROUNDS)[1]


def most_agreed(answers: Sequence[NDArray[np.intp]]) -> int:
    """Return which answer shares most normalised mutual information with the others; ties: first.

    Args:
        answers: each document's cluster, (n,), of every run.
    """
    shared = np.zeros(len(answers))
    for one, other in combinations(range(len(answers)), 2):
        both = np.bincount(answers[one] * (answers[other].max() + 1) + answers[other])
        apart = _entropy(np.bincount(answers[one])) + _entropy(np.bincount(answers[other]))
        shared[[one, other]] += 2 - 2 * _entropy(both) / apart if apart > 0 else 1.0
    return int(shared.round(9).argmax())


def _entropy(sizes: NDArray[np.intp]) -> float:
    shares = sizes[sizes > 0] / sizes.sum()
    return float(-(shares * np.log(shares)).sum())


def _maximise(
    masses: sparse.csr_matrix, likely: Floats, prior: float, rounds: int
) -> tuple[Floats, Floats, Floats]:
    """Return word probabilities (k, v), shares (k,) and documents' probabilities (n, k) of EM."""
    for _ in range(rounds):
        phi, share = as_rows((masses.T @ likely).T + prior), likely.mean(axis=0)
        likely = _posterior(masses, phi, share)
    return phi, share, likely


def second_opinion(
    left: NDArray[np.float32], values: NDArray[np.float32], likely: Floats
) -> Floats:
    """Return the topic (n, k; one 1 a row) that a ridge regression on the others' topics foretells.

    Each document's own topic is left out in closed form, so nothing confirms itself.

    Args:
        left: left singular vectors of the TF-IDF weights, (n, d).
        values: singular values, (d,).
        likely: documents' probabilities, (n, k).
    """
    shrunk = left * (values**2 / (values**2 + RIDGE))
    mean = likely.mean(axis=0)
    away = likely - mean
    own = np.einsum("nd,nd->n", shrunk, left)[:, None]
    foretold = mean + (shrunk @ (left.T @ away) - own * away) / (1 - own)
    opinion: Floats = np.eye(likely.shape[1])[foretold.argmax(axis=1)]
    return opinion


def _posterior(masses: sparse.csr_matrix, phi: Floats, share: Floats) -> Floats:
    """Return each document's probability of each topic; a sparse product adds row by row."""
    logs = masses @ np.log(np.maximum(phi, 1e-12)).T + np.log(np.maximum(share, 1e-12))
    weights: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
