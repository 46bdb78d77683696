"""Where rows go: stdout, or a file that is written beside and renamed when it is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from topics import defusing
from topics.errors import OptionsError, require
from topics.findings import Tag
from topics.replacing import new_file
from topics.tagging.tagged import Tagged, Words
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


@dataclass(frozen=True, slots=True)
class Chunk:
    """A batch of tags on its way out: as text, or as tags for what needs them all."""

    paragraphs: int
    doubtful: int
    text: str = ""
    tags: tuple[Tag, ...] = ()


def tag_chunk(tagged: Tagged) -> Chunk:
    """Return a batch as tags."""
    return Chunk(len(tagged), sum(map(bool, tagged.notes)), tags=tuple(tagged))


def csv_chunk(tagged: Tagged, themes: ThemeSet, lang: str) -> Chunk:
    """Return a batch as lines of a table; cells that a spreadsheet would run are defused."""
    text = defusing.lines([*flat(tag, themes, lang).values()] for tag in tagged)
    return Chunk(len(tagged), sum(map(bool, tagged.notes)), text)


def jsonl_chunk(tagged: Tagged) -> Chunk:
    """Return a batch as JSON, a line a paragraph: to the byte what `Tag.row` is as JSON.

    It is put together from the columns: 12 μs a paragraph. `Tag` objects, their rows and the
    encoder of `json` took 60, of 130 in all.
    """
    each = ", ".join(f"{quoted(code)}: %r" for code in tagged.classes)  # codes are a-z and _
    names = [quoted(code) for code in tagged.classes]
    notes = tagged.notes
    columns = zip(
        tagged.parts,
        tagged.columns.tolist(),
        rounded(tagged.shares, 6).tolist(),
        tagged.tags,
        _evidence(tagged.words),
        notes,
        strict=True,
    )
    lines: list[str] = []
    for part, best, shares, tags, evidence, note in columns:
        lines.append(
            f'{{"file": {quoted(part.file)}, "article": {part.article}, "line": {part.line}, '
            f'"id": {quoted(part.id)}, "text": {quoted(part.text)}, "theme": {names[best]}, '
            f'"probability": {shares[best]}, "probabilities": {{{each % tuple(shares)}}}, '
            f'"tags": [{", ".join(map(quoted, tags))}], "evidence": [{evidence}]'
            + (f', "note": {quoted(note)}}}\n' if note else "}\n")
        )
    return Chunk(len(tagged), sum(map(bool, notes)), "".join(lines))


def _evidence(words: Words) -> Iterator[str]:
    columns = zip(
        chain.from_iterable(words.of_text),
        rounded(words.weights, 4).tolist(),
        words.starts.tolist(),
        words.ends.tolist(),
        strict=True,
    )
    items = [
        f'{{"word": {quoted(word)}, "weight": {weight}, "start": {start}, "end": {end}}}'
        for word, weight, start, end in columns
    ]
    end = 0
    for found in words.of_text:
        start, end = end, end + len(found)
        yield ", ".join(items[start:end])


def rounded(values: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    """Return what ``round(value, places)`` gives for each value, a hundred times as fast."""
    scaled = values * 10.0**places
    whole = np.rint(scaled)
    result: NDArray[np.float64] = whole / 10.0**places
    # Half-way, as far as the product can tell: there Python looks at the exact decimal.
    for place in np.argwhere(np.abs(np.abs(scaled - whole) - 0.5) < 1e-6).tolist():
        result[tuple(place)] = round(float(values[tuple(place)]), places)
    return result


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


def csv_header(themes: ThemeSet) -> str:
    """Return the first line of a table."""
    shares = [f"p_{code}" for code in themes.classes]
    names = ["file", "article", "line", "id", "theme", "name", "probability", *shares]
    return ",".join([*names, "tags", "evidence", "note", "text"]) + "\n"


def write_parquet(tags: Iterable[Tag], path: str, themes: ThemeSet, lang: str) -> None:
    """Write all tags to a parquet file (extra ``parquet``)."""
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    table = arrow.Table.from_pylist([flat(tag, themes, lang) for tag in tags])
    with replaced(path) as fresh:
        parquet.write_table(table, fresh)
