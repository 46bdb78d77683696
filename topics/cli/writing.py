"""Where rows go: stdout, or a file that is written beside and renamed when it is whole."""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from topics.errors import OptionsError, require
from topics.findings import Tag
from topics.themes import ThemeSet


@contextmanager
def open_out(path: str | None, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open stdout, or a file beside ``path`` that takes its place when the block ends well.

    Raises:
        OptionsError: the file cannot be written.
    """
    if path is None:
        # Lone surrogates of damaged text must not end the run.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield sys.stdout
        return
    target = Path(path)
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise OptionsError(f"--out {path}: cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
        Path(beside).chmod(0o644)
        Path(beside).replace(target)
    except OSError as error:
        raise OptionsError(f"--out {path}: cannot be written ({error.strerror})") from error
    finally:
        Path(beside).unlink(missing_ok=True)


def write_jsonl(tags: Iterable[Tag], out: TextIO) -> None:
    """Write a row a tag."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for tag in tags:
        out.write(encode(tag.row()) + "\n")


def flat(tag: Tag, themes: ThemeSet, lang: str) -> dict[str, object]:
    """Return a tag as one flat row for spreadsheets."""
    return {
        "file": tag.part.file,
        "article": tag.part.article,
        "line": tag.part.line,
        "id": tag.part.id,
        "theme": tag.theme,
        "name": themes.label(tag.theme, lang),
        "probability": round(tag.probability, 6),
        **{f"p_{code}": round(p, 6) for code, p in tag.probabilities.items()},
        "tags": "|".join(tag.tags),
        "evidence": " ".join(e.word for e in tag.evidence),
        "note": tag.note,
        "text": tag.text,
    }


def write_csv(tags: Iterable[Tag], out: TextIO, themes: ThemeSet, lang: str) -> None:
    """Write a row a tag; cells that a spreadsheet would run as a formula are defused."""
    writer: csv.DictWriter[str] | None = None
    for tag in tags:
        row = {key: defused(value) for key, value in flat(tag, themes, lang).items()}
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)


def defused(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def write_parquet(tags: Iterable[Tag], path: str, themes: ThemeSet, lang: str) -> None:
    """Write all tags to a parquet file (extra ``parquet``)."""
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    table = arrow.Table.from_pylist([flat(tag, themes, lang) for tag in tags])
    target = Path(path)
    beside = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        parquet.write_table(table, beside)
        beside.replace(target)
    except OSError as error:
        raise OptionsError(f"--out {path}: cannot be written ({error.strerror})") from error
    finally:
        beside.unlink(missing_ok=True)
