"""What `benchmark_themes.py seeds` and `seed_choices` learn and compare: models from seed words."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np
from build_model import Marked, News, marked, news_articles
from recording import table

from topics import mapping, seeding
from topics.corpus import Article, Corpus, Part
from topics.evaluating import score, score_tags
from topics.findings import Tag
from topics.modelling import GuidedLda
from topics.options import Method, Options
from topics.tagging import Tagger
from topics.themes import load_themes
from topics.training import sample_prepared, train

METHODS: Final[tuple[Method, ...]] = ("lda", "nmf", "kmeans", "tfidf")
SEEDS: Final = (7, 8, 9)
DRAWS: Final = (1, 2, 3, 4, 5)
"""Bootstrap samples of the articles: how much another set of texts of the same kind changes."""
THEMES: Final = replace(load_themes(), name="seeds")
"""The packaged themes by another name: under their own, the classifier would learn from the
ready-made model, which has seen labels."""
CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "as it is": {},
    "lean 30": {"lean": 30.0},
    "lean 300": {"lean": 300.0},
    "strength 0.3": {"strength": 0.3},
    "strength 3": {"strength": 3.0},
    "prior 0.01": {"prior": 0.01},
    "prior 0.04": {"prior": 0.04},
    "sharpness 1": {"sharpness": 1.0},
    "sharpness 2": {"sharpness": 2.0},
}
TOPICS: Final = (10, 40)
WEAK: Final[Mapping[str, Mapping[str, Any]]] = {
    "tfidf, as it is": {},
    "tfidf, FORCE 0.5": {"FORCE": 0.5},
    "tfidf, REACH 5": {"REACH": 5.0},
    "tfidf, no REACH": {"REACH": 1e9},
    "tfidf, OPEN_ROUNDS 3": {"OPEN_ROUNDS": 3},
    "tfidf, OPEN_ROUNDS 12": {"OPEN_ROUNDS": 12},
}
"""Settings of the weak labels, as the classifier learns from them; it draws nothing: one seed."""


@dataclass(frozen=True)
class Sheet:
    """Gold labels beside what the tagger said."""

    name: str
    gold: list[int]
    tags: list[Tag]
    all_themes: list[frozenset[int]]

    def rows(self) -> list[list[float]]:
        """Return the probabilities of all classes."""
        classes = load_themes().classes
        return [[tag.probabilities[code] for code in classes] for tag in self.tags]


def as_article(news: News) -> Article:
    """Return a newspaper article; its title stands over every paragraph."""
    parts = [
        Part(text, file=news.key, heading=news.title, line=place)
        for place, text in enumerate(news.paragraphs)
    ]
    return Article(tuple(parts), file=news.key)


def learned(articles: Sequence[Article], method: Method, seed: int, **options: object) -> Tagger:
    """Train on articles from seed words alone."""
    given = Options(method=method, seed=seed, sample=False).replace(**options)
    return train(Corpus(tuple(articles)), themes=THEMES, options=given).tagger


def figures(sheets: Sequence[Sheet]) -> list[str]:
    """Return macro-F1, accuracy, calibration error and micro-F1 of the tags, sheet after sheet."""
    classes, columns = load_themes().classes, []
    for sheet in sheets:
        scores = score(sheet.gold, np.array(sheet.rows()), classes)
        several = score_tags(sheet.tags, sheet.all_themes, classes)
        columns.append((scores.macro_f1, scores.accuracy, scores.calibration_error, several.micro))
    return [", ".join(f"{value:.3f}" for value in column) for column in zip(*columns, strict=True)]


def head(first: str) -> tuple[str, ...]:
    """Return the head of a table of ``figures``."""
    return (
        first,
        "learned from",
        "scored on",
        "n",
        "macro-F1",
        "accuracy",
        "ECE",
        "tags, micro-F1",
    )


def drawn(articles: Sequence[Article], draw: int) -> list[Article]:
    """Return as many articles, drawn with replacement."""
    places = np.random.default_rng(draw).integers(len(articles), size=len(articles))
    return [articles[place] for place in places]


@dataclass(frozen=True)
class Half:
    """Articles to learn from, and labelled ones to score on."""

    learn: list[Article]
    test: list[Article]
    marks: list[Mapping[int, Marked]]
    """Place of a paragraph in its article → label, for each article of ``test``."""

    def sheet(self, tagger: Tagger) -> Sheet:
        """Tag the articles to score on."""
        sheet = Sheet("", [], [], [])
        for article, marks in zip(self.test, self.marks, strict=True):
            tags = tagger.tag(article)
            for place, mark in marks.items():
                sheet.gold.append(mark.theme)
                sheet.tags.append(tags[place])
                sheet.all_themes.append(mark.tags)
        return sheet


def sample_half(writers: Sequence[int]) -> Half:
    """Return the train articles of the sample, every second writer's to learn from.

    Args:
        writers: number of the last article of each; of the first, every second article is taken.
    """
    prepared = sample_prepared(load_themes(), Options())
    marks: dict[int, dict[int, Marked]] = {}
    tests = set()
    for n, owner in enumerate(prepared.articles):
        place = len(marks.setdefault(owner, {}))
        mark = Marked(prepared.labels[n], prepared.tags[n] or frozenset(), usual=True)
        marks[owner][place] = mark
        if prepared.tests[n]:
            tests.add(owner)
    half = Half([], [], [])
    for number, article in enumerate(prepared.corpus.articles):
        if number in tests:
            continue
        writer = int(np.searchsorted(writers, int(Path(article.file).name[:3])))
        if (writer or number) % 2 == 0:
            half.learn.append(article)
        else:
            half.test.append(article)
            half.marks.append({k: m for k, m in marks.get(number, {}).items() if m.theme >= 0})
    return half


def news_half(corpora: Path) -> Half:
    """Return the newspaper articles with labels to train on; the random ones are scored on."""
    known, half = marked("news_train.csv"), Half([], [], [])
    for news in news_articles(corpora):
        usual = {place: mark for place, mark in known.get(news.key, {}).items() if mark.usual}
        if not usual:
            continue
        if hashlib.sha256(news.key.encode()).digest()[-1] % 2:
            half.learn.append(as_article(news))
        else:
            half.test.append(as_article(news))
            half.marks.append(usual)
    return half


def compare(halves: Mapping[str, Half]) -> Iterator[str]:
    """Yield a table of what every choice makes of the halves; no gold label, no test article."""
    rows: list[tuple[object, ...]] = []
    ways = {name: (choice, 20) for name, choice in CHOICES.items()}
    ways |= {f"{topics} topics": ({}, topics) for topics in TOPICS}
    for name, (choice, topics) in ways.items():
        with mock.patch.object(mapping, "GuidedLda", partial(GuidedLda, **choice)):
            for where, half in halves.items():
                sheets = [half.sheet(learned(half.learn, "lda", s, topics=topics)) for s in SEEDS]
                n = len(sheets[0].gold)
                rows.append((name, f"half of {where}", "the other half", n, *figures(sheets)))
    for name, how in WEAK.items():
        with mock.patch.multiple(seeding, **how) if how else nullcontext():
            for where, half in halves.items():
                sheets = [half.sheet(learned(half.learn, "tfidf", SEEDS[0]))]
                n = len(sheets[0].gold)
                rows.append((name, f"half of {where}", "the other half", n, *figures(sheets)))
    yield from table(head("choice"), rows)
