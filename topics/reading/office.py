"""Word and PDF → raw documents."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from topics.corpus import Kind
from topics.errors import require
from topics.reading.documents import RawDocument, RawLine, ReadingFault

MAX_UNPACKED: Final = 1 << 28  # bytes of a .docx when unzipped; a book has some 10 MB
MAX_PAGES: Final = 5000
RUNNING: Final = 3  # pages on which a first or last line must stand to be a running head
_STYLES: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (re.compile(r"title$|标题$|題目", re.IGNORECASE), "title"),
    (re.compile(r"subtitle|副标题", re.IGNORECASE), "subtitle"),
    (re.compile(r"heading|标题 ?\d", re.IGNORECASE), "heading"),
    (re.compile(r"caption|题注", re.IGNORECASE), "caption"),
)


def read_docx(data: bytes) -> RawDocument:
    """Return the paragraphs and table rows of a Word file; its lines are its paragraphs.

    Raises:
        ReadingFault: if it is no .docx, damaged, protected by a password or a zip bomb.
        MissingExtraError: if python-docx is not installed.
    """
    docx = require("docx", "docx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadingFault("protected by a password, or an old .doc; save it as plain .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        document = docx.Document(io.BytesIO(data)) if unpacked <= MAX_UNPACKED else None
        items = list(_docx_lines(document)) if document else []
    except Exception as error:
        raise ReadingFault(f"not a readable .docx ({_short(error)})") from error
    if document is None:
        raise ReadingFault(f"unpacks to {unpacked >> 20} MB; not read")
    titled = any(line.hint == "title" for line in items)
    if not titled and items and items[0].hint == "heading":
        items[0] = items[0]._replace(hint="title")
    return RawDocument(items)


def _docx_lines(document: Any) -> Iterator[RawLine]:  # noqa: ANN401 - python-docx is typed in part
    number = 0
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                number += 1
                yield RawLine(" ".join(dict.fromkeys(cell.text for cell in row.cells)), number)
            continue
        number += 1
        style = (item.style.name if item.style is not None else "") or ""
        hint = next((kind for pattern, kind in reversed(_STYLES) if pattern.search(style)), None)
        for line in item.text.split("\n"):
            yield RawLine(line, number, hint)


def read_pdf(data: bytes) -> RawDocument:
    """Return the text lines of a PDF, page after page; running heads are named boilerplate.

    Raises:
        ReadingFault: if it is damaged, encrypted, or holds no text (a scan).
        MissingExtraError: if pypdf is not installed.
    """
    pypdf = require("pypdf", "pdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every small fault
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
        some = [] if locked or count > MAX_PAGES else reader.pages
        pages = [page.extract_text().split("\n") for page in some]
    except Exception as error:
        raise ReadingFault(f"not a readable PDF ({_short(error)})") from error
    if locked:
        raise ReadingFault("encrypted; save it without a password")
    if count > MAX_PAGES:
        raise ReadingFault(f"{count} pages; {MAX_PAGES} are read at most")
    if not any(line.strip() for page in pages for line in page):
        raise ReadingFault("holds no text; a scan must go through OCR first")
    return RawDocument(_pdf_lines(pages))


def _pdf_lines(pages: Sequence[Sequence[str]]) -> list[RawLine]:
    edges = Counter(key for page in pages for key in {_edge(page, 0), _edge(page, -1)} if key)
    running = {key for key, n in edges.items() if n >= RUNNING}
    lines: list[RawLine] = []
    for page in pages:
        for n, text in enumerate(page):
            edge = n in {0, len(page) - 1} and _digits(text) in running
            lines.append(RawLine(text, len(lines) + 1, "boilerplate" if edge else None))
    return lines


def _edge(page: Sequence[str], at: int) -> str:
    return _digits(page[at]) if page else ""


def _digits(text: str) -> str:
    return re.sub(r"\d+", "0", text.strip())


def _short(error: Exception) -> str:
    return (
        f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"
        if str(error)
        else type(error).__name__
    )
