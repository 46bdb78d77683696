"""``topics read``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from topics.cli.showing import rows, say
from topics.cli.writing import open_out
from topics.corpus import Article, Corpus, Part, Skipped
from topics.errors import InputError
from topics.ingesting import iter_articles


def run(args: argparse.Namespace) -> None:
    """Show every part with its kind and place."""
    skipped: list[Skipped] = []
    articles: list[Article] = []

    def parts() -> Iterator[Part]:
        for item in iter_articles(args.paths):
            if isinstance(item, Skipped):
                skipped.append(item)
            else:
                articles.append(Article((), item.file, item.number))
                counts.append(len(item.paragraphs))
                yield from item.parts

    counts: list[int] = []
    if args.format == "jsonl":
        with open_out(args.out) as out:
            for part in parts():
                out.write(json.dumps(_row(part), ensure_ascii=False) + "\n")
    else:
        shown = ((p.file, p.article, p.line, p.kind, p.text[:48]) for p in parts())
        rows(("file", "article", "line", "kind", "text"), shown)
    files = len({article.file for article in articles})
    corpus = Corpus(tuple(articles), files, tuple(skipped))
    say(f"read: {files} file(s), {len(corpus)} article(s), {sum(counts)} body paragraph(s)")
    for item in skipped:
        say(f"skipped: {item.file}: {item.reason}")
    if not articles:
        raise InputError("nothing could be read; see the reasons above")


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
