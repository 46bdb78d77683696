"""Models that stay in tests/fixtures, one of every format number; how a stranger changes one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from topics import storing

FIXTURES = Path(__file__).parent / "fixtures"
KEPT = sorted(FIXTURES.glob("format-*/*/"))


def described(folder: Path) -> Any:
    return json.loads((folder / storing.MANIFEST).read_text(encoding="utf-8"))


def describe(folder: Path, manifest: object) -> None:
    (folder / storing.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def put(folder: Path, name: str, data: bytes) -> None:
    """Write a file and make the digests agree, as somebody who means harm would."""
    (folder / name).write_bytes(data)
    if name != storing.MANIFEST:
        manifest = described(folder)
        manifest["sha256"][name] = hashlib.sha256(data).hexdigest()
        describe(folder, manifest)
