"""What plots and pages share: colours and words. Light: no matplotlib here."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from topics.errors import OptionsError, did_you_mean
from topics.themes import OTHER, ThemeSet

LANGUAGES: Final = ("zh", "en")

INK: Final = "#1d1c1a"
MUTED: Final = "#5f5c57"
GRID: Final = "#e3dfd6"
PAPER: Final = "#fcfbf8"
REST: Final = "#b3afa6"
"""The colour of "none of these"."""

# Brick, cornflower, ochre, deep teal, plum, rose, bark, violet. Chosen by search for the largest
# smallest OKLab distance under normal sight, protanopia, deuteranopia and tritanopia (Machado
# 2009); tests/test_plotting.py measures it. Contrast to paper ≥ 2.85.
PALETTE: Final = (
    "#ad4a33", "#5c8cda", "#bd8d2c", "#0a4644", "#7458a3", "#c85e83", "#3f2903", "#640981",
)  # fmt: skip
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")

MAX_ARTICLES: Final = 30
"""Rows of a plot that still have a readable title on one page."""
MAX_CELLS: Final = 40
"""Paragraphs of one article in its heat map."""
MAX_TOPICS: Final = 18
"""Topics in one figure; the tables hold all."""


@functools.cache
def phrases(lang: str) -> Mapping[str, Any]:
    """Return the words of a language (``zh`` or ``en``), from its data file.

    Raises:
        OptionsError: there is no such language.
    """
    if lang not in LANGUAGES:
        raise OptionsError(f"language {lang!r} is unknown{did_you_mean(lang, LANGUAGES)}")
    file = resources.files("topics") / "data" / "templates" / f"{lang}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def colours(themes: ThemeSet) -> dict[str, str]:
    """Return class → colour: the same for a theme in every plot; other is grey."""
    named = {code: PALETTE[n % len(PALETTE)] for n, code in enumerate(themes.codes)}
    return {**named, OTHER: REST}


def name_of(themes: ThemeSet, code: str, lang: str) -> str:
    """Return the name of a class for people; a code that is no class stays as it is."""
    return themes.label(code, lang) if code in themes.classes else code
