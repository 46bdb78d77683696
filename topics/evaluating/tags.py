"""How good tags are against labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topics.evaluating.resampling import by_article, draw, interval, members
from topics.findings import Scores, Tag, ThemeScore, wilson

BINS: Final = 10
"""Bins of equal width for calibration."""
POINTS: Final = 100
"""Steps of coverage in the risk–coverage curve (one point more with the most certain one)."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TagScores:
    """F1 of several themes at once."""

    micro: float
    """Over all pairs of paragraph and theme."""
    macro: float
    """Mean over the themes that occur in the gold tags or the predicted ones."""
    exact: float
    """Share of the paragraphs whose tags are all right."""
    n: int
    """How many paragraphs have gold tags."""


def score(
    gold: Sequence[int],
    probabilities: ArrayLike,
    classes: tuple[str, ...],
    *,
    articles: Sequence[Hashable] = (),
    seed: int = 7,
    how: str = "",
) -> Scores:
    """Score probabilities against gold labels.

    Args:
        gold: index in ``classes`` per paragraph; paragraphs with a negative one are left out.
        probabilities: shape (paragraphs, classes).
        classes: names of the columns.
        articles: the article of each paragraph. Paragraphs of one article resemble one another,
            so intervals are then the wider ones of drawing paragraphs and of drawing articles,
            where there are ten.
        seed: of the bootstrap (percentiles of `RESAMPLES` resamples).
        how: what was held out, in words.

    Returns:
        The scores. An interval that the bootstrap leaves without width (all right, all wrong)
        is Wilson's. Without a paragraph everything is 0 and every interval is 0 to 1.

    Raises:
        ValueError: if the shapes do not fit or an index is not one of ``classes``.
    """
    k = len(classes)
    wanted = np.asarray(gold, dtype=np.int64).reshape(-1)
    table = np.asarray(probabilities, dtype=np.float64)
    if table.shape != (len(wanted), k) and not (table.size == 0 and not len(wanted)):
        raise ValueError(f"probabilities have shape {table.shape}; need ({len(wanted)}, {k})")
    if len(wanted) and wanted.max() >= k:
        raise ValueError(f"a gold label is {wanted.max()}; there are only {k} classes")
    member = members(articles, len(wanted))[wanted >= 0]
    table, wanted = table.reshape(-1, k)[wanted >= 0], wanted[wanted >= 0]
    if not np.isfinite(table).all():
        raise ValueError("a probability is not a finite number")
    found = table.argmax(axis=1) if len(table) else wanted
    cells = by_article(wanted * k + found, member, k * k)
    confusion = cells.sum(axis=0).reshape(k, k)
    by_theme, low, high = _with_intervals(cells, classes, seed)
    right = (wanted == found).astype(float)
    sure = table.max(axis=1) if len(table) else right
    error, bins = _calibration(sure, right)
    return Scores(
        classes,
        by_theme,
        tuple(tuple(row) for row in confusion.tolist()),
        accuracy=float(right.mean()) if len(right) else 0.0,
        macro_f1_low=low,
        macro_f1_high=high,
        calibration_error=error,
        calibration=bins,
        risk_coverage=_risk_coverage(sure, right),
        how=how,
    )


def _with_intervals(
    cells: Ints, classes: tuple[str, ...], seed: int
) -> tuple[dict[str, ThemeScore], float, float]:
    """Return the score of each class, and the interval of the mean F1.

    ``cells`` has the confusion matrix of each article, row after row in one line.
    """
    k, n = len(classes), int(cells.sum())
    confusion = cells.sum(axis=0).reshape(k, k)
    point, seen = _f1(confusion[None].astype(float))
    low, high = np.zeros(k), np.ones(k)
    macro = (0.0, 1.0)
    if n:
        # resampling paragraphs is drawing the cells of the confusion matrix
        drawn = [_f1(one.reshape(-1, k, k)) for one in draw(cells, np.random.default_rng(seed))]
        for c in np.flatnonzero(seen[0]):
            values = [f1[there[:, c], c] for f1, there in drawn]
            low[c], high[c] = interval(values, float(point[0, c]))
            if high[c] == low[c]:
                low[c], high[c] = _wilson_f1(confusion, int(c))
        means = [(f1 * there).sum(axis=1) / there.sum(axis=1) for f1, there in drawn]
        macro = interval(means, float(point[0, seen[0]].mean()))
        if macro[0] == macro[1]:
            macro = (float(low[seen[0]].mean()), float(high[seen[0]].mean()))
    hits, of_gold, of_found = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    scores = {
        code: ThemeScore(
            precision=float(hits[c] / max(1, of_found[c])),
            recall=float(hits[c] / max(1, of_gold[c])),
            f1=float(point[0, c]),
            support=int(of_gold[c]),
            f1_low=float(low[c]),
            f1_high=float(high[c]),
        )
        for c, code in enumerate(classes)
    }
    return scores, *macro


