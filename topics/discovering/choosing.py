"""How many topics: several K, several runs each, all scores side by side, a reasoned choice.

Three questions count alike: do the words make sense and tell the topics apart (NPMI, C_v,
exclusivity, diversity), do the topics come again (documents in matched topics of a model of
resampled documents, above chance), is new text foretold (perplexity). The first two mostly fall
with K, the third mostly gains.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.discovering.finding import (
    MEANS,
    Settings,
    Texts,
    TopicScores,
    check_input,
    rounded,
    score,
)
from topics.errors import OptionsError
from topics.naming import best_words

Floats = NDArray[np.float64]

SHOWN: Final = (
    "npmi", "c_v", "exclusivity", "diversity", "stability", "agreement", "perplexity",
)  # fmt: skip
CANDIDATES: Final = (3, 5, 7, 10, 15, 20, 30, 40, 50)
SEEDS: Final = (7, 8, 9)
QUESTIONS: Final = {
    "the words make sense": ("npmi", "c_v", "exclusivity", "diversity"),
    "the topics come again": ("agreement",),
    "new text is foretold": ("perplexity",),
}
"""Each counts a third. Twelve sets with 5 or 10 known classes (BBC, M10, headlines, app
descriptions, and mixtures of them): advised is the number of classes on nine, 7 (twice) or 5
instead of 10 on three; the mean of |log(advised / classes)| is 0.117. With NPMI and C_v
alone as the words 0.361; with the smallest K within one standard error of the best 0.288."""
LEAST: Final = {
    "npmi": 0.05, "c_v": 0.1, "exclusivity": 0.1, "diversity": 0.1, "agreement": 0.1,
    "perplexity": 0.05,
}  # fmt: skip
"""A smaller range over the candidates tells little and is not blown up to 0 … 1 (perplexity: of
its logarithm)."""
PER_TOPIC: Final = 25
"""Documents to a topic that are needed before K is raised: fewer show no topic that comes again
(the sample at K = 40: stability 0.12)."""
ENOUGH: Final = 3000
"""Documents that K is chosen on: more of them move the scores little and cost as many seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One K."""

    topics: int
    scores: TopicScores
    """Means over the runs."""
    spread: Mapping[str, float]
    """Score → its standard deviation over the runs."""
    answers: tuple[float, ...]
    """Question by question: where this K stands between the worst (0) and the best (1)."""
    place: float
    """Mean of the answers."""
    error: float
    """Standard error of ``place`` over the runs."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The table and what it advises."""

    rows: tuple[Row, ...]
    advised: int
    reason: str

    def series(self) -> tuple[list[int], dict[str, list[float]]]:
        """Return the numbers of topics and, score by score, the values: what a plot shows."""
        values = {name: [getattr(row.scores, name) for row in self.rows] for name in SHOWN}
        return [row.topics for row in self.rows], {**values, "place": [r.place for r in self.rows]}

    def to_dict(self) -> dict[str, Any]:
        """Return what ``topics discover --format json`` writes of it."""
        rows = [
            {
                "topics": row.topics,
                **row.scores.to_dict(),
                "spread": {name: rounded(value) for name, value in row.spread.items()},
                "place": rounded(row.place),
                "error": rounded(row.error),
            }
            for row in self.rows
        ]
        return {"advised": self.advised, "reason": self.reason, "tried": rows}

    def spreads(self) -> dict[str, list[float]]:
        """Return, score by score, the standard deviations over the runs, of place the errors."""
        values = {name: [row.spread[name] for row in self.rows] for name in SHOWN}
        return {**values, "place": [row.error for row in self.rows]}


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
    seeds: Sequence[int] = SEEDS,
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
    return _advise(measured, matrix.shape[0])


def _mean(runs: Sequence[TopicScores]) -> TopicScores:
    means = {name: float(np.mean([getattr(run, name) for run in runs])) for name in MEANS}
    return dataclasses.replace(runs[0], by_topic={}, **means)


def _advise(measured: Sequence[tuple[int, Sequence[TopicScores]]], documents: int) -> Choice:
    sizes = np.array([topics for topics, _ in measured])
    answers = np.array([_answer(names, measured, sizes) for names in QUESTIONS.values()])
    told = ~np.isnan(answers).any(axis=(1, 2))
    places = answers[told].mean(axis=0)
    means = places.mean(axis=1)
    runs = places.shape[1]
    errors = places.std(axis=1, ddof=1) / np.sqrt(runs) if runs > 1 else np.zeros(len(sizes))
    at = int(means.argmax())
    rows = tuple(
        Row(
            topics,
            _mean(scores),
            {name: float(np.std([getattr(run, name) for run in scores])) for name in SHOWN},
            tuple(float(value) for value in answers[:, n].mean(axis=1)),
            float(means[n]),
            float(errors[n]),
        )
        for n, (topics, scores) in enumerate(measured)
    )
    reason = _reason(rows, at) if len(rows) > 1 else _alone(rows[0], documents)
    return Choice(rows, rows[at].topics, reason)


def _answer(
    names: Sequence[str], measured: Sequence[tuple[int, Sequence[TopicScores]]], sizes: NDArray[Any]
) -> Floats:
    """Return where each K stands in each run, (candidates, runs): mean over the scores."""
    places = []
    for name in names:
        values = np.array([[getattr(run, name) for run in runs] for _, runs in measured])
        if name == "agreement":  # one document in K agrees by chance
            values = (values - 1 / sizes[:, None]) / (1 - 1 / np.maximum(sizes, 2)[:, None])
        if (
            name == "perplexity"
        ):  # runs hold different words back: only differences within one count
            values = -np.log(values)
            values += values.mean() - values.mean(axis=0)
        middle = values.mean(axis=1)
        places.append(1 - (middle.max() - values) / max(float(np.ptp(middle)), LEAST[name]))
    mean: Floats = np.mean(places, axis=0)
    return mean


def _alone(row: Row, documents: int) -> str:
    """Say what can be said of one number of topics: without another it is neither good nor bad."""
    text = f"no other number of topics was tried than {row.topics}, so nothing speaks for it"
    if documents < PER_TOPIC * CANDIDATES[1]:
        text += f"; {documents} documents are too few to compare more ({PER_TOPIC} to a topic)"
    if not np.isnan(row.scores.agreement):
        text += (
            f"; of the documents {row.scores.agreement:.0%} come into the same topic again when"
            f" documents are drawn anew, by chance it were {1 / row.topics:.0%}"
        )
    return text + "."


def _reason(rows: Sequence[Row], at: int) -> str:
    chosen = rows[at]
    each = "; ".join(
        f"{question} {chosen.answers[n]:.2f}"
        f" (best: {max(rows, key=lambda row, n=n: row.answers[n]).topics} topics)"  # type: ignore[misc]
        for n, question in enumerate(QUESTIONS)
        if not np.isnan(chosen.answers[n])
    )
    text = f"{chosen.topics} topics stand at {chosen.place:.2f} of 1 over all scores; {each}"
    near = [
        str(row.topics)
        for row in rows
        if row is not chosen and row.place >= chosen.place - chosen.error - row.error
    ]
    if near:
        text += f"; within the error over the seeds: {', '.join(near)}"
    if at in (0, len(rows) - 1):
        text += f"; it is the {'smallest' if at == 0 else 'largest'} one tried: look at the plot"
    return text + "."
