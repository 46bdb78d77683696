"""Text → clean text (pure): what a page's way through machines did to it is undone.

Each repair is one `_Step`: a cheap guard, a pattern and what to put in its place. ``clean`` runs
the steps until nothing changes any more, so it is idempotent by construction; ``clean_traced``
runs the same steps and remembers where each character came from. Line breaks are never touched:
a cleaned text has as many lines as its source.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

MAX_ROUNDS: Final = 12  # nested damage (&amp;amp;amp;) ends after two or three

_HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff\u3007"
_CLOSING: Final = "，。、；：！？"
_TONED: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"

Replace = str | Callable[[re.Match[str]], str]


class _Step(NamedTuple):
    """One repair: ``pattern`` → ``replace``, tried only where ``guard`` finds something."""

    guard: re.Pattern[str]
    pattern: re.Pattern[str]
    replace: Replace


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and where each of its characters stands in the source."""

    text: str
    offsets: tuple[int, ...]
    """One per character of ``text``: its 0-based place in the source; never decreasing."""


def clean(text: str, *, simplify: bool = True) -> str:
    """Return ``text`` as it was meant.

    Control characters go; odd, doubled and dangling spaces, doubled punctuation, full-width digits
    and letters, radicals used as characters, HTML entities, pinyin glosses and the mojibake of
    glossed pages are put right. Chinese punctuation stays as it is.

    Args:
        text: Any text; its line breaks are kept.
        simplify: Whether traditional characters become simplified ones (OpenCC ``t2s``).

    Returns:
        The clean text; cleaning it again changes nothing.
    """
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if line and _is_dirty(line):
            lines[n] = _clean_line(line, simplify=simplify)
    return "\n".join(lines)


def _clean_line(line: str, *, simplify: bool) -> str:
    for _ in range(MAX_ROUNDS):
        before = line
        for step in _STEPS:
            if step.guard.search(line):
                line = step.pattern.sub(step.replace, line)
        if simplify and _TRADITIONAL.search(line):
            line = _simplified(line)
        if line == before:
            break
    return line


