"""A theme file and a corpus → what each seed word does there, and which words might be added."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.describing import theme_words
from topics.findings import SeedWord
from topics.mapping import count_words
from topics.preparing import Prepared
from topics.seeding import INSIDE_LONG, presence, seed_evidence, weak_labels
from topics.themes import OTHER, Theme, ThemeSet

Floats = NDArray[np.float64]

BESIDE: Final = 0.3
"""Share of a seed's paragraphs in which another theme's seeds stand too, to be called overlap."""
SUGGESTED: Final = 12
"""Words suggested for each theme."""
LONGER: Final = 5
"""Most longer words named for a seed that stands inside them."""


def diagnose(prepared: Prepared, *, effects: bool = True) -> Iterator[SeedWord]:
    """Yield what each seed word does in a corpus, theme by theme.

    Agreement is, where some of the seed's paragraphs are labelled, the share of these that have
    the theme's label; else, of its paragraphs with other seeds in them, the share in which those
    of the theme are the strongest. What changes without the seed is told by the other seeds and by
    naive Bayes with soft EM, fitted anew.

    Args:
        prepared: the corpus, cut into words.
        effects: whether to find out what changes without each seed: one fit a seed, which takes
            most of the time.
    """
    themes = prepared.themes
    texts = [part.text for part in prepared.parts]
    evidence = seed_evidence(prepared.tokens, texts, themes)
    x = presence(texts, prepared.tokens)
    before = _best(prepared, texts, themes, x) if effects else None
    for column, theme in enumerate(themes):
        for word in theme.seeds:
            where = _where(word, prepared.tokens, texts)
            if not len(where):
                yield SeedWord(theme.code, word, 0, None, changed=0.0 if effects else None)
                continue
            rest = evidence[where].copy()
            for n, one in enumerate((*themes, themes.other)):  # it may be a seed of several
                rest[:, n] = np.maximum(rest[:, n] - one.seeds.get(word, 0.0), 0)
            changed = None
            if before is not None:
                after = _best(prepared, texts, _without(themes, theme, word), x)
                changed = float((before != after).mean())
            labels = np.array(prepared.labels)[where]
            known = labels >= 0
            spoken = known if known.any() else rest.max(axis=1) > 0
            same = labels == column if known.any() else rest[:, column] == rest.max(axis=1)
            yield SeedWord(
                theme.code,
                word,
                len(where),
                float(same[spoken].mean()) if spoken.any() else None,
                _beside(rest, column, themes),
                changed,
                int(spoken.sum()),
                labelled=bool(known.any()),
            )


def longer_words(prepared: Prepared) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Return seed → the words that it stands inside without counting there, and how often.

    The most frequent first, `LONGER` at most; words that are seeds themselves are left out. Where
    the segmenter cut through a seed, the pieces are joined by a slash: 停/车位. A seed of three
    characters or more counts wherever it stands, so none is named.
    """
    seeds = prepared.themes.seed_words
    short = [seed for theme in prepared.themes for seed in theme.seeds if len(seed) < INSIDE_LONG]
    found: dict[str, Counter[str]] = {seed: Counter() for seed in short}
    for part, tokens in zip(prepared.parts, prepared.tokens, strict=True):
        standing = [seed for seed in found if seed in part.text]
        if standing:
            ends = list(accumulate(map(len, tokens)))
            for seed in standing:
                found[seed].update(_around(seed, part.text, tokens, ends))
    named = {
        seed: [(word, n) for word, n in words.most_common() if word.replace("/", "") not in seeds]
        for seed, words in found.items()
    }
    return {seed: tuple(words[:LONGER]) for seed, words in named.items() if words}


def _around(seed: str, text: str, tokens: Sequence[str], ends: Sequence[int]) -> Iterator[str]:
    """Yield the tokens, joined by a slash, that each occurrence of ``seed`` touches."""
    at = text.find(seed)
    while at >= 0:
        first, last = bisect_right(ends, at), bisect_right(ends, at + len(seed) - 1)
        yield "/".join(tokens[first : last + 1])
        at = text.find(seed, at + 1)


def suggest(prepared: Prepared, stop: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return theme → words that go with it in the corpus and are nobody's seeds, best first."""
    themes = prepared.themes
    texts = [part.text for part in prepared.parts]
    labels = weak_labels(texts, prepared.tokens, themes)
    counts, words = count_words(prepared.tokens, themes, stop)
    known = ~np.isnan(labels).any(axis=1)
    found = theme_words(counts[known], words, labels[known], themes.classes)
    taken = themes.seed_words
    return {
        code: tuple(word for word, _ in best if word not in taken)[:SUGGESTED]
        for code, best in found.items()
        if code != OTHER
    }


def _best(
    prepared: Prepared, texts: Sequence[str], themes: ThemeSet, x: sparse.csr_matrix
) -> NDArray[np.intp]:
    labels = weak_labels(texts, prepared.tokens, themes, x=x)
    best: NDArray[np.intp] = np.nan_to_num(labels, nan=-1.0).argmax(axis=1)
    return best


def _where(word: str, tokens: Sequence[Sequence[str]], texts: Sequence[str]) -> NDArray[np.intp]:
    found = [
        n
        for n, (row, text) in enumerate(zip(tokens, texts, strict=True))
        if word in row or (len(word) >= INSIDE_LONG and word in text)
    ]
    return np.array(found, np.intp)


def _beside(rest: Floats, column: int, themes: ThemeSet) -> tuple[str, ...]:
    stronger = (rest > rest[:, [column]]).mean(axis=0)
    return tuple(code for n, code in enumerate(themes.classes) if stronger[n] >= BESIDE)


def _without(themes: ThemeSet, theme: Theme, word: str) -> ThemeSet:
    seeds = {seed: weight for seed, weight in theme.seeds.items() if seed != word}
    changed = (replace(t, seeds=seeds) if t.code == theme.code else t for t in themes)
    return replace(themes, themes=tuple(changed))
