"""What each block of an article is: head, body and tail, each by its own rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import Final

from topics.corpus import Kind
from topics.splitting.joining import DATED, LONG, is_prose
from topics.splitting.lines import Block, ends_final, sentences
from topics.splitting.marks import (
    ANSWER,
    COLUMN,
    COLUMN_LONG,
    ITEM,
    NUMBERED,
    ORGANISATION,
    PREFACE,
    QUESTION,
    SALUTATION,
    SHORT,
    speaks_of_the_page,
)

_NAME: Final = re.compile(
    r"[\u4e00-\u9fff](?: ?[\u4e00-\u9fff·]){1,4}"
    r"(?:[ 　、/]+[\u4e00-\u9fff](?: ?[\u4e00-\u9fff·]){1,3}){0,3}$"
)
_PAREN: Final = re.compile(r"[（(【\[\u3014][^）)】]*[）)】\]\u3015]$")
_DASHES: Final = ("——", "—", "--", "──", "―")
_IMAGE: Final = re.compile(
    "在|调研|视察|考察|走访|慰问|座谈|召开|举行|参观|出席|督办|带队|开展|现场|场景"
)
CAPTION_SENTENCE: Final = 80  # characters: the longest one-sentence captions of agencies
CAPTION_ALONE: Final = 42  # without blank lines to set it apart
HEAD_MAX: Final = 30  # blocks; a page without a sentence among so many is a list with a title
LIST_RUN: Final = 3  # so many short lines in a row are a list, not headings


def head_end(blocks: Sequence[Block]) -> int:
    """Return the index of the first block of the body (or how many blocks there are)."""
    head = blocks[:HEAD_MAX]
    for n, block in enumerate(head):
        if block.mark or block.hint not in {None, "body"}:
            continue
        later = any(map(is_prose, blocks[n + 1 : n + HEAD_MAX]))
        if _opens_body(block, n, more=len(blocks) > 1, later=later):
            return n
    plain = (n for n, b in enumerate(head) if not (b.mark or b.hint) and b.text[-1] in "。！")
    return next(plain, 1 if len(blocks) > HEAD_MAX else len(blocks))


def _opens_body(block: Block, n: int, *, more: bool, later: bool) -> bool:
    text = block.text
    if n == 0 and (_is_long_title(block) or (more and len(text) <= SHORT and text[-1] in "？！”")):
        return False
    if is_prose(block) or SALUTATION.match(text) or block.hint == "body":
        return not (n and later and _is_unmarked_caption(block, 3))
    return bool(n and later and NUMBERED.match(text))


def _is_long_title(block: Block) -> bool:
    """Return whether a first line is the title of a notice (关于……的通知), however long."""
    text = block.text
    return (
        LONG < len(text) <= 2 * SHORT and not ends_final(text) and not re.search("[，,。；]", text)
    )


def tail_start(blocks: Sequence[Block], head: int) -> int:
    """Return the index after the last block of the body."""
    end = len(blocks)
    while end > head + 1 or (end > head and blocks[end - 1].mark == "boilerplate"):
        block = blocks[end - 1]
        if block.hint == "body" and not block.mark:
            break
        ordinary = is_prose(block) and not (
            _PAREN.match(block.text) and len(block.text) <= 2 * SHORT
        )
        page = (
            len(block.text) <= 2 * SHORT
            and speaks_of_the_page(block.text)
            and sentences(block.text) <= 1
        )
        if block.mark is None and ordinary and not (page and not ends_final(block.text)):
            break
        if block.mark is None and ends_final(block.text) and not _PAREN.match(block.text):
            break
        end -= 1
    return end


def name_kinds(blocks: Sequence[Block]) -> None:
    """Set the kind of every block of one article."""
    head = head_end(blocks)
    tail = tail_start(blocks, head)
    if head == len(blocks):
        tail = head
    _name_head(blocks[:head], blocks[head:tail])
    _name_body(blocks[head:tail])
    for block in blocks[tail:]:
        block.kind = block.hint or block.mark or _tail_kind(block.text)


def _tail_kind(text: str) -> Kind:
    if _PAREN.match(text) or speaks_of_the_page(text) or ends_final(text):
        return "boilerplate"
    return "byline" if ORGANISATION.match(text) or _NAME.match(text) else "boilerplate"


# --- head ------------------------------------------------------------------------------------


def _name_head(blocks: Sequence[Block], body: Sequence[Block]) -> None:
    free = [b for b in blocks if not _marked(b)]
    if not free:
        return
    hinted = next((b for b in blocks if b.hint == "title"), None)
    title = hinted or _title(free, blocks)
    at = next(n for n, b in enumerate(blocks) if b is title)
    title.kind = "title"
    credited = False
    for n, block in enumerate(blocks):
        credited = credited or (block.kind in {"byline", "dateline"} and n > at)
        if block.kind is None:
            block.kind = (
                _before(block.text) if n < at else _after(block, blocks, n, body, credited=credited)
            )
            credited = credited or block.kind == "byline"


def _marked(block: Block) -> bool:
    """Set the kind of a block of the head that shows it itself."""
    text = block.text
    if block.hint and block.hint != "body":
        block.kind = block.hint
    elif text.startswith(_DASHES) or (
        _PAREN.match(text) and not block.mark and text[0] not in "【[\u3014"
    ):
        block.kind = "subtitle"
    elif block.mark:
        named = block.mark == "boilerplate" and _is_column(text)
        block.kind = "column" if named else block.mark
    elif _is_unmarked_caption(block, 3):
        block.kind = "caption"
    return block.kind is not None


def _title(free: Sequence[Block], blocks: Sequence[Block]) -> Block:
    """Return the title: the last free line before a —— subtitle, else the first but columns."""
    dashed = next((n for n, b in enumerate(blocks) if b.text.startswith(_DASHES)), None)
    if dashed is not None:
        before = [b for b in blocks[:dashed] if b.kind is None and not ORGANISATION.match(b.text)]
        if before:
            return before[-1]
    credit = next((n for n, b in enumerate(blocks) if b.kind in {"byline", "dateline"} and n), None)
    early = [b for b in blocks[:credit] if b.kind is None] or list(free)
    plain = [b for b in early if not _is_column(b.text)]
    return (plain or early)[0]


def _is_column(text: str) -> bool:
    return len(text) <= COLUMN_LONG and bool(COLUMN.match(text)) and not ends_final(text)


def _before(text: str) -> Kind:
    """Return what a free line before the title is: a column's name, or a first headline."""
    return "column" if len(text) <= 10 or _is_column(text) else "title"


