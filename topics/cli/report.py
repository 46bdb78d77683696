"""``topics report``."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path


def run(args: argparse.Namespace) -> None:
    """Write the report of a folder again from its findings."""
    from topics.reporting import rebuild

    rebuild(args.folder, args.lang).save(args.folder)
    page = Path(args.folder).resolve() / "index.html"
    print(f"report: {page}")
    if args.open:
        webbrowser.open(page.as_uri())
