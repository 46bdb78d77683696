"""What splitting works on and gives back: lines, blocks, drafts of articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from topics.corpus import Kind
from topics.patterns import Pattern


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
    final: bool
    """Whether the text ends as a sentence does (`ends_final`)."""
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
    heading: str = ""
    """For a body paragraph: the section heading it stands under."""

    def extend(self, text: str, numbers: list[int]) -> None:
        """Go on with ``text``: a blank only between two Latin words or numbers."""
        left, right = self.text[-1:], text[:1]
        apart = left.isascii() and right.isascii() and left.isalpha() and right.isalpha()
        self.text = f"{self.text} {text}" if apart else self.text + text
        self.numbers += numbers
        self.final = ends_final(self.text)


@dataclass(frozen=True, slots=True)
class Draft:
    """One article: its parts in the order of the source, and what they say about it."""

    parts: Sequence[Block]
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_TRAILING: Final = "”’\"'）)》】]\u3015」』 ①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_FINAL: Final = "。！？!?…；;：:"
_TURNED: Final = Pattern(r"[（(](?:下转|紧接|转|接).{1,8}版[)）]$")
_PAIRS: Final = (("“", "”"), ("（", "）"), ("《", "》"), ("(", ")"), ("「", "」"), ("『", "』"))
_SENTENCE: Final = Pattern(r"[。！？!?…]+[”’）)》」』]*")


def ends_final(text: str) -> bool:
    """Return whether the text ends as a sentence or an introduction (：) does."""
    if text[-1:] in _FINAL:  # most paragraphs, and the empty text
        return True
    if text[-2:] in {"版）", "版)"}:
        text = _TURNED.sub("", text)
    bare = text.rstrip(_TRAILING)
    if not bare or bare[-1] in _FINAL:
        return True
    return bare[-1] == "." and len(bare) > 1 and not bare[-2].isdigit()


def sentences(text: str) -> int:
    """Return how many sentences end in the text."""
    return len(_SENTENCE.findall(text))


def is_open(text: str) -> bool:
    """Return whether a bracket or quotation is still open at the end of the text."""
    for left, right in _PAIRS:  # noqa: SIM110 - half the time of any()
        if left in text and text.count(left) > text.count(right):
            return True
    return False
