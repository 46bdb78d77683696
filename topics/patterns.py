"""Regular expressions that are compiled when they are first used, not when they are imported.

Reading has about eighty of them; a command that reads one short text needs few.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

_METHODS = ("match", "search", "fullmatch", "findall", "finditer", "split", "sub")


class Pattern:
    """A regular expression: as `re.compile` gives it, but compiled at the first use.

    After that a call costs what it costs on the compiled one: its methods are kept.

    Args:
        pattern: The expression.
        flags: As for `re.compile`.
    """

    if TYPE_CHECKING:
        match: Callable[..., re.Match[str] | None]
        search: Callable[..., re.Match[str] | None]
        fullmatch: Callable[..., re.Match[str] | None]
        findall: Callable[..., list[str]]
        finditer: Callable[..., list[re.Match[str]]]
        split: Callable[..., list[str]]
        sub: Callable[..., str]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> object:
        """Compile, keep the methods, return the one asked for (the others never come here)."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"Pattern({self.pattern[:40]!r})"
