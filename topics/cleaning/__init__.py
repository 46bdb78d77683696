"""Text → clean text (pure): what a page's way through machines did to it is undone.

``clean`` runs the steps of `repairs`, and `simplifying`, until nothing changes any more, so it is
idempotent; ``clean_traced`` runs the same steps and remembers where each character came from. Line
breaks are never touched: a cleaned text has as many lines as its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from topics.cleaning.repairs import DOUBLED, MARKS, RARE, STEPS, Step, has_odd_space
from topics.cleaning.simplifying import simplified, traditional

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cleaned", "clean", "clean_each", "clean_traced"]

MAX_ROUNDS: Final = 99  # damage inside damage ends after two or three; a bound for hostile text


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and where each of its characters stands in the source."""

    text: str
    offsets: tuple[int, ...]
    """One per character of ``text``: its 0-based place in the source; never decreasing."""


def clean(text: str, *, simplify: bool = True) -> str:
    """Return ``text`` as it was meant.

    Control characters go; odd, doubled and dangling spaces, doubled punctuation, full-width digits
    and letters, radicals used as characters, HTML entities, pinyin glosses and the mojibake of
    glossed pages are put right. Chinese punctuation stays as it is.

    Args:
        text: Any text; its line breaks are kept.
        simplify: Whether traditional characters become simplified ones (OpenCC ``t2s``).

    Returns:
        The clean text; cleaning it again changes nothing.
    """
    signs: list[Callable[[str], object]] = [search for search in _signs() if search(text)]
    spaced = " " in text
    if not signs and not spaced:
        return text
    lines = text.split("\n")
    for n, line in enumerate(lines):
        lines[n] = bare = line.strip()
        if spaced and " " in bare and has_odd_space(bare):
            lines[n] = _clean_line(bare, simplify=simplify)
            continue
        for search in signs:
            if search(bare):
                lines[n] = _clean_line(bare, simplify=simplify)
                break
    return "\n".join(lines)


def clean_each(texts: Sequence[str], *, simplify: bool = True) -> list[str]:
    """Return `clean` of each text; most need nothing, so all are looked through as one."""
    if max(map(len, texts), default=0) > LONG:
        return [clean(text, simplify=simplify) for text in texts]
    import numpy as np  # a third of the time that the patterns take, where there are many texts

    cleaned = list(texts)
    joined = "\n".join((*texts, "")).encode("utf-32-le", "surrogatepass")
    kinds = _kinds().take(np.frombuffer(joined, np.uint32), mode="clip")
    odd = kinds == _ODD
    odd[1:] |= (kinds[1:] == _MARK) & (kinds[:-1] == _MARK)
    if (places := np.flatnonzero(odd)).size:
        ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
        for n in set(np.searchsorted(ends, places, side="right").tolist()):
            cleaned[n] = clean(texts[n], simplify=simplify)
    return cleaned


LONG: Final = 1 << 14
"""Characters of a text beyond which its batch is cleaned text by text: arrays would take memory."""
_ODD: Final = 1
_MARK: Final = 2


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return of each character of the basic plane whether it is a sign alone, or beside another."""
    import numpy as np

    kinds = np.zeros(1 << 16, np.uint8)
    every = np.arange(1 << 16, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    kinds[[match.start() for match in RARE.finditer(every)]] = _ODD
    kinds[[ord(letter) for letter in (*traditional(), " ")]] = _ODD
    kinds[[ord(letter) for letter in MARKS]] = _MARK
    return kinds


def _clean_line(line: str, *, simplify: bool) -> str:
    for _ in range(MAX_ROUNDS):
        before, odd = line, _odd_in(line)
        for step in STEPS:
            if step.guard.search(odd):
                line, last = step.pattern.sub(step.replace, line), line
                odd = odd if line == last else _odd_in(line)
        if simplify and not traditional().isdisjoint(odd):
            line = simplified(line)
        if line == before or not _is_dirty(line):
            break
    return line


def clean_traced(text: str, *, simplify: bool = True) -> Cleaned:
    """Return ``clean(text)`` with the place in ``text`` of each character.

    Args:
        text: Any text.
        simplify: As for `clean`.

    Returns:
        The same text as `clean` gives, with offsets into ``text``.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    for line in text.split("\n"):
        new, places = _trace_line(line, simplify=simplify)
        pieces.append(new)
        offsets += [start + place for place in places]
        start += len(line) + 1
        offsets.append(start - 1)  # the line break
    return Cleaned("\n".join(pieces), tuple(offsets[:-1]))


def _trace_line(line: str, *, simplify: bool) -> tuple[str, list[int]]:
    start = len(line) - len(line.lstrip())
    line = line.strip()
    offsets = list(range(start, start + len(line)))
    if not _is_dirty(line):
        return line, offsets
    for _ in range(MAX_ROUNDS):
        before, odd = line, _odd_in(line)
        for step in STEPS:
            if step.guard.search(odd):
                line, offsets = _traced(step, line, offsets)
                odd = _odd_in(line)
        if simplify and not traditional().isdisjoint(odd):
            line = simplified(line)  # character by character: the offsets stay
        if line == before:
            break
    return line, offsets


def _traced(step: Step, text: str, offsets: list[int]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for match in step.pattern.finditer(text):
        new = step.replace if isinstance(step.replace, str) else step.replace(match)
        pieces += [text[end : match.start()], new]
        places += offsets[end : match.start()]
        places += _places(match, new, offsets)
        end = match.end()
    pieces.append(text[end:])
    return "".join(pieces), places + offsets[end:]


def _places(match: re.Match[str], new: str, offsets: list[int]) -> list[int]:
    """Return a place for each character of ``new``: one that is kept points at itself."""
    old, at, places = match.group(), 0, []
    same_length = len(new) == len(old)
    for n, char in enumerate(new):
        found = n if same_length else old.find(char, at)
        if found >= 0:
            at = found
        places.append(offsets[match.start() + min(at, len(old) - 1)])
        if not same_length:
            at = min(at + 1, len(old) - 1)
    return places


@cache
def _signs() -> tuple[Callable[[str], object], ...]:
    """Return what finds that a step may have work to do; most lines of most files are clean."""
    return _rare().search, DOUBLED.search


@cache
def _rare() -> re.Pattern[str]:
    """Return one class of characters for two: a text is searched for both at once."""
    return re.compile(f"[{RARE.pattern[1:-1]}{''.join(traditional())}]")


def _odd_in(line: str) -> str:
    """Return the characters of a line at which steps may have work to do: few, as a rule."""
    line_break = "\n" if "\n" in line else ""  # an entity may stand for one
    return "".join([*_rare().findall(line), line_break, " " * min(3, line.count(" "))])


def _is_dirty(line: str) -> bool:
    return any(search(line) for search in _signs()) or has_odd_space(line)