def _after(
    block: Block, blocks: Sequence[Block], n: int, body: Sequence[Block], *, credited: bool
) -> Kind:
    text = block.text
    if text in PREFACE:
        return "heading"
    if _is_column(text) and len(text) <= 10:
        return "column"
    if credited:
        return "heading"
    if (_NAME.match(text) and len(text.replace(" ", "")) <= 4) or (
        ORGANISATION.match(text) and len(text) <= 20
    ):
        return "byline"
    later_credit = any(b.kind in {"byline", "dateline"} for b in blocks[n + 1 :])
    if later_credit or n + 1 < len(blocks):
        return "subtitle"
    alike = [b for b in body if _looks_like_heading(b)]
    return "heading" if alike and len(text) <= max(len(b.text) for b in alike) + 4 else "subtitle"


# --- body ------------------------------------------------------------------------------------


def _looks_like_heading(block: Block) -> bool:
    text = block.text
    if block.hint or block.mark in {"caption", "boilerplate", "dateline"}:
        return block.hint == "heading"
    if len(text) > 2 * SHORT or QUESTION.match(text):
        return len(text) <= 2 * SHORT
    final = ends_final(text)
    if NUMBERED.match(text):
        return len(text) <= (SHORT if not final else 26) and sentences(text) <= 1
    if ITEM.match(text) or (ANSWER.match(text) and final):
        return False
    if text[-1:] in "？?":
        return len(text) <= 20 and not text.startswith("“")
    return len(text) <= SHORT and not final


def _name_body(blocks: Sequence[Block]) -> None:
    usual = _usual_blanks(blocks)
    lengths = [len(b.text) for b in blocks if is_prose(b)]
    typical = median(lengths) if lengths else 0
    for n, block in enumerate(blocks):
        if block.hint:
            block.kind = block.hint
        elif block.mark in {"caption", "boilerplate"}:
            block.kind = block.mark
        elif _is_unmarked_caption(block, usual) or (typical >= 60 and _is_caption_alone(block, n)):
            block.kind = "caption"
        elif _is_heading(blocks, n):
            block.kind = "heading"
        elif block.mark == "byline" or (block.mark == "dateline" and len(block.text) < 20):
            block.kind = block.mark
        else:
            block.kind = "body"


def _is_heading(blocks: Sequence[Block], n: int) -> bool:
    """A heading is short, unfinished and followed by body; in a long run of such it is a list."""
    if not _looks_like_heading(blocks[n]):
        return False
    if blocks[n].mark == "byline" and len(blocks[n].text) > 6:
        return False
    if not any(not blocks[m].mark for m in range(n + 1, len(blocks))):
        return False
    if NUMBERED.match(blocks[n].text) or QUESTION.match(blocks[n].text):
        return True
    first, last = n, n
    while first > 0 and n - first < LIST_RUN and _is_loose(blocks[first - 1]):
        first -= 1
    while last + 1 < len(blocks) and last - n < LIST_RUN and _is_loose(blocks[last + 1]):
        last += 1
    return last - first + 1 < LIST_RUN and last + 1 < len(blocks)


def _is_loose(block: Block) -> bool:
    return _looks_like_heading(block) and not NUMBERED.match(block.text) and not block.hint


def _usual_blanks(blocks: Sequence[Block]) -> int:
    gaps = [b.blanks for b in blocks[1:]]
    return int(median(gaps)) if gaps else 0


def _is_unmarked_caption(block: Block, usual: int) -> bool:
    """One dated sentence that more blank lines set apart than the page's paragraphs have."""
    text = block.text
    if block.hint or block.mark or len(text) > CAPTION_SENTENCE or not DATED.match(text):
        return False
    return sentences(text) <= 1 and max(block.blanks, block.after) > max(usual, 1)


def _is_caption_alone(block: Block, n: int) -> bool:
    """One short dated sentence among long paragraphs that shows a scene."""
    text = block.text
    if len(text) > CAPTION_ALONE or not DATED.match(text) or sentences(text) > 1:
        return False
    return n > 0 and bool(_IMAGE.search(text)) and text.count("，") + text.count(",") <= 2
