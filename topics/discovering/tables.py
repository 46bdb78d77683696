"""Findings of discovery → the text of the files that people and programs read. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from topics import defusing
from topics.discovering.choosing import Choice
from topics.discovering.finding import Discovery, rounded
from topics.discovering.gathering import Source, articles_of, column
from topics.discovering.grouping import GroupShare, hierarchy, in_order, shares_by
from topics.evaluating.intrusion import key, questions, sheet

QUOTED = 200
"""Characters of a document in a table."""
SHOWN = 6
"""Groups that a terminal shows side by side."""


def files(found: Discovery, source: Source, choice: Choice | None) -> dict[str, str]:
    """Return the files that every discovery has: name → text."""
    asked = questions([topic.words for topic in found.topics])
    written = {
        "topics.csv": topics_csv(found, source.texts),
        "assignments.csv": assignments_csv(found, source),
        "scores.json": scores_json(found),
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


def scores_json(found: Discovery) -> str:
    """Return all scores, of all topics together and of each in the order of their ids."""
    by_topic = {
        name: [rounded(value) for value in values] for name, values in found.scores.by_topic.items()
    }
    return json.dumps({**found.scores.to_dict(), "by_topic": by_topic}, indent=1) + "\n"


def assignments_csv(found: Discovery, source: Source) -> str:
    """Return a row a document and copy: where it stands, its topic and how much of it is that."""
    places: list[tuple[int, tuple[object, ...]]] = [
        (p.row, (p.article.file, p.article.number, p.part.line, p.part.id)) for p in source.places
    ] or [(n, ("", "", n + 1, "")) for n in range(len(source.tokens))]
    texts, topics = source.texts, found.assignments
    return _csv(
        ("file", "article", "line", "id", "topic", "name", "share", "text"),
        (
            (
                *place,
                "" if (topic := topics[row]) < 0 else found.topics[topic].id,
                "" if topic < 0 else found.topics[topic].name,
                "" if topic < 0 else _number(float(found.theta[row, topic])),
                " ".join(texts[row].split())[:QUOTED],
            )
            for row, place in places
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
    """Return every topic's share in every group, copies counted; intervals draw articles."""
    places = source.places
    rows = [place.row for place in places]
    articles = articles_of((place.row, place.article) for place in places)
    return shares_by(found, column(places, by), rows=rows, articles=articles)


def shares_json(found: Discovery, every: Iterable[GroupShare]) -> list[dict[str, object]]:
    """Return the shares as plain data."""
    return [
        {
            "group": s.group,
            "topic": found.topics[s.topic].id,
            "documents": s.documents,
            **{n: rounded(getattr(s, n), 6) for n in ("share", "low", "high")},
        }
        for s in every
    ]


def shares_csv(found: Discovery, every: Iterable[GroupShare], by: str) -> str:
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
            for s in every
        ),
    )


def by_group(
    found: Discovery, every: Sequence[GroupShare], most: int = SHOWN
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return header and rows: a topic a row, the largest groups as columns, share and interval."""
    sizes = {s.group: s.documents for s in every}
    kept = sorted(sorted(sizes, key=lambda group: -sizes[group])[:most], key=in_order)
    cell = {(s.topic, s.group): _cell(s) for s in every}
    return (
        ("id", "name", *(f"{group} (n={sizes[group]})" for group in kept)),
        [
            (str(topic.id), topic.name, *(cell[row, group] for group in kept))
            for row, topic in enumerate(found.topics)
        ],
    )


def _cell(share: GroupShare) -> str:
    if math.isnan(share.share):
        return "–"
    if math.isnan(share.low):
        return f"{share.share:.1%}"
    return f"{share.share:.1%} ({share.low:.1%}–{share.high:.1%})"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


def _csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    return defusing.lines((header, *lines))
