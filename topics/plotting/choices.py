"""How many topics: all scores over K, one panel each, never one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from topics.plotting.canvas import drawn, entitle, label, sheet
from topics.plotting.house import INK, MUTED, PALETTE, phrases

_NAMES: Final = {
    "npmi": ("连贯性 NPMI ↑", "coherence NPMI ↑"),
    "c_v": ("连贯性 C_v ↑", "coherence C_v ↑"),
    "exclusivity": ("专属性 ↑", "exclusivity ↑"),
    "diversity": ("多样性 ↑", "diversity ↑"),
    "stability": ("用词稳定 ↑", "same words ↑"),
    "agreement": ("归类一致 ↑", "same documents ↑"),
    "perplexity": ("困惑度 ↓", "perplexity ↓"),
    "place": ("总评 ↑", "all together ↑"),
}
_LEAST: Final = 0.02
"""Half of what an axis shows at least, as a share of the value: a hair is no difference."""


@drawn
def topic_choice(
    sizes: Sequence[int],
    scores: Mapping[str, Sequence[float]],
    advised: int,
    lang: str = "zh",
    *,
    spreads: Mapping[str, Sequence[float]] | None = None,
) -> Figure:
    """Every score over the number of topics; the advised number is marked in all panels.

    Args:
        sizes: numbers of topics that were tried.
        scores: score → its value at each number; a score that is NaN throughout is left out.
        advised: the recommended number.
        lang: ``zh`` or ``en``.
        spreads: score → how far its runs lie apart at each number; drawn as a band.
    """
    shown = {name: row for name, row in scores.items() if any(v == v for v in row)}  # NaN ≠ NaN
    rows = -(-max(1, len(shown)) // 2)
    words = phrases(lang)["plot"]
    figure = sheet(0.7 + 1.55 * rows)
    entitle(figure, words["topic_choice"].format(k=advised))
    figure.supxlabel(words["topic_number"], fontsize=8.5, color=MUTED)
    panels = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    for axes, (name, values) in zip(panels, shown.items(), strict=False):
        axes.axvline(advised, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        band = np.asarray((spreads or {}).get(name, np.zeros(len(sizes))))
        axes.fill_between(sizes, values - band, values + band, color=PALETTE[1], alpha=0.2, lw=0)
        axes.plot(sizes, values, color=PALETTE[1], linewidth=1.2, marker="o", markersize=3.5)
        names = _NAMES.get(name, (name, name))
        axes.set_title(label(names[lang != "zh"]), fontsize=9, color=INK)
        axes.set_xticks(list(sizes), [str(size) for size in sizes])
        low, high = float(np.nanmin(values - band)), float(np.nanmax(values + band))
        half = max(0.7 * (high - low), _LEAST * max(abs(low), abs(high)), 1e-3)
        axes.set_ylim((low + high) / 2 - half, (low + high) / 2 + half)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    return figure
