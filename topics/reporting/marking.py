"""Paragraphs as a page shows them: evidence marked, probabilities ready. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from topics.findings import Tag
from topics.plotting.house import PALETTE
from topics.plotting.numbers import UNSURE
from topics.themes import OTHER, ThemeSet

LONG: Final = 1500
"""Characters from which a paragraph scrolls in a box of its own."""
EXCERPT: Final = 150
"""Characters of a paragraph that stand in for it in a list."""
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_xml(text: str) -> str:
    """Return text that the XML of Word and Excel can carry; what it cannot becomes �."""
    return _NOT_XML.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, evidence or not."""

    text: str
    evidence: bool = False


def pieces(tag: Tag, limit: int = 0) -> list[Piece]:
    """Cut a paragraph at its evidence; evidence that does not stand in the text is left out."""
    text = tag.text if not limit or len(tag.text) <= limit else tag.text[:limit]
    done, cut = 0, []
    for word in sorted(tag.evidence, key=lambda e: (e.start, -e.end)):
        if word.start < done or word.end > len(text) or word.start >= word.end:
            continue
        if word.start > done:
            cut.append(Piece(text[done : word.start]))
        cut.append(Piece(text[word.start : word.end], evidence=True))
        done = word.end
    rest = text[done:] + ("…" if len(text) < len(tag.text) else "")
    return [*cut, Piece(rest)] if rest else cut


@dataclass(frozen=True, slots=True)
class Shown:
    """One paragraph, ready for a template."""

    id: str
    tag: Tag
    colour: int | str
    """Number of the theme, or ``x`` for other: the end of a CSS class."""
    probabilities: str
    """In the order of the classes, as percent with one decimal, separated by spaces."""
    copies: int = 0

    @property
    def pieces(self) -> list[Piece]:
        """The whole text, cut at its evidence."""
        return pieces(self.tag)

    @property
    def excerpt(self) -> list[Piece]:
        """The beginning."""
        return pieces(self.tag, EXCERPT)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """The classes with their probabilities, most probable first."""
        return sorted(self.tag.probabilities.items(), key=lambda pair: -pair[1])

    @property
    def unsure(self) -> bool:
        """Whether the tag is more likely wrong than right."""
        return self.tag.probability < UNSURE

    @property
    def long(self) -> bool:
        """Whether it should scroll in a box of its own."""
        return len(self.tag.text) > LONG

    @property
    def also(self) -> list[str]:
        """Further themes of the paragraph."""
        return [code for code in self.tag.tags if code != self.tag.theme]


def colour_of(themes: ThemeSet, code: str) -> int | str:
    """Return the number of a theme's colour; ``x`` for other and for what is no theme."""
    return themes.codes.index(code) % len(PALETTE) if code in themes.codes else "x"


def show(tag: Tag, place: str, themes: ThemeSet, copies: int = 0) -> Shown:
    """Return a paragraph ready for a template; ``place`` becomes its id."""
    values = " ".join(f"{100 * tag.probabilities[code]:.3g}" for code in themes.classes)
    return Shown(place, tag, colour_of(themes, tag.theme), values, copies)


def ribbon(tags: Sequence[Tag], themes: ThemeSet) -> str:
    """Return the themes of an article as CSS colour stops, equal neighbours joined."""
    stops, start = [], 0
    for n, tag in enumerate(tags, 1):
        if n == len(tags) or tags[n].theme != tag.theme:
            name = f"var(--t{colour_of(themes, tag.theme)})"
            stops.append(f"{name} {100 * start / len(tags):.4g}% {100 * n / len(tags):.4g}%")
            start = n
    return ",".join(stops)


def short_names(files: Iterable[str]) -> dict[str, str]:
    """Return each file without the folder that all of them share."""
    paths = list(files)
    first, last = min(paths, default=""), max(paths, default="")
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    shared = first.rfind("/", 0, len(list(alike))) + 1
    return {path: path[shared:] or path for path in paths}


def typical(shown: Mapping[str, list[Shown]], limit: int = 3) -> Iterator[tuple[str, list[Shown]]]:
    """Yield each theme with its surest paragraphs; doubtful tags stay out."""
    for code, group in shown.items():
        sound = [s for s in group if not s.tag.note and s.tag.known >= 0.5]
        best = sorted(sound, key=lambda s: -s.tag.probability)[:limit]
        if code != OTHER and best:
            yield code, best


def uncertain(shown: Sequence[Shown], limit: int = 8) -> list[Shown]:
    """Return the paragraphs whose first and second class are nearest to one another."""

    def margin(one: Shown) -> float:
        (_, first), (_, second) = one.ranking[:2]
        return first - second

    return sorted(shown, key=margin)[:limit]


def nearly_assigned(shown: Sequence[Shown], limit: int = 8) -> list[Shown]:
    """Return the paragraphs of no theme, first those nearest to one."""
    rest = [s for s in shown if s.tag.theme == OTHER]
    return sorted(rest, key=lambda s: s.tag.probabilities[OTHER])[:limit]
