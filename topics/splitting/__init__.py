"""Text → articles and their parts (pure).

`split` takes the lines of one file and gives its articles: wrapped lines and cut paragraphs are
made whole (`layout`, `joining`), what belongs to the page is set aside (`furniture`), articles
are parted (`articles`), every part is named (`kinds`,
by the words and signs of `marks`) and what the page says of itself is kept (`metadata`).
"""

from __future__ import annotations

from collections.abc import Sequence

from topics.splitting.articles import parts_of
from topics.splitting.furniture import mark_furniture
from topics.splitting.joining import join_cut
from topics.splitting.kinds import name_kinds
from topics.splitting.layout import blocks_of, layout_of
from topics.splitting.lines import Block, Draft, Line
from topics.splitting.metadata import metadata_of

__all__ = ["Block", "Draft", "Line", "split"]


def split(lines: Sequence[Line]) -> list[Draft]:
    """Return the articles of a file.

    Args:
        lines: Its lines in order, blank ones included (their text is empty).

    Returns:
        One draft an article; each line with text stands in exactly one part.
    """
    layout = layout_of(lines)
    blocks = blocks_of(lines, layout)
    mark_furniture(blocks)
    return [_draft(part) for part in parts_of(join_cut(blocks, layout))]


def _draft(blocks: Sequence[Block]) -> Draft:
    name_kinds(blocks)
    heading = ""
    for block in blocks:
        if block.kind == "heading":
            heading = block.text
        elif heading and block.kind == "body":
            block.heading = heading
    return Draft(blocks, metadata_of(blocks))
