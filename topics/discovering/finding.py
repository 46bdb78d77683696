"""The steps of discovery in their order: counts → model → words → names → scores."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from operator import call
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from topics.errors import InputError, OptionsError, did_you_mean
from topics.evaluating import topics as scoring
from topics.findings import Topic
from topics.lifeline import Crew
from topics.modelling.base import TopicModel
from topics.modelling.clusters import ClusterModel
from topics.modelling.kmeans import KMeansModel
from topics.modelling.lda import LdaModel
from topics.modelling.nmf import NmfModel
from topics.naming import best_words, name_topics
from topics.themes import ThemeSet

Method = Literal["nmf", "lda", "kmeans", "clusters"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
Floats = NDArray[np.float64]
Texts = Sequence[Sequence[str]]
Run = tuple[Sequence[Sequence[int]], NDArray[np.intp]]
"""The best words of a model, and each document's main topic."""

HELD_OUT: Final = 10
"""One document in so many is held out for perplexity."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What discovery may be told."""

    topics: int = 20
    method: Method = "nmf"
    """nmf: most coherent and most stable; lda: best perplexity; kmeans, clusters: one
    topic a document, clusters nearer to what people label."""
    engine: str = "em"
    """Of lda: ``em`` (own), ``gensim`` or ``sklearn``."""
    words: int = 10
    """How many words a topic shows."""
    seed: int = 7
    runs: int = 3
    """Models on resampled documents that stability is measured with; 0: not measured."""
    perplexity: bool = True
    """Whether to fit once more without a tenth of the documents, to foretell their words."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            OptionsError: what was found, what is allowed.
        """
        if self.method not in METHODS:
            raise OptionsError(
                f"method {self.method!r} is unknown{did_you_mean(self.method, METHODS)}"
            )
        for name, low, high in (
            ("topics", 1, 1000), ("words", 1, 1000), ("runs", 0, 100), ("seed", 0, 2**32 - 1),
        ):  # fmt: skip
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise OptionsError(f"{name} is {value!r}; use a whole number from {low} to {high}")

    def model(self, *, topics: int | None = None, seed: int | None = None) -> TopicModel:
        """Return a model to fit."""
        n = self.topics if topics is None else topics
        start = self.seed if seed is None else seed
        if self.method == "lda":
            return LdaModel(n, seed=start, engine=self.engine)  # type: ignore[arg-type]  # checked in fit
        if self.method == "kmeans":
            return KMeansModel(n, seed=start)
        return (NmfModel if self.method == "nmf" else ClusterModel)(n, seed=start)


