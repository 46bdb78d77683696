"""Files and folders that appear whole or not at all: written beside, flushed, renamed.

A run that is killed leaves the old content or the new one. What it was writing stays beside, under
a name that says which process of which machine began it; whoever writes the same target next
removes what dead processes left, and never what a living one still writes.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import re
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

_HERE: Final = -100
"""AT_FDCWD of Linux: paths are as they are."""
_SWAP: Final = 2
"""RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS."""
_OLD: Final = "old"
"""What stands aside is called so, inside a folder of its own."""
_MACHINE: Final = hashlib.sha256(platform.node().encode()).hexdigest()[:6]

_ours: set[str] = set()
"""Names that this process writes at this moment."""


@contextmanager
def new_file(target: str | Path) -> Iterator[Path]:
    """Give the path of a new, empty file beside ``target``; it takes its place at the end.

    If the block raises, the old file stays as it was. A link is followed: what it leads to is
    replaced. What is no plain file (a device, a pipe) cannot be replaced and is written directly.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(os.path.realpath(target))
    if path.exists() and not path.is_file():
        yield path
        return
    with _beside(path) as fresh:
        with fresh.open("xb"):
            pass
        if path.is_file():
            fresh.chmod(path.stat().st_mode & 0o777)
        yield fresh
        flush(fresh)
        fresh.replace(path)
        flush(path.parent)


@contextmanager
def new_folder(target: str | Path) -> Iterator[Path]:
    """Give a new folder beside ``target``; when the block ends well, it takes its place.

    A target that is itself such a new folder is given as it is: nobody else sees it yet, and what
    stood beside it under a name of its own would be left there by a kill.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(target)
    if path.name in _ours and path.is_dir():
        yield path
        return
    with new_folders(target) as (fresh,):
        yield fresh


@contextmanager
def new_folders(*targets: str | Path) -> Iterator[tuple[Path, ...]]:
    """Give new folders that belong together; when the block ends well, all take their places.

    They do so one right after the other, when everything in all of them is on the disk.

    Raises:
        OSError: one cannot be written.
    """
    paths = [Path(os.path.realpath(target)) for target in targets]
    with ExitStack() as stack:
        folders = tuple(stack.enter_context(_folder_beside(path)) for path in paths)
        yield folders
        for fresh in folders:
            _flush_all(fresh)
        for fresh, path in zip(folders, paths, strict=True):
            _take_place(fresh, path)
        for path in paths:
            flush(path.parent)


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as fresh:
        fresh.mkdir()
        yield fresh


def _take_place(fresh: Path, path: Path) -> None:
    if not path.is_dir():
        fresh.replace(path)
    elif not _exchange(fresh, path):
        _in_two_steps(fresh, path)


def _flush_all(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        if path.is_dir() or path.is_file():
            flush(path)


def keep_others(old: Path, fresh: Path, ours: Collection[str]) -> None:
    """Copy what people put into the old folder to the new one: all but what is called as ours.

    Raises:
        OSError: something cannot be copied.
    """
    for path in old.iterdir() if old.is_dir() else ():
        if path.name in ours:
            continue
        import shutil

        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, fresh / path.name, symlinks=True)
        else:
            shutil.copy2(path, fresh / path.name, follow_symlinks=False)


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk.

    Raises:
        OSError: a file cannot be written (the disk is full, or broken).
    """
    folder = path.is_dir()
    if folder and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if folder or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(target: str | Path) -> None:
    """Put a folder back that a killed process had moved aside, where two renames had to do."""
    path = Path(os.path.realpath(target))
    with suppress(OSError):
        for left in () if path.exists() else sorted(_left(path)):
            if (left / _OLD).is_dir():
                (left / _OLD).replace(path)
                return


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` that nobody else uses; nothing is left of it at the end."""
    restore(path)
    for left in _left(path):
        _remove(left)
    name = f".{path.name}-{_MACHINE}-{os.getpid()}-{os.urandom(4).hex()}"
    _ours.add(name)
    try:
        yield path.with_name(name)
    finally:
        _remove(path.with_name(name))
        _ours.discard(name)


def _left(path: Path) -> list[Path]:
    """Return what dead processes of this machine left beside ``path``."""
    pattern = re.compile(rf"\.{re.escape(path.name)}-{_MACHINE}-(\d{{1,10}})-[0-9a-f]{{8}}(-old)?")
    found = ((pattern.fullmatch(name), name) for name in os.listdir(path.parent))  # noqa: PTH208
    return [
        path.with_name(name)
        for match, name in found
        if match and not _alive(int(match[1]), name.removesuffix("-old"))
    ]


def _alive(process: int, name: str) -> bool:
    """Tell whether ``process`` may still be writing ``name``."""
    if process == os.getpid():
        return name in _ours  # else it is of an earlier process that had our number
    if os.name == "nt":
        return True  # asking is a signal there, which ends the process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        import shutil

        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _in_two_steps(fresh: Path, path: Path) -> None:
    """Move the old folder aside and the new one in; between them a kill needs `restore`."""
    aside = fresh.with_name(f"{fresh.name}-old")
    aside.mkdir()
    path.replace(aside / _OLD)
    try:
        fresh.replace(path)
    except OSError:
        (aside / _OLD).replace(path)
        raise
    finally:
        _remove(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, so that no kill can fall between; False where it cannot be.

    Linux and macOS have a call for it, most of their file systems know it.
    """
    try:
        system: Any = ctypes.CDLL(None, use_errno=True)
        swap: Callable[[bytes, bytes], int] = (
            (lambda a, b: int(system.renamex_np(a, b, _SWAP)))
            if sys.platform == "darwin"
            else (lambda a, b: int(system.renameat2(_HERE, a, _HERE, b, _SWAP)))
        )
        return swap(os.fsencode(one), os.fsencode(other)) == 0
    except (AttributeError, OSError, TypeError):
        return False
