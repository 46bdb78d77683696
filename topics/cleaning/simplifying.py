"""Traditional characters → simplified ones (OpenCC), where a line is written in them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from topics.patterns import Pattern

# Traditional forms that Big5 does not have, or GB 2312 has too.
_VARIANTS: Final = "僞吒啓夥嫺峯崬後徵於爲牀癧碸竈糉絝繮羣腖葤蕒蟎衆袷裏軤軲醣揹伕喫麪麴顬颱飈餷鷀"


@cache
def _standard(encoding: str, leads: tuple[int, int], trails: tuple[int, ...]) -> frozenset[str]:
    """Return the characters of a national standard: all its codes, decoded line by line."""
    row = bytearray(b for trail in trails for b in (0, trail, 10))
    lines = []
    for lead in range(*leads):
        row[::3] = bytes([lead]) * len(trails)
        lines.append(row.decode(encoding, "ignore"))
    return frozenset("".join(lines))


def _only(*, big5: bool) -> re.Pattern[str]:
    """Return what finds a character that one of the two standards has and the other has not."""
    traditional = _standard("big5", (0xA4, 0xFA), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    simplified = _standard("gb2312", (0xB0, 0xF8), tuple(range(0xA1, 0xFF)))
    if big5:
        chars = (traditional - simplified).union(_VARIANTS)
    else:
        chars = simplified - traditional - {"着"}  # in traditional texts too, but not in Big5
    han = sorted(char for char in chars if "\u4e00" <= char <= "\u9fa5")
    return re.compile(f"[{''.join(han)}]")


@cache
def traditional() -> re.Pattern[str]:
    """Return what finds a traditional character."""
    return _only(big5=True)


@cache
def _simple() -> re.Pattern[str]:
    return _only(big5=False)


STRAY_TRADITIONAL: Final = 2  # so many in a simplified line are names (玥, 喆): left alone


_LEFT: Final = str.maketrans("揹伕", "背夫")  # OpenCC knows them in one direction only
# OpenCC leaves the particle 著 (沿著) as it is, because 著 is also right (著名, 名著).
_PARTICLE: Final = Pattern("(?<![名编显译专原土论巨卓昭遗])著(?![名作者述书录称])")


_SURROGATE: Final = Pattern("([\ud800-\udfff])")


@cache
def _converter() -> Any:  # noqa: ANN401 - OpenCC has no types
    import opencc  # here: loading its dictionaries costs more than cleaning most files

    return opencc.OpenCC("t2s")


def _is_traditional(line: str) -> bool:
    found = len(traditional().findall(line))
    if not found:
        return False
    against = len(_simple().findall(line))
    return found > against or found > max(STRAY_TRADITIONAL, against // 4)


def simplified(line: str) -> str:
    """Return the line in simplified characters, as long as it was."""
    if not _is_traditional(line):
        return line
    new = _converted(line)
    # A phrase that changes its length would break the trace: such a line goes by characters.
    kept = new if len(new) == len(line) else _by_character(line)
    return _PARTICLE.sub("着", kept.translate(_LEFT))


def _converted(line: str) -> str:
    """Return what OpenCC makes of a line; it cannot take surrogates, which damaged text has."""
    convert = _converter().convert
    pieces = _SURROGATE.split(line)
    return "".join(piece if n % 2 else str(convert(piece)) for n, piece in enumerate(pieces))


def _by_character(line: str) -> str:
    pairs = ((char, _converted(char)) for char in line)
    return "".join(new if len(new) == 1 else char for char, new in pairs)
