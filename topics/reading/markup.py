"""Markdown and HTML → raw documents with what the markup says of each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

from topics.corpus import Kind
from topics.errors import require
from topics.reading.decoding import decode
from topics.reading.documents import RawDocument, RawLine, ReadingFault

# --- Markdown --------------------------------------------------------------------------------

_FRONT: Final = re.compile(r"---[ \t]*\n(?P<fields>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD: Final = re.compile(r"^([\w-]+)[ \t]*[:：][ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ATX: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_SETEXT: Final = re.compile(r"(=+|-+)[ \t]*$")
_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS: Final = re.compile(r"(\*\*\*|\*\*|__|~~|`|\*)(?=\S)(.+?)(?<=\S)\1")
_LEAD: Final = re.compile(r"[ \t]*(?:>[ \t]?)+|[ \t]*[-*+][ \t]+(?=\S)")
_RULE: Final = re.compile(r"[ \t]*(?:\|?[ \t:|-]*-{3}[ \t:|-]*|\*{3,}|_{3,}|```.*|~~~.*)$")
_FIELDS: Final = {"日期": "date", "来源": "source", "作者": "author", "地点": "place"}
PROSE: Final = 48  # characters; titles are shorter
AFTER: Final = 2  # blocks after the main text that may name its editors
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
        lines = [RawLine(title, 1, "title")] if title else []
        start = front.end()
    first = text.count("\n", 0, start) + 1
    body = text[start:].split("\n")
    top = _title_level(body, titled=bool(lines))
    for n, line in enumerate(body):
        after = body[n + 1] if n + 1 < len(body) else ""
        plain, hint = _markdown_line(line, after, top)
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
    plain = _LINK.sub(r"\1", _IMAGE.sub(r"\1", _LEAD.sub("", line, count=1)))
    plain = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", plain))
    if plain.lstrip().startswith("|") and plain.rstrip().endswith("|"):
        plain = " ".join(cell.strip() for cell in plain.strip().strip("|").split("|"))
    return plain, hint


# --- HTML ------------------------------------------------------------------------------------

_DROPPED: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "iframe",
        "svg",
        "template",
        "head",
        "object",
        "video",
        "audio",
        "canvas",
        "map",
        "input",
        "textarea",
    ]
)
_INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
    ]
)
_CONTAINERS: Final = frozenset(["article", "body", "div", "main", "section", "td"])
_HINTS: Final[dict[str, Kind]] = {
    "h1": "title",
    "figcaption": "caption",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
}
_META_NAMES: Final = {
    "date": ("article:published_time", "publishdate", "pubdate", "date", "og:release_date"),
    "author": ("author", "article:author"),
    "source": ("source", "contentsource", "og:site_name"),
}
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_DECLARED: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DATE: Final = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})")


def read_html(data: bytes) -> RawDocument:
    """Return the main text of a web page, its blocks in order, with the lines they start on.

    trafilatura finds the main text; all blocks of the element that holds it are kept, so that
    captions, bylines and editors' lines are there for splitting to name.

    Raises:
        ReadingFault: if there is no text in it.
        MissingExtraError: if trafilatura is not installed.
    """
    trafilatura = require("trafilatura", "html")
    parser = require("lxml.html", "html")
    text = _markup(data)
    tree = parser.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text) or "<p></p>")
    blocks = [block for block in _blocks(tree) if block[0].text]
    if not blocks:
        raise ReadingFault("holds no text")
    main = str(trafilatura.extract(text, favor_recall=True, include_comments=False) or "")
    lines = [block[0] for block in _main_blocks(blocks, main)]
    if not any(line.hint == "title" for line in lines):
        prose = next((n for n, line in enumerate(lines) if len(line.text) > PROSE), 0)
        first = next((n for n, line in enumerate(lines[:prose]) if line.hint == "heading"), -1)
        if first >= 0:
            lines[first] = lines[first]._replace(hint="title")
    spaced = [piece for line in lines for piece in (line, RawLine("", line.number))]
    return RawDocument(spaced[:-1], MappingProxyType(_page_meta(tree)))


def _markup(data: bytes) -> str:
    try:
        return decode(data)
    except ReadingFault:
        declared = _DECLARED.search(data[:2048])
        name = declared[1].decode("ascii", "replace").lower() if declared else ""
        name = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(name, name)
        try:
            return data.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise ReadingFault(f"not valid {name or 'UTF-8'} ({error})") from error


Found = tuple[RawLine, Any]


def _blocks(element: Any) -> Iterator[Found]:  # noqa: ANN401 - lxml has no types
    """Yield the block texts below an element in order, each with the element that holds it."""
    if not isinstance(element.tag, str) or element.tag in _DROPPED:
        return
    pieces = [element.text or ""]
    start = element.sourceline or 1
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _INLINE and not _holds_blocks(child):
            pieces.append(str(child.text_content()))
        else:
            yield _block(pieces, element, start)
            pieces, start = [], child.sourceline or start
            if tag == "tr" and not _lays_out(child):
                cells = [str(cell.text_content()) for cell in child if isinstance(cell.tag, str)]
                yield _block([" ".join(cells)], child, start)
            elif tag:
                yield from _blocks(child)
        pieces.append(child.tail or "")
    yield _block(pieces, element, start)


def _lays_out(row: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Return whether a table's row only places blocks on the page, as old sites do."""
    return any(isinstance(cell.tag, str) and _holds_blocks(cell) for cell in row)


