"""Word lists: which words can be kept whole, and reading and checking lists of them.

A list is UTF-8 text with one word a line, in the format of jieba's user dictionaries: behind the
word may stand its frequency and its part of speech (which is not used). Empty lines and lines
that start with ``#`` are skipped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from topics.errors import InputError
from topics.patterns import Pattern

LEXICON: Final = Path(__file__).parent.parent / "data" / "lexicon.txt"
"""The packaged list of this field's own expressions."""

MAX_LENGTH: Final = 20
"""A longer line is a sentence rather than a word; the longest official name of a doctrine,
习近平新时代中国特色社会主义思想, has 16 characters."""

# jieba looks words up only inside runs of these characters.
_JOINABLE: Final = Pattern(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]{2,}")
_HAN: Final = Pattern(r"[\u4e00-\u9fd5]")
_LINE: Final = Pattern(r"(?P<word>\S.*?)(?:\s+(?P<frequency>[0-9]{1,12}))?(?:\s+[a-zA-Z]+)?")


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """Something about one line of a word list."""

    line: int
    """1-based number of the line."""
    word: str
    level: Literal["error", "warning", "info"]
    """``error``: the list is refused; ``warning``: the line does not do what it seems to;
    ``info``: it does nothing and may be deleted."""
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a word list."""

    line: int
    word: str
    frequency: int | None = None
    """What the line says; None: as little as keeps the word whole."""


def read_lexicon(source: Path | str = LEXICON) -> tuple[str, ...]:
    """Return the words of a list, in its order; see `read_words`."""
    return tuple(read_words(source))


def read_words(source: Path | str) -> dict[str, int | None]:
    """Return word → frequency (None where none is given) of a list, in its order.

    Args:
        source: a `Path` is read; a ``str`` is the text itself.

    Raises:
        InputError: if the file cannot be read, or naming every line that is not a word.
    """
    text, name = (read_text(source), source) if isinstance(source, Path) else (source, "lexicon")
    if problems := find_faults(text):
        raise InputError("\n".join(f"{name}, {problem}" for problem in problems))
    return {entry.word: entry.frequency for entry in entries(text)}


def read_text(path: Path) -> str:
    """Return the text of a list.

    Raises:
        InputError: if the file cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); give a text file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from error


def entries(text: str) -> Iterator[Entry]:
    """Yield the entries of a list, right or wrong."""
    for number, line in enumerate(text.split("\n"), 1):
        found = _LINE.fullmatch(line.strip())
        if found and not found["word"].startswith("#"):
            yield Entry(number, found["word"], int(found["frequency"] or 0) or None)


def find_faults(text: str) -> list[LexiconProblem]:
    """Return the errors of a list: what keeps it from being read."""
    return list(_faults(text))


def _faults(text: str) -> Iterator[LexiconProblem]:
    seen: dict[str, int] = {}
    for entry in entries(text):
        message = _fault(entry.word)
        if not message and entry.word in seen:
            message = f"stands already in line {seen[entry.word]}; delete one of them"
        if message:
            yield LexiconProblem(entry.line, entry.word, "error", message)
        seen.setdefault(entry.word, entry.line)


def _fault(word: str) -> str:
    """Return what keeps ``word`` from being a word, or nothing."""
    if len(word.split()) > 1:
        joined = "".join(word.split())
        hint = f"; did you mean {joined!r}?" if joinable(joined) else ""
        return f"has a blank inside; write word, frequency (a number) and tag, one a line{hint}"
    if len(word) == 1:
        return "is a single character, which is a token already; delete it"
    if len(word) > MAX_LENGTH:
        return f"has {len(word)} characters, more than {MAX_LENGTH}; split it into expressions"
    if not joinable(word):
        odd = "".join(sorted(char for char in set(word) if not joinable(char * 2)))
        plain = "".join(c for c in unicodedata.normalize("NFKC", word) if joinable(c * 2))
        hint = f"; did you mean {plain!r}?" if joinable(plain) else ""
        return f"has {odd!r}, which jieba never joins; delete these characters or the line{hint}"
    if not _HAN.search(word) and word.isalnum():
        return "has no Han character; Latin words and numbers need no list, delete it"
    return ""
