"""Puts what a script measured into a page of docs/, between two marks: no figure is typed by hand.

<!-- kills in save -->
what the script wrote
<!-- end of kills in save -->
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
TRUST: Final = ROOT / "docs" / "trust.md"


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
