"""Latent Dirichlet allocation by deterministic maximum a posteriori EM, in NumPy.

Source: Blei, Ng, Jordan 2003; the solver: see ``em``; the start: see ``start``.
"""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.errors import OptionsError, did_you_mean
from topics.modelling import engines
from topics.modelling.base import TopicModel, as_rows, by_size, whole
from topics.modelling.em import maximise, soften
from topics.modelling.inference import GENSIM_EPSILON
from topics.modelling.start import factorise, inverse_frequencies, weigh

Engine = Literal["em", "gensim", "sklearn"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)

ALPHA: Final = 0.1
"""Prior count of a topic in a document …"""
ETA: Final = 0.05
"""… and of a word in a topic; docs/topics.md says on what it was chosen."""
START_ROUNDS: Final = 10
"""Sweeps of the factorisation that EM starts from; more cost time and change nothing it keeps."""
SOFTNESS: Final = 0.9
"""Share of the corpus' own word distribution mixed into every topic at the start. A sharp start
holds EM near it: perplexity after 30 passes 1097 at 0.8, 1099 at 0.9, 1105 at 0.5 (5,421 training
paragraphs of reports, K = 20), and 0.9 needs the fewest passes."""


class LdaModel(TopicModel):
    """Topics as word distributions, documents as mixtures of topics.

    Args:
        n_topics: number of topics.
        alpha: prior count of each topic in a document; None: ``ALPHA``, or the other engine's own.
        eta: prior count of each word in a topic; None: ``ETA``, or the other engine's own.
        passes: most passes over the corpus (of the engine chosen).
        seed: start of random choices; the factorisation's start makes it nearly irrelevant.
        engine: ``em`` (own), ``gensim`` or ``sklearn``.
    """

    def __init__(  # scikit-learn's manners: every parameter by its name
        self,
        n_topics: int = 20,
        *,
        alpha: float | None = None,
        eta: float | None = None,
        passes: int = 30,
        seed: int = 7,
        engine: Engine = "em",
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.passes = passes
        self.seed = seed
        self.engine = engine

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.engine not in ENGINES:
            raise OptionsError(
                f"engine {self.engine!r} is unknown{did_you_mean(self.engine, ENGINES)}"
            )
        whole("passes", self.passes, 1)
        for name in ("alpha", "eta"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise OptionsError(f"{name} is {value!r}; use a number above 0, or None")
            if self.engine == "sklearn" and value is not None and value > 1:
                raise OptionsError(f"{name} is {value!r}; scikit-learn takes 1 at most")

    def _learn(self, counts: sparse.csr_matrix) -> None:
        self.word_weights_ = np.ones(counts.shape[1])
        self.variational_ = self.engine != "em"
        self.epsilon_ = GENSIM_EPSILON if self.engine == "gensim" else 0.0
        if self.engine == "em":
            self._learn_by_em(counts)
            return
        fit = engines.fit_gensim if self.engine == "gensim" else engines.fit_sklearn
        priors = engines.Priors(self.alpha, self.eta)
        fitted = fit(counts, self.n_topics, self.passes, self.seed, priors)
        self.components_, self.phi_, self.alpha_ = fitted.components, fitted.phi, fitted.alpha
        self.n_passes_ = self.passes
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        self.share_ = as_rows((lengths @ self._weights(counts)).reshape(1, -1)).ravel()

    def _learn_by_em(self, counts: sparse.csr_matrix) -> None:
        alpha = ALPHA if self.alpha is None else float(self.alpha)
        eta = ETA if self.eta is None else self.eta
        prior = np.full((counts.shape[1] + 1, self.n_topics), eta, dtype=np.float32)
        prior[-1] = 0
        start = soften(self._start(counts), counts, SOFTNESS)
        trained = maximise(counts, start, prior, alpha=alpha, passes=self.passes)
        self.n_passes_ = trained.passes
        order = by_size(trained.share)
        self.components_ = trained.phi[order]
        self.phi_ = self.components_.astype(np.float32)
        self.alpha_ = np.full(self.n_topics, alpha)
        self.share_ = trained.share[order]

    def _start(self, counts: sparse.csr_matrix) -> NDArray[Any]:
        """Return the first topics × words: factors of TF-IDF."""
        idf = inverse_frequencies(counts)
        weights = weigh(counts, idf)
        found = factorise(weights, self.n_topics, rounds=START_ROUNDS, seed=self.seed)[1]
        topics: NDArray[Any] = found / idf
        return topics
