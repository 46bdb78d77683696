"""What was found for a batch of paragraphs: columns, and the strongest words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from topics import vectorizing
from topics.corpus import Article, Part
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
    """The strongest words of many texts, text after text, each one's strongest first."""

    counts: Ints
    """How many each text has."""
    names: Ints
    """Which word of the vocabulary each is; -1 where it is none, or is spelled otherwise there."""
    vocabulary: Sequence[str]
    weights: Floats
    starts: Ints
    ends: Ints


@dataclass(frozen=True)
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
    articles: Sequence[Article] = ()
    """Of which they are the paragraphs."""

    @property
    def titles(self) -> dict[tuple[str, int], str]:
        """File and number of each article → its title; blocks of ready rows have none."""
        whole = [one for one in self.articles if not one.ready or len(one.parts) == 1]
        return {(one.file, one.number): one.title for one in whole}

    @cached_property
    def notes(self) -> dict[int, str]:
        """Why to doubt a tag, by its place; most there is no reason to doubt."""
        places = np.flatnonzero(self.known < STRANGE)
        known = self.known.take(places)
        return dict(zip(places.tolist(), map(_note, known.tolist()), strict=True))

    def __len__(self) -> int:
        """How many paragraphs there are."""
        return len(self.parts)

    def __iter__(self) -> Iterator[Tag]:
        """Yield a tag a paragraph."""
        from topics.findings import Evidence, Tag

        words = self.words
        found = zip(words.weights.tolist(), words.starts.tolist(), words.ends.tolist(), strict=True)
        rows = zip(
            self.parts,
            self.columns.tolist(),
            self.shares.tolist(),
            self.tags,
            words.counts.tolist(),
            self.known.tolist(),
            strict=True,
        )
        for n, (part, column, shares, tags, count, known) in enumerate(rows):
            some = islice(found, count)
            evidence = tuple(Evidence(part.text[a:b], weight, a, b) for weight, a, b in some)
            probabilities = dict(zip(self.classes, shares, strict=True))
            theme = self.classes[column]
            yield Tag(part, theme, probabilities, tags, evidence, known, self.notes.get(n, ""))


def strongest(reading: Reading | TopicReading, vocabulary: Sequence[str], added: Floats) -> Words:
    """Return each text's strongest words for its theme, each word once, strongest first.

    Weights are compared in single precision, and equal ones by their place. All is done on arrays:
    to make each token a string and ask a ``dict`` for it took three times as long.

    Args:
        reading: the texts.
        vocabulary: the model's words, in the order of their numbers.
        added: what each token adds.
    """
    lengths, docs, height = reading.lengths, reading.words.docs, reading.words.height
    kept = np.flatnonzero((added > 0) & (lengths >= 2))  # a single character says little
    weights, docs, sizes = added.take(kept).astype(np.float32), docs.take(kept), lengths.take(kept)
    before = np.cumsum(lengths).take(kept) - sizes  # characters, of all texts
    names = _named(reading, len(vocabulary), kept, before + docs, sizes)
    falling = _HIGHEST - weights.view(np.int32)  # positive floats and their bits rise together
    _, order = vectorizing.in_order((docs << 31) + falling, height << 31)
    chosen = order.take(_first(docs, names.take(order), height))
    docs, names, before = docs.take(chosen), names.take(chosen), before.take(chosen)
    names[names >= len(vocabulary)] = -1
    starts = before - _starts(reading.letters.lengths).take(docs)
    return Words(
        np.bincount(docs, minlength=height),
        names,
        vocabulary,
        weights.take(chosen).astype(np.float64),
        starts,
        starts + sizes.take(chosen),
    )


def _named(
    reading: Reading | TopicReading, known: int, tokens: Ints, starts: Ints, sizes: Ints
) -> Ints:
    """Return a number for each token, the same for the same word.

    Those that the vocabulary of ``known`` words spells alike keep their number there.
    """
    names = reading.spelled.take(tokens)
    others = np.flatnonzero(names < 0)
    if others.size:
        found, _ = vectorizing.number(reading.letters, starts.take(others), sizes.take(others))
        names[others] = found + known
    return names


def _first(docs: Ints, names: Ints, height: int) -> Ints:
    """Return the first places, at most `EVIDENCE` a text, at which a text has another word."""
    width = int(names.max(initial=0)) + 1
    keys, places = vectorizing.in_order(docs * width + names, height * width)
    is_first = np.zeros(len(docs), np.bool_)
    is_first[places[vectorizing.firsts(keys)]] = True
    found = np.flatnonzero(is_first)
    docs = docs.take(found)
    rank = np.arange(len(found)) - np.searchsorted(docs, np.arange(height)).take(docs)
    return found[rank < EVIDENCE]


def _starts(lengths: Ints) -> Ints:
    """Return where each text starts when all are joined."""
    return np.cumsum(lengths) - lengths


def _note(known: float) -> str:
    return "unlike the training text: many unknown words" if known else "no known word"
