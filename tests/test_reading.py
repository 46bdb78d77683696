"""Reading: formats, encodings, and faults that have a reason."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.reading import RawDocument, RawRecord, RawRow, ReadingFault, find_files, read_file
from topics.reading.cells import plain
from topics.reading.decoding import decode
from topics.reading.markdown import read_markdown
from topics.reading.markup import read_html
from topics.reading.rows import csv_rows, json_rows, jsonl_rows

SCRIPTS = Path(__file__).parent.parent / "scripts"
TEXT = "托老所的床位从六十张增加到三百张，护工从十一人增加到七十人。\n" * 8
OLD = "養老所的床位從六十張增加到三百張，護工從十一人增加到七十人。\n" * 8


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("reading_layouts")


def _fault(path: Path) -> str:
    with pytest.raises(ReadingFault) as caught:
        list(read_file(path))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (TEXT, e)
            for e in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")
        ),
        *((OLD, e) for e in ("big5", "gb18030", "utf-8")),
    ],
)
def test_encodings_are_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(range(256)) * 40, "binary"),
        (TEXT.encode() + b"\xff\xfe\xff" + TEXT.encode(), "byte"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        ("déjà vu, garçon, être là où".encode("latin-1") * 9, "byte"),
    ],
)
def test_what_fits_no_encoding_is_not_guessed(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingFault, match=reason):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_fault(data: bytes) -> None:
    with contextlib.suppress(ReadingFault):
        assert isinstance(decode(data), str)


def test_a_decompression_bomb_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.reading.files.FREE_RATIO", 1 << 20)
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"x" + b" " * (1 << 23), 9))
    assert "times its size" in _fault(path)


def test_files_with_faults_say_why(tmp_path: Path, layouts: ModuleType) -> None:
    import docx
    import pypdf

    def put(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    buffer = io.BytesIO()
    docx.Document().save(buffer)
    locked = io.BytesIO()
    writer = pypdf.PdfWriter(io.BytesIO(layouts.make_pdf(["托老所"])))
    writer.encrypt("secret")
    writer.write(locked)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (1 << 28) + b"0")
    assert "empty" in _fault(put("a.txt", b""))
    assert "white space" in _fault(put("b.txt", b" \n"))
    assert ".docx" in _fault(put("c.docx", buffer.getvalue()[:2000]))
    assert "encrypted" in _fault(put("d.pdf", locked.getvalue()))
    assert "PDF" in _fault(put("e.pdf", b"%PDF-1.4 nothing"))
    assert "scan" in _fault(put("f.pdf", layouts.make_pdf([])))
    assert "longer" in _fault(put("g.txt", b"a" * ((1 << 24) + (1 << 21))))
    assert "gzip" in _fault(put("h.txt.gz", gzip.compress(TEXT.encode())[:60]))
    assert "unpacks" in _fault(put("j.docx", bomb.getvalue()))
    assert "parquet" in _fault(put("k.parquet", b"PAR1 and no more"))
    assert "JSON" in _fault(put("l.json", b"{"))


def test_folders_are_sorted_and_unknown_files_named(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.txt", "z.exe"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.html.gz").write_bytes(b"")
    found = [(path.name, reason) for path, reason in find_files(tmp_path)]
    assert [name for name, _ in found] == ["a.md", "b.txt", "d.html.gz", "z.exe"]
    assert "unknown kind" in found[-1][1]


def test_rows_of_json() -> None:
    lines = ['{"id": 7, "text": "甲", "date": "2023-01-02", "label": "x"}', "", '{"text": ""}']
    first, second = jsonl_rows(enumerate(lines, 1))
    assert first == RawRow("甲", 1, "7", {"date": "2023-01-02", "label": "x"})
    assert second == RawRow("", 3)
    (record,) = json_rows(json.dumps({"title": "题", "paragraphs": ["甲", {"text": "乙"}]}))
    assert isinstance(record, RawRecord)
    assert (record.title, record.paragraphs) == ("题", ["甲", "乙"])
    one, two = json_rows(json.dumps([{"title": "题", "content": "甲\n乙"}, "丙"]))
    assert isinstance(one, RawDocument)
    assert [line.text for line in one.lines] == ["题", "甲", "乙"]
    assert two == RawRow("丙", 2)


def test_a_bad_row_does_not_lose_the_others() -> None:
    rows = jsonl_rows(enumerate(['{"text": "甲"}', "{", "[]", '{"text": "乙"}'], 1))
    found = [next(rows), next(rows)]
    assert [row.text for row in found if isinstance(row, RawRow)] == ["甲", "乙"]
    with pytest.raises(ReadingFault, match=r"line 2 .* 2 such lines"):
        next(rows)


def test_tables_keep_the_line_numbers() -> None:
    rows = list(csv_rows(["id,text\n", 'a,"甲\n', '乙"\n', "b,丙\n"]))
    assert [(r.id, r.number) for r in rows if isinstance(r, RawRow)] == [("a", 2), ("b", 4)]
    with pytest.raises(ReadingFault, match="no column"):
        list(csv_rows(["x,y\n", "1,2\n"]))


def test_markdown_marks_are_read_and_taken_away() -> None:
    front = "---\ntitle: 题\ndate: 2023-01-02\n---\n"
    text = front + "# 题\n\n## 小标题\n**加粗**的[链接](http://x)和`码`\n\n![图](a.png)\n- 项\n"
    document = read_markdown(text)
    kept = [(line.text, line.hint, line.number) for line in document.lines if line.text]
    assert kept == [
        ("题", "title", 1),
        ("小标题", "heading", 7),
        ("加粗的链接和码", None, 8),
        ("图", "caption", 10),
        ("项", None, 11),
    ]
    assert document.meta == {"date": "2023-01-02"}


def test_html_keeps_the_main_text_with_its_lines() -> None:
    page = f"""<html><meta charset="gb2312"><meta name="pubdate" content="2023-01-02"><body>
