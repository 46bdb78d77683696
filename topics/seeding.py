"""Themes + texts → weak labels: which theme the seed words point to, and what keeps them company.

Seed words mark some texts; naive Bayes learns from these which other words go with each theme, and
marks the rest; soft expectation–maximisation repeats it. Three things keep it from running away:
seed evidence stays in force in every round, likelihoods are tempered (words of one text are not
independent), and "none of these" is a class of its own with its own background words.

Source: McCallum, Nigam 1999, Text classification by bootstrapping with keywords, EM and shrinkage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.enriching import are_short, learn_rich_features
from topics.scoring import learn_features
from topics.themes import ThemeSet

Floats = NDArray[np.float64]

TEMPER: Final = 0.3
"""Power of the likelihood. Macro-F1 with 0.5, 0.3, 0.2: THUCNews headlines (labels of the train
set, five seeds a class) 0.799, 0.807, 0.811; newspaper paragraphs 0.622, 0.619, 0.614."""
SMOOTHING: Final = 0.1
"""Count added to every feature; 0.01 gave 0.758, 0.1 0.765, 1 0.731 on THUCNews headlines."""
ROUNDS: Final = 8
"""Rounds of EM; after five nothing moves any more."""
FORCE: Final = 0.5
"""Share of a seeded text's label that stays what its seeds say."""
AGAINST: Final = 1.0
"""How much a word against a theme takes from the theme's seeds, in seed words."""
BARE: Final = 0.5
"""How firmly a text without any seed word is a piece of other (and never more firmly than the
share of the texts that have one): on newspaper paragraphs 0 gave macro-F1 0.562 and accuracy 0.638,
0.2 0.580 and 0.665, 0.5 0.622 and 0.728, 0.7 0.609 and 0.725."""
EVEN: Final = 0.5
"""Where every text has a theme: how far the shares of the themes are pulled towards equal; 0 gave
0.807, 0.5 0.813 on THUCNews headlines."""


def seed_evidence(
    tokens: Sequence[Sequence[str]], texts: Sequence[str], themes: ThemeSet
) -> Floats:
    """Return how strongly the seed words of each class stand in each text; (texts, classes) ≥ 0.

    Each seed word counts once a text, by its weight. A seed that the segmenter cut apart counts
    where its characters stand in the text.
    """
    found = np.zeros((len(texts), len(themes.classes)))
    for row, (words, text) in enumerate(zip(map(set, tokens), texts, strict=True)):
        for column, theme in enumerate((*themes, themes.other)):
            plus = sum(
                w for s, w in theme.seeds.items() if s in words or (len(s) > 2 and s in text)
            )
            minus = sum(w for s, w in theme.against.items() if s in words)
            found[row, column] = max(0.0, plus - AGAINST * minus)
    return found


def weak_labels(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    themes: ThemeSet,
    *,
    other: bool = True,
    x: sparse.csr_matrix | None = None,
    labels: Sequence[int] = (),
) -> Floats:
    """Return the probability of each class for each text, learned from seed words (and labels).

    Args:
        texts: the texts.
        tokens: their tokens.
        themes: the themes; a text without any seed word counts as a piece of other at first.
        other: whether a text may belong to no theme.
        x: what `presence` says of the texts, if it is known already.
        labels: class of each text, -1 where unknown; empty: none known. A label overrules seeds.

    Returns:
        Shape (texts, classes); rows sum to 1. A row of NaN: no feature of the text is known, or
        no seed word occurs in any text and none has a label.
    """
    evidence = seed_evidence(tokens, texts, themes)
    if not other:
        evidence[:, -1] = 0
    classes = np.array(labels if len(labels) else [-1] * len(texts), np.int64)
    known = np.flatnonzero(classes >= 0)
    evidence[known] = np.eye(evidence.shape[1])[classes[known]]
    marked = evidence.sum(axis=1) > 0
    if not marked.any():
        return np.full(evidence.shape, np.nan)
    own = evidence / np.maximum(evidence.sum(axis=1, keepdims=True), 1e-12)
    force = np.where(marked, FORCE, 0.0)
    if other:
        own[~marked, -1] = 1.0
        force[~marked] = min(BARE, marked.mean())
    force[known] = 1.0
    if x is None:
        x = presence(texts, tokens)
    if other or not are_short(texts):
        settled = _settle(x, own, force, even=0.0 if other else EVEN)
    else:
        settled = _agreed(_views(texts, tokens, x), own, force)
    settled[np.diff(x.indptr) == 0] = np.nan
    return settled


def presence(texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Return which words and pairs of characters each text has: ones, texts × features."""
    _, counts = learn_features(texts, tokens, (1, 2) if len(texts) < 200 else (2, 3))
    shape = (len(texts), counts.width)
    return sparse.csr_matrix(
        (np.ones(len(counts.data)), counts.indices, counts.indptr), shape=shape
    )


def _views(
    texts: Sequence[str], tokens: Sequence[Sequence[str]], x: sparse.csr_matrix
) -> list[sparse.csr_matrix]:
    """Return what short texts have, seen in four ways: words and pairs, words, runs, all."""
    features, counts = learn_rich_features(texts, tokens, (2, 3))
    shape = (len(texts), counts.width)
    ones = np.ones(len(counts.data))
    rich = sparse.csr_matrix((ones, counts.indices, counts.indptr), shape=shape)
    words = len(features.words)
    return [x, rich[:, :words], rich[:, words:], rich]


def _agreed(views: Sequence[sparse.csr_matrix], own: Floats, force: Floats) -> Floats:
    """Settle each view for itself; return the mean of their log-probabilities, evened.

    What one view mistakes the others often do not: TNEWS from seeds (labels of the train sets)
    macro-F1 0.503 where words and pairs alone gave 0.476.
    """
    logs = [np.log(_settle(view, own, force, EVEN) + 1e-9) for view in views]
    allowed = np.asarray(own[force > 0].any(axis=0), np.bool_)
    mean: Floats = np.mean(logs, axis=0)
    mean[:, ~allowed] = -np.inf
    settled = _evened(mean, 1.0, allowed)
    settled[force == 1] = own[force == 1]
    return settled


def _settle(x: sparse.csr_matrix, own: Floats, force: Floats, even: float) -> Floats:
    """Run tempered EM from what the seeds say of each text, which stays in force throughout."""
    allowed = np.asarray(own[force > 0].any(axis=0), np.bool_)
    firm = force[:, None]
    weights = _naive_bayes(x, own * firm / FORCE)
    labels = own
    for _ in range(ROUNDS):
        logits = TEMPER * np.asarray(x @ weights)
        logits[:, ~allowed] = -np.inf
        labels = firm * own + (1 - firm) * _evened(logits, even, allowed)
        weights = _naive_bayes(x, labels)
    return labels


def _evened(logits: Floats, even: float, allowed: NDArray[np.bool_]) -> Floats:
    """Return the shares of each row, the classes' sizes pulled towards equal by ``even``."""
    logits = logits - logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    if even:
        pull = np.ones(logits.shape[1])
        for _ in range(20):
            shares = odds * pull
            mean = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
            pull /= np.maximum(mean, 1e-9) * allowed.sum()
        odds *= np.where(allowed, pull, 1.0) ** even
    evened: Floats = odds / odds.sum(axis=1, keepdims=True)
    return evened


def _naive_bayes(x: sparse.csr_matrix, labels: Floats) -> Floats:
    """Return the log of each feature's share in each class; (features, classes)."""
    counts = np.asarray(x.T @ labels) + SMOOTHING
    logs: Floats = np.log(counts / counts.sum(axis=0))
    return logs
