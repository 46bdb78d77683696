"""Paragraphs that a page or column break cut in two are made whole; nothing else is joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from topics.splitting.layout import Layout, glue
from topics.splitting.lines import Block, ends_final, is_open, sentences
from topics.splitting.marks import ITEM, NUMBERED, PREFACE, SALUTATION, SPEAKER

LOOK_AHEAD: Final = 14  # captions and page furniture that may stand between two halves
_CANNOT_START: Final = re.compile(r"[，。、；：！？）》”’…,;:!?)\]】」』%％]")
_CANNOT_END: Final = re.compile(r"[、，,（(《“‘「·/]$")
_SELDOM_ENDS: Final = re.compile(
    r"(?:[和与及或为在对把被将从向以等于的之是要使让更不都也并且而]|通过|进行|以及|围绕|推动|关于)$"
)
_COMMA: Final = re.compile("[，,；;、]")
_OPENER: Final = re.compile(
    r"(?:近年来|今年以来|一年来|近日|日前|与此同时|同时|此外|目前|据悉|据了解|下一步|会议(?:指出|强调|要求|认为)|截至|首先|其次|另外|如今|随后|“|「|\d{1,4}年|\d{1,2}月|——)"
)
PROSE: Final = 28  # characters; a headline with a comma is hardly ever longer
LONG: Final = 48
MAX_JOINED: Final = 4000  # characters; what is longer is no paragraph with a cut in it
LOPSIDED: Final = 18  # characters; shorter halves of paragraphs cannot be told from headings


def join_cut(blocks: Sequence[Block], layout: Layout) -> list[Block]:
    """Return the blocks with cut paragraphs made whole.

    Captions, page numbers and running heads between the halves stay, after the paragraph.
    """
    result: list[Block] = []
    done: set[int] = set()
    in_body = False
    for n, block in enumerate(blocks):
        if n in done:
            continue
        end = n
        while (found := _other_half(block, blocks, end, layout, in_body=in_body)) is not None:
            other = blocks[found]
            block.text = glue(block.text, other.text)
            block.numbers += other.numbers
            block.after, block.cut = other.after, other.cut
            done.add(found)
            end = found
        in_body = in_body or is_prose(block)
        result.append(block)
    return result


def is_prose(block: Block) -> bool:
    """Return whether the block reads as a paragraph of the body."""
    if block.mark or block.hint not in {None, "body"}:
        return False
    return (ends_final(block.text) and len(block.text) > 12) or len(block.text) > LONG


def _other_half(
    block: Block, blocks: Sequence[Block], start: int, layout: Layout, *, in_body: bool
) -> int | None:
    if block.mark or block.hint not in {None, "body"} or len(block.text) > MAX_JOINED:
        return None
    strength = _unfinished(block, in_body=in_body)
    if not strength and ends_final(block.text):
        return None
    last = min(len(blocks), start + 1 + LOOK_AHEAD)
    for n in range(start + 1, last):
        other = blocks[n]
        if _is_between(other) or (
            _may_be_caption(other) and _resumes(block, blocks, n + 1, layout)
        ):
            continue
        return n if _fits(block, other, strength, layout) else None
    return None


def _unfinished(block: Block, *, in_body: bool) -> int:
    """Return 2 where the text must go on, 1 where it may, 0 where it need not.

    3: a sentence is done, but the quotation around it is not. Speeches of several paragraphs
    open each one anew, so the other half must be the one that closes it.
    """
    text = block.text
    if ends_final(text) or SALUTATION.match(text):
        return 3 if ends_final(text) and text.count("“") > text.count("”") else 0
    commas = len(_COMMA.findall(text))
    if _CANNOT_END.search(text) or is_open(text):
        return 2 if len(text) > 8 or commas else 0
    long = len(text) >= LONG and (commas or in_body)
    trailing = commas and len(text) >= PROSE and _SELDOM_ENDS.search(text)
    if block.cut or sentences(text) or long or trailing:
        return 2
    return int(bool(commas) and (len(text) >= PROSE or _is_lopsided(text, in_body=in_body)))


def _is_lopsided(text: str, *, in_body: bool) -> bool:
    """Return whether no headline would be built so: in three clauses, dated, or out of balance."""
    if len(text) < LOPSIDED:
        return False
    clauses = [len(clause) for clause in re.split("[，,]", text)]
    if len(clauses) > 2:
        return True
    return in_body and (bool(DATED.match(text)) or max(clauses) - min(clauses) > 6)


def _is_between(block: Block) -> bool:
    return block.mark in {"caption", "boilerplate"} or block.hint == "caption"


def _may_be_caption(block: Block) -> bool:
    """Return whether the block could be a caption without a mark: one short dated sentence."""
    text = block.text
    return bool(DATED.match(text)) and len(text) <= 80 and sentences(text) == 1 and ends_final(text)


DATED: Final = re.compile(
    r"(?:(?:19|20)\d\d年)?(?:\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日)?(?:[上下]午|[，,])"
)


def _resumes(block: Block, blocks: Sequence[Block], n: int, layout: Layout) -> bool:
    """Return whether the text goes on after what looks like captions."""
    while n < len(blocks) and (_is_between(blocks[n]) or _may_be_caption(blocks[n])):
        n += 1
    return (
        n < len(blocks) and not _OPENER.match(blocks[n].text) and _fits(block, blocks[n], 2, layout)
    )


def _fits(block: Block, other: Block, strength: int, layout: Layout) -> bool:
    """Return whether ``other`` can be the second half."""
    text = other.text
    if other.mark or other.hint not in {None, "body"} or other.hint != block.hint:
        return False
    if _CANNOT_START.match(text):
        return strength < 3 or text[0] == "”"
    again = (
        text in PREFACE or text.startswith(("——", "□")) or (layout.indented and other.indent > 0)
    )
    if again or not strength:
        return False
    starts_anew = bool(NUMBERED.match(text) or ITEM.match(text) or SPEAKER.match(text))
    if starts_anew and not (is_open(block.text) or block.text[-1] in "、，,"):
        return False
    goes_on = ends_final(text) or len(text) >= PROSE
    if strength != 2:
        closes = 0 <= text.find("”") < (text.find("“") % (len(text) + 1))
        return closes if strength == 3 else goes_on and not _OPENER.match(text)
    return goes_on or (is_open(block.text) and not starts_anew)
