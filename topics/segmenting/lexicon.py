"""Word lists: which words can be kept whole, and reading and checking lists of them.

A list is UTF-8 text with one word a line; empty lines and lines that start with ``#`` are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from topics.errors import InputError

LEXICON: Final = Path(__file__).parent.parent / "data" / "lexicon.txt"
"""The packaged list of this field's own expressions."""

MAX_LENGTH: Final = 20
"""A longer line is a sentence rather than a word; the longest official name of a doctrine,
习近平新时代中国特色社会主义思想, has 16 characters."""

# jieba looks words up only inside runs of these characters.
_JOINABLE: Final = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]{2,}")
_HAN: Final = re.compile(r"[\u4e00-\u9fd5]")


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """Something about one line of a word list."""

    line: int
    """1-based number of the line."""
    word: str
    level: Literal["error", "info"]
    """``error``: the list is refused; ``info``: the line does nothing and may be deleted."""
    message: str
    """What was found and what to do."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.word!r} {self.message}"


def joinable(word: str) -> bool:
    """Tell whether jieba can keep ``word`` as one token.

    It must have at least two characters, all of them common Han characters (U+4E00 to U+9FD5),
    ASCII letters or digits, or one of ``+ # & . _ % -``. A name with ``·`` can never be joined.
    """
    return _JOINABLE.fullmatch(word) is not None


def read_lexicon(source: Path | str = LEXICON) -> tuple[str, ...]:
    """Return the words of a list, in its order.

    Args:
        source: a `Path` is read; a ``str`` is the text itself.

    Raises:
        InputError: if the file cannot be read, or naming every line that is not a word.
    """
    text, name = (_read(source), str(source)) if isinstance(source, Path) else (source, "lexicon")
    problems = [problem for problem in _problems(text, None) if problem.level == "error"]
    if problems:
        raise InputError("\n".join(f"{name}, {problem}" for problem in problems))
    return tuple(word for _, word in _entries(text))


def find_problems(text: str, is_whole: Callable[[str], bool] | None) -> list[LexiconProblem]:
    """Return what is wrong with a list; ``is_whole`` tells whether a word needs no help."""
    return list(_problems(text, is_whole))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give a text file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from error


def _entries(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        word = line.strip()
        if word and not word.startswith("#"):
            yield number, word


def _problems(text: str, is_whole: Callable[[str], bool] | None) -> Iterator[LexiconProblem]:
    seen: dict[str, int] = {}
    for number, word in _entries(text):
        if message := _fault(word):
            yield LexiconProblem(number, word, "error", message)
        elif word in seen:
            message = f"stands already in line {seen[word]}; delete one of them"
            yield LexiconProblem(number, word, "error", message)
        elif is_whole is not None and is_whole(word):
            message = "is redundant: jieba keeps it whole by itself; it may be deleted"
            yield LexiconProblem(number, word, "info", message)
        seen.setdefault(word, number)


def _fault(word: str) -> str:
    """Return what keeps ``word`` from being a word, or nothing."""
    if len(word.split()) > 1:
        return "has a blank inside; write one word a line, without frequency or tag"
    if len(word) == 1:
        return "is a single character, which is a token already; delete it"
    if len(word) > MAX_LENGTH:
        return f"has {len(word)} characters, more than {MAX_LENGTH}; split it into expressions"
    if not joinable(word):
        odd = "".join(sorted(char for char in set(word) if not joinable(char * 2)))
        return f"has {odd!r}, which jieba never joins; delete these characters or the line"
    if not _HAN.search(word):
        return "has no Han character; Latin words and numbers need no list, delete it"
    return ""
