"""Reading, cleaning and splitting in their order: paths and texts → articles.

`read_articles` gives a corpus, `iter_articles` the same as a stream in constant memory. Rows that
come as ready paragraphs are cleaned character by character and otherwise left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from topics.cleaning import clean, clean_each
from topics.corpus import Article, Corpus, Part, Skipped
from topics.errors import InputError, MissingExtraError
from topics.lifeline import helpers
from topics.reading import (
    Raw,
    RawDocument,
    RawLine,
    RawRecord,
    RawRow,
    ReadingFault,
    find_files,
    read_file,
    until_fault,
)
from topics.reading.files import STDIN, numbered_lines, shown
from topics.reading.rows import jsonl_rows
from topics.splitting import Draft, Line, split

Paths = str | Path | Iterable[str | Path]
ROWS: Final = 512
"""Ready rows that make one `Article`: enough to be quick, few enough to stream."""
_LINES: Final = {".txt", ".tsv", ".md"}
_BREAK: Final = re.compile("\r\n?")


def read_articles(paths: Paths, *, simplify: bool = True, jobs: int = 1) -> Corpus:
    """Read files and folders.

    Args:
        paths: A file, a folder, ``-`` for stdin, or several of them.
        simplify: Whether traditional characters become simplified ones.
        jobs: How many processes read at the same time; the result is the same for every number.

    Returns:
        The articles in the order of the paths (folders sorted), and what was skipped and why.

    Raises:
        InputError: if a path does not exist, or nothing at all could be read.
    """
    found = list(_files(paths))
    if jobs > 1 and sum(not reason for _, reason in found) > 1:
        with helpers(jobs) as pool:
            read = pool.map(partial(_read_all, simplify=simplify), found, chunksize=4)
            everything = list(chain.from_iterable(read))
    else:
        everything = [item for one in found for item in _read_one(*one, simplify=simplify)]
    articles = tuple(item for item in everything if isinstance(item, Article))
    skipped = tuple(item for item in everything if isinstance(item, Skipped))
    if not articles:
        raise InputError(_nothing(skipped))
    return Corpus(articles, files=len({a.file for a in articles}), skipped=skipped)


def iter_articles(paths: Paths, *, simplify: bool = True) -> Iterator[Article | Skipped]:
    """Yield the articles of files and folders one by one, in constant memory.

    Args:
        paths: As for `read_articles`.
        simplify: As for `read_articles`.

    Yields:
        Articles, and for each file that could not be read (to its end) why; ready rows come in
        articles of up to ``ROWS`` parts.

    Raises:
        InputError: if a path does not exist.
    """
    for path, reason in _files(paths):
        yield from _read_one(path, reason, simplify=simplify)


def list_files(paths: Paths) -> list[str]:
    """Return every file at ``paths`` in order, also those that will be skipped.

    Raises:
        InputError: if a path does not exist.
    """
    return [STDIN if path is None else str(path) for path, _ in _files(paths)]


def articles_of_lines(text: str, file: str, first: int) -> list[Article] | None:
    """Return the articles in whole lines of a jsonl file from number ``first`` on.

    They are those of `iter_articles`; None unless each line is a ready row, or each an article:
    only then (and if all lines before are alike) the line's number tells the article's.
    """
    lines = text.splitlines()
    breaks = text.count("\n") + (not text.endswith("\n"))
    if "\r" in text or len(lines) != breaks:  # other breaks, rare ones, part lines too
        return None
    try:
        raws = list(jsonl_rows(enumerate(lines, first)))
    except ReadingFault:
        return None
    ready = bool(raws) and isinstance(raws[0], RawRow)
    if len(raws) < len(lines) or set(map(type, raws)) != {RawRow if ready else RawRecord}:
        return None
    builder = _Builder(shown(file), simplify=True)
    builder.number = (first - 1) // ROWS if ready else first - 1
    if ready:  # none is asked what it is
        rows = cast("list[RawRow]", raws)
        return [builder.ready(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    return list(builder.articles(raws))


def read_rows(paths: Paths) -> list[str]:
    """Return documents as they stand: each ready row, and each line of a text file.

    For text that is cut into words already: nothing is cleaned or joined, only empty lines are
    dropped. Of a tab-separated line the first column counts.

    Raises:
        InputError: if a path does not exist, or nothing could be read.
    """
    documents: list[str] = []
    skipped: list[Skipped] = []
    for path, reason in _files(paths):
        if reason:
            skipped.append(Skipped(shown(str(path)), reason))
            continue
        try:
            if path is not None and path.suffix in _LINES:
                lines = (line.split("\t")[0] for _, line in numbered_lines(path))
                documents += [line for line in lines if line.strip()]
            else:
                documents += [raw.text for raw in read_file(path) if isinstance(raw, RawRow)]
        except (ReadingFault, MissingExtraError) as fault:
            skipped.append(Skipped(shown(str(path)), str(fault)))
    if not documents:
        raise InputError(_nothing(skipped))
    return documents


def articles_from_text(text: str, file: str = "-", *, simplify: bool = True) -> list[Article]:
    """Return the articles in a pasted text.

    Args:
        text: One or several articles.
        file: The name their parts carry.
        simplify: As for `read_articles`.

    Returns:
        The articles; none for a text without characters.
    """
    lines = [RawLine(line, n) for n, line in enumerate(_BREAK.sub("\n", text).split("\n"), 1)]
    return list(_Builder(file, simplify=simplify).articles([RawDocument(lines)]))


# --- files -----------------------------------------------------------------------------------


def _files(paths: Paths) -> Iterator[tuple[Path | None, str]]:
    """Yield every file with a reason to skip it or an empty string; None is stdin."""
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    missing = [
        p for p in given if str(p) != STDIN and not Path(p).exists() and not _hidden(Path(p))
    ]
    if missing:
        names = ", ".join(shown(str(p)) for p in missing)
        raise InputError(f"no such file or folder: {names}; check the path (- reads stdin)")
    for path in given:
        if str(path) == STDIN:
            yield None, ""
        else:
            yield from find_files(Path(path))


def _hidden(path: Path) -> bool:
    """Return whether the path may exist but lies in a folder that must not be looked into."""
    try:
        path.stat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def _read_all(found: tuple[Path | None, str], *, simplify: bool) -> list[Article | Skipped]:
    return list(_read_one(*found, simplify=simplify))


def _read_one(path: Path | None, reason: str, *, simplify: bool) -> Iterator[Article | Skipped]:
    name = STDIN if path is None else shown(path)
    if reason:
        yield Skipped(name, reason)
        return
    any_part = False
    try:
        for article in _Builder(name, simplify=simplify).articles(read_file(path)):
            any_part = True
            yield article
    except (ReadingFault, MissingExtraError) as fault:
        yield Skipped(name, str(fault))
    except MemoryError:
        yield Skipped(name, "reading it takes more memory than there is; cut it into smaller files")
    else:
        if not any_part:
            yield Skipped(name, "holds no text")


def _nothing(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return "nothing to read: the folder holds no files; give files, a folder of them, or -"
    shown_first = "; ".join(f"{s.file}: {s.reason}" for s in skipped[:5])
    more = f"; and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return f"nothing could be read: {shown_first}{more}"


# --- raw documents → articles ----------------------------------------------------------------


class _Builder:
    """Makes the articles of one file, counting them."""

    def __init__(self, file: str, *, simplify: bool) -> None:
        self.file = file
        self.simplify = simplify
        self.number = 0

    def articles(self, raws: Iterable[Raw]) -> Iterator[Article]:
        """Yield the articles; rows are gathered, also those that stand before a fault."""
        rows: list[RawRow] = []
        for raw in chain(until_fault(raws), [None]):
            if rows and (len(rows) == ROWS or not isinstance(raw, RawRow)):
                yield self.ready(rows)
                rows = []
            if isinstance(raw, RawRow):
                rows.append(raw)
            elif isinstance(raw, RawRecord):
                yield self._record(raw)
            elif isinstance(raw, RawDocument):
                yield from self._document(raw)
            elif raw:
                raise raw

    def ready(self, rows: Sequence[RawRow]) -> Article:
        """Return the article that rows make."""
        self.number += 1
        source = [row.text for row in rows]
        whole = "\n".join(source)
        if whole.count("\n") >= len(source) or "\r" in whole:
            source = list(map(_one_line, source))
        texts = clean_each(source, simplify=self.simplify)
        pairs = zip(rows, texts, strict=True)
        originals = ["" if text == row.text else row.text for row, text in pairs]
        lines, ids = [row.number for row in rows], [row.id for row in rows]
        kind, file, number, heading = map(repeat, ("body", self.file, self.number, ""))
        parts = tuple(map(Part, texts, kind, file, number, lines, heading, ids, originals))
        known = tuple(row.meta for row in rows)
        meta = known[0] if len(rows) == 1 else _shared(known)
        own = known if any(one is not meta and one != meta for one in known) else ()
        return Article(parts, self.file, self.number, ready=True, meta=meta, rows=own)

    def _record(self, record: RawRecord) -> Article:
        self.number += 1
        parts: list[Part] = []
        if record.title:
            parts.append(self._record_part(record.title, record, Part("", kind="title")))
        parts += [self._record_part(text, record, Part("")) for text in record.paragraphs]
        return Article(tuple(parts), self.file, self.number, meta=record.meta)

    def _record_part(self, source: str, record: RawRecord, like: Part) -> Part:
        text = clean(_one_line(source), simplify=self.simplify)
        original = "" if text == source else source
        return Part(text, like.kind, self.file, self.number, record.number, "", record.id, original)

    def _document(self, document: RawDocument) -> Iterator[Article]:
        source = [line.text for line in document.lines]
        whole = "\n".join(source)
        if whole.count("\n") >= len(source):
            whole = "\n".join(map(_one_line, source))  # a table's cell may have a line break inside
        texts = clean(whole, simplify=self.simplify).split("\n")
        pairs = zip(source, texts, strict=True)
        indents = [0 if text == raw else _indent(raw) for raw, text in pairs]
        hints = [line.hint for line in document.lines]
        lines = list(map(Line, texts, range(len(texts)), indents, hints))
        for draft in split(lines):
            self.number += 1
            yield self._article(draft, document)

    def _article(self, draft: Draft, document: RawDocument) -> Article:
        parts: list[Part] = []
        lines, file, number = document.lines, self.file, self.number
        for block in draft.parts:
            text, places = block.text, block.numbers
            first = lines[places[0]]
            source = first.text if len(places) == 1 else "\n".join(lines[n].text for n in places)
            original = "" if source == text else source
            kind = block.kind or "body"
            made = Part(text, kind, file, number, first.number, block.heading, "", original)
            parts.append(made)
        meta = MappingProxyType({**draft.meta, **document.meta})
        return Article(tuple(parts), self.file, self.number, meta=meta)


def _indent(line: str) -> int:
    bare = line.lstrip()
    return len(line) - len(bare) if bare else 0


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _shared(metas: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Return what all rows say alike; what differs is kept with each."""
    shared = {k: v for k, v in metas[0].items() if all(m.get(k) == v for m in metas)}
    return MappingProxyType(shared)