<nav><a href="/">首页</a></nav><div id="c"><h1>题</h1>
<p>{TEXT[:30]}<br>第二行</p>
<div><span>护工</span>说：好。</div><script>x()</script></div><footer>版权</footer></body></html>"""
    document = read_html(page.encode("gb18030"))
    kept = [(line.text, line.hint) for line in document.lines if line.text]
    assert kept == [("题", "title"), (TEXT[:30], None), ("第二行", None), ("护工说：好。", None)]
    assert document.lines[0].number == 2
    assert document.meta == {"date": "2023-01-02"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>&nbsp;一。</p><p>二<b>三</b>。</p>", ["一。", "二三。"]),
        ('<div class="x">甲<br/>乙</div><script>丙</script>', ["甲", "乙"]),
        ("写作 <p> 的标签", ["写作 <p> 的标签"]),
        ("<script>alert(1)</script>", ["<script>alert(1)</script>"]),
        ("a < b，b > c", ["a < b，b > c"]),
    ],
)
def test_a_cell_that_holds_html_gives_its_text(cell: str, text: list[str]) -> None:
    assert [line for line in plain(cell).replace("&nbsp;", "").splitlines() if line] == text
    [row] = jsonl_rows([(1, json.dumps({"text": cell}))])
    assert isinstance(row, RawRow)
    assert "".join(row.text.replace("&nbsp;", "").split("\n")) == "".join(text)


def test_footnotes_of_markdown_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 题\n\n莫师傅[^1]在桥南修表，三平方米。\n\n[^1]: 本名莫启明。\n", "utf-8")
    [document] = read_file(path)
    assert isinstance(document, RawDocument)
    told = [(line.text, line.hint) for line in document.lines if line.text]
    assert told[1:] == [
        ("莫师傅在桥南修表，三平方米。", None),
        ("[^1]: 本名莫启明。", "boilerplate"),
    ]
