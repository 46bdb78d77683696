"""Puts what a script measured into a page of docs/, between two marks: no figure is typed by hand.

<!-- kills in save -->
what the script wrote
<!-- end of kills in save -->
"""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import io
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
TRUST: Final = DOCS / "trust.md"
PACKAGES: Final = ("numpy", "scipy", "scikit-learn", "gensim", "tomotopy")


class _Both(io.StringIO):
    """Keeps what is printed, and prints it."""

    def write(self, text: str) -> int:
        """Print and keep ``text``."""
        sys.__stdout__.write(text)  # type: ignore[union-attr]  # scripts have a standard output
        sys.__stdout__.flush()  # type: ignore[union-attr]  # see above
        return super().write(text)


@contextlib.contextmanager
def noted(page: Path, name: str, *, to_write: bool) -> Iterator[None]:
    """Put what is printed meanwhile between the marks ``name`` of a page, if it is ``to_write``."""
    with contextlib.redirect_stdout(_Both()) as printed:
        yield
    if to_write:
        said = printed.getvalue().strip("\n").splitlines()
        write(name, ["", f"({circumstances()}, {_packages()})", "", *said, ""], page)


def write(name: str, lines: Iterable[str], page: Path = TRUST) -> None:
    """Put lines between the marks ``name`` of a page.

    Raises:
        ValueError: the page has no such marks.
    """
    first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(first)
    _, found, after = rest.partition(last)
    if not found:
        raise ValueError(f"{page.name} has no {first.strip()} … {last}")
    text = "".join(f"{line}\n" for line in lines)
    page.write_text(f"{before}{first}{text}{last}{after}", encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a Markdown table."""
    cells = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(map(str, row))} |" for row in cells]


def code() -> str:
    """Return the commit that runs, with a + where files were changed since."""
    commit = ("git", "-C", str(ROOT), "describe", "--always", "--exclude=*", "--dirty=+")
    return subprocess.run(commit, capture_output=True, text=True, check=True).stdout.strip()


def circumstances() -> str:
    """Return when, of what, and on what something was measured, and how busy the machine is."""
    day = datetime.datetime.now(datetime.UTC).date()
    return (
        f"{day}, commit {code()}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


def _packages() -> str:
    versions = []
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{package} {importlib.metadata.version(package)}")
    return ", ".join(versions)