@dataclass(frozen=True, slots=True)
class TopicScores:
    """How good the topics are; NaN where a score could not be measured."""

    npmi: float
    """Mean coherence, -1 to 1; over windows of ten words, or whole documents without texts."""
    c_v: float
    """Another coherence, 0 to 1, over windows of 110 words (Röder, Both, Hinneburg 2015)."""
    diversity: float
    exclusivity: float
    frex: float
    """Mean FREX of the shown words: frequent and exclusive at once, 0 to 1."""
    perplexity: float
    """Of the hidden half of held-out documents (see ``evaluating.topics.perplexity``)."""
    stability: float
    """Top words in common with models of resampled documents, 0 to 1."""
    agreement: float
    """Share of documents in matched topics there, 0 to 1."""
    by_topic: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Score → its value for each topic: npmi, c_v, exclusivity, frex and, if measured, stability
    (over bootstraps of the documents)."""

    def to_dict(self) -> dict[str, float | None]:
        """Return plain data, one number a score, None where not measured."""
        return {name: rounded(getattr(self, name)) for name in MEANS}

    def of_topic(self, row: int) -> dict[str, float | None]:
        """Return plain data of one topic, by its place."""
        return {name: rounded(values[row]) for name, values in self.by_topic.items()}


MEANS: Final = tuple(f.name for f in fields(TopicScores) if f.name != "by_topic")


def rounded(value: float, digits: int = 4) -> float | None:
    """Return a number as JSON has it: None where it could not be told."""
    return None if np.isnan(value) else round(value, digits)


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What was found."""

    topics: tuple[Topic, ...]
    scores: TopicScores
    theta: Floats
    """Documents × topics, rows that sum to 1."""
    components: Floats
    """Topics × words."""
    vocabulary: tuple[str, ...]
    unknown: NDArray[np.bool_]
    """Documents without a known word: their row of ``theta`` means nothing."""
    model: TopicModel | None = None
    """The fitted model; topics stand in the same order unless edited by hand."""
    articles: tuple[Hashable, ...] | None = None
    """Each document's article, where known: intervals draw articles."""

    @property
    def assignments(self) -> tuple[int, ...]:
        """Each document's main topic; -1 for one without a known word."""
        main = self.theta.argmax(axis=1)
        return tuple(int(k) for k in np.where(self.unknown, -1, main))

    def to_dict(self) -> dict[str, Any]:
        """Return what ``topics discover --format json`` writes."""
        rows = [
            {
                "id": topic.id,
                "name": topic.name,
                "words": list(topic.words),
                "share": round(topic.share, 6),
                "low": rounded(topic.share_low, 6),
                "high": rounded(topic.share_high, 6),
                "theme": topic.theme,
                "scores": self.scores.of_topic(row),
            }
            for row, topic in enumerate(self.topics)
        ]
        return {
            "topics": rows,
            "scores": self.scores.to_dict(),
            "assignments": list(self.assignments),
        }


def check_input(counts: Any, vocabulary: Sequence[str], topics: int) -> sparse.csr_matrix:  # noqa: ANN401
    """Return ``counts`` as CSR of float64.

    Raises:
        InputError: nothing to learn from, or fewer documents or words than topics.
    """
    matrix = sparse.csr_matrix(counts, dtype=np.float64)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if matrix.shape[1] != len(vocabulary):
        raise InputError(
            f"{matrix.shape[1]} columns, but a vocabulary of {len(vocabulary)} words; they must fit"
        )
    filled = int((np.diff(matrix.indptr) > 0).sum())
    used = len(np.unique(matrix.indices))
    if filled < topics or used < topics:
        raise InputError(
            f"{filled} document(s) with known words and {used} word(s) in use cannot show "
            f"{topics} topics; ask for fewer topics or give more text"
        )
    return matrix


def discover(
    counts: Any,  # noqa: ANN401  # any matrix that scipy takes
    vocabulary: Sequence[str],
    texts: Texts | None = None,
    *,
    settings: Settings | None = None,
    themes: ThemeSet | None = None,
    articles: Sequence[Hashable] | None = None,
) -> Discovery:
    """Find topics, name them and score them.

    Args:
        counts: documents × words, whole numbers.
        vocabulary: the words of the columns.
        texts: the documents as words, for coherence in windows.
        settings: what to do; the defaults where None.
        themes: fixed themes that a topic may belong to.
        articles: each document's article, so that intervals draw articles.

    Raises:
        InputError: fewer documents (or words) than topics, nothing but empty documents.
        OptionsError: an impossible setting.
    """
    chosen = settings or Settings()
    matrix = check_input(counts, vocabulary, chosen.topics)
    model = chosen.model().fit(matrix)
    theta = model.transform(matrix)
    words = best_words(model.components_, matrix, chosen.words)
    return Discovery(
        topics=name_topics(model.components_, words, theta, matrix, vocabulary, themes, articles),
        scores=score(model, words, matrix, vocabulary, texts, chosen),
        theta=theta,
        components=model.components_,
        vocabulary=tuple(vocabulary),
        unknown=model.unknown(matrix),
        model=model,
        articles=None if articles is None else tuple(articles),
    )


