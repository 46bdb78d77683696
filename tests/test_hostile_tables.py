"""Cells that a spreadsheet would run are defused in every table, and come back as they were."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics import defusing
from topics.discovering.tables import _csv
from topics.evaluating.intrusion import Question, sheet
from topics.ingesting import iter_articles
from topics.labels import read_rows, write_labels
from topics.reporting.tables import to_csv

EVIL = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "＝1+1",
    "＠x",
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def cells(table: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]


@pytest.mark.parametrize("cell", EVIL)
def test_no_table_has_a_cell_that_runs(cell: str) -> None:
    asked = [Question(0, (cell, "词"), "词")]
    for table in (to_csv([(cell,)]), _csv(("id",), [(cell,)]), _csv((cell,), []), sheet(asked)):
        assert not any(one.lstrip().startswith(tuple("=+-@＝＋－＠")) for one in cells(table))


@pytest.mark.parametrize("number", ["-0.25", "+3", "12", "1e-05", "-1"])
def test_numbers_stay_numbers(number: str) -> None:
    assert defusing.lines([(number,)]) == f"{number}\n"


@given(TEXT)
def test_a_defused_cell_can_be_restored(text: str) -> None:
    assert defusing.restored(str(defusing.defused(text))) == text


@pytest.mark.parametrize("text", [*EVIL, "'=1", "''=1", "'引'", "-1", "正文"])
def test_a_labels_file_gives_back_the_text_that_went_in(text: str, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.csv", [{"text": text, "theme": "livelihood"}])
    assert read_rows(tmp_path / "labels.csv")[0]["text"] == text.strip()


def test_rows_before_and_after_a_bad_one_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "前一段。"}\nbad\n{"text": "后一段。"}\n', encoding="utf-8")
    article, skipped = iter_articles(path)
    assert [part.text for part in getattr(article, "parts", ())] == ["前一段。", "后一段。"]
    assert "line 2 is not JSON" in getattr(skipped, "reason", "")
