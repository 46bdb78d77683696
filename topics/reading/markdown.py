"""Markdown → raw documents with what the marks say of each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from topics.corpus import Kind, as_date
from topics.reading.documents import RawDocument, RawLine

_FRONT: Final = re.compile(r"---[ \t]*\n(?P<fields>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD: Final = re.compile(r"^([\w-]+)[ \t]*[:：][ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ATX: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_SETEXT: Final = re.compile(r"(=+|-+)[ \t]*$")
_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS: Final = re.compile(r"(\*\*\*|\*\*|__|~~|`|\*)(?=\S)(.+?)(?<=\S)\1")
_LEAD: Final = re.compile(r"[ \t]*(?:>[ \t]?)+|[ \t]*[-*+][ \t]+(?=\S)")
_NOTE: Final = re.compile(r"\[\^[^\]\s]{1,40}\]")
_NOTE_TEXT: Final = re.compile(_NOTE.pattern + "[:：]")
_RULE: Final = re.compile(r"[ \t]*(?:\|?[ \t:|-]*-{3}[ \t:|-]*|\*{3,}|_{3,}|```.*|~~~.*)$")
_FIELDS: Final = {"日期": "date", "来源": "source", "作者": "author", "地点": "place"}
MAX_MARKED: Final = 20_000  # characters; marks in longer lines stay, since looking for their ends
# takes time that grows with the square of the length
HEADING_LONG: Final = 40  # characters; a longer line all in bold is a paragraph


def read_markdown(text: str) -> RawDocument:
    """Return a Markdown file's lines without their marks, headings named as such."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines: list[RawLine] = []
    meta: dict[str, str] = {}
    start = 0
    if front := _FRONT.match(text):
        fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(front["fields"])}
        title = fields.pop("title", "")
        meta = {_FIELDS.get(key, key): value for key, value in fields.items()}
        meta = {key: as_date(said) if key == "date" else said for key, said in meta.items()}
        lines = [RawLine(title, 1, "title")] if title else []
        start = front.end()
    first = text.count("\n", 0, start) + 1
    body = text[start:].split("\n")
    top = _title_level(body, titled=bool(lines))
    for n, line in enumerate(body):
        after = body[n + 1] if n + 1 < len(body) else ""
        plain, hint = _markdown_line(line, after, top)
        if _NOTE_TEXT.match(line):
            plain, hint = line, "boilerplate"
        if hint == "title" and lines and lines[0].text == plain:
            plain, hint = "", None  # the front matter said it already
        lines.append(RawLine(plain, first + n, hint))
    return RawDocument(lines, MappingProxyType(meta))


def _title_level(lines: Sequence[str], *, titled: bool) -> int:
    """Return the level that titles have: 1, unless one file uses it for its sections too."""
    levels = [len(m[1]) for m in map(_ATX.match, lines) if m]
    if not levels:
        return 0 if titled else 1
    top = min(levels)
    only = levels.count(top)
    if only > 1 and len(set(levels)) == 1:
        return -1 if not titled else 0
    return 0 if titled and only > 1 else top


def _markdown_line(line: str, after: str, top: int) -> tuple[str, Kind | None]:
    hint: Kind | None = None
    if len(line) > MAX_MARKED:
        return line, hint
    if found := _ATX.match(line):
        level, line = len(found[1]), found[2]
        hint = "title" if level == top else None if top < 0 else "heading"
    elif line.strip() and _SETEXT.match(after) and len(after) > 2 and len(line) <= HEADING_LONG:
        hint = "title" if after[0] == "=" else "heading"
    elif _RULE.match(line) or _SETEXT.fullmatch(line.strip()):
        return "", None
    if image := _IMAGE.fullmatch(line.strip()):
        return image[1], "caption" if image[1] else None
    bold = re.fullmatch(r"[ \t]*(\*\*|__)([^*_]+)\1[ \t]*", line)
    if bold and len(bold[2]) <= HEADING_LONG and bold[2][-1] not in "。！；：，":
        hint = hint or "heading"
    line = _NOTE.sub("", line)
    plain = _LINK.sub(r"\1", _IMAGE.sub(r"\1", _LEAD.sub("", line, count=1)))
    plain = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", plain))
    if plain.lstrip().startswith("|") and plain.rstrip().endswith("|"):
        plain = " ".join(cell.strip() for cell in plain.strip().strip("|").split("|"))
    return plain, hint
