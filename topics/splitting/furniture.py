"""What belongs to the page and only shows it by its place: running heads, contents, footnotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from topics.patterns import Pattern
from topics.splitting.lines import Block
from topics.splitting.marks import NUMBERED, SHORT, is_page_number, is_separator

_CONTENTS: Final = Pattern("(?:本期)?(?:目 ?录|要目|导读)$")
_ENTRY: Final = Pattern(r"[-•·●○◆◇■□★☆➤►▪* ]*(?P<title>.+?)[ .…·]*\d{0,3}$")
_NOTE_FIRST: Final = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳[")
_NOTE: Final = Pattern("[①-⑳]|\\[\\d{1,2}\\]")
NOTE_WITHIN: Final = 30  # blocks between a footnote and its mark in the text
MIN_RUNNING: Final = 2  # times that a line must stand beside a page number to be a running head
_DIGITS: Final = Pattern(r"\d+")
_SERIAL: Final = Pattern("第.{1,4}[辑期卷集编册]")
_MAIL: Final = Pattern(r"(?:发件人|From)[：:]")
_MAIL_HEAD: Final = Pattern(
    r"(?:发件人|收件人|抄送|密送|主题|日期|时间|发送时间|From|To|Cc|Bcc|Subject|Date|Sent)[：:]"
)
SIGNATURE: Final = 6  # blocks that a mail's signature has at most


def mark_furniture(blocks: Sequence[Block]) -> None:
    """Set the mark of running heads, of lists of contents and of footnotes to boilerplate."""
    _running_heads(blocks)
    _mail(blocks)
    for n, block in enumerate(blocks):
        if block.text[-1] in "录目读" and len(block.text) <= SHORT and _CONTENTS.match(block.text):
            _contents(blocks, n)
        elif block.text[0] in _NOTE_FIRST and not block.mark and (note := _NOTE.match(block.text)):
            before = (b.text.find(note[0], 1) for b in blocks[max(0, n - NOTE_WITHIN) : n])
            if any(at > 0 for at in before):
                block.mark = "boilerplate"


def _running_heads(blocks: Sequence[Block]) -> None:
    """Short lines that stand beside page numbers, again and again, are the page's own."""
    numbers = [
        n for n, b in enumerate(blocks) if b.mark == "boilerplate" and is_page_number(b.text)
    ]
    if len(numbers) < MIN_RUNNING:
        return
    beside = {m for n in numbers for m in (n - 1, n + 1) if 0 <= m < len(blocks)}
    short = [n for n in sorted(beside) if not blocks[n].mark and len(blocks[n].text) <= SHORT]
    keys = {n: _DIGITS.sub("0", blocks[n].text) for n in short if not blocks[n].final}
    often = Counter(keys.values())
    for n, key in keys.items():
        if often[key] >= MIN_RUNNING:
            blocks[n].mark = "boilerplate"
    # The first page's has no number beside it; one that counts volumes is no article's title.
    if often[_DIGITS.sub("0", blocks[0].text)] >= MIN_RUNNING and _SERIAL.search(blocks[0].text):
        blocks[0].mark = "boilerplate"


def _mail(blocks: Sequence[Block]) -> None:
    """Set aside a mail's head, and its signature after ``--`` (RFC 3676)."""
    for n, block in enumerate(blocks):
        if block.text[0] in "发F" and _MAIL.match(block.text):
            for way in (range(n, -1, -1), range(n + 1, len(blocks))):
                for m in way:
                    if not _MAIL_HEAD.match(blocks[m].text):
                        break
                    blocks[m].mark = "boilerplate"
        elif block.text == "--" and len(blocks) - n <= SIGNATURE + 1:
            for below in blocks[n:]:
                below.mark = "boilerplate"


def _contents(blocks: Sequence[Block], n: int) -> None:
    """Name the entries of a list of contents; what an issue announces are its articles' titles."""
    entries: dict[str, Block] = {}
    for block in blocks[n + 1 :]:
        over = block.final or len(block.text) > SHORT or is_separator(block.text)
        found = None if over else _ENTRY.match(block.text)
        if not found or found["title"] in entries:
            break
        entries[found["title"]] = block
    later = {b.text: b for b in blocks[n + 1 + len(entries) :] if b.text in entries}
    if not later:
        return
    blocks[n].mark = "boilerplate"
    last = max(at for at, title in enumerate(entries) if title in later)
    for entry in list(entries.values())[: last + 1]:
        entry.mark = "boilerplate"
    for title, block in later.items():
        if not NUMBERED.match(title) and blocks[n].text.startswith("本期"):
            block.hint = block.hint or "title"
