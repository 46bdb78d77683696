"""Themes + texts → weak labels: which theme the seed words point to, and what keeps them company.

Seed words mark some texts; naive Bayes learns from these which other words go with each theme, and
marks the rest; soft expectation–maximisation repeats it. What keeps it from running away: seed
evidence stays in force in every round; likelihoods are tempered (words of one text are not
independent); "none of these" is a class of its own. Where a text may belong to no theme, a theme is
also no more frequent than its seeds allow, a text without seeds speaks against themes whose texts
mostly have some, and a word that a theme has not shown counts as it does in the whole corpus.

Source: McCallum, Nigam 1999, Text classification by bootstrapping with keywords, EM and shrinkage;
Elkan, Noto 2008, Learning classifiers from only positive and unlabeled data (the seeds' coverage).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.enriching import are_short, learn_rich_features
from topics.scoring import learn_features
from topics.themes import ThemeSet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TEMPER: Final = 0.3
"""Power of the likelihood. Macro-F1 with 0.5, 0.3, 0.2: THUCNews headlines (labels of the train
set, five seeds a class) 0.799, 0.807, 0.811; newspaper paragraphs, before `REACH`, 0.622, 0.619,
0.614."""
SMOOTHING: Final = 0.1
"""Count added to every feature; 0.01 gave 0.758, 0.1 0.765, 1 0.731 on THUCNews headlines."""
ROUNDS: Final = 8
"""Rounds of EM where every text has a theme; after five nothing moves any more."""
FORCE: Final = 0.3
"""Share of a seeded text's label that stays what its seeds say. This and the five below were chosen
together; docs/accuracy.md says on what, and what each gains."""
OPEN_ROUNDS: Final = 5
"""Rounds of EM where a text may belong to no theme: with more, a large corpus drifts."""
REACH: Final = 8.0
"""Most that a text's words say, in untempered words: a long text is no surer than a short one."""
COVER: Final = 0.3
"""Least share of a theme's texts that have one of its seeds: it bounds how frequent a theme is …"""
MOST: Final = 0.95
"""… and the greatest, so that a text without seeds may still be of it."""
BACKGROUND: Final = 0.004
"""Prior counts of a class as a share of the corpus, feature by feature. Even counts would make rare
words speak for the smallest theme."""
AGAINST: Final = 1.0
"""How much a word against a theme takes from the theme's seeds, in seed words."""
EVEN: Final = 0.5
"""Where every text has a theme: how far the shares of the themes are pulled towards equal; 0 gave
0.807, 0.5 0.813 on THUCNews headlines."""
LIGHT: Final = 0.25
"""The same as FORCE where every text has a theme: BBC news from three random words a class 0.884
with 0.5, 0.942 with 0.25; docs/other_themes.md says what this and those below gain."""
MILD: Final = 0.15
"""The same as TEMPER for short texts that all have a theme, seen in several ways."""
DRAWS: Final = 5
"""Times that such texts are marked, each time without one seed in five of each theme."""
INSIDE: Final = 2
"""Characters of a seed that counts inside longer words of such texts: a headline has few words."""
INSIDE_LONG: Final = 3
"""The same of other texts, where a seed stands by itself somewhere."""


