"""What goes in: articles and their parts, each with its place in the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from types import MappingProxyType
from typing import Final, Literal, get_args

from topics.patterns import Pattern

Kind = Literal[
    "title",
    "subtitle",
    "byline",
    "dateline",
    "column",
    "heading",
    "caption",
    "body",
    "boilerplate",
]
"""What a part of an article is."""

_LEAD: Final = Pattern(r"^[^，。]{0,24}?[讯电](?:[（(][^（）()]{0,40}[)）]|[：: ])\s*(?=\S)")
"""How a report begins that has no title: who sends it from where."""

_DATE: Final = Pattern(
    r"\s*(\d{4})(?:年?\s*$|(\d\d)(\d\d)?(?!\d)"
    r"|\s?[-/.年]\s?(\d{1,2})(?:月?\s*$|\s?[-/.月]\s?(\d{1,2})(?!\d)))"
)
"""A year; a year and a month; a full date, after which a time may stand."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def as_date(text: str) -> str:
    """Return a date as YYYY-MM-DD, YYYY-MM or YYYY, as much as it says; another text unchanged.

    >>> as_date("20230701"), as_date("2023年7月1日 10:00"), as_date("2023/7"), as_date("summer")
    ('2023-07-01', '2023-07-01', '2023-07', 'summer')
    """
    if not (found := _DATE.match(text)):
        return text
    year, *rest = found.groups()
    month, day = rest[0] or rest[2], rest[1] or rest[3]
    if int(month or 1) not in range(1, 13) or int(day or 1) not in range(1, 32):
        return text
    return "-".join([year] + [f"{int(one):02d}" for one in (month, day) if one])


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an article: a title, a heading, a caption, a body paragraph …"""

    text: str
    """The cleaned text: one line, simplified characters, no glosses."""
    kind: Kind = "body"
    file: str = ""
    """The path as the user gave it; ``-`` for stdin, empty for text given in Python."""
    article: int = 1
    """Which article of the file, from 1."""
    line: int = 1
    """1-based line of the source file where the part starts."""
    heading: str = ""
    """For a body paragraph: the section heading it stands under."""
    id: str = ""
    """The row's own id (jsonl, csv, parquet), else empty."""
    original: str = ""
    """The text as it stood in the source (lines joined by newlines); ``text`` where empty."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its parts in the order of the source, and what is known about it."""

    parts: tuple[Part, ...]
    file: str = ""
    number: int = 1
    """Which article of the file, from 1."""
    ready: bool = False
    """True for rows that came as ready paragraphs: they are no neighbours of one another."""
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """``date`` (YYYY-MM-DD), ``source``, ``author``, ``place`` and further columns, as found."""
    rows: tuple[Mapping[str, str], ...] = ()
    """Of ready rows that differ in it: the ``meta`` of each part; else empty."""

    @property
    def title(self) -> str:
        """The title; where there is none, the start of the first heading or paragraph.

        A block of ready rows is named by its lines.
        """
        if self.ready and len(self.parts) > 1:
            return f"#{self.parts[0].line}–{self.parts[-1].line}"
        titles = [part.text for part in self.parts if part.kind == "title"]
        others = [part.text for part in self.parts if part.kind in ("heading", "body")]
        return titles[0] if titles else _LEAD.sub("", next(iter(others), ""), count=1)[:20]

    @property
    def paragraphs(self) -> tuple[Part, ...]:
        """The body paragraphs."""
        body = [part for part in self.parts if part.kind == "body"]  # half a generator's time
        return tuple(body)

    @property
    def facts(self) -> tuple[Mapping[str, str], ...]:
        """What is known about each body paragraph: its row's ``meta``, else the article's."""
        if not self.rows:
            return (self.meta,) * len(self.paragraphs)
        pairs = zip(self.parts, self.rows, strict=True)
        return tuple(meta for part, meta in pairs if part.kind == "body")

    def heading_of(self, part: Part) -> str:
        """The heading that a paragraph stands under; before the first one, the title, if any."""
        titled = bool(self.parts) and self.parts[0].kind == "title"
        return part.heading or (self.parts[0].text if titled else "")

    @property
    def key(self) -> str:
        """A name that is unique in a corpus: file and number."""
        return f"{self.file}#{self.number}"

    def __reduce__(self) -> tuple[object, ...]:
        """Let other processes send articles: a mapping proxy cannot be pickled, a dict can."""
        rows = [dict(row) for row in self.rows]
        return _article, (self.parts, self.file, self.number, self.ready, dict(self.meta), rows)


def _article(
    parts: tuple[Part, ...],
    file: str,
    number: int,
    ready: bool,  # noqa: FBT001 - called by unpickling only, which passes by position
    meta: dict[str, str],
    rows: list[dict[str, str]],
) -> Article:
    known = tuple(map(MappingProxyType, rows))
    return Article(parts, file, number, ready=ready, meta=MappingProxyType(meta), rows=known)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles that were read together, and what was skipped on the way."""

    articles: tuple[Article, ...]
    files: int = 0
    """How many files gave at least one article."""
    skipped: tuple[Skipped, ...] = ()

    def __iter__(self) -> Iterator[Article]:
        """Iterate over the articles."""
        return iter(self.articles)

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self.articles)

    @property
    def paragraphs(self) -> tuple[Part, ...]:
        """All body paragraphs, in order."""
        return tuple(part for article in self.articles for part in article.paragraphs)

    @property
    def origins(self) -> tuple[int, ...]:
        """The article of each body paragraph, as a number; a ready row is one by itself."""
        numbers = count()
        found: list[int] = []
        for article in self.articles:
            own = len(article.paragraphs)
            found += islice(numbers, own) if article.ready else [next(numbers)] * own
        return tuple(found)

    @property
    def summary(self) -> str:
        """One line for people: files, articles, paragraphs, skipped."""
        return self.counted(sum(len(a.paragraphs) for a in self.articles))

    def counted(self, paragraphs: int) -> str:
        """Return the summary of a corpus whose paragraphs were counted as they passed."""
        line = (
            f"{self.files} file(s), {len(self.articles)} article(s), {paragraphs} body paragraph(s)"
        )
        return line + (f", {len(self.skipped)} skipped" if self.skipped else "")


def as_corpus(articles: Corpus | Iterable[Article]) -> Corpus:
    """Return ``articles`` as a corpus."""
    if isinstance(articles, Corpus):
        return articles
    kept = tuple(articles)
    return Corpus(kept, files=len({article.file for article in kept}))
