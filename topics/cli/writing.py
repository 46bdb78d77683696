"""Where rows go: stdout, or a file that is written beside and renamed when it is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from topics import defusing
from topics.cli.lines import json_lines
from topics.errors import OptionsError, require
from topics.replacing import new_file
from topics.tagging.tagged import Tagged
from topics.themes import ThemeSet

if TYPE_CHECKING:
    from topics.findings import Tag


@contextmanager
def open_bytes(path: str | None) -> Iterator[BinaryIO]:
    """Open as `open_out`, for bytes."""
    if path is None:
        yield sys.stdout.buffer
        return
    with replaced(path) as fresh, fresh.open("wb") as file:
        yield file


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
    with (
        replaced(path) as fresh,
        fresh.open("w", encoding=encoding, errors="replace", newline="") as file,
    ):
        yield file


@contextmanager
def replaced(path: str) -> Iterator[Path]:
    """Give the path of a file beside ``path`` that takes its place when the block ends well.

    Raises:
        OptionsError: the file cannot be written.
    """
    try:
        with new_file(path) as fresh:
            yield fresh
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OptionsError(
            f"--out {path}: cannot be written ({error.strerror}); "
            "free some space or choose another place"
        ) from error


def out_folder(given: str | None) -> Path | None:
    """Make the folder of ``--out``, where one is given.

    Raises:
        OptionsError: it cannot be made.
    """
    if given is None:
        return None
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionsError(f"--out {given}: no folder can be made ({error.strerror})") from error
    return folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder; all are written before one takes its place.

    Raises:
        OptionsError: one cannot be written.
    """
    with ExitStack() as stack:
        for name, data in files.items():
            stack.enter_context(replaced(str(folder / name))).write_bytes(data)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A batch of tags on its way out: as text, or as tags for what needs them all."""

    paragraphs: int
    doubtful: int
    data: bytes = b""
    """UTF-8; a lone surrogate of damaged text is a question mark."""
    tags: tuple[Tag, ...] = ()
    titles: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Of the tags' articles, by file and number."""


def tag_chunk(tagged: Tagged) -> Chunk:
    """Return a batch as tags."""
    return Chunk(len(tagged), len(tagged.notes), tags=tuple(tagged), titles=tagged.titles)


def csv_chunk(tagged: Tagged, themes: ThemeSet, lang: str) -> Chunk:
    """Return a batch as lines of a table; cells that a spreadsheet would run are defused."""
    text = defusing.lines([*flat(tag, themes, lang).values()] for tag in tagged)
    return Chunk(len(tagged), len(tagged.notes), text.encode("utf-8", "replace"))


def jsonl_chunk(tagged: Tagged) -> Chunk:
    """Return a batch as JSON, a line a paragraph."""
    return Chunk(len(tagged), len(tagged.notes), json_lines(tagged))


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


def csv_header(themes: ThemeSet) -> bytes:
    """Return the first line of a table."""
    shares = [f"p_{code}" for code in themes.classes]
    names = ["file", "article", "line", "id", "theme", "name", "probability", *shares]
    return (",".join([*names, "tags", "evidence", "note", "text"]) + "\n").encode()


def write_parquet(tags: Iterable[Tag], path: str, themes: ThemeSet, lang: str) -> None:
    """Write all tags to a parquet file (extra ``parquet``)."""
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    table = arrow.Table.from_pylist([flat(tag, themes, lang) for tag in tags])
    with replaced(path) as fresh:
        parquet.write_table(table, fresh)
