"""Findings → Figure. Nothing here shows, saves or touches pyplot; only here is matplotlib known.

Layers inside: numbers (pure) and house (colours, words) → canvas (font, style, SVG and PNG) →
shares, paragraphs, words, clouds, scores → drawing (all of them). Names are loaded when first
used, so that numbers and colours cost no matplotlib.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from topics.plotting.canvas import NARROW, label, to_png, to_svg
    from topics.plotting.choices import topic_choice
    from topics.plotting.clouds import theme_clouds
    from topics.plotting.drawing import MAX_HEATMAPS, draw_all, draw_scores
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

__all__ = [
    "MAX_HEATMAPS",
    "NARROW",
    "article_heatmap",
    "article_shares",
    "calibration",
    "confusion",
    "draw_all",
    "draw_scores",
    "label",
    "paragraph_map",
    "risk_coverage",
    "source_shares",
    "theme_clouds",
    "theme_flow",
    "theme_shares",
    "theme_words",
    "time_shares",
    "time_trends",
    "to_png",
    "to_svg",
    "topic_choice",
    "topic_theme_relation",
    "topic_words",
]

_MODULES: Final = (
    "drawing",
    "canvas",
    "choices",
    "clouds",
    "paragraphs",
    "scores",
    "shares",
    "words",
)


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module's attribute may be anything
    if name in __all__:
        for module in _MODULES:
            found = importlib.import_module(f"topics.plotting.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
