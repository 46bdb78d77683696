"""Prints the licences of all installed dependencies; exits 1 if one is unknown or not free.

    python scripts/licences.py [--write]

What pip installed says of itself: the SPDX expression, the classifiers, or the name it gives. Only
what `cn-topics[all]` needs counts, with all that it needs in turn; tools of development do not.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path
from typing import Final

import recording

PROJECT: Final = "cn-topics"
PYPROJECT: Final = Path(__file__).parent.parent / "pyproject.toml"
_FREE: Final = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser General|"
    r"zlib|Unlicense|public domain|OFL|CC0|HPND|GPL-3.0-or-later WITH|MIT-CMU)",
    re.IGNORECASE,
)
_STRICT: Final = re.compile(r"\b(AGPL|Affero|proprietary|commercial|SSPL|BUSL)", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_EXTRA: Final = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]
    page: str = ""

    @property
    def free(self) -> bool:
        """Whether its licence is known and one that a MIT project may depend on."""
        return bool(_FREE.search(self.licence)) and not _STRICT.search(self.licence)


def direct() -> list[tuple[str, str]]:
    """Return what the project and its extras name themselves: a package, an extra asked of it."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extras = [lines for name, lines in project["optional-dependencies"].items() if name != "dev"]
    given = chain(project["dependencies"], *extras)
    return [need for line in given if PROJECT not in line for need in _needs(line, "")]


def packages() -> list[Package]:
    """Return what the project and its extras need, with all that they need in turn, by name."""
    found: dict[str, Package] = {}
    waiting = direct()
    seen: set[tuple[str, str]] = set()
    while waiting:
        one, asked = waiting.pop()
        key = re.sub(r"[-_.]+", "-", one).lower()
        if (key, asked) in seen:
            continue
        seen.add((key, asked))
        try:
            found[key], more = _package(distribution(one), asked)
        except PackageNotFoundError:
            continue  # of another system or Python
        waiting += more
    return [found[key] for key in sorted(found)]


def _package(dist: Distribution, extra: str) -> tuple[Package, list[tuple[str, str]]]:
    needs = [need for line in dist.requires or () for need in _needs(line, extra)]
    meta = dist.metadata
    pages = [line.partition(",")[2].strip() for line in meta.get_all("Project-URL") or ()]
    page = _said(dist, "Home-page") or (pages[0] if pages else "")
    names = tuple(sorted({name for name, _ in needs}))
    return Package(_said(dist, "Name"), dist.version, licence(dist), names, page), needs


def _needs(line: str, extra: str) -> Iterator[tuple[str, str]]:
    """Yield the package of a requirement with each extra that is asked of it."""
    what, _, marker = line.partition(";")
    wanted = _EXTRA.search(marker)
    if wanted and wanted[1] != extra:
        return
    name = _NAME.match(what)
    extras = re.search(r"\[([^]]*)\]", what)
    for asked in extras[1].split(",") if extras else [""]:
        yield (name[0] if name else what.strip()), asked.strip()


def licence(dist: Distribution) -> str:
    """Return what a package says of its licence, in a line; empty if it says nothing."""
    meta = dist.metadata
    if expression := _said(dist, "License-Expression"):
        return expression
    kinds = [line for line in meta.get_all("Classifier") or () if line.startswith("License ::")]
    named = [line.rpartition("::")[2].strip() for line in kinds]
    if any(name != "OSI Approved" for name in named):
        return "; ".join(name for name in named if name != "OSI Approved")
    return _said(dist, "License").strip().partition("\n")[0][:80]


def _said(dist: Distribution, key: str) -> str:
    """Return a field of the metadata; `importlib_metadata` raises for one that is not there."""
    return str((dist.metadata.get_all(key) or [""])[0])


def main() -> int:
    """Print a table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the list into docs/trust.md")
    args = parser.parse_args()
    found = packages()
    for package in found:
        print(f"{package.name:28} {package.version:12} {package.licence or 'UNKNOWN'}")
    if args.write:
        kinds = sorted({package.licence for package in found})
        lines = [f"{len(found)} packages ({recording.circumstances()}):", ""]
        for kind in kinds:
            names = ", ".join(package.name for package in found if package.licence == kind)
            lines.append(f"- {kind or 'UNKNOWN'}: {names}")
        recording.write("licences", lines)
    bad = [package.name for package in found if not package.free]
    print(f"{len(found)} packages, {len(bad)} unknown or not free {bad or ''}", file=sys.stderr)
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
