"""Tagging spread over processes: the unit of work is a file, or a range of lines, never a text.

A pure function (model, shard) → rows is what travels; it runs in processes of this machine, or
wherever ``joblib.parallel_config(backend=…)`` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from topics.corpus import Skipped
from topics.ingesting import ROWS, list_files
from topics.spreading import shards
from topics.spreading.shards import Done, Shard, loaded, plan
from topics.spreading.streaming import START, Place, Render, T, stream
from topics.tagging import Tagger

__all__ = ["START", "Place", "loaded", "tag_files", "tag_here"]


def tag_here(
    tagger: Tagger, paths: Sequence[str | Path], render: Render[T], start: Place = START
) -> Iterator[T | Skipped | Place]:
    """Tag files in this process, in constant memory.

    Yields what ``render`` makes of each batch, what was skipped where its turn has come, and after
    them the place from which another run would go on.
    """
    return stream(tagger, _listed(paths), render, start)


def tag_files(
    model: str | Path | None,
    paths: Sequence[str | Path],
    jobs: int,
    render: Render[T],
    start: Place = START,
) -> Iterator[T | Skipped | Place]:
    """Tag files in ``jobs`` processes; the answer is that of `tag_here`, in its order.

    A process that dies (memory, a fault of a library) costs the shard that it had, which is then
    among the skipped; every shard is tried twice.
    """
    from topics.spreading.processes import spread  # brings what processes need

    files = _listed(paths)
    if start.articles and not start.line:  # in the middle of a file that is no even rows
        yield from _rest(model, files, start, render)
        start = Place(start.files + 1)
    whole: set[int] = set()  # files that are no even rows: read on from where that showed
    ready = {start.files: start.ready} if start.line else {}
    ranges = (
        shard
        for number in range(start.files, len(files))
        for shard in plan(files[number], number)
        if number not in whole and (number > start.files or shard.line >= start.line)
    )
    for shard, done in spread(ranges, model, render, jobs):
        if shard.number in whole:
            continue
        if _uneven(shard, done, ready):
            whole.add(shard.number)
            yield from _rest(model, files, _before(shard, ready), render)
        else:
            yield from done.rows
            yield from done.skipped
            if shard.number in ready or not shard.stop:
                yield _after(shard, ready)


def _listed(paths: Sequence[str | Path]) -> list[str]:
    return [file for path in paths for file in list_files(path)]


def _uneven(shard: Shard, done: Done, ready: dict[int, bool]) -> bool:
    """Tell whether a range holds something else than those before it, or a file is too large."""
    if done.ready is None:
        return True
    if not shard.stop or done.lost:
        return False
    return ready.setdefault(shard.number, done.ready) != done.ready


def _before(shard: Shard, ready: dict[int, bool]) -> Place:
    if shard.number not in ready:
        return Place(shard.number)  # the first range, or all before it were lost
    rows = ready[shard.number]
    return Place(shard.number, (shard.line - 1) // ROWS if rows else shard.line - 1)


def _after(shard: Shard, ready: dict[int, bool]) -> Place:
    if not shard.stop:
        return Place(shard.number + 1)
    line, rows = shard.line + shards.LINES, ready[shard.number]
    return Place(shard.number, (line - 1) // ROWS if rows else line - 1, line, rows)


def _rest(
    model: str | Path | None, files: Sequence[str], start: Place, render: Render[T]
) -> Iterator[T | Skipped | Place]:
    """Tag one file from ``start`` on in this process, as a stream."""
    return stream(loaded(model), files[: start.files + 1], render, start)
