"""Plots at full width and at a phone's: no text is cut off, none lies on another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tests.demo_findings import demo
from topics import plotting
from topics.findings import Findings
from topics.plotting.canvas import WIDTH, columns, folded, per_row, style

LONG = ("Promotion of social harmony", "Guidance", "Supervision by the public", "Living standards")


def _seen(figure: Figure) -> Iterator[tuple[Text, Bbox]]:
    """Draw; yield the texts that are seen and their boxes, in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    beyond = set()
    for axes in figure.axes:
        for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():  # matplotlib keeps ticks that it does not draw
                if not min(ends) - 1e-9 <= tick.get_loc() <= max(ends) + 1e-9:
                    beyond |= {tick.label1, tick.label2}
    for text in figure.findobj(Text):
        shown = text.axes is None or text.axes.get_visible()
        if isinstance(text, Text) and shown and text.get_visible() and text not in beyond:
            box = text.get_window_extent(canvas.get_renderer())
            if text.get_text().strip() and box.width:
                yield text, box


def faults(figure: Figure) -> list[tuple[str, ...]]:
    """Return the texts that leave the figure, and the pairs that lie on each other."""
    with style():
        seen, whole = list(_seen(figure)), figure.bbox
    found: list[tuple[str, ...]] = [
        (text.get_text(),)
        for text, box in seen
        if min(box.x0, box.y0) < -1 or box.x1 > whole.x1 + 1 or box.y1 > whole.y1 + 1
    ]
    # The box of a slanting text is mostly empty: two of them meet where their words do not.
    level = [(text, box) for text, box in seen if text.get_rotation() % 90 == 0]
    for (one, a), (two, b) in itertools.combinations(level, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > 1 and down > 2:
            found.append((one.get_text(), two.get_text()))
    return found


def _renamed(findings: Findings) -> Findings:
    """Return the findings with longer English names of the themes."""
    pairs = zip(findings.themes, LONG, strict=True)
    themes = tuple(replace(theme, en=name) for theme, name in pairs)
    return replace(findings, themes=replace(findings.themes, themes=themes))


@pytest.mark.parametrize("width", [WIDTH, plotting.NARROW])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_has_room(lang: str, width: float) -> None:
    findings = demo(articles=3)
    for shown in (findings, _renamed(findings)):
        for name, figure in plotting.draw_all(shown, lang, width).items():
            assert figure.get_figwidth() <= width
            assert (name, faults(figure)) == (name, [])


def test_a_text_without_room_is_found() -> None:
    figure = Figure(figsize=(1, 1))
    figure.text(0.5, 0.5, "wider than an inch")
    figure.text(0.6, 0.5, "on it")
    assert faults(figure) == [("wider than an inch",), ("wider than an inch", "on it")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_plot_of_k_has_room_and_no_hair_s_breadth_for_a_scale(lang: str) -> None:
    scores = {name: [0.974891, 0.974892] for name in ("npmi", "exclusivity", "diversity")}
    figure = plotting.topic_choice([5, 10], scores, 5, lang)
    assert faults(figure) == []
    low, high = figure.axes[0].get_ylim()
    assert high - low > 0.03
    assert not any("e" in text.get_text() for text in figure.axes[0].get_yticklabels())
    assert faults(plotting.topic_choice([3], {"npmi": [-0.1]}, 3, lang)) == []


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("协商议政", 8, ["协商议政"]),
        ("协商议政", 7, ["协商", "议政"]),
        ("Political guidance", 12, ["Political", "guidance"]),
        ("Consultation", 5, ["Consultation"]),
        ("主题的走向：一格一段，色淡者不足一半", 26, ["主题的走向：一格一段，", "色淡者不足一半"]),
        ("", 5, [""]),
    ],
)
def test_lines_end_where_a_reader_pauses(text: str, room: int, lines: list[str]) -> None:
    assert folded(text, room) == lines


def test_no_line_begins_with_a_closing_mark() -> None:
    for room in range(4, 40):
        lines = folded("各主题占比随时间的变化（各图纵轴不同；竖条为 95% 区间）。", room)
        assert not any(line[0] in "，。；）" for line in lines)
        assert max(map(columns, lines)) <= room + 4


def test_a_legend_s_rows_hold_what_finds_room() -> None:
    assert per_row(["政治引领"] * 5, WIDTH) == 5
    assert per_row(["政治引领"] * 5, plotting.NARROW) == 3
    assert per_row(["a name of twenty-four ch"] * 8, plotting.NARROW) == 2
    assert per_row(["a name of twenty-four ch"] * 8, 2) == 1
