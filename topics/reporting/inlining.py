"""A plot's SVG, made part of a page: it takes the page's colours and fonts, and clashes with none.

Text → text: matplotlib is not needed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from topics.plotting.house import GRID, INK, MUTED, PALETTE, PAPER, REST

_VARIABLES: Final = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--rule",
    PAPER: "--paper",
    REST: "--tx",
    **{colour: f"--t{n}" for n, colour in enumerate(PALETTE)},
}
_HEAD: Final = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", re.S)
_SIZE: Final = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
_COLOUR: Final = re.compile(r"(fill|stroke): (#[0-9a-f]{6})")
_FONT: Final = re.compile(r"font-family: [^;\"]*; ?")
_USED: Final = re.compile(r'(?:xlink:href="#|url\(#)([^")]+)')
_ID: Final = re.compile(r' id="([^"]*)"')
_BREAK: Final = re.compile(r"\s*\n\s*")
_TURN: Final = re.compile(r' transform="rotate\(-?0 [^)]*\)"')


_DOTS: Final = re.compile(r'<g id="dots-(\d+)">.*?</g>', re.S)
_DOT: Final = re.compile(r"<use [^>]*/>")


def linked(svg: str, places: Sequence[Sequence[str]]) -> str:
    """Return the map with each dot a link; ``places``: per class the ids, in the dots' order.

    Links are left out of the Tab order: hundreds of stops would shut the keyboard out. The page's
    script lets one in and walks from there.
    """

    def group(found: re.Match[str]) -> str:
        goals = iter(places[int(found[1])])
        return _DOT.sub(lambda m: f'<a href="#{next(goals)}" tabindex="-1">{m[0]}</a>', found[0])

    return _DOTS.sub(group, svg)


def inline(svg: str, name: str) -> str:
    """Return the ``<svg>`` element alone; ids are kept where used, and begin with ``name``."""
    svg = _BREAK.sub(" ", _TURN.sub("", _HEAD.sub("", svg)))
    used = set(_USED.findall(svg))
    svg = _ID.sub(lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = _USED.sub(lambda m: m[0].replace(f"#{m[1]}", f"#{name}-{m[1]}"), svg)
    svg = _COLOUR.sub(
        lambda m: f"{m[1]}: var({_VARIABLES[m[2]]})" if m[2] in _VARIABLES else m[0], svg
    )
    svg = _FONT.sub("", svg)
    return _SIZE.sub(r'\1 aria-hidden="true" focusable="false"', svg, count=1)
