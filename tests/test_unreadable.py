"""One unreadable file among many is skipped with its reason; the rest go on."""

from __future__ import annotations

import gzip
import importlib
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from topics.cli import run
from topics.ingesting import read_articles
from topics.plotting.house import phrases
from topics.reporting.saying import told

SCRIPTS = Path(__file__).parent.parent / "scripts"
GOOD = "托老所的床位从六十张增加到三百张，护工从十一人增加到七十人，每所配了一台发电机。"
MEGABYTE = 1 << 20


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("reading_layouts")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may look into; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _damaged(layouts: ModuleType) -> dict[str, tuple[bytes, str]]:
    import docx
    import pypdf

    word, locked = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph(GOOD)
    document.save(word)
    writer = pypdf.PdfWriter(io.BytesIO(layouts.make_pdf([GOOD])))
    writer.encrypt("secret")
    writer.write(locked)
    packed = gzip.compress(GOOD.encode() * 99)
    deep = 100_000
    return {
        "empty.txt": (b"", "empty"),
        "blank.txt": (b" \n\t\n", "white space"),
        "binary.txt": (bytes(range(256)) * 99, "binary"),
        "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG"),
        "latin.txt": ("déjà vu là où garçon".encode("latin-1") * 9, "byte"),
        "cut.docx": (word.getvalue()[:3000], ".docx"),
        "old.docx": (b"\xd0\xcf\x11\xe0" + bytes(600), "old .doc"),
        "locked.pdf": (locked.getvalue(), "encrypted"),
        "cut.pdf": (layouts.make_pdf([GOOD])[:200], "PDF"),
        "cut.txt.gz": (packed[:-20], "gzip"),
        "no.txt.gz": (GOOD.encode(), "gzip"),
        "deep.json": (b"[" * deep + b"]" * deep, "JSON"),
        "deep.jsonl": (b'{"text":' * deep + b"\n", "JSON"),
        "number.json": (b"7", "object"),
        "columns.csv": (b"a,b\n1,2\n", "no column"),
        "cut.parquet": (b"PAR1" + bytes(99), "parquet"),
        "table.xlsx": (b"PK\x03\x04", "unknown kind"),
    }


def test_each_bad_file_is_skipped_with_its_reason(
    tmp_path: Path, layouts: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = _damaged(layouts)
    for name, (data, _) in bad.items():
        (tmp_path / name).write_bytes(data)
    assert run(["read", str(tmp_path)]) == 2
    assert "nothing could be read" in capsys.readouterr().err
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    assert run(["read", str(tmp_path), "--format", "jsonl"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    assert GOOD in shown.out
    for name, (_, reason) in bad.items():
        (line,) = [line for line in shown.err.splitlines() if f"{name}:" in line]
        assert line.startswith("skipped: ")
        assert reason in line
    _all_said_in_chinese(tmp_path)


def _all_said_in_chinese(folder: Path) -> None:
    table = phrases("zh")["page"]["said"]
    for skipped in read_articles(folder).skipped:
        said = told(skipped.reason, table)
        assert said != skipped.reason, skipped.reason


def test_deeply_nested_markup_is_read_or_skipped(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 20_000 + GOOD, encoding="utf-8")
    (tmp_path / "deep.md").write_text("> " * 20_000 + GOOD, encoding="utf-8")
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    read = read_articles(tmp_path)
    assert GOOD in {part.text for part in read.paragraphs}
    assert len(read) + len(read.skipped) == 3


def test_links_pipes_and_odd_names_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "round").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    reasons = {
        "dangling.txt": "does not exist",
        "loop.txt": "symbolic links",
        "pipe.txt": "not a regular file",
        "round": "a link to a folder",
    }
    try:
        odd = tmp_path / b"\xff.txt".decode("utf-8", "surrogateescape")
        odd.write_text(GOOD, encoding="utf-8")
        reasons["\\xff.txt"] = "not UTF-8"
    except OSError:  # this file system refuses such names
        pass
    read = read_articles(tmp_path)
    assert len(read) == 1
    assert len(read.skipped) == len(reasons)
    for skipped in read.skipped:
        assert reasons[Path(skipped.file).name] in skipped.reason
    _all_said_in_chinese(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_what_one_has_no_right_to_read_is_skipped(open_folder: Path) -> None:
    (open_folder / "good.txt").write_text(GOOD, encoding="utf-8")
    (open_folder / "secret.txt").write_text(GOOD, encoding="utf-8")
    (open_folder / "closed").mkdir()
    (open_folder / "closed" / "a.txt").write_text(GOOD, encoding="utf-8")
    (open_folder / "secret.txt").chmod(0)
    (open_folder / "closed").chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything
    try:
        read = read_articles(open_folder)
    finally:
        if user == 0:
            os.seteuid(0)
        (open_folder / "closed").chmod(0o755)
    assert {Path(s.file).name: s.reason for s in read.skipped} == {
        "closed": "no right to read it",
        "secret.txt": "no right to read it",
    }
    assert len(read) == 1


def test_a_bomb_is_given_up_before_it_swells(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    with gzip.open(tmp_path / "bomb.txt.gz", "wb") as file:
        for _ in range(300):
            file.write(b"x" + b" " * MEGABYTE + b"\n")
    (skipped,) = read_articles(tmp_path).skipped
    assert "times its size" in skipped.reason


def _long_line(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(b"a" * MEGABYTE)


def _long_row(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(megabytes):
            file.write(b"a" * MEGABYTE)
        file.write(b'"}\n')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "write"),
    [("long.txt", _long_line), ("long.jsonl", _long_row), ("long.csv", _long_line)],
)
def test_a_line_of_200_megabytes_costs_little_memory(
    tmp_path: Path, name: str, write: Callable[[Path, int], None]
) -> None:
    write(tmp_path / name, 200)
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    code = (
        "import resource, sys; from topics.ingesting import read_articles;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "read = read_articles(sys.argv[1]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before);"
        "print([s.reason for s in read.skipped], len(read))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, text=True
    )
    grown, told = done.stdout.splitlines()
    assert "longer" in told
    assert told.endswith(" 1")
    assert int(grown) < 160 * 1024  # KB; the file has 200 MB
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 20
