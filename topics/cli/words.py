"""``topics words``, and the lists of words that ``--words`` gives to other commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from topics.cleaning import clean
from topics.cli.showing import rows, say
from topics.errors import InputError
from topics.segmenting import LexiconProblem, lint_lexicon, read_words
from topics.segmenting.lexicon import entries, read_text
from topics.themes import ThemeSet


def run(args: argparse.Namespace) -> None:
    """Show what is wrong with, or doubtful about, a list; exit code 2 for errors."""
    text = read_text(Path(args.file))
    found = sorted((*lint_lexicon(text), *_written_otherwise(text)), key=lambda p: p.line)
    if found:
        rows(
            ("line", "word", "level", "what"), ((p.line, p.word, p.level, p.message) for p in found)
        )
    errors = sum(problem.level == "error" for problem in found)
    say(f"{sum(1 for _ in entries(text))} word(s), {len(found)} remark(s), {errors} error(s)")
    if errors:
        raise InputError(f"{args.file}: {errors} line(s) must be mended before --words takes it")


def _written_otherwise(text: str) -> Iterator[LexiconProblem]:
    """Yield the words that no text contains, because texts are cleaned before they are cut."""
    for entry in entries(text):
        plain = clean(entry.word)
        if plain and plain != entry.word:
            message = f"is never met: texts are read as {plain!r}; did you mean that?"
            yield LexiconProblem(entry.line, entry.word, "warning", message)


def with_words(themes: ThemeSet, path: str | None) -> ThemeSet:
    """Return the themes with the user's words of a file, if one is given."""
    return themes.with_words(read_words(Path(path))) if path else themes
