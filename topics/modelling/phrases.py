"""Frequent collocations as words: 全面 + 小康 → 全面小康, where they stand together by no chance.

Source: Bouma 2009 (NPMI of collocations); the same score as gensim's Phrases(scoring="npmi").
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from topics.vectorizing.tokens import Tokens

MIN_COUNT: Final = 10
"""A rarer pair is no use as a word of a topic."""
THRESHOLD: Final = 0.5
"""NPMI from which two words are one: gensim's own recommendation for this score."""


def find_phrases(
    tokens: Tokens, *, min_count: int = MIN_COUNT, threshold: float = THRESHOLD
) -> frozenset[tuple[str, str]]:
    """Return the pairs of neighbours that are to be joined, as `Tokens.joined` does."""
    times, pairs, words = tokens.times, tokens.pairs(), tokens.words
    total = len(tokens.ids)
    often = np.flatnonzero(pairs.times >= min_count)
    every = (side.take(often).tolist() for side in (pairs.left, pairs.right, pairs.times))
    return frozenset(
        (words[left], words[right])
        for left, right, count in zip(*every, strict=True)
        if _npmi(count, int(times[left]), int(times[right]), total) >= threshold
    )


def _npmi(both: int, first: int, second: int, total: int) -> float:
    if both >= total:
        return 1.0
    return math.log(both * total / (first * second)) / -math.log(both / total)
