"""Latent Dirichlet allocation by deterministic maximum a posteriori EM, in NumPy.

theta · phi is computed only where a count stands, block by block, through ``inference.update``:
the same rounds train a model and ask it. Source: Asuncion, Welling, Smyth, Teh 2009, On Smoothing
and Inference for Topic Models (MAP and its priors); Chien and Wu 2008 for MAP-EM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.errors import OptionsError, did_you_mean
from topics.modelling import engines
from topics.modelling.base import TopicModel, as_rows, by_size
from topics.modelling.inference import Block, Floats, blocks, by_word, gather, update
from topics.modelling.start import factorise, inverse_frequencies, weigh

Engine = Literal["em", "gensim", "sklearn"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)

START_ROUNDS: Final = 10
"""Sweeps of the factorisation that EM starts from; more cost time and change nothing it keeps."""
SOFTNESS: Final = 0.9
"""Share of the corpus' own word distribution mixed into every topic at the start. A sharp start
holds EM near it: perplexity after 30 passes 1097 at 0.8, 1099 at 0.9, 1105 at 0.5 (5,421 training
paragraphs of reports, K = 20), and 0.9 needs the fewest passes."""
FIRST_ROUNDS: Final = 5
"""Rounds of each document in the first pass, from equal weights."""
ROUNDS: Final = 2
"""Rounds of each document in a later pass: 1 needs 1.6 times the time to the same perplexity."""
MOVED: Final = 1e-4
"""Mean change of a word's probability, as share of it, at which training is done."""


