"""What an article says of itself: date, source, author, place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from topics.patterns import Pattern
from topics.splitting.lines import Block

_DATE: Final = Pattern(r"((?:19|20)\d\d) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})")
_CHINESE_DATE: Final = Pattern(
    r"(二[\u3007○零][\u3007○零一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_SOURCE: Final = Pattern(
    r"(?:来源|稿源|信息来源|文章来源)[：:] ?([^ 　"
    r"|\uff5c；;，,）)]{2,24})"
)
_AUTHOR: Final = Pattern(
    r"(?:作者|记者|通讯员|撰文|文)[：:／/ 　]+((?:[\u4e00-\u9fff·]{1,4}[ 、，,]?){1,6})"
)
_WIRE: Final = Pattern(
    r"[（(]?(本报|新华社|中新社|人民网|本网"
    r"|本台)([\u4e00-\u9fff]{2,8}?)(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日)[电讯]"
)
_LEAD: Final = Pattern(
    r"[^，。]{0,30}?[讯电][（(](?P<who>(?:本[报网台])?(?:记者|通讯员)[^（）()]{2,40})[)）]"
)
_DIGITS: Final = {c: str(n) for n, c in enumerate("\u3007一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
}
_OFFICES: Final = ("记者", "通讯员", "编辑", "实习生")
_NO_NAME: Final = {"文", "图", "摄影", "报道", "通讯员", "整理", "记者", "本报"}


def metadata_of(parts: Sequence[Block]) -> Mapping[str, str]:
    """Return ``date`` (YYYY-MM-DD), ``source``, ``author``, ``place`` as far as they are told."""
    found: dict[str, str] = {}
    front = [p for p in parts if p.kind != "body"]
    for piece in front:
        if piece.kind == "dateline" or piece.kind in {"byline", "boilerplate", "subtitle"}:
            _add(found, "date", date_in(piece.text) if piece.kind != "subtitle" else "")
            _add(found, "source", _first(_SOURCE, piece.text))
            _add(found, "place", _place(piece.text))
        if piece.kind == "byline":
            _add(found, "author", _author(piece.text))
    body = next((p.text for p in parts if p.kind == "body"), "")
    _add(found, "place", _place(body[:60]))
    if lead := _LEAD.match(body):
        _add(found, "author", _author(lead["who"]))
    return MappingProxyType(found)


def _add(found: dict[str, str], key: str, value: str) -> None:
    if value and key not in found:
        found[key] = value


def _first(pattern: Pattern, text: str) -> str:
    match = pattern.search(text)
    return match[1].strip() if match else ""


def _place(text: str) -> str:
    match = _WIRE.search(text)
    return match[2] if match else ""


_WIDE: Final = Pattern(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])"
)


def _author(text: str) -> str:
    if text[:1] in "□■◇◆○●":
        return "、".join(_names(text[1:]))
    return "、".join(_names(_first(_AUTHOR, text)))


def _names(text: str) -> list[str]:
    # A name of two characters is set as wide as one of three (钟  鸣).
    text = text.strip()
    if " " in text:
        text = _WIDE.sub(r"\1\2", text)
    words = re.split(r"[ 　、，,/／]+", text)
    return [
        w
        for w in words
        if 2 <= len(w) <= 4
        and w not in _NO_NAME
        and not w.startswith("本报")
        and not w.endswith(_OFFICES)
    ]


def date_in(text: str) -> str:
    """Return the first full date in the text as YYYY-MM-DD, or an empty string."""
    if match := _DATE.search(text):
        year, month, day = match[1], int(match[2]), int(match[3])
    elif match := _CHINESE_DATE.search(text):
        year = "".join(_DIGITS[c] for c in match[1])
        month, day = _number(match[2]), _number(match[3])
    else:
        return ""
    return f"{year}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    value = int(_DIGITS.get(ones, "0"))
    return value + (10 * int(_DIGITS.get(tens, "1")) if ten else 0)
