"""Finds and tags the themes of Chinese articles. Names only; each is loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from topics.corpus import Article as Article
    from topics.corpus import Corpus as Corpus
    from topics.corpus import Part as Part
    from topics.errors import TopicsError as TopicsError
    from topics.estimating import ThemeClassifier as ThemeClassifier
    from topics.findings import Evidence as Evidence
    from topics.findings import Findings as Findings
    from topics.findings import Scores as Scores
    from topics.findings import Tag as Tag
    from topics.findings import Topic as Topic
    from topics.ingesting import articles_from_text as articles_from_text
    from topics.ingesting import iter_articles as iter_articles
    from topics.ingesting import read_articles as read_articles
    from topics.labels import read_labels as read_labels
    from topics.options import Options as Options
    from topics.reporting import Report as Report
    from topics.tagging import Tagger as Tagger
    from topics.tagging import load as load
    from topics.themes import Theme as Theme
    from topics.themes import ThemeSet as ThemeSet
    from topics.themes import load_themes as load_themes
    from topics.training import Trained as Trained
    from topics.training import train as train

__version__: Final = "0.1.0"

_HOMES: Final = {
    "Article": "corpus",
    "Corpus": "corpus",
    "Evidence": "findings",
    "Findings": "findings",
    "Options": "options",
    "Part": "corpus",
    "Report": "reporting",
    "Scores": "findings",
    "Tag": "findings",
    "Tagger": "tagging",
    "Theme": "themes",
    "ThemeClassifier": "estimating",
    "ThemeSet": "themes",
    "Topic": "findings",
    "TopicsError": "errors",
    "Trained": "training",
    "articles_from_text": "ingesting",
    "iter_articles": "ingesting",
    "load": "tagging",
    "load_themes": "themes",
    "read_articles": "ingesting",
    "read_labels": "labels",
    "train": "training",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the module holds
    if name not in _HOMES:
        raise AttributeError(f"module 'topics' has no attribute {name!r}")
    return getattr(importlib.import_module(f"topics.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
