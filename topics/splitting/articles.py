"""Where one article ends and the next begins, in a file that holds several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from topics.splitting.joining import is_prose
from topics.splitting.lines import Block, ends_final
from topics.splitting.marks import NAME, NUMBERED, SHORT, TAIL_STAFF, is_separator, is_signature

HEAD_LINES: Final = 5  # lines between a title and the byline or subtitle that proves it
MIN_BODY: Final = 2
SPEAKER: Final = 12  # characters of a line that tells who said the quotation above it
BODY_WITHIN: Final = 30  # blocks; a bound, so that a file of short lines is not read over and over


def parts_of(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the blocks of each article."""
    articles: list[list[Block]] = [[]]
    body = 0
    for n, block in enumerate(blocks):
        short = len(block.text) <= SHORT or block.hint
        if body and short and _starts_article(blocks, n, body):
            articles.append([])
            body = 0
        articles[-1].append(block)
        body += is_prose(block)
    return [article for article in articles if article]


def _starts_article(blocks: Sequence[Block], n: int, body: int) -> bool:
    block = blocks[n]
    if block.hint:
        return block.hint == "title" and not any(b.hint == "title" for b in _head_before(blocks, n))
    if not (_after_tail(blocks, n) or (body >= MIN_BODY and _has_credit(blocks, n))):
        return False
    return _is_titular(block) and any(map(is_prose, blocks[n + 1 : n + 1 + BODY_WITHIN]))


def _head_before(blocks: Sequence[Block], n: int) -> list[Block]:
    head: list[Block] = []
    while n > 0 and not is_prose(blocks[n - 1]):
        n -= 1
        head.append(blocks[n])
    return head


def _is_titular(block: Block) -> bool:
    text = block.text
    return (
        block.mark is None
        and not (len(text) <= 4 and NAME.match(text))
        and len(text) <= SHORT
        and not ends_final(text.rstrip("？！?!”"))
        and not NUMBERED.match(text)
        and not text.startswith(("——", "（", "("))
    )


def _after_tail(blocks: Sequence[Block], n: int) -> bool:
    """Return whether an editor's line or a separator ended the article before."""
    before = blocks[n - 1]
    if is_signature(before.text):
        return True
    if before.mark != "boilerplate":
        return False
    return is_separator(before.text) or bool(TAIL_STAFF.match(before.text))


def _has_credit(blocks: Sequence[Block], n: int) -> bool:
    """Return whether a —— subtitle, a byline or a dateline follows before any body does."""
    for block in blocks[n + 1 : n + 1 + HEAD_LINES]:
        text = block.text
        if text.startswith("——") and len(text) <= SHORT and not ends_final(text):
            return not (_is_quotation(blocks[n].text) and len(text) <= SPEAKER)
        if block.mark in {"byline", "dateline"}:
            return True
        if is_prose(block) or NUMBERED.match(text):
            return False
    return False


def _is_quotation(text: str) -> bool:
    """Return whether all of a line is one quotation: a heading that somebody's words make."""
    return text.startswith("“") and text.find("”") == len(text) - 1
