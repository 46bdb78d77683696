"""Rows of jsonl, json, csv and tsv → raw rows and records, one at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from topics.corpus import as_date
from topics.reading.cells import plain
from topics.reading.documents import Raw, RawDocument, RawLine, RawRecord, RawRow, ReadingFault

MAX_FIELD: Final = 1 << 24  # characters of one csv field
MAX_FIELDS: Final = 10_000  # of one row; tables of texts have some dozen
MAX_VALUES: Final = (
    10_000_000  # lists, objects and values of one .json; each takes 50 bytes or more
)
_TEXT: Final = ("text", "paragraph", "sentence", "文本", "段落")
_BODY: Final = ("content", "body", "article", "正文", "内容")
_LIST: Final = ("paragraphs", "paras", "段落列表")
_TITLE: Final = ("title", "headline", "标题", "题目")
_ID: Final = ("id", "ID", "Id", "uid", "编号")
_META: Final = {
    "date": ("date", "pubdate", "publish_date", "time", "日期", "时间"),
    "source": ("source", "来源", "媒体"),
    "author": ("author", "作者"),
    "place": ("place", "location", "地点"),
}


def jsonl_rows(lines: Iterable[tuple[int, str]]) -> Iterator[Raw]:
    """Yield what stands in numbered lines of JSON; a bad line does not lose those after it.

    Raises:
        ReadingFault: at the end, if some lines were no JSON objects with a text; it names the
            first of them.
    """
    faults, first = 0, ""
    for number, line in lines:
        if not line or line.isspace():
            continue
        try:
            found = raw_of(_loads(line), number)
        except ReadingFault as error:
            first = first or str(error)
            faults += 1
        except (ValueError, RecursionError) as error:
            first = first or f"line {number} is not JSON ({_short(error)})"
            faults += 1
        else:
            yield found
    if faults:
        raise ReadingFault(first + (f"; {faults} such lines were left out" if faults > 1 else ""))


def json_rows(text: str) -> Iterator[Raw]:
    """Yield what stands in a JSON document: an object, a list of objects, or a list of texts.

    Raises:
        ReadingFault: if it is not JSON or holds something else.
    """
    values = sum(map(text.count, "[{,"))
    if values > MAX_VALUES:
        raise ReadingFault(
            f"holds {values:,} values, more than {MAX_VALUES:,}; save it as .jsonl, a row a line"
        )
    try:
        value = _loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadingFault(f"not JSON ({_short(error)})") from error
    if isinstance(value, Mapping) and not _is_row(value):
        inner = [
            v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], Mapping)
        ]
        value = inner[0] if len(inner) == 1 else value
    for n, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield raw_of(item, n)


def csv_rows(lines: Iterable[str], *, tabs: bool = False) -> Iterator[Raw]:
    """Yield the rows of a table whose first line names its columns.

    Raises:
        ReadingFault: if no column holds texts.
    """
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(lines, delimiter="\t" if tabs else ",")
    try:
        names = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
        if len(names) > MAX_FIELDS:
            raise ReadingFault(_too_wide(len(names), 1))
        known = [n for n in names if n in {*_TEXT, *_BODY, *_LIST}]
        if not known:
            raise ReadingFault(
                f"no column holds text: found {_listed(names)}; "
                f"name one of them {_TEXT[0]} or {_BODY[0]}"
            )
        start = reader.line_num + 1
        for cells in reader:
            if cells:
                yield raw_of(dict(zip(names, cells, strict=False)), start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise ReadingFault(f"line {reader.line_num} is not a table row ({error})") from error


def row_of(value: object, number: int) -> Iterator[Raw]:
    """Yield what one row holds, as `raw_of` gives it."""
    yield raw_of(value, number)


def raw_of(value: object, number: int) -> Raw:
    """Return what one row holds: a ready paragraph, an article, or (a string) a document.

    Raises:
        ReadingFault: if it holds no text.
    """
    if isinstance(value, str):
        return RawRow(value, number)
    if not isinstance(value, _MAPPINGS):
        raise ReadingFault(f"row {number} is {type(value).__name__}, not an object with a text")
    row: Mapping[str, Any] = value
    if len(row) > MAX_FIELDS:
        raise ReadingFault(_too_wide(len(row), number))
    for key in _TEXT:
        if isinstance(text := row.get(key), str):
            text = plain(text) if "<" in text else text
            name = row.get(_ID[0])
            name = name if isinstance(name, str) and name else _string(_pick(row, _ID))
            return RawRow(text, number, name, _NOTHING if row.keys() <= _OWN else _meta(row))
    return _record(row, number)


def _record(row: Mapping[str, Any], number: int) -> Raw:
    title = _string(_pick(row, _TITLE))
    paragraphs = next((row[k] for k in (*_LIST, *_BODY) if isinstance(row.get(k), list)), None)
    if paragraphs is not None:
        texts = [_string(p.get("text", "") if isinstance(p, Mapping) else p) for p in paragraphs]
        return RawRecord(title, texts, number, _string(_pick(row, _ID)), _meta(row))
    body = next((row[k] for k in _BODY if isinstance(row.get(k), str)), None)
    if body is None:
        if any(key in row for key in _TEXT):
            return RawRow("", number, _string(_pick(row, _ID)), _meta(row))
        raise ReadingFault(
            f"row {number} has no text: found {_listed(row)}; "
            "a row needs text, paragraphs or content"
        )
    lines = [RawLine(title, number, "title")] if title else []
    lines += [RawLine(line, number) for line in plain(body).splitlines()]
    return RawDocument(lines, _meta(row))


def _loads(text: str) -> Any:  # noqa: ANN401 - JSON holds anything
    """Return what stands in JSON; half a surrogate pair, which no file can hold, becomes ``?``."""
    try:
        value, end = _scan(text, 0)
    except (ValueError, StopIteration):
        end = -1
    if end != len(text):
        value = json.loads(text)  # blanks around it, or an error that this tells
    if "\\" in text and ("\\ud" in text or "\\uD" in text):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


_scan: Final = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # no stub tells it


def _is_row(value: Mapping[str, Any]) -> bool:
    return any(key in value for key in (*_TEXT, *_BODY, *_LIST))


def _pick(row: Mapping[str, Any], names: tuple[str, ...]) -> object:
    for name in names:
        value = row.get(name)
        if value is not None and value != "":
            return value
    return ""


_MAPPINGS: Final = (dict, Mapping)
"""The first of them is told at once."""
_OWN: Final = frozenset({*_TEXT, *_BODY, *_LIST, *_TITLE, *_ID})
_COMMON_NAME: Final = {alias: name for name, aliases in _META.items() for alias in aliases}


def _meta(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the other columns as texts, the usual ones under their usual names."""
    plain = (str, int, float, bool, date)  # a datetime is a date
    found: dict[str, str] = {}
    for key, value in row.items():
        if key not in _OWN and isinstance(value, plain) and value != "":
            found.setdefault(_COMMON_NAME.get(key, key), str(value))
    if "date" in found:
        found["date"] = as_date(found["date"])
    return MappingProxyType(found) if found else _NOTHING


_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def _too_wide(found: int, number: int) -> str:
    return f"row {number} has {found:,} fields, more than {MAX_FIELDS:,}; leave out what is no text"


def _listed(names: Iterable[object]) -> str:
    """Return the first names on one short line."""
    some = [" ".join(str(name)[:40].split()) for name in islice(names, 8)]
    return ", ".join(some) or "nothing"


def _string(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _short(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__
