"""Plots: every glyph is there, colours can be told apart, the same input gives the same bytes."""

from __future__ import annotations

import itertools
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from tests.demo_findings import HOSTILE, demo
from topics import plotting
from topics.corpus import Corpus
from topics.errors import InputError, OptionsError
from topics.findings import Findings, Share
from topics.plotting.canvas import label
from topics.plotting.clouds import _placed
from topics.plotting.house import INK, PALETTE, PAPER, REST, colours, phrases
from topics.plotting.numbers import (
    article_rows,
    by_source,
    map_dots,
    over_time,
    shares_of,
    spread,
    topic_themes,
    word_uses,
)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return demo(articles=3, paragraphs=5)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_plot_is_drawn_and_no_glyph_is_missing(findings: Findings, lang: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = plotting.draw_all(findings, lang)
        for figure in figures.values():
            assert plotting.to_svg(figure).startswith("<?xml")
    assert len(figures) == 14 + 3


def test_no_two_words_of_a_cloud_meet_and_weight_is_size() -> None:
    words = [("协商", 9.0), ("社情民意信息", 4.0), ("ABC", 4.0), ("灯", 1.0)]
    sizes, boxes = _placed(words, 3.0, 1.6)
    assert sizes[1] == sizes[2]
    assert sizes[0] / sizes[1] == pytest.approx(1.5)
    for one, two in itertools.combinations(boxes, 2):
        apart = abs(one.x - two.x) - one.wide - two.wide, abs(one.y - two.y) - one.high - two.high
        assert max(apart) > 0
    assert all(abs(box.x) + box.wide <= 1.5 and abs(box.y) + box.high <= 0.8 for box in boxes)


def test_words_too_long_for_a_cloud_still_end_it() -> None:
    sizes, boxes = _placed([("长" * 20, 1.0), ("短", 1.0)], 1.0, 1.0)
    assert len(sizes) == len(boxes)


def test_a_dot_of_the_map_is_a_paragraph_of_its_theme(findings: Findings) -> None:
    dots = map_dots(findings)
    assert sorted(n for row in dots for n in row) == list(range(len(findings.tags)))
    for code, row in zip(findings.themes.classes, dots, strict=True):
        assert {findings.tags[n].theme for n in row} <= {code}
    svg = plotting.to_svg(plotting.paragraph_map(findings))
    drawn = [svg.count("<use", svg.index(f'id="dots-{n}"')) for n, row in enumerate(dots) if row]
    assert max(drawn) >= len(findings.tags)


def test_the_same_findings_give_the_same_bytes(findings: Findings) -> None:
    one, two = (plotting.paragraph_map(findings) for _ in range(2))
    assert plotting.to_svg(one) == plotting.to_svg(two)
    assert plotting.to_png(one, dpi=40) == plotting.to_png(two, dpi=40)


def test_chinese_stays_text_in_an_svg(findings: Findings) -> None:
    svg = plotting.to_svg(plotting.theme_shares(findings))
    assert "政治引领" in svg
    assert "<dc:date>" not in svg


def test_a_stranger_text_is_drawn_as_text() -> None:
    findings = demo(articles=1, paragraphs=2, hostile=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in (plotting.theme_words(findings), plotting.article_heatmap(findings, 2)):
            svg = plotting.to_svg(figure)
            plotting.to_png(figure, dpi=40)
            assert "<script" not in svg
            assert "\u202e" not in svg
    assert "$a$" in plotting.to_svg(plotting.theme_words(findings))


def test_bare_findings_leave_out_what_has_no_numbers() -> None:
    bare = demo(articles=1, paragraphs=2, full=False)
    assert set(plotting.draw_all(bare)) == {
        "theme-shares",
        "article-shares",
        "theme-flow",
        "theme-words",
        "theme-clouds",
        "heatmap-001",
    }
    nothing = replace(bare, corpus=Corpus(()), tags=[], theme_words={})
    assert plotting.draw_all(nothing) == {}
    with pytest.raises(InputError, match="no scores"):
        plotting.confusion(bare)


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("协商议政", 0, "协商议政"),
        ("协商议政", 6, "协商…"),
        ("a b\n c", 0, "a b c"),
        ("\u202e反\u202c", 0, "反"),
        ("\ud800x", 0, "x"),
        ("\U0001f469\u200d\U0001f467", 0, "〓〓"),
        ("$x$", 0, "$x$"),
        ("", 5, ""),
    ],
)
def test_label_keeps_what_can_be_drawn(text: str, columns: int, shown: str) -> None:
    assert label(text, columns) == shown


def test_label_never_grows_past_its_columns() -> None:
    assert len(label(HOSTILE * 50, 20)) <= 20


