"""Word and PDF → raw documents."""

from __future__ import annotations

import io
import logging
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from topics.corpus import Kind
from topics.errors import require
from topics.reading.documents import RawDocument, RawLine, ReadingFault

MAX_UNPACKED: Final = 1 << 28  # bytes of a .docx when unzipped, with its pictures
MAX_PARTS: Final = 10_000  # files in a .docx; a book with a thousand pictures has some 1,100
MAX_XML: Final = 1 << 26  # bytes of XML in a .docx; a book has some 10 MB
MAX_MARKS: Final = 1_500_000  # tags in it
MAX_COLUMNS: Final = 1000  # of a table row; Word itself makes 63
MAX_PAGES: Final = 5000
MAX_SECONDS: Final = 300.0  # of processor time for the pages of a PDF; most take 0.05 s a page
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
            _check_size(archive)
        items = list(_docx_lines(docx.Document(io.BytesIO(data))))
    except (ReadingFault, MemoryError):
        raise
    except Exception as error:
        raise ReadingFault(
            f"not a readable .docx ({_short(error)}); open it in Word and save it as .docx anew"
        ) from error
    titled = any(line.hint == "title" for line in items)
    if not titled and items and items[0].hint == "heading":
        items[0] = items[0]._replace(hint="title")
    return RawDocument(items)


def _check_size(archive: zipfile.ZipFile) -> None:
    """Look at what an archive says of itself, and at how many tags it has, before it is parsed.

    Raises:
        ReadingFault: it is larger than any document.
    """
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise ReadingFault(f"has {len(parts):,} parts, more than {MAX_PARTS:,}; not read")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise ReadingFault(
            f"unpacks to {unpacked >> 20} MB, more than {MAX_UNPACKED >> 20}; not read"
        )
    xml = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    size = sum(part.file_size for part in xml)
    if size > MAX_XML:
        raise ReadingFault(f"holds {size >> 20} MB of XML, more than {MAX_XML >> 20}; not read")
    marks = sum(archive.read(part).count(b"<") for part in xml)
    if marks > MAX_MARKS:
        raise ReadingFault(f"holds {marks:,} XML tags, more than {MAX_MARKS:,}; not read")


def _docx_lines(document: Any) -> Iterator[RawLine]:  # noqa: ANN401 - python-docx is typed in part
    number = 0
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                number += 1
                if sum(cell.grid_span for cell in row._tr.tc_lst) > MAX_COLUMNS:
                    raise ReadingFault(
                        f"a table row has more than {MAX_COLUMNS:,} columns; not read"
                    )
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
        pages = list(_pages(some))
    except (ReadingFault, MemoryError):
        raise
    except Exception as error:
        raise ReadingFault(
            f"not a readable PDF ({_short(error)}); open it in a reader and print it to a new PDF"
        ) from error
    if locked:
        raise ReadingFault("encrypted; save it without a password")
    if count > MAX_PAGES:
        raise ReadingFault(f"{count} pages; {MAX_PAGES} are read at most")
    if not any(line.strip() for page in pages for line in page):
        raise ReadingFault("holds no text; a scan must go through OCR first")
    return RawDocument(_pdf_lines(pages))


def _pages(pages: Iterable[Any]) -> Iterator[Sequence[str]]:
    """Yield the lines of each page."""
    begun = time.thread_time()
    for number, page in enumerate(pages, 1):
        yield page.extract_text().split("\n")
        if time.thread_time() - begun > MAX_SECONDS:
            raise ReadingFault(
                f"its first {number} pages took {MAX_SECONDS:g} seconds; save it as text first"
            )


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
