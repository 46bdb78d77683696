"""The summary for Word: what it tells, in fonts that Chinese readers have."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.demo_findings import demo
from topics import plotting
from topics.cli import run
from topics.corpus import Corpus
from topics.findings import Findings
from topics.reporting import Report
from topics.reporting.keeping import to_plain
from topics.reporting.report import KEPT
from topics.reporting.summary import EXCERPT, FONTS

docx = pytest.importorskip("docx")


@pytest.fixture(scope="module")
def findings() -> Findings:
    return demo(articles=4, hostile=True)


@pytest.fixture(scope="module")
def made(findings: Findings) -> bytes:
    return Report(findings).docx()


def texts_of(document: Any) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_the_summary_tells_what_the_page_tells(made: bytes, findings: Findings) -> None:
    document = docx.Document(io.BytesIO(made))
    texts = texts_of(document)
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads == ["主题占比", "文章对照", "最典型", "最难定", "可信程度", "模型说明"]
    assert document.paragraphs[1].text.startswith("本报告读了")
    share = findings.shares[1]
    assert f"{share.low:.1%} – {share.high:.1%}" in texts
    assert {findings.themes.label(code) for code in findings.themes.classes} <= set(texts)
    assert "0.790 (0.740 – 0.840)" in texts
    assert "不是人工结论" in texts[len(document.paragraphs) - 1]
    assert len(document.inline_shapes) == 1
    assert document.inline_shapes[0]._inline.docPr.get("descr")


def test_every_style_in_use_names_a_chinese_font(made: bytes) -> None:
    document = docx.Document(io.BytesIO(made))
    used = {p.style.name for p in document.paragraphs}
    used |= {
        p.style.name for t in document.tables for r in t.rows for c in r.cells for p in c.paragraphs
    }
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    fonts = {}
    for style in styles.iter(f"{space}style"):
        name, font = style.find(f"{space}name"), style.find(f"{space}rPr/{space}rFonts")
        if name is not None and font is not None:
            fonts[str(name.get(f"{space}val")).lower()] = font.get(f"{space}eastAsia")
    allowed = {chinese for _, chinese in FONTS.values()}
    assert {fonts[name.lower()] for name in used} <= allowed


def test_a_stranger_text_is_text_and_a_long_one_is_cut(findings: Findings) -> None:
    tags = list(findings.tags)
    text = "坏\x00\ud800字\uffff" + "长" * 50_000
    article = findings.corpus.articles[0]
    parts = list(article.parts)
    place = next(n for n, part in enumerate(parts) if part.kind == "body")
    parts[place] = replace(parts[place], text=text)
    sure = {**dict.fromkeys(findings.themes.classes, 0.0), tags[0].theme: 1.0}
    tags[0] = replace(tags[0], part=parts[place], probabilities=sure, evidence=())
    corpus = Corpus((replace(article, parts=tuple(parts)), *findings.corpus.articles[1:]), 4)
    content = Report(replace(findings, corpus=corpus, tags=tags)).docx()
    texts = texts_of(docx.Document(io.BytesIO(content)))
    cut = next(one for one in texts if one.startswith("坏"))
    assert cut.startswith("坏\ufffd\ufffd字\ufffd长")
    assert len(cut) == EXCERPT + len("……")
    assert any("<script>" in one for one in texts)


def test_nothing_read_still_gives_a_document() -> None:
    bare = demo(articles=0, full=False)
    document = docx.Document(io.BytesIO(Report(replace(bare, corpus=Corpus(()))).docx()))
    assert document.paragraphs[0].text == "没有读到正文段落"


def test_english_summaries_say_so(findings: Findings) -> None:
    document = docx.Document(io.BytesIO(Report(findings, "en").docx()))
    assert "Theme shares" in texts_of(document)
    assert not any("{" in paragraph.text for paragraph in document.paragraphs)


def test_the_command_writes_it_opens_the_page_and_says_what_is_missing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = tmp_path / "report", tmp_path / "summary.docx"
    folder.mkdir()
    kept = json.dumps({"lang": "zh", **to_plain(demo(articles=1, paragraphs=2, full=False))})
    (folder / KEPT).write_text(kept, encoding="utf-8")
    monkeypatch.setattr(plotting, "draw_all", lambda *_: {})  # they are not the matter here
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(opened.append(url)))
    assert run(["report", str(folder), "--docx", str(out), "--open", "--lang", "en"]) == 0
    assert docx.Document(out).paragraphs[0].text
    assert opened == [(folder / "index.html").resolve().as_uri()]
    said = capsys.readouterr()
    assert f"summary: {out}" in said.out
    assert "no browser was found" in said.err
    assert 'lang="en"' in (folder / "index.html").read_text(encoding="utf-8")[:100]
    assert run(["report", str(folder), "--docx", str(tmp_path / "no" / "x.docx")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "docx", None)
    assert run(["report", str(folder), "--docx", str(out)]) == 2
    assert "cn-topics[docx]" in capsys.readouterr().err
