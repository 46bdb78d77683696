"""Words that may not stand in topics though no list names them: dates, numbers, half-words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics.patterns import Pattern
from topics.vectorizing import Ints, letters_of
from topics.vectorizing.letters import HAN
from topics.vectorizing.tokens import Tokens

Flags = NDArray[np.bool_]
Whole = Callable[[Sequence[str]], Collection[str]]
"""Tells which of some words the dictionary has."""

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

_NUMBERS: Final = "一二三四五六七八九十百千万亿两零几数多余半"
_NUMERAL: Final = rf"\d\u3007{_NUMBERS}"
_UNITS: Final = (
    "年月日号时点分秒周星期天岁世纪度初中底末旬上下前后间元美欧日角块钱名位人次家个条项件种类批处座栋"
    "户口头只支所场辆份幅盏棵趟句声群阵股束堆排串滴颗粒根把扇双副套段张页"
    "米克吨升斤亩顷平方立公里千瓦伏安兆届期版章节组倍成%％"
)
_COUNTED: Final = rf"第?(?!多|余|半场)[{_NUMERAL}.．]+[{_UNITS}]*\Z"
_DATED: Final = "年月日号时至电起讯前后底初周晚早上中下旬"
_DATE: Final = rf"[{_DATED}]+\Z"
_DAY: Final = (
    r"[本上下每当次翌][年月日周晚季]\Z|(?:星期|周|礼拜)[一二三四五六日天末]\Z|[年月季]末\Z"
)
_NO_WORD: Final = Pattern(f"{_COUNTED}|{_DATE}|{_DAY}")
DATE_CODES: Final = np.array(
    [ord(char) for char in sorted({*_NUMBERS, *_DATED, *"第本上下每当次翌星礼季\u3007"})], np.uint32
)
"""With one of these a date of Han characters begins."""
_LOOSE: Final = frozenset(
    "的了在是和与及对为从把被让将等也都就而并向于以上中下里后前这那有不新大小多各该我你他她它们人地得着过个"
)
"""Characters that stand beside any word …"""
_GRAMMAR: Final = frozenset(
    "的了在是和与及为从把被让将等也都就而并于以各该我你他她它们这那得着过个"
)
"""… and those of them that begin or end no word of a topic; the others do (新冠, 上合, 中老)."""
_LOOSE_CODES: Final = np.array([ord(char) for char in sorted(_LOOSE)], np.uint32)
_GRAMMAR_CODES: Final = np.array([ord(char) for char in sorted(_GRAMMAR)], np.uint32)


def is_date(word: str) -> bool:
    """Tell whether a word is a date, a count with its unit, or a piece of a dateline.

    >>> [w for w in ("7月", "日至", "三十", "周六", "百年大计", "人工智能") if is_date(w)]
    ['7月', '日至', '三十', '周六']
    """
    return _NO_WORD.match(word) is not None


def torn_words(tokens: Tokens, whole: Whole) -> frozenset[tuple[str, str]]:
    """Return the neighbours that are one word cut in two: 拉马|福萨, 免申|即享, 张雨|霏.

    Neither stands elsewhere more than once in four times, and one of them is a single character or
    a guess of the segmenter; two words of the dictionary (定罪|量刑) are a phrase, and stay two.

    Args:
        tokens: all of them, single characters and punctuation too.
        whole: tells which words the dictionary has.
    """
    times, spelling, pairs = tokens.times, _Spelling.of(tokens.words), tokens.pairs()
    sides = (pairs.left, pairs.right)
    often = np.maximum(*(times.take(side) for side in sides))
    kept = (pairs.times >= TORN_AT_LEAST) & (pairs.times >= NEARLY_ALWAYS * often)
    may = spelling.han & ~spelling.loose
    for side in sides:
        kept &= may.take(side)
    words = tokens.words
    found = [(words[a], words[b]) for a, b in zip(*(s[kept].tolist() for s in sides), strict=True)]
    there = whole([word for pair in found for word in pair])
    return frozenset(
        pair
        for pair in found
        if not any(map(is_date, pair)) and any(len(word) == 1 or word not in there for word in pair)
    )


def half_words(tokens: Tokens, whole: Whole) -> frozenset[str]:
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
        tokens: all of them, single characters and punctuation too.
        whole: tells which words the dictionary has.
    """
    words, times, spelling = tokens.words, tokens.times, _Spelling.of(tokens.words)
    frequent = (times >= AT_LEAST) & ~spelling.single & spelling.han
    guessed = frequent.copy()
    places = np.flatnonzero(frequent).tolist()
    there = whole([words[n] for n in places])
    guessed[places] = [words[n] not in there for n in places]
    rest = spelling.han & ~spelling.loose
    for n in np.flatnonzero(rest & np.isin(spelling.first, DATE_CODES)).tolist():
        rest[n] = not is_date(words[n])
    pairs = tokens.pairs()
    half = np.zeros(len(words), np.bool_)
    for word, beside, ends in (
        (pairs.left, pairs.right, (spelling.last, spelling.first)),
        (pairs.right, pairs.left, (spelling.first, spelling.last)),
    ):
        kept = np.flatnonzero(frequent.take(word) & rest.take(beside))
        side = _Side.of(word.take(kept), beside.take(kept), pairs.times.take(kept), times, ends[1])
        loose = np.isin(ends[0], _LOOSE_CODES)
        for end in ends:
            loose |= np.isin(end, _GRAMMAR_CODES)
        half |= guessed & _guess_is_half(side, spelling.single | guessed, loose)
        follows = word is pairs.left
        short = spelling.lengths == LENGTH
        half |= ~guessed & short & _word_is_half(side, spelling.single, guessed, follows=follows)
    return frozenset(words[n] for n in np.flatnonzero(half).tolist())


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The characters of words, each array (words,)."""

    first: NDArray[np.uint32]
    last: NDArray[np.uint32]
    lengths: Ints
    single: Flags
    han: Flags
    """Han characters and nothing else."""
    loose: Flags
    """One of the characters that stand beside any word."""

    @classmethod
    def of(cls, words: tuple[str, ...]) -> _Spelling:
        letters = letters_of(words)
        ends = np.cumsum(letters.lengths + 1) - 1
        starts = ends - letters.lengths
        others = np.zeros(len(letters.codes) + 1, np.int64)
        np.cumsum(letters.codes - np.uint32(HAN[0]) > HAN[1] - HAN[0], out=others[1:])
        first, last = letters.codes.take(starts), letters.codes.take(ends - 1)
        single = letters.lengths == 1
        return cls(
            first,
            last,
            letters.lengths,
            single,
            others.take(ends) == others.take(starts),
            single & np.isin(first, _LOOSE_CODES),
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """What stands on one side of words, pair by pair and summed by the character that touches."""

    size: int
    """How many words there are."""
    times: Ints
    """How often each word stands."""
    word: Ints
    beside: Ints
    count: Ints
    """How often the two stand together."""
    firsts: Ints
    """Where the pairs of each word and character begin."""

    @classmethod
    def of(
        cls, word: Ints, beside: Ints, count: Ints, times: Ints, ends: NDArray[np.uint32]
    ) -> _Side:
        keys = (word << 21) | ends.take(beside)  # no character has more bits
        order = np.argsort(keys)
        firsts = np.flatnonzero(np.diff(keys.take(order), prepend=-1))
        word, beside, count = word.take(order), beside.take(order), count.take(order)
        return cls(len(times), times, word, beside, count, firsts)

    def by_letter(self, among: Flags | None = None) -> Ints:
        """Return how often each character stands beside each word, in some words or in all."""
        count = self.count if among is None else self.count * among.take(self.beside)
        sums: Ints = np.add.reduceat(count, self.firsts) if len(count) else count
        return sums

    def share(self, among: Flags) -> NDArray[np.float64]:
        """Return in which share of its places some word of ``among`` stands beside each word."""
        weights = self.count * among.take(self.beside)
        sums = np.bincount(self.word, weights, self.size)
        return sums / np.maximum(self.times, 1)

    def mutual(self) -> Flags:
        """Tell which pairs hardly stand apart."""
        often = np.maximum(self.times.take(self.word), self.times.take(self.beside))
        return np.asarray(self.count >= NEARLY_ALWAYS * often)

    def words(self, *kept: Flags) -> Flags:
        """Return the words with a pair, or a character, that is kept in all of ``kept``."""
        word = self.word if len(kept[0]) == len(self.word) else self.word.take(self.firsts)
        found = np.zeros(self.size, np.bool_)
        found[word[np.logical_and.reduce(kept)]] = True
        return found


def _guess_is_half(side: _Side, torn: Flags, loose: Flags) -> Flags:
    letters = side.by_letter()
    word = side.word.take(side.firsts)
    tied = letters >= TIED * side.times.take(word)
    broken = loose.take(word) | (side.by_letter(torn) >= TORN * letters)
    return (
        side.words(tied, broken) | (side.share(torn) >= NEARLY_ALWAYS) | side.words(side.mutual())
    )


def _word_is_half(side: _Side, single: Flags, guessed: Flags, *, follows: bool) -> Flags:
    """Tell which words of the dictionary hardly leave a fragment, or single characters."""
    half = side.words(side.mutual(), guessed.take(side.beside)) | (side.share(single) >= ALWAYS)
    if follows:
        letters = side.by_letter()
        always = letters >= NEARLY_ALWAYS * side.times.take(side.word.take(side.firsts))
        half |= side.words(always, side.by_letter(single) >= TIED * letters)
    return half


def unfit_words(tokens: Tokens, whole: Whole, keep: frozenset[str]) -> frozenset[str]:
    """Return what topics leave out beside stop words: dates, counts, half-words, rare words.

    Args:
        tokens: those of the documents.
        whole: tells which words the dictionary has.
        keep: words that stay in any case.
    """
    enough = max(AT_LEAST, round(SPREAD * len(tokens))) if len(tokens) >= 100 else 1
    texts = tokens.texts_with.tolist()
    bad = {word for word, n in zip(tokens.words, texts, strict=True) if n < enough or is_date(word)}
    return frozenset(bad | half_words(tokens, whole)) - keep