def clean_traced(text: str, *, simplify: bool = True) -> Cleaned:
    """Return ``clean(text)`` with the place in ``text`` of each character.

    Args:
        text: Any text.
        simplify: As for `clean`.

    Returns:
        The same text as `clean` gives, with offsets into ``text``.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    for line in text.split("\n"):
        new, places = _trace_line(line, simplify=simplify)
        pieces.append(new)
        offsets += [start + place for place in places]
        start += len(line) + 1
        offsets.append(start - 1)  # the line break
    return Cleaned("\n".join(pieces), tuple(offsets[:-1]))


def _trace_line(line: str, *, simplify: bool) -> tuple[str, list[int]]:
    offsets = list(range(len(line)))
    for _ in range(MAX_ROUNDS):
        before = line
        for step in _STEPS:
            if step.guard.search(line):
                line, offsets = _traced(step, line, offsets)
        if simplify and _TRADITIONAL.search(line):
            line = _simplified(line)  # character by character: the offsets stay
        if line == before:
            break
    return line, offsets


def _traced(step: _Step, text: str, offsets: list[int]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for match in step.pattern.finditer(text):
        new = step.replace if isinstance(step.replace, str) else step.replace(match)
        pieces += [text[end : match.start()], new]
        places += offsets[end : match.start()]
        places += _places(match, new, offsets)
        end = match.end()
    pieces.append(text[end:])
    return "".join(pieces), places + offsets[end:]


def _places(match: re.Match[str], new: str, offsets: list[int]) -> list[int]:
    """Return a place for each character of ``new``: one that is kept points at itself."""
    old, at, places = match.group(), 0, []
    same_length = len(new) == len(old)
    for n, char in enumerate(new):
        found = n if same_length else old.find(char, at)
        if found >= 0:
            at = found
        places.append(offsets[match.start() + min(at, len(old) - 1)])
        if not same_length:
            at = min(at + 1, len(old) - 1)
    return places


# --- traditional characters ------------------------------------------------------------------


def _script(inside: str, outside: str) -> str:
    """Return the characters of one national standard that the other does not have."""
    chars = "".join(map(chr, range(0x4E00, 0x9FA6)))
    standard, other = (chars.encode(e, "ignore").decode(e) for e in (inside, outside))
    missing = set(standard).difference(other)
    return "".join(char for char in standard if char in missing)


_TRADITIONAL: Final = re.compile(f"[{_script('big5', 'gb2312')}]")
# 着 is in traditional texts too, though Big5 does not have it.
_SIMPLIFIED: Final = re.compile(f"[{_script('gb2312', 'big5').replace('着', '')}]")
STRAY_TRADITIONAL: Final = 2  # so many in a simplified line are names (玥, 喆): left alone


# OpenCC leaves the particle 著 (沿著) as it is, because 著 is also right (著名, 名著).
_PARTICLE: Final = re.compile("(?<![名编显译专原土论巨卓昭遗])著(?![名作者述书录称])")


@cache
def _converter() -> Any:  # noqa: ANN401 - OpenCC has no types
    import opencc  # here: loading its dictionaries costs more than cleaning most files

    return opencc.OpenCC("t2s")


def _is_traditional(line: str) -> bool:
    found = len(_TRADITIONAL.findall(line))
    if not found:
        return False
    against = len(_SIMPLIFIED.findall(line))
    return found > against or found > max(STRAY_TRADITIONAL, against // 4)


def _simplified(line: str) -> str:
    """Return the line in simplified characters, as long as it was."""
    if not _is_traditional(line):
        return line
    new = str(_converter().convert(line))
    # A phrase that changes its length would break the trace: such a line goes by characters.
    return _PARTICLE.sub("着", new if len(new) == len(line) else _by_character(line))


def _by_character(line: str) -> str:
    convert = _converter().convert
    pairs = ((char, convert(char)) for char in line)
    return "".join(new if len(new) == 1 else char for char, new in pairs)


# --- glosses ---------------------------------------------------------------------------------

_SYLLABLE: Final = rf"[a-z\u0261ü]{{0,5}}[{_TONED}][a-z\u0261ü]{{0,4}}"
_BROKEN: Final = r"[a-z]{0,5}[À-ɏ¨¬-¿�?\x80-\x9f]{1,3}[a-z]{0,4}"
_NEUTRAL: Final = "(?:zhe|men|tou|me|ma|ne|ba|de|ge|le|la|li|zi|er|bu|yi|a)"
_GLOSS: Final = re.compile(
    rf"(?<=[{_HAN}])(?: *[(（] *(?:{_SYLLABLE}|{_BROKEN}|{_NEUTRAL}) *[)）])+(?P<after> *)"
)
_HAS_TONE: Final = re.compile(f"[{_TONED}]")
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
_SHIFTED: Final = re.compile(r"\?qū\)(?P<rest>[^\x00-\x7f]{0,200}?[@-~])")


def _unshifted(match: re.Match[str]) -> str:
    try:
        return (b"\x8c" + match["rest"].encode("gbk")).decode("gbk")
    except UnicodeError:
        return match.group()


# --- the other repairs -----------------------------------------------------------------------

# Kept: what serves as Chinese punctuation (and brackets, quotes, tilde, bar); ． and － only become
# ASCII between digits or letters.
_KEPT_WIDE: Final = frozenset(
    b"\x01\x02\x07\x08\x09\x0c\x0d\x0e\x1a\x1b\x1c\x1e\x1f\x3b\x3d\x5b\x5c\x5d\x5e"
)
_HALVED: Final = {n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F) if n - 0xFF00 not in _KEPT_WIDE}
_FULLWIDTH: Final = re.compile("[" + "".join(map(re.escape, map(chr, _HALVED))) + "]+")
_NUMERIC: Final = re.compile(r"(?<=[0-9A-Za-z])[．－](?=[0-9A-Za-z])")
_STRENGTH: Final = "、,，:：;；。"
_DOUBLED: Final = re.compile(r"[,，、;；:：。]{2,}")


def _single(match: re.Match[str]) -> str:
    """Keep the strongest mark of a run; three full stops are an ellipsis; ASCII runs are code."""
    run = match.group()
    if set(run) == {"。"} and len(run) > 2:
        return "……"
    beside = match.string[max(0, match.start() - 1) : match.start()]
    if run.isascii() and not ("\u3007" <= beside <= "\u9fff" or beside in "”）》"):
        return run
    return max(run, key=_STRENGTH.index)


def _spaces(match: re.Match[str]) -> str:
    """One blank inside a line, none at its ends or before a mark."""
    line, end = match.string, match.end()
    if not match.start() or end == len(line):
        return ""
    return "" if line[end] in _CLOSING or line[match.start() - 1] in _CLOSING else " "


def _step(pattern: str | re.Pattern[str], replace: Replace, guard: str = "") -> _Step:
    compiled = re.compile(pattern) if isinstance(pattern, str) else pattern
    return _Step(re.compile(guard) if guard else compiled, compiled, replace)


_CONTROL: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb]"
)
_SPACED: Final = rf"[{_HAN}{_CLOSING}“”‘’（）《》]"
_STEPS: Final = (
    _step(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});", lambda m: html.unescape(m[0]), "&"),
    # After entities, which may stand for any of these; a line break among them would add a line.
    _step(r"[\r\n\u2028\u2029]", " "),
    _step(_CONTROL, ""),
    _step(r"[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164]", " "),
    _step(r"[\u2e80-\u2fdf\uf900-\ufaff]", lambda m: unicodedata.normalize("NFKC", m[0])[0]),
    _step(_SHIFTED, _unshifted, r"\?qū\)"),
    _Step(_HAS_TONE, _GLOSS, _without_gloss),
    _step(_FULLWIDTH, lambda m: m[0].translate(_HALVED)),
    _Step(re.compile("[．－]"), _NUMERIC, lambda m: "." if m[0] == "．" else "-"),
    _step(_DOUBLED, _single),
    # Every character apart (经 济 发 展): a typesetter's or a scanner's blanks, four in a row.
    _step(
        rf"(?<!\S){_SPACED}(?: +{_SPACED}){{3,}}(?![^\s{_CLOSING}])",
        lambda m: m[0].replace(" ", ""),
        " ",
    ),
    _step(r" {2,}|(?<=[，。、；：！？]) |^ | (?=[，。、；：！？])| $", _spaces, " "),
    _step(rf"(?<=[{_HAN}][,;!?]) +(?=[{_HAN}])", "", " "),
)

_RARE: Final = re.compile(
    r"[&\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2e80-\u2fdf\u3000\u3164\uf900-\ufaff\ufeff\ufff9-\ufffb．"
    f"{''.join(map(re.escape, map(chr, _HALVED)))}{_TONED}－{_TRADITIONAL.pattern[1:-1]}]"
)
_RARE_SPACE: Final = re.compile(
    r"^ |[ ，。、；：！？,;!?] | [，。、；：！？]| $|(?<!\S)\S \S \S \S(?![^\s，。、；：！？])"
)


def _is_dirty(line: str) -> bool:
    """Return whether any step may find something; most lines of most files are clean."""
    if _RARE.search(line) or _DOUBLED.search(line):
        return True
    return " " in line and bool(_RARE_SPACE.search(line))
