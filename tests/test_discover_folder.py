"""What ``topics discover --out`` does in a folder where something lies already."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from topics.cli import run

Capture = pytest.CaptureFixture[str]
TEXTS = ("水稻小麦农民灌溉化肥农机", "学校老师课堂作业教材家长", "医院医生患者护士药品门诊")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> str:
    draw = np.random.default_rng(3)
    file = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    words = [[text[n : n + 2] for n in range(0, 12, 2)] for text in TEXTS]
    texts = ("，".join(words[n % 3][w] for w in draw.choice(6, 4)) + f"，{n}" for n in range(120))
    lines = [json.dumps({"text": text, "source": "甲乙"[len(text) % 2]}) for text in texts]
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def discovered(rows: str, out: Path, capsys: Capture, *more: str) -> str:
    call = ["discover", rows, "--scores", "quick", "--common", "1", "--out", str(out), *more]
    assert run(call) == 0
    return capsys.readouterr().err


def filled(out: Path, encoding: str = "utf-8-sig", separator: str = ",") -> None:
    """Answer all questions rightly, and save the sheet as a spreadsheet does."""
    key = json.loads((out / "intrusion_key.json").read_text(encoding="utf-8"))
    with (out / "intrusion.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(["question", "words", "answer"])
        for number, asked in enumerate(key, 1):
            writer.writerow([number, " ".join(asked["words"]), asked["intruder"]])


@pytest.mark.parametrize(
    ("encoding", "separator"), [("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")]
)
def test_sheets_are_read_as_spreadsheets_save_them(
    encoding: str, separator: str, rows: str, tmp_path: Path, capsys: Capture
) -> None:
    discovered(rows, tmp_path, capsys, "--topics", "3")
    filled(tmp_path, encoding, separator)
    assert run(["intrusion", str(tmp_path)]) == 0
    assert "100% of 3 answers right" in capsys.readouterr().err


def test_answers_stay_where_the_questions_are_the_same(
    rows: str, tmp_path: Path, capsys: Capture
) -> None:
    discovered(rows, tmp_path, capsys, "--topics", "3")
    filled(tmp_path)
    before = (tmp_path / "intrusion.csv").read_bytes()
    said = discovered(rows, tmp_path, capsys, "--topics", "3")
    assert "which people have worked on; its questions are the same" in said
    assert "intrusion.csv," not in said.splitlines()[-1]
    assert (tmp_path / "intrusion.csv").read_bytes() == before


def test_answers_to_other_questions_are_set_aside_and_can_still_be_scored(
    rows: str, tmp_path: Path, capsys: Capture
) -> None:
    for number, topics in enumerate(("3", "2", "3"), 1):
        said = discovered(rows, tmp_path, capsys, "--topics", topics)
        if number > 1:
            assert f"topics intrusion {tmp_path / f'answered-{number - 1}'}" in said
            assert run(["intrusion", str(tmp_path)]) == 2  # the new sheet is empty
        filled(tmp_path)
    capsys.readouterr()
    for name, answers in (("answered-1", 3), ("answered-2", 2), (".", 3)):
        assert run(["intrusion", str(tmp_path / name)]) == 0
        assert f"100% of {answers} answers right" in capsys.readouterr().err


def test_an_empty_sheet_is_written_anew(rows: str, tmp_path: Path, capsys: Capture) -> None:
    discovered(rows, tmp_path, capsys, "--topics", "3")
    said = discovered(rows, tmp_path, capsys, "--topics", "2")
    assert "kept" not in said
    assert not (tmp_path / "answered-1").exists()


def test_only_what_a_run_wrote_is_claimed_and_nothing_else_is_touched(
    rows: str, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    discovered(rows, tmp_path, capsys, "--topics", "auto", "--by", "source")
    choice = (tmp_path / "choice.csv").read_bytes()
    *_, written, older = discovered(rows, tmp_path, capsys, "--topics", "3").splitlines()
    assert written.startswith("written: ")
    assert "topics.csv" in written
    assert not [n for n in ("choice", "shares", "notes") if n in written.partition("(")[2]]
    assert older == (
        "not of this run, left as it was: shares.csv, choice.csv, choice.svg, choice.png"
    )
    assert (tmp_path / "choice.csv").read_bytes() == choice
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_scores_of_each_topic_stand_in_the_json_too(
    rows: str, tmp_path: Path, capsys: Capture
) -> None:
    discovered(rows, tmp_path, capsys, "--topics", "3")
    scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    with (tmp_path / "topics.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert scores["by_topic"].keys() == {"npmi", "c_v", "exclusivity", "frex"}
    for name, values in scores["by_topic"].items():
        assert values == [pytest.approx(float(row[name]), abs=1e-4) for row in listed]