def _holds_blocks(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    return any(isinstance(e.tag, str) and e.tag not in _INLINE for e in element.iterdescendants())


def _block(pieces: list[str], element: Any, line: int) -> Found:  # noqa: ANN401 - lxml has no types
    text = _SPACE.sub(" ", "".join(pieces)).strip(" ")
    hint = next((_HINTS[t] for t in _up(element) if t in _HINTS), None)
    if hint is None and text:
        hint = _looks(element, text)
    return RawLine(text, line, hint), element


def _looks(element: Any, text: str) -> Kind | None:  # noqa: ANN401 - lxml has no types
    """Return what a short line's look says: bold as a whole, or in the middle under a picture."""
    if len(text) > HEADING_LONG or text[-1] in "；：，":
        return None
    style = (element.get("style") or "").replace(" ", "")
    if element.get("align") == "center" or "text-align:center" in style:
        before = element.getprevious()
        if _shows(element) or (before is not None and _shows(before) and not _says(before)):
            return "caption"
    bold = "".join(str(e.text_content()) for e in element.iterdescendants("strong", "b"))
    return (
        "heading" if text[-1] not in "。！" and _SPACE.sub(" ", bold).strip(" ") == text else None
    )


def _shows(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    return element.tag == "img" or next(element.iterdescendants("img"), None) is not None


def _says(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    return bool(str(element.text_content()).strip())


def _up(element: Any) -> Iterator[str]:  # noqa: ANN401 - lxml has no types
    yield element.tag
    parent = element.getparent()
    if parent is not None and isinstance(parent.tag, str):
        yield parent.tag


def _main_blocks(blocks: list[Found], main: str) -> list[Found]:
    """Return the blocks of the element that holds the main text, and the title before it."""
    wanted = _SPACE.sub("", main)
    long = [b for b in blocks if len(b[0].text) > 12]
    kept = [b for b in long if _SPACE.sub("", b[0].text)[:40] in wanted] or long or blocks
    common = [kept[0][1], *kept[0][1].iterancestors()]
    for _, element in kept[1:]:
        above = {element, *element.iterancestors()}
        common = [e for e in common if e in above]
    root = next((e for e in common if e.tag in _CONTAINERS), common[-1] if common else None)
    inside = [n for n, (_, e) in enumerate(blocks) if e is root or root in set(e.iterancestors())]
    first = inside[0]
    titles = [n for n in range(first) if blocks[n][0].hint == "title"]
    last = inside[-1]
    while last + 1 < min(len(blocks), inside[-1] + 1 + AFTER) and _is_staff(blocks[last + 1]):
        last += 1
    return blocks[titles[-1] if titles else first : last + 1]


def _is_staff(block: Found) -> bool:
    """Return whether a short block without a link stands after the main text: who edited it."""
    line, element = block
    linked = element.tag == "a" or next(element.iterdescendants("a"), None) is not None
    return len(line.text) <= HEADING_LONG and not line.hint and not linked


def _page_meta(tree: Any) -> dict[str, str]:  # noqa: ANN401 - lxml has no types
    values: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        values.setdefault(name, (element.get("content") or "").strip())
    found = {
        key: next((values[n] for n in names if values.get(n)), "")
        for key, names in _META_NAMES.items()
    }
    date = _DATE.search(found["date"])
    found["date"] = f"{date[1]}-{int(date[2]):02d}-{int(date[3]):02d}" if date else ""
    return {key: value for key, value in found.items() if value}
