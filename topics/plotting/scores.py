"""How far the tags can be trusted: confusion, calibration, risk–coverage."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from topics.errors import InputError
from topics.findings import Findings, Scores, wilson
from topics.plotting.canvas import WIDTH, drawn, label, single
from topics.plotting.house import GRID, INK, MUTED, PALETTE, PAPER, name_of, phrases
from topics.plotting.paragraphs import cell, frame

_ACCENT = PALETTE[1]
_HALF = 4.6  # inches of a plot that is as high as it is wide


def _scores(findings: Findings) -> Scores:
    if findings.scores is None:
        raise InputError(f"the findings {findings.name!r} have no scores; evaluate with labels")
    return findings.scores


@drawn
def confusion(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Given labels (rows) against tags (columns); the tint is the row's share."""
    words, scores = phrases(lang)["plot"], _scores(findings)
    names = [label(name_of(findings.themes, code, lang), 18) for code in scores.classes]
    figure, axes = single(1.3 + 0.38 * len(names), words["confusion"], width)
    for y, row in enumerate(scores.confusion):
        for x, count in enumerate(row):
            cell(axes, (x, y), count / max(1, sum(row)), _ACCENT, str(count))
    frame(figure, names, names, beside=16)
    axes.set_xlabel(words["predicted"], loc="left", labelpad=7)
    axes.set_ylabel(words["gold"], loc="top", labelpad=7)
    axes.xaxis.set_label_position("top")
    return figure


@drawn
def calibration(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Share right against stated probability; on the line, the tags are as sure as they may be."""
    words, scores = phrases(lang)["plot"], _scores(findings)
    figure, axes = single(min(3.9, 0.9 * width), words["calibration"], min(_HALF, width))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    most = max((count for *_, count in scores.calibration), default=1)
    for p, right, count in scores.calibration:
        axes.plot([p, p], wilson(right * count, count), color=_ACCENT, linewidth=3.5, alpha=0.3)
    axes.scatter(
        [p for p, _, _ in scores.calibration],
        [right for _, right, _ in scores.calibration],
        s=[20 + 180 * count / most for *_, count in scores.calibration],
        color=_ACCENT, linewidth=0, zorder=3,
    )  # fmt: skip
    for p, right, count in scores.calibration:
        axes.annotate(
            str(count), (p, right), (7, -11 if right > 0.1 else 5), textcoords="offset points",
            color=MUTED, fontsize=8, bbox={"facecolor": PAPER, "linewidth": 0, "pad": 0.8},
        )  # fmt: skip
    axes.set_ylim(0, 1.03)
    axes.set_xlim(0, 1.03)
    _both_percent(axes, (words["stated"], words["right"]))
    return figure


@drawn
def risk_coverage(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Share right if only the surest tags are used and people do the rest."""
    words, scores = phrases(lang)["plot"], _scores(findings)
    figure, axes = single(min(3.4, 0.85 * width), words["risk_coverage"], min(_HALF, width))
    axes.plot(
        [coverage for coverage, _ in scores.risk_coverage],
        [right for _, right in scores.risk_coverage],
        color=_ACCENT, linewidth=1.8,
    )  # fmt: skip
    low = min((right for _, right in scores.risk_coverage), default=0.0)
    axes.set_ylim(max(0.0, min(low, scores.accuracy) - 0.1), 1.02)
    axes.set_xlim(0, 1.03)
    axes.plot([1], [scores.accuracy], marker="o", color=_ACCENT)
    axes.annotate(
        words["all_tagged"].format(right=f"{scores.accuracy:.0%}"), (1, scores.accuracy), (0, -14),
        textcoords="offset points", ha="right", color=INK, fontsize=8.5,
    )  # fmt: skip
    _both_percent(axes, (words["coverage"], words["right"]))
    return figure


def _both_percent(axes: Axes, names: tuple[str, str]) -> None:
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        low, _ = axis.get_view_interval()
        axis.set_ticks([tick for tick in axis.get_ticklocs() if low <= tick <= 1.0])
    axes.tick_params(axis="both", labelsize=8.5, labelcolor=MUTED, pad=6)
    axes.grid(visible=True, color=GRID)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
