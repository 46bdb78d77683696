"""Reprints: the same, nearly the same, and not the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topics.deduplicating import find_reprints
from topics.findings import Reprint

TEXT = "托老所的床位从六十张增加到三百张，护工从十一人增加到七十人，每所配了一台发电机。"
OTHER = "粮站的老仓库空了二十年，去年改成了图书室，孩子们放学以后在那里写作业、下棋、读小说。"


def test_identical_and_near_identical_paragraphs_are_found() -> None:
    texts = [OTHER, TEXT, TEXT.replace("，", ", "), "昨天，" + TEXT, OTHER[:20] + TEXT[:15], TEXT]
    assert find_reprints(texts) == (Reprint(1, (2, 3, 5)),)


def test_short_texts_only_count_when_identical() -> None:
    assert find_reprints(["再见。", "再见", "再会。"]) == (Reprint(0, (1,)),)


def test_nothing_is_no_reprint() -> None:
    assert find_reprints([]) == ()
    assert find_reprints(["", "", "。。。", TEXT]) == ()


@given(st.lists(st.text(st.sampled_from("甲乙丙丁，。"), max_size=40), max_size=20))
def test_each_text_is_in_one_group_at_most(texts: list[str]) -> None:
    found = find_reprints(texts)
    indices = [n for r in found for n in (r.first, *r.others)]
    assert len(indices) == len(set(indices))
    assert all(r.first < min(r.others) for r in found)
    assert found == find_reprints(texts)
