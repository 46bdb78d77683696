"""What the fixed themes leave unexplained → candidate themes, as a theme file to paste from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.discovering.finding import Discovery, Settings, discover
from topics.discovering.gathering import Source
from topics.errors import InputError
from topics.seeding import weak_labels
from topics.themes import ThemeSet

PER_CANDIDATE: Final = 40
"""Unexplained documents to one candidate …"""
MOST: Final = 12
"""… and no more candidates than a person reads through."""
QUOTED: Final = 60
"""Characters of a typical document in the file."""


def unexplained(source: Source, other: Sequence[bool]) -> NDArray[np.bool_]:
    """Return which documents no theme explains: most of their paragraphs are other.

    Args:
        source: the documents.
        other: for each paragraph of all documents, whether no theme was found in it.
    """
    row = np.repeat(np.arange(len(source.documents)), [len(d.parts) for d in source.documents])
    counts = np.bincount(row, weights=np.asarray(other, float), minlength=len(source.documents))
    sizes = np.array([len(d.parts) for d in source.documents])
    rest: NDArray[np.bool_] = counts > sizes / 2
    return rest


def unseeded(source: Source, themes: ThemeSet) -> NDArray[np.bool_]:
    """Return which documents no theme explains by its seed words and what keeps them company."""
    known = weak_labels(source.texts, source.tokens, themes)
    told = ~np.isnan(known).any(axis=1)
    rest: NDArray[np.bool_] = ~told | (np.nan_to_num(known).argmax(axis=1) == len(themes))
    return rest


def candidate_themes(
    counts: sparse.csr_matrix,
    vocabulary: Sequence[str],
    unexplained: NDArray[np.bool_],
    settings: Settings,
    known: frozenset[str] = frozenset(),
) -> Discovery | None:
    """Return topics of the documents that no theme explains; None where they are too few.

    Args:
        counts: documents × words.
        vocabulary: the words.
        unexplained: which documents, (n,).
        settings: method and seed are used.
        known: seed words of the fixed themes; none of them becomes a seed again.
    """
    rows = np.flatnonzero(unexplained)
    columns = [n for n, word in enumerate(vocabulary) if word not in known]
    inner = sparse.csr_matrix(counts[rows][:, columns])
    size = min(MOST, len(rows) // PER_CANDIDATE)
    if size < 2:
        return None
    chosen = dataclasses.replace(settings, topics=size, runs=0, perplexity=False)
    try:
        found = discover(inner, [vocabulary[n] for n in columns], settings=chosen)
    except InputError:  # hardly a word in them
        return None
    topics = tuple(
        dataclasses.replace(t, examples=tuple(int(rows[n]) for n in t.examples))
        for t in found.topics
        if t.words
    )
    return dataclasses.replace(found, topics=topics)


def to_toml(
    found: Discovery | None,
    texts: Sequence[str],
    rest: str,
    taken: Sequence[str] = (),
) -> str:
    """Return candidates as a theme file, largest first; without any, a file of comments only.

    Args:
        found: the candidates.
        texts: the documents that examples point to.
        rest: what they were found in, in words.
        taken: codes that exist already.
    """
    head = (
        f"# Candidate themes: {rest}.\n"
        "# Read the words and the examples, rename what is good, delete the rest. This is a theme\n"
        "# file by itself, and can be put at the end of yours; check it with: topics themes FILE\n"
    )
    if found is None or not found.topics:
        return head + "# Too few documents to see a theme in them.\n"
    blocks = []
    number = 0
    for topic in sorted(found.topics, key=lambda t: -t.share):
        number += 1
        while f"new_{number}" in taken:
            number += 1
        examples = [f"# {' '.join(texts[n].split())[:QUOTED]} …" for n in topic.examples]
        weights = np.asarray(topic.weights) / max(topic.weights)
        seeds = (
            f"{_text(word)} = {max(0.5, round(float(2 * weight), 1))}"
            for word, weight in zip(topic.words, weights, strict=True)
        )
        lines = [
            f"# {topic.share:.1%} of them; for example:",
            *map(_comment, examples),
            "[[theme]]",
            f'code = "new_{number}"',
            f"zh = {_text(topic.name)}",
            "[theme.seeds]",
            *seeds,
        ]
        blocks.append("\n".join(lines))
    return head + "\n" + "\n\n".join(blocks) + "\n"


def _text(text: str) -> str:
    """Return text as TOML writes it: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)
