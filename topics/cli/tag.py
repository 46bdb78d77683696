"""``topics tag``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from topics.cli.showing import counted, say, tag_rows
from topics.cli.writing import open_out, write_csv, write_jsonl, write_parquet
from topics.corpus import Article, Skipped
from topics.errors import InputError, OptionsError
from topics.findings import Tag
from topics.ingesting import iter_articles
from topics.spreading import tag_files
from topics.tagging import Tagger, load


def run(args: argparse.Namespace) -> None:
    """Tag and write; the last lines on stderr say what was read and skipped."""
    if args.jobs < 1:
        raise OptionsError(f"--jobs is {args.jobs}; use 1 or more")
    if args.format == "parquet" and not args.out:
        raise OptionsError("parquet is no text; say where it goes with --out FILE")
    paths = args.paths or ["-"]
    if paths == ["-"] and sys.stdin.isatty():
        say("topics: reading from the keyboard; end with Ctrl-D")
    tagger = load(args.model)
    log = _Log()
    items = tag_files(args.model, paths, args.jobs) if args.jobs > 1 else _tags(tagger, paths, log)
    write(log.watch(items), tagger, args)
    say(f"tagged: {log.paragraphs} body paragraph(s), {len(log.skipped)} file(s) skipped")
    for item in log.skipped:
        say(f"skipped: {item.file}: {item.reason}")
    if log.doubtful:
        say(f"doubtful: {log.doubtful} paragraph(s) unlike the training text (see 'note')")
    if not log.paragraphs and log.skipped:
        raise InputError("nothing could be read; see the reasons above")
    if not log.paragraphs:
        say("no body paragraph was found in the text")


def write(tags: Iterable[Tag], tagger: Tagger, args: argparse.Namespace) -> None:
    """Write ``tags`` in the format asked for."""
    if args.format == "parquet":
        write_parquet(tags, args.out, tagger.themes, args.lang)
    elif args.format == "table" and not args.out:
        tag_rows(tags, tagger.themes, args.lang)
    else:
        kind = "csv" if args.format == "table" else args.format
        encoding = "utf-8-sig" if kind == "csv" and args.out else "utf-8"
        with open_out(args.out, encoding) as out:
            if kind == "jsonl":
                write_jsonl(tags, out)
            elif kind == "csv":
                write_csv(tags, out, tagger.themes, args.lang)
            else:
                from topics.reporting import html_tags

                out.write(html_tags(list(tags), tagger.themes, args.lang))


class _Log:
    """Counts what passes, and keeps what was skipped."""

    def __init__(self) -> None:
        self.paragraphs = 0
        self.doubtful = 0
        self.skipped: list[Skipped] = []

    def watch(self, items: Iterable[Tag | Skipped]) -> Iterator[Tag]:
        for item in counted(items, "paragraphs"):
            if isinstance(item, Skipped):
                self.skipped.append(item)
            else:
                self.paragraphs += 1
                self.doubtful += bool(item.note)
                yield item


def _tags(tagger: Tagger, paths: list[str], log: _Log) -> Iterator[Tag]:
    def articles() -> Iterator[Article]:
        for item in iter_articles(paths):
            if isinstance(item, Skipped):
                log.skipped.append(item)
            else:
                yield item

    return tagger.iter_tags(articles())
