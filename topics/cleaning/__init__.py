"""Text → clean text (pure): what a page's way through machines did to it is undone.

``clean`` runs the steps of `repairs`, and `simplifying`, until nothing changes any more, so it is
idempotent; ``clean_traced`` runs the same steps and remembers where each character came from. Line
breaks are never touched: a cleaned text has as many lines as its source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import Final

from topics.cleaning.repairs import DOUBLED, RARE, STEPS, Step, has_odd_space
from topics.cleaning.simplifying import simplified, traditional

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
    """Return `clean` of each text; most need nothing, so all are searched as one."""
    cleaned = list(texts)
    joined = "\n".join(texts)
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    matches = chain.from_iterable(find(joined) for find in _finders())
    dirty = {bisect_right(starts, match.start()) - 1 for match in matches}
    dirty.update(n for n, text in enumerate(texts) if " " in text)
    for n in dirty:
        cleaned[n] = clean(texts[n], simplify=simplify)
    return cleaned


def _clean_line(line: str, *, simplify: bool) -> str:
    for _ in range(MAX_ROUNDS):
        before = line
        for step in STEPS:
            if step.guard.search(line):
                line = step.pattern.sub(step.replace, line)
        if simplify and traditional().search(line):
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
        before = line
        for step in STEPS:
            if step.guard.search(line):
                line, offsets = _traced(step, line, offsets)
        if simplify and traditional().search(line):
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
    # One class of characters for two: a text is searched for both at once.
    either = re.compile(f"[{RARE.pattern[1:-1]}{traditional().pattern[1:-1]}]")
    return either.search, DOUBLED.search


@cache
def _finders() -> tuple[Callable[[str], Iterable[re.Match[str]]], ...]:
    """Return what finds all signs in a long text; two classes of characters go as one."""
    single = re.compile(f"[{RARE.pattern[1:-1]}{traditional().pattern[1:-1]}]")
    return single.finditer, DOUBLED.finditer


def _is_dirty(line: str) -> bool:
    return any(search(line) for search in _signs()) or has_odd_space(line)
