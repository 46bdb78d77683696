"""What is doubtful about a word list: words without effect, and words that tear others apart."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from topics.segmenting.engines import Engine, open_engine
from topics.segmenting.jieba_engine import dictionary
from topics.segmenting.lexicon import (
    LEXICON,
    Entry,
    LexiconProblem,
    entries,
    find_faults,
    read_lexicon,
)

NAMED: Final = 3
"""Words that a message names; it counts the rest."""
NEAR: Final = 0.85
"""How alike two words of five and more characters are that may be one misspelt: one of six or
seven characters differs."""
LONG: Final = 5


def find_problems(text: str) -> list[LexiconProblem]:
    """Return what is wrong with, or doubtful about, a list, in the order of its lines."""
    faults = find_faults(text)
    wrong = {fault.line for fault in faults}
    given = {entry.word: entry for entry in entries(text) if entry.line not in wrong}
    words = tuple(sorted((entry.word, entry.frequency) for entry in given.values()))
    engine, bare = open_engine("auto", words), open_engine("auto", ())
    found = [*faults, *_about_each(given.values(), engine, bare), *_torn(given, engine, bare)]
    return sorted(found, key=lambda problem: problem.line)


def _about_each(given: Iterable[Entry], engine: Engine, bare: Engine) -> Iterator[LexiconProblem]:
    field = read_lexicon(LEXICON)
    for entry in given:
        if found := _doubt(entry, engine.cut(entry.word), _is_whole(entry.word, bare)):
            yield found
        elif entry.word not in field and (near := _near(entry.word, field)):
            message = f"is nearly {near!r} of the packaged list; did you mean that?"
            yield LexiconProblem(entry.line, entry.word, "info", message)


def _is_whole(word: str, engine: Engine) -> bool:
    return engine.has_word(word) and engine.cut(word) == [word]


def _doubt(entry: Entry, tokens: list[str], whole: bool) -> LexiconProblem | None:  # noqa: FBT001
    """Say why an entry does not do what it should; ``whole``: jieba alone keeps the word so."""
    if whole and entry.frequency is None:
        message = "is redundant: jieba keeps it whole by itself; it may be deleted"
        return LexiconProblem(entry.line, entry.word, "info", message)
    if len(tokens) == 1:
        return None
    number = f"with frequency {entry.frequency} " if entry.frequency else ""
    advice = "delete the line" if whole else "leave the number out" if number else "leave it out"
    message = f"{number}is cut as {'/'.join(tokens)}; {advice}"
    return LexiconProblem(entry.line, entry.word, "warning", message)


def _near(word: str, field: tuple[str, ...]) -> str:
    if len(word) < LONG:
        return ""
    near = difflib.get_close_matches(word, field, n=1, cutoff=NEAR)
    return near[0] if near and len(near[0]) == len(word) else ""


def _torn(given: Mapping[str, Entry], engine: Engine, bare: Engine) -> Iterator[LexiconProblem]:
    """Yield the words that tear words of the dictionary or of the list apart."""
    torn: dict[str, list[str]] = {}
    if not given:
        return
    longer_ones = "\n".join((dictionary(), *given, ""))
    for word in given:
        for longer in sorted(_around(word, longer_ones)):
            whole = longer in given or bare.cut(longer) == [longer]
            if whole and word in engine.cut(longer):
                torn.setdefault(word, []).append(longer)
    for word, others in torn.items():
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        advice = "a lower number, or none" if given[word].frequency else "a longer expression"
        message = f"tears {', '.join(others[:NAMED])}{more} apart; give it {advice}"
        yield LexiconProblem(given[word].line, word, "warning", message)


def _around(word: str, lines: str) -> set[str]:
    """Return the longer words that ``word`` stands in, among words at line breaks."""
    found = set()
    at = lines.find(word)
    while at >= 0:
        start, stop = lines.rfind("\n", 0, at) + 1, lines.find("\n", at)
        found.add(lines[start:stop])
        at = lines.find(word, stop)
    return found - {word}
