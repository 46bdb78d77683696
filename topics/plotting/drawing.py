"""Every plot that findings have numbers for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from matplotlib.figure import Figure

from topics.findings import Findings
from topics.plotting.canvas import WIDTH
from topics.plotting.clouds import theme_clouds
from topics.plotting.numbers import article_rows, by_source, over_time
from topics.plotting.paragraphs import article_heatmap, paragraph_map, theme_flow
from topics.plotting.scores import calibration, confusion, risk_coverage
from topics.plotting.shares import (
    article_shares,
    source_shares,
    theme_shares,
    time_shares,
    time_trends,
)
from topics.plotting.words import theme_words, topic_theme_relation, topic_words

MAX_HEATMAPS: Final = 6
"""Articles that get a heat map in a report: a second each at 300 dpi."""


class Plot(Protocol):
    """A plot of some findings in a language, so many inches wide."""

    def __call__(self, findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
        """Draw it."""


_PLOTS: Final[tuple[tuple[str, Plot, Callable[[Findings], bool]], ...]] = (
    ("theme-shares", theme_shares, lambda f: bool(f.tags)),
    ("article-shares", article_shares, lambda f: bool(f.tags) and not f.rows_only),
    ("theme-flow", theme_flow, lambda f: bool(f.tags) and not f.rows_only),
    ("theme-words", theme_words, lambda f: any(f.theme_words.values())),
    ("theme-clouds", theme_clouds, lambda f: any(f.theme_words.values())),
    ("paragraph-map", paragraph_map, lambda f: bool(f.positions) and bool(f.tags)),
    ("time-shares", time_shares, lambda f: bool(over_time(f))),
    ("time-trends", time_trends, lambda f: bool(over_time(f))),
    ("source-shares", source_shares, lambda f: bool(by_source(f))),
    ("topic-words", topic_words, lambda f: bool(f.topics)),
    ("topic-themes", topic_theme_relation, lambda f: bool(f.topics)),
    ("confusion", confusion, lambda f: bool(f.scores and f.scores.n)),
    ("calibration", calibration, lambda f: bool(f.scores and f.scores.calibration)),
    ("risk-coverage", risk_coverage, lambda f: bool(f.scores and f.scores.risk_coverage)),
)

_OF_SCORES: Final = ("theme-shares", "confusion", "calibration", "risk-coverage")


def draw_scores(findings: Findings, lang: str = "zh") -> dict[str, Figure]:
    """Return the plots of what labels say of tags, and of the shares that this leaves."""
    return {
        name: plot(findings, lang)
        for name, plot, fits in _PLOTS
        if name in _OF_SCORES and fits(findings)
    }


def draw_all(findings: Findings, lang: str = "zh", width: float = WIDTH) -> dict[str, Figure]:
    """Return every plot that the findings have numbers for: name → figure, in reading order.

    Args:
        findings: what to draw.
        lang: ``zh`` or ``en``.
        width: inches; ``NARROW`` is for the column of a phone.
    """
    figures = {
        name: plot(findings, lang, width=width) for name, plot, fits in _PLOTS if fits(findings)
    }
    for row in [] if findings.rows_only else article_rows(findings)[:MAX_HEATMAPS]:
        figures[f"heatmap-{row.index:03d}"] = article_heatmap(
            findings, row.index, lang, width=width
        )
    return figures
