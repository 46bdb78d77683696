"""``topics discover`` on many processors and few, with all scores and without; what it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from topics import lifeline
from topics.cli import discover, run

DOCUMENTS = 900


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Documents of many lengths, so that models see several blocks of them."""
    draw = np.random.default_rng(4)
    file = tmp_path_factory.mktemp("cut") / "cut.txt"
    texts = (
        " ".join(f"w{n % 4 * 60 + word}" for word in draw.integers(60, size=draw.integers(5, 70)))
        for n in range(DOCUMENTS)
    )
    file.write_text("\n".join(texts), encoding="utf-8")
    return str(file)


def found(lines: str, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    """Return what was printed, and what was said."""
    call = ["discover", lines, "--tokenized", "--topics", "4", "--format", "json", *words]
    assert run(call) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.parametrize("method", ["lda", "nmf", "clusters"])
def test_every_number_of_processors_finds_the_same_bytes(
    method: str, lines: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for number in (1, 2, 5):
        monkeypatch.setattr(lifeline, "cores", lambda number=number: number)
        runs.append(found(lines, capsys, "--method", method)[0])
    assert len(json.loads(runs[0])["assignments"]) == DOCUMENTS
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize("number", [1, 3])
def test_a_crew_hands_back_in_order(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifeline, "cores", lambda: number)
    with lifeline.Crew() as crew:
        assert list(crew.map(str, range(50))) == [str(n) for n in range(50)]
    assert lifeline.cores() == number


REFITTED = ("stability", "agreement", "perplexity")


def test_scores_that_need_more_models_are_left_out_where_told_and_where_there_is_much_text(
    lines: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    full, said = found(lines, capsys)
    assert "not measured" not in said
    quick, said = found(lines, capsys, "--scores", "quick")
    assert "--scores full" in said
    every, fewer = json.loads(full), json.loads(quick)
    assert None not in every["scores"].values()
    assert {name for name, score in fewer["scores"].items() if score is None} == set(REFITTED)
    assert fewer["scores"] == every["scores"] | dict.fromkeys(REFITTED)
    for topic in every["topics"]:
        assert 0 <= topic["scores"].pop("stability") <= 1
    assert [fewer[key] == every[key] for key in ("topics", "assignments")] == [True, True]
    monkeypatch.setattr(discover, "REFITTED", DOCUMENTS - 1)
    assert found(lines, capsys)[0] == quick
    assert found(lines, capsys, "--scores", "full")[0] == full


def test_discovering_loads_no_scikit_learn(lines: str) -> None:
    words = ["discover", lines, "--tokenized", "--topics", "3", "--scores", "quick"]
    code = (
        f"import sys; from topics.cli import run; run([*{words!r}, '--format', 'json']);"
        "heavy = {'sklearn', 'scipy.optimize', 'scipy.stats', 'gensim', 'matplotlib', 'rich'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_articles_are_found_alike_by_every_number_of_processors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = ("水稻小麦农民种植灌溉化肥", "学校老师课堂学生作业教材", "医院医生患者护士药品门诊")
    draw = np.random.default_rng(6)
    pairs = [[field[n : n + 2] for n in range(0, 12, 2)] for field in fields]
    file = tmp_path / "rows.jsonl"
    rows = [
        {"text": "，".join(pairs[n % 3][w] for w in draw.integers(6, size=9)) + f"，第{n}件。"}
        for n in range(2500)
    ]
    file.write_text("\n".join(json.dumps(row) for row in (*rows, *rows[:3])), encoding="utf-8")
    printed = []
    for number in (1, 2):
        monkeypatch.setattr(lifeline, "cores", lambda number=number: number)
        assert run(["discover", str(file), "--topics", "3", "--format", "json"]) == 0
        printed.append(capsys.readouterr())
    assert printed[0] == printed[1]
    assert "reprints: 3 of 2503" in printed[0].err
    words = [set(topic["words"]) for topic in json.loads(printed[0].out)["topics"]]
    assert all(any(set(field) >= found for field in pairs) for found in words)
