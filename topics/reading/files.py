"""Paths → bytes → lines: folders are walked, gzip is undone, everything has a bound."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from topics.reading.decoding import decode, encoding_of
from topics.reading.documents import ReadingFault

CHUNK: Final = 1 << 20
SHORT: Final = 1 << 16  # bytes; even empty lines, of so few make one block of plain text
MAX_WHOLE: Final = 1 << 28  # bytes of a file that must be read as a whole (256 MB)
MAX_LINE: Final = 1 << 24  # characters of one line; longer ones are no text
MAX_DEPTH: Final = 100  # folders in folders; deeper ones were made to break what walks them
MAX_RATIO: Final = 100  # gzip of Chinese text gives 2 to 20; of nothing but blank lines 1,000
FREE_RATIO: Final = 1 << 23  # bytes below which the ratio does not matter; 8 million blank lines
SWOLLEN: Final = "decompresses to more than {} times its size; not read"
_EXTRA_BREAK: Final = re.compile("[\x0b\x0c\x85\u2028\u2029]")

STDIN: Final = "-"


def walk(path: Path, *, within: bool = False, depth: int = 0) -> Iterator[tuple[Path, str]]:
    """Yield the files at ``path``, sorted, each with a reason to skip it or an empty string.

    A folder is walked to its leaves; hidden files and folders are passed over silently.

    Args:
        path: A file or a folder.
        within: Whether it was found in a folder; else somebody named it.
        depth: How many folders it was found below.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield path, _reason(error)
        return
    if stat.S_ISREG(mode):
        yield path, ""
    elif not stat.S_ISDIR(mode):
        yield path, "not a regular file"
    elif within and path.is_symlink():
        yield path, "a link to a folder; name the folder itself"
    elif depth == MAX_DEPTH:
        yield path, f"{MAX_DEPTH} folders deep; name this folder itself"
    else:
        yield from _walk_folder(path, depth)


def _walk_folder(folder: Path, depth: int) -> Iterator[tuple[Path, str]]:
    try:
        with os.scandir(folder) as entries:  # it knows what each is without asking again
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield folder, _reason(error)
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_file(follow_symlinks=False):
            yield folder / entry.name, ""
        else:
            yield from walk(folder / entry.name, within=True, depth=depth + 1)


def shown(path: str | Path) -> str:
    """Return the path for people: forward slashes; bytes that are not UTF-8 are escaped."""
    text = path if isinstance(path, str) else path.as_posix()
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def name_is_utf8(path: Path) -> bool:
    """Return whether the path's name can be written as UTF-8."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def suffix_of(path: Path) -> str:
    """Return the suffix that tells the format, without ``.gz``, in lower case."""
    name = path.name
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - Path.suffix takes four times the time
    if suffix.lower() == ".gz":
        suffix = os.path.splitext(stem)[1]  # noqa: PTH122
    return "" if suffix == "." else suffix.lower()


def chunks(path: Path | None) -> Iterator[bytes]:
    """Yield the bytes of a file (None: stdin), decompressed, piece by piece.

    Raises:
        ReadingFault: if it cannot be opened, is damaged, or swells beyond all proportion.
    """
    try:
        if path is None:
            yield from _pieces(sys.stdin.buffer, 0)
            return
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as file:
                yield from _pieces(file, path.stat().st_size)
        else:
            with path.open("rb") as file:
                yield from _pieces(file, 0)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReadingFault(f"damaged gzip data ({error})") from error
    except OSError as error:
        raise ReadingFault(_reason(error)) from error


def _pieces(file: BinaryIO | gzip.GzipFile, packed: int) -> Iterator[bytes]:
    total = 0
    while piece := file.read(CHUNK):
        total += len(piece)
        if packed and total > max(FREE_RATIO, MAX_RATIO * packed):
            raise ReadingFault(SWOLLEN.format(MAX_RATIO))
        yield piece


def whole(path: Path | None) -> bytes:
    """Return all bytes of a file (None: stdin).

    Raises:
        ReadingFault: as `chunks`; if it is empty, or larger than ``MAX_WHOLE``.
    """
    pieces: list[bytes] = []
    total = 0
    for piece in chunks(path):
        total += len(piece)
        if total > MAX_WHOLE:
            raise ReadingFault(f"larger than {MAX_WHOLE >> 20} MB; such a file must be cut first")
        pieces.append(piece)
    if not total:
        raise ReadingFault("empty")
    return b"".join(pieces)


def texts(path: Path | None) -> Iterator[str]:
    """Yield the decoded text of a file piece by piece, with one kind of line break.

    Raises:
        ReadingFault: as `chunks`, or if it is empty or no text.
    """
    source = chunks(path)
    head = b""
    for piece in source:
        head += piece
        if len(head) >= CHUNK:
            break
    if len(head) < CHUNK and not head.strip():
        raise ReadingFault("empty" if not head else "only white space")
    if len(head) < CHUNK:  # most files: no need to remember where a piece was cut
        text = decode(head)
        yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
        return
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    done = 0
    encoding = encoding_of(head, complete=False)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _chain(head, source):
            yield newlines.decode(decoder.decode(piece))
            done += len(piece)
        yield newlines.decode(decoder.decode(b"", True), True)  # noqa: FBT003 - positional only
    except UnicodeDecodeError as error:
        raise ReadingFault(f"not valid {encoding} near byte {done + error.start}") from error


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def lines_of_short(path: Path) -> list[str] | None:
    """Return the lines of a text file as `numbered_lines` has them: a folder may hold thousands.

    None where that has more to do: for a file of more than ``SHORT`` bytes, and for rare breaks.

    Raises:
        ReadingFault: as `texts`.
    """
    if str(path)[-3:].lower() == ".gz":
        return None
    try:
        head = _first_bytes(path)
    except OSError as error:
        raise ReadingFault(_reason(error)) from error
    if len(head) > SHORT:
        return None
    if not head.strip():
        raise ReadingFault("empty" if not head else "only white space")
    text = decode(head)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    rare = len(text.splitlines()) != len(lines) - (not lines[-1]) or _EXTRA_BREAK.search(lines[-1])
    return None if rare else lines


def _first_bytes(path: Path) -> bytes:
    """Return up to ``SHORT`` + 1 bytes, without a buffer, which costs more than reading does."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        head = os.read(file, SHORT + 1)
        while len(head) <= SHORT and (more := os.read(file, SHORT + 1 - len(head))):
            head += more
    finally:
        os.close(file)
    return head


def numbered_lines(path: Path | None) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their 1-based numbers, without their ends.

    Form feeds and other rare breaks part a line too; its parts keep its number.

    Raises:
        ReadingFault: as `texts`, or for a line of more than ``MAX_LINE`` characters.
    """
    number, rest = 1, ""
    for text in texts(path):
        text = rest + text
        lines = text.split("\n")
        rest = lines.pop()
        rare = len(text.splitlines()) != len(lines) + bool(rest)
        for line in lines:
            if rare and _EXTRA_BREAK.search(line):
                yield from ((number, part) for part in _EXTRA_BREAK.split(line))
            else:
                yield number, line
            number += 1
        if len(rest) > MAX_LINE:
            raise ReadingFault(f"line {number} is longer than {MAX_LINE >> 20} million characters")
    yield from ((number, part) for part in _EXTRA_BREAK.split(rest))


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no right to read it"
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return error.strerror or type(error).__name__
