"""Latent Dirichlet allocation whose topics belong to classes and whose documents lean to them.

A class has several topics, as many as its documents are worth. Two kinds of evidence stay in force
in every pass: words count for the topics of their class before any text is read, and what is known
of a document counts there as words' worth of its class. The last class takes what belongs to
nothing; its prior is found at the end, so that it is as likely in the documents as what is known
of them has it: how much a text must say to be of another class depends on how long texts are.

Sources: Ramage, Hall, Nallapati, Manning 2009, Labeled LDA (documents bound to the topics of their
labels; here they lean to them); Jagarlamudi, Daumé, Udupa 2012, Incorporating Lexical Priors into
Topic Models; Wallach, Mimno, McCallum 2009, Rethinking LDA: Why Priors Matter (unequal priors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from topics.errors import OptionsError
from topics.modelling.base import TopicModel, as_rows
from topics.modelling.em import maximise, soften
from topics.modelling.inference import Floats
from topics.modelling.lda import START_ROUNDS
from topics.modelling.start import factorise, inverse_frequencies, weigh

ETA: Final = 0.05
"""Prior count of each word in a topic; 0.01, 0.05 and 0.2 measured alike (macro-F1 within 0.002 on
halves of the sample's train articles)."""
SOFTNESS: Final = 0.5
"""Share of the corpus' own words in every topic at the start, half of what ``Lda`` takes: where EM
begins is known here, not guessed."""
CLASS_WORDS: Final = 0.5
"""Share of the words of the whole class in each of its topics at the start."""
BALANCED: Final = 3000
"""Most documents by which the last class's prior is found, evenly drawn."""
BALANCE: Final = (-3.0, 5.0)
"""Least and largest logarithm of what that prior is multiplied by."""
BALANCE_ROUNDS: Final = 8
"""Halvings of it: to 3 %."""


class GuidedLda(TopicModel):
    """Topics of given classes, documents as mixtures of them.

    Args:
        n_topics: number of topics, one a class at least.
        seeds: per class, word number → weight. The weight times ``strength`` times the word's
            count in the corpus is added to the words' counts in the topics of the class, in equal
            parts.
        prior: prior count of each class in a document, as share of the words of a mean document;
            the topics of the class share it. That of the last class is found (``_balance``).
        strength: see ``seeds``.
        lean: what ``y`` says of a document counts so many words.
        sharpness: power of the classes' shares that makes probabilities of them.
        passes: most passes over the corpus.
        seed: of the start's randomised SVD; the result hardly depends on it.

    The defaults were chosen on train articles: docs/accuracy.md, ``seed_choices``.

    ``classes_`` is the class of each topic: those of one class stand together, the classes in
    their order.
    """

    def __init__(  # noqa: PLR0913  # scikit-learn's manners: every parameter by its name
        self,
        n_topics: int = 20,
        *,
        seeds: Sequence[Mapping[int, float]] = (),
        prior: float = 0.02,
        strength: float = 1.0,
        lean: float = 100.0,
        sharpness: float = 1.5,
        passes: int = 30,
        seed: int = 7,
    ) -> None:
        self.n_topics = n_topics
        self.seeds = seeds
        self.prior = prior
        self.strength = strength
        self.lean = lean
        self.sharpness = sharpness
        self.passes = passes
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ANN401, N803  # scikit-learn's names
        """Learn topics from counts and from what is known of each document.

        Args:
            X: documents × words, counts.
            y: probability of each class for each document, (n, classes); rows sum to 1.

        Raises:
            OptionsError: a parameter has an impossible value, or ``y`` does not fit.
        """
        self._check_parameters()
        counts = self._counts(X, reset=True)
        known = np.asarray(y, dtype=np.float64)
        if known.shape != (counts.shape[0], len(self.seeds)):
            raise OptionsError(
                f"y has the shape {known.shape}; give one probability a document and class: "
                f"{(counts.shape[0], len(self.seeds))}"
            )
        with threadpool_limits(1):
            self._learn_from(counts, known)
        return self

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if not 1 <= len(self.seeds) <= self.n_topics:
            raise OptionsError(
                f"n_topics is {self.n_topics} for {len(self.seeds)} class(es); "
                "use one topic a class at least"
            )
        for name in ("prior", "strength", "lean", "sharpness", "passes"):
            if not getattr(self, name) > 0:
                raise OptionsError(f"{name} is {getattr(self, name)!r}; use a number above 0")

    def _learn_from(self, counts: sparse.csr_matrix, known: NDArray[np.float64]) -> None:
        sizes = share_out(known.sum(axis=0), self.n_topics)
        classes = np.repeat(np.arange(len(sizes)), sizes)
        prior = self.prior * max(1.0, counts.sum() / counts.shape[0])
        self.alpha_ = (prior / sizes)[classes]
        leaning = self.alpha_ + self.lean * (known / sizes)[:, classes]
        trained = maximise(
            counts,
            self._start(counts, known, sizes),
            self._prior(counts, classes, sizes),
            alpha=leaning.astype(np.float32),
            passes=self.passes,
        )
        order = np.lexsort((-trained.share, classes))
        self.classes_ = tuple(int(number) for number in classes)
        self.n_passes_ = trained.passes
        self.components_ = trained.phi[order]
        self.phi_ = self.components_.astype(np.float32)
        self.share_ = trained.share[order]
        self.word_weights_ = np.ones(counts.shape[1])
        self.variational_ = False
        self._balance(counts, known)

    def _balance(self, counts: sparse.csr_matrix, known: NDArray[np.float64]) -> None:
        """Set the prior of the last class, so that its mean probability is that in ``known``."""
        rows = np.unique(np.linspace(0, counts.shape[0] - 1, BALANCED).astype(np.intp))
        sample, wanted = counts[rows], known[rows, -1].mean()
        last = np.asarray(self.classes_) == len(self.seeds) - 1
        alpha, (low, high) = self.alpha_, BALANCE
        for _ in range(BALANCE_ROUNDS):
            middle = (low + high) / 2
            self.alpha_ = np.where(last, alpha * np.exp(middle), alpha)
            found = self.probabilities(self._weights(sample))[:, -1].mean()
            low, high = (middle, high) if found < wanted else (low, middle)

    def probabilities(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the classes' probabilities, (n, classes), of what ``transform`` returns."""
        of = np.eye(len(self.seeds))[list(self.classes_)]
        return as_rows((weights @ of) ** self.sharpness)

    def _prior(
        self, counts: sparse.csr_matrix, classes: NDArray[np.intp], sizes: NDArray[np.intp]
    ) -> Floats:
        """Return prior counts, words (and padding) × topics."""
        prior = np.full((counts.shape[1] + 1, self.n_topics), ETA, dtype=np.float32)
        totals = np.asarray(counts.sum(axis=0)).ravel()
        for number, words in enumerate(self.seeds):
            for word, weight in words.items():
                if not 0 <= word < counts.shape[1]:
                    raise OptionsError(
                        f"seed word {word} of class {number} is not in the vocabulary"
                    )
                times = self.strength * weight * max(1.0, totals[word]) / sizes[number]
                prior[word, classes == number] += times
        prior[-1] = 0
        return prior

    def _start(
        self, counts: sparse.csr_matrix, known: NDArray[np.float64], sizes: NDArray[np.intp]
    ) -> NDArray[Any]:
        """Return the first topics × words: of each class, factors of the TF-IDF of its documents.

        A document counts as much as it is likely to be of the class.
        """
        idf = inverse_frequencies(counts)
        weights = weigh(counts, idf)
        parts = []
        for likely, size in zip(known.T, sizes.tolist(), strict=True):
            whole = as_rows((weights.T @ likely / idf)[None])
            if size > 1:
                scaled = sparse.diags(np.sqrt(likely).astype(np.float32)) @ weights
                found = factorise(scaled.tocsr(), size, rounds=START_ROUNDS, seed=self.seed)[1]
                whole = CLASS_WORDS * whole + (1 - CLASS_WORDS) * as_rows(found / idf)
            parts.append(whole)
        return soften(np.vstack(parts), counts, SOFTNESS)


def share_out(masses: NDArray[Any], n_topics: int) -> NDArray[np.intp]:
    """Return how many topics each class gets: one, and the rest by ``masses``; sums to n_topics.

    Args:
        masses: how much each class is worth, ≥ 0.
        n_topics: as many as there are classes, or more.
    """
    due = as_rows(np.asarray(masses, dtype=np.float64)[None])[0] * n_topics
    sizes = np.ones(len(due), dtype=np.intp)
    for _ in range(n_topics - len(due)):
        sizes[int((due - sizes).argmax())] += 1
    return sizes
