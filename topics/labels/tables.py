"""Labels files: tables that people, spreadsheets and Label Studio write, and our own."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from topics import defusing
from topics.errors import LabelError, did_you_mean
from topics.labels.matching import Label, Labels
from topics.replacing import new_file
from topics.themes import OTHER, ThemeSet

COLUMNS: Final = ("text", "id", "file", "line", "theme", "tags", "split")
"""What `write_labels` writes first; Label Studio imports such a table."""
SKIPPED: Final = "?"
"""Stands for the theme where somebody was asked and passed."""

_ALIASES: Final = {
    "theme": ("theme", "primary", "label", "主题"),
    "tags": ("tags", "all", "标签"),
    "split": ("split", "划分"),
    "id": ("id", "编号"),
    "file": ("file", "文件"),
    "line": ("line", "行"),
    "text": ("text", "文本", "段落"),
    "annotator": ("annotator", "coder", "标注者", "标注人"),
}
_CHOICES: Final = ("choice", "choices", "sentiment", "annotation", "topic", "class", "category")
"""What Label Studio's usual templates call the answer."""
_LABEL_STUDIO: Final = frozenset({"annotation_id", "annotator", "lead_time"})
_SEPARATORS: Final = re.compile(r"[|,，、;；]")


def read_labels(path: str | Path, themes: ThemeSet, *, skipped: bool = False) -> Labels:
    """Read a labels file: comma, semicolon or tab; UTF-8, UTF-16 or GB18030.

    Columns: ``theme`` (a code or a name, in Chinese or English), and one of ``id``, ``file``
    with ``line``, or ``text``; optionally ``tags`` (several, separated by ``|`` or ``,``) and
    ``split``, and ``annotator``, who says so. A row without a theme is passed over, and one with
    `SKIPPED`. Label Studio's CSV export is understood: its own task numbers are no ids of ours.

    Args:
        path: the file.
        themes: what the labels name.
        skipped: keep the rows with `SKIPPED`, as class -1, and allow that there is no other.

    Raises:
        LabelError: what was found, at which line, and what is allowed.
    """
    header, rows = _table(Path(path))
    if not rows:
        raise LabelError(f"{path}: no rows; a labels file has a header and one row a paragraph")
    columns = _columns(header, rows, themes, str(path))
    names = _names(themes) | {SKIPPED: -1}
    found = [_label(row, n, columns, names, str(path)) for n, row in rows]
    labels = tuple(label for label in found if label and (skipped or label.theme >= 0))
    if not labels and not skipped:
        raise LabelError(
            f"{path}: no row has a theme; write one of {', '.join(themes.classes)} into the "
            f"column {columns['theme']!r}"
        )
    return Labels(labels, str(path))


Row = dict[str, str]


def read_rows(path: str | Path) -> list[Row]:
    """Read the rows of a table as they stand: column → cell, in the order of the header.

    Raises:
        LabelError: if it cannot be read.
    """
    header, rows = _table(Path(path))
    return [{name: row.get(name, "") for name in header} for _, row in rows]


def _table(path: Path) -> tuple[list[str], list[tuple[int, Row]]]:
    """Return the header and the rows that are not empty, each with the line it starts at."""
    text = _decode(path)
    head = text.partition("\n")[0]
    separator = max("\t;,", key=lambda mark: (head.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[int, Row]] = []
    try:
        header = [_plain(name) for name in next(reader, [])]
        start = reader.line_num + 1
        for cells in reader:
            plain = list(zip(header, map(_plain, cells), strict=False))
            row = dict(reversed(plain))  # of two columns of one name the first
            if any(row.values()):
                rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise LabelError(f"{path}, line {reader.line_num}: not a CSV table ({error})") from error
    return header, rows


def _plain(cell: str) -> str:
    """Return what a cell says; a break in it is a line feed, as `write_labels` writes it."""
    plain = defusing.restored(cell.strip()).strip()
    return plain.replace("\r\n", "\n").replace("\r", "\n")


def _decode(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LabelError(f"{path}: cannot be read ({error.strerror}); give a CSV file") from error
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}  # what Excel calls Unicode text
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).lstrip("\ufeff")  # some programs write it twice
        except UnicodeDecodeError:
            continue
    raise LabelError(f"{path}: neither UTF-8 nor GB18030; save it as CSV in UTF-8")


