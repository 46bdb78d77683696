"""The repairs: each a cheap guard, a pattern and what to put in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

from topics.patterns import Pattern

_HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff\u3007"
_CLOSING: Final = "，。、；：！？"
_BEFORE_BLANK: Final = frozenset(_CLOSING + ",;!?")
_TONED: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"

Replace = str | Callable[[re.Match[str]], str]


class Step(NamedTuple):
    """One repair: ``pattern`` → ``replace``.

    It is tried only where ``guard`` finds something in the line's rare characters (`RARE`), one
    after the other without what stands between them, and then its blanks, at most three.
    """

    guard: Pattern
    pattern: Pattern
    replace: Replace


# --- glosses ---------------------------------------------------------------------------------

_SYLLABLE: Final = rf"[a-z\u0261ü]{{0,5}}[{_TONED}][a-z\u0261ü]{{0,4}}"
_BROKEN: Final = r"[a-z]{0,5}[À-ɏ¨¬-¿�?\x80-\x9f]{1,3}[a-z]{0,4}"
_NEUTRAL: Final = "(?:zhe|men|tou|me|ma|ne|ba|de|ge|le|la|li|zi|er|bu|yi|a)"
_GLOSS: Final = Pattern(
    rf"(?<=[{_HAN}])(?: *[(（] *(?:{_SYLLABLE}|{_BROKEN}|{_NEUTRAL}) *[)）])+(?P<after> *)"
)
_HAS_TONE: Final = Pattern(f"[{_TONED}]")
_FINAL: Final = "。！？…”；!?.;"
GLOSSED_HEADING: Final = 60  # characters with glosses; a longer line without 。 is still prose


def _without_gloss(match: re.Match[str]) -> str:
    """Drop a gloss; a blank after it is kept only where it parts the halves of a headline."""
    if not match["after"]:
        return ""
    text = match.string
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[start : len(text) if end < 0 else end].rstrip()
    prose = len(line) > GLOSSED_HEADING or line[-1:] in _FINAL
    return "" if prose else " "


# Glossing programs cut 0x8C, the first byte of many traditional characters in GBK, from the rest
# and gloss it as qū; what follows is shifted by one byte up to an ASCII letter (實提 → ?qū)嵦).
_SHIFTED: Final = Pattern(r"\?qū\)(?P<rest>[^\x00-\x7f]{0,200}?[@-~])")


def _unshifted(match: re.Match[str]) -> str:
    try:
        return (b"\x8c" + match["rest"].encode("gbk")).decode("gbk")
    except UnicodeError:
        return match.group()


# --- the other repairs -----------------------------------------------------------------------

_HAN_AND_MARK: Final = Pattern(f"[{_HAN}][,;!?]")
# Kept: what serves as Chinese punctuation (and brackets, quotes, tilde, bar); ． and － only become
# ASCII between digits or letters.
_KEPT_WIDE: Final = frozenset(
    b"\x01\x02\x07\x08\x09\x0c\x0d\x0e\x1a\x1b\x1c\x1e\x1f\x3b\x3d\x5b\x5c\x5d\x5e"
)
_HALVED: Final = {n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F) if n - 0xFF00 not in _KEPT_WIDE}
_FULLWIDTH: Final = Pattern("[" + "".join(map(re.escape, map(chr, _HALVED))) + "]+")
_NUMERIC: Final = Pattern(r"(?<=[0-9A-Za-z])[．－](?=[0-9A-Za-z])")
MARKS: Final = "、,，:：;；。"
"""Of which no two stand side by side, by rising strength."""
# Not {2,}: only a pattern that begins with a plain set is searched for at full speed.
DOUBLED: Final = Pattern(f"[{MARKS}][{MARKS}]+")


def _single(match: re.Match[str]) -> str:
    """Keep the strongest mark of a run; three full stops are an ellipsis; ASCII runs are code."""
    run = match.group()
    if set(run) == {"。"} and len(run) > 2:
        return "……"
    beside = match.string[max(0, match.start() - 1) : match.start()]
    if run.isascii() and not ("\u3007" <= beside <= "\u9fff" or beside in "”）》"):
        return run
    return max(run, key=MARKS.index)


def _spaces(match: re.Match[str]) -> str:
    """One blank inside a line, none at its ends or beside a mark that closes."""
    line, end = match.string, match.end()
    if not match.start() or end == len(line):
        return ""
    return "" if line[end] in _CLOSING or line[match.start() - 1] in _CLOSING else " "


def _after_mark(match: re.Match[str]) -> str:
    """No blank after a Latin mark between Han characters."""
    before = match.string[max(0, match.start() - 2) : match.start()]
    return "" if _HAN_AND_MARK.fullmatch(before) else match.group()


def _entity(match: re.Match[str]) -> str:
    import html

    return html.unescape(f"&{match['name']};")


def _step(pattern: str | Pattern, replace: Replace, guard: str = "") -> Step:
    lazy = Pattern(pattern) if isinstance(pattern, str) else pattern
    return Step(Pattern(guard) if guard else lazy, lazy, replace)


_CONTROL: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ud800-\udfff]"  # the last: halves of a pair, which no file can hold
)
_SPACED: Final = rf"[{_HAN}{_CLOSING}“”‘’（）《》]"
STEPS: Final = (
    _step(
        r"&(?:amp;)*(?P<name>[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});",
        _entity,
        "&",
    ),
    # After entities, which may stand for any of these; a line break among them would add a line.
    _step(r"[\r\n\u2028\u2029]", " "),
    _step(_CONTROL, ""),
    _step(r"[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164]", " "),
    _step(r"[\u2e80-\u2fdf\uf900-\ufaff]", lambda m: unicodedata.normalize("NFKC", m[0])[0]),
    _step(_SHIFTED, _unshifted, "ū"),
    Step(_HAS_TONE, _GLOSS, _without_gloss),
    _step(_FULLWIDTH, lambda m: m[0].translate(_HALVED)),
    Step(Pattern("[．－]"), _NUMERIC, lambda m: "." if m[0] == "．" else "-"),
    Step(Pattern(""), DOUBLED, _single),  # to look for them takes as long as to try
    # What mails put before each line of an answered text; not a comparison (> 3).
    _step(rf"^(?:> ?)+(?:$|(?=[{_HAN}“‘《（]))", "", "^>"),
    # Every character apart (经 济 发 展): a typesetter's or a scanner's blanks, four in a row.
    _step(
        rf"(?<!\S){_SPACED}(?: +{_SPACED}){{3,}}(?![^\s{_CLOSING}])",
        lambda m: m[0].replace(" ", ""),
        "   ",
    ),
    # Patterns that begin with a blank are searched for at full speed, what stands before is asked
    # of the few that are found.
    _step(" +", _spaces, " "),
    _step(rf" +(?=[{_HAN}])", _after_mark, " "),
)

RARE: Final = Pattern(
    r"[>&\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2e80-\u2fdf\u3000\u3164\uf900-\ufaff\ufeff\ufff9-\ufffb\ud800-\udfff．"
    f"{''.join(map(re.escape, map(chr, _HALVED)))}{_TONED}－]"
)
_APART: Final = Pattern(r"(?<!\S)\S \S \S \S(?![^\s，。、；：！？])")


def has_odd_space(line: str) -> bool:
    """Return whether a blank of the line may be one too many."""
    pieces = line.split(" ")
    if len(pieces) < 2:
        return False
    if "" in pieces:  # two blanks, or one at an end
        return True
    marks = {piece[-1] for piece in pieces[:-1]}
    if not marks.isdisjoint(_BEFORE_BLANK) or any(piece[0] in _CLOSING for piece in pieces[1:]):
        return True
    return len(pieces) > 3 and bool(_APART.search(line))
