"""What was read, told on stderr by every command that reads: counts, skipped files, reprints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from topics.cli.showing import say
from topics.corpus import Corpus, Skipped
from topics.findings import Reprint
from topics.themes import ThemeSet

COMPARED: Final = 200_000  # paragraphs; above it reprints are only looked for in training


def say_read(corpus: Corpus, note: str = "") -> None:
    """Tell what a corpus holds, what was skipped and why, and how much of it is reprints."""
    _say_files(corpus, note)
    look_for_reprints([part.text for part in corpus.paragraphs])


@contextmanager
def telling(corpus: Corpus) -> Iterator[None]:
    """Tell as `say_read` does; reprints are looked for while the block runs, and told at its end.

    A thread looks for them: most of its time is not Python's.
    """
    from concurrent.futures import ThreadPoolExecutor

    _say_files(corpus)
    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(look_for_reprints, [part.text for part in corpus.paragraphs])
        yield
        looked.result()


def _say_files(corpus: Corpus, note: str = "") -> None:
    say(f"read: {corpus.summary}{note}")
    say_skipped(corpus.skipped)


def say_spelled(themes: ThemeSet) -> None:
    """Tell which words of a theme file are read as something else, because texts are."""
    from topics.preparing import read_word

    given = sorted({*themes.seed_words, *themes.words})
    changed = [f"{word} → {read_word(word)}" for word in given if read_word(word) != word]
    if changed:
        say(f"words read as texts are: {', '.join(changed)}")


def say_skipped(skipped: Iterable[Skipped]) -> None:
    """Tell which files were not read, and why."""
    for item in skipped:
        say(f"skipped: {item.file}: {item.reason}")


def look_for_reprints(texts: Sequence[str]) -> None:
    """Look for paragraphs that are copies of others, unless there are very many, and tell."""
    from topics.deduplicating import find_reprints

    if 1 < len(texts) <= COMPARED:
        say_reprints(find_reprints(texts), len(texts))


def say_reprints(found: Sequence[Reprint], paragraphs: int) -> None:
    """Tell how many of the paragraphs are copies of others."""
    if copies := sum(len(reprint.others) for reprint in found):
        say(
            f"reprints: {copies} of {paragraphs} paragraph(s) say nearly the same as one before; "
            "training counts them once"
        )
