"""Which lines of a body are headings, and which are speakers, questions or items of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from topics.splitting.joining import is_prose
from topics.splitting.lines import Block, sentences
from topics.splitting.marks import (
    ANSWER,
    ITEM,
    LETTER_END,
    NUMBERED,
    QUESTION,
    SHORT,
    SPEAKER_LINE,
)

LIST_RUN: Final = 3  # so many short lines in a row are a list, not headings
SENTENCE: Final = 26  # characters; a longer numbered sentence is a paragraph
ASKED: Final = 20  # characters; a longer question is one of the text


def looks_like_heading(block: Block) -> bool:
    """Return whether the block's own look is a heading's: short, and unfinished or numbered."""
    text = block.text
    if block.hint or block.mark in {"caption", "boilerplate", "dateline"}:
        return block.hint == "heading"
    if len(text) > 2 * SHORT or text in LETTER_END:
        return False
    if text[-1] == "。":
        return len(text) <= SENTENCE and bool(NUMBERED.match(text)) and sentences(text) <= 1
    return _is_asked_or_said(text) or _is_short(text, final=block.final)


def _is_asked_or_said(text: str) -> bool:
    return bool(QUESTION.match(text) or SPEAKER_LINE.match(text))


def _is_short(text: str, *, final: bool) -> bool:
    if NUMBERED.match(text):
        return len(text) <= (SENTENCE if final else SHORT) and sentences(text) <= 1
    asked = text[-1] in "？?"
    if ANSWER.match(text) and ((final and not asked) or text[0] in "答A"):
        return False
    if ITEM.match(text):
        return len(text) <= SENTENCE and (asked or not final)
    if asked:
        return len(text) <= ASKED and not text.startswith("“")
    return len(text) <= SHORT and not final


def is_heading(blocks: Sequence[Block], n: int) -> bool:
    """Return whether block ``n`` is a heading: a body follows, and it is no item of a list."""
    block = blocks[n]
    if not looks_like_heading(block) or (block.mark == "byline" and len(block.text) > 6):
        return False
    if all(b.mark for b in blocks[n + 1 :]):
        return False
    if NUMBERED.match(block.text):
        return not _is_listed(blocks, n)
    if ITEM.match(block.text):
        return is_prose(blocks[n + 1]) and not ITEM.match(blocks[n + 1].text)
    return _is_asked_or_said(block.text) or not _is_in_list(blocks, n)


def _is_in_list(blocks: Sequence[Block], n: int) -> bool:
    """Return whether short lines stand around it, or nothing after it."""
    first, last = n, n
    while first > 0 and n - first < LIST_RUN and _is_loose(blocks[first - 1]):
        first -= 1
    while last + 1 < len(blocks) and last - n < LIST_RUN and _is_loose(blocks[last + 1]):
        last += 1
    return last - first + 1 >= LIST_RUN or last + 1 >= len(blocks)


def _is_listed(blocks: Sequence[Block], n: int) -> bool:
    """Return whether a numbered line is an item of a list: it ends in ； or stands beside its like.

    Headings of one kind have something between them.
    """
    text = blocks[n].text
    if text[-1] in "；;":
        return True
    beside = [blocks[m] for m in (n - 1, n + 1) if 0 <= m < len(blocks)]
    alike = [b for b in beside if _numbering(b.text) == _numbering(text)]
    return any(len(b.text) <= 2 * SHORT and (b.final or not blocks[n].final) for b in alike)


def _numbering(text: str) -> str:
    """Return how a line is numbered: 一、 1. （一） （1） ① 第一章; empty if it is not."""
    found = NUMBERED.match(text)
    if not found:
        return ""
    ones = "".join("1" if c.isdecimal() else "①" if c.isdigit() else c for c in found[0])
    return ones.translate(_NUMERALS).replace("11", "1").replace("一一", "一")


_NUMERALS: Final = dict.fromkeys(map(ord, "二三四五六七八九十百"), "一")


def _is_loose(block: Block) -> bool:
    return looks_like_heading(block) and not NUMBERED.match(block.text) and not block.hint
