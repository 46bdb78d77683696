"""What a benchmark prints, put into a note of docs/ between its marks, so nobody types a figure."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import io
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
PACKAGES = ("numpy", "scipy", "scikit-learn", "gensim", "tomotopy")


class Both(io.StringIO):
    """Keeps what is printed, and prints it."""

    def write(self, text: str) -> int:
        """Print and keep ``text``."""
        sys.__stdout__.write(text)  # type: ignore[union-attr]  # scripts have a standard output
        sys.__stdout__.flush()  # type: ignore[union-attr]  # see above
        return super().write(text)


@contextlib.contextmanager
def noted(note: str, name: str, *, write: bool) -> Iterator[None]:
    """Put what is printed meanwhile into docs/``note``, between the marks of ``name``."""
    with contextlib.redirect_stdout(Both()) as printed:
        yield
    if write:
        path = DOCS / note
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, rest = path.read_text(encoding="utf-8").split(start)
        after = rest.split(end)[1]
        text = printed.getvalue().strip()
        body = f"\n{_where()}\n\n{text}\n\n"
        path.write_text(before + start + body + end + after, encoding="utf-8")


def _where() -> str:
    versions = []
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{package} {importlib.metadata.version(package)}")
    day = datetime.datetime.now(datetime.UTC).date()
    load = os.getloadavg()[0]
    return (
        f"Measured {day}, {platform.machine()}, {os.cpu_count()} cores (load {load:.1f}), "
        f"Python {platform.python_version()}, {', '.join(versions)}:"
    )
