"""Paragraphs that a page or column break cut in two are made whole; nothing else is joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from topics.patterns import Pattern
from topics.splitting.layout import Layout
from topics.splitting.lines import Block, is_open, sentences
from topics.splitting.marks import ITEM, NUMBERED, PREFACE, SALUTATION, SPEAKER, is_page_number

LOOK_AHEAD: Final = 14  # captions and page furniture that may stand between two halves
_CANNOT_START: Final = Pattern(r"[，。、；：！？）》”’…,;:!?)\]】」』%％]")
_CANNOT_END: Final = Pattern(r"[、，,（(《“‘「·/]$")
_SELDOM_ENDS: Final = Pattern(
    r"(?:[和与及或为在对把被将从向以等于的之是要使让更不都也并且而]|通过|进行|以及|围绕|推动|关于)$"
)
_NEVER_ENDS: Final = Pattern("[和与或把被将并且而的]$")  # nor does a headline
_COMMA: Final = Pattern("[，,；;、]")
_OPENER: Final = Pattern(
    r"(?:近年来|今年以来|一年来|近日|日前|与此同时|同时|此外|目前|据悉|据了解|下一步|会议(?:指出|强调|要求|认为)|截至|首先|其次|另外|如今|随后|“|「|\d{1,4}年|\d{1,2}月|——)"
)
_ISSUER: Final = Pattern(
    r"[^，。：]{2,30}(?:政府|办公室|办公厅|委员会|党委|党组|政协|[局厅部院会])$"
)
_ISSUER_END: Final = frozenset("府室厅会委组协局部院")
_ABOUT: Final = Pattern(
    r"关于[^。]{2,60}的?(?:通知|意见|决定|决议|通报|通告|公告|报告|方案|办法|函|建议|请示|批复|规定|细则|答复)$"
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
        result.append(block)
        text = block.text
        if block.final and ("“" not in text or text.count("“") <= text.count("”")):  # most of them
            in_body = in_body or is_prose(block)
            continue
        end = n
        while (found := _other_half(block, blocks, end, layout, in_body=in_body)) is not None:
            other = blocks[found]
            block.extend(other.text, other.numbers)
            block.after, block.cut = other.after, other.cut
            done.add(found)
            end = found
        in_body = in_body or is_prose(block)
    return result


def is_prose(block: Block) -> bool:
    """Return whether the block reads as a paragraph of the body."""
    if block.mark or (block.hint and block.hint != "body"):
        return False
    size = len(block.text)
    return size > LONG or (block.final and size > 12)


def _other_half(
    block: Block, blocks: Sequence[Block], start: int, layout: Layout, *, in_body: bool
) -> int | None:
    if block.mark or block.hint not in {None, "body"} or len(block.text) > MAX_JOINED:
        return None
    if _is_split_title(block, blocks, start):
        return start + 1
    strength = _unfinished(block, in_body=in_body)
    if not strength and in_body and len(block.text) >= LOPSIDED and not block.final:
        strength = int(start + 1 < len(blocks) and is_page_number(blocks[start + 1].text))
    if not strength and block.final:
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


def _is_split_title(block: Block, blocks: Sequence[Block], n: int) -> bool:
    """Return whether a notice's title goes on: its office stands on a line of its own."""
    if block.text[-1] not in _ISSUER_END or n + 1 >= len(blocks) or not _ISSUER.match(block.text):
        return False
    other = blocks[n + 1]
    return not other.mark and other.hint == block.hint and bool(_ABOUT.match(other.text))


def _unfinished(block: Block, *, in_body: bool) -> int:
    """Return 2 where the text must go on, 1 where it may, 0 where it need not.

    3: a sentence is done, but the quotation around it is not. Speeches of several paragraphs
    open each one anew, so the other half must be the one that closes it.
    """
    text = block.text
    if block.final or SALUTATION.match(text):
        return 3 if block.final and text.count("“") > text.count("”") else 0
    commas = len(_COMMA.findall(text))
    if _CANNOT_END.search(text) or is_open(text):
        return 2 if len(text) > 8 or commas else 0
    long = len(text) >= LONG and (commas or in_body)
    trailing = commas and len(text) >= PROSE and _SELDOM_ENDS.search(text)
    ended = sentences(text.replace("？——", "——").replace("！——", "——"))  # 谁来管？——两年一换
    trailing = trailing or (len(text) >= LOPSIDED and _NEVER_ENDS.search(text))
    if block.cut or ended or long or trailing:
        return 2
    return int(bool(commas) and (len(text) >= PROSE or _is_lopsided(text, in_body=in_body)))


def _is_lopsided(text: str, *, in_body: bool) -> bool:
    """Return whether no headline would be built so: in three clauses, dated, or out of balance."""
    text = text.rpartition("——")[2]
    if len(text) < LOPSIDED:
        return False
    clauses = [len(clause) for clause in text.replace(",", "，").split("，")]
    if len(clauses) > 2:
        return True
    return in_body and (bool(DATED.match(text)) or max(clauses) - min(clauses) > 6)


def _is_between(block: Block) -> bool:
    return block.mark in {"caption", "boilerplate"} or block.hint == "caption"


def _may_be_caption(block: Block) -> bool:
    """Return whether the block could be a caption without a mark: one short dated sentence."""
    text = block.text
    return bool(DATED.match(text)) and len(text) <= 80 and sentences(text) == 1 and block.final


DATED: Final = Pattern(
    r"(?=\d)(?:(?:19|20)\d\d年)?(?:\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日)?(?:[上下]午|[，,])"
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
    goes_on = other.final or len(text) >= PROSE
    if strength != 2:
        closes = 0 <= text.find("”") < (text.find("“") % (len(text) + 1))
        return closes if strength == 3 else goes_on and not _OPENER.match(text)
    return goes_on or (is_open(block.text) and not starts_anew)
