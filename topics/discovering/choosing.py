"""How many topics: several K, several runs each, all scores side by side, a reasoned choice."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.discovering.finding import MEANS, Settings, Texts, TopicScores, check_input, score
from topics.errors import OptionsError
from topics.naming import best_words

Floats = NDArray[np.float64]

SCORES: Final = {"npmi": 1, "exclusivity": 1, "diversity": 1, "stability": 1, "perplexity": -1}
"""Score → 1 where more is better, -1 where less is."""
CANDIDATES: Final = (5, 10, 15, 20, 30, 40, 50)
GROUPS: Final = (("npmi", "exclusivity", "diversity"), ("stability",), ("perplexity",))
"""Three questions that count alike: do the words make sense, do they come again, do they foretell
new text? The three scores of words all fall with K; counted one by one they would always win."""
LEAST: Final = {"npmi": 0.05, "exclusivity": 0.1, "diversity": 0.1, "stability": 0.1}
"""A smaller range over the candidates tells little and is not blown up to 0 … 1."""
LEAST_LOG_PERPLEXITY: Final = 0.05
PER_TOPIC: Final = 50
"""Documents to a topic that are needed before K is raised: fewer show no topic that comes again
(the sample at K = 40: stability 0.12)."""
ENOUGH: Final = 3000
"""Documents that K is chosen on: more of them move the scores little and cost as many seconds."""
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

    def series(self) -> tuple[list[int], dict[str, list[float]]]:
        """Return the numbers of topics and, score by score, the values: what a plot shows."""
        values = {name: [getattr(row.scores, name) for row in self.rows] for name in SCORES}
        return [row.topics for row in self.rows], {**values, "place": [r.place for r in self.rows]}


def sample(
    counts: sparse.csr_matrix, texts: Texts, n: int = ENOUGH
) -> tuple[sparse.csr_matrix, Texts]:
    """Return every so-and-so-manieth document, ``n`` at most: enough to choose K."""
    if counts.shape[0] <= n:
        return counts, texts
    rows = np.linspace(0, counts.shape[0] - 1, n).astype(np.int64)
    return counts[rows], [texts[row] for row in rows]


def sizes(documents: int) -> tuple[int, ...]:
    """Return the numbers of topics worth trying on so many documents."""
    return tuple(k for k in CANDIDATES if k <= max(CANDIDATES[0], documents // PER_TOPIC))


def choose_topics(
    counts: Any,  # noqa: ANN401  # any matrix that scipy takes
    vocabulary: Sequence[str],
    texts: Texts | None = None,
    *,
    candidates: Sequence[int] = CANDIDATES,
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
    means = {name: float(np.mean([getattr(run, name) for run in runs])) for name in MEANS}
    return dataclasses.replace(runs[0], by_topic={}, **means)


def _advise(measured: Sequence[tuple[int, Sequence[TopicScores]]]) -> Choice:
    means = [_mean(runs) for _, runs in measured]
    places: dict[str, Floats] = {}
    best: dict[str, int] = {}
    for name, sign in SCORES.items():
        values = sign * np.array([getattr(mean, name) for mean in means])
        if np.isnan(values).any() or np.ptp(values) < 1e-9:
            continue
        places[name] = _places(values, name)
        best[name] = measured[int(values.argmax())][0]
    groups = [[places[name] for name in group if name in places] for group in GROUPS]
    by_group = [np.mean(group, axis=0) for group in groups if group]
    overall = np.mean(by_group, axis=0) if by_group else np.ones(len(means))
    near = np.flatnonzero(overall >= overall.max() - NEARLY)
    at = int(near[0])
    rows = tuple(
        Row(topics, mean, float(np.std([run.npmi for run in runs])), float(place))
        for (topics, runs), mean, place in zip(measured, means, overall, strict=True)
    )
    return Choice(rows, rows[at].topics, _reason(rows, at, best))


def _places(values: Floats, name: str) -> Floats:
    """Return where each value stands between the worst and the best."""
    if name == "perplexity":
        values, least = -np.log(-values), LEAST_LOG_PERPLEXITY
    else:
        least = LEAST[name]
    scaled: Floats = 1 - (values.max() - values) / max(float(np.ptp(values)), least)
    return scaled


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
