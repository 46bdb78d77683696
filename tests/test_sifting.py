"""What discovery leaves out: datelines and credits, days and numbers, halves of words."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.corpus import as_corpus
from topics.discovering.gathering import gather, plain
from topics.discovering.sifting import DATE_CODES, half_words, is_date, torn_words, unfit_words
from topics.ingesting import articles_from_text
from topics.vectorizing.tokens import Tokens


def test_datelines_credits_and_the_papers_own_lines_go() -> None:
    assert plain("本报北京7月1日电（记者张三、李四）水利部说，汛情平稳。") == "水利部说，汛情平稳。"
    assert plain("本版责编：张三 李四 版式设计：王五") == ""
    assert plain("新华社记者张三摄影报道：稻田。").endswith("稻田。")
    kept = "他说，记者是一份好工作。"
    assert plain(kept) == kept
    text = "一样的一段话写在这里，有些长，足够做一段正文。\n\n" * 3
    assert len(gather(as_corpus(articles_from_text(text)))) == 1


@pytest.mark.parametrize(
    "word", ["7月", "日至", "三十", "周六", "第二十三", "上旬", "2023年", "一场", "月末"]
)
def test_days_and_numbers_are_no_words(word: str) -> None:
    assert is_date(word)


@pytest.mark.parametrize(
    "word", ["周期", "多元", "人工智能", "百年大计", "时代", "日本", "一带一路", "半场"]
)
def test_words_that_look_like_dates_stay(word: str) -> None:
    assert not is_date(word)


def test_a_date_of_han_characters_begins_with_one_of_few() -> None:
    ends = ("", "年", "月", "十", "一日", "期一", "拜天", "末")
    begins = {
        char for char in map(chr, range(0x3000, 0xA000)) if any(is_date(char + e) for e in ends)
    }
    assert begins <= set(map(chr, DATE_CODES.tolist()))
    assert len(begins) > 40


def test_half_words_are_known_by_the_fragments_beside_them() -> None:
    texts = [["核污染", "水排", "海", "，"]] * 5 + [["进", "博会"], ["东", "博会"]] * 3
    texts += [["日本", "核污染", "，"], ["组委", "会", "，"], ["组委", "会议", "，"]] * 4
    texts += [["推动", "绿证", other] for other in ("发展", "变化", "合作", "，", "。")]
    texts += [["推动", "发展"]] * 3
    found = half_words(
        Tokens.of(texts), {"核污染", "发展", "变化", "合作", "推动", "日本", "会议"}.intersection
    )
    assert {"水排", "博会", "组委"} <= found
    assert not {"核污染", "绿证"} & found


def test_a_new_word_beside_whole_words_stays() -> None:
    texts = [["工作", "专班", "，"], ["文明", "互鉴", "。"], ["讲好", "中国", "故事"]] * 5
    texts += [["工作", "，", "文明", "，", "中国", "，"]] * 3
    whole = {"工作", "文明", "中国", "故事"}
    assert not {"专班", "互鉴", "讲好"} & half_words(Tokens.of(texts), whole.intersection)
    joined = [["这篇大", "文章", "，"]] * 5 + [["写", "文章"]] * 3
    assert half_words(Tokens.of(joined), {"文章"}.intersection) == {"这篇大"}


def test_a_word_of_the_dictionary_falls_only_with_the_fragment_it_never_leaves() -> None:
    name, lake = [["拉马", "福萨", "，"]] * 5, [["东安", "湖", "，"]] * 5
    elsewhere = [["福萨", "，"], ["东安", "，"]] * 3
    whole = {"拉马", "东安"}.intersection
    assert {"拉马", "福萨", "东安"} <= half_words(Tokens.of([*name, *lake]), whole)
    assert not {"拉马", "东安"} & half_words(Tokens.of([*name, *lake, *elsewhere]), whole)


def test_a_character_that_goes_on_longer_betrays_a_half_word() -> None:
    lake = [["东安", "湖", "，"]] * 4 + [["东安", "湖畔", "，"]] * 3 + [["东安", "，"]]
    assert half_words(Tokens.of(lake), {"东安", "湖畔"}.intersection) == {"东安"}
    assert not half_words(Tokens.of([*lake, *[["东安", "，"]] * 4]), {"东安", "湖畔"}.intersection)


def test_loose_characters_count_where_they_touch_what_follows() -> None:
    texts = [["新冠", "疫情", "，"]] * 4 + [["新冠", "病毒", "，"], ["疫情", "，"]] * 3
    texts += [["迈上", "台阶", "，"]] * 5 + [["台阶", "，"]] * 3 + [["一欧", "元", "。"]]
    assert half_words(Tokens.of(texts), {"疫情", "病毒", "台阶"}.intersection) == {"迈上"}
    money = [["亿", "欧元", "，"], ["五", "欧元", "。"], ["个", "小项", "。"]] * 9
    assert not half_words(Tokens.of(money), {"欧元", "小项"}.intersection)


def test_words_that_were_cut_in_two_are_joined() -> None:
    texts = [["总统", "拉马", "福萨", "，"], ["，", "张雨", "霏", "。"]] * 5
    texts += [["定罪", "量刑", "，"], ["核污染", "水", "，"], ["月", "日电", "，"]] * 5
    texts += [["水", "，"]] * 5 + [["总统", "，"]] * 9 + [["福萨", "，"]]
    whole = {"总统", "定罪", "量刑", "核污染"}.intersection
    assert torn_words(Tokens.of(texts), whole) == {("拉马", "福萨"), ("张雨", "霏")}


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["湖", "湖畔", "东安", "拉马", "福萨", "的", "上水", "三十", "a1", "，"]),
        max_size=12,
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(TEXTS, st.sets(st.sampled_from(["湖畔", "东安", "上水"])))
def test_half_words_are_those_of_the_rule_read_word_by_word(
    texts: Sequence[Sequence[str]], known: set[str]
) -> None:
    tokens = Tokens.of(texts)
    expected = {word for word in tokens.words if by_the_rule(word, texts, known.__contains__)}
    assert half_words(tokens, known.intersection) == expected
    bad = unfit_words(tokens, known.intersection, frozenset({"湖畔"}))
    assert bad == (expected | {word for word in tokens.words if is_date(word)}) - {"湖畔"}


def by_the_rule(word: str, texts: Sequence[Sequence[str]], whole: Callable[[str], bool]) -> bool:
    """Tell whether a word is half a word, one word at a time."""
    times = Counter(token for text in texts for token in text)
    guesses = {t for t, n in times.items() if n >= 3 and len(t) > 1 and han(t) and not whole(t)}
    if times[word] < 3 or len(word) < 2 or not han(word):
        return False
    pairs = [pair for text in texts for pair in itertools.pairwise(text)]
    right = Counter(b for a, b in pairs if a == word)
    left = Counter(a for a, b in pairs if b == word)
    return any(
        (guess_is_half if word in guesses else word_is_half)(word, beside, times, guesses, at)
        for beside, at in ((right, 0), (left, -1))
    )


def han(token: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in token)


def rests_of(beside: Counter[str]) -> dict[str, int]:
    return {t: n for t, n in beside.items() if han(t) and t not in "的上" and not is_date(t)}


def guess_is_half(
    word: str, beside: Counter[str], times: Counter[str], guesses: set[str], at: int
) -> bool:
    rests, letters, torn = rests_of(beside), Counter[str](), Counter[str]()
    for token, n in rests.items():
        letters[token[at]] += n
        torn[token[at]] += n if len(token) == 1 or token in guesses else 0
    loose = word[-1 - at] in "的上" or "的" in (word[0], word[-1])
    return (
        any(n >= 0.75 * max(times[word], times[token]) for token, n in rests.items())
        or sum(torn.values()) >= 0.75 * times[word]
        or any(
            n >= 0.5 * times[word] and (loose or torn[letter] >= 0.2 * n)
            for letter, n in letters.items()
        )
    )


def word_is_half(
    word: str, beside: Counter[str], times: Counter[str], guesses: set[str], at: int
) -> bool:
    rests, letters = rests_of(beside), Counter[str]()
    for token, n in rests.items():
        letters[token[at]] += n
    alone = sum(n for token, n in rests.items() if len(token) == 1)
    tied = at == 0 and any(
        n >= 0.75 * times[word] and rests.get(letter, 0) >= 0.5 * n for letter, n in letters.items()
    )
    mutual = (t for t, n in rests.items() if n >= 0.75 * max(times[word], times[t]))
    return len(word) == 2 and (
        any(t in guesses for t in mutual) or alone >= 0.9 * times[word] or tied
    )
