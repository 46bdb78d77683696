"""Text → articles and their parts (pure).

`split` takes the lines of one file and gives its articles: wrapped lines and cut paragraphs are
made whole (`layout`, `joining`), articles are parted (`articles`), every part is named (`kinds`,
by the words and signs of `marks`) and what the page says of itself is kept (`metadata`).
"""

from __future__ import annotations

from collections.abc import Sequence

from topics.splitting.articles import parts_of
from topics.splitting.joining import join_cut
from topics.splitting.kinds import name_kinds
from topics.splitting.layout import blocks_of, layout_of
from topics.splitting.lines import Block, Draft, Line, Piece
from topics.splitting.metadata import metadata_of

__all__ = ["Draft", "Line", "Piece", "split"]


def split(lines: Sequence[Line]) -> list[Draft]:
    """Return the articles of a file.

    Args:
        lines: Its lines in order, blank ones included (their text is empty).

    Returns:
        One draft an article; each line with text stands in exactly one piece.
    """
    layout = layout_of(lines)
    blocks = join_cut(blocks_of(lines, layout), layout)
    return [_draft(part) for part in parts_of(blocks)]


def _draft(blocks: Sequence[Block]) -> Draft:
    name_kinds(blocks)
    pieces: list[Piece] = []
    heading = ""
    for block in blocks:
        kind = block.kind or "body"
        if kind == "heading":
            heading = block.text
        pieces.append(
            Piece(kind, block.text, tuple(block.numbers), heading if kind == "body" else "")
        )
    return Draft(tuple(pieces), metadata_of(pieces))
