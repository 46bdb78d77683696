"""Word intrusion: can a person tell which word does not belong? Sheets to fill in, and their score.

Source: Chang, Boyd-Graber, Gerrish, Wang, Blei 2009, Reading Tea Leaves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from topics import defusing
from topics.errors import InputError

SHOWN: Final = 5
"""Words of the topic beside the intruder, as in the paper."""
COLUMNS: Final = ("question", "words", "answer")


@dataclass(frozen=True, slots=True)
class Question:
    """Words to show, one of which belongs to another topic."""

    topic: int
    words: tuple[str, ...]
    intruder: str


def questions(words: Sequence[Sequence[str]], seed: int = 7) -> tuple[Question, ...]:
    """Return one question a topic: its best words and a best word of another topic, shuffled."""
    draw = np.random.default_rng(seed)
    asked = []
    for topic, own in enumerate(words):
        others = [w for k, rest in enumerate(words) if k != topic for w in rest[:SHOWN]]
        foreign = sorted(set(others) - set(own))
        if len(own) < 2 or not foreign:
            continue
        intruder = foreign[int(draw.integers(len(foreign)))]
        shown = [*own[:SHOWN], intruder]
        asked.append(
            Question(topic, tuple(shown[n] for n in draw.permutation(len(shown))), intruder)
        )
    return tuple(asked)


def sheet(asked: Sequence[Question]) -> str:
    """Return the questions as CSV with an empty column for the answers; no answer is told."""
    rows = ((number, " ".join(q.words), "") for number, q in enumerate(asked, 1))
    return defusing.lines((COLUMNS, *rows))


def key(asked: Sequence[Question]) -> str:
    """Return the questions with their intruders as JSON: for whoever scores the sheets."""
    rows = [{"topic": q.topic, "words": q.words, "intruder": q.intruder} for q in asked]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def read_key(text: str) -> tuple[Question, ...]:
    """Return the questions that ``key`` wrote.

    Raises:
        InputError: not such a text.
    """
    try:
        return tuple(
            Question(int(row["topic"]), tuple(map(str, row["words"])), str(row["intruder"]))
            for row in json.loads(text)
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"this is no key of an intrusion test ({error!r}); topics discover --out writes one"
        ) from error


def chance_of(asked: Sequence[Question]) -> float:
    """Return the share of right answers that guessing gives."""
    return sum(1 / len(q.words) for q in asked) / len(asked) if asked else 0.0


def score_sheet(
    asked: Sequence[Question], rows: Sequence[Mapping[str, str]]
) -> list[tuple[int, bool]]:
    """Return topic and whether it was right, for every answer of a sheet.

    An empty answer is not counted; several sheets may stand one below the other, with headers.

    Args:
        asked: the questions.
        rows: the rows of the sheet, column → cell.

    Raises:
        InputError: a column is missing, or an answer is not among the words.
    """
    if rows and not {*COLUMNS} <= rows[0].keys():
        raise InputError(f"the sheet has columns {sorted(map(str, rows[0]))}; needed: {COLUMNS}")
    scored = []
    for row in rows:
        answer, number = ((row[name] or "").strip() for name in ("answer", "question"))
        if not answer or number == COLUMNS[0]:
            continue
        if not number.isdecimal() or not 0 < int(number) <= len(asked):
            raise InputError(f"no question {number!r}; there are {len(asked)}")
        question = asked[int(number) - 1]
        if answer not in question.words:
            raise InputError(
                f"question {number}: {answer!r} is none of {', '.join(question.words)}"
            )
        scored.append((question.topic, answer == question.intruder))
    return scored
