"""What commands tell on stderr alike: what was read, skipped, reprinted; the shares of themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from topics.cli.showing import say
from topics.corpus import Corpus, Skipped
from topics.findings import Reprint, Share
from topics.themes import ThemeSet

COMPARED: Final = 200_000  # paragraphs; above it reprints are only looked for in training
ONCE: Final = "training counts them once"
"""What is done with reprints, and …"""
LEARNED: Final = "discovery learns from exact copies once, from near ones each time"
"""… what discovery does."""


def say_read(corpus: Corpus, note: str = "") -> None:
    """Tell what a corpus holds, what was skipped and why, and how much of it is reprints."""
    _say_files(corpus, note)
    look_for_reprints([part.text for part in corpus.paragraphs])


@contextmanager
def telling(corpus: Corpus, rule: str = ONCE) -> Iterator[None]:
    """Tell as `say_read` does; reprints are looked for while the block runs, and told at its end.

    A thread looks for them: most of its time is not Python's.
    """
    from concurrent.futures import ThreadPoolExecutor

    _say_files(corpus)
    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(look_for_reprints, [part.text for part in corpus.paragraphs], rule)
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


def look_for_reprints(texts: Sequence[str], rule: str = ONCE) -> None:
    """Look for paragraphs that are copies of others, unless there are very many, and tell."""
    from topics.deduplicating import find_reprints

    if 1 < len(texts) <= COMPARED:
        say_reprints(find_reprints(texts), len(texts), rule)


def say_reprints(found: Sequence[Reprint], paragraphs: int, rule: str = ONCE) -> None:
    """Tell how many of the paragraphs are copies of others."""
    if copies := sum(len(reprint.others) for reprint in found):
        say(
            f"reprints: {copies} of {paragraphs} paragraph(s) say nearly the same as one before; "
            f"{rule}"
        )


def share_lines(shares: Iterable[Share], themes: ThemeSet, lang: str) -> Iterator[str]:
    """Yield the share of each theme as a report shows it, and what was tagged so, each named."""
    for share in shares:
        yield (
            f"  {themes.label(share.theme, lang)}  estimate {share.estimate:6.1%} "
            f"(95% {share.low:.1%}–{share.high:.1%}), tagged {share.counted:6.1%}"
        )