def score(  # all that scores look at
    model: TopicModel,
    words: Sequence[Sequence[int]],
    counts: sparse.csr_matrix,
    vocabulary: Sequence[str],
    texts: Texts | None,
    settings: Settings,
) -> TopicScores:
    """Return the scores of a fitted model whose best words are ``words``."""
    jobs: list[Callable[[], Any]] = [
        partial(_again, counts, settings, len(words), run) for run in range(settings.runs)
    ]
    jobs.append(partial(_perplexity, counts, settings, len(words)))
    with threadpool_limits(1), Crew() as crew:  # before a thread that fits lifts its own limit
        *others, perplexity = crew.map(call, jobs)
    stable = None
    if others:
        runs = [(words, model.transform(counts).argmax(axis=1)), *others]
        stable = scoring.stability([best for best, _ in runs], [main for _, main in runs])
    by_topic = word_scores(model.components_, words, counts, vocabulary, texts)
    means = {name: float(values.mean()) for name, values in by_topic.items()}
    if stable:
        by_topic["stability"] = np.array(stable.by_topic)
    return TopicScores(
        **means,
        diversity=scoring.diversity(words),
        perplexity=perplexity,
        stability=stable.words if stable else float("nan"),
        agreement=stable.assignments if stable else float("nan"),
        by_topic={name: tuple(values.tolist()) for name, values in by_topic.items()},
    )


def word_scores(
    components: Floats,
    words: Sequence[Sequence[int]],
    counts: sparse.csr_matrix,
    vocabulary: Sequence[str],
    texts: Texts | None,
) -> dict[str, Floats]:
    """Return what can be told of topics by their words: score → its value for each topic."""
    if texts:
        names = [[vocabulary[word] for word in topic] for topic in words]
        with Crew() as crew:
            npmi, c_v = crew.map(lambda score: score(names, texts), (scoring.npmi, scoring.c_v))
    else:
        together = scoring.by_document(words, counts)
        names = [[str(word) for word in topic] for topic in words]
        npmi = np.array([scoring.topic_npmi(topic, together) for topic in names])
        c_v = np.array([scoring.topic_c_v(topic, together) for topic in names])
    return {
        "npmi": npmi,
        "c_v": c_v,
        "exclusivity": scoring.exclusivity(components, words),
        "frex": scoring.mean_frex(components, words),
    }


def _perplexity(counts: sparse.csr_matrix, settings: Settings, topics: int) -> float:
    held = np.arange(counts.shape[0]) % HELD_OUT == 0
    whole = bool(np.all(counts.data == np.floor(counts.data)))
    if not settings.perplexity or not whole or counts[~held].nnz == 0:
        return float("nan")
    model = settings.model(topics=topics).fit(counts[~held])
    return scoring.completion_perplexity(
        model.transform, distributions(model), counts[held], settings.seed
    )


def distributions(model: TopicModel) -> Floats:
    """Return the word distributions that foretell words: of NMF the refined ones, (k, v).

    k-means has none: its centres, as shares, stand in.
    """
    source = model.phi_ if isinstance(model, NmfModel | ClusterModel) else model.components_
    rows: Floats = source / np.maximum(source.sum(axis=1, keepdims=True), 1e-300)
    smooth: Floats = 0.99 * rows + 0.01 * rows.mean(axis=0)
    return rows if isinstance(model, LdaModel) else smooth


def _again(counts: sparse.csr_matrix, settings: Settings, topics: int, run: int) -> Run:
    """Fit on bootstrapped documents: a deterministic start hides no luck there."""
    draw = np.random.default_rng([settings.seed, run])
    sample = counts[np.sort(draw.integers(counts.shape[0], size=counts.shape[0]))]
    other = settings.model(topics=topics, seed=settings.seed + 1 + run).fit(sample)
    chosen = best_words(other.components_, sample, settings.words)
    return chosen, other.transform(counts).argmax(axis=1)
