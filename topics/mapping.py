"""Counts → a topic model whose topics are mapped to the themes: the way of ``--method lda``.

All of it stands on what the seed words say of each paragraph and of those like it (`seeding`). LDA
is guided by it: every theme, and other, has topics of its own, which stay its own in every pass
(`modelling.guided`). NMF and k-means find their topics alone; each goes to the class that its
paragraphs lean to more than usual. Topics of other belong to no theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics import vectorizing
from topics.findings import Topic
from topics.mixture import TopicMixture
from topics.modelling.base import as_rows
from topics.modelling.guided import GuidedLda
from topics.modelling.kmeans import KMeansModel
from topics.modelling.nmf import NmfModel
from topics.naming import best_words, name_topics
from topics.options import Options
from topics.scoring import is_word
from topics.themes import ThemeSet

Floats = NDArray[np.float64]

MOST_COMMON: Final = 0.25
"""A word that stands in more than this share of the paragraphs is in no topic: it tells nothing."""
PER_TOPIC: Final = 4
"""Paragraphs that a topic is learned from at least, if every class has a topic."""
THRESHOLD: Final = 0.3
"""Probability from which on LDA has a theme among the tags. Micro-F1 of the tags with 0.2, 0.3,
0.4, 0.5: 0.79, 0.81, 0.80, 0.79 on half of the sample's train articles, 0.63, 0.64, 0.63, 0.62 on
half of the newspapers'; the other halves were learned from."""


@dataclass(frozen=True)
class Mapped:
    """A topic model that tags, and its topics for people."""

    mixture: TopicMixture
    topics: tuple[Topic, ...]
    note: str = ""
    """Why there are not as many as were asked for; empty where there are."""


def count_words(
    tokens: Sequence[Sequence[str]],
    themes: ThemeSet | None,
    stop: frozenset[str],
    *,
    most: float = MOST_COMMON,
) -> tuple[sparse.csr_matrix, list[str]]:
    """Count the words that may stand in topics: of two characters or more, not too rare or common.

    Seed words stay however rare or common they are; without themes every word stays: the text was
    cut, and its words chosen, by somebody else.
    """
    seeds = themes.seed_words if themes else frozenset()

    def wanted(word: str) -> bool:
        chosen = len(word) > 1 and word not in stop and is_word(word)
        return themes is None or word in seeds or chosen

    enough = min(1 + len(tokens) // 30, 2) if len(tokens) < 2000 else 5
    if themes is None:
        enough = 1
    words, entries = vectorizing.learn_words(tokens, wanted, enough)
    counts = vectorizing.gather([entries], len(tokens), len(words))
    matrix = sparse.csr_matrix(
        (counts.data, counts.indices, counts.indptr), shape=(len(tokens), len(words))
    )
    kept = usual_words(matrix, words, seeds, 1.0 if themes is None else most)
    return matrix[:, kept].tocsr(), [words[n] for n in kept]


def usual_words(
    counts: sparse.csr_matrix, words: Sequence[str], seeds: frozenset[str], most: float
) -> NDArray[np.intp]:
    """Return which words stand in no more than this share of the texts; seeds stay in any case."""
    if most >= 1:
        return np.arange(len(words))
    texts = counts.getnnz(axis=0)
    limit = most * max(counts.shape[0], 1)
    return np.array([n for n, w in enumerate(words) if w in seeds or texts[n] <= limit], np.intp)


def learn_mixture(
    counts: sparse.csr_matrix,
    words: Sequence[str],
    known: Floats,
    themes: ThemeSet,
    options: Options,
) -> Mapped:
    """Learn topics from counts and map each to a theme or to none.

    Args:
        counts: paragraphs × words.
        words: the words.
        known: probability of each class for each paragraph, as `seeding.weak_labels` gives it; a
            row of NaN: nothing is known of the paragraph, and it counts as a piece of other.
        themes: the themes; their seeds guide LDA.
        options: ``method``, ``topics`` and ``seed`` are used; there are fewer topics where there
            are fewer than `PER_TOPIC` paragraphs for each, and one for every class at least.
    """
    known = np.where(np.isnan(known), np.eye(known.shape[1])[-1], known)
    size = max(min(options.topics, counts.shape[0] // PER_TOPIC), len(themes.classes))
    guided = options.method == "lda"
    model: Any
    if guided:
        model = GuidedLda(size, seeds=_seed_numbers(words, themes), seed=options.seed)
        classes = model.fit(counts, known).classes_
        theta = model.transform(counts)
    else:
        model = (NmfModel if options.method == "nmf" else KMeansModel)(size, seed=options.seed)
        theta = model.fit(counts).transform(counts)
        classes = _leanings(theta, known)
    chosen = best_words(model.components_, counts, 15)
    topics = name_topics(model.components_, chosen, theta, counts, list(words), themes)
    codes = ["new" if c == len(themes) else themes.codes[c] for c in classes]
    mixture = TopicMixture(
        tuple(words),
        _rows(model.phi_),
        np.asarray(model.word_weights_, np.float32),
        tuple(classes),
        len(themes.classes),
        alpha=tuple(model.alpha_.tolist()) if guided else float(np.mean(model.alpha_)),
        sharpness=model.sharpness if guided else 1.0,
        thresholds=(THRESHOLD,) * len(themes) if guided else (),
    )
    renamed = (replace(topic, theme=code) for topic, code in zip(topics, codes, strict=True))
    note = _note(len(topics), options.topics, counts.shape[0], len(themes.classes))
    return Mapped(mixture, tuple(renamed), note)


def _note(found: int, asked: int, paragraphs: int, classes: int) -> str:
    """Return why there are ``found`` topics where ``asked`` were asked for."""
    if found == asked:
        return ""
    if asked < classes:
        why = f"each of the {classes} themes, other among them, needs one"
    else:
        why = f"a topic needs {PER_TOPIC} paragraphs, and {paragraphs} teach"
    return f"{found} topics were learned, not {asked}: {why}"


def _leanings(theta: Floats, known: Floats) -> tuple[int, ...]:
    """Return the class of each topic: the one its paragraphs lean to more than usual.

    More than usual by the root of the usual: by the ratio small classes get topics in which they
    are nowhere the largest, by the mean they get none. Macro-F1 of the ratio, the root, the mean:
    NMF 0.67, 0.70, 0.69 and k-means 0.66, 0.71, 0.71 on halves of the sample's train articles (mean
    of three seeds), 0.37, 0.38, 0.23 and 0.37, 0.41, 0.25 on the newspapers'.
    """
    leaning = as_rows(theta.T @ known) / np.sqrt(np.maximum(known.mean(axis=0), 1e-12))
    return tuple(int(number) for number in leaning.argmax(axis=1))


def _seed_numbers(words: Sequence[str], themes: ThemeSet) -> list[dict[int, float]]:
    index = {word: n for n, word in enumerate(words)}
    return [
        {index[word]: weight for word, weight in theme.seeds.items() if word in index}
        for theme in (*themes, themes.other)
    ]


def _rows(phi: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(phi, np.float32)
