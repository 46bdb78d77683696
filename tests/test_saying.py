"""A page is in one language, and its map leads to the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from tests.demo_findings import demo
from tests.serving import settings_of
from topics import plotting
from topics.findings import Findings
from topics.plotting.house import phrases
from topics.reporting.answer import answer
from topics.reporting.live import api_page, reason_in
from topics.reporting.page import html
from topics.reporting.saying import counted, told
from topics.web.describing import describe


@pytest.fixture(scope="module")
def findings() -> Findings:
    return demo(articles=2, paragraphs=4)


def test_a_line_of_another_language_is_said_in_the_page_s_own() -> None:
    table = phrases("zh")["page"]["said"]
    assert told("18 articles put aside for testing, of which nothing was learned", table) == (
        "18 篇文章专留作检验，训练时完全不用"
    )
    summary = "113 file(s), 113 article(s), 1798 body paragraph(s)"
    assert told(summary, table) == "113 个文件，113 篇文章，1798 个正文段落"
    assert told(f"{summary}, 2 skipped", table).endswith("2 个文件未能读取")
    assert told("something else", table) == "something else"
    english = phrases("en")["page"]["said"]
    summary = "1 file(s), 2 article(s), 1 body paragraph(s), 1 skipped"
    assert told(summary, english) == (
        "1 file, 2 articles, 1 body paragraph; 1 file could not be read"
    )


def test_what_the_toolkit_notes_is_known_to_the_chinese_page(findings: Findings) -> None:
    scores = replace(findings.scores, how="cross-validation in 5 parts, split by article")
    card = {"corpus": findings.corpus.summary, "scores": {"how": scores.how}}
    noted = replace(findings, scores=scores, card=card)
    page = html(noted, "zh", {}, {})
    assert "按文章分成 5 份交叉验证" in page
    for english in ("cross-validation", "split by article", "file(s)", "body paragraph"):
        assert english not in page
    assert "cross-validation in 5 parts" in html(noted, "en", {}, {})


def test_the_description_of_the_api_is_in_the_page_s_language(tmp_path: Path) -> None:
    described = describe(settings_of(tmp_path / "labels.csv"), "http://here/")
    said = [found for found in _texts(described["paths"]) if found]
    assert len(said) > 30
    pages = {lang: unescape(api_page(lang, described)) for lang in ("zh", "en")}
    # What a page shows is in English, or else told in Chinese; a sentence of two languages is none.
    for text in {described["info"]["description"], *said}:
        if text in pages["en"]:
            assert text not in pages["zh"]
            assert re.search("[\u4e00-\u9fff]", told(text, phrases("zh")["page"]["said"]))
    assert "1000 requests a second" in pages["en"]
    assert "每秒最多 1000 次请求" in pages["zh"]


def _texts(node: object) -> Iterator[str]:
    """Yield the summaries and descriptions in a piece of the description."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("summary", "description") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def test_a_report_s_plots_are_named_for_those_who_do_not_see_them(findings: Findings) -> None:
    svg = dict.fromkeys(("theme-shares", "heatmap-001"), "<svg></svg>")
    assert 'aria-label="各主题占全部段落的比例"' in html(findings, "zh", svg, {})
    page = html(findings, "en", svg, {}, svg)
    assert 'aria-label="Share of each theme among all paragraphs"' in page
    assert 'aria-label="Probability of each theme, paragraph by paragraph"' in page
    assert page.count('<div class="narrow">') == 2


def test_the_page_of_a_map_links_every_dot(findings: Findings) -> None:
    svg = plotting.to_svg(plotting.paragraph_map(findings))
    page = html(findings, "zh", {"paragraph-map": svg}, {})
    dots = re.findall(r'<a href="#(a\d+-\d+)" tabindex="-1"><use', page)
    assert sorted(dots) == sorted(set(dots))
    assert len(dots) == len(findings.tags)


def test_why_a_file_cannot_be_read_is_said_in_the_page_s_language() -> None:
    fault = "BadZipFile: File is not a zip file"
    problem = f"稿.docx: not a readable .docx ({fault}); open it in Word and save it as .docx anew"
    assert reason_in(problem, "zh") == (
        f"稿.docx: 不是可读的 .docx（{fault}）；请用 Word 打开后另存为 .docx"
    )
    assert reason_in(problem, "en") == problem
    assert reason_in(
        "1,200 characters are more than 1,000; send less at once, or use topics tag", "zh"
    ) == ("有 1,200 个字符，超过 1,000 个；请分几次，或改用命令 topics tag")
    unknown = "a.exe: unknown kind of file '.exe'; read are .txt .md (also .gz)"
    assert reason_in(unknown, "zh").endswith("能读的有 .txt .md（也可加 .gz）")
    line = "row 3 has no text: found a, b; a row needs text, paragraphs or content"
    assert reason_in(f"{line}; 2 such lines were left out", "zh") == (
        "第 3 行没有文本：只有 a, b；每行要有 text、paragraphs 或 content；这样的行共 2 行，已略去"
    )


def test_one_is_singular() -> None:
    assert counted("1 article(s), 2 paragraph(s)") == "1 article, 2 paragraphs"


def test_shares_are_called_corrected_only_where_labels_corrected_them(findings: Findings) -> None:
    words = phrases("zh")["page"]["note"]
    bare = replace(findings, scores=None)
    said = {
        "shares_corrected": html(findings, "zh", {}, {}),
        "shares_sampled": html(bare, "zh", {}, {}),
        "shares_counted": html(replace(bare, shares=()), "zh", {}, {}),
    }
    for key, page in said.items():
        assert {name for name in said if words[name] in page} == {key}


def test_english_counts_one_and_many(findings: Findings) -> None:
    assert "2 articles from " in answer(findings, "en")
    assert "1 further file could" in answer(findings, "en")


def test_a_citation_leaves_out_what_is_not_known(findings: Findings) -> None:
    assert "<p>cn-topics，报告《演示》。</p>" in html(replace(findings, card={}), "zh", {}, {})
