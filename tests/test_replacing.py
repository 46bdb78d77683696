"""What is written appears whole or not at all, and dead processes leave nothing for long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from topics import replacing
from topics.replacing import new_file, new_folder, new_folders

DYING = """
import os, sys
from topics.replacing import new_file, new_folder
with new_file(sys.argv[1]) as file, new_folder(sys.argv[2]) as folder:
    file.write_text("half", encoding="utf-8")
    (folder / "a").write_text("half", encoding="utf-8")
    print("writing", flush=True)
    sys.stdin.read()
    os._exit(9)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("old", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.mkdir()
    (path / "a").write_text("old", encoding="utf-8")
    return path


def test_a_block_that_fails_leaves_the_old_content(file: Path, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(file, folder, "half", KeyboardInterrupt())
    assert file.read_text(encoding="utf-8") == "old"
    assert (folder / "a").read_text(encoding="utf-8") == "old"
    assert sorted(file.parent.iterdir()) == [file, folder]


def test_dead_writers_are_swept_and_living_ones_are_not(file: Path, folder: Path) -> None:
    command = [sys.executable, "-c", DYING, str(file), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as living:
        assert living.stdout is not None
        living.stdout.readline()
        write(file, folder, "new")
        assert len(list(file.parent.iterdir())) == 4
        living.communicate()
    assert len(list(file.parent.iterdir())) == 4
    write(file, folder, "newer")
    assert sorted(file.parent.iterdir()) == [file, folder]
    assert (folder / "a").read_text(encoding="utf-8") == "newer"


def test_what_another_machine_or_program_left_is_not_ours(file: Path, folder: Path) -> None:
    others = [".labels.csv-000000-1-0123abcd", ".labels.csv-swap", ".labels.csv"]
    for name in others:
        (file.parent / name).touch()
    write(file, folder, "new")
    assert sorted(path.name for path in file.parent.glob(".*")) == sorted(others)


def test_an_earlier_process_of_our_number_is_dead(file: Path, folder: Path) -> None:
    left = file.with_name(f".{file.name}-{replacing._MACHINE}-{os.getpid()}-0123abcd")
    left.touch()
    write(file, folder, "new")
    assert not left.exists()


def test_a_folder_that_was_moved_aside_by_a_killed_process_comes_back(folder: Path) -> None:
    aside = folder.with_name(f".model-{replacing._MACHINE}-{dead_process()}-0123abcd-old")
    aside.mkdir()
    folder.replace(aside / "old")
    replacing.restore(folder)
    assert (folder / "a").read_text(encoding="utf-8") == "old"


def test_a_new_folder_is_written_in_no_other_one_beside(folder: Path) -> None:
    with new_folders(folder) as (outer,):
        with new_folder(outer) as inner:
            (inner / "b").write_text("new", encoding="utf-8")
            assert sorted(folder.parent.iterdir()) == sorted([folder, outer])
        assert (folder / "a").exists()
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert list(folder.parent.iterdir()) == [folder]


def test_two_renames_do_where_folders_cannot_be_swapped(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "_exchange", lambda _one, _other: False)
    with new_folder(folder) as fresh:
        (fresh / "b").write_text("new", encoding="utf-8")
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_link_is_followed_and_rights_are_kept(file: Path) -> None:
    link = file.with_name("link.csv")
    link.symlink_to(file)
    file.chmod(0o600)
    with new_file(link) as fresh:
        fresh.write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "new"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_and_never_replaced() -> None:
    with new_file("/dev/null") as fresh:
        fresh.write_text("new", encoding="utf-8")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match="No space left"), new_file("/dev/full") as fresh:
        fresh.write_text("new", encoding="utf-8")


def write(file: Path, folder: Path, text: str, fault: BaseException | None = None) -> None:
    with new_file(file) as fresh, new_folder(folder) as new:
        fresh.write_text(text, encoding="utf-8")
        (new / "a").write_text(text, encoding="utf-8")
        if fault:
            raise fault


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid
