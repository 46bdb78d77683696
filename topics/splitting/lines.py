"""What splitting works on and gives back: lines, blocks, pieces, drafts of articles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from topics.corpus import Kind


class Line(NamedTuple):
    """One line of a source: cleaned text, its number and what was seen before cleaning."""

    text: str
    number: int
    indent: int = 0
    """Columns of white space before the text, in the source."""
    hint: Kind | None = None
    """What the format says it is (a Markdown or HTML heading, a Word style); None: unknown."""


@dataclass(slots=True)
class Block:
    """One or more lines that belong together, while its kind is being found."""

    text: str
    numbers: list[int]
    blanks: int = 0
    """Blank lines before it."""
    after: int = 0
    """Blank lines after it."""
    indent: int = 0
    hint: Kind | None = None
    cut: bool = False
    """Its last line was full and unfinished: a page ended here."""
    mark: Kind | None = None
    """What its own look says it is, without context."""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of an article, with the numbers of the source lines it was made of."""

    kind: Kind
    text: str
    numbers: tuple[int, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One article: its pieces in the order of the source, and what they say about it."""

    pieces: tuple[Piece, ...]
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_TRAILING: Final = "”’\"'）)》】]\u3015」』 "
_FINAL: Final = "。！？!?…；;：:"
_PAIRS: Final = (("“", "”"), ("（", "）"), ("《", "》"), ("(", ")"), ("「", "」"), ("『", "』"))
_SENTENCE: Final = re.compile(r"[。！？!?…]+[”’）)》」』]*")


@lru_cache(maxsize=1 << 13)  # asked some seven times of each block
def ends_final(text: str) -> bool:
    """Return whether the text ends as a sentence or an introduction (：) does."""
    bare = text.rstrip(_TRAILING)
    if not bare or bare[-1] in _FINAL:
        return True
    return bare[-1] == "." and len(bare) > 1 and not bare[-2].isdigit()


def sentences(text: str) -> int:
    """Return how many sentences end in the text."""
    return len(_SENTENCE.findall(text))


def is_open(text: str) -> bool:
    """Return whether a bracket or quotation is still open at the end of the text."""
    return any(text.count(left) > text.count(right) for left, right in _PAIRS)
