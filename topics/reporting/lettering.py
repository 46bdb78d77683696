"""A Chinese font for pages that are read where there is none: just the characters of the page.

The only door to fontTools. page.css names our font after every Chinese font that readers may have,
so that their own come first, and before fonts without Chinese: after one of those, Chromium draws
boxes for the first word of each style.
"""

from __future__ import annotations

import base64
import functools
import io
from collections import Counter
from typing import Final

FAMILY: Final = "Topics Han"
"""The name in the font lists of page.css."""
ENGLISH_FAMILY: Final = "Topics Han Characters"
"""In English pages: first in the lists, for Chinese characters alone. There the reader's own font
without Chinese comes next, and Chromium would draw boxes for the first word of each style."""
CHARACTERS: Final = "U+2E80-2FDF, U+3000-9FFF, U+F900-FAFF, U+FE30-FE4F, U+FF00-FFEF, U+20000-3FFFF"
"""Han characters and their signs; quotation marks and dashes stay with the Latin font."""
MAX_CHARACTERS: Final = 7000
"""A page of more kinds of characters embeds the commonest: GB 2312 has 6,763; 1.5 MB at most."""
_KEPT_NAMES: Final = [0, 13, 14]  # copyright, licence and its address: the OFL asks for them
_UNUSED: Final = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]


def lettered(page: str) -> str:
    """Return the page with a font for what it shows; unchanged where no font can be made."""
    kinds = set(page)
    if len(kinds) > MAX_CHARACTERS:
        kinds = {character for character, _ in Counter(page).most_common(MAX_CHARACTERS)}
    font = subset("".join(sorted(kinds)))
    if not font:
        return page
    data = base64.b64encode(font).decode()
    english = '<html lang="en">' in page[:100]
    face = font_face(f'url("data:font/woff;base64,{data}") format("woff")', english=english)
    return page.replace("</style>", f"{face}</style>", 1)


def font_face(source: str, *, english: bool) -> str:
    """Return the rule that gives a font its name in page.css."""
    family = ENGLISH_FAMILY if english else FAMILY
    only = f" unicode-range: {CHARACTERS};" if english else ""
    return f'@font-face {{ font-family: "{family}"; font-display: block;{only} src: {source}; }}\n'


@functools.lru_cache(maxsize=4)
def subset(characters: str) -> bytes:
    """Return Noto Sans SC with these characters alone, as WOFF; empty where it cannot be made.

    The same characters give the same bytes.
    """
    try:
        from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
        from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        return b""
    options = Options(
        layout_features=[],
        name_IDs=_KEPT_NAMES,
        notdef_outline=True,
        desubroutinize=True,  # measured: a third faster than looking for unused subroutines
    )
    options.drop_tables += _UNUSED
    made = io.BytesIO()
    try:
        with (
            sans_path().open("rb") as file,
            TTFont(file, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font,
        ):
            # Looking for glyphs made of others takes 40 % of the time, and Noto has none.
            font["CFF "].closure_glyphs = lambda _: None
            subsetter = Subsetter(options)
            subsetter.populate(unicodes=[ord(character) for character in characters])
            subsetter.subset(font)
            font.flavor = "woff"
            font.save(made, reorderTables=False)
    except (OSError, KeyError, TTLibError):
        return b""
    return made.getvalue()
