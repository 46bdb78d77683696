"""The blocks of a guide, and how they are run.

A comment before a block says what is to be done with it: ``<!-- slow -->`` (trains: only with
``--slow``), ``<!-- not run: why -->``, ``<!-- file: NAME -->`` (the block is that file). A block
without a comment is run as it stands.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from topics.cli import run

_BLOCK = re.compile(r"(?:<!-- ([^\n]*?) -->\n)?```(\w+)\n(.*?)```", re.S)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    text: str
    note: str

    @property
    def slow(self) -> bool:
        return self.note == "slow"

    @property
    def file(self) -> str:
        return self.note.removeprefix("file: ") if self.note.startswith("file: ") else ""

    @property
    def runs(self) -> bool:
        return self.language in {"bash", "python"} and not self.note.startswith("not run: ")


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in their order."""
    for note, language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Block(language, text, note)


def perform(block: Block) -> None:
    """Write the file, or run the commands or the Python of a block, in the current folder."""
    if block.file:
        Path(block.file).write_text(block.text, encoding="utf-8")
    elif block.language == "python" and block.runs:
        exec(compile(block.text, "guide", "exec"), {"__name__": "guide"})
    elif block.runs:
        for line in block.text.splitlines():
            name, *words = shlex.split(line, comments=True) or [""]
            if name:
                assert name == "topics", f"a guide may only call topics: {line}"
                assert run(words) == 0, line
