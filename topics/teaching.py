"""Prepared paragraphs → the theme classifier: what it is taught from, and in which order.

Labels teach first. A paragraph without one is taught by the ready-made model where the themes are
the packaged ones, else by the themes' seed words. With the packaged themes the packaged sample is
learned from too: a user's own articles are few, and rarely show what belongs to no theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.classifying import Examples, train_classifier
from topics.corpus import Article
from topics.errors import LabelError, ModelError
from topics.options import Options
from topics.preparing import Prepared
from topics.remembering import Digests, digests
from topics.scoring import LinearModel
from topics.seeding import weak_labels
from topics.tagging import load
from topics.themes import ThemeSet

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taught:
    """A theme classifier, and what it said about labelled paragraphs it had not seen."""

    model: LinearModel
    held_out: Floats | None
    """Shape (paragraphs, classes): NaN where nothing was held out; None without labels."""
    how: str
    digests: Digests
    """Of the paragraphs whose labels taught it."""


@dataclass
class Rows:
    """Examples while they are gathered; headings stand among the texts."""

    texts: list[str]
    groups: list[str]
    labels: list[int]
    tags: list[frozenset[int] | None]
    headings: list[int]
    previous: list[int]
    following: list[int]

    @classmethod
    def empty(cls) -> Rows:
        """Return no rows."""
        return cls([], [], [], [], [], [], [])

    def add(
        self, text: str, group: str, label: int = -1, tags: frozenset[int] | None = None
    ) -> int:
        """Add a text without neighbours; return its row."""
        self.texts.append(text)
        self.groups.append(group)
        self.labels.append(label)
        self.tags.append(tags)
        self.headings.append(-1)
        self.previous.append(-1)
        self.following.append(-1)
        return len(self.texts) - 1

    def add_all(self, prepared: Prepared, prefix: str) -> list[int]:
        """Add what is taught of ``prepared``; return the row of each paragraph, -1 if none."""
        articles: Sequence[Article] = prepared.corpus.articles
        places = [-1] * len(prepared.parts)
        heading_rows: dict[tuple[int, str], int] = {}
        before = -1
        for n, part in enumerate(prepared.parts):
            article = prepared.articles[n]
            group = f"{prefix}{article}"
            if not prepared.taught[n]:
                before = -1
                continue
            row = self.add(part.text, group, prepared.labels[n], prepared.tags[n])
            places[n] = row
            if heading := articles[article].heading_of(part):
                key = (article, heading)
                if key not in heading_rows:
                    heading_rows[key] = self.add(heading, group)
                self.headings[row] = heading_rows[key]
            same = before >= 0 and self.groups[before] == group and not articles[article].ready
            if same:
                self.previous[row] = before
                self.following[before] = row
            before = row
        return places

    @property
    def labelled(self) -> list[str]:
        """The texts that have a label."""
        return [text for text, label in zip(self.texts, self.labels, strict=True) if label >= 0]

    def examples(
        self,
        tokens: Sequence[Sequence[str]],
        soft: Floats | None,
        calibrates: NDArray[np.bool_] | None = None,
    ) -> Examples:
        """Return the rows as examples."""
        return Examples(
            texts=self.texts,
            tokens=tokens,
            groups=self.groups,
            labels=self.labels,
            tags=self.tags,
            soft=soft,
            calibrates=calibrates,
            headings=self.headings,
            previous=self.previous,
            next=self.following,
        )


def teach(prepared: Prepared, background: Prepared | None, options: Options) -> Taught:
    """Train the classifier on ``prepared`` and, if given, on a labelled background.

    Args:
        prepared: the paragraphs that are to be tagged.
        background: labelled paragraphs of the same themes, learned from beside them.
        options: ``seed``, ``folds`` and ``context`` are used.

    Raises:
        LabelError: nothing is known of any paragraph.
    """
    themes = prepared.themes
    rows = Rows.empty()
    places = rows.add_all(prepared, "own ")
    if background is not None:
        rows.add_all(background, "background ")
    tokens = list(prepared.segmenter.cut_many(rows.texts))
    soft = _soft(rows.texts, tokens, themes)
    if np.isnan(soft).all() and max(rows.labels, default=-1) < 0:
        raise LabelError(
            f"none of the {len(themes.seed_words)} seed words stands in these articles, and no "
            "paragraph has a label; topics themes FILE --on PATH shows where seed words stand"
        )
    trained = train_classifier(rows.examples(tokens, soft), themes, options)
    held_out = None
    how = "no labels"
    if trained.folds:
        held_out = np.full((len(places), len(themes.classes)), np.nan)
        seen = dict(zip(trained.labelled.tolist(), trained.held_out, strict=True))
        for n, row in enumerate(places):
            if row in seen:
                held_out[n] = seen[row]
        how = f"cross-validation in {trained.folds} parts, split by article"
    return Taught(trained.model, held_out, how, digests(rows.labelled))


def _soft(texts: Sequence[str], tokens: Sequence[Sequence[str]], themes: ThemeSet) -> Floats:
    """Return soft labels for all texts, from the ready-made model or from the seed words."""
    if themes.packaged:
        try:
            return load().weights(texts)
        except ModelError:  # no ready-made model yet: it is being built
            pass
    return weak_labels(texts, tokens, themes)
