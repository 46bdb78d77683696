"""Tagging spread over processes: the unit of work is a file, never a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from topics.corpus import Skipped
from topics.findings import Tag
from topics.ingesting import iter_articles, list_files
from topics.tagging import load


def tag_files(
    model: str | Path | None, paths: Sequence[str | Path], jobs: int
) -> Iterator[Tag | Skipped]:
    """Tag files in ``jobs`` processes, or wherever ``joblib.parallel_config`` says.

    The rows come in the order of the files, the same numbers as from one process.
    """
    from joblib import Parallel, delayed

    files = [file for path in paths for file in list_files(path)]
    work = Parallel(n_jobs=jobs, return_as="generator")
    for rows in work(delayed(_tag_file)(model, file) for file in files):
        yield from rows


def _tag_file(model: str | Path | None, file: str) -> list[Tag | Skipped]:
    """Tag one file; what went wrong is part of the answer."""
    items = list(iter_articles(file))
    skipped: list[Tag | Skipped] = [item for item in items if isinstance(item, Skipped)]
    articles = [item for item in items if not isinstance(item, Skipped)]
    return [*load(model).iter_tags(articles), *skipped]
