"""What the themes and topics are made of: their words, and how topics and themes meet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from topics.findings import Findings
from topics.plotting.canvas import (
    NARROW,
    SPACING,
    WIDTH,
    columns,
    cut_to,
    drawn,
    fitting,
    label,
    single,
    title_lines,
)
from topics.plotting.house import INK, MAX_TOPICS, REST, colours, phrases
from topics.plotting.numbers import topic_themes
from topics.plotting.paragraphs import cell, frame

HALF_WIDTH: Final = 4.9
"""Points that a narrow character of a panel's name takes, at 9.5 points; a wide one takes two."""


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    words: Sequence[str]
    weights: Sequence[float]
    colour: str


@drawn
def theme_words(
    findings: Findings, lang: str = "zh", limit: int = 10, *, width: float = WIDTH
) -> Figure:
    """The best words of each theme as bars; the length is the word's weight in the theme."""
    palette, panels = colours(findings.themes), []
    for code in findings.themes.classes:
        best = findings.theme_words.get(code, ())[:limit]
        if best:
            words, weights = zip(*best, strict=True)
            name = label(findings.themes.label(code, lang), 28)
            panels.append(_Panel(name, words, weights, palette[code]))
    return _panels(panels, phrases(lang)["plot"]["theme_words"], width)


@drawn
def topic_words(
    findings: Findings, lang: str = "zh", limit: int = 8, *, width: float = WIDTH
) -> Figure:
    """The best words of each topic as bars, in the colour of its theme; the 18 largest topics."""
    palette = colours(findings.themes)
    topics = sorted(findings.topics, key=lambda topic: (-topic.share, topic.id))[:MAX_TOPICS]
    panels = [
        _Panel(
            f"{label(topic.name or str(topic.id), 19)}  {topic.share:.0%}",
            topic.words[:limit], topic.weights[:limit], palette.get(topic.theme, REST),
        )
        for topic in topics
    ]  # fmt: skip
    return _panels(panels, phrases(lang)["plot"]["topic_words"], width)


def _panels(panels: Sequence[_Panel], title: str, width: float) -> Figure:
    """Small bar plots side by side, each with a scale of its own.

    All stand in one pair of axes, a unit a column and a unit a line: a pair of axes a panel
    takes ten times as long to lay out.
    """
    abreast = min(2 if width <= NARROW else 3, max(1, len(panels)))
    rows = math.ceil(len(panels) / abreast)
    most = max((len(panel.words) for panel in panels), default=0)
    said = title_lines(title, width)
    top = 1.6 + len(said) - 1
    lines = top + rows * (most + 2.4)
    figure = Figure(figsize=(width, 0.2 * lines))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, abreast)
    axes.set_ylim(lines, 0)
    axes.text(0.008 * abreast, 0.4, "\n".join(said), va="top", fontsize=10.5, linespacing=SPACING)
    for n, panel in enumerate(panels):
        _panel(axes, panel, (n % abreast, top + 0.8 + n // abreast * (most + 2.4)), width / abreast)
    return figure


def _panel(axes: Axes, panel: _Panel, place: tuple[float, float], wide: float) -> None:
    """Draw one panel, ``wide`` inches; ``place``: column and line of its name.

    Bars start at half its width.
    """
    x, y = place
    room = 72 * wide / HALF_WIDTH  # narrow characters that fit beside it
    start = max(0.0, min(0.46, 1 - columns(panel.title) / room))  # a long one starts further left
    axes.text(x + start, y + 0.1, panel.title, va="center_baseline", fontsize=9.5)
    longest = max((*panel.weights, 1e-9))
    most = fitting(8.5, 72 * 0.44 * wide - 8)
    for n, (word, weight) in enumerate(zip(panel.words, panel.weights, strict=False), 1):
        axes.text(x + 0.44, y + n + 0.2, label(word, most), ha="right", va="center", fontsize=8.5)
        axes.barh(
            y + n + 0.2, 0.5 * max(weight, 0.0) / longest, left=x + 0.46, height=0.66,
            color=panel.colour,
        )  # fmt: skip


@drawn
def topic_theme_relation(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """Which themes the most typical paragraphs of each topic have; framed: the topic's theme."""
    words, palette = phrases(lang)["plot"], colours(findings.themes)
    classes = findings.themes.classes
    pairs = sorted(
        zip(findings.topics, topic_themes(findings), strict=True),
        key=lambda pair: (
            classes.index(pair[0].theme) if pair[0].theme in classes else len(classes),
            -pair[0].share,
        ),
    )[:MAX_TOPICS]
    figure, axes = single(1.0 + 0.27 * len(pairs), words["topic_themes"], width)
    for y, (topic, values) in enumerate(pairs):
        for x, code in enumerate(classes):
            cell(axes, (x, y), values[code], palette[code])
            if code == topic.theme:
                axes.add_patch(
                    Rectangle((x - 0.48, y - 0.44), 0.96, 0.88, fill=False, edgecolor=INK, lw=0.9)
                )
    names = [label(findings.themes.label(code, lang), 18) for code in classes]
    most = cut_to(24, width)
    frame(figure, names, [label(topic.name or str(topic.id), most) for topic, _ in pairs])
    return figure
