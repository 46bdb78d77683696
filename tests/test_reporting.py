"""The report: complete, self-contained, rebuilt byte for byte, safe against a stranger's text."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.demo_findings import HOSTILE, demo
from topics.errors import InputError, OptionsError
from topics.findings import Evidence, Findings
from topics.reporting import Report, html_tags, rebuild
from topics.reporting.inlining import inline
from topics.reporting.keeping import from_plain, to_plain
from topics.reporting.marking import pieces, ribbon, short_names
from topics.reporting.tables import tables, to_csv

Attrs = list[tuple[str, str | None]]
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Outline(HTMLParser):
    """Elements that are open at the end, ids, scripts, links and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.scripts = 0
        self.words: list[str] = []
        self.shown = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        told = ("placeholder", "title", "data-said")
        self.shown += "".join(value or "" for name, value in attrs if name in told)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        links = [value or "" for name, value in attrs if name in {"href", "src"}]
        self.links += [link for link in links if not link.startswith("data:")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attrs) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return demo(articles=2, paragraphs=4)


@pytest.fixture(scope="module")
def saved(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "demo"
    assert Report(findings).save(folder) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def page(saved: Path) -> str:
    return (saved / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saving without plots: the folder is what is tested."""
    monkeypatch.setattr("topics.plotting.draw_all", lambda *_: {}, raising=False)


def test_the_page_is_whole_and_asks_nobody_for_anything(page: str) -> None:
    outline = Outline(page)
    assert outline.open == ["html"] or outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert all(link.startswith("#") for link in outline.links)
    assert {link[1:] for link in outline.links} <= set(outline.ids)
    assert "@import" not in page
    assert not re.search(r"url\((?!#|\"data:font/woff;base64,)", page)


def test_the_page_tells_everything_in_order(page: str, findings: Findings) -> None:
    sections = re.findall(r'<section id="([a-z]+)"', page)
    assert sections == [
        "shares", "articles", "flow", "time", "words", "map", "topics", "scores", "examples",
        "seeds", "reprints", "reading", "card", "cite",
    ]  # fmt: skip
    text = Outline(page).text
    for tag in findings.tags:
        assert tag.text in text
    for word in ("宏平均 F1", "95% 区间", "articles/图.png", "topics train", "5-fold"):
        assert word in text


def test_sections_without_data_are_left_out() -> None:
    bare = Report(demo(articles=1, paragraphs=3, full=False)).html()
    sections = re.findall(r'<section id="([a-z]+)"', bare)
    assert not {"map", "topics", "scores", "seeds", "reprints"} & set(sections)
    assert set(re.findall(r'<a href="#([a-z]+)"', bare)) <= {*sections, "main"}
    assert "没有给定的标注可供核对" in bare


def test_no_paragraph_at_all_still_gives_a_page() -> None:
    bare = demo(articles=1, paragraphs=1, full=False)
    empty = replace(bare, corpus=replace(bare.corpus, articles=()), tags=[], theme_words={})
    page = Report(empty).html()
    assert "没有读到正文段落" in page
    assert 'id="reading"' not in page


@pytest.mark.usefixtures("_light")
def test_a_stranger_text_is_text() -> None:
    page = Report(demo(articles=1, paragraphs=2, hostile=True)).html()
    outline = Outline(page)
    assert outline.scripts == 1
    assert outline.handlers == []
    assert HOSTILE in outline.text
    assert "长" * 50_000 in outline.text
    assert "{{ 7*7 }}" in outline.text


@pytest.mark.usefixtures("_light")
def test_english_pages_say_so(findings: Findings) -> None:
    page = Report(findings, "en").html()
    assert '<html lang="en">' in page
    assert "Theme shares" in page
    assert "主题占比" not in page
    with pytest.raises(OptionsError, match=r"allowed|did you mean"):
        Report(findings, "fr")


def test_the_folder_holds_page_plots_tables_and_tags(saved: Path, findings: Findings) -> None:
    names = {str(path.relative_to(saved)) for path in saved.rglob("*") if path.is_file()}
    assert {"index.html", "tags.jsonl", "findings.json"} <= names
    for plot in ("theme-shares", "confusion", "heatmap-001"):
        assert {f"plots/{plot}.png", f"plots/{plot}.svg"} <= names
    rows = [json.loads(line) for line in (saved / "tags.jsonl").read_bytes().splitlines()]
    assert rows == [json.loads(json.dumps(tag.row())) for tag in findings.tags]
    assert sorted(path.name for path in saved.parent.iterdir()) == ["demo"]


def test_every_plotted_number_has_a_table(saved: Path) -> None:
    tabled = {path.stem for path in (saved / "tables").iterdir()}
    drawn = {path.stem for path in (saved / "plots").iterdir()}
    instead = {
        "theme-flow": "paragraphs",
        "theme-clouds": "theme-words",
        "time-trends": "time-shares",
    }
    for name in drawn:
        table = "paragraphs" if name.startswith("heatmap") else instead.get(name, name)
        assert table in tabled
    text = (saved / "tables" / "theme-shares.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("_light")
def test_a_report_is_rebuilt_byte_for_byte(saved: Path, findings: Findings) -> None:
    again = rebuild(saved)
    assert again.files() == Report(findings).files()
    assert again.files()["findings.json"] == (saved / "findings.json").read_bytes()
    assert rebuild(saved, "en").lang == "en"


@pytest.mark.usefixtures("_light")
def test_a_seed_with_nothing_to_compare_with_has_no_agreement(page: str, saved: Path) -> None:
    rows = (saved / "tables" / "seeds.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[4].split(",")[2:4] == ["9", ""]
    assert rows[4].split(",")[6:] == ["0", ""]
    word = rows[4].split(",")[1]
    assert f"<bdi>{word}</bdi></th><td>9</td><td>–</td>" in page


def test_saving_again_keeps_what_is_not_ours(findings: Findings, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    Report(findings).save(folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "more").mkdir()
    (folder / "tables" / "old.csv").write_text("old", encoding="utf-8")
    Report(findings, "en").save(folder)
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "more").is_dir()
    assert not (folder / "tables" / "old.csv").exists()
    assert 'lang="en"' in (folder / "index.html").read_text(encoding="utf-8")


def test_a_folder_of_other_things_is_left_alone(findings: Findings, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(InputError, match="holds files and no report"):
        Report(findings).save(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        Report(findings).save(tmp_path / "thesis.docx")
    assert (tmp_path / "thesis.docx").read_bytes() == b"years of work"


@pytest.mark.usefixtures("_light")
def test_a_write_that_fails_leaves_the_old_report(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    Report(findings).save(folder)
    before = (folder / "index.html").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("topics.reporting.report._write", full)
    with pytest.raises(InputError, match="No space left"):
        Report(findings).save(folder)
    assert (folder / "index.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no report to rebuild"),
        (b"\xff", "not JSON"),
        (b"[]", "has format None"),
        (b'{"format": 99}', "this version reads 1"),
        (b'{"format": 1}', "is damaged"),
    ],
)
def test_a_damaged_report_is_said_to_be_so(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "findings.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        rebuild(tmp_path)


def test_findings_survive_as_plain_data(findings: Findings) -> None:
    back = from_plain(json.loads(json.dumps(to_plain(findings))))
    assert back.corpus == findings.corpus
    assert list(back.tags) == list(findings.tags)
    assert back.scores == findings.scores
    assert back.topics == findings.topics
    assert to_plain(back) == to_plain(findings)


def test_a_card_may_hold_anything(findings: Findings) -> None:
    card = MappingProxyType({"path": pytest.__file__, "set": {2, 1}, "deep": {"a": [1, (2,)]}})
    plain = to_plain(replace(findings, card=card))["card"]
    assert plain["set"] == [1, 2]
    assert plain["deep"] == {"a": [1, [2]]}


def test_pieces_join_to_the_text_whatever_the_evidence(findings: Findings) -> None:
    tag = findings.tags[0]
    odd = [(0, 2), (1, 4), (3, 3), (5, 6), (len(tag.text) - 1, len(tag.text) + 9), (-3, 1)]
    worse = replace(tag, evidence=tuple(Evidence("x", 1.0, a, b) for a, b in odd))
    assert "".join(p.text for p in pieces(worse)) == tag.text
    assert [p.text for p in pieces(worse) if p.evidence] == [tag.text[0:2], tag.text[5:6]]
    assert "".join(p.text for p in pieces(tag, 5)) == tag.text[:5] + "…"


def test_a_ribbon_covers_the_article(findings: Findings) -> None:
    stops = ribbon(findings.tags, findings.themes)
    assert stops.count("var(") <= len(findings.tags)
    assert " 0% " in stops
    assert stops.endswith("100%")


def test_tables_are_read_back_and_run_no_formula(findings: Findings) -> None:
    text = to_csv([("=1+1", "@x", -0.5, "好,坏"), ("", "a\nb", 1 / 3, "−")])
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["'=1+1", "'@x", "-0.5", "好,坏"], ["", "a\nb", "0.333333", "−"]]
    paragraphs = list(csv.DictReader(io.StringIO(tables(findings)["paragraphs"])))
    assert len(paragraphs) == len(findings.tags)


def test_inlined_plots_take_the_colours_of_the_page() -> None:
    svg = (
        '<?xml version="1.0"?><svg xmlns="x" width="1pt" height="2pt" viewBox="0 0 1 2">'
        '<defs><style type="text/css">*{}</style></defs><g id="figure_1"><path id="m1" '
        'style="fill: #1d1c1a"/><use xlink:href="#m1" style="fill: #123456"/></g></svg>'
    )
    inlined = inline(svg, "map")
    assert inlined.startswith("<svg")
    assert 'id="map-m1"' in inlined
    assert '"#map-m1"' in inlined
    assert "figure_1" not in inlined
    assert "var(--ink)" in inlined
    assert "#123456" in inlined
    assert "<style" not in inlined


def test_tags_alone_make_a_small_page(findings: Findings) -> None:
    page = html_tags(findings.tags, findings.themes, "en")
    outline = Outline(page)
    assert all(tag.text in outline.text for tag in findings.tags)
    assert outline.scripts == 1
    assert page.count('<details class="article"') == 2
    assert "<svg" not in page
    assert "Themes tagged" in html_tags([], findings.themes, "en")


def test_names_lose_the_folder_that_they_share() -> None:
    two = ["/a/b/一.txt", "/a/c/二.txt"]
    assert list(short_names(two).values()) == ["b/一.txt", "c/二.txt"]
    assert short_names(["/a/b.txt"]) == {"/a/b.txt": "b.txt"}
    assert short_names(["", "-"]) == {"": "", "-": "-"}
