"""Tagging spread over processes: the unit of work is a file, or a range of lines, never a text.

A pure function (model, shard) → rows is what travels; it runs in processes of this machine, or
wherever ``joblib.parallel_config(backend=…)`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from topics.corpus import Article, Skipped
from topics.ingesting import ROWS, articles_of_lines, iter_articles, list_files
from topics.tagging import Tagger, load, ready_made
from topics.tagging.tagged import Tagged

LINES: Final = 16 * ROWS
"""Lines of a jsonl file that are tagged by one process at once: half a second of work, where
handing it over takes a millisecond."""
WINDOW: Final = 8
"""Shards a process may be ahead of the writer: bounds what is held, and what is tried again."""
CHUNK: Final = 1 << 20

T = TypeVar("T")
Render = Callable[[Tagged], T]
"""Makes of a batch what comes back: a function of a module, since it travels too."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A file, or a range of whole lines of a jsonl file."""

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
    and so nothing was done."""


def tag_here(
    tagger: Tagger, paths: Sequence[str | Path], render: Render[T]
) -> Iterator[T | Skipped]:
    """Tag files in this process, in constant memory; what was skipped comes at the end."""
    skipped: list[Skipped] = []
    yield from map(render, tagger.iter_batches(_articles(iter_articles(paths), skipped)))
    yield from skipped


def tag_files(
    model: str | Path | None, paths: Sequence[str | Path], jobs: int, render: Render[T]
) -> Iterator[T | Skipped]:
    """Tag files in ``jobs`` processes; the answer is that of `tag_here`, in its order.

    A process that dies (memory, a fault of a library) costs the shard that it had, which is then
    among the skipped; every shard is tried twice.
    """
    whole: set[str] = set()  # files that are no even rows: read on from where that showed
    ready: dict[str, bool] = {}
    files = [file for path in paths for file in list_files(path)]
    shards = (shard for file in files for shard in plan(file) if file not in whole)
    for shard, done in _spread(shards, model, render, jobs):
        if shard.file in whole:
            continue
        if shard.stop and (
            done.ready is None or ready.setdefault(shard.file, done.ready) != done.ready
        ):
            whole.add(shard.file)
            yield from _rest(model, shard, render, ready=ready.get(shard.file, False))
        else:
            yield from done.rows
            yield from done.skipped


def plan(file: str) -> Iterator[Shard]:
    """Yield a file's shards: ranges of `LINES` lines of UTF-8 jsonl, or the whole of others."""
    path = Path(file)
    if path.suffix.lower() not in {".jsonl", ".ndjson"} or not _is_plain(path):
        yield Shard(file)
        return
    at, start, line, count = 0, 0, 1, 0
    with path.open("rb") as source:
        while piece := source.read(CHUNK):
            ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n")) + 1
            for n in range(LINES - count % LINES - 1, len(ends), LINES):
                stop = at + int(ends[n])
                yield Shard(file, start, stop, line)
                start, line = stop, line + LINES
            count += len(ends)
            at += len(piece)
    if start < at:
        yield Shard(file, start, at, line)


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


def _spread(
    shards: Iterable[Shard], model: str | Path | None, render: Render[T], jobs: int
) -> Iterator[tuple[Shard, Done]]:
    """Yield each shard with what came of it, in order."""
    from joblib import Parallel, delayed

    stream = iter(shards)
    while window := list(islice(stream, jobs * WINDOW)):
        pending = list(window)
        try:
            work = Parallel(n_jobs=jobs, return_as="generator")
            for done in work(delayed(tag_shard)(model, shard, render) for shard in window):
                yield pending.pop(0), done
        except BrokenExecutor:  # one by one: only the shard that kills its process is lost
            for shard in pending:
                yield shard, _alone(model, shard, render)


def _alone(model: str | Path | None, shard: Shard, render: Render[T]) -> Done:
    from joblib import Parallel, delayed

    try:
        # One task in a pool of two: joblib runs a pool of one in this very process.
        (done,) = Parallel(n_jobs=2)([delayed(tag_shard)(model, shard, render)])
    except BrokenExecutor:
        where = f"from line {shard.line} on, {LINES} lines: " if shard.stop else ""
        reason = f"{where}the process that tagged it died, twice (out of memory?)"
        return Done((), (Skipped(shard.file, reason),), ready=True)
    return done  # type: ignore[no-any-return]


def tag_shard(model: str | Path | None, shard: Shard, render: Render[T]) -> Done:
    """Tag one shard; what went wrong is part of the answer."""
    tagger = _loaded(*_version(model))
    if not shard.stop:
        skipped: list[Skipped] = []
        articles = _articles(iter_articles(shard.file), skipped)
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


def _rest(
    model: str | Path | None, shard: Shard, render: Render[T], *, ready: bool
) -> Iterator[T | Skipped]:
    """Tag a file from ``shard`` on in this process, as a stream."""
    before = (shard.line - 1) // ROWS if ready else shard.line - 1
    skipped: list[Skipped] = []
    articles = _articles(iter_articles(shard.file), skipped)
    tagger = _loaded(*_version(model))
    yield from map(render, tagger.iter_batches(islice(articles, before, None)))
    yield from skipped


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


@lru_cache(maxsize=2)
def _loaded(folder: str, _changed: int) -> Tagger:
    """Return the model; a process that lives on reads it once, and again when it has changed."""
    return load(folder)
