"""More than a million generated inputs over everything that reads what strangers made.

    nice -n 19 python scripts/fuzz_everything.py --write

Runs every ``fuzz_*.py`` in pieces, each a process of its own, in turn, so that what is done at any
moment covers all of them. What came of a piece goes into a log as a line of JSON. Stopped, it goes
on where it was; a piece that failed or died is run again. ``--write`` puts the table of the log
into docs/trust.md, without running anything if nothing is left to run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import recording

SCRIPTS: Final = Path(__file__).parent
LOG: Final = SCRIPTS.parent / "reports" / "fuzzing.jsonl"
PLAN: Final = {
    "segmenting": (600_000, 20_000),
    "cleaning": (200_000, 20_000),
    "settings": (120_000, 20_000),
    "models": (60_000, 10_000),
    "reading": (60_000, 5_000),
    "serve": (20_000, 2_000),
    "arguments": (400, 20),
}
"""Inputs of each target, and how many make a piece: minutes of work at the most."""
Row = dict[str, Any]
Piece = tuple[str, int, int]
"""Target, seed, number of the first input."""


def pieces(seed: int, only: Collection[str]) -> list[Piece]:
    """Return what is to be run, every target's share as far as the others'."""
    places = [
        (start / whole, target, start)
        for target, (whole, size) in PLAN.items()
        if target in only
        for start in range(0, whole, size)
    ]
    return [(target, seed, start) for _, target, start in sorted(places)]


def read(log: Path) -> list[Row]:
    """Return the rows of a log."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return list(map(json.loads, lines))


def last(rows: Iterable[Row]) -> dict[Piece, Row]:
    """Return the last row of every piece."""
    return {(row["target"], row["seed"], row["start"]): row for row in rows}


def run(piece: Piece) -> Row:
    """Run one piece; return what came of it."""
    target, seed, start = piece
    count = min(PLAN[target][1], PLAN[target][0] - start)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = [sys.executable, str(SCRIPTS / f"fuzz_{target}.py"), "--log", str(log)]
        command += ["--seed", str(seed), "--start", str(start), "--count", str(count)]
        code = subprocess.run(command).returncode
        if log.exists():
            row: Row = json.loads(log.read_text(encoding="utf-8"))
        else:
            row = {"target": target, "seed": seed, "start": start, "count": 0, "outcomes": {}}
            row |= {"failed": {f"the process died with {code}": 1}, "slowest": 0, "peak": 0}
    return {**row, "code": recording.code()}


def lines_of(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the page: what ran, what came of it."""
    every = list(rows)
    all_rows = list(last(every).values())
    body, total, failures = [], 0, 0
    for target in PLAN:
        mine = [row for row in all_rows if row["target"] == target]
        outcomes: Counter[str] = Counter()
        for row in mine:
            outcomes.update(row["outcomes"])
        failed = sum(sum(row["failed"].values()) for row in mine)
        count = sum(row["count"] for row in mine)
        total, failures = total + count, failures + failed
        shown = ", ".join(f"{n:,} {name}" for name, n in outcomes.most_common())
        slowest = max((row["slowest"] for row in mine), default=0)
        peak = max((row["peak"] for row in mine), default=0)
        longest = f"{slowest:.2f} s" if slowest else "–"
        body.append((f"`fuzz_{target}`", f"{count:,}", shown, longest, f"{peak} MB", failed))
    seeds = ", ".join(map(str, sorted({row["seed"] for row in all_rows})))
    codes = ", ".join(sorted({row["code"] for row in all_rows}))
    mended = sum(sum(row["failed"].values()) for row in every) - failures
    yield (
        f"{total:,} inputs ran, {failures} failed (seeds {seeds}; commits {codes}). {mended} more "
        "failed before a mend; their pieces ran again."
    )
    yield ""
    yield from recording.table(
        ("script", "inputs", "what came of them", "slowest, processor time", "memory", "failed"),
        body,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="another seed, other inputs")
    parser.add_argument("--only", nargs="+", choices=list(PLAN), default=list(PLAN))
    parser.add_argument("--log", type=Path, default=LOG, help="what ran so far (%(default)s)")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many (0: never)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/trust.md")
    args = parser.parse_args()
    rows, begun = read(args.log), time.monotonic()
    done = last(rows)
    args.log.parent.mkdir(parents=True, exist_ok=True)
    for piece in pieces(args.seed, args.only):
        if args.minutes and time.monotonic() - begun > args.minutes * 60:
            break
        if piece not in done or done[piece]["failed"]:
            rows.append(run(piece))
            with args.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
    lines = list(lines_of(rows))
    print("\n".join(lines))
    if args.write:
        recording.write("fuzzing", lines)
    return int(any(row["failed"] for row in last(rows).values()))


if __name__ == "__main__":
    sys.exit(main())