def seed_evidence(
    tokens: Sequence[Sequence[str]],
    texts: Sequence[str],
    themes: ThemeSet,
    inside: int = INSIDE_LONG,
) -> Floats:
    """Return how strongly the seed words of each class stand in each text; (texts, classes) ≥ 0.

    Each seed word counts once a text, by its weight. A seed that the segmenter cut apart, or left
    in a longer word, counts where its characters stand in the text, if there are ``inside``.
    """
    found = np.zeros((len(texts), len(themes.classes)))
    for row, (words, text) in enumerate(zip(map(set, tokens), texts, strict=True)):
        for column, theme in enumerate((*themes, themes.other)):
            plus = sum(
                w for s, w in theme.seeds.items() if s in words or (len(s) >= inside and s in text)
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
    classes = np.array(labels if len(labels) else [-1] * len(texts), np.int64)
    short = not other and are_short(texts)
    drawn = list(_draws(themes)) if short else []
    marks = [
        _marks(
            seed_evidence(tokens, texts, seeds, INSIDE if short else INSIDE_LONG),
            classes,
            other=other,
        )
        for seeds in (themes, *drawn)
    ]
    if not (marks[0] > 0).any():
        return np.full(marks[0].shape, np.nan)
    if x is None:
        x = presence(texts, tokens)
    if short:
        settled = _agreed(_views(texts, tokens, x), marks, classes)
    elif other:
        settled = _settle_open(x, marks[0], classes >= 0)
    else:
        settled = _settle([x], *_own(marks[0], classes), TEMPER)
    settled[np.diff(x.indptr) == 0] = np.nan
    return settled


def _draws(themes: ThemeSet) -> Iterator[ThemeSet]:
    """Yield the themes without one seed in five; those with fewer than three seeds keep all."""
    for draw in range(DRAWS):
        left = []
        for theme in themes:
            seeds = theme.seeds
            if len(seeds) > 2:
                seeds = {s: w for n, (s, w) in enumerate(seeds.items()) if n % DRAWS != draw}
            left.append(replace(theme, seeds=seeds))
        yield replace(themes, themes=tuple(left))


def _marks(evidence: Floats, classes: Ints, *, other: bool) -> Floats:
    """Return the evidence of the classes that may come out, that of labels in place of seeds'."""
    if not other:
        evidence[:, -1] = 0
    known = np.flatnonzero(classes >= 0)
    evidence[known] = np.eye(evidence.shape[1])[classes[known]]
    return evidence


def _own(marks: Floats, classes: Ints) -> tuple[Floats, Floats]:
    """Return what seeds and labels say of each text, and with how much force."""
    own = marks / np.maximum(marks.sum(axis=1, keepdims=True), 1e-12)
    force = np.where(marks.any(axis=1), LIGHT, 0.0)
    force[classes >= 0] = 1.0
    return own, force


def _settle_open(x: sparse.csr_matrix, marks: Floats, known: NDArray[np.bool_]) -> Floats:
    """Run EM where a text may belong to no theme; seeds stay in force, labels stay.

    Args:
        x: what each text has.
        marks: evidence of each class; (texts, classes).
        known: the texts whose evidence is a label.
    """
    bare, seeded = ~marks.any(axis=1), marks.any(axis=1) & ~known
    own = marks / np.maximum(marks.sum(axis=1, keepdims=True), 1e-12)
    own[bare, -1] = 1.0
    allowed = np.asarray(own.any(axis=0), np.bool_)
    allowed[-1] = True
    firm = np.where(known, 1.0, np.where(seeded, FORCE, 0.0))[:, None]
    features = np.maximum(np.diff(x.indptr), 1)
    temper = np.minimum(TEMPER, REACH / features)[:, None]
    common = BACKGROUND * np.asarray(x.sum(axis=0), np.float64).T
    labels: Floats = own
    for _ in range(OPEN_ROUNDS):
        logits = temper * np.asarray(x @ _naive_bayes(x, labels, common))
        prior, silence = _coverage(labels, seeded, known)
        logits += np.log(prior)
        logits[bare] += silence
        logits[:, ~allowed] = -np.inf
        labels = firm * own + (1 - firm) * _evened(logits, 0.0, allowed)
    return labels


def _coverage(
    labels: Floats, seeded: NDArray[np.bool_], known: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return each class's share of the texts, and what having no seed says of it, as a logarithm.

    A theme whose seeds stand nowhere is known by labels alone: nothing bounds it.
    """
    sums, marked = labels[~known].sum(axis=0), labels[seeded].sum(axis=0)
    share = labels.mean(axis=0)
    cover = np.clip(marked / np.maximum(sums, 1e-9), COVER, MOST)
    cover[-1] = min(cover[-1], marked[-1] / max(sums[-1], 1e-9))
    bound = (marked / COVER + labels[known].sum(axis=0)) / len(labels)
    bound[-1] = 1.0
    unseeded = marked < 1e-6
    unseeded[-1] = False
    cover[unseeded], bound[unseeded] = 0.0, 1.0
    share = np.maximum(np.minimum(share, bound), 1e-7)
    return share / share.sum(), np.log(1 - cover)


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
    features, counts = learn_rich_features(texts, tokens, (2, 3), outlined=False)
    shape = (len(texts), counts.width)
    ones = np.ones(len(counts.data))
    rich = sparse.csr_matrix((ones, counts.indices, counts.indptr), shape=shape)
    words = len(features.words)
    return [x, rich[:, :words], rich[:, words:], rich]


def _agreed(views: Sequence[sparse.csr_matrix], marks: Sequence[Floats], classes: Ints) -> Floats:
    """Settle the views together, once for all seeds but some; return the mean of the log-shares.

    Args:
        views: what the texts have, seen in several ways.
        marks: by all seeds; then by fewer. A class that these leave without a text keeps all.
        classes: the known labels, -1 elsewhere.
    """
    allowed = np.asarray(marks[0].any(axis=0), np.bool_)
    settled = []
    for fewer in marks[1:]:
        drawn = np.where(fewer.any(axis=0), fewer, marks[0])
        settled.append(_settle(views, *_own(drawn, classes), MILD))
    agreed = _mean(settled, 0.0, allowed)
    known = np.flatnonzero(classes >= 0)
    agreed[known] = marks[0][known]
    return agreed


def _settle(
    views: Sequence[sparse.csr_matrix], own: Floats, force: Floats, temper: float
) -> Floats:
    """Run tempered EM from what the seeds say of each text, which stays in force throughout."""
    allowed = np.asarray(own[force > 0].any(axis=0), np.bool_)
    firm = force[:, None]
    labels = own * firm / LIGHT
    for _ in range(ROUNDS):
        said = [_said(view, labels, temper, allowed) for view in views]
        labels = firm * own + (1 - firm) * _mean(said, EVEN, allowed)
    return labels


def _said(
    x: sparse.csr_matrix, labels: Floats, temper: float, allowed: NDArray[np.bool_]
) -> Floats:
    """Return what naive Bayes, learned from the labels, says of each text."""
    logits = temper * np.asarray(x @ _naive_bayes(x, labels, SMOOTHING))
    logits[:, ~allowed] = -np.inf
    return _evened(logits, EVEN, allowed)


def _mean(said: Sequence[Floats], even: float, allowed: NDArray[np.bool_]) -> Floats:
    """Return the mean of the log-shares, as shares: what one view mistakes the others may not."""
    if len(said) == 1:
        return said[0]
    logs: Floats = np.mean([np.log(shares + 1e-9) for shares in said], axis=0)
    logs[:, ~allowed] = -np.inf
    return _evened(logs, even, allowed)


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


def _naive_bayes(x: sparse.csr_matrix, labels: Floats, prior: Floats | float) -> Floats:
    """Return the log of each feature's share in each class; (features, classes)."""
    counts: Floats = np.asarray(x.T @ labels) + prior
    logs: Floats = np.log(counts / counts.sum(axis=0))
    return logs
