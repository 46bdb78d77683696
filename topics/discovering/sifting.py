"""Words that may not stand in topics though no list names them: dates, numbers, half-words."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

TIED: Final = 0.5
"""A word that no dictionary has is half a word if this share of its places has the same
character on the same side (水排 before 海). docs/topics.md tells what went and what stayed …"""
TORN: Final = 0.2
"""… and this share of those is a fragment: 讲好 before 中国 is none."""
SPREAD: Final = 0.0015
"""A word in a smaller share of the documents is too rare for a topic, from 2,000 documents on."""
AT_LEAST: Final = 3
NEARLY_ALWAYS: Final = 0.75
ALWAYS: Final = 0.9
"""For words of the dictionary, which are words until shown to be none."""
TORN_AT_LEAST: Final = 5
"""Times that two tokens stand together before they are joined for it."""
LENGTH: Final = 2
"""Longer words of the dictionary are no halves."""

_NUMERAL: Final = r"\d一二三四五六七八九十百千万亿两零\u3007几数多余半"
_UNITS: Final = (
    "年月日号时点分秒周星期天岁世纪度初中底末旬上下前后间元美欧日角块钱名位人次家个条项件种类批处座栋"
    "户口头只支所场辆份幅盏棵趟句声群阵股束堆排串滴颗粒根把扇双副套段张页"
    "米克吨升斤亩顷平方立公里千瓦伏安兆届期版章节组倍成%％"
)
_COUNTED: Final = re.compile(rf"第?(?!多|余|半场)[{_NUMERAL}.．]+[{_UNITS}]*\Z")
_DATE: Final = re.compile(r"[年月日号时至电起讯前后底初周晚早上中下旬]+\Z")
_DAY: Final = re.compile(
    r"(?:本|上|下|每|当|次|翌)(?:年|月|日|周|晚|季)\Z|(?:星期|周|礼拜)[一二三四五六日天末]\Z|[年月季]末\Z"
)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+\Z")
_LOOSE: Final = frozenset(
    "的了在是和与及对为从把被让将等也都就而并向于以上中下里后前这那有不新大小多各该我你他她它们人地得着过个"
)
"""Characters that stand beside any word …"""
_GRAMMAR: Final = frozenset(
    "的了在是和与及为从把被让将等也都就而并于以各该我你他她它们这那得着过个"
)
"""… and those of them that begin or end no word of a topic; the others do (新冠, 上合, 中老)."""


def is_date(word: str) -> bool:
    """Tell whether a word is a date, a count with its unit, or a piece of a dateline.

    >>> [w for w in ("7月", "日至", "三十", "周六", "百年大计", "人工智能") if is_date(w)]
    ['7月', '日至', '三十', '周六']
    """
    return any(pattern.match(word) for pattern in (_COUNTED, _DATE, _DAY))


def torn_words(
    texts: Sequence[Sequence[str]], whole: Callable[[str], bool]
) -> frozenset[tuple[str, str]]:
    """Return the neighbours that are one word cut in two: 拉马|福萨, 免申|即享, 张雨|霏.

    Neither stands elsewhere more than once in four times, and one of them is a single character or
    a guess of the segmenter; two words of the dictionary (定罪|量刑) are a phrase, and stay two.

    Args:
        texts: all tokens, single characters and punctuation too.
        whole: tells whether the dictionary has a word.
    """
    times = Counter(word for text in texts for word in text)
    pairs = Counter(pair for text in texts for pair in itertools.pairwise(text))
    return frozenset(
        (left, right)
        for (left, right), n in pairs.items()
        if n >= TORN_AT_LEAST
        and n >= NEARLY_ALWAYS * max(times[left], times[right])
        and _HAN.match(left + right)
        and left not in _LOOSE
        and right not in _LOOSE
        and not (is_date(left) or is_date(right))
        and any(len(word) == 1 or not whole(word) for word in (left, right))
    )


def half_words(texts: Sequence[Sequence[str]], whole: Callable[[str], bool]) -> frozenset[str]:
    """Return the tokens that are pieces of longer words.

    A token that the dictionary does not have was guessed by the segmenter. It is half a word if
    tokens that begin with one and the same character follow it, or that end with it go before it,
    in at least half of its places, some of them fragments: single characters or other guesses
    (组委|会, 组委|会议). It is also one if nearly always some fragment stands there (进|博会,
    东|博会), or a word that stands nowhere else (拉马|福萨). Beside a whole word it is a word
    itself (工作|专班), unless a loose character stands between them (这篇大|文章). A word of two
    characters that the dictionary has is half a word where it hardly leaves a guess (福萨), single
    characters, or one character that begins what follows (东安|湖, 东安|湖畔).

    Args:
        texts: all tokens, single characters and punctuation too.
        whole: tells whether the dictionary has a word.
    """
    times: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        times.update(text)
        pairs.update(itertools.pairwise(text))
    frequent = [w for w, n in times.items() if n >= AT_LEAST and len(w) > 1 and _HAN.match(w)]
    guessed = {word: not whole(word) for word in frequent}
    rests = {w for w in times if w not in _LOOSE and _HAN.match(w) and not is_date(w)}
    sides: tuple[_Side, _Side] = (defaultdict(Counter), defaultdict(Counter))
    for (left, right), count in pairs.items():
        if left in guessed and right in rests:
            sides[0][left][right] += count
        if right in guessed and left in rests:
            sides[1][right][left] += count
    return frozenset(
        word
        for end, side in zip((0, -1), sides, strict=True)
        for word, neighbours in side.items()
        if (
            _guess_is_half(word, neighbours, times, end, guessed)
            if guessed[word]
            else _word_is_half(word, neighbours, times, end, guessed)
        )
    )


_Side = defaultdict[str, Counter[str]]


def _word_is_half(
    word: str, rests: Counter[str], times: Counter[str], end: int, guessed: Mapping[str, bool]
) -> bool:
    """Tell whether a word of the dictionary hardly leaves a fragment, or single characters."""
    if len(word) != LENGTH:
        return False
    count = times[word]
    alone = sum(n for rest, n in rests.items() if len(rest) == 1)
    mutual = any(
        n >= NEARLY_ALWAYS * max(count, times[rest])
        for rest, n in rests.items()
        if guessed.get(rest)
    )
    letters = _letters(rests, end, guessed)[0]
    tied = end == 0 and any(
        n >= NEARLY_ALWAYS * count and rests[letter] >= TIED * n for letter, n in letters.items()
    )
    return mutual or tied or alone >= ALWAYS * count


def _guess_is_half(
    word: str, rests: Counter[str], times: Counter[str], end: int, guessed: Mapping[str, bool]
) -> bool:
    loose = word[-1 - end] in _LOOSE or not _GRAMMAR.isdisjoint(word[0] + word[-1])
    letters, torn = _letters(rests, end, guessed)
    count = times[word]
    return (
        any(
            n >= TIED * count and (loose or torn[letter] >= TORN * n)
            for letter, n in letters.items()
        )
        or sum(torn.values()) >= NEARLY_ALWAYS * count
        or any(n >= NEARLY_ALWAYS * max(count, times[rest]) for rest, n in rests.items())
    )


def _letters(
    rests: Counter[str], end: int, guessed: Mapping[str, bool]
) -> tuple[Counter[str], Counter[str]]:
    """Return how often each character stands beside a word, and how often in a fragment."""
    letters, torn = Counter[str](), Counter[str]()
    for rest, n in rests.items():
        letters[rest[end]] += n
        torn[rest[end]] += n if len(rest) == 1 or guessed.get(rest) else 0
    return letters, torn


def unfit_words(
    texts: Sequence[Sequence[str]], whole: Callable[[str], bool], keep: frozenset[str]
) -> frozenset[str]:
    """Return what topics leave out beside stop words: dates, counts, half-words, rare words.

    Args:
        texts: the documents as tokens.
        whole: tells whether the dictionary has a word.
        keep: words that stay in any case.
    """
    documents = Counter(word for text in texts for word in set(text))
    enough = max(AT_LEAST, round(SPREAD * len(texts))) if len(texts) >= 100 else 1
    bad = {word for word, n in documents.items() if n < enough or is_date(word)}
    return frozenset(bad | half_words(texts, whole)) - keep
