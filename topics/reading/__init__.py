"""Files → raw documents: what stands in them, before it is cleaned and split.

`find_files` walks paths, `read_file` gives what one file holds: a `RawDocument` to be split, or
rows that came ready. One module a family of formats: `files` (bytes and lines), `decoding`,
`rows` (jsonl, json, csv, tsv), `markdown`, `markup` (HTML), `office` (docx, pdf),
`tables` (parquet).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import Final

from topics.reading import files
from topics.reading.decoding import decode
from topics.reading.documents import (
    Raw,
    RawDocument,
    RawLine,
    RawRecord,
    RawRow,
    ReadingFault,
    until_fault,
)
from topics.reading.rows import csv_rows, json_rows, jsonl_rows

__all__ = [
    "SUFFIXES",
    "Raw",
    "RawDocument",
    "RawLine",
    "RawRecord",
    "RawRow",
    "ReadingFault",
    "find_files",
    "read_file",
    "until_fault",
]

_PLAIN: Final = frozenset({"", ".txt", ".text"})
_MARKDOWN: Final = frozenset({".md", ".markdown"})
_HTML: Final = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_JSONL: Final = frozenset({".jsonl", ".ndjson"})
SUFFIXES: Final = frozenset(
    _PLAIN | _MARKDOWN | _HTML | _JSONL | {".docx", ".pdf", ".json", ".csv", ".tsv", ".parquet"}
)
"""Suffixes that are read, each also with ``.gz`` after it."""
BLOCK: Final = 1 << 22
"""Characters of plain text that are split as one; a larger file goes block by block."""

LINE_COST: Final = 40  # what a line takes beside its characters: many short lines fill a block too


def find_files(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files at ``path`` in order, each with a reason to skip it or an empty string."""
    for file, reason in files.walk(path):
        if reason:
            yield file, reason
        elif not files.name_is_utf8(file):
            yield file, "its name is not UTF-8; rename it"
        elif files.suffix_of(file) not in SUFFIXES:
            known = " ".join(sorted(filter(None, SUFFIXES)))
            yield file, f"unknown kind of file {file.suffix!r}; read are {known} (also .gz)"
        else:
            yield file, ""


def read_file(path: Path | None) -> Iterator[Raw]:
    """Yield what one file (None: stdin) holds, in constant memory for text and rows.

    Raises:
        ReadingFault: with the reason why it, or the rest of it, cannot be read.
        MissingExtraError: if its format belongs to an extra that is not installed.
    """
    if path is None:
        yield from _stdin()
        return
    suffix = files.suffix_of(path)
    if suffix in _PLAIN:
        few = files.lines_of_short(path)
        if few is None:
            yield from _plain(files.numbered_lines(path))
        else:
            yield RawDocument(list(map(RawLine, few, count(1))))
    elif suffix in _JSONL:
        yield from jsonl_rows(files.numbered_lines(path))
    elif suffix in {".csv", ".tsv"}:
        lines = (line + "\n" for _, line in files.numbered_lines(path))
        yield from csv_rows(lines, tabs=suffix == ".tsv")
    elif suffix == ".json":
        yield from json_rows(decode(files.whole(path)))
    else:
        yield from _rich(path, suffix)


def _rich(path: Path, suffix: str) -> Iterator[Raw]:
    if suffix in _MARKDOWN:
        from topics.reading.markdown import read_markdown

        yield read_markdown(decode(files.whole(path)))
    elif suffix in _HTML:
        from topics.reading.markup import read_html

        yield read_html(files.whole(path))
    elif suffix == ".docx":
        from topics.reading.office import read_docx

        yield read_docx(files.whole(path))
    elif suffix == ".pdf":
        from topics.reading.office import read_pdf

        yield read_pdf(files.whole(path))
    else:
        from topics.reading.tables import parquet_rows

        yield from parquet_rows(path)


def _stdin() -> Iterator[Raw]:
    lines = files.numbered_lines(None)
    first = list(islice(lines, 1))
    while first and not first[-1][1].strip():
        first += list(islice(lines, 1)) or [(0, "{")][:0]
        if len(first) > files.CHUNK:
            break
    everything = chain(first, lines)
    if first and first[-1][1].lstrip().startswith("{"):
        yield from jsonl_rows(everything)
    else:
        yield from _plain(everything)


def _plain(lines: Iterable[tuple[int, str]]) -> Iterator[RawDocument]:
    """Yield plain text as documents: one, or blocks that end where a paragraph does."""
    block: list[RawLine] = []
    size = 0
    for number, line in lines:
        if size > BLOCK and (
            not line.strip() or block[-1].text.rstrip().endswith(("。", "！", "？"))
        ):
            yield RawDocument(block)
            block, size = [], 0
        block.append(RawLine(line, number))
        size += len(line) + LINE_COST
    if block:
        yield RawDocument(block)
