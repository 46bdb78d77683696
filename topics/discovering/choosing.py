"""How many topics: several K, several runs each, all scores side by side, a reasoned choice."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from topics.discovering.finding import Settings, Texts, TopicScores, check_input, score
from topics.errors import OptionsError
from topics.naming import best_words

SCORES: Final = {"npmi": 1, "exclusivity": 1, "diversity": 1, "stability": 1, "perplexity": -1}
"""Score → 1 where more is better, -1 where less is."""
NEARLY: Final = 0.05
"""A K whose mean place is this near to the best counts as equal; the smallest such K is advised:
fewer topics are easier to read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One K: mean scores over the runs."""

    topics: int
    scores: TopicScores
    spread: float
    """Standard deviation of NPMI over the runs."""
    place: float
    """Mean over the scores of where this K stands between the worst (0) and the best (1)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The table and what it advises."""

    rows: tuple[Row, ...]
    advised: int
    reason: str


def choose_topics(
    counts: Any,  # noqa: ANN401  # any matrix that scipy takes
    vocabulary: Sequence[str],
    texts: Texts | None = None,
    *,
    candidates: Sequence[int] = (5, 10, 15, 20, 30, 40, 50),
    seeds: Sequence[int] = (7, 8, 9),
    settings: Settings | None = None,
) -> Choice:
    """Fit every K with every seed and compare all scores.

    A K that the documents cannot show is left out.

    Raises:
        OptionsError: no candidates or no seeds.
        InputError: no candidate fits the documents.
    """
    if not candidates or not seeds:
        raise OptionsError("give at least one number of topics and one seed")
    base = settings or Settings()
    matrix = check_input(counts, vocabulary, min(candidates))
    filled = int((np.diff(matrix.indptr) > 0).sum())
    measured: list[tuple[int, list[TopicScores]]] = []
    for topics in sorted(k for k in set(candidates) if k <= min(filled, matrix.shape[1])):
        runs = []
        for seed in seeds:
            chosen = dataclasses.replace(base, topics=topics, seed=seed)
            model = chosen.model().fit(matrix)
            words = best_words(model.components_, matrix, chosen.words)
            runs.append(score(model, words, matrix, vocabulary, texts, chosen))
        measured.append((topics, runs))
    return _advise(measured)


def _mean(runs: Sequence[TopicScores]) -> TopicScores:
    def mean(name: str) -> float:
        return float(np.mean([getattr(run, name) for run in runs]))

    return TopicScores(
        npmi=mean("npmi"),
        diversity=mean("diversity"),
        exclusivity=mean("exclusivity"),
        perplexity=mean("perplexity"),
        stability=mean("stability"),
        agreement=mean("agreement"),
    )


def _advise(measured: Sequence[tuple[int, Sequence[TopicScores]]]) -> Choice:
    means = [_mean(runs) for _, runs in measured]
    places: list[np.ndarray[Any, np.dtype[np.float64]]] = []
    best: dict[str, int] = {}
    for name, sign in SCORES.items():
        values = sign * np.array([getattr(mean, name) for mean in means])
        if np.isnan(values).any() or np.ptp(values) < 1e-9:
            continue
        places.append((values - values.min()) / np.ptp(values))
        best[name] = measured[int(values.argmax())][0]
    overall = np.mean(places, axis=0) if places else np.ones(len(means))
    near = np.flatnonzero(overall >= overall.max() - NEARLY)
    at = int(near[0])
    rows = tuple(
        Row(topics, mean, float(np.std([run.npmi for run in runs])), float(place))
        for (topics, runs), mean, place in zip(measured, means, overall, strict=True)
    )
    return Choice(rows, rows[at].topics, _reason(rows, at, best))


def _reason(rows: Sequence[Row], at: int, best: dict[str, int]) -> str:
    chosen = rows[at]
    each = ", ".join(f"{name} is best at {topics}" for name, topics in best.items())
    text = f"{chosen.topics} topics stand best over all scores together ({chosen.place:.2f} of 1)"
    text += f"; {each}" if each else "; no score tells the candidates apart"
    if at + 1 < len(rows) and any(r.place >= chosen.place - NEARLY for r in rows[at + 1 :]):
        text += "; a larger number is as good, the smaller one is easier to read"
    if len(rows) > 1 and chosen.topics == rows[-1].topics:
        text += "; it is the largest one tried: try larger ones too"
    return text + "."
