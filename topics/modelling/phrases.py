"""Frequent collocations as words: 全面 + 小康 → 全面小康, where they stand together by no chance.

Source: Bouma 2009 (NPMI of collocations); the same score as gensim's Phrases(scoring="npmi").
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

Pair = tuple[str, str]

MIN_COUNT: Final = 10
"""A rarer pair is no use as a word of a topic."""
THRESHOLD: Final = 0.5
"""NPMI from which two words are one: gensim's own recommendation for this score."""


def find_phrases(
    texts: Iterable[Sequence[str]], *, min_count: int = MIN_COUNT, threshold: float = THRESHOLD
) -> frozenset[Pair]:
    """Return the pairs of neighbours that are to be joined."""
    words: Counter[str] = Counter()
    pairs: Counter[Pair] = Counter()
    for text in texts:
        words.update(text)
        pairs.update(itertools.pairwise(text))
    total = sum(words.values())
    return frozenset(
        pair
        for pair, count in pairs.items()
        if count >= min_count and _npmi(count, words[pair[0]], words[pair[1]], total) >= threshold
    )


def _npmi(both: int, first: int, second: int, total: int) -> float:
    if both >= total:
        return 1.0
    return math.log(both * total / (first * second)) / -math.log(both / total)


def join_phrases(
    texts: Iterable[Sequence[str]],
    phrases: frozenset[Pair],
    join: Callable[[str, str], str] = str.__add__,
) -> list[list[str]]:
    """Return ``texts`` with every phrase as one word, read from the left; none overlap."""
    return [_joined(text, phrases, join) for text in texts]


def _joined(
    text: Sequence[str], phrases: frozenset[Pair], join: Callable[[str, str], str]
) -> list[str]:
    words: list[str] = []
    at = 0
    while at < len(text):
        if tuple(text[at : at + 2]) in phrases:
            words.append(join(text[at], text[at + 1]))
            at += 2
        else:
            words.append(text[at])
            at += 1
    return words
