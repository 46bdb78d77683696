"""A request's text or file → articles, by topics' own reader, within bounds.

A pasted text is written to a file and read like any other, so that the answer is the command
line's. A file that somebody else made is read in a process of its own, with a limit on memory and
time: what hangs or swells is ended, and the server goes on.
"""

from __future__ import annotations

import base64
import binascii
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from topics.corpus import Article, Skipped
from topics.errors import InputError
from topics.ingesting import iter_articles
from topics.reading import SUFFIXES
from topics.reading.files import STDIN

MAX_MEMORY: Final = 3 << 30
"""Bytes of address space that reading one file may take; libraries alone map about half of one."""
MAX_READERS: Final = 2
"""Files that are read at the same time."""
_SUFFIX: Final = re.compile(r"(\.[a-z0-9]{1,10})?(\.gz)?$", re.IGNORECASE)
_PLAIN: Final = frozenset({"", ".txt", ".text", ".md", ".markdown"})
_readers: Final = threading.BoundedSemaphore(MAX_READERS)


def read_text(text: str, max_characters: int) -> list[Article]:
    """Return the articles of a pasted text; their file is ``-``, as of what comes on stdin.

    Raises:
        InputError: too long, or nothing in it can be read; why.
    """
    if len(text) > max_characters:
        raise InputError(_too_long(len(text), max_characters))
    with tempfile.TemporaryDirectory(prefix="topics-") as folder:
        path = Path(folder, "text.txt")
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
        return _articles(_read(path, STDIN, max_characters), STDIN)


def read_file(
    file: Mapping[str, object], max_characters: int, seconds: float
) -> tuple[str, list[Article]]:
    """Return the name and the articles of ``{"name": …, "data": base64}``.

    Raises:
        InputError: not such an object, too long, too slow, or nothing in it can be read; why.
    """
    given, data = file.get("name"), file.get("data")
    if not isinstance(given, str) or not isinstance(data, str) or set(file) != {"name", "data"}:
        raise InputError("'file' must be an object of two texts: 'name', and 'data' in base64")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("'data' of the file is not base64") from error
    name = given.replace("\\", "/").rpartition("/")[2][-200:] or "file"
    suffix = "".join(_SUFFIX.search(name).groups("")).lower()  # type: ignore[union-attr]  # matches
    if suffix.removesuffix(".gz") not in SUFFIXES:
        raise InputError(
            f"{name}: unknown kind of file {suffix!r}; read are {' '.join(sorted(SUFFIXES))}"
        )
    if suffix in _PLAIN and len(content) > 4 * max_characters:  # no encoding takes more
        raise InputError(f"{name}: {_too_long(len(content) // 4, max_characters)}")
    with tempfile.TemporaryDirectory(prefix="topics-") as folder:
        path = Path(folder, f"file{suffix}")  # of the stranger's name only the checked suffix
        path.write_bytes(content)
        with _readers:
            return name, _articles(_read_apart(path, name, max_characters, seconds), name)


def _too_long(found: int, allowed: int) -> str:
    return f"{found:,} characters are more than {allowed:,}; send less at once, or use topics tag"


def _articles(items: Sequence[Article | Skipped], name: str) -> list[Article]:
    articles = [item for item in items if isinstance(item, Article) and item.paragraphs]
    if not articles:
        reasons = [item.reason for item in items if isinstance(item, Skipped)]
        raise InputError(f"{name}: {(reasons or ['no body paragraph was found'])[0]}")
    return articles


def _read(path: Path, name: str, max_characters: int) -> list[Article | Skipped]:
    items: list[Article | Skipped] = []
    size = 0
    for item in iter_articles(path):
        if isinstance(item, Article):
            size += sum(len(part.text) for part in item.parts)
            if size > max_characters:
                return [Skipped(name, _too_long(size, max_characters))]
            parts = tuple(replace(part, file=name) for part in item.parts)
            items.append(replace(item, parts=parts, file=name))
        else:
            items.append(Skipped(name, item.reason))
    return items


def _read_apart(
    path: Path, name: str, max_characters: int, seconds: float
) -> list[Article | Skipped]:
    context = _context()
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(
        target=_answer, args=(theirs, path, name, max_characters, seconds), daemon=True
    )
    child.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return [Skipped(name, f"reading it took longer than {seconds:g} seconds")]
        answer: list[Article | Skipped] = ours.recv()
    except EOFError:
        return [Skipped(name, "reading it took too much memory or time")]
    else:
        return answer
    finally:
        child.kill()
        child.join()
        ours.close()


def _context() -> Any:  # noqa: ANN401  # the two kinds of context share no public type
    """Return how processes begin: from a clean one that has the reader loaded, where that is."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["topics.web.receiving"])
    return context


def _end_with_server() -> None:
    if server := multiprocessing.parent_process():  # not the process that this is a copy of
        server.join()
        os._exit(1)


def _answer(pipe: Connection, path: Path, name: str, max_characters: int, seconds: float) -> None:
    """Read a file and send what is in it: the whole work of a child, which ends with the server."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends without a word
    threading.Thread(target=_end_with_server, daemon=True).start()
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        limit = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pipe.send(_read(path, name, max_characters))
    except MemoryError:
        pipe.send([Skipped(name, "reading it took too much memory")])
    pipe.close()
