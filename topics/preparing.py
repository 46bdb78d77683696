"""Articles, themes and labels → what every way of training needs: cut, labelled paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from topics.cleaning import clean
from topics.corpus import Corpus, Part
from topics.deduplicating import find_reprints
from topics.errors import InputError, ThemeError
from topics.findings import Reprint
from topics.labels import Labels
from topics.options import Options
from topics.segmenting import Segmenter, joinable, read_lexicon
from topics.themes import ThemeSet

_STOP: Final = Path(__file__).parent / "data" / "stopwords.txt"


@dataclass(frozen=True)
class Prepared:
    """Paragraphs ready for training, all lists in the corpus' order."""

    corpus: Corpus
    themes: ThemeSet
    segmenter: Segmenter
    parts: tuple[Part, ...]
    articles: tuple[int, ...]
    """Number of the article of each paragraph: cross-validation never splits one."""
    tokens: Sequence[Sequence[str]]
    labels: tuple[int, ...]
    """Column of the class in ``themes.classes``; -1 where no label is known."""
    tags: tuple[frozenset[int] | None, ...]
    """All themes of a labelled paragraph, where given."""
    tests: tuple[bool, ...]
    """Whether the labels file puts a paragraph's article aside for testing (split ``test``)."""
    taught: tuple[bool, ...]
    """False for reprints, the shortest and those put aside: tagged, but not learned from."""
    reprints: tuple[Reprint, ...]
    found: str = ""
    """What became of the labels, in one line; empty where none are given."""


def prepare(corpus: Corpus, themes: ThemeSet, labels: Labels | None, options: Options) -> Prepared:
    """Cut and match all that training needs; the themes' words are read as texts are.

    Raises:
        LabelError: the labels fit no paragraph.
        ThemeError: see `ThemeSet.spelled`.
    """
    parts = corpus.paragraphs
    themes = themes.spelled(read_word)
    segmenter = field_segmenter(themes)
    texts = [part.text for part in parts]
    reprints = () if options.reprints else find_reprints(texts)
    copies = {other for reprint in reprints for other in reprint.others}
    matched = labels.match(parts) if labels is not None else None
    articles = [n for n, article in enumerate(corpus) for _ in article.paragraphs]
    aside = _aside(articles, matched.splits if matched else ())
    return Prepared(
        corpus,
        themes,
        segmenter,
        parts,
        tuple(articles),
        list(segmenter.cut_many(texts)),
        tuple(matched.classes) if matched else (-1,) * len(parts),
        tuple(matched.tags) if matched else (None,) * len(parts),
        tuple(article in aside for article in articles),
        tuple(
            n not in copies and articles[n] not in aside and len(part.text) >= options.min_paragraph
            for n, part in enumerate(parts)
        ),
        reprints,
        matched.summary if matched else "",
    )


def _aside(articles: Sequence[int], splits: Sequence[str]) -> set[int]:
    """Return the articles of which a paragraph is put aside: an article is never split."""
    return {a for a, split in zip(articles, splits, strict=False) if split == "test"}


def read_word(word: str) -> str:
    """Return a word of a theme file as texts are read, as if it stood in one: 黨組 as 党组."""
    return clean(word) or word


def field_segmenter(themes: ThemeSet) -> Segmenter:
    """Return the segmenter that keeps the field's, the themes' and the user's words whole."""
    seeds = [word for word in sorted(themes.seed_words) if joinable(word)]
    try:
        return Segmenter([*read_lexicon(), *seeds]).with_words(themes.words)
    except InputError as error:
        raise ThemeError(f"'words' of the themes {themes.name!r}: {error}") from error


def stop_words() -> frozenset[str]:
    """Read the packaged words that carry no theme."""
    lines = _STOP.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
