"""rjieba, made to give jieba's tokens.

rjieba 0.2.2 (jieba-rs 0.11.0) differs from jieba 0.42.1 in five ways, each made good here:

- It joins letters and digits by ``-``, ``_`` and ``.``: ``2011-2020``, ``1-3``, ``a_1`` and
  ``v1.2.3`` stay whole, where jieba joins only one dot with the digits after it.
- Its hidden Markov model has probabilities with six decimals. That turns the order of two
  splits at 64 pairs of characters (`TIES`).
- It takes more ranges for Han than jieba's U+4E00 to U+9FD5. Others are replaced before cutting
  by one private-use character, which both engines leave alone, and put back by their offsets.
- A lone surrogate raises. It is replaced and put back in the same way.
- jieba's total of frequencies never loses a frequency that a user's word replaces. A dummy word
  that no text can match carries the difference, so that every word weighs the same.

A text with a place of the first or the second kind, one in 450, is cut a second time without
the model, which shows what the dictionary left as single characters; there, jieba's pattern or
jieba's own model decides. ``scripts/fuzz_segmenting.py`` compares the engines.

What remains: the six decimals can also turn the order of two splits that differ at three or more
characters. None of 300,000 random runs of two to five characters that the dictionary leaves alone
showed it, nor 250,000 runs in newspapers and reports (9 million characters); from how near
such splits come to each other there, one difference is expected in 3,000 million characters.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final

from topics.patterns import Pattern
from topics.segmenting.jieba_engine import CANARY, JIEBA_TOTAL, cut_by_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RJIEBA_TOTAL: Final = 60_101_964
"""Sum of all frequencies in rjieba 0.2.2's dictionary: jieba's, with the line of B超 once."""

TIES: Final = (
    "仇苏 仇蘇 佛执 俞堤 叠叔 吊芍 嗣歌 嘘禽 噓禽 夫人 婉絹 婉绢 审怛 审榫 审溆 审玎 审畬 审肟 "
    "审鞒 審怛 審榫 審溆 審玎 審畬 審肟 審鞒 峒履 常在 应脊 心咸 應脊 採腮 摒彭 末置 杭汽 枇使 "
    "棉健 溯华 溯華 现嘱 现囑 現嘱 現囑 疊叔 疫柯 知鴨 知鸭 磁难 磁難 移懂 紕銖 紕铢 纰銖 纰铢 "
    "脯土 賜鼠 赐鼠 采腮 隔若 顏篮 顏籃 颜篮 颜籃 鹤榻"
)
"""The pairs of characters at which two splits that differ only there, in any surroundings, change
their order when jieba's emission probabilities are rounded to six decimals: all 64, as a slow
test computes them. At 63 rjieba was seen to differ; 常在 made it 3 of 87,000 paragraphs."""

_JOINT: Final = "\ue001"  # between two texts that are cut in one call
_BLANK: Final = "\ue000"  # in the place of a character that rjieba misjudges
_DUMMY: Final = "\ue002"  # the word that carries the missing frequency

# What rjieba takes for Han and jieba does not, and the lone surrogates.
_FOREIGN_CLASS: Final = "\u3400-\u4dbf\u9fd6-\u9fff\ud800-\udfff\uf900-\ufaff\U00020000-\U0003ffff"
_FOREIGN: Final = Pattern(f"[{_FOREIGN_CLASS}{_JOINT}]")

# Where rjieba joins more than jieba.
_COMPOUND: Final = (
    r"(?<=[a-zA-Z0-9][_\-])(?=[a-zA-Z0-9])"
    r"|(?<=[a-zA-Z0-9]\.)(?=[0-9]*[a-zA-Z]|[0-9]+\.[0-9])"
)
_PAIRS: Final = TIES.split()
_FIRST_OF_TIE: Final = "".join(sorted({tie[0] for tie in _PAIRS}))
_TIE: Final = "(?=[{}])(?:{})".format(
    "".join(sorted({tie[1] for tie in _PAIRS})),
    "|".join(f"(?<={tie[0]})(?={tie[1]})" for tie in _PAIRS),
)
_HAS_TIE: Final = Pattern(_TIE)
_TO_MEND: Final = Pattern(f"{_COMPOUND}|{_TIE}")
# One class at the start lets `re` scan 100 million characters a second, 5 % of the time of
# cutting; two patterns one after the other took twice as long.
_ODD: Final = Pattern(
    rf"[{_FOREIGN_CLASS}_.\-{_FIRST_OF_TIE}](?:(?<=[{_FOREIGN_CLASS}])|{_COMPOUND}|{_TIE})"
)

_ASCII: Final = r"a-zA-Z0-9+#&._%\-"
_DICTIONARY_RUN: Final = Pattern(rf"[\u4e00-\u9fd5{_ASCII}]+")  # jieba.re_han_default
_SCRIPT_RUN: Final = Pattern(rf"[{_ASCII}]+|[\u4e00-\u9fd5]+")
_NUMBER_OR_LATIN: Final = Pattern(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")  # jieba.finalseg.re_skip


class RjiebaEngine:
    """rjieba 0.2.2, mended so that its tokens are jieba's.

    Raises:
        ImportError: if rjieba is missing or of a version that cuts differently.
    """

    name = "rjieba"

    def __init__(self) -> None:
        self._jieba = _load_rjieba().Jieba()
        self.frequencies: dict[str, int] = {}
        if self._measure_total() != RJIEBA_TOTAL:
            raise ImportError("this rjieba has another dictionary; 0.2.2 is needed")
        self.put({})
        if tuple(self.cut("".join(CANARY))) != CANARY:
            raise ImportError("this rjieba cuts differently; 0.2.2 is needed")

    def has_word(self, word: str) -> bool:
        """Tell whether the dictionary has ``word``."""
        return bool(self._jieba.has_word(word))

    def put(self, frequencies: Mapping[str, int]) -> None:
        """Put words into the dictionary, or change their frequencies."""
        self.frequencies.update(frequencies)
        for word, frequency in frequencies.items():
            self._jieba.add_word(word, frequency, None)
        wanted = JIEBA_TOTAL + sum(self.frequencies.values())
        self._jieba.add_word(_DUMMY, wanted - self._measure_total(), None)

    def _measure_total(self) -> int:
        """Return rjieba's total of frequencies without the dummy, which it does not tell.

        For a text of ``k`` unconnected words of frequency ``A`` it suggests the frequency
        ``A**k / total**(k - 1)``, which gives the total. With these numbers the error is below
        0.2 as long as the user's frequencies add up to less than `engines.MAX_TOTAL`.
        """
        many, times = 10**10, 17
        self._jieba.add_word(_DUMMY, many, None)
        suggested = self._jieba.suggest_freq(_DUMMY * times) - 0.5  # it rounds up
        total = math.exp((times * math.log(many) - math.log(suggested)) / (times - 1))
        return round(total - many)

    def cut(self, text: str) -> list[str]:
        """Return the tokens of ``text``; joined they are ``text`` again."""
        if not _ODD.search(text):
            tokens: list[str] = self._jieba.cut(text)
            return tokens
        plain = _FOREIGN.sub(_BLANK, text)
        return self._finish(self._jieba.cut(plain), plain, text)

    def cut_each(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text, from one call that leaves other threads free."""
        joined, odd = _joined(texts)
        groups = _split_at_joints(self._jieba.cut(joined), len(texts))
        for i, plain in odd.items():
            groups[i] = self._finish(groups[i], plain, texts[i])
        return groups

    def measure_each(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of all tokens, text after text."""
        import numpy as np

        joined, odd = _joined(texts)
        tokens = self._jieba.cut(joined)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.searchsorted(np.cumsum(lengths), np.cumsum(sizes + 1) - 1, side="right")
        lengths[ends[:-1]] = 0  # the joints
        parts, done = [], 0
        for i, plain in odd.items():
            if _TO_MEND.search(plain):
                first, last = ends[i - 1] + 1 if i else 0, ends[i]
                mended = self._mend(tokens[first:last], plain)
                parts += [lengths[done:first], np.fromiter(map(len, mended), np.int64)]
                done = last
        lengths = np.concatenate((*parts, lengths[done:]))
        return lengths[lengths > 0]

    def _finish(self, tokens: list[str], plain: str, text: str) -> list[str]:
        """Mend the ``tokens`` of ``plain``, and put back what ``text`` had instead of blanks."""
        if _TO_MEND.search(plain):
            tokens = list(self._mend(tokens, plain))
        return tokens if plain == text else list(_slices(tokens, text))

    def _mend(self, tokens: list[str], plain: str) -> Iterator[str]:
        """Yield the tokens, replaced where jieba splits differently."""
        repairs = self._repairs(plain)
        at = start = end = 0
        for token in tokens:
            if at >= end:
                start, right = next(repairs, (len(plain), [""]))
                end = start + sum(map(len, right))
            if at == start:
                yield from right
            elif at < start:
                yield token
            at += len(token)

    def _repairs(self, plain: str) -> Iterator[tuple[int, list[str]]]:
        """Yield (start, jieba's tokens) for the runs that rjieba may have split differently."""
        for start, run in self._left_over(plain):
            if self.has_word(run):  # then both yield single characters
                continue
            for match in _SCRIPT_RUN.finditer(run):
                part = match[0]
                if part.isascii():
                    yield start + match.start(), [*filter(None, _NUMBER_OR_LATIN.split(part))]
                elif _HAS_TIE.search(part):
                    yield start + match.start(), cut_by_model(part)

    def _left_over(self, plain: str) -> Iterator[tuple[int, str]]:
        """Yield (start, run) of the runs that the dictionary left as single characters.

        Without the model only letters and digits are joined, so a longer token is a word exactly
        if the dictionary has it: a run of single characters never makes a word with ASCII in it,
        because one unknown character already costs more than that word.
        """
        start = end = 0
        for token in self._jieba.cut(plain, hmm=False):
            single = len(token) == 1 or (token.isascii() and not self.has_word(token))
            if not (single and _DICTIONARY_RUN.fullmatch(token)):
                if start < end:
                    yield start, plain[start:end]
                start = end + len(token)
            end += len(token)
        if start < end:
            yield start, plain[start:end]


def _load_rjieba() -> Any:  # noqa: ANN401 - a module without types
    """Import what is compiled of rjieba, and not the package around it.

    The package builds a dictionary of its own when it is imported, which nobody uses here: half
    of the segmenter's start, and 24 MB.

    Raises:
        ImportError: if it is not installed, or has another layout.
    """
    name = "rjieba.rjieba"
    package = importlib.util.find_spec("rjieba")
    if package and name in sys.modules:
        return sys.modules[name]
    inside = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec(name, inside) if inside else None
    if spec is None or spec.loader is None:
        raise ImportError("rjieba is not installed")
    # Kept under its name, so that another's `import rjieba` finds it: it can be loaded once only.
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _joined(texts: Sequence[str]) -> tuple[str, dict[int, str]]:
    """Return the texts as one, and what the odd ones are to be cut as."""
    joined = _JOINT.join(texts)
    if not _ODD.search(joined) and joined.count(_JOINT) == len(texts) - 1:
        return joined, {}
    odd = {
        i: _FOREIGN.sub(_BLANK, text)
        for i, text in enumerate(texts)
        if _ODD.search(text) or _JOINT in text
    }
    return _JOINT.join(odd.get(i, text) for i, text in enumerate(texts)), odd


def _split_at_joints(tokens: list[str], count: int) -> list[list[str]]:
    """Return the ``count`` groups of tokens that joints separate."""
    groups = []
    start = 0
    for _ in range(count - 1):
        end = tokens.index(_JOINT, start)
        groups.append(tokens[start:end])
        start = end + 1
    groups.append(tokens[start:])
    return groups


def _slices(tokens: list[str], text: str) -> Iterator[str]:
    """Yield the parts of ``text`` that are as long as the ``tokens``."""
    end = 0
    for token in tokens:
        start, end = end, end + len(token)
        yield text[start:end]
