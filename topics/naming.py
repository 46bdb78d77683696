"""Topics → their best words, names, typical documents, shares, and the theme each belongs to."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.findings import FEWEST_ARTICLES, Topic, Z
from topics.themes import ThemeSet

Floats = NDArray[np.float64]

NEW: Final = "new"
"""Theme of a topic that belongs to none."""
EXCLUSIVITY: Final = 0.5
"""Power of a word's exclusivity beside its weight. NPMI of the ten best words without / with it,
nothing else done: 0.222 / 0.232 on 6,023 Chinese paragraphs (K = 10 to 50), diversity 0.91 /
0.97. docs/topics.md has the sets that this and the next three were chosen on."""
SHARED: Final = 0.5
"""A word is shown in its best topic, and in others where it scores at least this share of that.
1 (one topic only), 0.7, 0.5, 0.3: NPMI 0.091, 0.106, 0.115, 0.123 and diversity 1, 0.97, 0.95,
0.93 on M10, the hardest of four sets."""
CANDIDATES: Final = 40
"""Best words of a topic from which the shown ones are picked. 20, 30, 40: NPMI 0.148, 0.164, 0.167
as the mean of four sets; more let rare words in that only cohere."""
BALANCE: Final = 0.25
"""What a word's weight (scaled to 0 … 1 among the candidates, logarithmic) counts beside its mean
NPMI to the others. 0.5, 0.25: NPMI 0.206, 0.217 as the mean of four sets, 40 candidates."""
EXAMPLES: Final = 3
PRIOR_LENGTH: Final = 10.0
"""Words' worth of doubt when the most typical documents are looked for: of two documents that are
wholly of one topic the longer one shows it better."""
DRAWS: Final = 400
"""Bootstrap draws of an interval."""
MANY: Final = 1000
"""From so many articles on their drawn means are normal, and the interval is told by its formula
(linearised ratio estimator: Särndal, Swensson, Wretman 1992): draws would only come near it."""
LIFT: Final = 3.0
"""A topic belongs to a theme whose seed words weigh this many times what they weigh in the mean of
the other topics (a mean with the topic itself in it would let no topic of three reach more than
three times) …"""
CLEAR: Final = 1.5
"""… and this many times the lift of the next theme, and whose seed words weigh most in it: of two
topics one is about several themes, and the rarest would stand out of the other most …"""
NEAR_TOP: Final = 50
"""… if enough of its seeds stand among this many best words of the topic:"""
AT_LEAST: Final = 2
"""one word in common is chance (审议 alone made a topic of reports one of consultation)."""


def own_words(components: Floats) -> Floats:
    """Return weight × exclusivity of each word in the topics where it counts most, else 0.

    Args:
        components: topics × words ≥ 0, rows that sum to 1.

    A word shown in many topics tells nobody which is which.
    """
    exclusive = components / np.maximum(components.sum(axis=0), 1e-300)
    scores = components * exclusive**EXCLUSIVITY
    return np.where(scores >= SHARED * scores.max(axis=0), scores, 0.0)


def pair_npmi(counts: sparse.csr_matrix, words: NDArray[np.intp]) -> Floats:
    """Return the NPMI of ``words`` standing in the same document, (m, m), diagonal 0."""
    there = counts[:, words].astype(bool).astype(np.float64)
    joint = np.asarray((there.T @ there).todense()) / max(1, counts.shape[0])
    alone = np.maximum(np.diag(joint).copy(), 1e-12)
    joint = np.clip(joint, 1e-12, 1 - 1e-12)
    values: Floats = np.log(joint / np.outer(alone, alone)) / -np.log(joint)
    np.fill_diagonal(values, 0.0)
    return values


def best_words(components: Floats, counts: sparse.csr_matrix, n: int = 10) -> list[list[int]]:
    """Return each topic's best words: frequent, exclusive, and coherent with one another.

    From the topic's candidates the one that fits worst is dropped until ``n`` are left. Source:
    re-ranking by coherence, Alokaili, Aletras, Stevenson 2019; exclusivity, Bischof, Airoldi 2012.

    Args:
        components: topics × words.
        counts: documents × words that the topics were found in.
        n: how many; fewer where the topic has fewer words of its own.

    Returns:
        Word numbers per topic, heaviest first.
    """
    chosen = []
    by_document = counts.tocsc()
    for scores in own_words(np.asarray(components, dtype=np.float64)):
        order = np.argsort(-scores, kind="stable")[: max(CANDIDATES, n)]
        order = order[scores[order] > 0]
        keep = _coherent(np.log(scores[order]), pair_npmi(by_document, order), n)
        chosen.append([int(word) for word in order[keep]])
    return chosen


def _coherent(logs: Floats, npmi: Floats, n: int) -> list[int]:
    """Return which ``n`` candidates stay, in their order."""
    keep = list(range(len(logs)))
    if len(keep) <= n:
        return keep
    weight = BALANCE * (logs - logs.min()) / max(float(np.ptp(logs)), 1e-12)
    while len(keep) > n:
        fits = npmi[np.ix_(keep, keep)].sum(axis=1) / (len(keep) - 1) + weight[keep]
        keep.pop(int(fits.argmin()))
    return keep


def readable(words: Sequence[str], n: int = 3) -> str:
    """Return a name of the best words; one that is part of another says nothing more."""
    chosen: list[str] = []
    for word in words:
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
        if len(chosen) == n:
            break
    return " · ".join(chosen) if chosen else "–"


def typical(theta: Floats, lengths: Floats, n: int = EXAMPLES) -> list[tuple[int, ...]]:
    """Return per topic the documents that show it best, best first.

    Args:
        theta: documents × topics.
        lengths: known words of each document, (n,).
        n: how many.
    """
    surety = (lengths / (lengths + PRIOR_LENGTH))[:, None] * theta
    found = []
    for column in -np.ascontiguousarray(surety.T):
        near = np.flatnonzero(column <= np.partition(column, min(n, len(column)) - 1)[:n].max())
        order = near[np.argsort(column[near], kind="stable")][:n]
        found.append(tuple(int(row) for row in order if lengths[row]))
    return found


def bootstrap(
    theta: Floats, *, groups: NDArray[Any] | None = None, seed: int = 7
) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high end of the 95 % interval of each topic's share, each (k,).

    Of one document there is no interval, of none not even a mean: NaN.

    Args:
        theta: documents × topics, rows that sum to 1.
        groups: article of each document: paragraphs of one article are drawn together, since
            they resemble one another; otherwise the interval would be too narrow. Of a handful of
            articles it is the paragraphs that are drawn.
        seed: start of the draws.
    """
    if len(theta) < 2:
        unknown = np.full(theta.shape[1], np.nan)
        return theta[0] if len(theta) else unknown, unknown, unknown
    alone = np.arange(len(theta))
    names, member = np.unique(alone if groups is None else groups, return_inverse=True)
    if len(names) < FEWEST_ARTICLES:
        names, member = alone, alone
    place = sparse.csr_matrix(
        (np.ones(len(theta)), member, np.arange(len(theta) + 1)), shape=(len(theta), len(names))
    )
    sums = place.T @ np.column_stack([theta, np.ones(len(theta))])
    mean = theta.mean(axis=0)
    if len(names) >= MANY:
        residuals = sums[:, :-1] - mean * sums[:, -1:]
        reach = Z * np.sqrt(np.square(residuals).sum(axis=0)) / len(theta)
        return mean, np.maximum(mean - reach, 0.0), np.minimum(mean + reach, 1.0)
    draw = np.random.default_rng(seed)
    means = np.empty((DRAWS, theta.shape[1]))
    for row in range(DRAWS):
        times = np.bincount(draw.integers(len(names), size=len(names)), minlength=len(names))
        total = (times[:, None] * sums).sum(axis=0)
        means[row] = total[:-1] / total[-1]
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return mean, np.minimum(low, mean), np.maximum(high, mean)


