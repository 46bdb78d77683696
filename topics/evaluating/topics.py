"""How good topics are: coherence, diversity, exclusivity, fit, stability. Never one score alone.

Coherence scores disagree with people (Hoyle and others 2021, Is Automated Topic Model Evaluation
Broken?), so every one is shown beside the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.evaluating.windows import Cooccurrences, cooccurrences

Floats = NDArray[np.float64]
Texts = Iterable[Sequence[str]]

EPSILON: Final = 1e-12
"""Added to a joint probability, as gensim does."""
TOP: Final = 10
"""Words of a topic that scores look at, as in published figures."""


def npmi(words: Sequence[Sequence[str]], texts: Texts, *, window: int = 10) -> Floats:
    """Return each topic's mean normalised pointwise mutual information, shape (k,), -1 to 1.

    Equal to gensim's ``c_npmi`` (boolean sliding window, pairs in both directions). Source:
    Bouma 2009; Lau, Newman, Baldwin 2014.
    """
    together = cooccurrences(texts, itertools.chain.from_iterable(words), window)
    return np.array([topic_npmi(topic, together) for topic in words])


def topic_npmi(words: Sequence[str], together: Cooccurrences) -> float:
    """Return one topic's mean over its pairs; 0 for fewer than two words."""
    if len(words) < 2:
        return 0.0
    return float(_pairs(words, together)[~np.eye(len(words), dtype=bool)].mean())


def _pairs(words: Sequence[str], together: Cooccurrences) -> Floats:
    """Return the NPMI of every word with every word, itself included; 0 where one never stands."""
    counts = together.among(words)
    alone = np.diag(counts) / max(1, together.windows)
    joint = counts / max(1, together.windows) + EPSILON
    expected = np.outer(alone, alone)
    known = expected > 0
    ratio = np.log(joint / np.where(known, expected, 1.0)) / -np.log(joint)
    return np.where(known, ratio, 0.0)


def by_document(words: Sequence[Sequence[int]], counts: sparse.csr_matrix) -> Cooccurrences:
    """Count word numbers (as strings) in whole documents instead of windows."""
    chosen = sorted({word for topic in words for word in topic})
    there = counts.tocsc()[:, chosen].astype(bool).astype(np.int64)
    index = {str(word): row for row, word in enumerate(chosen)}
    return Cooccurrences(index, sparse.csr_matrix(there.T @ there), counts.shape[0])


def c_v(words: Sequence[Sequence[str]], texts: Texts, *, window: int = 110) -> Floats:
    """Return each topic's C_v, shape (k,): equal to gensim's ``CoherenceModel``, counted here.

    Source: Röder, Both, Hinneburg 2015.
    """
    together = cooccurrences(texts, itertools.chain.from_iterable(words), window)
    return np.array([topic_c_v(topic, together) for topic in words])


def topic_c_v(words: Sequence[str], together: Cooccurrences) -> float:
    """Return the mean cosine of each word's NPMIs with those of all the topic's words together."""
    if len(words) < 2:
        return 0.0
    vectors = _pairs(words, together)
    whole = vectors.sum(axis=0)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(whole)
    return float(np.mean((vectors @ whole) / np.where(lengths > 0, lengths, 1.0)))


def diversity(words: Sequence[Sequence[Any]], top: int = TOP) -> float:
    """Return the share of different words among all top words (Dieng, Ruiz, Blei 2020)."""
    chosen = [word for topic in words for word in topic[:top]]
    return len(set(chosen)) / len(chosen) if chosen else 0.0


def exclusivity(components: Floats, words: Sequence[Sequence[int]], top: int = TOP) -> Floats:
    """Return how much each topic's top words belong to it alone, shape (k,), 0 to 1.

    A word's exclusivity is its probability in the topic over the sum of its probabilities in all
    topics (Bischof and Airoldi 2012).
    """
    sums = np.maximum(components.sum(axis=0), 1e-300)
    return np.array(
        [
            (components[k, list(topic[:top])] / sums[list(topic[:top])]).mean() if topic else 0.0
            for k, topic in enumerate(words)
        ]
    )


def mean_frex(components: Floats, words: Sequence[Sequence[int]], top: int = TOP) -> Floats:
    """Return the mean FREX of each topic's top words, shape (k,), 0 to 1."""
    scores = frex(components)
    return np.array(
        [scores[k, list(topic[:top])].mean() if topic else 0.0 for k, topic in enumerate(words)]
    )


