"""What was found for a batch of paragraphs: columns, and the strongest words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from topics import vectorizing
from topics.corpus import Part
from topics.vectorizing import Floats, Ints

if TYPE_CHECKING:
    from topics.findings import Tag
    from topics.mixture import TopicReading
    from topics.scoring import Reading

EVIDENCE: Final = 8
"""Most words of evidence a tag carries; `Tagger.explain` gives all."""
STRANGE: Final = 0.7
"""Below this share of known words a tag is noted as doubtful: the text is unlike the training
text. docs/trust.md has the share of paragraphs below it for several kinds of text, written by
scripts/benchmark_drift.py. With an earlier ready-made model 0.7 noted 1.3 % of newspaper paragraphs
and 55 % of THUCNews headlines, 0.6 noted 0.5 % and 37 %."""

_HIGHEST: Final = np.int64(0x7FFF_FFFF)


@dataclass(frozen=True, slots=True)
class Words:
    """The strongest words of many texts."""

    counts: Ints
    """How many each text has."""
    words: Sequence[str]
    """Text after text, each one's strongest first."""
    weights: Floats
    starts: Ints
    ends: Ints


@dataclass(frozen=True, slots=True)
class Tagged:
    """What was found for a batch of body paragraphs, column by column; iterate for `Tag` objects.

    Making the objects takes longer than scoring, so the command line writes from the columns.
    """

    parts: Sequence[Part]
    classes: tuple[str, ...]
    shares: Floats
    """Probabilities, shape (paragraphs, classes)."""
    columns: Ints
    """The most probable class of each paragraph."""
    tags: Sequence[tuple[str, ...]]
    words: Words
    known: Floats

    @property
    def notes(self) -> list[str]:
        """Why to doubt each tag; empty where there is no reason."""
        return [_note(known) for known in self.known.tolist()]

    def __len__(self) -> int:
        """How many paragraphs there are."""
        return len(self.parts)

    def __iter__(self) -> Iterator[Tag]:
        """Yield a tag a paragraph."""
        from topics.findings import Evidence, Tag

        words = self.words
        columns = (words.words, words.weights.tolist(), words.starts.tolist(), words.ends.tolist())
        found = map(Evidence, *columns)
        rows = zip(
            self.parts,
            self.columns.tolist(),
            self.shares.tolist(),
            self.tags,
            words.counts.tolist(),
            self.known.tolist(),
            strict=True,
        )
        for part, column, shares, tags, count, known in rows:
            evidence = tuple(islice(found, count))
            probabilities = dict(zip(self.classes, shares, strict=True))
            theme = self.classes[column]
            yield Tag(part, theme, probabilities, tags, evidence, known, _note(known))


def strongest(reading: Reading | TopicReading, texts: Sequence[str], added: Floats) -> Words:
    """Return each text's strongest words for its theme, each word once, strongest first.

    Weights are compared in single precision, and equal ones by their place.
    """
    lengths, docs = reading.lengths, reading.words.docs
    kept = np.flatnonzero((added > 0) & (lengths >= 2))  # a single character says little
    weights, docs = added.take(kept).astype(np.float32), docs.take(kept)
    falling = _HIGHEST - weights.view(np.int32)  # positive floats and their bits rise together
    _, order = vectorizing.in_order((docs << 31) + falling, len(texts) << 31)
    bounds = np.searchsorted(docs, np.arange(len(texts) + 1)).tolist()
    kept = kept.take(order)
    ends = np.cumsum(lengths).take(kept)
    ends -= _starts(texts).take(docs)
    starts = ends - lengths.take(kept)
    begins, stops = starts.tolist(), ends.tolist()
    chosen: list[int] = []
    found: list[str] = []
    counts: list[int] = []
    for text, first, end in zip(texts, bounds, bounds[1:], strict=False):
        words: dict[str, int] = {}
        for n in range(first, end):
            words.setdefault(text[begins[n] : stops[n]], n)
            if len(words) == EVIDENCE:
                break
        found += words
        chosen += words.values()
        counts.append(len(words))
    some = np.array(chosen, np.int64)
    strength = weights.take(order.take(some)).astype(np.float64)
    return Words(np.array(counts, np.int64), found, strength, starts.take(some), ends.take(some))


def _starts(texts: Sequence[str]) -> Ints:
    """Return where each text starts when all are joined."""
    lengths = vectorizing.lengths_of(texts)
    return np.cumsum(lengths) - lengths


def _note(known: float) -> str:
    if known == 0:
        return "no known word"
    return "unlike the training text: many unknown words" if known < STRANGE else ""
