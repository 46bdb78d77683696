"""What was noted in English along the way, in the language of the page. Pure.

A summary, a note or a way of checking is kept in the findings as one English line. The data files
of the languages hold the lines that there are, with names in braces for what changes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

_PLURAL: Final = re.compile(r"(\b(\d+) [a-z ]+)\(s\)")
_NUMBER: Final = r"[\d,]+"
_OF_NUMBER: Final = re.compile(r"n\d?")
_NAME: Final = re.compile(r"\\{(\w+)\\}")


def counted(line: str) -> str:
    """Return the line with 1 article and 2 articles where it said 1 article(s), 2 article(s)."""
    return _PLURAL.sub(lambda found: f"{found[1]}{'' if found[2] == '1' else 's'}", line)


def told(line: str, table: Mapping[str, str]) -> str:
    """Return the line as the table says it; a line that it does not know stays as it is.

    What ``{first}`` stands for is itself such a line.
    """
    for pattern, said in table.items():
        found = _matcher(pattern).fullmatch(line)
        if found:
            values = found.groupdict()
            if "first" in values:
                values["first"] = told(values["first"], table)
            return counted(said.format(**values))
    return line


@functools.cache
def _matcher(pattern: str) -> re.Pattern[str]:
    """``{n}``, ``{n1}`` … are numbers, another name any text."""
    named = _NAME.sub(
        lambda found: f"(?P<{found[1]}>{_NUMBER if _OF_NUMBER.fullmatch(found[1]) else '.+?'})",
        re.escape(pattern),
    )
    return re.compile(named, re.S)
