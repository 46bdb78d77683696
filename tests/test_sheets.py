"""Workbooks for office staff: what they hold, and that no cell runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.demo_findings import HOSTILE, demo
from topics.cli import run, sheets
from topics.cli.sheets import MAX_CELL, write_xlsx
from topics.corpus import Part
from topics.errors import OptionsError
from topics.findings import Tag
from topics.themes import load_themes

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")
THEMES = load_themes("cppcc")


def book_of(texts: list[str], folder: Path, lang: str = "zh") -> openpyxl.Workbook:
    shares = {**dict.fromkeys(THEMES.classes, 0.05), "livelihood": 0.8}
    tags = [
        Tag(Part(text, file=text[:40]), "livelihood", shares, ("livelihood",)) for text in texts
    ]
    write_xlsx(tags, str(folder / "tags.xlsx"), THEMES, lang)
    assert [path.name for path in folder.iterdir()] == ["tags.xlsx"]
    return openpyxl.load_workbook(folder / "tags.xlsx")


def test_a_row_a_paragraph_with_coloured_chinese_themes_under_a_fixed_header(
    tmp_path: Path,
) -> None:
    tags = demo(articles=3).tags
    write_xlsx(tags, str(tmp_path / "t.xlsx"), THEMES, "zh")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["段落", "汇总"]
    sheet = book["段落"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:O{len(tags) + 1}"
    assert [cell.value for cell in sheet[1]][4:6] == ["主题", "概率"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[8].value for row in rows] == [tag.text for tag in tags]
    assert [row[4].value for row in rows] == [THEMES.label(tag.theme) for tag in tags]
    fills = {row[4].value: row[4].fill.fgColor.rgb for row in rows}
    assert len(set(fills.values())) == len(fills) == 5
    assert rows[0][5].number_format == "0.0%"
    assert sum(row[1].value for row in book["汇总"].iter_rows(min_row=2)) == len(tags)


def test_no_cell_is_a_formula_and_none_is_changed(tmp_path: Path) -> None:
    texts = ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x","y")', HOSTILE]
    sheet = book_of(texts, tmp_path)["段落"]
    cells = [row[8] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert [cell.value for cell in cells] == texts
    assert [cell.quotePrefix for cell in cells] == [True] * 6 + [False]


def test_what_excel_cannot_hold_is_cut_or_replaced_and_the_book_still_opens(
    tmp_path: Path,
) -> None:
    sheet = book_of(["长" * 50_000, "坏\ud800\ufffe字"], tmp_path, "en")["Paragraphs"]
    long, bad = (row[8].value for row in sheet.iter_rows(min_row=2))
    assert len(long) == MAX_CELL
    assert long.endswith("see csv or jsonl)")
    assert bad == "坏\ufffd\ufffd字"


def test_more_rows_than_a_sheet_has_go_on_in_a_second_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    book = book_of(["甲", "乙", "丙"], tmp_path)
    assert book.sheetnames == ["段落", "段落 2", "汇总"]
    assert [row[8].value for row in book["段落 2"].iter_rows(min_row=2)] == ["丙"]


def test_the_command_line_writes_one_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    article = tmp_path / "article.txt"
    article.write_text("村口的路灯修好了，老人晚上去卫生院看病方便多了。\n", encoding="utf-8")
    out = tmp_path / "tags.xlsx"
    assert run(["tag", str(article), "--format", "xlsx", "--out", str(out)]) == 0
    assert openpyxl.load_workbook(out)["段落"]["E2"].value == "民生"
    assert run(["tag", str(article), "--format", "xlsx"]) == 2
    assert "--out FILE" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert run(["tag", str(article), "--format", "xlsx", "--out", str(out)]) == 2
    assert "cn-topics[excel]" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="cannot be written"):
        write_xlsx([], str(tmp_path / "no" / "t.xlsx"), THEMES, "zh")
