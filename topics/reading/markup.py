"""HTML → raw documents with what the markup says of each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final

from topics.corpus import Kind
from topics.errors import require
from topics.reading.decoding import decode
from topics.reading.documents import RawDocument, RawLine, ReadingFault

PROSE: Final = 48  # characters; titles are shorter
AFTER: Final = 2  # blocks after the main text that may name its editors
HEADING_LONG: Final = 40  # characters; a longer line all in bold is a paragraph
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
_ANY_SPACE: Final = re.compile(r"\s+")  # also the full-width blanks that paragraphs begin with
_IMPRINT: Final = re.compile(r"版权所有|ICP备|公网安备|[Cc]opyright|©|(?:关于|联系)我们|网站地图")
IMPRINT_LONG: Final = 160  # characters; a paragraph that speaks of copyright is longer
_PROLOG: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
MAX_PAGE: Final = 1 << 24  # characters of a web page; most have some 100,000
MAX_TAGS: Final = 200_000  # in it; a page of 40,000 takes three seconds
MAX_ATTRIBUTES: Final = 1000  # of one tag; the parser compares each with each
_LONG_TAG: Final = re.compile("<[^<>]{5000,}")
_QUOTED: Final = re.compile("\"[^\"]*\"|'[^']*'")
_CODECS: Final = {  # what pages in Chinese say; any codec of Python's may do odd things (punycode)
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "hz-gb-2312"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be", "unicode"), "utf-16"),
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252", "ascii", "us-ascii"), "cp1252"),
}
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
    if text.count("<") > MAX_TAGS or len(text) > MAX_PAGE:
        raise ReadingFault(
            f"{len(text):,} characters with {text.count('<'):,} tags; a page may have {MAX_PAGE:,} "
            f"and {MAX_TAGS:,}; save its text as .txt"
        )
    if any(len(_QUOTED.sub("", tag).split()) > MAX_ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        raise ReadingFault(f"a tag has more than {MAX_ATTRIBUTES:,} attributes; not read")
    try:
        tree = parser.document_fromstring(_PROLOG.sub("", text) or "<p></p>")
        blocks = [block for block in _blocks(tree) if block[0].text]
        main = str(trafilatura.extract(text, favor_recall=True, include_comments=False) or "")
    except (ValueError, RecursionError, parser.etree.LxmlError) as error:
        found = str(error).partition("\n")[0][:80]
        raise ReadingFault(f"not a readable page ({type(error).__name__}: {found})") from error
    if not blocks:
        raise ReadingFault("holds no text")
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
        codec = _CODECS.get(name, "utf-8")
        try:
            return data.decode(codec)
        except UnicodeDecodeError as error:
            raise ReadingFault(
                f"says {name[:40] or 'nothing'}, not valid {codec} ({error})"
            ) from error


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
    wanted = _ANY_SPACE.sub("", main)
    long = [b for b in blocks if len(b[0].text) > 12 and not _is_of_the_site(b)]
    kept = [b for b in long if _ANY_SPACE.sub("", b[0].text)[:40] in wanted] or long or blocks
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


def _is_of_the_site(block: Found) -> bool:
    """Return whether a block is an entry of a list of links, or the site's imprint."""
    line, element = block
    if len(line.text) <= IMPRINT_LONG and _IMPRINT.search(line.text):
        return True
    links = "".join(str(a.text_content()) for a in element.iterdescendants("a"))
    return element.tag == "li" and _SPACE.sub(" ", links).strip(" ") == line.text


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
