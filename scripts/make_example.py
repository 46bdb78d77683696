"""Make the committed report anew: train on the packaged sample, keep the page, SVG and CSV.

    python scripts/make_example.py [reports/example]

PNG plots, tags and findings stay out: they are large, and `topics train` makes them again. Then
draw the pictures of the documentation with scripts/make_screenshots.py.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
NAME: Final = "example"
KEPT: Final = ("index.html", "plots/*.svg", "tables/*.csv")


def trained(desk: Path) -> Path:
    """Run the command that the report names as its own; return the report's folder."""
    command = [sys.executable, "-m", "topics", "train", "--name", NAME]
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    subprocess.run(command, cwd=desk, env={**os.environ, "PYTHONPATH": paths}, check=True)
    return desk / "reports" / NAME


def keep(report: Path, target: Path) -> int:
    """Put what is kept in the place of the old; return how many files that are."""
    for old in ("plots", "tables"):
        shutil.rmtree(target / old, ignore_errors=True)
    files = [file for pattern in KEPT for file in sorted(report.glob(pattern))]
    for file in files:
        place = target / file.relative_to(report)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    return len(files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path, nargs="?", default=ROOT / "reports" / NAME)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as desk:
        print(f"{args.target}: {keep(trained(Path(desk)), args.target)} files")


if __name__ == "__main__":
    main()
