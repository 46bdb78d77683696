"""Cells of tables that no spreadsheet takes for a formula: strangers' texts stand in them.

A cell that a spreadsheet would run gets an apostrophe before it, as Excel itself writes text that
is to stay text. `restored` takes it away again, so that a labels file gives back what went in.
Source: OWASP, CSV Injection (the characters, full-width ones included).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_RUNS: Final = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""Also what looks like a defused cell already: else two different cells would become one."""
_BREAK: Final = re.compile("\r\n?")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)


def defused(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and _RUNS.match(value):
        return "'" + value
    return value


def restored(cell: str) -> str:
    """Return what ``defused`` made ``cell`` of; a cell that it did not change stays."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV without a cell that runs; a break in a cell is a line feed.

    `csv` leaves a cell with a lone carriage return unquoted: what follows would begin a line.
    """
    import csv

    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return value  # written as text, to some places; it runs nothing
    plain = defused(value)
    return _BREAK.sub("\n", plain) if isinstance(plain, str) and "\r" in plain else plain
