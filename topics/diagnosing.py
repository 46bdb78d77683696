"""A theme file and a corpus → what each seed word does there, and which words might be added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.describing import theme_words
from topics.findings import SeedWord
from topics.mapping import count_words
from topics.preparing import Prepared
from topics.seeding import presence, seed_evidence, weak_labels
from topics.themes import OTHER, Theme, ThemeSet

Floats = NDArray[np.float64]

BESIDE: Final = 0.3
"""Share of a seed's paragraphs in which another theme's seeds stand too, to be called overlap."""
SUGGESTED: Final = 12
"""Words suggested for each theme."""


def diagnose(prepared: Prepared, *, effects: bool = True) -> Iterator[SeedWord]:
    """Yield what each seed word does in a corpus, theme by theme.

    Agreement is the share of the seed's paragraphs in which the theme's other seeds are the
    strongest, or, where labels are known, which have the theme's label. What changes without the
    seed is told by the other seeds and by naive Bayes with soft EM, fitted anew.

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
                yield SeedWord(theme.code, word, 0, 0.0, changed=0.0 if effects else None)
                continue
            rest = evidence[where].copy()
            rest[:, column] -= theme.seeds[word]
            changed = None
            if before is not None:
                after = _best(prepared, texts, _without(themes, theme, word), x)
                changed = float((before != after).mean())
            yield SeedWord(
                theme.code,
                word,
                len(where),
                _agreement(prepared, where, rest, column),
                _beside(rest, column, themes),
                changed,
            )


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
        if word in row or (len(word) > 2 and word in text)
    ]
    return np.array(found, np.intp)


def _agreement(prepared: Prepared, where: NDArray[np.intp], rest: Floats, column: int) -> float:
    labels = np.array(prepared.labels)[where]
    if (labels >= 0).any():
        return float((labels[labels >= 0] == column).mean())
    spoken = rest.max(axis=1) > 0
    return float((rest[spoken].argmax(axis=1) == column).mean()) if spoken.any() else 0.0


def _beside(rest: Floats, column: int, themes: ThemeSet) -> tuple[str, ...]:
    stronger = (rest > rest[:, [column]]).mean(axis=0)
    return tuple(code for n, code in enumerate(themes.classes) if stronger[n] >= BESIDE)


def _without(themes: ThemeSet, theme: Theme, word: str) -> ThemeSet:
    seeds = {seed: weight for seed, weight in theme.seeds.items() if seed != word}
    changed = (replace(t, seeds=seeds) if t.code == theme.code else t for t in themes)
    return replace(themes, themes=tuple(changed))
