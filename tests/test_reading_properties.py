"""What holds for every text and for all bytes: no foreign error, nothing lost, places that fit."""

from __future__ import annotations

import contextlib
import csv
import html
import importlib
import io
import json
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from topics.cleaning import clean, clean_traced
from topics.corpus import Corpus
from topics.errors import TopicsError
from topics.ingesting import articles_from_text, read_articles
from topics.reading import SUFFIXES, ReadingFault, files
from topics.tracing import offsets_in_original

SCRIPTS = Path(__file__).parent.parent / "scripts"
ALPHABET = (
    "县里的校舍改成托老所，。、：；“”"
    "（）—▲△□①12一问答會(huì )発１Ａ．&#;<>|*\\ \t\u3000\u200b\n\n\n"
)
PAGE = st.text(st.sampled_from(ALPHABET) | st.characters(), max_size=300)
# No signs that HTML, Markdown or a table take for their own, and no line break inside.
PLAIN = st.text(st.sampled_from("县里的校舍改成托老所，。、：（）12會１"), min_size=1, max_size=80)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _bare(text: str) -> str:
    return "".join(text.split())


def _read(path: Path) -> Corpus | None:
    """Read a file; only our own errors may come."""
    with contextlib.suppress(TopicsError):
        return read_articles(path)
    return None


@SLOW
@given(data=st.binary(max_size=400), suffix=st.sampled_from(sorted(SUFFIXES)), packed=st.booleans())
def test_any_bytes_in_any_format_are_read_or_skipped(
    tmp_path: Path, data: bytes, suffix: str, *, packed: bool
) -> None:
    path = tmp_path / f"a{suffix}{'.gz' if packed else ''}"
    path.write_bytes(data)
    _read(path)


@cache
def _whole() -> dict[str, bytes]:
    """A good file of each format that has an inner structure."""
    import docx
    import pyarrow
    import pyarrow.parquet

    word, table = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("托老所的床位从六十张增加到三百张。")
    document.save(word)
    pyarrow.parquet.write_table(pyarrow.table({"text": ["甲", "乙"]}), table)
    layouts = importlib.import_module("reading_layouts")
    page = '<html><meta charset="gbk"><body><h1>题</h1><table><tr><td>甲<p>乙</table>'
    return {
        ".docx": word.getvalue(),
        ".pdf": layouts.make_pdf(["托老所"]),
        ".parquet": table.getvalue(),
        ".html": page.encode("gbk"),
        ".json": json.dumps([{"title": "题", "paragraphs": ["甲"]}, {"text": "乙"}]).encode(),
        ".csv": "id,text\n1,甲\n".encode(),
    }


@SLOW
@given(st.data())
def test_damaged_files_are_read_or_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    suffix = data.draw(st.sampled_from(sorted(_whole())))
    whole = bytearray(_whole()[suffix])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(whole)))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(whole[:end] if data.draw(st.booleans()) else whole)
    _read(path)


@settings(max_examples=300, deadline=None)
@given(PAGE)
@example("一、\n二、\n目录\n甲\n甲\n- 1 -\n乙\n- 2 -\n乙")
@example("本期目录\n一\n一\n①\n甲①\n①注")
def test_every_character_of_a_page_is_in_one_part_and_its_line_is_right(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parts = [part for article in articles_from_text(text) for part in article.parts]
    kept = Counter("".join(_bare(part.text) for part in parts))
    assert kept == Counter("".join(_bare(clean(line)) for line in lines))
    for part in parts:
        first, *_ = (part.original or part.text).split("\n")
        assert first == lines[part.line - 1]


@settings(max_examples=200, deadline=None)
@given(PAGE)
def test_every_character_of_a_part_is_traced_to_its_source(text: str) -> None:
    for article in articles_from_text(text):
        for part in article.parts:
            places = offsets_in_original(part)
            original = part.original or part.text
            assert len(places) == len(part.text)
            assert list(places) == sorted(places)
            assert all(0 <= place < len(original) for place in places)


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from("縣裏的校舍１２ＡＢ．－ \u3000\u200b，，、⼀(huì)會國"), max_size=80)
)
def test_a_cleaned_character_stands_where_it_came_from(text: str) -> None:
    cleaned = clean_traced(text)
    for char, place in zip(cleaned.text, cleaned.offsets, strict=True):
        source = text[place]
        written = {source, unicodedata.normalize("NFKC", source), clean(source), " "}
        assert char in written or source in "，、"


@settings(max_examples=200, deadline=None)
@given(PAGE)
def test_a_second_cleaning_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert clean(once, simplify=False) == once


@SLOW
@given(
    st.lists(PLAIN, min_size=1, max_size=5), st.sampled_from(["html", "md", "csv", "jsonl", "json"])
)
def test_no_body_is_lost_in_any_format(tmp_path: Path, texts: list[str], suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "html":
        made = "<body><article>" + "".join(f"<p>{html.escape(t)}</p>" for t in texts) + "</article>"
    elif suffix == "md":
        made = "\n\n".join(texts)
    elif suffix == "csv":
        buffer = io.StringIO()
        csv.writer(buffer).writerows([["id", "text"], *enumerate(texts)])
        made = buffer.getvalue()
    elif suffix == "jsonl":
        made = "\n".join(json.dumps({"text": text}) for text in texts)
    else:
        made = json.dumps([{"title": "题", "paragraphs": texts}])
    path.write_text(made, encoding="utf-8")
    read = _read(path)
    assert read is not None
    kept = Counter("".join(_bare(p.text) for a in read for p in a.parts))
    lost = Counter("".join(_bare(clean(text)) for text in texts)) - kept
    assert not lost


@SLOW
@given(data=st.binary(max_size=200) | PAGE.map(lambda text: text.encode("utf-8", "replace")))
@example(data="甲\r\n乙\r丙\n".encode())
@example(data="甲\x0b乙\n".encode())
@example(data="甲\n乙\x0b".encode())
@example(data=b" \n")
def test_a_short_file_has_the_lines_that_it_has_piece_by_piece(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    told = []
    for read in (files.lines_of_short, lambda p: [line for _, line in files.numbered_lines(p)]):
        try:
            told.append(read(path))
        except ReadingFault as fault:
            told.append(str(fault))
    assert told[0] in (told[1], None)
