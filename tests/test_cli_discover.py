"""``topics discover`` as a person uses it: a folder of tables, groups, edits, phrases, errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fields import FIELDS, WORDS, cut_texts, write_news
from topics.cli import run
from topics.discovering import Edits
from topics.discovering.gathering import gather
from topics.errors import OptionsError
from topics.ingesting import read_articles
from topics.plotting import to_svg, topic_choice


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_news(tmp_path_factory.mktemp("news") / "news.jsonl")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cut") / "cut.txt"
    file.write_text("\n".join(" ".join(text) for text in cut_texts()[1]), encoding="utf-8")
    return file


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_out_holds_every_table_the_plot_and_a_theme_file_that_parses(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found"
    assert run(["discover", str(articles), "--out", str(out), "--by", "month"]) == 0
    shown = capsys.readouterr()
    assert "2023-01" in shown.out
    assert "K = " in shown.err
    assert {path.name for path in out.iterdir()} == {
        "topics.csv", "assignments.csv", "scores.json", "hierarchy.csv", "intrusion.csv",
        "intrusion_key.json", "shares.csv", "choice.csv", "choice.svg", "choice.png",
        "new_themes.toml",
    }  # fmt: skip
    assert len(table(out / "assignments.csv")) == 180
    for row in table(out / "shares.csv"):
        assert float(row["low"]) <= float(row["share"]) <= float(row["high"])
    scores = {"npmi", "exclusivity", "diversity", "stability", "perplexity"}
    assert scores < set(table(out / "choice.csv")[0])
    assert set(json.loads((out / "scores.json").read_text(encoding="utf-8"))) > scores


def test_edits_are_applied_and_those_without_a_topic_are_told(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "edits.json"
    Edits().rename(["种植", "农民"], "农业").drop(["无此词"]).save(file)
    call = ["discover", str(articles), "--topics", "3", "--edits", str(file), "--format", "json"]
    assert run(call) == 0
    shown = capsys.readouterr()
    assert "农业" in [topic["name"] for topic in json.loads(shown.out)["topics"]]
    assert "not applied: drop of 无此词" in shown.err
    assert run(call[:-2]) == 0
    header = capsys.readouterr().out.splitlines()[0]
    assert header.split() == ["id", "share", "theme", "name", "words"]
    assert run(call[:-4]) == 0
    assert "name" not in capsys.readouterr().out.splitlines()[0]


def test_one_document_an_article(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["discover", str(articles), "--topics", "3", "--unit", "article", "--phrases"]
    assert run([*call, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["assignments"]) == 60


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--by", "sauce"], "no article says its sauce"),
        (["--topics", "900"], "ask for fewer topics"),
        (["--edits", "none.json"], "cannot read the edits"),
        (["--tokenized", "--by", "month"], "leave --tokenized out"),
        (["--tokenized", "--unit", "article"], "a line is a document"),
        (["--tokenized", "--themes", "none.toml"], "no such theme file"),
        (["--common", "0"], "--common is 0.0; use a share above 0"),
        (["--seed", "-1"], "seed is -1; use a whole number from 0"),
        (["--topics", "²"], "is no number; give a whole number, or auto"),
        (["--out", "{file}"], "no folder can be made"),
    ],
)
def test_errors_are_one_line(
    articles: Path, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [word.format(file=articles) for word in more]
    assert run(["discover", str(articles), "--topics", "3", *more]) == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


def test_an_unknown_unit_is_an_error(articles: Path) -> None:
    with pytest.raises(OptionsError, match="unit 'page' is unknown"):
        gather(read_articles(articles), "page")  # type: ignore[arg-type]


def test_the_plot_of_k_shows_every_score() -> None:
    scores = {"npmi": [0.1, 0.2], "perplexity": [9.0, 8.0], "stability": [float("nan")] * 2}
    svg = to_svg(topic_choice([5, 10], scores, 10))
    assert "NPMI" in svg
    assert "困惑度" in svg
    assert "用词稳定" not in svg
    assert "coherence" in to_svg(topic_choice([5, 10], scores, 5, "en"))


def found_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_topics_are_edited_by_id_and_the_edits_hold_after_training_again(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, file = str(tmp_path / "found"), str(tmp_path / "edits.json")
    call = ["discover", str(articles), "--topics", "3"]
    assert run([*call, "--out", out]) == 0
    assert run(["edits", file, "merge", "0", "1", "--found", out, "--name", "两者"]) == 0
    assert run(["edits", file, "rename", "2", "--found", out, "--name", "第三"]) == 0
    assert run(["edits", file, "drop", "种植 农民"]) == 0
    assert run(["edits", file, "undo"]) == 0
    capsys.readouterr()
    assert run(["edits", file]) == 0
    shown = capsys.readouterr().out
    assert "merge" in shown
    assert "drop" not in shown
    assert run([*call, "--seed", "99", "--edits", file, "--format", "json"]) == 0
    names = sorted(topic["name"] for topic in found_json(capsys)["topics"])
    assert names == ["两者", "第三"]


def test_the_parts_of_a_split_can_be_edited_again(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, file = str(tmp_path / "found"), str(tmp_path / "edits.json")
    call = ["discover", str(articles), "--topics", "2", "--edits", file, "--out", out]
    assert run(["edits", file, "split", "水稻 小麦 农民", "--parts", "2"]) == 0
    assert run(call) == 0
    assert len(table(Path(out) / "topics.csv")) == 3
    assert run(["edits", file, "rename", "2", "--found", out, "--name", "一半"]) == 0
    assert run(call) == 0
    assert table(Path(out) / "topics.csv")[2]["name"] == "一半"
    assert "not applied" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["show"], "there is no such file"),
        (["undo"], "there is no such file"),
        (["merge", "种植 农民"], "two topics or more"),
        (["split", "种植 农民", "--parts", "1"], "use 2 or more"),
        (["drop"], "takes one topic"),
        (["drop", " "], "without a word"),
        (["drop", "3"], "--found DIR"),
        (["drop", "3", "--found", "nowhere"], "cannot be read"),
        (["rename", "种植"], "needs --name"),
        (["merge", "种植 农民", "农民 种植"], "merge of a topic with itself"),
    ],
)
def test_impossible_edits_are_one_line(
    tmp_path: Path, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["edits", str(tmp_path / "edits.json"), *more]) == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


def test_edits_that_cannot_be_written_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "no" / "edits.json")
    assert run(["edits", file, "drop", "种植 农民"]) == 2
    assert "cannot write the edits" in capsys.readouterr().err


def test_filled_in_intrusion_sheets_are_scored(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found"
    assert run(["discover", str(articles), "--topics", "3", "--out", str(out)]) == 0
    assert run(["intrusion", str(out)]) == 2
    assert "no answer in" in capsys.readouterr().err
    key = json.loads((out / "intrusion_key.json").read_text(encoding="utf-8"))
    lines = (out / "intrusion.csv").read_text(encoding="utf-8-sig").splitlines()
    assert all(line.endswith(",") for line in lines[1:])
    wrong = next(word for word in key[1]["words"] if word != key[1]["intruder"])
    filled = [lines[0], lines[1] + key[0]["intruder"], lines[2] + wrong, lines[3]]
    sheet = tmp_path / "one.csv"
    sheet.write_text("\n".join(filled), encoding="utf-8")
    assert run(["intrusion", str(out), str(sheet), "--format", "json"]) == 0
    scored = found_json(capsys)
    assert (scored["right"], scored["answers"]) == (0.5, 2)
    assert scored["by_topic"] == {str(key[0]["topic"]): 1, str(key[1]["topic"]): 0}
    assert run(["intrusion", str(out), str(sheet), str(sheet)]) == 0
    assert "50% of 4 answers" in capsys.readouterr().err


def test_the_json_keeps_the_contract(cut: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["discover", str(cut), "--tokenized", "--topics", "3", "--format", "json"]) == 0
    found = found_json(capsys)
    assert found.keys() == {"topics", "scores", "assignments"}
    each = {"npmi", "c_v", "exclusivity", "frex", "stability"}
    for number, topic in enumerate(found["topics"]):
        assert topic.keys() == {
            "id", "name", "words", "share", "low", "high", "theme", "scores"
        }  # fmt: skip
        assert topic["low"] <= topic["share"] <= topic["high"]
        assert topic["scores"].keys() == each
        assert topic["id"] == number
        assert len(topic["words"]) >= 10
        assert topic["theme"] == "new"
    assert sum(topic["share"] for topic in found["topics"]) == pytest.approx(1, abs=1e-4)
    assert found["scores"].keys() == {
        "npmi", "c_v", "diversity", "exclusivity", "frex", "perplexity", "stability", "agreement",
    }  # fmt: skip
    assert all(isinstance(value, float) for value in found["scores"].values())
    assert len(found["assignments"]) == 150
    assert set(found["assignments"]) == {0, 1, 2}


@pytest.mark.parametrize("method", ["lda", "nmf", "kmeans", "clusters"])
def test_every_method_works_from_the_command_line(
    method: str, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["discover", str(articles), "--topics", "3", "--method", method, "--format", "json"]
    assert run(call) == 0
    fields = {field: n for n, field in enumerate(FIELDS)}
    seen = {
        max(fields, key=lambda field, topic=topic: len({*field} & {*topic["words"]}))
        for topic in found_json(capsys)["topics"]
    }
    assert seen == set(fields)


def test_text_that_is_cut_at_spaces_keeps_its_words(
    cut: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["discover", str(cut), "--tokenized", "--topics", "3", "--phrases", "--format", "json"]
    assert run(call) == 0
    words = {word for topic in found_json(capsys)["topics"] for word in topic["words"]}
    assert {part for word in words for part in word.split("_")} <= set(WORDS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no"),
        ("\n\n \n", "no"),
        ("农业", "ask for fewer topics or give more text"),
        ("农业 农业\n" * 9, "ask for fewer topics or give more text"),
        ("农业 学校\n军队 医院", "ask for fewer topics or give more text"),
    ],
    ids=["empty file", "empty documents", "one document", "one word", "fewer than topics"],
)
def test_too_little_text_is_one_line(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cut.txt"
    file.write_text(text, encoding="utf-8")
    for topics in ("3", "auto"):
        assert run(["discover", str(file), "--tokenized", "--topics", topics]) == 2
        assert says in capsys.readouterr().err.splitlines()[-1]


def test_rows_that_look_like_headings_are_documents_too(tmp_path: Path) -> None:
    file, out = tmp_path / "rows.jsonl", tmp_path / "found"
    texts = [f"{n}、" + "，".join(FIELDS[n % 3]) for n in range(30)]
    texts[4], texts[9] = "一、农业", "水稻小麦长势好\n\n第二段：农民灌溉施化肥"
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert run(["discover", str(file), "--topics", "3", "--out", str(out)]) == 0
    assert (out / "new_themes.toml").is_file()
