"""The command line keeps its contract: data to stdout, words to stderr, 0 or 2, no traceback."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from topics.cli import run
from topics.defusing import defused

TEXT = "石桥村的路灯\n\n村口的路灯修好了，老人晚上去卫生院看病方便多了。\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def topics_command(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "topics", *args],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from topics.cli import run\n"
        "try: run(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('sklearn', 'gensim', 'matplotlib', 'numpy', 'rich') "
        "if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.splitlines()[-1] == b"[]"


def test_help_says_how_label_studio_s_tables_go_in_and_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run(["label", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Label Studio: import the table of `topics tag PATH --format csv" in said
    assert "name the choices `choice`, export as CSV" in said


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, topics; print([m for m in ('numpy', 'sklearn') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.strip() == b"[]"


def test_tag_jsonl_has_the_fields_of_the_contract(article: Path) -> None:
    answer = topics_command("tag", str(article), "--format", "jsonl")
    assert answer.returncode == 0
    row = json.loads(answer.stdout)
    assert set(row) >= {
        *("file", "article", "line", "id", "text", "theme", "probability"),
        *("probabilities", "tags", "evidence"),
    }
    assert (row["line"], row["theme"]) == (3, "livelihood")
    assert set(row["evidence"][0]) == {"word", "weight", "start", "end"}
    assert "1 body paragraph" in answer.stderr


def test_tag_reads_stdin_as_text_and_as_jsonl() -> None:
    text = topics_command("tag", "-", "--format", "jsonl", stdin=TEXT)
    assert len(text.stdout.splitlines()) == 1
    rows = "".join(json.dumps({"id": n, "text": "支部开会。"}) + "\n" for n in range(3))
    found = topics_command("tag", "-", "--format", "jsonl", stdin=rows)
    assert [json.loads(line)["id"] for line in found.stdout.splitlines()] == ["0", "1", "2"]


def test_tag_writes_csv_for_spreadsheets(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "tags.csv"
    assert run(["tag", str(article), "--format", "csv", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["name"] == "民生"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["article.txt", "tags.csv"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "html"])
def test_every_format_is_the_same_from_two_processes(tmp_path: Path, form: str) -> None:
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text("支部开会学习。\n\n委员协商停车。", encoding="utf-8")
    files = [str(tmp_path / f"{n}.txt") for n in range(3)]
    outs = [topics_command("tag", *files, "--format", form, "--jobs", jobs).stdout for jobs in "12"]
    assert outs[0] == outs[1] != ""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_tag_gives_the_same_rows_from_any_number_of_processes(tmp_path: Path, jobs: str) -> None:
    for n in range(4):
        (tmp_path / f"{n}.txt").write_text(f"{TEXT}\n第{n}支部召开党员大会学习讨论。\n", "utf-8")
    one = topics_command("tag", str(tmp_path), "--format", "jsonl")
    many = topics_command("tag", str(tmp_path), "--format", "jsonl", "--jobs", jobs)
    assert many.stdout == one.stdout
    assert len(one.stdout.splitlines()) == 8


def test_a_table_names_theme_and_words(article: Path) -> None:
    answer = topics_command("tag", str(article))
    assert "民生" in answer.stdout
    assert "路灯" in answer.stdout


def test_tag_html_names_articles_by_their_titles(article: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "河道清了。"}\n{"text": "路修好了。"}\n', encoding="utf-8")
    answer = topics_command("tag", str(article), str(rows), "--format", "html", "--lang", "en")
    heads = [part.partition("</bdi></h3>")[0] for part in answer.stdout.split("<h3><bdi>")[1:]]
    assert heads == ["石桥村的路灯", "rows.jsonl"]
    assert f'title="{article}"><bdi>article.txt</bdi>' in answer.stdout


def test_tag_html_shows_hostile_text_as_text() -> None:
    hostile = "<script>alert(1)</script>村里的老人看病方便了。"
    answer = topics_command("tag", "-", "--format", "html", stdin=hostile)
    assert "<script>alert(1)" not in answer.stdout
    assert "看病" in answer.stdout


def test_read_jsonl_has_the_fields_of_the_contract(article: Path) -> None:
    answer = topics_command("read", str(article), "--format", "jsonl")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["title", "body"]
    assert set(rows[0]) == {"file", "article", "kind", "line", "text", "heading"}


def test_discover_json_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "cut.txt"
    words = ("河 堤 柳 船 桥", "灯 路 夜 车 站", "书 课 班 校 师")
    file.write_text("\n".join(words[n % 3] for n in range(60)), encoding="utf-8")
    answer = topics_command(
        "discover", str(file), "--tokenized", "--topics", "3", "--format", "json"
    )
    found = json.loads(answer.stdout)
    assert set(found) == {"topics", "scores", "assignments"}
    assert set(found["topics"][0]) >= {"id", "name", "words", "share", "theme"}
    assert len(found["assignments"]) == 60


def test_info_shows_the_model() -> None:
    answer = topics_command("info", "--format", "json")
    assert json.loads(answer.stdout)["kind"] == "tfidf"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["tag", "no/such/file.txt"], "no such file"),
        (["train", "no/such/folder"], "no such file or folder"),
        (["tag", "{empty}"], "nothing"),
        (["train", "{empty}"], "nothing"),
        (["tag", "{binary}"], "binary"),
        (["train", "--themes", "{themes}"], "did you mean 'seeds'"),
        (["train", "--themes", "no.toml"], "no such theme file"),
        (["tag", "{article}", "--model", "{empty}"], "no model here"),
        (["tag", "{article}", "--jobs", "0"], "--jobs is 0"),
        (["tag", "{article}", "--out", "no/such/folder/x.csv"], "cannot be written"),
        (["info", "nowhere"], "no model here"),
        (["report", "nowhere"], "no report"),
        (["discover", "{article}", "--topics", "many"], "no number"),
        (["train", "{article}", "--name", "../up"], "no name for a folder"),
        (["evaluate", "--gold", "{article}"], "topics:"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_code_2(
    args: list[str], says: str, article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "themes.toml").write_text(
        '[[theme]]\ncode = "a"\nzh = "甲"\nseed = ["水"]\n', encoding="utf-8"
    )
    places = {
        "empty": str(tmp_path / "empty"),
        "binary": str(tmp_path / "binary.txt"),
        "themes": str(tmp_path / "themes.toml"),
        "article": str(article),
    }
    assert run([arg.format(**places) for arg in args]) == 2
    shown = capsys.readouterr()
    last = shown.err.strip().splitlines()[-1]
    assert last.startswith("topics: ")
    assert says in shown.err
    assert "Traceback" not in shown.err


def test_one_bad_file_never_loses_the_others(article: Path) -> None:
    (article.parent / "bad.txt").write_bytes(bytes(range(256)) * 64)
    answer = topics_command("tag", str(article.parent), "--format", "jsonl")
    assert answer.returncode == 0
    assert len(answer.stdout.splitlines()) == 1
    assert "skipped" in answer.stderr
    assert "bad.txt" in answer.stderr


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert defused(cell) == "'" + cell
