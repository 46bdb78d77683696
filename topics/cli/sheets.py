"""Tags as an Excel workbook (extra ``excel``): a row a paragraph, and a sheet of sums."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from topics.cli.writing import replaced
from topics.defusing import defused
from topics.errors import require
from topics.findings import Tag
from topics.plotting.house import colours, phrases
from topics.reporting.marking import for_xml
from topics.themes import ThemeSet

MAX_ROWS: Final = 1_048_575
"""Rows of a sheet below its header; further paragraphs go to a further sheet."""
MAX_CELL: Final = 32_767
"""Characters that Excel lets a cell have."""
TINT: Final = 0.24
"""How much of a theme's colour fills its cells: black on it has a contrast above 10."""
_WIDTHS: Final = {"file": 24, "theme": 13, "tags": 18, "evidence": 30, "text": 84, "note": 22}
_NARROW: Final = 9
_WIDE: Final = 0x2E7F  # characters after it are about twice as wide as a digit
LINE: Final = 15.0
"""Points that a line is high."""
MAX_HEIGHT: Final = 405.0
"""Points that Excel lets a row be high are 409."""


def write_xlsx(tags: Iterable[Tag], path: str, themes: ThemeSet, lang: str) -> None:
    """Write all tags to a workbook, row by row; of the tags only one is held at a time.

    Raises:
        OptionsError: the file cannot be written.
    """
    require("xlsxwriter", "excel")
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

    with replaced(path) as fresh:
        book = Workbook(str(fresh), {"constant_memory": True, "tmpdir": str(fresh.parent)})
        _Book(book, themes, lang).write(tags)
        try:
            book.close()
        except (FileCreateError, FileSizeError) as error:
            raise OSError(errno.EIO, str(error)) from error


@dataclass
class _Book:
    """The workbook: its formats, and how many paragraphs of each theme passed."""

    book: Any
    themes: ThemeSet
    lang: str
    counts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = dict.fromkeys(self.themes.classes, 0)
        self.words = phrases(self.lang)["sheet"]
        top = {"valign": "top", "font_size": 11}
        self.head = self.book.add_format({**top, "bold": True, "bottom": 1, "text_wrap": True})
        self.plain = self.book.add_format(top)
        self.share = self.book.add_format({**top, "num_format": "0.0%"})
        wrap = {**top, "text_wrap": True}
        self.text = self.book.add_format(wrap)
        # The mark that Excel itself sets for text typed after an apostrophe.
        self.quoted = self.book.add_format({**wrap, "quote_prefix": True})
        self.tinted = {
            code: self.book.add_format({**top, "bold": True, "bg_color": _tint(colour)})
            for code, colour in colours(self.themes).items()
        }

    def write(self, tags: Iterable[Tag]) -> None:
        """Write the rows, then the sums."""
        sheet, number, row = self._sheet(1), 1, 0
        for tag in tags:
            if row == MAX_ROWS:
                self._finish(sheet, row)
                number, row = number + 1, 0
                sheet = self._sheet(number)
            row += 1
            self._row(sheet, row, tag)
        self._finish(sheet, row)
        self._sums()

    def _columns(self) -> list[str]:
        own = ["file", "article", "line", "id", "theme", "probability", "tags", "evidence"]
        return [*own, "text", "note", *self.themes.classes]

    def _name(self, column: str) -> str:
        if column in self.themes.classes:
            return self.themes.label(column, self.lang)
        return str(self.words[column])

    def _sheet(self, number: int) -> Any:  # noqa: ANN401  # XlsxWriter has no types
        sheet = self.book.add_worksheet(self.words["paragraphs"] + (f" {number}" * (number > 1)))
        for place, column in enumerate(self._columns()):
            sheet.set_column(place, place, _WIDTHS.get(column, _NARROW))
            sheet.write_string(0, place, self._name(column), self.head)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _finish(self, sheet: Any, rows: int) -> None:  # noqa: ANN401
        sheet.autofilter(0, 0, max(rows, 1), len(self._columns()) - 1)

    def _row(self, sheet: Any, row: int, tag: Tag) -> None:  # noqa: ANN401
        self.counts[tag.theme] += 1
        part = tag.part
        names = [self.themes.label(code, self.lang) for code in tag.tags]
        evidence = " ".join(word.word for word in tag.evidence)
        said = {"file": part.file, "evidence": evidence, "text": tag.text}
        sheet.set_row(row, _height(said))
        self._say(sheet, row, 0, part.file)
        sheet.write_number(row, 1, part.article, self.plain)
        sheet.write_number(row, 2, part.line, self.plain)
        self._say(sheet, row, 3, part.id)
        label = self.themes.label(tag.theme, self.lang)
        sheet.write_string(row, 4, for_xml(label), self.tinted[tag.theme])
        sheet.write_number(row, 5, round(tag.probability, 6), self.share)
        self._say(sheet, row, 6, self.words["comma"].join(names))
        self._say(sheet, row, 7, evidence)
        self._say(sheet, row, 8, tag.text)
        self._say(sheet, row, 9, tag.note)
        for place, code in enumerate(self.themes.classes, 10):
            sheet.write_number(row, place, round(tag.probabilities[code], 6), self.share)

    def _say(self, sheet: Any, row: int, column: int, value: str) -> None:  # noqa: ANN401
        text = for_xml(value)
        if len(text) > MAX_CELL:
            text = text[: MAX_CELL - len(self.words["cut"])] + self.words["cut"]
        sheet.write_string(row, column, text, self.text if defused(text) == text else self.quoted)

    def _sums(self) -> None:
        sheet, total = self.book.add_worksheet(self.words["sums"]), sum(self.counts.values())
        sheet.set_column(0, 2, 16)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(("theme", "count", "share")):
            sheet.write_string(0, place, self.words[column], self.head)
        for row, (code, count) in enumerate(self.counts.items(), 1):
            name = for_xml(self.themes.label(code, self.lang))
            sheet.write_string(row, 0, name, self.tinted[code])
            sheet.write_number(row, 1, count, self.plain)
            sheet.write_number(row, 2, count / total if total else 0, self.share)


def _height(said: Mapping[str, str]) -> float:
    """Return the points that the wrapped texts of a row need: not every office finds it itself."""
    lines = 1
    for column, text in said.items():
        columns = len(text) + sum(ord(char) > _WIDE for char in text)
        lines = max(lines, -(-columns // (_WIDTHS[column] - 1)))
    return min(MAX_HEIGHT, LINE * lines)


def _tint(colour: str) -> str:
    """Return a colour thinned with white."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * TINT):02x}" for part in parts)
