"""How much of a corpus, an article, a month or a source is about each theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from topics.findings import Findings
from topics.plotting.canvas import (
    NARROW,
    WIDTH,
    columns,
    cut_to,
    drawn,
    entitle,
    label,
    legend,
    legend_height,
    sheet,
    single,
)
from topics.plotting.house import INK, MAX_ARTICLES, MUTED, PAPER, REST, colours, phrases
from topics.plotting.numbers import Bar, article_rows, by_source, over_time, shares_of

_SAID: Final = 80.0  # points that a share and its interval take beside the bar


@drawn
def theme_shares(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Share of each theme as a bar, its 95 % interval as a line where there is one."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    shares = shares_of(findings)
    figure, axes = single(0.9 + 0.36 * len(shares), words["theme_shares"], width)
    for row, share in enumerate(shares):
        axes.barh(row, share.estimate, height=0.62, color=palette[share.theme])
        text, end = f"{share.estimate:.0%}", share.estimate
        if share.low < share.high:
            span = ([share.low, share.high], [row, row])
            axes.plot(*span, color=PAPER, linewidth=3.2)  # a rim: the line must show on dark bars
            axes.plot(*span, color=INK, linewidth=1.1, marker="|")
            text, end = f"{text}  ({share.low:.0%}–{share.high:.0%})", share.high
        axes.annotate(text, (end, row), (7, 0), textcoords="offset points", va="center")
    names = [label(findings.themes.label(share.theme, lang), 24) for share in shares]
    axes.set_yticks(range(len(shares)), names)
    room = 72 * width - 5 * max(map(columns, names), default=0) - 10  # points of the axes
    axes.set_xlim(0, max([share.high for share in shares] + [0.1]) * room / (room - _SAID))
    _percent(axes)
    axes.invert_yaxis()
    return figure


@drawn
def article_shares(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Shares of the themes in each article, stacked; the first 30 articles."""
    rows = article_rows(findings)[:MAX_ARTICLES]
    bars = [
        Bar(row.article.title, {c: round(s * len(row.tags)) for c, s in row.shares.items()})
        for row in rows
    ]
    most = cut_to(26, width)
    numbered = [f"{row.index}  {label(row.article.title, most)}" for row in rows]
    return _stacked(findings, bars, numbered, (lang, "article_shares"), width)


@drawn
def source_shares(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Shares of the themes in each source, stacked; the 30 largest sources."""
    bars = by_source(findings)[:MAX_ARTICLES]
    names = [label(bar.name, cut_to(26, width)) for bar in bars]
    return _stacked(findings, bars, names, (lang, "source_shares"), width)


@drawn
def time_shares(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Shares of the themes over time, one column a day, month or year."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    bars = over_time(findings)
    figure, axes = single(
        2.8 + legend_height(findings.themes, lang, width), words["time_shares"], width
    )
    below = [0.0] * len(bars)
    for code in findings.themes.classes:
        heights = [bar.share(code) for bar in bars]
        axes.bar(range(len(bars)), heights, bottom=below, color=palette[code], width=0.8)
        below = [a + b for a, b in zip(below, heights, strict=True)]
    totals = [str(bar.total or "–") for bar in bars]
    # Where a number is wider than its column, numbers stand upright.
    upright = 4 * max(map(len, totals)) > (72 * width - 40) / len(bars)
    for column, total in enumerate(totals):
        axes.annotate(
            total, (column, 1), (0, 3), textcoords="offset points", ha="center", va="bottom",
            color=MUTED, fontsize=7, rotation=90 if upright and total != "–" else 0,
        )  # fmt: skip
    _name_times(axes, bars, cut_to(13, width))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylim(0, 1.08)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.spines["left"].set_visible(False)
    legend(figure, findings.themes, lang)
    return figure


def _name_times(axes: Axes, bars: Sequence[Bar], most: int) -> None:
    """Name up to ``most`` of the times; the year, or year and month, where it changes."""
    step = math.ceil(len(bars) / most)
    names, before = [], ""
    for bar in bars[::step]:
        head, _, last = bar.name.rpartition("-")
        names.append(f"{last}\n{head}" if head and head != before else last)
        before = head
    axes.set_xticks(range(0, len(bars), step), names)


@drawn
def time_trends(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Share of each theme over time with its 95 % interval, a panel and a scale each."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    bars = over_time(findings)
    known = [n for n, bar in enumerate(bars) if bar.total]
    classes = findings.themes.classes
    abreast = min(2 if width <= NARROW else 3, len(classes))
    rows = math.ceil(len(classes) / abreast)
    figure = sheet(0.4 + 1.5 * rows, width)
    entitle(figure, words["time_trends"])
    panels = figure.subplots(rows, abreast, squeeze=False).ravel()
    for axes, code in zip(panels, classes, strict=False):
        low, high = zip(*(bars[n].interval(code) for n in known), strict=True)
        axes.vlines(known, low, high, color=palette[code], linewidth=3.5, alpha=0.3)
        # A time without a paragraph breaks the line.
        shares = [bar.share(code) if bar.total else math.nan for bar in bars]
        axes.plot(shares, color=palette[code], linewidth=1.2, marker="o", markersize=3)
        axes.set_title(label(findings.themes.label(code, lang), 28), fontsize=9, pad=4)
        axes.set_ylim(0, min(1.0, 1.1 * max(high)))
        axes.set_xlim(-0.6, len(bars) - 0.4)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.tick_params(axis="both", labelsize=8)
        axes.grid(visible=True, axis="y")
        axes.spines["left"].set_visible(False)
        _name_times(axes, bars, 5)
    for axes in panels[len(classes) :]:
        axes.set_visible(False)
    return figure


def _stacked(
    findings: Findings,
    bars: Sequence[Bar],
    names: Sequence[str],
    said: tuple[str, str],
    width: float,
) -> Figure:
    """One bar of full length a row; ``said``: language and name of the title."""
    lang, title = said
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    height = 0.9 + legend_height(findings.themes, lang, width) + 0.27 * len(bars)
    figure, axes = single(height, words[title], width)
    left = [0.0] * len(bars)
    for code in findings.themes.classes:
        widths = [bar.share(code) for bar in bars]
        axes.barh(
            range(len(bars)), widths, left=left, height=0.72, color=palette.get(code, REST),
            edgecolor=PAPER, linewidth=0.4,
        )  # fmt: skip
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for row, bar in enumerate(bars):
        axes.annotate(
            words["n"].format(n=bar.total), (1, row), (5, 0), textcoords="offset points",
            va="center", color=MUTED, fontsize=8,
        )  # fmt: skip
    axes.set_yticks(range(len(bars)), names)
    for tick in axes.get_yticklabels():
        tick.set_horizontalalignment("right")
    axes.set_xlim(0, 1.1)
    axes.set_ylim(-0.6, len(bars) - 0.4)
    _percent(axes)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.invert_yaxis()
    legend(figure, findings.themes, lang)
    return figure


def _percent(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=True, axis="x")
    axes.spines["bottom"].set_visible(False)
