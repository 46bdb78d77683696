"""Texts → outlines: one sign for each stretch of Han characters, of Latin letters, of digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from topics.vectorizing.letters import Ints, Letters

LONGEST_STRETCH: Final = 15
"""Han characters of a stretch that are told apart; longer ones count as the longest."""

_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_HAN, _LATIN, _DIGIT = _FIRST_HAN, ord("a"), ord("0")
"""Signs of an outline; that of Han characters has their number added."""


@dataclass(frozen=True)
class Outline:
    """Signs in place of the characters of texts."""

    letters: Letters
    """The signs: of every stretch of Han characters how many they are, of Latin letters and of
    digits one, of every other character itself."""
    begins: Ints
    """Where each sign begins among the characters of all texts with their borders, a border first;
    at last the end."""


def outline_of(letters: Letters) -> Outline:
    """Return the outline of the texts."""
    codes = letters.codes
    small = codes | np.uint32(32)
    kinds = np.zeros(len(codes), np.int8)
    kinds[(codes >= _FIRST_HAN) & (codes <= _LAST_HAN)] = 1
    kinds[(small >= ord("a")) & (small <= ord("z"))] = 2
    kinds[(codes >= ord("0")) & (codes <= ord("9"))] = 3
    begins = np.flatnonzero((kinds == 0) | (kinds != np.concatenate(([0], kinds[:-1]))))
    signs, kinds = codes[begins], kinds[begins]
    many = np.minimum(np.diff(begins, append=len(codes)), LONGEST_STRETCH)
    signs[kinds == 1] = _HAN + many[kinds == 1]
    signs[kinds == 2], signs[kinds == 3] = _LATIN, _DIGIT
    stops = np.searchsorted(begins, np.cumsum(letters.lengths + 1) - 1)
    places = np.concatenate(([0], begins + 1, [len(codes) + 1]))
    return Outline(Letters(signs, np.diff(stops, prepend=-1) - 1), places)