# Machado, Oliveira and Fernandes 2009: full protanopia, deuteranopia, tritanopia.
SIGHT = {
    "normal": np.eye(3),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                        [-0.011820, 0.042940, 0.968881]]),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                        [-0.003882, -0.048116, 1.051998]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                        [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def _linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _oklab(linear: np.ndarray) -> np.ndarray:
    lms = np.cbrt(
        np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740],
                  [0.08830, 0.28172, 0.62998]])
        @ np.clip(linear, 0, 1)
    )  # fmt: skip
    mix = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return np.array(mix) @ lms


def _distance(a: str, b: str) -> float:
    seen = ((_oklab(m @ _linear(a)), _oklab(m @ _linear(b))) for m in SIGHT.values())
    return min(float(np.linalg.norm(x - y)) for x, y in seen)


def _contrast(a: str, b: str) -> float:
    light, dark = sorted(
        (float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def test_the_colours_can_be_told_apart_by_every_eye() -> None:
    first = [*PALETTE[:5], REST]
    assert min(_distance(a, b) for a, b in itertools.combinations(first, 2)) > 0.1
    assert min(_distance(a, b) for a, b in itertools.combinations([*PALETTE, REST], 2)) > 0.07
    assert min(_contrast(c, PAPER) for c in PALETTE) > 2.85
    assert _contrast(INK, PAPER) > 7


def test_a_theme_has_one_colour_and_other_is_grey(findings: Findings) -> None:
    palette = colours(findings.themes)
    assert palette["other"] == REST
    assert len(set(palette.values())) == len(findings.themes.classes)


def test_both_languages_have_the_same_phrases() -> None:
    def names(table: Mapping[str, object], head: str = "") -> set[str]:
        found = set()
        for key, value in table.items():
            found |= names(value, f"{head}{key}.") if isinstance(value, dict) else {head + key}
        return found

    zh, en = names(phrases("zh")), names(phrases("en"))
    # What is noted in English needs no translation there.
    assert {name for name in zh ^ en if not name.startswith("page.said.")} == set()
    assert en <= zh
    with pytest.raises(OptionsError, match="did you mean 'zh'"):
        phrases("zhh")


def test_shares_are_in_order_and_counted_where_none_is_given(findings: Findings) -> None:
    shares = shares_of(replace(findings, shares=(Share("livelihood", 0.1, 0.2, 0.1, 0.3),)))
    assert [s.theme for s in shares] == list(findings.themes.classes)
    assert shares[3].estimate == 0.2
    assert shares[0].estimate == findings.counted()["political_guidance"]


def test_article_rows_sum_to_one(findings: Findings) -> None:
    for row in article_rows(findings):
        assert sum(row.shares.values()) == pytest.approx(1)
        assert row.shares[row.top] == max(row.shares.values())
        assert 0 < row.certainty <= 1


def _dated(findings: Findings, dates: list[str]) -> Findings:
    articles = tuple(
        replace(article, meta=MappingProxyType({"date": date}))
        for article, date in zip(findings.corpus.articles, dates, strict=True)
    )
    return replace(findings, corpus=replace(findings.corpus, articles=articles))


@pytest.mark.parametrize(
    ("dates", "names"),
    [
        (["2023-01-01", "2023-01-05", "2023-01-05"], ["2023-01-01", "2023-01-05"]),
        (["2023-11-01", "2024-01-05", "2024-01-31"], ["2023-11", "2023-12", "2024-01"]),
        (["2023", "2024-01-05", "2025"], ["2023", "2024", "2025"]),
        (["1999-01-01", "2003-01-01", "2003-02-01"], ["1999", "2000", "2001", "2002", "2003"]),
        (["2023-01-01", "2023-01-01", ""], []),
        (["soon", "", "yesterday"], []),
    ],
)
def test_dates_become_days_months_or_years_without_gaps(
    findings: Findings, dates: list[str], names: list[str]
) -> None:
    assert [bar.name for bar in over_time(_dated(findings, dates))] == names


def test_sources_are_ranked(findings: Findings) -> None:
    totals = [bar.total for bar in by_source(findings)]
    assert totals == sorted(totals, reverse=True)
    assert sum(totals) == len(findings.tags)


def test_topic_theme_rows_are_probabilities(findings: Findings) -> None:
    for row in topic_themes(findings):
        assert sum(row.values()) == pytest.approx(1)
    bare = replace(findings, topics=tuple(replace(t, examples=()) for t in findings.topics))
    assert topic_themes(bare)[0]["political_guidance"] == 1.0


def test_word_uses_count_paragraphs(findings: Findings) -> None:
    for use in word_uses(findings):
        assert use.paragraphs == sum(use.word in tag.text for tag in findings.tags)
        assert 0 <= use.inside <= 1


def test_spread_is_even_and_bounded() -> None:
    assert spread(3, 10) == [0, 1, 2]
    assert spread(100, 4) == [0, 25, 50, 75]


def test_numbers_and_colours_cost_no_matplotlib() -> None:
    code = (
        "import sys, topics.plotting, topics.plotting.numbers, topics.plotting.house;"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'plot_all'"):
        _ = plotting.plot_all