class Lda(TopicModel):
    """Topics as word distributions, documents as mixtures of topics.

    Args:
        n_topics: number of topics; seeded ones come first, the rest is found.
        alpha: prior count of each topic in a document.
        eta: prior count of each word in a topic.
        passes: most passes over the corpus (of the engine chosen).
        seed_topics: per seeded topic, word number → weight. The weight times ``seed_strength``
            times the word's count in the corpus is added to the word's count in the topic in
            every pass: evidence that only starts a sampler washes out.
        seed_strength: see ``seed_topics``.
        seed: start of random choices; the factorisation's start makes it nearly irrelevant.
        engine: ``em`` (own), ``gensim`` or ``sklearn``; the others take no seed topics.
    """

    def __init__(  # noqa: PLR0913  # scikit-learn's manners: every parameter by its name
        self,
        n_topics: int = 20,
        *,
        alpha: float = 0.1,
        eta: float = 0.05,
        passes: int = 30,
        seed_topics: Sequence[Mapping[int, float]] | None = None,
        seed_strength: float = 1.0,
        seed: int = 7,
        engine: Engine = "em",
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.passes = passes
        self.seed_topics = seed_topics
        self.seed_strength = seed_strength
        self.seed = seed
        self.engine = engine

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.engine not in ENGINES:
            raise OptionsError(
                f"engine {self.engine!r} is unknown{did_you_mean(self.engine, ENGINES)}"
            )
        for name in ("alpha", "eta", "passes", "seed_strength"):
            if not getattr(self, name) > 0:
                raise OptionsError(f"{name} is {getattr(self, name)!r}; use a number above 0")
        seeded = len(self.seed_topics or ())
        if seeded > self.n_topics:
            raise OptionsError(f"{seeded} seeded topics, but n_topics is {self.n_topics}; raise it")
        if seeded and self.engine != "em":
            raise OptionsError(f"engine {self.engine!r} takes no seed topics; use engine='em'")

    def _learn(self, counts: sparse.csr_matrix) -> None:
        self.word_weights_ = np.ones(counts.shape[1])
        self.variational_ = self.engine != "em"
        if self.engine == "em":
            self._learn_by_em(counts)
            return
        fit = engines.fit_gensim if self.engine == "gensim" else engines.fit_sklearn
        fitted = fit(counts, self.n_topics, self.passes, self.seed)
        self.components_, self.phi_, self.alpha_ = fitted.components, fitted.phi, fitted.alpha
        self.n_passes_ = self.passes
        weights = self._weights(counts)
        self.share_ = _share(weights, counts)

    def _learn_by_em(self, counts: sparse.csr_matrix) -> None:
        prior = self._prior(counts)
        theta = np.full((counts.shape[0], self.n_topics), 1 / self.n_topics, dtype=np.float32)
        phi = _normal(by_word(self._start(counts, prior)))
        alpha = np.float32(self.alpha)
        self.n_passes_ = 0
        while self.n_passes_ < self.passes:
            rounds = ROUNDS if self.n_passes_ else FIRST_ROUNDS
            expected = np.zeros_like(phi)
            for block in _blocks(counts, self.n_topics):
                expected += _expect(block, phi, theta, alpha, rounds)
            new = _normal(expected * phi + prior)
            moved = float(np.abs(new - phi).sum()) / self.n_topics
            phi, self.n_passes_ = new, self.n_passes_ + 1
            if moved < MOVED:
                break
        self._keep(phi, _share(theta, counts))

    def _keep(self, phi: Floats, share: NDArray[np.float64]) -> None:
        """Store the topics: seeded ones in their order, then the found ones, largest first."""
        seeded = len(self.seed_topics or ())
        order = np.r_[np.arange(seeded), seeded + by_size(share[seeded:])]
        self.components_ = as_rows(phi[:-1].T[order])
        self.phi_ = self.components_.astype(np.float32)
        self.alpha_ = np.full(self.n_topics, float(self.alpha))
        self.share_ = share[order]

    def _prior(self, counts: sparse.csr_matrix) -> Floats:
        """Return prior counts, words (and padding) × topics."""
        prior = np.full((counts.shape[1] + 1, self.n_topics), self.eta, dtype=np.float32)
        totals = np.asarray(counts.sum(axis=0)).ravel()
        for topic, words in enumerate(self.seed_topics or ()):
            for word, weight in words.items():
                if not 0 <= word < counts.shape[1]:
                    raise OptionsError(
                        f"seed word {word} of topic {topic} is not in the vocabulary"
                    )
                prior[word, topic] += self.seed_strength * weight * max(1.0, totals[word])
        prior[-1] = 0
        return prior

    def _start(self, counts: sparse.csr_matrix, prior: Floats) -> NDArray[Any]:
        """Return the first topics × words: softened factors of TF-IDF, seeds where given."""
        corpus = as_rows(np.asarray(counts.sum(axis=0)).reshape(1, -1))
        seeded = len(self.seed_topics or ())
        topics = np.empty((self.n_topics, counts.shape[1]))
        if seeded:
            near = counts @ np.log1p(prior[:-1, :seeded] - np.float32(self.eta))
            topics[:seeded] = (counts.T @ near).T
        if seeded < self.n_topics:
            idf = inverse_frequencies(counts)
            weights = weigh(counts, idf)
            found = factorise(weights, self.n_topics - seeded, rounds=START_ROUNDS, seed=self.seed)[
                1
            ]
            topics[seeded:] = found / idf
        started: NDArray[Any] = (1 - SOFTNESS) * as_rows(topics) + SOFTNESS * corpus
        started[:seeded] += as_rows(prior[:-1, :seeded].T)
        return started


def _blocks(counts: sparse.csr_matrix, n_topics: int) -> Any:  # noqa: ANN401
    return blocks(counts.indptr, counts.indices, counts.data, n_topics, counts.shape[1])


def _expect(block: Block, phi: Floats, theta: Floats, alpha: np.float32, rounds: int) -> Floats:
    """Update the block's rows of ``theta`` in place; return the sums of ratio × theta.

    Times phi these are the expected counts of words in topics, (v + 1, k).
    """
    cells = gather(phi, block)
    new = theta[block.rows]
    for _ in range(rounds):
        old = new
        expected, ratio = update(cells, block.counts, old)
        new = expected + alpha
        new /= new.sum(axis=1, keepdims=True)
    theta[block.rows] = new
    width = block.words.shape[1] * block.words.shape[2]
    starts = np.arange(0, block.words.size + 1, width)
    matrix = sparse.csr_matrix(
        (ratio.ravel(), block.words.ravel(), starts), shape=(len(old), len(phi))
    )
    sums: Floats = matrix.T @ old
    return sums


def _normal(weights: Floats) -> Floats:
    """Return words × topics with columns that sum to 1."""
    weights[-1] = 0
    normal: Floats = weights / np.maximum(weights.sum(axis=0), np.float32(1e-30))
    return normal


def _share(theta: NDArray[Any], counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return each topic's share of all words, (k,)."""
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    return as_rows((lengths @ theta.astype(np.float64)).reshape(1, -1)).ravel()
