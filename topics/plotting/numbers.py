"""The numbers behind the plots: one place, so that a plot and its table never disagree. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from topics.corpus import Article
from topics.findings import Findings, Share, Tag, wilson
from topics.themes import OTHER

UNSURE: Final = 0.5
"""A tag below this probability is more likely wrong than right."""
MAX_BINS: Final = 36
"""Columns that a time axis 6.4 inches wide can name."""
MAX_DOTS: Final = 1500
"""Dots on the map: more make a slow page and no clearer picture."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article in comparison."""

    index: int
    """Place in the report, from 1: the number shown everywhere."""
    article: Article
    tags: Sequence[Tag]
    shares: Mapping[str, float]
    """Class → share of its paragraphs."""

    @property
    def top(self) -> str:
        """The class of most paragraphs; a theme goes before other."""
        return max(self.shares, key=lambda code: (self.shares[code], code != OTHER))

    @property
    def certainty(self) -> float:
        """Mean probability of the tags."""
        return sum(tag.probability for tag in self.tags) / len(self.tags)

    @property
    def unsure(self) -> int:
        """How many paragraphs have a tag that is more likely wrong than right."""
        return sum(tag.probability < UNSURE for tag in self.tags)


@dataclass(frozen=True, slots=True)
class Bar:
    """A date, a source …: how many paragraphs of each class stand there."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many paragraphs."""
        return sum(self.counts.values())

    def share(self, code: str) -> float:
        """Share of a class, 0 where there is no paragraph."""
        return self.counts[code] / self.total if self.total else 0.0

    def interval(self, code: str) -> tuple[float, float]:
        """95 % interval of the share: how few the paragraphs are, not how often a tag is wrong."""
        return wilson(self.counts[code], self.total)


@dataclass(frozen=True, slots=True)
class WordUse:
    """How one word of a theme is used."""

    theme: str
    word: str
    weight: float
    paragraphs: int
    """In how many paragraphs it stands."""
    inside: float
    """Share of these that are tagged with the theme: 1 is exclusive."""


def article_rows(findings: Findings) -> list[ArticleRow]:
    """Return one row an article that has body paragraphs, in order."""
    return [
        ArticleRow(n, article, tags, findings.counted(tags))
        for n, (article, tags) in enumerate(findings.by_article(), 1)
    ]


def shares_of(findings: Findings) -> list[Share]:
    """Return the share of every class in the order of the themes; counted where none is given."""
    given = {share.theme: share for share in findings.shares}
    counted = findings.counted()
    return [
        given.get(code) or Share(code, counted[code], counted[code], counted[code], counted[code])
        for code in findings.themes.classes
    ]


def over_time(findings: Findings) -> list[Bar]:
    """Return classes by day, month or year, gaps filled; empty with fewer than two dates."""
    dated: list[tuple[tuple[str, str, str], Tag]] = []
    for said, tag in _by_fact(findings, "date"):
        found = _DATE.fullmatch(said)
        if found:
            year, month, day = found.groups(default="")
            dated.append(((year, month, day), tag))
    for size in (3, 2, 1):
        names = sorted({"-".join(date[:size]) for date, _ in dated if all(date[:size])})
        complete = all(all(date[:size]) for date, _ in dated)
        wide = size == 3 and len({name[:7] for name in names}) > 1
        axis = _filled(names, size)
        if complete and not wide and (len(axis) <= MAX_BINS or size == 1):
            pairs = [("-".join(date[:size]), tag) for date, tag in dated]
            return _bars(findings, axis, pairs) if len(names) > 1 else []
    return []


def _filled(names: list[str], size: int) -> list[str]:
    """Add the months or years between the first and the last."""
    if not names or size == 3:
        return names
    if size == 1:
        years = range(int(names[0]), int(names[-1]) + 1)
        return [f"{year:04d}" for year in years] if len(years) <= MAX_BINS else names
    first, last = (int(name[:4]) * 12 + int(name[5:7]) - 1 for name in (names[0], names[-1]))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1)]


def by_source(findings: Findings) -> list[Bar]:
    """Return classes by source, largest first; empty with fewer than two sources."""
    pairs = list(_by_fact(findings, "source"))
    names = sorted({name for name, _ in pairs})
    bars = _bars(findings, names, pairs) if len(names) > 1 else []
    return sorted(bars, key=lambda bar: -bar.total)


def _by_fact(findings: Findings, name: str) -> Iterator[tuple[str, Tag]]:
    """Yield each tag with what its row or article says, if it says anything."""
    for article, tags in findings.by_article():
        for facts, tag in zip(article.facts, tags, strict=True):
            if facts.get(name):
                yield facts[name], tag


def _bars(findings: Findings, names: Sequence[str], pairs: Sequence[tuple[str, Tag]]) -> list[Bar]:
    counts = {name: dict.fromkeys(findings.themes.classes, 0) for name in names}
    for name, tag in pairs:
        counts[name][tag.theme] += 1
    return [Bar(name, counts[name]) for name in names]


def topic_themes(findings: Findings) -> list[dict[str, float]]:
    """Return per topic: class → mean probability over the topic's most typical paragraphs.

    A topic without examples belongs to its own theme alone (to none where it is new).
    """
    rows = []
    for topic in findings.topics:
        tags = [findings.tags[n] for n in topic.examples if n < len(findings.tags)]
        rows.append(
            {
                code: sum(tag.probabilities.get(code, 0.0) for tag in tags) / len(tags)
                if tags
                else float(code == topic.theme)
                for code in findings.themes.classes
            }
        )
    return rows


def word_uses(findings: Findings, limit: int = 12) -> list[WordUse]:
    """Return the best words of each class: how frequent, how exclusive."""
    uses = []
    for code in findings.themes.classes:
        for word, weight in findings.theme_words.get(code, ())[:limit]:
            themes = [tag.theme for tag in findings.tags if word in tag.text]
            inside = themes.count(code) / len(themes) if themes else 0.0
            uses.append(WordUse(code, word, weight, len(themes), inside))
    return uses


def map_dots(findings: Findings) -> list[list[int]]:
    """Return per class the paragraphs on the map, in the order in which they are drawn."""
    count = min(len(findings.positions), len(findings.tags))
    kept = spread(count, MAX_DOTS) if findings.positions else []
    return [[n for n in kept if findings.tags[n].theme == code] for code in findings.themes.classes]


def spread(count: int, limit: int) -> list[int]:
    """Return at most ``limit`` indices below ``count``, evenly spread, the same every time."""
    if count <= limit:
        return list(range(count))
    return [n * count // limit for n in range(limit)]
