"""Lines → blocks: which lines are one paragraph because the page was too narrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from topics.patterns import Pattern
from topics.splitting.lines import Block, Line, ends_final
from topics.splitting.marks import NUMBERED, SHORT, TAIL_STAFF, mark_of

MAX_COLUMNS: Final = 180  # half-width columns; a longer line is a paragraph of its own
MIN_COLUMNS: Final = 16
SLACK: Final = 6  # columns by which a full line may be shorter: no mark may start a line
MIN_FULL: Final = 3
_WIDE: Final = Pattern(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’…—]"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page was set."""

    columns: int = 0
    """Half-width columns of a full line; 0: lines were not wrapped."""
    usual_blanks: int = 0
    """Blank lines between lines that say nothing (1 where every line is followed by one)."""
    spaced: bool = False
    """Blank lines stand between the paragraphs of a wrapped page."""
    indented: bool = False
    """Paragraphs start with an indent."""
    margin: int = 0
    by_characters: bool = False
    """Lines were cut after so many characters, narrow ones counted as wide."""

    def width(self, line: Line) -> int:
        """Return how much of its line the text fills, in half-width columns."""
        return 2 * (len(line.text) + line.indent) if self.by_characters else columns(line)


def columns(line: Line) -> int:
    """Return how many half-width columns the line fills, its indent included."""
    return len(line.text) + len(_WIDE.findall(line.text)) + line.indent


def layout_of(lines: Sequence[Line]) -> Layout:
    """Return how the page was set.

    A page was wrapped where many lines reach the same width and most of those do not end as
    sentences do.
    """
    texts = [line for line in lines if line.text]
    indents = [line.indent for line in texts]
    margin = min(indents, default=0)
    ends = [ends_final(line.text) for line in texts] if _may_be_wrapped(texts) else []
    by_columns = _wrap_width([columns(line) for line in texts], ends) if ends else (0, 0)
    by_count = _wrap_width([2 * (len(t.text) + t.indent) for t in texts], ends) if ends else (0, 0)
    _, width = max(by_columns, by_count)
    if width:
        indented = 0.04 < (len(indents) - indents.count(margin)) / len(indents) < 0.7
    elif margin == max(indents, default=0):
        indented = False
    else:
        long = [line.indent for line in texts if len(line.text) > SHORT]
        indented = bool(long) and len(long) - long.count(margin) > 0.7 * len(long)
    runs = _blank_runs(lines) if len(texts) < len(lines) else []
    blank = sum(map(bool, runs)) / max(1, len(runs))
    usual = int(blank > 0.85)
    return Layout(
        width,
        usual if width else 0,
        not usual and blank > 0.08,
        indented,
        margin,
        by_count > by_columns,
    )


def _may_be_wrapped(lines: Sequence[Line]) -> bool:
    """Return whether most lines are short enough to be pieces of paragraphs."""
    short = len([line for line in lines if len(line.text) <= MAX_COLUMNS // 2])
    return len(lines) >= MIN_FULL and short > 0.9 * len(lines)


def _wrap_width(widths: Sequence[int], ends: Sequence[bool]) -> tuple[int, int]:
    """Return how many lines are full and how wide a full line is; (0, 0): not wrapped."""
    counts = Counter(w for w in widths if MIN_COLUMNS <= w <= MAX_COLUMNS)
    if not counts:
        return 0, 0
    near = {w: sum(counts[v] for v in range(w - SLACK, w + 1)) for w in counts}
    best = max(near, key=lambda w: (near[w], w))
    best = max((w for w in counts if best <= w <= best + SLACK), key=lambda w: (near[w], w))
    full = [n for n, w in enumerate(widths) if best - SLACK <= w <= best]
    longer = sum(w > best + 2 for w in widths)
    unfinished = sum(not ends[n] for n in full)
    wrapped = (
        len(full) >= max(MIN_FULL, 0.3 * len(widths))
        and longer <= 0.06 * len(widths)
        and unfinished >= 0.6 * len(full)
    )
    return (near[best], best) if wrapped else (0, 0)


def _blank_runs(lines: Sequence[Line]) -> list[int]:
    """Return how many blank lines stand before each line but the first."""
    runs: list[int] = []
    blanks = 0
    for line in lines:
        if line.text:
            runs.append(blanks)
            blanks = 0
        else:
            blanks += 1
    return runs[1:]


def blocks_of(lines: Sequence[Line], layout: Layout) -> list[Block]:
    """Return the blocks of a page, in order; lines that were wrapped are one block."""
    blocks: list[Block] = []
    blanks = 0
    last: Line | None = None
    for line in lines:
        if not line.text:
            blanks += 1
            continue
        block = blocks[-1] if blocks else None
        if layout.columns and block and last and _continues(block, last, line, blanks, layout):
            block.extend(line.text, [line.number])
            block.cut = _is_cut(line, layout)
        else:
            if block:
                block.after = blanks
            blocks.append(_block(line, blanks, layout))
        last, blanks = line, 0
    if blocks:
        blocks[-1].after = blanks
    for block in blocks:
        if len(block.numbers) > 1 and block.mark:  # its first line alone may have looked otherwise
            block.mark = mark_of(block.text)
    return blocks


def _block(line: Line, blanks: int, layout: Layout) -> Block:
    hint = line.hint
    mark = mark_of(line.text) if hint is None or hint == "heading" else None
    hint = None if mark else hint  # pages set bylines and 相关阅读 in headings' letters too
    final = ends_final(line.text)
    cut = bool(layout.columns) and not final and _is_full(line, layout)
    indent = line.indent - layout.margin
    return Block(line.text, [line.number], final, blanks, 0, indent, hint, cut, mark)


def _is_cut(line: Line, layout: Layout) -> bool:
    return _is_full(line, layout) and not ends_final(line.text)


def _is_full(line: Line, layout: Layout) -> bool:
    return bool(layout.columns) and layout.width(line) >= layout.columns - SLACK


def _continues(block: Block, last: Line, line: Line, blanks: int, layout: Layout) -> bool:
    """Return whether ``line`` goes on where ``last``, the end of ``block``, was wrapped."""
    if not _is_full(last, layout) or blanks > layout.usual_blanks:
        return False
    if line.hint or block.hint:
        return line.hint == block.hint == "body"
    if layout.indented and line.indent > layout.margin:
        return False
    if line.text[0] in "□■" or _is_apart(line, layout):
        return False
    return not ends_final(last.text) or _goes_on(last, line, layout)


def _is_apart(line: Line, layout: Layout) -> bool:
    """Return whether the line is no paragraph's by its look; a full line may look so by chance."""
    mark = mark_of(line.text)
    if mark == "boilerplate" and _is_full(line, layout):
        return bool(TAIL_STAFF.match(line.text))
    return mark in {"caption", "boilerplate"}


def _goes_on(last: Line, line: Line, layout: Layout) -> bool:
    """Return whether a paragraph goes on after a full line that ends a sentence.

    Indents or blank lines tell it where the page has them; else only a line full to its last
    column is taken for one that goes on. A heading may follow; it is short and not a sentence.
    """
    if NUMBERED.match(line.text):
        return False
    heading = not ends_final(line.text) and not _is_full(line, layout)
    told = layout.indented or layout.spaced
    return not heading and (told or layout.width(last) >= layout.columns - 2)