def _columns(
    header: Sequence[str], rows: Sequence[tuple[int, Row]], themes: ThemeSet, path: str
) -> dict[str, str]:
    """Return what is needed → the name of its column here."""
    lower = {name.lower(): name for name in reversed(header)}
    known = {
        need: next(lower[alias] for alias in aliases if alias in lower)
        for need, aliases in _ALIASES.items()
        if any(alias in lower for alias in aliases)
    }
    if not _LABEL_STUDIO.isdisjoint(lower):
        known = _exported(known, lower, rows, _names(themes))
    if "theme" not in known and (answer := next((lower[n] for n in _CHOICES if n in lower), None)):
        known["theme"] = answer
    if "theme" not in known:
        raise LabelError(
            f"{path}: no column 'theme' (or primary, label, 主题); found: {_listed(header)}"
        )
    if not ({"id", "text"} & set(known) or {"file", "line"} <= set(known)):
        raise LabelError(
            f"{path}: nothing says which paragraph a row is for; give a column 'id', the columns "
            f"'file' and 'line', or a column 'text'; found: {_listed(header)}"
        )
    return known


def _listed(header: Sequence[str]) -> str:
    return ", ".join(header[:20]) + (" …" if len(header) > 20 else "")


def _exported(
    known: dict[str, str],
    lower: Mapping[str, str],
    rows: Sequence[tuple[int, Row]],
    names: Mapping[str, int],
) -> dict[str, str]:
    """Read Label Studio's columns: its id is its own; the answer may have any name."""
    if {"text", "file"} & set(known):
        known = {need: name for need, name in known.items() if need != "id"}
    first = [name for name in _CHOICES if name in lower]
    for key in dict.fromkeys((*first, *lower)):
        name = lower[key]
        cells = [cell for _, row in rows if (cell := row.get(name, ""))]
        free = name not in known.values() and cells
        if free and all(code.casefold() in names for cell in cells for code in _codes(cell)):
            return {**{k: v for k, v in known.items() if k != "tags"}, "theme": name}
    return known


def _names(themes: ThemeSet) -> dict[str, int]:
    """Return code, Chinese and English name → index in the classes; codes win."""
    classes = themes.classes
    names = {"其它": len(classes) - 1}
    for look in (lambda c: themes[c].en, lambda c: themes[c].zh, lambda c: c):
        names |= {look(code).casefold(): n for n, code in enumerate(classes) if look(code)}
    return names


def _codes(cell: str) -> list[str]:
    """Return the codes of a cell: ``a|b``, ``a,b`` or Label Studio's ``{"choices": [...]}``."""
    if cell.startswith(("{", "[")):
        try:
            data = json.loads(cell)
        except (ValueError, RecursionError):
            return [cell]
        chosen = data.get("choices", []) if isinstance(data, dict) else data
        return [str(code) for code in chosen] if isinstance(chosen, list) else [cell]
    return [code.strip() for code in _SEPARATORS.split(cell) if code.strip()]


def _label(
    row: Row, number: int, columns: Mapping[str, str], names: Mapping[str, int], path: str
) -> Label | None:
    """Return the label of a row; None where it has no theme."""
    where = f"{path}, line {number}"
    cells = {need: row.get(name, "") for need, name in columns.items()}
    whole = cells["theme"].casefold() in names  # a name may hold a comma
    found = _themes([cells["theme"]] if whole else _codes(cells["theme"]), names, where)
    if not found:
        return None
    other = names[OTHER]
    tags: frozenset[int] | None = frozenset(found) - {other, -1} if len(found) > 1 else None
    said = _themes(_codes(cells.get("tags", "")), names, where)
    if said or ("tags" in cells and found[0] == other):
        tags = frozenset((*found, *said)) - {other, -1}
    line = cells.get("line", "")
    if line and not re.fullmatch(r"\d+(\.0)?", line):
        raise LabelError(f"{where}: the line is {line!r}; give the line's number, from 1")
    place = (cells.get("id", ""), cells.get("file", ""), int(float(line or 0)))
    split, text, who = (cells.get(need, "") for need in ("split", "text", "annotator"))
    return Label(found[0], tags, split, *place, text, number, who)


def _themes(codes: Iterable[str], names: Mapping[str, int], where: str) -> list[int]:
    found = []
    for code in codes:
        if code.casefold() not in names:
            raise LabelError(
                f"{where}: no theme is called {code!r}{did_you_mean(code, set(names) - {SKIPPED})}"
            )
        found.append(names[code.casefold()])
    return found


def write_labels(path: str | Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a labels file at once: after a crash the old one stands, or the new one, whole.

    Args:
        path: the file; UTF-8, comma, columns of `COLUMNS` first.
        rows: column → value; a set, list or tuple of codes is joined by ``|``.
    """
    kept = list(rows)
    names = dict.fromkeys(name for row in kept for name in row)
    header = [n for n in COLUMNS if n in names] + [n for n in names if n not in COLUMNS]
    cells = ([_cell(row.get(name, "")) for name in header] for row in kept)
    text = defusing.lines((header or COLUMNS, *cells))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as fresh:
        fresh.write_bytes(text.encode("utf-8", "replace"))


def _cell(value: object) -> str:
    if isinstance(value, set | frozenset | list | tuple):
        codes = [str(code) for code in value]
        return "|".join(sorted(codes) if isinstance(value, set | frozenset) else codes)
    return "" if value is None else str(value)
