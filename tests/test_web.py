"""The API of ``topics serve``: the numbers of the command line, labels kept, files read."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo_findings import HOSTILE
from tests.serving import Answer, ask, served, settings_of
from topics.cli import run
from topics.cli.serve import models_of
from topics.errors import LabelError, OptionsError
from topics.labels import read_labels
from topics.tagging import ready_made
from topics.themes import load_themes
from topics.web import receiving
from topics.web.correcting import Corrections

SAMPLE = Path(__file__).parent.parent / "topics" / "data" / "sample"
TEXT = "村口的路灯修好了，老人晚上去卫生院看病方便多了。"


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labels") / "labels.csv"


@pytest.fixture(scope="module")
def url(labels: Path) -> Iterator[str]:
    models = models_of([None, str(ready_made())])
    with served(settings_of(labels, models)) as address:
        yield address


def command(path: Path, form: str) -> bytes:
    """Return what the command line writes for a file."""
    out = path.parent / f"out.{form}"
    assert run(["tag", str(path), "--format", form, "--out", str(out)]) == 0
    return out.read_bytes()


def encoded(name: str, data: bytes) -> dict[str, Any]:
    return {"file": {"name": name, "data": base64.b64encode(data).decode()}}


def test_rows_are_those_of_the_command_line_byte_for_byte(url: str) -> None:
    text = "".join(path.read_text("utf-8") + "\n\n" for path in sorted(SAMPLE.glob("*.txt"))[:4])
    wanted = subprocess.run(
        [sys.executable, "-m", "topics", "tag", "-", "--format", "jsonl"],
        input=text.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert wanted.count(b"\n") > 20
    assert ask(url, "/api/tag", {"text": text, "format": "jsonl"}).body == wanted
    rows = b", ".join(wanted.rstrip(b"\n").split(b"\n"))
    name = json.dumps(ask(url, "/api/models").json["models"][0]["name"]).encode()
    assert ask(url, "/api/tag", {"text": text}).body == (
        b'{"model": ' + name + b', "rows": [' + rows + b"]}"
    )


@pytest.mark.parametrize("form", ["csv", "html", "xlsx"])
def test_downloads_are_the_files_of_the_command_line(url: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    wanted = command(path, form).replace(str(path).encode(), b"text.txt")
    found = ask(url, "/api/tag", {**encoded("text.txt", TEXT.encode()), "format": form})
    assert found.headers["content-disposition"] == f"attachment; filename=tags.{form}"
    if form == "xlsx":  # carries the time at which it was made
        openpyxl = pytest.importorskip("openpyxl")
        assert openpyxl.load_workbook(io.BytesIO(found.body))["段落"]["E2"].value == "民生"
    else:
        assert found.body == wanted


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".docx", ".csv", ".jsonl", ".txt.gz"])
def test_a_file_is_read_as_the_command_line_reads_it(url: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"文章{suffix}"
    path.write_bytes(file_of(suffix))
    rows = [json.loads(line) for line in command(path, "jsonl").splitlines()]
    found = ask(url, "/api/tag", encoded(path.name, path.read_bytes()))
    assert found.json["rows"] == [{**row, "file": path.name} for row in rows]
    assert rows


def file_of(suffix: str) -> bytes:
    if suffix == ".docx":
        docx = pytest.importorskip("docx")
        document, made = docx.Document(), io.BytesIO()
        document.add_paragraph(TEXT)
        document.save(made)
        return made.getvalue()
    if suffix == ".html":
        pytest.importorskip("trafilatura")
        return f"<html><body><article><p>{TEXT}</p><p>{TEXT}</p></article></body></html>".encode()
    if suffix == ".csv":
        return f"id,text\na,{TEXT}\n".encode()
    if suffix == ".jsonl":
        return json.dumps({"id": "a", "text": TEXT}).encode()
    return gzip.compress(TEXT.encode("gb18030")) if suffix == ".txt.gz" else TEXT.encode("gb18030")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({}, "give 'text' or 'file'"),
        ({"text": TEXT, "file": {}}, "not both"),
        ({"text": ""}, "empty"),
        ({"text": " \n "}, "white space"),
        ({"file": {"name": "a.txt"}}, "two texts"),
        ({"file": {"name": "a.txt", "data": "*"}}, "not base64"),
        (encoded("../../etc/passwd", b""), "passwd: empty"),
        (encoded("a.exe", b"x"), "unknown kind of file '.exe'"),
        (encoded("a.docx", b"x"), "not a readable .docx"),
        (encoded("a.txt", bytes(range(256)) * 99), "binary"),
        ({"text": TEXT, "model": "x"}, "no model is called 'x'"),
        ({"text": TEXT, "format": "pdf"}, "no format is called 'pdf'"),
        ({"text": "字" * 1_000_001}, "1,000,001 characters"),
        (encoded("a.txt", ("长" * 1_400_000).encode()), "characters are more than"),
        (encoded("a.csv", ("text\n" + f"{'长' * 12_000}\n" * 100).encode()), "are more than"),
    ],
)
def test_what_cannot_be_tagged_is_said_and_why(url: str, what: dict[str, Any], says: str) -> None:
    found = ask(url, "/api/tag", what)
    assert found.status == 422
    assert says in found.error
    assert "/tmp" not in found.error


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no object"),
        (b'{"txet": ""}', "did you mean 'text'"),
        (b'{"text": 1}', "'text' must be text"),
        (b'{"text": "", "lang": []}', "'lang' must be text"),
    ],
)
def test_what_is_no_request_is_refused(url: str, body: bytes, says: str) -> None:
    found = ask(url, "/api/tag", body)
    assert found.status == 400
    assert says in found.error


def test_two_models_tag_the_same_paragraphs(url: str) -> None:
    names = [model["name"] for model in ask(url, "/api/models").json["models"]]
    assert len(set(names)) == 2
    found = ask(url, "/api/compare", {"text": TEXT, "models": names}).json
    alone = [ask(url, "/api/tag", {"text": TEXT, "model": name}).json["rows"] for name in names]
    assert found == {"models": names, "rows": alone}
    refused = ask(url, "/api/compare", {"text": TEXT, "models": names[:1]})
    assert (refused.status, "two models" in refused.error) == (422, True)


def test_a_text_of_markup_is_shown_as_text(url: str) -> None:
    text = f"{HOSTILE}村里的老人看病方便了。\n\n{'长' * 49_990}看病方便。"
    names = [model["name"] for model in ask(url, "/api/models").json["models"]]
    for path, more in (("/api/tag", {}), ("/api/compare", {"models": names})):
        found = ask(url, path, {"text": text, "format": "page", **more})
        page = found.body.decode()
        assert found.headers["content-type"].startswith("text/html")
        assert "<script" not in page
        assert "<img" not in page
        assert "{{ 7*7 }}" in page
        assert page.count("长") >= 49_990
        assert not re.search(r' (style|on\w+)="', page)


def test_labels_are_kept_replaced_and_taken_back(url: str, labels: Path) -> None:
    labels.unlink(missing_ok=True)
    one = {"text": TEXT, "theme": "consultation"}
    assert ask(url, "/api/labels", one).json == {"labels": 1}
    other = {"text": "=1+1 支部开会。", "theme": "party_building", "file": "a.txt", "line": 3}
    assert ask(url, "/api/labels", {**other, "tags": ["livelihood", "other"]}).json == {"labels": 2}
    assert ask(url, "/api/labels", {**one, "theme": "livelihood"}).json == {"labels": 2}
    kept = ask(url, "/api/labels").json["labels"]
    assert [row["theme"] for row in kept] == ["party_building", "livelihood"]
    assert (kept[0]["file"], kept[0]["line"], kept[0]["tags"]) == ("a.txt", "3", "livelihood")
    assert len(read_labels(labels, load_themes("cppcc"))) == 2
    assert ask(url, "/api/labels?format=csv").body == labels.read_bytes()
    page = ask(url, "/api/tag", {"text": TEXT, "format": "page"}).body.decode()
    assert "标注：民生" in page
    assert ask(url, "/api/labels", {**one, "theme": ""}).json == {"labels": 1}
    page = ask(url, "/api/tag", {"text": TEXT, "format": "page"}).body.decode()
    assert "标注：民生" not in page


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"text": TEXT, "theme": "livelyhood"}, "did you mean 'livelihood'"),
        ({"text": "", "theme": "livelihood"}, "'text' must have"),
        ({"text": "长" * 100_001, "theme": "livelihood"}, "'text' must have"),
        ({"text": TEXT}, "'theme' is missing"),
        ({"text": TEXT, "theme": "livelihood", "tags": [1]}, "list of codes"),
        ({"text": TEXT, "theme": "livelihood", "tags": ["x"]}, "no theme has the code"),
    ],
)
def test_a_label_that_does_not_fit_is_refused(url: str, what: dict[str, Any], says: str) -> None:
    found = ask(url, "/api/labels", what)
    assert found.status == 422
    assert says in found.error


def test_labels_that_come_at_once_are_all_kept(url: str, labels: Path) -> None:
    labels.unlink(missing_ok=True)
    found: list[Answer] = []

    def send(n: int) -> None:
        what = {"text": f"第{n}段的文字。", "theme": "livelihood"}
        found.append(ask(url, "/api/labels", what))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in found} == {200}
    assert sorted(answer.json["labels"] for answer in found) == list(range(1, 41))
    with labels.open(encoding="utf-8", newline="") as file:
        assert len({row["text"] for row in csv.DictReader(file)}) == 40
    assert [path.name for path in labels.parent.iterdir()] == [labels.name]


def test_many_at_once_get_their_own_answer(url: str) -> None:
    texts = [f"{path.read_text('utf-8')}" for path in sorted(SAMPLE.glob("*.txt"))[:12]]
    wanted = [ask(url, "/api/tag", {"text": text}).body for text in texts]
    assert len(set(wanted)) == len(texts)
    wrong: list[int] = []

    def send(n: int) -> None:
        for turn in range(4):
            place = (n + turn) % len(texts)
            if ask(url, "/api/tag", {"text": texts[place]}).body != wanted[place]:
                wrong.append(place)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_description_is_true(url: str) -> None:
    found = ask(url, "/openapi.json").json
    assert found["openapi"].startswith("3.1")
    row = ask(url, "/api/tag", {"text": TEXT}).json["rows"][0]
    schema = found["components"]["schemas"]["Row"]
    assert set(schema["required"]) <= set(row) <= set(schema["properties"])
    for path, verbs in found["paths"].items():
        for verb, described in verbs.items():
            if verb == "get":
                answer = ask(url, path)
            else:
                body = described["requestBody"]["content"]["application/json"]
                assert set(body["example"]) <= set(body["schema"]["properties"])
                answer = ask(url, path, body["example"])
            assert answer.status == 200
            content = described["responses"]["200"]["content"]["application/json"]
            assert set(content["schema"]["required"]) == set(answer.json)
    page = ask(url, "/api?lang=en").body.decode()
    assert all(path in page for path in found["paths"])


def test_a_file_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = receiving.multiprocessing.get_context("fork")
    monkeypatch.setattr(receiving, "_context", lambda: context)
    monkeypatch.setattr(receiving, "_read", lambda *_: time.sleep(60))
    start = time.monotonic()
    found = receiving._read_apart(tmp_path / "x.txt", "x.txt", 1000, 1)
    assert "longer than 1 seconds" in found[0].reason  # type: ignore[union-attr]
    assert time.monotonic() - start < 20


def test_a_file_that_swells_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context = receiving.multiprocessing.get_context("fork")
    monkeypatch.setattr(receiving, "_context", lambda: context)
    monkeypatch.setattr(receiving, "_read", lambda *_: bytearray(8 << 30))
    found = receiving._read_apart(tmp_path / "x.txt", "x.txt", 1000, 20)
    assert "too much memory" in found[0].reason  # type: ignore[union-attr]


def test_a_labels_file_of_other_themes_is_no_start(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("text,theme\n甲,weather\n", encoding="utf-8")
    with pytest.raises(LabelError, match="no theme is called 'weather'"):
        Corrections(path, load_themes("cppcc"))
    path.write_text("text,主题\n甲,民生\n", encoding="utf-8")
    with pytest.raises(LabelError, match="no column 'theme' to go on with"):
        Corrections(path, load_themes("cppcc"))


def test_a_port_in_use_is_said_to_be_so(url: str, tmp_path: Path) -> None:
    port = int(url.rsplit(":", 1)[1].strip("/"))
    from topics.web.serving import serve

    with pytest.raises(OptionsError, match="another with --port"):
        serve(settings_of(tmp_path / "labels.csv"), port, lambda _: None)


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_package_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert run(["serve"]) == 2
    assert "cn-topics[serve]" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--rate=-1", "--seconds=0", "--max-mb=0"])
def test_impossible_limits_are_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", option]) == 2
    assert option.partition("=")[0] in capsys.readouterr().err


def test_the_command_serves_until_ctrl_c_and_warns_where_others_can_ask(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "topics", "serve", "--port", "0", "--host", "0.0.0.0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert re.fullmatch(r"http://0\.0\.0\.0:\d+/", url)
    assert ask(url.replace("0.0.0.0", "127.0.0.1"), "/api/models").status == 200
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "WARNING" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
