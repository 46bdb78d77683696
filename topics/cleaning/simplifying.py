"""Traditional characters → simplified ones (OpenCC), where a line is written in them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from topics.patterns import Pattern

# Traditional forms that Big5 does not have, or GB 2312 has too.
_VARIANTS: Final = "僞吒啓夥嫺峯崬後徵於爲牀癧碸竈糉絝繮羣腖葤蕒蟎衆袷裏軤軲醣揹伕喫麪麴顬颱飈餷鷀"


def _of(standard: str) -> set[str]:
    """Return the characters that a national standard has, found in a millisecond."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    return set(han.encode(standard, "ignore").decode(standard))


@cache
def traditional() -> frozenset[str]:
    """Return the characters that only traditional text has: in Big5, and not in GB 2312."""
    return frozenset((_of("big5") - _of("gb2312")).union(_VARIANTS))


@cache
def _simple() -> frozenset[str]:
    """Return the characters that only simplified text has; 着 is in both, but not in Big5."""
    return frozenset(_of("gb2312") - _of("big5") - {"着"})


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
    found = sum(map(traditional().__contains__, line))
    if not found:
        return False
    against = sum(map(_simple().__contains__, line))
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
