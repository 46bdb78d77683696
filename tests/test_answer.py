"""The first lines of a report: the main finding, and how sure it is and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.demo_findings import demo
from topics.findings import Findings, Share
from topics.reporting.answer import answer, headline


@pytest.fixture(scope="module")
def findings() -> Findings:
    return demo()


def _with_shares(findings: Findings, *values: tuple[float, float, float]) -> Findings:
    codes = findings.themes.classes
    shares = (Share(c, e, e, low, high) for c, (e, low, high) in zip(codes, values, strict=True))
    return replace(findings, shares=tuple(shares))


def test_the_headline_calls_a_tie_a_tie(findings: Findings) -> None:
    rest = (0.1, 0.08, 0.12)
    clear = _with_shares(findings, (0.5, 0.45, 0.55), (0.2, 0.15, 0.25), rest, rest, rest)
    close = _with_shares(findings, (0.31, 0.25, 0.36), (0.3, 0.25, 0.35), rest, rest, rest)
    empty = _with_shares(findings, rest, rest, rest, rest, (0.6, 0.5, 0.7))
    assert headline(clear, "zh") == "政治引领最多，约占 50%"
    assert headline(close, "en").endswith("too close to call")
    assert headline(empty, "zh") == "超过一半的段落不属于任何主题"


def test_the_answer_says_what_was_read_and_how_sure(findings: Findings) -> None:
    said = answer(findings, "zh")
    assert f"{len(findings.tags)} 个正文段落" in said
    assert "1 个文件未能读取" in said
    assert "268 个有给定标注的段落" in said


def test_what_is_said_of_certainty_is_about_paragraphs_that_taught_nothing(
    findings: Findings,
) -> None:
    bins = ((0.45, 0.4, 27), (0.75, 0.5, 40), (0.86, 0.8, 67), (0.98, 1.0, 134))
    assert findings.scores is not None
    checked = replace(findings, scores=replace(findings.scores, calibration=bins, how=""))
    assert "75% 的标注把握在 80% 以上（这些标注 93% 正确），27 段" in answer(checked, "zh")
    assert "75% were tagged with a probability above 80% (93% of such" in answer(checked, "en")
    alone = answer(replace(findings, scores=None), "zh")
    assert "的段落标注把握在 80% 以上；" in alone
    assert alone.endswith("上面的把握只是模型自己的估计。")


@pytest.mark.parametrize(
    ("how", "zh", "en"),
    [
        ("cross-validation in 5 parts, split by article", "都没有学过它所在的文章", "had not seen"),
        ("18 articles put aside for testing, of which nothing was learned", "完全不用", "aside"),
        ("labels not used in training, texts were", "训练没有用到标注", "not used in training"),
    ],
)
def test_how_the_tags_were_checked_is_said_as_it_was(
    findings: Findings, how: str, zh: str, en: str
) -> None:
    assert findings.scores is not None
    kept = replace(findings, scores=replace(findings.scores, how=how))
    for lang, said in (("zh", zh), ("en", en)):
        assert said in answer(kept, lang)
    assert ("没有用到标注" in answer(kept, "zh")) == ("labels not used" in how)


def test_cross_validation_is_not_called_labels_left_unused(findings: Findings) -> None:
    how = "cross-validation in 5 parts, split by article"
    assert findings.scores is not None
    said = answer(replace(findings, scores=replace(findings.scores, how=how)), "en")
    assert "not used in training" not in said
    assert "has learned from these labels" in said
