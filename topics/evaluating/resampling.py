"""Draws with replacement: what an interval is taken from. Paragraphs are drawn, and articles.

Paragraphs of one article resemble one another, so few articles say less than their paragraphs
seem to (design effect: Kish 1965, Survey Sampling). Of the two intervals the wider one is taken:
that of articles alone would be too narrow where there are only some; of a handful they say nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics.findings import FEWEST_ARTICLES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES: Final = 1000
"""Bootstrap resamples behind every interval."""
CELLS: Final = 2_000_000
"""Most numbers in the resampled confusion matrices; many classes make do with fewer resamples."""


def members(articles: Sequence[Hashable], size: int) -> Ints:
    """Return a number for the article of each paragraph; all are of one where nobody says.

    Raises:
        ValueError: if articles are given, but not one a paragraph.
    """
    if not articles:
        return np.zeros(size, np.int64)
    if len(articles) != size:
        raise ValueError(f"{len(articles)} articles are given for {size} paragraphs; give one each")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in articles], np.int64)


def by_article(cells: Ints, member: Ints, width: int) -> Ints:
    """Count the cells 0 … ``width`` - 1 of each article, shape (articles, width).

    Where each paragraph is an article, to draw the one is to draw the other: all are one then, and
    so they are where articles are fewer than `FEWEST_ARTICLES`.
    """
    _, member = np.unique(member, return_inverse=True)
    height = int(member.max(initial=0)) + 1
    if height == len(member) or height < FEWEST_ARTICLES:
        member, height = np.zeros_like(member), 1
    counts = np.bincount(member * width + cells, minlength=height * width)
    return counts.reshape(height, width)


def draw(cells: Ints, rng: np.random.Generator) -> list[Floats]:
    """Return sums of cells over paragraphs drawn with replacement, then over articles so drawn."""
    height, width = cells.shape
    total, n = cells.sum(axis=0), int(cells.sum())
    times = max(100, min(RESAMPLES, CELLS // max(1, width, height)))
    drawn = [rng.multinomial(n, total / n, times).astype(float)]
    if height > 1:
        drawn.append(
            rng.multinomial(height, np.full(height, 1 / height), times) @ cells.astype(float)
        )
    return drawn


def interval(drawn: Iterable[Floats], point: float) -> tuple[float, float]:
    """Return the widest 95 % percentile interval, the point itself always inside."""
    ends = [np.percentile(values, (2.5, 97.5)).tolist() for values in drawn if len(values)]
    return min([point, *(low for low, _ in ends)]), max([point, *(high for _, high in ends)])
