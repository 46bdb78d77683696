"""``topics serve``."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import tempfile
import webbrowser
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from topics.cli.lines import json_lines
from topics.cli.sheets import write_xlsx
from topics.cli.showing import say
from topics.cli.writing import csv_chunk, csv_header
from topics.errors import OptionsError, require
from topics.reporting import html_tags
from topics.storing import digest_of
from topics.tagging import load, ready_made
from topics.tagging.tagged import Tagged
from topics.themes import ThemeSet
from topics.web import Model, Settings, Write


def run(args: argparse.Namespace) -> None:
    """Serve the page until Ctrl-C."""
    require("starlette", "serve")
    require("uvicorn", "serve")
    from topics.web.serving import Listening, serve

    if args.rate < 0:
        raise OptionsError(f"--rate is {args.rate:g}; use a number above 0, or 0 for the default")
    settings = Settings(
        models=models_of(args.model or [None]),
        writers=writers(),
        rows=lambda tagged: json_lines(tagged).decode(),
        labels=Path(args.labels),
        lang=args.lang,
        host=args.host,
        names=args.allow or (),
        max_bytes=_positive("--max-mb", args.max_mb) << 20,
        seconds=_positive("--seconds", args.seconds),
        rate=args.rate,
    )
    if not settings.local:
        say(
            f"topics: WARNING: --host {args.host} lets other machines in this network use the page "
            f"and change {args.labels}; there is no password and no encryption"
        )

    def ready(server: Listening) -> None:
        print(server.url, flush=True)
        say(f"topics: labels go to {args.labels}; Ctrl-C ends")
        if args.open:
            webbrowser.open(server.url)

    with contextlib.suppress(KeyboardInterrupt):
        serve(settings, args.port, ready)


def _positive(option: str, value: int) -> int:
    if value < 1:
        raise OptionsError(f"{option} is {value}; use 1 or more")
    return value


def models_of(folders: Sequence[str | None]) -> list[Model]:
    """Load the models; each is called as its folder, a second one of that name with a number."""
    models: list[Model] = []
    for folder in folders:
        path = ready_made() if folder is None else Path(folder)
        tagger = load(path)
        tagger.tag("热身。")  # the segmenter's dictionary is read now, not at the first request
        stem = tagger.themes.name if folder is None else path.resolve().name
        taken = {model.name for model in models}
        names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(folders) + 1))
        name = next(name for name in names if name not in taken)
        models.append(Model(name, tagger, digest_of(path)))
    return models


def writers() -> dict[str, tuple[str, Write]]:
    """Return how the formats of ``topics tag`` are written for download."""
    writers: dict[str, tuple[str, Write]] = {
        "csv": ("text/csv", _csv),
        "html": ("text/html", _html),
        "jsonl": ("application/x-ndjson", _jsonl),
    }
    if find_spec("xlsxwriter"):
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        writers["xlsx"] = (kind, _xlsx)
    return writers


def _jsonl(batches: Sequence[Tagged], _: ThemeSet, __: str) -> bytes:
    return b"".join(map(json_lines, batches))


def _csv(batches: Sequence[Tagged], themes: ThemeSet, lang: str) -> bytes:
    rows = (csv_chunk(tagged, themes, lang).data for tagged in batches)
    return b"".join((codecs.BOM_UTF8, csv_header(themes), *rows))


def _html(batches: Sequence[Tagged], themes: ThemeSet, lang: str) -> bytes:
    tags = [tag for tagged in batches for tag in tagged]
    titles = {place: title for tagged in batches for place, title in tagged.titles.items()}
    return html_tags(tags, themes, lang, titles).encode("utf-8", "replace")


def _xlsx(batches: Sequence[Tagged], themes: ThemeSet, lang: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="topics-") as folder:
        path = Path(folder, "tags.xlsx")
        write_xlsx((tag for tagged in batches for tag in tagged), str(path), themes, lang)
        return path.read_bytes()
