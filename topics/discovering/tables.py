"""Findings of discovery → the text of the files that people and programs read. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from topics import defusing
from topics.discovering.choosing import Choice
from topics.discovering.finding import Discovery
from topics.discovering.gathering import Source
from topics.discovering.grouping import GroupShare, hierarchy, shares_by
from topics.evaluating.intrusion import key, questions, sheet

QUOTED = 200
"""Characters of a document in a table."""


def files(found: Discovery, source: Source, choice: Choice | None) -> dict[str, str]:
    """Return the files that every discovery has: name → text."""
    asked = questions([topic.words for topic in found.topics])
    written = {
        "topics.csv": topics_csv(found, source.texts),
        "assignments.csv": assignments_csv(found, source),
        "scores.json": json.dumps(found.scores.to_dict(), indent=1) + "\n",
        "hierarchy.csv": hierarchy_csv(found),
        "intrusion.csv": sheet(asked),
        "intrusion_key.json": key(asked),
    }
    return written | ({"choice.csv": choice_csv(choice)} if choice else {})


def topics_csv(found: Discovery, texts: Sequence[str]) -> str:
    """Return a row a topic: name, theme, share with its interval, scores, words, examples."""
    kinds = list(found.scores.by_topic)
    return _csv(
        ("id", "name", "theme", "share", "low", "high", *kinds, "words", "examples"),
        (
            (
                t.id,
                t.name,
                t.theme,
                _number(t.share),
                _number(t.share_low),
                _number(t.share_high),
                *(_number(found.scores.by_topic[kind][row]) for kind in kinds),
                " ".join(t.words),
                " | ".join(" ".join(texts[n].split())[:QUOTED] for n in t.examples),
            )
            for row, t in enumerate(found.topics)
        ),
    )


def assignments_csv(found: Discovery, source: Source) -> str:
    """Return a row a document: where it stands, its topic and how much of it is that."""
    places: list[tuple[object, ...]] = [
        (d.article.file, d.article.number, d.parts[0].line, d.parts[0].id) for d in source.documents
    ] or [("", "", n, "") for n in range(1, len(source.tokens) + 1)]
    texts = source.texts
    return _csv(
        ("file", "article", "line", "id", "topic", "name", "share", "text"),
        (
            (
                *place,
                "" if topic < 0 else found.topics[topic].id,
                "" if topic < 0 else found.topics[topic].name,
                "" if topic < 0 else _number(float(found.theta[row, topic])),
                " ".join(texts[row].split())[:QUOTED],
            )
            for row, (place, topic) in enumerate(zip(places, found.assignments, strict=True))
        ),
    )


def hierarchy_csv(found: Discovery) -> str:
    """Return the joins of topics, nearest first; numbers from the topic count on are joins."""
    sums = found.components.sum(axis=1, keepdims=True)
    joins = hierarchy(found.components / sums) if (sums > 0).all() else ()
    names = [topic.name for topic in found.topics]
    lines = []
    for join in joins:
        names.append(f"({names[join.left]}) + ({names[join.right]})")
        lines.append((join.left, join.right, _number(join.distance), names[-1]))
    return _csv(("left", "right", "distance", "joined"), lines)


def choice_csv(choice: Choice) -> str:
    """Return a row a number of topics, with every score and its spread over the runs."""
    sizes, scores = choice.series()
    spreads = choice.spreads()
    columns = [column for name in scores for column in (scores[name], spreads[name])]
    return _csv(
        ("topics", *(c for name in scores for c in (name, f"{name}_spread")), "advised"),
        (
            (size, *(_number(row[n]) for row in columns), int(size == choice.advised))
            for n, size in enumerate(sizes)
        ),
    )


def shares(found: Discovery, source: Source, by: str) -> tuple[GroupShare, ...]:
    """Return every topic's share in every group; intervals draw whole articles."""
    return shares_by(found, source.column(by), articles=source.articles)


def shares_csv(found: Discovery, source: Source, by: str) -> str:
    """Return a row a group and topic, with the bootstrap interval."""
    return _csv(
        (by, "topic", "name", "documents", "share", "low", "high"),
        (
            (
                s.group,
                found.topics[s.topic].id,
                found.topics[s.topic].name,
                s.documents,
                *map(_number, (s.share, s.low, s.high)),
            )
            for s in shares(found, source, by)
        ),
    )


def by_group(
    found: Discovery, source: Source, by: str, most: int = 6
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return header and rows: a topic a row, the largest groups as columns, share and interval."""
    every = shares(found, source, by)
    sizes = {s.group: s.documents for s in every}
    kept = sorted(sorted(sizes, key=lambda group: -sizes[group])[:most])
    cell = {(s.topic, s.group): f"{s.share:.1%} ({s.low:.1%}–{s.high:.1%})" for s in every}
    return (
        ("id", "name", *(f"{group} (n={sizes[group]})" for group in kept)),
        [
            (str(topic.id), topic.name, *(cell[row, group] for group in kept))
            for row, topic in enumerate(found.topics)
        ],
    )


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


def _csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    return defusing.lines((header, *lines))
