"""Every number of the report as CSV text, one table a plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from topics import defusing
from topics.findings import Findings
from topics.plotting.numbers import (
    Bar,
    article_rows,
    by_source,
    over_time,
    shares_of,
    topic_themes,
    word_uses,
)

Row = Sequence[object]


def to_csv(rows: Iterable[Row]) -> str:
    """Return rows as CSV that a spreadsheet shows and does not run."""
    return defusing.lines([_short(value) for value in row] for row in rows)


def _short(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def tables(findings: Findings) -> dict[str, str]:
    """Return every table that the findings have numbers for: name → CSV text."""
    made = {name: list(rows(findings)) for name, rows in _TABLES.items()}
    return {name: to_csv(rows) for name, rows in made.items() if len(rows) > 1}


def _shares(f: Findings) -> Iterable[Row]:
    yield "theme", "name", "counted", "estimate", "low", "high"
    for s in shares_of(f):
        yield s.theme, f.themes.label(s.theme), s.counted, s.estimate, s.low, s.high


def _articles(f: Findings) -> Iterable[Row]:
    classes = f.themes.classes
    yield "article", "file", "number", "title", "paragraphs", *classes, "certainty", "unsure"
    for row in article_rows(f):
        shares = [row.shares[code] for code in classes]
        place = (row.index, row.article.file, row.article.number, row.article.title)
        yield *place, len(row.tags), *shares, row.certainty, row.unsure


def _paragraphs(f: Findings) -> Iterable[Row]:
    yield "article", "paragraph", "file", "line", "theme", "probability", *f.themes.classes
    for row in article_rows(f):
        for n, tag in enumerate(row.tags, 1):
            values = [tag.probabilities[code] for code in f.themes.classes]
            place = (row.index, n, tag.part.file, tag.part.line)
            yield *place, tag.theme, tag.probability, *values


def _words(f: Findings) -> Iterable[Row]:
    yield "theme", "word", "weight", "paragraphs", "inside"
    for use in word_uses(f, limit=50):
        yield use.theme, use.word, use.weight, use.paragraphs, use.inside


def _map(f: Findings) -> Iterable[Row]:
    yield "file", "line", "theme", "x", "y"
    for tag, (x, y) in zip(f.tags, f.positions, strict=False):
        yield tag.part.file, tag.part.line, tag.theme, float(x), float(y)


def _bars(bars: list[Bar], f: Findings, head: str) -> Iterable[Row]:
    classes = f.themes.classes
    ends = [f"{code} {end}" for code in classes for end in ("low", "high")]
    yield head, "paragraphs", *classes, *ends
    for bar in bars:
        spans = [end for code in classes for end in bar.interval(code)]
        yield bar.name, bar.total, *(bar.share(code) for code in classes), *spans


def _topics(f: Findings) -> Iterable[Row]:
    yield "topic", "name", "theme", "share", "low", "high", *f.themes.classes
    for topic, values in zip(f.topics, topic_themes(f), strict=True):
        span = (topic.share, topic.share_low, topic.share_high)
        yield topic.id, topic.name, topic.theme, *span, *values.values()


def _topic_words(f: Findings) -> Iterable[Row]:
    yield "topic", "rank", "word", "weight"
    for topic in f.topics:
        for n, (word, weight) in enumerate(zip(topic.words, topic.weights, strict=False), 1):
            yield topic.id, n, word, weight


def _confusion(f: Findings) -> Iterable[Row]:
    if f.scores:
        yield "gold \\ predicted", *f.scores.classes
        for code, counts in zip(f.scores.classes, f.scores.confusion, strict=True):
            yield code, *counts


def _scores(f: Findings) -> Iterable[Row]:
    if f.scores:
        yield "theme", "precision", "recall", "f1", "f1_low", "f1_high", "support"
        for code, s in f.scores.by_theme.items():
            yield code, s.precision, s.recall, s.f1, s.f1_low, s.f1_high, s.support
        low, high = f.scores.macro_f1_low, f.scores.macro_f1_high
        yield "macro", "", "", f.scores.macro_f1, low, high, f.scores.n


def _calibration(f: Findings) -> Iterable[Row]:
    yield "probability", "right", "paragraphs"
    yield from f.scores.calibration if f.scores else ()


def _risk(f: Findings) -> Iterable[Row]:
    yield "coverage", "right"
    yield from f.scores.risk_coverage if f.scores else ()


def _seeds(f: Findings) -> Iterable[Row]:
    yield "theme", "word", "paragraphs", "agreement", "also", "changed", "compared", "judges"
    for s in f.seeds:
        yield (
            s.theme,
            s.word,
            s.documents,
            "" if s.agreement is None else s.agreement,
            " ".join(s.also),
            "" if s.changed is None else s.changed,
            s.compared,
            ("labels" if s.labelled else "seeds") if s.compared else "",
        )


def _reprints(f: Findings) -> Iterable[Row]:
    yield "group", "file", "line", "text"
    for n, group in enumerate(f.reprints, 1):
        for index in (group.first, *group.others):
            part = f.tags[index].part
            yield n, part.file, part.line, part.text


def _skipped(f: Findings) -> Iterable[Row]:
    yield "file", "reason"
    for skipped in f.corpus.skipped:
        yield skipped.file, skipped.reason


_TABLES: Final[dict[str, Callable[[Findings], Iterable[Row]]]] = {
    "theme-shares": _shares,
    "article-shares": _articles,
    "paragraphs": _paragraphs,
    "theme-words": _words,
    "paragraph-map": _map,
    "time-shares": lambda f: _bars(over_time(f), f, "date"),
    "source-shares": lambda f: _bars(by_source(f), f, "source"),
    "topic-themes": _topics,
    "topic-words": _topic_words,
    "scores": _scores,
    "confusion": _confusion,
    "calibration": _calibration,
    "risk-coverage": _risk,
    "seeds": _seeds,
    "reprints": _reprints,
    "skipped": _skipped,
}
