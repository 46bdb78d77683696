"""Word clouds: a glance at each theme's words. Placed by a spiral, so the same words lie the same.

A cloud misleads: a long word looks greater than its weight. So bars come first, sizes follow the
weights and nothing else, no word is turned, and none is left out for want of room.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray
from pylopdf_fonts_zh_cn import sans_path

from topics.findings import Findings
from topics.plotting.canvas import NARROW, SPACING, WIDTH, drawn, label, title_lines
from topics.plotting.house import colours, phrases

WORDS: Final = 24
"""Words in one cloud: thirty are known, the last are too small to read."""
_HIGH: Final = 1.75  # inches of a cloud
_HEAD: Final = 0.27  # inches of its name
_BELOW: Final = 0.12  # inches that part it from the next
_GREATEST: Final = 26.0  # points
_LEAST: Final = 7.5
_SHRINK: Final = 0.94
_GAP: Final = 0.05  # inches between two words


@dataclass(frozen=True, slots=True)
class _Box:
    """A word at its place: the middle, half of its width and of its height, in inches."""

    x: float
    y: float
    wide: float
    high: float


@drawn
def theme_clouds(findings: Findings, lang: str = "zh", *, width: float = WIDTH) -> Figure:
    """A cloud of each theme's best words: the area of a word's letters follows its weight."""
    palette = colours(findings.themes)
    clouds = [code for code in findings.themes.classes if findings.theme_words.get(code)]
    abreast = 1 if width <= NARROW else 2
    wide, high = width / abreast, _HEAD + _HIGH + _BELOW
    said = title_lines(phrases(lang)["plot"]["theme_clouds"], width)
    top = 0.4 + 0.2 * (len(said) - 1)
    height = top + math.ceil(len(clouds) / abreast) * high
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.text(0.05, 0.08, "\n".join(said), va="top", fontsize=10.5, linespacing=SPACING)
    for n, code in enumerate(clouds):
        corner = (wide * (n % abreast), top + n // abreast * high)
        name = label(findings.themes.label(code, lang), 40)
        _cloud(axes, findings.theme_words[code][:WORDS], (name, palette[code]), (*corner, wide))
    return figure


def _cloud(
    axes: Axes,
    words: Sequence[tuple[str, float]],
    theme: tuple[str, str],
    place: tuple[float, float, float],
) -> None:
    """Draw one cloud under its name; every word has a line in the theme's colour.

    ``place``: left, top and width, in inches.
    """
    (name, colour), (left, top, wide) = theme, place
    axes.plot(
        [left + 0.05, left + 0.17],
        [top + 0.15] * 2,
        color=colour,
        linewidth=7,
        solid_capstyle="butt",
    )
    axes.text(left + 0.24, top + 0.15, name, va="center", fontsize=9.5)
    shown = [(label(word, 20), max(weight, 0.0)) for word, weight in words]
    sizes, boxes = _placed(shown, wide - 0.2, _HIGH - 0.1)
    x, y = left + wide / 2, top + _HEAD + _HIGH / 2
    for (word, _), size, box in zip(shown, sizes, boxes, strict=False):
        at = (x + box.x, y + box.y)
        below = at[1] + box.high * 0.98
        axes.plot([at[0] - box.wide, at[0] + box.wide], [below] * 2, color=colour,
                  linewidth=0.6 + size / 18, solid_capstyle="butt")  # fmt: skip
        axes.text(*at, word, ha="center", va="center_baseline", fontsize=size)


def _placed(
    words: Sequence[tuple[str, float]], wide: float, high: float
) -> tuple[list[float], list[_Box]]:
    """Return the size of each word and its box; all shrink together until all find room."""
    greatest, most = _GREATEST, max((weight for _, weight in words), default=0.0) or 1.0
    while True:
        # The area of the letters, so the root of the weight; a floor keeps the last readable.
        sizes = [max(_LEAST, greatest * math.sqrt(weight / most)) for _, weight in words]
        boxes: list[_Box] = []
        for (word, _), size in zip(words, sizes, strict=True):
            half = (_ems(word) * size / 144, size / 144 * 1.16)
            found = _room(half, boxes, (wide / 2, high / 2))
            if found is None:
                break
            boxes.append(found)
        if len(boxes) == len(words):
            return sizes, boxes
        greatest *= _SHRINK
        if greatest < _LEAST:  # words longer than the panel: fewer of them are drawn
            words = words[: len(boxes)]
            greatest = _LEAST


def _room(
    half: tuple[float, float], taken: Sequence[_Box], edge: tuple[float, float]
) -> _Box | None:
    """Return the first free box along a spiral from the middle; nothing where there is none."""
    (wide, high), points = half, _spiral() * edge
    free = (np.abs(points) + half <= edge).all(axis=1)
    for box in taken:
        near_x = np.abs(points[:, 0] - box.x) < wide + box.wide + _GAP
        near_y = np.abs(points[:, 1] - box.y) < high + box.high + _GAP
        free &= ~(near_x & near_y)
    if not free.any():
        return None
    x, y = points[int(free.argmax())]
    return _Box(float(x), float(y), wide, high)


@functools.cache
def _spiral() -> NDArray[np.float64]:
    """Return the points of a spiral that leaves the square from −1 to 1; shape (points, 2)."""
    step = np.arange(900)
    far = step / len(step) * 1.3
    return np.stack([far * np.cos(step * 0.35), far * np.sin(step * 0.35)], axis=1)


@functools.lru_cache(maxsize=4096)
def _ems(word: str) -> float:
    """Return how wide a word is, in multiples of its size."""
    font = _font()
    font.set_size(100, 72)
    font.set_text(word, 0)
    return float(font.get_width_height()[0] / 64 / 100)


@functools.cache
def _font() -> FT2Font:
    return FT2Font(str(sans_path()))
