"""``topics read``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from topics.cli.showing import console, say
from topics.cli.telling import COMPARED, look_for_reprints, say_skipped
from topics.cli.writing import open_out
from topics.corpus import Article, Corpus, Kind, Part, Skipped
from topics.errors import InputError
from topics.ingesting import iter_articles

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_STYLES: Final[dict[Kind, str]] = {
    "title": "bold",
    "subtitle": "bold",
    "byline": "green",
    "dateline": "green",
    "column": "magenta",
    "heading": "bold cyan",
    "caption": "yellow",
    "body": "",
    "boilerplate": "grey50",
}


_KNOWN: Final = ("date", "source", "author", "place")


class _Log:
    """Keeps of what passes what the summary needs."""

    def __init__(self) -> None:
        self.skipped: list[Skipped] = []
        self.articles: list[Article] = []
        self.paragraphs = 0
        self.texts: list[str] = []

    def pass_on(self, paths: Sequence[str]) -> Iterator[Article]:
        """Yield the articles at ``paths``."""
        for item in iter_articles(paths):
            if isinstance(item, Skipped):
                self.skipped.append(item)
                continue
            self.articles.append(Article((), item.file, item.number))
            paragraphs = item.paragraphs
            self.paragraphs += len(paragraphs)
            if self.paragraphs <= COMPARED:
                self.texts += [part.text for part in paragraphs]
            yield item

    def tell(self) -> None:
        """Say on stderr what was read, skipped, and printed before."""
        files = len({article.file for article in self.articles})
        corpus = Corpus(tuple(self.articles), files, tuple(self.skipped))
        say(f"read: {corpus.counted(self.paragraphs)}")
        say_skipped(self.skipped)
        if self.paragraphs == len(self.texts):
            look_for_reprints(self.texts)


def run(args: argparse.Namespace) -> None:
    """Show every part with its kind and place."""
    log = _Log()
    articles = log.pass_on(args.paths)
    if args.format == "jsonl":
        with open_out(args.out) as out:
            for article in articles:
                for part in article.parts:
                    out.write(json.dumps(_row(part), ensure_ascii=False) + "\n")
    else:
        screen = console()
        for article in articles:
            _show(article, screen)
    log.tell()
    if not log.articles:
        raise InputError("nothing could be read; see the reasons above")


def _show(article: Article, screen: Console) -> None:
    """Print one article: what it is, then a line for each part, as wide as the terminal."""
    from rich.text import Text

    known = [article.meta[key] for key in _KNOWN if article.meta.get(key)]
    head = Text(f"{article.file} #{article.number}", "bold")
    _print(head.append("  " + " · ".join(known), "not bold green"), screen)
    for part in article.parts:
        style = _STYLES[part.kind]
        line = Text(f"{part.line:>5} ", "grey50")
        line.append(f"{part.kind:<11} ", style or "grey50")
        _print(line.append(part.text[: screen.width], style or "default"), screen)


def _print(line: Text, screen: Console) -> None:
    line.truncate(screen.width, overflow="ellipsis")
    screen.print(line, no_wrap=True, overflow="ellipsis", crop=False)


def _row(part: Part) -> dict[str, object]:
    return {
        "file": part.file,
        "article": part.article,
        "kind": part.kind,
        "line": part.line,
        "text": part.text,
        "heading": part.heading,
        **({"id": part.id} if part.id else {}),
    }
