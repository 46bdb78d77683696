"""``topics report``."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

from topics.cli.showing import say
from topics.cli.writing import replaced


def run(args: argparse.Namespace) -> None:
    """Write the report of a folder again from its findings, and its summary for Word."""
    from topics.reporting import rebuild

    report = rebuild(args.folder, args.lang)
    if args.docx:
        content = report.docx()
        with replaced(args.docx) as fresh:
            fresh.write_bytes(content)
        print(f"summary: {args.docx}")
    report.save(args.folder)
    page = Path(args.folder).resolve() / "index.html"
    print(f"report: {page}")
    if args.open and not webbrowser.open(page.as_uri()):
        say("topics: no browser was found; open the page yourself")
