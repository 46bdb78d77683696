"""Identical and nearly identical paragraphs: wire copy that many papers print.

MinHash over character shingles, in bands (Broder 1997): candidates share a band of their
signatures; a pair counts if the shingles they have in common are many enough (Jaccard).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from zlib import crc32

from topics.findings import Reprint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE: Final = 4  # characters; shorter ones are shared by chance, longer ones break at each edit
BANDS: Final = 16
ROWS: Final = 4  # of a band: pairs alike to 0.8 are candidates at 0.9998, to 0.3 at 0.12
SIMILAR: Final = 0.7  # Jaccard; a paragraph with one clause more or less reaches 0.75 to 0.95
MIN_LENGTH: Final = 16  # characters; shorter texts only count when identical
PIECE: Final = 1 << 16  # characters hashed at a time: what is made of them stays in a cache
_NOT_TEXT: Final = re.compile(r"[\W_]+")


def find_reprints(texts: Sequence[str], *, similar: float = SIMILAR) -> tuple[Reprint, ...]:
    """Find groups of paragraphs that are the same or nearly so.

    Punctuation and blanks do not count. Texts without any character are never reprints.

    Args:
        texts: Paragraphs.
        similar: Least share of common shingles (Jaccard, 0 to 1) with the group's first.

    Returns:
        One entry a group, ordered by its first paragraph, which is kept; indices into ``texts``.
    """
    bare = [_NOT_TEXT.sub("", text) for text in texts]
    first_of: dict[str, int] = {}
    same: dict[int, list[int]] = defaultdict(list)
    for n, text in enumerate(bare):
        if not text:
            continue
        if (first := first_of.setdefault(text, n)) != n:
            same[first].append(n)
    unique = [n for n in first_of.values() if len(bare[n]) >= MIN_LENGTH]
    for first, other in _near(unique, bare, similar):
        same[first] += [other, *same.pop(other, [])]
    return tuple(Reprint(n, tuple(sorted(same[n]))) for n in sorted(same) if same[n])


def _near(unique: Sequence[int], bare: Sequence[str], similar: float) -> Iterable[tuple[int, int]]:
    """Yield (first, other): each text at most once as other, and never one that is a first."""
    firsts: set[int] = set()
    others: set[int] = set()
    shingles: dict[int, frozenset[str]] = {}
    for a, b in sorted(_candidates(unique, bare)):
        if a in others or b in others or b in firsts:
            continue
        for n in (a, b):
            if n not in shingles:
                shingles[n] = frozenset(_shingles(bare[n]))
        common = len(shingles[a] & shingles[b])
        if common >= similar * (len(shingles[a]) + len(shingles[b]) - common):
            firsts.add(a)
            others.add(b)
            yield a, b


def _shingles(text: str) -> list[str]:
    return [text[n : n + SHINGLE] for n in range(len(text) - SHINGLE + 1)]


def _candidates(unique: Sequence[int], bare: Sequence[str]) -> set[tuple[int, int]]:
    """Return pairs (earlier, later) that share a band; a crowded band is linked to its first."""
    import numpy as np  # here: `import topics` must not pay for it

    if not unique:
        return set()
    signatures = _signatures([bare[n] for n in unique])
    pairs: set[tuple[int, int]] = set()
    for band in range(BANDS):
        keys = np.zeros(len(unique), np.uint64)  # a chance collision is one pair more to compare
        for row in signatures.T[band * ROWS : (band + 1) * ROWS]:
            keys = (keys ^ row) * np.uint64(0x9E3779B97F4A7C15)
            keys ^= keys >> np.uint64(32)
        _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        crowded = np.flatnonzero(counts[inverse] > 1)
        groups: dict[int, list[int]] = defaultdict(list)
        for row in crowded.tolist():
            groups[int(inverse[row])].append(unique[row])
        for members in groups.values():
            ordered = sorted(members)
            pairs.update((a, b) for a in ordered[:3] for b in ordered if a < b)
    return pairs


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the MinHash signatures, one row a text of at least ``SHINGLE`` characters."""
    import numpy as np

    result = np.empty((len(texts), BANDS * ROWS), dtype=np.uint32)
    first, size = 0, 0
    for n, text in enumerate(texts, 1):
        size += len(text)
        if size >= PIECE or n == len(texts):
            _sign(texts[first:n], result[first:n])
            first, size = n, 0
    return result


def _sign(texts: Sequence[str], result: NDArray[np.uint32]) -> None:
    """Write the signatures of ``texts`` into ``result``."""
    import numpy as np

    length = np.array([len(text) for text in texts])
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    hashes = np.zeros(len(codes), dtype=np.uint32)
    for n in range(SHINGLE):
        shifted = np.roll(codes, -n)
        hashes = (hashes ^ shifted) * np.uint32(0x9E3779B1)
        hashes ^= hashes >> np.uint32(15)
    starts = np.concatenate([[0], np.cumsum(length)[:-1]])
    # Shingles that begin in a text and end in the next one must not count.
    inside = np.ones(len(codes), dtype=bool)
    for n in range(1, SHINGLE):
        inside[starts + length - n] = False
    kept = hashes[inside]
    begins = np.concatenate([[0], np.cumsum(length - SHINGLE + 1)[:-1]])
    mixed, shifted = np.empty_like(kept), np.empty_like(kept)
    for n in range(BANDS * ROWS):
        np.bitwise_xor(kept, np.uint32(crc32(f"mask {n}".encode())), out=mixed)
        mixed *= np.uint32(crc32(f"factor {n}".encode()) | 1)
        np.right_shift(mixed, np.uint32(16), out=shifted)
        mixed ^= shifted
        mixed *= np.uint32(0x85EBCA6B)
        result[:, n] = np.minimum.reduceat(mixed, begins)
