"""``topics tag``."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from topics.cli.sheets import write_xlsx
from topics.cli.showing import counted, say, tag_rows
from topics.cli.writing import (
    Chunk,
    csv_chunk,
    csv_header,
    jsonl_chunk,
    open_out,
    tag_chunk,
    write_parquet,
)
from topics.corpus import Skipped
from topics.errors import InputError, OptionsError
from topics.findings import Tag
from topics.segmenting import read_words
from topics.spreading import tag_files, tag_here
from topics.tagging import Tagger, load
from topics.tagging.tagged import Tagged


def run(args: argparse.Namespace) -> None:
    """Tag and write; the last lines on stderr say what was read and skipped."""
    if args.jobs < 1:
        raise OptionsError(f"--jobs is {args.jobs}; use 1 or more")
    if args.format in ("parquet", "xlsx") and not args.out:
        raise OptionsError(f"{args.format} is no text; say where it goes with --out FILE")
    paths = args.paths or ["-"]
    if paths == ["-"] and sys.stdin.isatty():
        say("topics: reading from the keyboard; end with Ctrl-D")
    tagger = _tagger(args)
    gc.freeze()  # model and modules stay; looking through them again and again took 8 % of the time
    gc.set_threshold(50_000)
    log = _Log()
    _write(log.watch(_chunks(args, paths, tagger)), tagger, args)
    say(f"tagged: {log.paragraphs} body paragraph(s), {len(log.skipped)} file(s) skipped")
    for item in log.skipped:
        say(f"skipped: {item.file}: {item.reason}")
    if log.doubtful:
        say(f"doubtful: {log.doubtful} paragraph(s) unlike the training text (see 'note')")
    if not log.paragraphs and log.skipped:
        raise InputError("nothing could be read; see the reasons above")
    if not log.paragraphs:
        raise InputError("nothing to tag: no body paragraph was found; see topics read")


def _tagger(args: argparse.Namespace) -> Tagger:
    tagger = load(args.model)
    return tagger.with_words(read_words(Path(args.words))) if args.words else tagger


def _chunks(
    args: argparse.Namespace, paths: list[str], tagger: Tagger
) -> Iterator[Chunk | Skipped]:
    render = _render(args, tagger)
    if args.jobs == 1 or "-" in paths:  # other processes do not have this one's stdin
        yield from tag_here(tagger, paths, render)
    elif not args.words:
        yield from tag_files(args.model, paths, args.jobs, render)
    else:  # they load the model from a folder, so the user's words go into one
        with TemporaryDirectory() as folder:
            tagger.save(Path(folder) / "model")
            yield from tag_files(Path(folder) / "model", paths, args.jobs, render)


def _render(args: argparse.Namespace, tagger: Tagger) -> Callable[[Tagged], Chunk]:
    """Return what makes of a batch what is written: text where no format needs the tags."""
    if args.format == "jsonl":
        return jsonl_chunk
    if args.format == "csv" or (args.format == "table" and args.out):
        return partial(csv_chunk, themes=tagger.themes, lang=args.lang)
    return tag_chunk


def _write(chunks: Iterator[Chunk], tagger: Tagger, args: argparse.Namespace) -> None:
    """Write in the format asked for."""
    themes, lang = tagger.themes, args.lang
    if args.format == "parquet":
        write_parquet(_tags(chunks), args.out, themes, lang)
    elif args.format == "xlsx":
        write_xlsx(_tags(chunks), args.out, themes, lang)
    elif args.format == "table" and not args.out:
        tag_rows(_tags(chunks), themes, lang)
    elif args.format == "html":
        from topics.reporting import html_tags

        with open_out(args.out) as out:
            out.write(html_tags(list(_tags(chunks)), themes, lang))
    elif args.format == "jsonl":
        with open_out(args.out) as out:
            out.writelines(chunk.text for chunk in chunks)
    else:
        with open_out(args.out, "utf-8-sig" if args.out else "utf-8") as out:
            for number, chunk in enumerate(chunks):
                out.write(chunk.text if number else csv_header(themes) + chunk.text)


def _tags(chunks: Iterable[Chunk]) -> Iterator[Tag]:
    return (tag for chunk in chunks for tag in chunk.tags)


class _Log:
    """Counts what passes, and keeps what was skipped."""

    def __init__(self) -> None:
        self.paragraphs = 0
        self.doubtful = 0
        self.skipped: list[Skipped] = []

    def watch(self, items: Iterable[Chunk | Skipped]) -> Iterator[Chunk]:
        for item in counted(items, "batches"):
            if isinstance(item, Skipped):
                self.skipped.append(item)
            else:
                self.paragraphs += item.paragraphs
                self.doubtful += item.doubtful
                yield item
