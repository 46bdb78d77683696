"""Word intrusion: can a person tell which word does not belong? Sheets to fill in, and their score.

Source: Chang, Boyd-Graber, Gerrish, Wang, Blei 2009, Reading Tea Leaves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, question in enumerate(asked, 1):
        writer.writerow([number, " ".join(question.words), ""])
    return out.getvalue()


def score_sheet(asked: Sequence[Question], filled: str) -> dict[int, float]:
    """Return topic → share of right answers, of a sheet (or several, one below the other).

    An empty answer is not counted.

    Raises:
        InputError: a column is missing, or an answer is not among the words.
    """
    rows = list(csv.DictReader(io.StringIO(filled)))
    if rows and not {*COLUMNS} <= rows[0].keys():
        raise InputError(f"the sheet has columns {sorted(map(str, rows[0]))}; needed: {COLUMNS}")
    right: dict[int, list[bool]] = {}
    for row in rows:
        answer = (row["answer"] or "").strip()
        if not answer or row["question"] == COLUMNS[0]:
            continue
        if not row["question"].isdigit() or not 0 < int(row["question"]) <= len(asked):
            raise InputError(f"no question {row['question']!r}; there are {len(asked)}")
        question = asked[int(row["question"]) - 1]
        if answer not in question.words:
            raise InputError(
                f"question {row['question']}: {answer!r} is none of {', '.join(question.words)}"
            )
        right.setdefault(question.topic, []).append(answer == question.intruder)
    return {topic: sum(answers) / len(answers) for topic, answers in sorted(right.items())}
