"""Findings ↔ plain data, so that a report can be rebuilt from its folder.

``FORMAT`` is raised when a field changes its meaning or goes; a new field with a default needs no
new number. Older numbers stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any, Final

from topics.corpus import Article, Corpus, Part, Skipped
from topics.errors import InputError, TopicsError
from topics.findings import (
    Evidence,
    Findings,
    Reprint,
    Scores,
    SeedWord,
    Share,
    Tag,
    ThemeScore,
    Topic,
)
from topics.themes import ThemeSet, themes_from_dict

FORMAT: Final = 1
_EMPTY_PART: Final = Part("")


def to_plain(findings: Findings) -> dict[str, Any]:
    """Return findings as plain data that JSON can carry."""
    corpus = findings.corpus
    return {
        "format": FORMAT,
        "name": findings.name,
        "themes": findings.themes.to_dict(),
        "corpus": {
            "files": corpus.files,
            "skipped": [asdict(skipped) for skipped in corpus.skipped],
            "articles": [_article(article) for article in corpus],
        },
        "tags": [_tag(tag, findings.themes) for tag in findings.tags],
        "theme_words": {code: [*map(list, w)] for code, w in findings.theme_words.items()},
        "positions": [[float(x), float(y)] for x, y in findings.positions],
        "shares": [asdict(share) for share in findings.shares],
        "topics": [asdict(topic) for topic in findings.topics],
        "scores": _scores(findings.scores),
        "seeds": [asdict(seed) for seed in findings.seeds],
        "reprints": [asdict(reprint) for reprint in findings.reprints],
        "card": _plain(findings.card),
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (sorted(value) if isinstance(value, set) else value)]
    return value if isinstance(value, str | int | float | None) else str(value)


def _article(article: Article) -> dict[str, Any]:
    parts = [
        {f.name: v for f in fields(p) if (v := getattr(p, f.name)) != getattr(_EMPTY_PART, f.name)}
        for p in article.parts
    ]
    head = {"file": article.file, "number": article.number, "ready": article.ready}
    rows = {"rows": [dict(row) for row in article.rows]} if article.rows else {}
    return {**head, "meta": dict(article.meta), **rows, "parts": parts}


def _tag(tag: Tag, themes: ThemeSet) -> dict[str, Any]:
    return {
        "theme": tag.theme,
        "p": [float(tag.probabilities[code]) for code in themes.classes],
        "tags": list(tag.tags),
        "evidence": [[e.word, float(e.weight), e.start, e.end] for e in tag.evidence],
        "known": float(tag.known),
        "note": tag.note,
    }


def _scores(scores: Scores | None) -> dict[str, Any] | None:
    if scores is None:
        return None
    plain = {f.name: getattr(scores, f.name) for f in fields(scores)}
    return {**plain, "by_theme": {code: asdict(s) for code, s in scores.by_theme.items()}}


def from_plain(data: Mapping[str, Any], where: str = "findings.json") -> Findings:
    """Build findings from plain data.

    Raises:
        InputError: the data is damaged, or of a format that this version does not read.
    """
    found = data.get("format") if isinstance(data, Mapping) else None
    if found != FORMAT:
        raise InputError(
            f"{where} has format {found!r}; this version reads {FORMAT}; "
            f"make the report anew with: topics train"
        )
    try:
        return _build(data)
    except (KeyError, TypeError, ValueError, AttributeError, TopicsError) as error:
        raise InputError(
            f"{where} is damaged ({type(error).__name__}: {error}); make the report anew"
        ) from error


def _build(data: Mapping[str, Any]) -> Findings:
    themes = themes_from_dict(data["themes"])
    articles = tuple(
        Article(
            tuple(Part(**{"text": "", **part}) for part in row["parts"]),
            row["file"],
            row["number"],
            ready=row["ready"],
            meta=MappingProxyType(row["meta"]),
            rows=tuple(map(MappingProxyType, row.get("rows", ()))),
        )
        for row in data["corpus"]["articles"]
    )
    skipped = tuple(Skipped(**row) for row in data["corpus"]["skipped"])
    corpus = Corpus(articles, data["corpus"]["files"], skipped)
    return Findings(
        name=data["name"],
        themes=themes,
        corpus=corpus,
        tags=[
            _read_tag(row, part, themes)
            for row, part in zip(data["tags"], corpus.paragraphs, strict=True)
        ],
        theme_words={
            code: tuple((word, weight) for word, weight in words)
            for code, words in data["theme_words"].items()
        },
        positions=[(x, y) for x, y in data["positions"]],
        shares=tuple(Share(**row) for row in data["shares"]),
        topics=tuple(Topic(**_tuples(row)) for row in data["topics"]),
        scores=_read_scores(data["scores"]),
        seeds=tuple(SeedWord(**_tuples(row)) for row in data["seeds"]),
        reprints=tuple(Reprint(**_tuples(row)) for row in data["reprints"]),
        card=MappingProxyType(data["card"]),
    )


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}


def _read_tag(row: Mapping[str, Any], part: Part, themes: ThemeSet) -> Tag:
    probabilities = dict(zip(themes.classes, row["p"], strict=True))
    evidence = tuple(Evidence(*one) for one in row["evidence"])
    tags = tuple(row["tags"])
    return Tag(
        part, themes[row["theme"]].code, probabilities, tags, evidence, row["known"], row["note"]
    )


def _read_scores(row: Mapping[str, Any] | None) -> Scores | None:
    if row is None:
        return None
    by_theme = {code: ThemeScore(**one) for code, one in row["by_theme"].items()}
    pairs = {
        key: tuple(tuple(one) for one in row[key])
        for key in ("confusion", "calibration", "risk_coverage")
    }
    return Scores(**{**row, **pairs, "classes": tuple(row["classes"]), "by_theme": by_theme})