def frex(components: Floats, weight: float = 0.5) -> Floats:
    """Return every word's FREX in every topic, (k, v), 0 to 1.

    Harmonic mean of the ranks (as shares) of its exclusivity and of its probability within the
    topic (Bischof and Airoldi 2012; Roberts and others, stm).
    """
    exclusive = components / np.maximum(components.sum(axis=0), 1e-300)
    ranks = [
        (np.argsort(np.argsort(values, axis=1), axis=1) + 1) / components.shape[1]
        for values in (exclusive, components)
    ]
    scores: Floats = 1 / (weight / ranks[0] + (1 - weight) / ranks[1])
    return scores


def halves(counts: sparse.csr_matrix, seed: int = 7) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Split every document's words at random into a half to look at and a half to foretell."""
    draw = np.random.default_rng(seed)
    seen = counts.copy()
    seen.data = draw.binomial(counts.data.astype(np.int64), 0.5).astype(np.float64)
    hidden = sparse.csr_matrix(counts - seen)
    seen.eliminate_zeros()
    hidden.eliminate_zeros()
    return seen, hidden


def perplexity(theta: Floats, components: Floats, hidden: sparse.csr_matrix) -> float:
    """Return exp(- mean log probability of the hidden words): lower is better.

    Document completion (Wallach, Murray, Salakhutdinov, Mimno 2009): ``theta`` comes from the
    other half of the same documents.
    """
    if not hidden.nnz:
        return float("nan")
    rows = np.repeat(np.arange(hidden.shape[0]), np.diff(hidden.indptr))
    by_word = np.ascontiguousarray(components.T)
    likely = np.empty(hidden.nnz)
    for start in range(0, hidden.nnz, 1 << 17):  # 2**17 pairs × k: bounds memory
        part = slice(start, start + (1 << 17))
        likely[part] = np.einsum("nk,nk->n", theta[rows[part]], by_word[hidden.indices[part]])
    logs = np.log(np.maximum(likely, 1e-300))
    return float(np.exp(-(hidden.data @ logs) / hidden.data.sum()))


def completion_perplexity(
    transform: Callable[[Any], Floats], components: Floats, counts: sparse.csr_matrix, seed: int = 7
) -> float:
    """Return the perplexity of held-out documents: topics from one half, words of the other."""
    seen, hidden = halves(counts, seed)
    return perplexity(transform(seen), components, hidden)


@dataclass(frozen=True, slots=True)
class Stability:
    """How alike models of the same corpus are (over seeds, or over bootstraps of documents)."""

    words: float
    """Mean overlap of the top words of matched topics, 0 to 1."""
    assignments: float
    """Mean share of documents whose main topics are matched, 0 to 1."""
    by_topic: tuple[float, ...] = ()
    """Of each topic of the first model: mean overlap with its matches in the others."""


def match(first: Sequence[Sequence[Any]], second: Sequence[Sequence[Any]]) -> tuple[Any, Floats]:
    """Return for each topic of ``first`` its match in ``second``, and the overlaps, (k,).

    Overlap: shared words over the longer list's length; the matching has the highest sum
    (Greene, O'Callaghan, Cunningham 2014 match by the Hungarian method too).
    """
    from scipy.optimize import linear_sum_assignment  # 0.1 s, for stability alone

    overlap = np.array(
        [[len({*a} & {*b}) / max(1, len(a), len(b)) for b in second] for a in first]
    ).reshape(len(first), len(second))
    rows, columns = linear_sum_assignment(-overlap)
    matched = np.full(len(first), -1)
    matched[rows] = columns
    values = np.zeros(len(first))
    values[rows] = overlap[rows, columns]
    return matched, values


def stability(
    words: Sequence[Sequence[Sequence[Any]]], assignments: Sequence[NDArray[np.integer[Any]]]
) -> Stability:
    """Compare every two models.

    Args:
        words: per model, per topic, the top words.
        assignments: per model, the main topic of each document of one common corpus, (n,).
    """
    overlaps, agreements = [], []
    mine: list[Floats] = []
    for a, b in itertools.combinations(range(len(words)), 2):
        matched, values = match(words[a], words[b])
        overlaps.append(float(values.mean()))
        agreements.append(float(np.mean(matched[assignments[a]] == assignments[b])))
        if a == 0:
            mine.append(values)
    if not overlaps:
        return Stability(1.0, 1.0, (1.0,) * len(words[0]) if words else ())
    by_topic = tuple(float(v) for v in np.mean(mine, axis=0))
    return Stability(float(np.mean(overlaps)), float(np.mean(agreements)), by_topic)
