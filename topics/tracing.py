"""Where each character of a cleaned paragraph stood in its source."""

from __future__ import annotations

from collections.abc import Sequence

from topics.cleaning import clean_traced
from topics.corpus import Part


def offsets_in_original(part: Part) -> tuple[int, ...]:
    """Return where each character of ``part.text`` stands in ``part.original``.

    Evidence found in the clean text can so be shown in the source. Without an original the
    offsets count from 0.
    """
    if not part.original:
        return tuple(range(len(part.text)))
    for simplify in (True, False):
        cleaned = clean_traced(part.original, simplify=simplify)
        kept = [n for n, char in enumerate(cleaned.text) if char != "\n"]
        if "".join(cleaned.text[n] for n in kept) == part.text:
            return tuple(cleaned.offsets[n] for n in kept)
    cleaned = clean_traced(part.original)
    return _aligned(part.text, cleaned.text, cleaned.offsets)


def _aligned(text: str, other: str, offsets: Sequence[int]) -> tuple[int, ...]:
    """Return places for ``text`` by walking along a nearly equal text that has them."""
    places: list[int] = []
    at = 0
    for char in text:
        found = other.find(char, at, at + 8)
        at = found if found >= 0 else min(at, max(0, len(other) - 1))
        places.append(offsets[at] if offsets else 0)
        at += found >= 0
    return tuple(places)