def theme_of(components: Floats, vocabulary: Sequence[str], themes: ThemeSet | None) -> list[str]:
    """Return per topic the code of the theme whose seeds stand out in it, or ``new``."""
    if themes is None or len(components) < 2:  # one topic alone stands out from nothing
        return [NEW] * len(components)
    index = {word: n for n, word in enumerate(vocabulary)}
    others = max(len(components) - 1, 1)
    near = np.argsort(-components, axis=1, kind="stable")[:, :NEAR_TOP]
    lifts = np.zeros((len(components), len(themes)))
    masses = np.zeros_like(lifts)
    for column, theme in enumerate(themes):
        seeds = {index[word]: weight for word, weight in theme.seeds.items() if word in index}
        if seeds:
            words, weights = np.array(list(seeds)), np.array(list(seeds.values()))
            stands = np.isin(near, words).sum(axis=1) >= min(AT_LEAST, len(words))
            masses[:, column] = mass = (components[:, words] * weights).sum(axis=1)
            usual = np.maximum((mass.sum() - mass) / others, 1e-12)
            lifts[:, column] = np.where(stands, mass / usual, 0.0)
    pairs = zip(lifts, masses, strict=True)
    return [_clear(row, int(mass.argmax()), themes.codes) for row, mass in pairs]


def _clear(lifts: Floats, heaviest: int, codes: Sequence[str]) -> str:
    order = np.argsort(-lifts, kind="stable")
    next_best = lifts[order[1]] if len(order) > 1 else 0.0
    best = lifts[order[0]]
    clear = best >= LIFT and best >= CLEAR * next_best and order[0] == heaviest
    return codes[order[0]] if clear else NEW


def name_topics(  # noqa: PLR0913  # all that a topic is described by
    components: Floats,
    words: Sequence[Sequence[int]],
    theta: Floats,
    counts: sparse.csr_matrix,
    vocabulary: Sequence[str],
    themes: ThemeSet | None = None,
    articles: Sequence[Hashable] | None = None,
) -> tuple[Topic, ...]:
    """Return the topics as findings, in the order of ``components``.

    Args:
        components: topics × words.
        words: best words per topic, as ``best_words`` gives them.
        theta: documents × topics, rows that sum to 1.
        counts: documents × words.
        vocabulary: the words.
        themes: themes that a topic may belong to.
        articles: each document's article, so that intervals draw articles.
    """
    lengths = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    known = theta[lengths > 0]
    groups = None if articles is None else np.asarray(articles)[lengths > 0]
    shares, low, high = bootstrap(known, groups=groups)
    examples = typical(theta, lengths)
    codes = theme_of(components, vocabulary, themes)
    return tuple(
        Topic(
            id=k,
            words=tuple(vocabulary[word] for word in chosen),
            weights=tuple(float(components[k, word]) for word in chosen),
            share=float(shares[k]) if len(known) else 0.0,
            name=readable([vocabulary[word] for word in chosen]),
            theme=codes[k],
            share_low=float(low[k]),
            share_high=float(high[k]),
            examples=examples[k],
        )
        for k, chosen in enumerate(words)
    )
