"""``topics read``: a line a part, as wide as the terminal, and what was read on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from topics.cli import run

LONG = "去年冬天，县里把三处闲置的校舍改成了托老所，床位不多却天天住满，护工最怕半夜停电。"
MORE = "为了这件事，委员们跑了九个乡镇，问了四十多户人家，写成一份建议，当月就有了回音。" * 3
PAGE = f"校舍改成托老所\n2023-03-02 来源：某县融媒\n□钟  鸣\n{LONG}\n{MORE}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"粮站里的读书声\n本报记者\n{LONG}\n", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    return tmp_path


def test_every_part_is_one_line_no_wider_than_the_screen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["read", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 120
    assert [line.split()[:2] for line in lines if line.startswith(" ")] == [
        ["1", "title"], ["2", "dateline"], ["3", "byline"], ["4", "body"], ["5", "body"],
        ["1", "title"], ["2", "byline"], ["3", "body"],
    ]  # fmt: skip
    assert lines[0].endswith("a.txt #1  2023-03-02 · 某县融媒 · 钟鸣")


def test_what_was_read_skipped_and_met_twice_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["read", str(folder), "--format", "jsonl"]) == 0
    told = capsys.readouterr()
    assert len([json.loads(line) for line in told.out.splitlines()]) == 8
    read, skipped, reprints = told.err.splitlines()
    assert read == "read: 2 file(s), 2 article(s), 3 body paragraph(s), 1 skipped"
    assert skipped.endswith("c.txt: empty")
    assert reprints.startswith("reprints: 1 of 3 paragraph(s)")
