"""Tagged paragraphs → the words of each theme: frequent there and rare elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BEST: Final = 30
"""How many words are named for each theme."""


def theme_words(
    counts: sparse.csr_matrix,
    words: Sequence[str],
    shares: NDArray[np.float64],
    classes: Sequence[str],
) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return class → its best words, best first.

    A word's weight is its share of the class's words times the log of how much greater that share
    is than in all other classes: the part of the Kullback–Leibler divergence that it carries, so
    that neither a frequent word of everywhere nor a rare word of one paragraph comes first.

    Args:
        counts: paragraphs × words.
        words: the words.
        shares: paragraphs × classes, probabilities; each paragraph counts for its best class.
        classes: codes in the order of the columns.
    """
    best = shares.argmax(axis=1) if len(shares) else np.zeros(0, int)
    presence = counts.copy()
    presence.data = np.minimum(presence.data, 2)  # a word repeated in one paragraph is one voice
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    every = np.asarray(presence.sum(axis=0)).ravel() + 0.01
    for column, code in enumerate(classes):
        own = np.asarray(presence[best == column].sum(axis=0)).ravel() + 0.01
        rest = every - own + 0.02
        share, usual = own / own.sum(), rest / rest.sum()
        weight = share * np.log(share / usual)
        order = np.argsort(-weight, kind="stable")[:BEST]
        found[code] = tuple(
            (words[n], float(weight[n])) for n in order if weight[n] > 0 and own[n] >= 1
        )
    return found
