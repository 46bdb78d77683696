"""A cell of a table that holds a piece of a web page → its text; other cells stay as they are.

Content systems export the editor's HTML. A cell counts as such where it begins with a tag that
editors write; a text that only speaks of tags is none.
"""

from __future__ import annotations

import re
from typing import Final

_BLOCKS: Final = (
    "p|div|br|section|article|h[1-6]|ul|ol|li|table|tbody|thead|tr|td|th|figure|figcaption"
    "|blockquote|center|hr|dl|dt|dd|pre"
)
_FRAGMENT: Final = re.compile(
    rf"\s*<(?:{_BLOCKS}|span|strong|b|font|em|i|u|a|img)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_HIDDEN: Final = re.compile(
    r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_BREAK: Final = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")


def plain(cell: str) -> str:
    """Return the text of a cell, a line a block; entities are left to cleaning.

    >>> plain("<p>一。</p><p>二<b>三</b>。</p>").split()
    ['一。', '二三。']
    >>> plain("写作 <p> 的标签")
    '写作 <p> 的标签'
    """
    if not _FRAGMENT.match(cell):
        return cell
    return _TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", cell)))
