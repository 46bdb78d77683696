"""Files made to hurt are refused by name or read, within bounds; the rest of the folder goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests import hostile_files
from tests.hostile_files import Found

SECONDS: Final = 60
"""Of processor time for one file, beside other work; docs/trust.md has what was measured."""
MEGABYTES: Final = 700
"""Of memory at the most."""
REFUSED: Final = {
    "bomb.txt.gz": "more than 100 times its size",
    "bomb.json.gz": "more than 100 times its size",
    "bomb.parquet.gz": "more than 100 times its size",
    "nested.txt.gz.gz": "unknown kind of file",
    "laughs.docx": "entity amplification",
    "outside.docx": "holds no text",
    "elsewhere.docx": "not a readable .docx",
    "external.docx": "not a readable .docx",
    "paragraphs.docx": "XML tags, more than",
    "attributes.docx": "holds no text",
    "swollen.docx": "100 MB of XML, more than 64",
    "media.docx": "unpacks to 300 MB, more than 256",
    "deep.docx": "Excessive depth",
    "span.docx": "more than 1,000 columns",
    "parts.docx": "12,003 parts, more than 10,000",
    "lying.docx": "not a readable .docx",
    "own-tail.pdf": "cyclic page references",
    "deep-tree.pdf": "page tree depth",
    "count.pdf": "holds no text",
    "kids.pdf": "100000 pages; 5000 are read at most",
    "cmap.pdf": "size limit reached",
    "flate.pdf": "Limit reached while decompressing",
    "flate-twice.pdf": "Limit reached while decompressing",
    "operators.pdf": "maximum number of tokens",
    "brackets.pdf": "",  # releases of pypdf say different things
    "dictionaries.pdf": "not a readable PDF",
    "loop.pdf": "not a readable PDF",
    "previous.pdf": "not a readable PDF",
    "deep.json": "nested too deeply",
    "digits.json": "not JSON",
    "lists.json": "values, more than 10,000,000",
    "keys.jsonl": "1,000,001 fields, more than 10,000",
    "columns.csv": "3,000,001 fields, more than 10,000",
    "quote.csv": "field larger than field limit",
    "line.txt": "longer than 16 million characters",
    "text.jsonl": "longer than 16 million characters",
    "nothing.html": "Document is empty",
    "attributes.html": "more than 1,000 attributes",
    "spans.html": "a page may have",
    "deep.html": "holds no text",
    "punycode.html": "says punycode",
    "wide.parquet": "11,001 columns, more than 10,000",
    "long.parquet": "more than 400 times its size",
    "deep.parquet": "",  # old releases of pyarrow read it
}
READ: Final = {
    "fetched.docx": 1,
    "deep.jsonl": 1,
    "cells.csv": 1,
    "empty-lines.txt": 1,
    "entities.html": 1,
    "brackets.md": 1,
    "stars.md": 1,
    "rule.md": 1,
    "members.txt.gz": 1,
    "xobjects.pdf": 1,
    "blocks.html": 20_000,
}
"""How many parts there are at least."""
HEAVY: Final = frozenset(
    [
        "bomb.txt.gz",
        "bomb.json.gz",
        "bomb.parquet.gz",
        "members.txt.gz",
        "paragraphs.docx",
        "swollen.docx",
        "media.docx",
        "attributes.docx",
        "parts.docx",
        "kids.pdf",
        "flate.pdf",
        "flate-twice.pdf",
        "operators.pdf",
        "xobjects.pdf",
        "lists.json",
        "keys.jsonl",
        "columns.csv",
        "cells.csv",
        "quote.csv",
        "line.txt",
        "text.jsonl",
        "empty-lines.txt",
        "attributes.html",
        "spans.html",
        "blocks.html",
        "entities.html",
        "stars.md",
        "wide.parquet",
        "long.parquet",
    ]
)
"""What takes long to make or to read: not among the quick tests."""
LIGHT: Final = sorted(set(hostile_files.FILES) - HEAVY)


def check(found: Found, name: str) -> None:
    """Assert that a file was refused with the right reason, or read, within the bounds."""
    row = found[name]
    reasons = " ".join(row["reasons"])
    assert row["cpu"] < SECONDS
    assert row["peak"] < MEGABYTES
    assert len(reasons) < 400
    if name in REFUSED:
        assert REFUSED[name] in reasons
    else:
        assert row["parts"] >= READ[name]


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return hostile_files.read_apart(tmp_path_factory.mktemp("light"), LIGHT)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return hostile_files.read_apart(tmp_path_factory.mktemp("heavy"), HEAVY)


def test_every_file_made_to_hurt_has_its_answer() -> None:
    assert {*REFUSED, *READ} == set(hostile_files.FILES)


@pytest.mark.parametrize("name", LIGHT)
def test_a_file_made_to_hurt_is_bounded(light: Found, name: str) -> None:
    check(light, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HEAVY))
def test_a_large_file_made_to_hurt_is_bounded(heavy: Found, name: str) -> None:
    check(heavy, name)


def test_the_rest_of_the_folder_goes_on(light: Found) -> None:
    assert light["zz-good.txt"]["parts"] == 1
    assert not light["zz-good.txt"]["reasons"]


def test_no_file_of_the_system_is_read_through_a_document(light: Found) -> None:
    for name in ("outside.docx", "elsewhere.docx", "external.docx", "fetched.docx"):
        assert light[name]["characters"] <= 1


def test_folders_in_folders_without_end_are_walked_to_a_depth(tmp_path: Path) -> None:
    from topics.reading import find_files
    from topics.reading.files import MAX_DEPTH

    deep = tmp_path
    for _ in range(MAX_DEPTH + 20):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "lost.txt").write_text("深", encoding="utf-8")
    (tmp_path / "good.txt").write_text("好", encoding="utf-8")
    (_, refused), (good, reason) = find_files(tmp_path)
    assert refused == "100 folders deep; name this folder itself"
    assert (good.name, reason) == ("good.txt", "")
