"""Cleaning: each repair, and what must hold for every text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.cleaning import LONG, clean, clean_each, clean_traced

DAMAGED = st.text(
    st.sampled_from(
        "會(huì )發(fā)業，,。、；1a１Ａ．－&amp;?qū)嵦h著國这 \n\t\u3000\u200b\u2028⼀"
    )
    | st.characters(),
    max_size=120,
)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("委员會(huì)議", "委员会议"),
        ("常委會(huì )議討論", "常委会议讨论"),
        ("推動發(fā) 業(yè)進(jìn)步，取得成效。", "推动发业进步，取得成效。"),
        ("實(shí)打?qū)嵦岢鲆庖娊ㄗh", "实打实提出意见建议"),
        ("我們(men)認(rèn)真學(xué)習(xí)", "我们认真学习"),
        ("增长１２．５％，ＡＰＰ上线", "增长12.5%，APP上线"),
        ("第一,,第二,。第三。。", "第一,第二。第三。"),
        ("等一等。。。再说……好", "等一等……再说……好"),
        ("编码 std::vector 和 a,,b", "编码 std::vector 和 a,,b"),
        ("坐 下 来 商 量，", "坐下来商量，"),
        ("坐下来 ，商量 。  再散  会", "坐下来，商量。再散 会"),
        ("　　首行缩进 \t", "首行缩进"),
        ("不可见\u200b字\ufeff符\x07", "不可见字符"),
        ("&ldquo;好&rdquo;&nbsp;&amp;amp; 是", "“好” & 是"),
        ("⼀⼈⼤", "一人大"),
        ("名著、著名、沿著河走，這樣寫著", "名著、著名、沿着河走，这样写着"),
        ("乾隆年间的编著，堪称名著", "乾隆年间的编著，堪称名著"),
        ("世卫组织(who)、（试行）、(a)项", "世卫组织(who)、（试行）、(a)项"),
        ("《红 楼》，Hello, world", "《红 楼》，Hello, world"),
    ],
)
def test_repairs(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected
    assert clean_traced(dirty).text == expected


def test_a_blank_after_a_gloss_parts_a_headline_only() -> None:
    assert clean("以政治建設(shè) 提高站位") == "以政治建设 提高站位"
    assert clean("以政治建設(shè) 提高了站位。") == "以政治建设提高了站位。"


def test_simplifying_can_be_left_out() -> None:
    assert clean("會(huì)議", simplify=False) == "會議"


def test_offsets_point_at_the_source() -> None:
    source = "　常委會(huì )議\n  通過１２項"
    cleaned = clean_traced(source)
    assert cleaned.text == "常委会议\n通过12项"
    assert [source[n] for n in cleaned.offsets] == list("常委會議\n通過１２項")


@settings(max_examples=300)
@given(DAMAGED)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once.count("\n") == text.count("\n")


@settings(max_examples=300)
@given(DAMAGED)
def test_the_trace_is_the_same_text_and_never_goes_back(text: str) -> None:
    cleaned = clean_traced(text)
    assert cleaned.text == clean(text)
    assert len(cleaned.offsets) == len(cleaned.text)
    assert list(cleaned.offsets) == sorted(cleaned.offsets)
    assert all(0 <= n < len(text) for n in cleaned.offsets)


def test_simplified_text_does_not_load_opencc() -> None:
    code = (
        "import sys, topics.cleaning as c; c.clean('瞭望，２个 ');"
        "assert 'opencc' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("line", "cleaned"),
    [
        ("> 桥头的减速带挪一挪。", "桥头的减速带挪一挪。"),
        (">> > “咣当”一声。", "“咣当”一声。"),
        ("&gt; 全角缩进也一样。", "全角缩进也一样。"),
        (">", ""),
        ("> 3 的有两处", "> 3 的有两处"),
        ("甲 > 乙", "甲 > 乙"),
    ],
)
def test_the_marks_of_a_quoted_mail_go(line: str, cleaned: str) -> None:
    assert clean(line) == cleaned
    assert clean_traced(line).text == cleaned


def test_a_long_text_is_cleaned_like_short_ones_beside_it() -> None:
    texts = ["他说，，好。", "协商" * LONG + "  议政，，", "清清楚楚", ""]
    assert clean_each(texts) == [clean(text) for text in texts]
    assert clean_each(texts[:1] + texts[2:]) == ["他说，好。", "清清楚楚", ""]
