"""What each block of an article is: head, body and tail, each by its own rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from topics.corpus import Kind
from topics.patterns import Pattern
from topics.splitting.headings import is_heading, looks_like_heading
from topics.splitting.joining import DATED, LONG, is_prose
from topics.splitting.lines import Block, ends_final, sentences
from topics.splitting.marks import (
    COLUMN,
    COLUMN_LONG,
    NAME,
    NUMBERED,
    ORGANISATION,
    PREFACE,
    SALUTATION,
    SHORT,
    is_signature,
    speaks_of_the_page,
)

_PAREN: Final = Pattern(r"[（(【\[\u3014][^）)】]*[）)】\]\u3015]$")
_DASHES: Final = ("——", "—", "--", "──", "―")
_IMAGE: Final = Pattern(
    "在|调研|视察|考察|走访|慰问|座谈|召开|举行|参观|出席|督办|带队|开展|现场|场景"
)
CAPTION_SENTENCE: Final = 80  # characters: the longest one-sentence captions of agencies
CAPTION_ALONE: Final = 42  # without blank lines to set it apart
HEAD_MAX: Final = 30  # blocks; a page without a sentence among so many is a list with a title
HALF: Final = 4  # characters of each half of a headline in two
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
    if n and later and text[-1] == "。":  # short, but no headline ends so
        return True
    return bool(n and later and NUMBERED.match(text))


def _is_long_title(block: Block) -> bool:
    """Return whether a first line is the title of a notice (关于……的通知), however long."""
    text = block.text
    return (
        LONG < len(text) <= 2 * SHORT
        and not ends_final(text)
        and not any(mark in text for mark in "，,。；")
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
    of_the_page = False
    for block in blocks[tail:]:
        block.kind = block.hint or block.mark or _tail_kind(block.text)
        if block.mark == "byline" and _is_credit(block.text, of_the_page=of_the_page):
            block.kind = "boilerplate"  # among the editors' names, the writer's is one of them
        of_the_page = block.kind == "boilerplate"


def _is_credit(text: str, *, of_the_page: bool) -> bool:
    """Return whether a line that names writers is one of the editors' lines around it."""
    return "删节" in text or "审核" in text or (of_the_page and "：" in text)


def _tail_kind(text: str) -> Kind:
    if is_signature(text):
        return "byline"
    if _PAREN.match(text) or speaks_of_the_page(text) or ends_final(text):
        return "boilerplate"
    credit = ORGANISATION.match(text) or NAME.match(text)
    return "byline" if credit and not any(sign in text for sign in "：丨|\uff5c") else "boilerplate"


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
    elif (text.startswith(_DASHES) and block.mark != "boilerplate") or (
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
    halves = text.split(" ")
    if len(halves) == 2 and min(map(len, halves)) >= HALF and text[-1] not in "】〗]》』」":
        return False  # 奋进正当时 履职开新篇: a headline
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
    office = bool(ORGANISATION.match(text)) and len(text) <= 20
    if credited:  # 县区政协 may be a column's name there
        return "byline" if office and len(text) > 5 else "heading"
    return "byline" if office or _is_name(text) else _under_title(block, blocks, n, body)


def _is_name(text: str) -> bool:
    return bool(NAME.match(text)) and len(text.replace(" ", "")) <= 4


def _under_title(block: Block, blocks: Sequence[Block], n: int, body: Sequence[Block]) -> Kind:
    """Return what a free line after the title is: a subtitle, or the first heading."""
    text = block.text
    later_credit = any(b.kind in {"byline", "dateline"} for b in blocks[n + 1 :])
    if later_credit or n + 1 < len(blocks):
        return "subtitle"
    alike = [b for b in body if looks_like_heading(b)]
    return "heading" if alike and len(text) <= max(len(b.text) for b in alike) + 4 else "subtitle"


# --- body ------------------------------------------------------------------------------------


def _name_body(blocks: Sequence[Block]) -> None:
    usual = _usual_blanks(blocks)
    typical = _median([len(b.text) for b in blocks if is_prose(b)])
    for n, block in enumerate(blocks):
        if block.mark is None and not block.hint and len(block.text) > 2 * SHORT:
            block.kind = "body"  # most of them
        elif block.hint:
            block.kind = block.hint
        elif block.mark in {"caption", "boilerplate"}:
            block.kind = block.mark
        elif _is_unmarked_caption(block, usual) or (typical >= 60 and _is_caption_alone(block, n)):
            block.kind = "caption"
        else:
            block.kind = _of_the_text(blocks, n)


def _of_the_text(blocks: Sequence[Block], n: int) -> Kind:
    block = blocks[n]
    if _is_signed(blocks, n):
        return "byline"
    if is_heading(blocks, n):
        return "heading"
    dated = block.mark == "dateline" and len(block.text) < 20
    return block.mark if block.mark == "byline" or (block.mark and dated) else "body"


def _is_signed(blocks: Sequence[Block], n: int) -> bool:
    """Return whether a letter's writer stands before its date."""
    dated = n + 1 < len(blocks) and blocks[n + 1].mark == "dateline"
    return dated and _is_name(blocks[n].text)


def _usual_blanks(blocks: Sequence[Block]) -> int:
    return _median([b.blanks for b in blocks[1:]])


def _median(values: list[int]) -> int:
    return sorted(values)[(len(values) - 1) // 2] if values else 0


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
