"""Installs the lowest allowed version of every dependency into a fresh venv and runs the tests.

    python scripts/check_lowest.py [--python python3.11] [--newest] [--write] [-- pytest arguments]

The lowest versions are those of pyproject.toml, so that a bound that is too low fails here.
``--newest`` installs what is newest today instead. Dependencies of dependencies are what pip
chooses. Takes some minutes and a network.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from itertools import chain
from pathlib import Path
from typing import Final

import recording

ROOT: Final = Path(__file__).parent.parent
DATED: Final = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
"""What old releases say when newer ones of their own dependencies stand beside them."""
SHOWN: Final = ("numpy", "scipy", "scikit-learn", "gensim", "joblib", "threadpoolctl")
_BOUND: Final = re.compile(r"(?P<name>[\w.-]+)(\[[\w,]*\])?>=(?P<version>[\d.]+)")


def lowest(*, tests: bool = False) -> list[str]:
    """Return ``name==version`` for every lower bound of pyproject.toml, or of what tests need.

    The checkers (ruff, mypy, import-linter) are pinned, and need not work with all of them.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    given = extras["dev"] if tests else chain(project["dependencies"], *extras.values())
    bounds = filter(None, map(_BOUND.match, given))
    return sorted({f"{bound['name']}=={bound['version']}" for bound in bounds})


def main() -> int:
    """Install, show what was installed, run the tests; return pytest's exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="which makes the venv")
    parser.add_argument("--newest", action="store_true", help="the newest versions instead")
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    parser.add_argument("--show", action="store_true", help="print the lowest versions only")
    parser.add_argument("tests", nargs="*", help="arguments of pytest (default: the quick tests)")
    args = parser.parse_args()
    if args.show:
        print("\n".join(lowest()))
        return 0
    with tempfile.TemporaryDirectory(prefix="topics-versions-") as folder:
        pins = Path(folder, "pins.txt")
        pins.write_text("" if args.newest else "\n".join(lowest()), encoding="utf-8")
        subprocess.run([args.python, "-m", "venv", f"{folder}/venv"], check=True)
        python = f"{folder}/venv/bin/python"
        pip = [python, "-m", "pip", "install", "--quiet", "--upgrade"]
        names = [pin.partition("==")[0] for pin in lowest(tests=True)]
        subprocess.run([*pip, "-e", f"{ROOT}[all]", *names, "-c", str(pins)], check=True)
        listed = subprocess.run(
            [python, "-m", "pip", "list", "--format=freeze"], check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        print(listed, flush=True)
        quiet = [] if args.newest else [f"-Wignore::{kind}" for kind in DATED]
        code, said = tested([python, "-m", "pytest", "-q", *quiet, *args.tests])
    if args.write and not args.tests:
        versions = dict(line.split("==") for line in listed.split() if "==" in line)
        named = ", ".join(f"{name} {versions[name]}" for name in SHOWN)
        which = "newest" if args.newest else "lowest"
        lines = [f"- {which} ({named}; {recording.circumstances()}): {said}"]
        recording.write(f"{which} versions", lines)
    return code


def tested(command: list[str]) -> tuple[int, str]:
    """Run pytest, show what it says; return its exit code and its last line."""
    last = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    return process.returncode, last


if __name__ == "__main__":
    sys.exit(main())
