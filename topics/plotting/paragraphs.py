"""Where the themes stand: through each article, in one article, on a map."""

from __future__ import annotations

import math
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from topics.findings import Findings
from topics.plotting.canvas import (
    WIDTH,
    class_names,
    columns,
    cut_to,
    drawn,
    fitting,
    folded,
    label,
    legend,
    legend_height,
    line_of,
    per_row,
    single,
)
from topics.plotting.house import (
    INK,
    MARKERS,
    MAX_ARTICLES,
    MAX_CELLS,
    MUTED,
    PAPER,
    colours,
    phrases,
)
from topics.plotting.numbers import UNSURE, article_rows, map_dots
from topics.themes import OTHER

_HEAD: Final = 8.5  # points of a column's name
_SLANT: Final = 40  # degrees


@drawn
def theme_flow(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Each article as a row of paragraphs, coloured by theme; faint where the tag is unsure."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    rows = article_rows(findings)[:MAX_ARTICLES]
    height = 1.0 + legend_height(findings.themes, lang, width) + 0.27 * len(rows)
    figure, axes = single(height, words["theme_flow"], width)
    for place, row in enumerate(rows):
        for code in findings.themes.classes:
            for sure, alpha in ((True, 1.0), (False, 0.42)):
                cells = [
                    (n + 0.54, 0.92)
                    for n, tag in enumerate(row.tags)
                    if tag.theme == code and (tag.probability >= UNSURE) == sure
                ]
                if cells:
                    axes.broken_barh(
                        cells, (place - 0.36, 0.72), color=palette[code], alpha=alpha, linewidth=0
                    )
    most = cut_to(26, width)
    axes.set_yticks(
        range(len(rows)), [f"{row.index}  {label(row.article.title, most)}" for row in rows]
    )
    axes.set_xlim(0.4, max(len(row.tags) for row in rows) + 0.6)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel(words["paragraph"])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    legend(figure, findings.themes, lang)
    return figure


@drawn
def article_heatmap(
    findings: Findings, index: int = 1, lang: str = "zh", *, width: float = WIDTH
) -> Figure:
    """Probability of every theme in each paragraph of article ``index`` (from 1)."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    row = article_rows(findings)[index - 1]
    tags, classes = row.tags[:MAX_CELLS], findings.themes.classes
    title = words["heatmap"].format(title=label(row.article.title, 44))
    figure, axes = single(1.0 + 0.25 * len(tags), title, width)
    for y, tag in enumerate(tags):
        for x, code in enumerate(classes):
            cell(axes, (x, y), tag.probabilities[code], palette[code])
    most = cut_to(24, width)
    begins = [f"{label(tag.text, most)}  {n}" for n, tag in enumerate(tags, 1)]
    names = [label(findings.themes.label(code, lang), 18) for code in classes]
    frame(figure, names, begins)
    return figure


def cell(
    axes: Axes, place: tuple[int, int], value: float, colour: str, text: str | None = None
) -> None:
    """One cell of a table: the deeper the tint, the larger the value (0 to 1).

    ``text`` stands in it; without one, the value where it is at least 10 %. A tint of at most
    60 % keeps both readable on light and on dark paper.
    """
    x, y = place
    axes.add_patch(
        Rectangle((x - 0.48, y - 0.44), 0.96, 0.88, color=colour, alpha=0.04 + 0.56 * value, lw=0)
    )
    if text is None:
        text = f"{value:.0%}" if value >= 0.1 else ""
    axes.text(x, y, text, ha="center", va="center_baseline", fontsize=8)


def frame(figure: Figure, heads: list[str], rows: list[str], beside: float = 0.0) -> None:
    """Name the columns above and the rows at the left of a table of cells.

    A name that is wider than its column is folded; where that does not help, all names slant. The
    figure grows by what they take. ``beside``: points that stand left of the names of the rows.
    """
    (axes,), (width, height) = figure.axes, figure.get_size_inches()
    taken = (4 * max(map(columns, rows), default=0) + beside + 12) / 72
    room = fitting(_HEAD, 72 * (width - taken) / len(heads) - 3)
    lines = [folded(head, room) for head in heads]
    slant = max(columns(line) for head in lines for line in head) > room
    if slant:
        longest = max(map(columns, heads)) * _HEAD / 2
        more = longest * math.sin(math.radians(_SLANT)) / 72
    else:
        heads = ["\n".join(head) for head in lines]
        more = 0.14 * (max(map(len, lines)) - 1)
    figure.set_size_inches(width, height + more)
    axes.set_xticks(range(len(heads)), heads)
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelcolor=INK)
    axes.tick_params(axis="y", labelsize=8)
    for tick in axes.get_xticklabels():
        if slant:
            tick.set(rotation=_SLANT, ha="left", va="bottom", rotation_mode="anchor")
        else:  # names with and without g, p, y stand on one line
            tick.set(va="baseline")
    axes.set_xlim(-0.5, len(heads) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for side in axes.spines.values():
        side.set_visible(False)


@drawn
def paragraph_map(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Every paragraph as a dot: near ones use like words. At most 1,500, evenly picked."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    hint = folded(words["map_hint"], line_of(8, width))
    names = class_names(findings.themes, lang)
    below = 0.12 * len(hint) + legend_height(findings.themes, lang, width)
    figure, axes = single(min(4.26, width) + below, words["paragraph_map"], width)
    classes, dots = findings.themes.classes, map_dots(findings)
    size = 5.8 if sum(map(len, dots)) < 300 else 4.0
    for number in reversed(range(len(classes))):
        places, code = [findings.positions[n] for n in dots[number]], classes[number]
        if not places:
            continue
        rest = code == OTHER
        # Lines of markers and not a scatter: that draws few dots in another way than many.
        axes.plot(
            *zip(*places, strict=True), linestyle="none", gid=f"dots-{number}",
            marker="o" if rest else MARKERS[number % len(MARKERS)],
            markersize=size * (0.7 if rest else 1), color=palette[code],
            markeredgecolor=PAPER, markeredgewidth=0.5, alpha=0.9,
            label=names[number],
        )  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
    axes.margins(0.04)
    for side in axes.spines.values():
        side.set_visible(False)
    handles, shown = axes.get_legend_handles_labels()
    figure.legend(
        handles[::-1], shown[::-1], loc="outside lower left", ncols=per_row(shown[::-1], width),
        handletextpad=0.1, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip
    axes.annotate(
        "\n".join(hint), (0, 0), (0, -4), xycoords="axes fraction", va="top",
        textcoords="offset points", color=MUTED, fontsize=8,
    )  # fmt: skip
    return figure