def _f1(confusions: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return F1 and whether the class occurs at all, both of shape (matrices, classes)."""
    both = confusions.sum(axis=1) + confusions.sum(axis=2)
    hits = np.diagonal(confusions, axis1=1, axis2=2)
    return 2 * hits / np.maximum(both, 1), both > 0


def _wilson_f1(confusion: Ints, c: int) -> tuple[float, float]:
    """Return an interval of F1 from Wilson's of the Jaccard share J: F1 = 2 J / (1 + J)."""
    hits = float(confusion[c, c])
    union = float(confusion[c].sum() + confusion[:, c].sum()) - hits
    low, high = wilson(hits, union)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def _calibration(sure: Floats, right: Floats) -> tuple[float, tuple[tuple[float, float, int], ...]]:
    """Return the expected calibration error (Guo et al. 2017) and the bins that are not empty."""
    if not len(sure):
        return 0.0, ()
    place = np.clip(np.ceil(sure * BINS).astype(np.int64) - 1, 0, BINS - 1)
    count = np.bincount(place, minlength=BINS)
    filled = count > 0
    mean = np.bincount(place, sure, BINS)[filled] / count[filled]
    share = np.bincount(place, right, BINS)[filled] / count[filled]
    error = float((np.abs(mean - share) * count[filled]).sum() / len(sure))
    rows = zip(mean.tolist(), share.tolist(), count[filled].tolist(), strict=True)
    return error, tuple(rows)


def _risk_coverage(sure: Floats, right: Floats) -> tuple[tuple[float, float], ...]:
    """Return (coverage, share right); equally certain paragraphs share their mean."""
    n = len(sure)
    if not n:
        return ()
    _, group, size = np.unique(-sure, return_inverse=True, return_counts=True)
    mean = np.bincount(group, right) / size
    correct = np.cumsum(np.repeat(mean, size))
    steps = np.arange(POINTS + 1)
    counts = np.unique(np.maximum(1, -(-n * steps // POINTS))) if n > POINTS else np.arange(n) + 1
    shares = np.minimum(1.0, correct[counts - 1] / counts)
    return tuple(zip((counts / n).tolist(), shares.tolist(), strict=True))


def score_tags(
    tags: Sequence[Tag], gold: Sequence[Iterable[int] | None], classes: tuple[str, ...]
) -> TagScores:
    """Score the themes that tags name beside the first; see `multi_label_f1`.

    Args:
        tags: what a tagger gave.
        gold: indices in ``classes`` of all themes of each paragraph; None where nobody said.
        classes: names, in the order of the indices.
    """
    return multi_label_f1(gold, [[classes.index(code) for code in tag.tags] for tag in tags])


def multi_label_f1(
    gold: Sequence[Iterable[Hashable] | None], predicted: Sequence[Iterable[Hashable]]
) -> TagScores:
    """Score sets of themes; paragraphs whose gold tags are None are left out.

    No theme in gold and none predicted anywhere counts as all right (micro and macro 1);
    without a paragraph everything is 0.

    Raises:
        ValueError: if the two have different lengths.
    """
    pairs = [
        (frozenset(wanted), frozenset(found))
        for wanted, found in zip(gold, predicted, strict=True)
        if wanted is not None
    ]
    counts: dict[Hashable, list[int]] = {}
    for wanted, found in pairs:
        for code in wanted | found:
            row = counts.setdefault(code, [0, 0])
            row[0] += 2 * (code in wanted and code in found)
            row[1] += (code in wanted) + (code in found)
    if not pairs:
        return TagScores(0.0, 0.0, 0.0, 0)
    exact = sum(wanted == found for wanted, found in pairs) / len(pairs)
    if not counts:
        return TagScores(1.0, 1.0, exact, len(pairs))
    micro = sum(hits for hits, _ in counts.values()) / sum(both for _, both in counts.values())
    macro = sum(hits / both for hits, both in counts.values()) / len(counts)
    return TagScores(micro, macro, exact, len(pairs))
