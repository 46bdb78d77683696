"""The folder that ``topics discover --out`` writes: whole or not at all, and nobody's work lost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from topics.cli.writing import write_files
from topics.errors import InputError, OptionsError

SHEET: Final = "intrusion.csv"
KEY: Final = "intrusion_key.json"
ANSWERED: Final = "answered-{}"
"""Folder that a filled-in sheet goes to, with its key, when there are other questions."""
OURS: Final = (
    "topics.csv", "assignments.csv", "scores.json", "hierarchy.csv", SHEET, KEY, "shares.csv",
    "choice.csv", "choice.svg", "choice.png", "new_themes.toml",
)  # fmt: skip
"""All that a run may write."""


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Write the files, all before one takes its place; return what there is to tell of it.

    A sheet that people have worked on stays, or is set aside with its key. What an earlier run
    wrote and this one does not is left as it was.

    Raises:
        OptionsError: something cannot be written.
    """
    data = {name: _encoded(name, content) for name, content in files.items()}
    told = []
    touched = _touched(folder, data[SHEET])
    same = _bytes(folder / KEY) == data[KEY]
    if touched and same:
        del data[SHEET]
        told.append(
            f"kept: {folder / SHEET}, which people have worked on; its questions are the same"
        )
    elif touched:
        told.append(_set_aside(folder))
    write_files(folder, data)
    told.append(f"written: {folder}/ ({', '.join(sorted(data))})")
    older = [name for name in OURS if name not in files and (folder / name).exists()]
    if older:
        told.append(f"not of this run, left as it was: {', '.join(older)}")
    return told


def _encoded(name: str, content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    return content.encode("utf-8-sig" if name.endswith(".csv") else "utf-8", "replace")


def _touched(folder: Path, blank: bytes) -> bool:
    """Tell whether the sheet that lies there is more than the one that its key stands for."""
    from topics.evaluating.intrusion import read_key, sheet

    found = _bytes(folder / SHEET)
    with suppress(InputError):
        key = read_key((_bytes(folder / KEY) or b"").decode("utf-8", "replace"))
        blank = _encoded(SHEET, sheet(key))
    return found is not None and found != blank


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _set_aside(folder: Path) -> str:
    """Move the sheet with its key to a folder of their own, where they can still be scored."""
    number = 1
    while (folder / ANSWERED.format(number)).exists():
        number += 1
    aside = folder / ANSWERED.format(number)
    try:
        aside.mkdir()
        for name in (KEY, SHEET):
            if (folder / name).exists():
                (folder / name).rename(aside / name)
    except OSError as error:
        raise OptionsError(
            f"--out {folder}: {SHEET} holds answers, and cannot be moved to {aside} "
            f"({error.strerror}); move it with {KEY}, or choose another folder"
        ) from error
    return (
        f"kept: the {SHEET} that people have worked on is now in {aside}, its topics being others; "
        f"to score it: topics intrusion {aside}"
    )
