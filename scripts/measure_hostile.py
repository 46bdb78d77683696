"""Read the files of tests/hostile_files.py and tell what the slowest and the largest cost.

    python scripts/measure_hostile.py --write     # into docs/trust.md

All are read in one process under a limit of memory, one after another; the memory of a file is
the most that the process held until then.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import recording

sys.path.insert(0, str(recording.ROOT))
from tests import hostile_files

SHOWN = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = hostile_files.read_apart(Path(folder), hostile_files.FILES)
        sizes = {name: Path(folder, name).stat().st_size for name in hostile_files.FILES}
    rows = sorted((found[name] for name in sizes), key=lambda row: -row["cpu"])
    refused, read = (sum(bool(row[key]) for row in rows) for key in ("reasons", "parts"))
    told = (
        f"{len(rows)} files ({recording.circumstances()}): {refused} refused, {read} read, of some "
        f"only a part; the slowest took {rows[0]['cpu']:.1f} s of processor time, the process held "
        f"{max(row['peak'] for row in rows)} MB at most. The slowest:"
    )
    body = (
        (f"`{r['file']}`", f"{sizes[r['file']]:,} B", f"{r['cpu']:.1f} s", said(r))
        for r in rows[:SHOWN]
    )
    head = ("file", "its size", "processor time", "what came of it")
    lines = [told, "", *recording.table(head, body)]
    print("\n".join(lines))
    if args.write:
        recording.write("hostile files", lines)


def said(row: dict[str, Any]) -> str:
    """Return the reason, or how much was read."""
    return str(row["reasons"][0]) if row["reasons"] else f"{row['parts']:,} parts"


if __name__ == "__main__":
    main()
