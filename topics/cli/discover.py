"""``topics discover``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from topics.cli.showing import rows, say, steps
from topics.errors import OptionsError
from topics.themes import load_themes


def run(args: argparse.Namespace) -> None:
    """Find topics and show them, or write them as JSON."""
    with steps(4) as begin:
        begin("reading")
        from topics.discovering import Settings, choose_topics, discover

        themes = None if args.tokenized else load_themes(args.themes)
        tokens, counts, words = _counted(args, themes)
        begin("choosing K")
        settings = Settings(method=args.method, seed=args.seed, topics=_size(args.topics))
        if args.topics == "auto":
            choice = choose_topics(
                counts, words, tokens, settings=dataclasses.replace(settings, perplexity=False)
            )
            say(f"K = {choice.advised}: {choice.reason}")
            settings = dataclasses.replace(settings, topics=choice.advised)
        begin("learning")
        found = discover(counts, words, tokens, settings=settings, themes=themes)
    if args.format == "json":
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return
    rows(
        ("id", "share", "theme", "words"),
        ((t.id, f"{t.share:.1%}", t.theme, " ".join(t.words)) for t in found.topics),
    )
    scores = found.scores.to_dict()
    say(", ".join(f"{name} {'–' if s is None else s}" for name, s in scores.items()))


def _size(given: str) -> int:
    if given == "auto":
        return 20
    if not given.isdigit():
        raise OptionsError(f"--topics {given!r} is no number; give a whole number, or auto")
    return int(given)


def _counted(args: argparse.Namespace, themes: Any) -> tuple[Sequence[Sequence[str]], Any, Any]:  # noqa: ANN401  # a ThemeSet or None
    """Return tokens, counts and words of the articles, or of texts that are cut at spaces."""
    from topics.ingesting import read_articles
    from topics.mapping import count_words
    from topics.preparing import field_segmenter
    from topics.training import sample_corpus, stop_words

    if args.tokenized:
        tokens: list[list[str]] = _cut_lines(args.paths)
        return tokens, *count_words(tokens, themes, frozenset())
    corpus = read_articles(args.paths) if args.paths else sample_corpus()
    say(f"read: {corpus.summary}")
    texts = [part.text for part in corpus.paragraphs]
    tokens = list(field_segmenter(themes).cut_many(texts))
    return tokens, *count_words(tokens, themes, stop_words())


def _cut_lines(paths: Sequence[str]) -> list[list[str]]:
    """Return the words of every document: a line of a text file, or a ready row."""
    from topics.ingesting import read_rows

    return [line.split() for line in read_rows(paths)]
