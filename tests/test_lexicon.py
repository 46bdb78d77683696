"""Lists of words: what the lint says of them, how they are read, and the packaged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.errors import InputError
from topics.segmenting import LEXICON, Segmenter, joinable, lint_lexicon, read_lexicon
from topics.segmenting.lexicon import entries, find_faults


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        ("两个 确立", "error", "did you mean '两个确立'?"),
        ("两个 确立 100 n", "error", "blank inside"),
        ("两个确立 1 n", "warning", "is cut as 两个/确立; leave the number out"),
        ("人民政协 1", "warning", "delete the line"),
        ("民政协 900000", "warning", "tears 人民政协 apart; give it a lower number"),
        ("Ａ股大盘", "error", "did you mean 'A股大盘'?"),
        ("全过程人民民生", "info", "nearly '全过程人民民主'"),
        ("党", "error", "single character"),
        ("“两个确立”", "error", "never joins"),
        ("卡尔·马克思", "error", "has '·'"),
        ("GDP", "error", "no Han character"),
        ("长" * 21, "error", "more than 20"),
        ("一老一小", "error", "already in line 2"),
        ("人民政协", "info", "redundant"),
    ],
)
def test_lint_tells_what_is_wrong_and_where(line: str, level: str, message: str) -> None:
    problems = lint_lexicon(f"# 民生\n一老一小\n\n  {line}  \n全过程人民民主\n")
    assert [(problem.line, problem.level) for problem in problems] == [(4, level)]
    assert message in problems[0].message
    assert str(problems[0]).startswith("line 4: ")


def test_a_lexicon_with_errors_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("党\n两个确立\n党 建\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"words\.txt, line 1: '党' .*\n.*words\.txt, line 3"):
        read_lexicon(path)
    path.write_bytes("两个确立".encode("gbk"))
    with pytest.raises(InputError, match="is not UTF-8"):
        read_lexicon(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_lexicon(tmp_path / "missing.txt")


def test_a_lexicon_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("\ufeff# 标题\n两个维护\n两个确立\n", encoding="utf-8")
    assert read_lexicon(path) == ("两个维护", "两个确立")
    assert read_lexicon("两个维护\r\n人民政协") == ("两个维护", "人民政协")


def test_the_packaged_lexicon_is_clean_and_every_word_stays_whole() -> None:
    words = read_lexicon()
    assert len(words) >= 600
    assert lint_lexicon(LEXICON.read_text(encoding="utf-8")) == []
    segmenter = Segmenter(words)
    assert segmenter.whole_among([*words, "两个确立了"]) == set(words)
    assert set(segmenter.frequencies.values()) == {500}  # the comment at engines.FREQUENCIES


@given(st.text(max_size=6))
def test_only_joinable_words_pass_the_lint(word: str) -> None:
    if not find_faults(word):
        assert all(joinable(entry.word) for entry in entries(word))
