"""A page's own font: every character it shows, the same bytes each time, and never in the way."""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import sans_path

from tests.demo_findings import demo
from tests.test_reporting import Outline
from topics.reporting import Report, html_tags, lettering


def _embedded(page: str) -> set[int]:
    data = re.search(r"data:font/woff;base64,([^\"]+)", page)
    assert data
    with TTFont(io.BytesIO(base64.b64decode(data[1]))) as font:
        return set(font.getBestCmap())


def test_a_page_brings_a_glyph_for_every_character_it_shows() -> None:
    findings = demo(articles=2, paragraphs=4)
    with TTFont(sans_path()) as font:
        have = set(font.getBestCmap())
    for made in (Report(findings).html(), html_tags(findings.tags, findings.themes)):
        outline = Outline(made)
        shown = {ord(character) for character in outline.text + outline.shown}
        han = {code for code in shown if 0x4E00 <= code <= 0x9FFF}
        assert len(han) > 100
        assert han <= have
        assert shown & have <= _embedded(made) <= set(map(ord, made))


def test_an_english_page_takes_the_font_for_chinese_characters_alone() -> None:
    findings = demo(articles=1, paragraphs=2, full=False)
    page = html_tags(findings.tags, findings.themes, "en")
    face = page[page.index("@font-face") : page.index("src: url")]
    assert "U+3000-9FFF" in face
    assert re.findall(r"--sans: \"([^\"]+)\", system-ui", page) == [lettering.ENGLISH_FAMILY]
    assert "unicode-range" not in html_tags(findings.tags, findings.themes, "zh")


def test_the_font_has_the_same_bytes_each_time() -> None:
    findings = demo(articles=1, paragraphs=2, full=False)
    first = html_tags(findings.tags, findings.themes)
    lettering.subset.cache_clear()
    assert html_tags(findings.tags, findings.themes) == first


def test_a_page_of_very_many_characters_takes_the_commonest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lettering, "MAX_CHARACTERS", 2)
    assert _embedded(lettering.lettered("文" * 20 + "史" * 20 + "哲</style>")) == {0x6587, 0x53F2}


@pytest.mark.parametrize("missing", ["fontTools.subset", "pylopdf_fonts_zh_cn"])
def test_without_a_font_the_page_is_as_it_was(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    lettering.subset.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    assert lettering.lettered("<style></style>文") == "<style></style>文"
    lettering.subset.cache_clear()


def test_a_lost_or_damaged_font_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.otf"
    damaged.write_bytes(b"no font")
    for path in (damaged, tmp_path / "none.otf"):
        lettering.subset.cache_clear()
        monkeypatch.setattr("pylopdf_fonts_zh_cn.sans_path", lambda path=path: path)
        assert lettering.lettered("<style></style>文") == "<style></style>文"
    lettering.subset.cache_clear()
