"""Writes a software bill of materials: CycloneDX 1.5 as JSON, of what is installed here.

    python scripts/sbom.py > sbom.json

The same installation gives the same bytes (no time, no random number): two bills can be compared.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import version
from typing import Any

from licences import PROJECT, Package, direct, packages


def bill() -> dict[str, Any]:
    """Return the bill."""
    found = packages()
    own = Package(PROJECT, version(PROJECT), "MIT", tuple(sorted({name for name, _ in direct()})))
    listed = {_key(package.name): package for package in found}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**_component(own), "type": "application"}},
        "components": [_component(package) for package in found],
        "dependencies": [
            {
                "ref": _purl(package),
                "dependsOn": [_purl(listed[k]) for n in package.needs if (k := _key(n)) in listed],
            }
            for package in (own, *found)
        ],
    }


def _component(package: Package) -> dict[str, Any]:
    spdx = re.fullmatch(r"[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*", package.licence)
    named = {"license": {"name": package.licence or "unknown"}}
    return {
        "type": "library",
        "bom-ref": _purl(package),
        "name": package.name,
        "version": package.version,
        "purl": _purl(package),
        "licenses": [{"expression": package.licence} if spdx else named],
        **(
            {"externalReferences": [{"type": "website", "url": package.page}]}
            if package.page
            else {}
        ),
    }


def _purl(package: Package) -> str:
    return f"pkg:pypi/{_key(package.name)}@{package.version}"


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, ensure_ascii=False, indent=1)
    print()
