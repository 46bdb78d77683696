"""``topics tag``."""

from __future__ import annotations

import argparse
import codecs
import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from topics import __version__
from topics.cli.memory import keep_memory
from topics.cli.resuming import Job, Log, begin, foreign, inputs, plain, watched
from topics.cli.showing import counted, say, tag_rows
from topics.cli.writing import (
    Chunk,
    csv_chunk,
    csv_header,
    jsonl_chunk,
    open_bytes,
    open_out,
    tag_chunk,
    write_parquet,
)
from topics.corpus import Skipped
from topics.errors import InputError, OptionsError
from topics.ingesting import list_files
from topics.lifeline import cores
from topics.segmenting import read_words
from topics.spreading import START, Place, loaded, tag_files, tag_here
from topics.storing import digest_of
from topics.tagging import Tagger, ready_made
from topics.tagging.tagged import Tagged

if TYPE_CHECKING:
    from topics.findings import Tag

SHARED: Final = 1 << 22
"""Bytes of input from which on several processes are used: a second of work for one."""

T = TypeVar("T")


def run(args: argparse.Namespace) -> None:
    """Tag and write; the last lines on stderr say what was read and skipped."""
    paths = args.paths or ["-"]
    _check(args, paths)
    if paths == ["-"] and sys.stdin.isatty():
        say("topics: reading from the keyboard; end with Ctrl-D")
    tagger = _tagger(args)
    gc.freeze()  # model and modules stay; looking through them again and again took 8 % of the time
    keep_memory()
    paths, job = _job(args, paths, tagger)
    log = job.log if job else Log()
    start = job.place if job else START
    chunks = watched(_chunks(args, paths, tagger, start), job, log)
    _write(counted(_begun(chunks), "batches"), tagger, args, job)
    say(f"tagged: {log.paragraphs} body paragraph(s), {len(log.skipped)} file(s) skipped")
    for item in log.skipped:
        say(f"skipped: {item.file}: {item.reason}")
    if log.doubtful:
        say(
            f"doubtful: {log.doubtful} paragraph(s) unlike the training text (note; ? in the table)"
        )
    if not log.paragraphs and log.skipped:
        raise InputError("nothing could be read; see the reasons above")
    if not log.paragraphs:
        raise InputError("nothing to tag: no body paragraph was found; see topics read")


def _check(args: argparse.Namespace, paths: list[str]) -> None:
    if args.jobs is not None and args.jobs < 1:
        raise OptionsError(f"--jobs is {args.jobs}; use 1 or more")
    if args.format in ("parquet", "xlsx") and not args.out:
        raise OptionsError(f"{args.format} is no text; say where it goes with --out FILE")
    if args.cluster and "-" in paths:
        raise OptionsError("--cluster cannot read this machine's stdin; give files or folders")


def _tagger(args: argparse.Namespace) -> Tagger:
    tagger = loaded(args.model)
    return tagger.with_words(read_words(Path(args.words))) if args.words else tagger


def _job(
    args: argparse.Namespace, paths: list[str], tagger: Tagger
) -> tuple[list[str], Job | None]:
    """Return the files to tag, and the job to go on with if this run can be gone on with."""
    if args.resume and (not args.out or "-" in paths):
        raise OptionsError(
            "--resume goes on with a file from files; say which with --out FILE, "
            "and give files or folders, since stdin cannot be read again"
        )
    if not args.out or "-" in paths:
        return paths, None
    files = foreign((file for path in paths for file in list_files(path)), args.out)
    rewritten = args.format in ("parquet", "xlsx", "html")
    if rewritten or not plain(args.out):
        if args.resume:
            say(f"topics: {args.format} is written in one go; started from the beginning")
        return files, None
    about = {
        "topics": __version__,
        "model": digest_of(args.model or ready_made()),
        "words": tagger.segmenter.digest,
        "format": "csv" if args.format == "table" else args.format,
        "lang": args.lang,
        "inputs": inputs(files),
    }
    job = begin(args.out, about, resume=args.resume)
    if args.resume and not job.size:
        say(f"topics: no unfinished run of {args.out}; started from the beginning")
    elif not args.resume and job.journal.exists():
        say(f"topics: an unfinished run of {args.out} is done anew (--resume would go on with it)")
    return files, job


def _chunks(
    args: argparse.Namespace, paths: list[str], tagger: Tagger, start: Place
) -> Iterator[Chunk | Skipped | Place]:
    render = _render(args, tagger)
    jobs = args.jobs or _processes(args, paths)
    if "-" in paths or (jobs == 1 and not args.cluster):  # others do not have this one's stdin
        yield from tag_here(tagger, paths, render, start)
        return
    with ExitStack() as stack:
        model = args.model
        if args.words:  # they load the model from a folder, so the user's words go into one
            from tempfile import TemporaryDirectory

            model = Path(stack.enter_context(TemporaryDirectory())) / "model"
            tagger.save(model)
        if args.cluster:
            from topics.spreading.processes import cluster

            stack.enter_context(cluster(args.cluster))
        yield from tag_files(model, paths, jobs, render, start)


def _processes(args: argparse.Namespace, paths: list[str]) -> int:
    """Return how many processes serve best, where nobody said: one, or one for each processor."""
    if args.format not in {"jsonl", "csv"} or "-" in paths:
        return 1  # tags that travel as objects cost more than making them
    size = 0
    for file in (Path(file) for path in paths for file in list_files(path)):
        size += file.stat().st_size if file.exists() else 0
        if size > SHARED:
            return cores()
    return 1


def _begun(items: Iterator[T]) -> Iterator[T]:
    """Take the first item: what shows the progress starts a thread, and processes come first."""
    return chain(list(islice(items, 1)), items) if sys.stderr.isatty() else items


def _render(args: argparse.Namespace, tagger: Tagger) -> Callable[[Tagged], Chunk]:
    """Return what makes of a batch what is written: text where no format needs the tags."""
    if args.format == "jsonl":
        return jsonl_chunk
    if args.format == "csv" or (args.format == "table" and args.out):
        return partial(csv_chunk, themes=tagger.themes, lang=args.lang)
    return tag_chunk


def _write(
    chunks: Iterator[Chunk], tagger: Tagger, args: argparse.Namespace, job: Job | None
) -> None:
    """Write in the format asked for."""
    themes, lang = tagger.themes, args.lang
    if args.format == "parquet":
        write_parquet(_tags(chunks), args.out, themes, lang)
    elif args.format == "xlsx":
        from topics.cli.sheets import write_xlsx

        write_xlsx(_tags(chunks), args.out, themes, lang)
    elif args.format == "table" and not args.out:
        tag_rows(_tags(chunks), themes, lang)
    elif args.format == "html":
        from topics.reporting import html_tags

        titles: dict[tuple[str, int], str] = {}
        tags: list[Tag] = []
        for chunk in chunks:
            tags += chunk.tags
            titles |= chunk.titles
        with open_out(args.out) as out:
            out.write(html_tags(tags, themes, lang, titles))
    else:
        csv = args.format != "jsonl"
        with job.open() if job else open_bytes(args.out) as out:
            for number, chunk in enumerate(chunks, job.size if job else 0):
                if csv and not number:
                    out.write((codecs.BOM_UTF8 if args.out else b"") + csv_header(themes))
                out.write(chunk.data)


def _tags(chunks: Iterable[Chunk]) -> Iterator[Tag]:
    return (tag for chunk in chunks for tag in chunk.tags)
