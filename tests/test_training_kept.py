"""Model and report of a training take their places together, or neither does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from topics.cli import run
from topics.reporting import Report

ROWS = ["支部开会学习。", "委员们协商停车的事。", "河道清淤以后水质好转。", "食堂换了新菜单。"]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(Report, "files", lambda _: {"findings.json": b"new"})  # no plots
    articles, options = tmp_path / "a.jsonl", tmp_path / "options.toml"
    articles.write_text("\n".join(json.dumps({"text": row}) for row in ROWS), encoding="utf-8")
    options.write_text("sample = false\ntopics = 2\n", encoding="utf-8")
    places = ["--models", str(tmp_path / "models"), "--reports", str(tmp_path / "reports")]
    given = ["--options", str(options), "--method", "kmeans", "--name", "m"]
    return ["train", str(articles), *given, *places]


def test_a_report_that_cannot_be_written_keeps_the_old_model(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == 0
    old = {file.name: file.read_bytes() for file in (tmp_path / "models" / "m").iterdir()}
    (tmp_path / "reports" / "m" / "findings.json").unlink()
    (tmp_path / "reports" / "m" / "thesis.docx").write_bytes(b"years of work")
    assert run([*command, "--seed", "9"]) == 2
    assert "holds files and no report" in capsys.readouterr().err
    now = {file.name: file.read_bytes() for file in (tmp_path / "models" / "m").iterdir()}
    assert now == old
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["m"]


def test_what_people_put_beside_stays(command: list[str], tmp_path: Path) -> None:
    assert run(command) == 0
    for place in ("models", "reports"):
        (tmp_path / place / "m" / "notes.txt").write_text("in May", encoding="utf-8")
    assert run([*command, "--seed", "9"]) == 0
    for place in ("models", "reports"):
        assert (tmp_path / place / "m" / "notes.txt").read_text(encoding="utf-8") == "in May"
    manifest = json.loads((tmp_path / "models/m/model.json").read_text(encoding="utf-8"))
    assert manifest["card"]["options"]["seed"] == 9
