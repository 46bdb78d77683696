"""The sheet every plot is drawn on: font, style, legend, and figure → SVG or PNG.

Nothing here touches pyplot or a file: figures belong to who asked for them, and threads of a web
page may draw side by side.
"""

from __future__ import annotations

import functools
import io
import math
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Patch
from pylopdf_fonts_zh_cn import sans_path

from topics.plotting.house import GRID, INK, MUTED, PAPER, REST, colours, name_of
from topics.themes import ThemeSet

WIDTH: Final = 6.4
"""Inches. 9.5 pt text then reads as 14 px in a 700 px column and 3 mm on paper."""

NARROW: Final = 3.9
"""Inches. The same text then reads as 12 px in the 354 px that a phone leaves a column."""

_FONT_STACK: Final = (
    "'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
)
_PER_ROW: Final = 5
_COLUMN: Final = 0.5  # of the text's size: what one of its columns takes, see columns()
_ENTRY: Final = 28.0  # points of a legend's entry beside its name
_TITLE: Final = 10.5  # points
_MARGIN: Final = 16.0  # points that a line leaves free: a reader's own font may be wider
_LINE: Final = 0.2  # inches of a further line of a title
SPACING: Final = 1.4  # from line to line of a title; Chinese characters fill their squares
_PIECES: Final = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\S\s*")
_CLOSING: Final = frozenset("，。、：；！？）》】”’…,.:;!?)")
_MARKS: Final = "，；：。"
_MISSING: Final = "〓"  # the printer's sign for a character that is not in the case
_LOCK: Final = threading.RLock()  # rcParams are global: one thread draws at a time

# Any: matplotlib types the names of its options one by one, and every release adds some.
_STYLE: Final[Mapping[Any, Any]] = {
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,  # a $ in an article is a $
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.titlelocation": "left",
    "axes.titlesize": _TITLE,
    "axes.titlepad": 8,
    "axes.labelsize": 8.5,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": PAPER,
    "svg.fonttype": "none",  # text stays text: the reader's browser draws it
    "svg.hashsalt": "topics",  # same input, same bytes
}

P = ParamSpec("P")


@functools.cache
def _family() -> tuple[str, ...]:
    """Register Noto Sans SC by its path; return the families (one: a second doubles the time)."""
    font_manager.fontManager.addfont(str(sans_path()))
    return (FT2Font(str(sans_path())).family_name,)


@functools.cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(sans_path())).get_charmap())


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house style while this is open."""
    with _LOCK, mpl.rc_context({**_STYLE, "font.family": list(_family())}):
        yield


def drawn(plot: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorate a plot function: it runs in the house style."""

    @functools.wraps(plot)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with style():
            return plot(*args, **kwargs)

    return wrapped


def sheet(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure, ``width`` × ``height`` inches."""
    return Figure(figsize=(width, height), layout="constrained")


def single(height: float, title: str, width: float = WIDTH) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes under a title."""
    figure = sheet(height, width)
    entitle(figure, title)
    return figure, figure.subplots()


def entitle(figure: Figure, title: str) -> None:
    """Set a title that starts at the left edge; the figure grows by the lines after its first."""
    lines = title_lines(title, figure.get_figwidth())
    figure.set_figheight(figure.get_figheight() + _LINE * (len(lines) - 1))
    figure.suptitle("\n".join(lines), x=0.008, ha="left", fontsize=_TITLE, linespacing=SPACING)


def title_lines(title: str, width: float) -> list[str]:
    """Return the lines of a title over a figure of so many inches."""
    return folded(title, line_of(_TITLE, width))


def line_of(size: float, width: float) -> int:
    """Return the columns of a line of text, of a size in points, over ``width`` inches."""
    return fitting(size, 72 * width - _MARGIN)


def fitting(size: float, room: float) -> int:
    """Return how many columns of text of a size find room; both in points."""
    return max(1, int(room / size / _COLUMN))


def cut_to(most: int, width: float) -> int:
    """Return how many columns a name may take that has ``most`` in a figure of full width."""
    return int(most * width / WIDTH)


def folded(text: str, room: int) -> list[str]:
    """Return a text in lines of ``room`` columns and of about the same length.

    They end after a mark, at a space or between Chinese characters, and none begins with a closing
    mark; a word longer than a line stays whole.
    """
    even = math.ceil(columns(text) / max(1, math.ceil(columns(text) / room)))
    aim, lines = min(room, even + min(4, even // 4)), [""]
    for piece in _PIECES.findall(text):
        full = columns((lines[-1] + piece).rstrip()) > aim
        if lines[-1] and full and piece[0] not in _CLOSING:
            mark = max(map(lines[-1].rfind, _MARKS)) + 1
            if columns(lines[-1][:mark]) > aim / 2:
                lines[-1:] = [lines[-1][:mark], lines[-1][mark:]]
            else:
                lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def label(text: str, columns: int = 0) -> str:
    """Return ``text`` as a plot can show it, cut to ``columns`` (a Han character counts two).

    Characters without a glyph become 〓, control and direction marks go.
    """
    glyphs, used = _glyphs(), 0
    kept: list[str] = []
    for char in " ".join(text.split()):
        if unicodedata.category(char) in {"Cf", "Cc", "Mn", "Me", "Cs", "Co"}:
            continue
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if columns and used > columns:
            return "".join(kept[:-1]) + "…"
        kept.append(char if ord(char) in glyphs else _MISSING)
    return "".join(kept)


def columns(text: str) -> int:
    """Return how many columns a text takes in our font: a Han character two, so do · and …"""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def class_names(themes: ThemeSet, lang: str) -> list[str]:
    """Return the names of the classes as a legend shows them."""
    return [label(name_of(themes, code, lang), 24) for code in themes.classes]


def per_row(names: Sequence[str], width: float) -> int:
    """Return how many entries of a legend stand in a row: those that find room, 5 at most."""
    for count in range(min(len(names), _PER_ROW), 1, -1):
        least, more = divmod(len(names), count)  # matplotlib fills column by column
        rest = iter(names)
        stacks = [[next(rest) for _ in range(least + (n < more))] for n in range(count)]
        widest = [max(map(columns, stack)) * 9 * _COLUMN + _ENTRY for stack in stacks]
        if sum(widest) <= 72 * width:
            return math.ceil(len(names) / math.ceil(len(names) / count))  # rows of like length
    return 1


def legend_height(themes: ThemeSet, lang: str, width: float) -> float:
    """Return the inches that the legend needs."""
    names = class_names(themes, lang)
    return 0.22 * math.ceil(len(names) / per_row(names, width))


def legend(figure: Figure, themes: ThemeSet, lang: str) -> None:
    """Set the names of the classes and their colours below the plot, in one or more rows."""
    palette, names = colours(themes), class_names(themes, lang)
    handles = [
        Patch(color=palette.get(code, REST), label=name)
        for code, name in zip(themes.classes, names, strict=True)
    ]
    figure.legend(
        handles=handles, loc="outside lower left", ncols=per_row(names, figure.get_figwidth()),
        handlelength=0.9, handleheight=0.9, columnspacing=1.4, borderaxespad=0.2,
    )  # fmt: skip


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG text; the same figure gives the same text.

    The layout is settled here: drawing the figure again, as PNG, does not settle it anew.
    """
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    figure.set_layout_engine("none")
    families = ", ".join(f"'{name}'" for name in _family())
    return buffer.getvalue().replace(families, _FONT_STACK)


def to_png(figure: Figure, dpi: int = 300) -> bytes:
    """Return a figure as PNG bytes; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()
