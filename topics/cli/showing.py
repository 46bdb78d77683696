"""What people see in a terminal: coloured tables, progress, summary lines. Rich is loaded here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from topics.themes import OTHER, ThemeSet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from topics.findings import Tag

COLOURS: Final = ("#c8553d", "#5c8cda", "#bd8d2c", "#1f8a80", "#8d72bd", "#c85e83")
"""Of the themes, in their order: the report's hues (`plotting.house`), the darkest made lighter so
that they can be read on a dark terminal too."""
_HEADERS: Final = {
    "zh": ("行", "主题", "概率", "依据", "段落"),
    "en": ("line", "theme", "p", "words", "paragraph"),
}
DOUBT: Final = " ?"
"""Stands after the theme where the tag has a note."""
_TEXT: Final = 80
_SURE: Final = 0.5


def console(*, stderr: bool = False) -> Console:
    """Return a console; wide enough for a table when the output is a file or a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr, width=None if stream.isatty() else 120, highlight=False, soft_wrap=False
    )


def say(text: str) -> None:
    """Print a line of words to stderr."""
    print(text, file=sys.stderr)


@contextmanager
def steps(total: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar over steps that are named when they begin; nothing without a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        begun = [0]

        def begin(step: str) -> None:
            progress.update(task, description=step, completed=begun[0])
            begun[0] += 1

        yield begin


def counted(items: Iterable[Any], what: str) -> Iterator[Any]:
    """Pass ``items`` on and show how many there were; nothing without a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} " + what), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for item in items:
            yield item
            progress.advance(task)


def colour(themes: ThemeSet, code: str) -> str:
    """Return a theme's colour; grey for other."""
    return "grey50" if code == OTHER else COLOURS[themes.codes.index(code) % len(COLOURS)]


def tag_rows(tags: Iterable[Tag], themes: ThemeSet, lang: str) -> None:
    """Print tags, a table an article: line, theme, probability, words that decided, beginning."""
    screen = console()
    for (file, number), group in groupby(tags, lambda tag: (tag.part.file, tag.part.article)):
        if file:
            screen.print(f"{file} #{number}", style="bold", markup=False)
        screen.print(_table(group, themes, lang))


def _table(tags: Iterable[Tag], themes: ThemeSet, lang: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    line, theme, sure, words, text = _HEADERS[lang]
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(line, justify="right", no_wrap=True, min_width=4)
    table.add_column(theme, no_wrap=True, min_width=8)
    table.add_column(sure, justify="right", no_wrap=True, min_width=4)
    table.add_column(words, max_width=40)
    table.add_column(text)
    for tag in tags:
        more = [themes.label(code, lang) for code in tag.tags if code != tag.theme]
        name = themes.label(tag.theme, lang) + "".join(f" +{label}" for label in more)
        name += DOUBT if tag.note else ""
        table.add_row(
            str(tag.part.line),
            Text(name, colour(themes, tag.theme)),
            Text(f"{tag.probability:.2f}", "" if tag.probability >= _SURE else "dim"),
            Text(" ".join(e.word for e in tag.evidence[:4]), no_wrap=True, overflow="ellipsis"),
            Text(tag.text[:_TEXT], "dim" if tag.note else "", no_wrap=True, overflow="ellipsis"),
        )
    return table


def rows(header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Print plain rows as a table."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for title in header:
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(*(Text(str(cell)) for cell in line))
    console().print(table)
