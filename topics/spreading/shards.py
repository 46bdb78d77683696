"""Shards: files, or ranges of their lines, that one process tags at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from topics.corpus import Article, Skipped
from topics.ingesting import ROWS, articles_of_lines
from topics.spreading.streaming import Render, T, read
from topics.tagging import Tagger, load, ready_made

LINES: Final = 2 * ROWS
"""Lines of a jsonl file that are tagged by one process at once, as one batch: some
hundredths of a second of work, where handing it over takes a millisecond or two."""
WHOLE: Final = 1 << 25
"""Bytes of a file without ranges beyond which its tags are not kept until all are there."""
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Shard:
    """A file, or a range of whole lines of a jsonl file."""

    number: int
    """Of the file in its job."""
    file: str
    start: int = 0
    """Bytes before the first line."""
    stop: int = 0
    """Where the last line ends; 0 for a whole file."""
    line: int = 1
    """Number of the first line."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a shard."""

    rows: Sequence[Any]
    skipped: tuple[Skipped, ...] = ()
    ready: bool | None = False
    """Of a range: whether its lines are ready rows, or articles; None if they are something else,
    or of a whole file, if it is too large; then nothing was done."""
    lost: bool = False
    """Nobody could tag it: what its lines are is not known."""


def plan(file: str, number: int = 0) -> Iterator[Shard]:
    """Yield a file's shards: ranges of `LINES` lines of UTF-8 jsonl, or the whole of others."""
    path = Path(file)
    if path.suffix.lower() not in {".jsonl", ".ndjson"} or not _is_plain(path):
        yield Shard(number, file)
        return
    at, start, line, count = 0, 0, 1, 0
    with path.open("rb") as source:
        while piece := source.read(CHUNK):
            ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n")) + 1
            for n in range(LINES - count % LINES - 1, len(ends), LINES):
                stop = at + int(ends[n])
                yield Shard(number, file, start, stop, line)
                start, line = stop, line + LINES
            count += len(ends)
            at += len(piece)
    if start < at:
        yield Shard(number, file, start, at, line)


def _is_plain(path: Path) -> bool:
    """Tell whether the start of a file is UTF-8 without a mark, so that bytes tell its lines."""
    try:
        with path.open("rb") as source:
            head = source.read(CHUNK)
    except OSError:
        return False  # the reader will say why
    cut = head.rfind(b"\n") + 1 or len(head)
    try:
        head[:cut].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(head.strip()) and b"\0" not in head and not head.startswith(b"\xef\xbb\xbf")


def tag_shard(model: str | Path | None, render: Render[T], shard: Shard) -> Done:
    """Tag one shard; what went wrong is part of the answer."""
    tagger = loaded(model)
    if not shard.stop:
        if _size(shard.file) > WHOLE:
            return Done((), ready=None)
        skipped: list[Skipped] = []
        articles = _articles(read(shard.file), skipped)
        return Done(list(map(render, tagger.iter_batches(articles))), tuple(skipped))
    with Path(shard.file).open("rb") as source:
        source.seek(shard.start)
        data = source.read(shard.stop - shard.start)
    try:
        found = articles_of_lines(data.decode("utf-8"), shard.file, shard.line)
    except UnicodeDecodeError:
        found = None
    if found is None:
        return Done((), ready=None)
    return Done(list(map(render, tagger.iter_batches(found))), ready=found[0].ready)


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0  # the reader will say why


def _articles(items: Iterable[Article | Skipped], skipped: list[Skipped]) -> Iterator[Article]:
    for item in items:
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            yield item


def _version(model: str | Path | None) -> tuple[str, int]:
    folder = ready_made() if model is None else Path(model)
    manifest = folder / "model.json"
    return str(folder), manifest.stat().st_mtime_ns if manifest.exists() else 0


def loaded(model: str | Path | None) -> Tagger:
    """Return the model; a process that lives on reads it once, and again when it has changed."""
    return _loaded(*_version(model))


@lru_cache(maxsize=2)
def _loaded(folder: str, _changed: int) -> Tagger:
    return load(folder)
