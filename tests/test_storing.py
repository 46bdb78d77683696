"""A saved model is checked before it is used, and cannot run code."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from topics import storing
from topics.errors import ModelError

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2, np.float32)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "model"
    storing.save_folder(target, {"kind": "test"}, ARRAYS, {"words.txt": "党建\n"})
    return target


def test_what_is_saved_comes_back(folder: Path) -> None:
    stored = storing.load_folder(folder)
    assert stored.manifest["kind"] == "test"
    assert stored.texts["words.txt"] == "党建\n"
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(stored.arrays[name], array)


def test_arrays_are_mapped_and_read_only(folder: Path) -> None:
    array = storing.load_folder(folder).arrays["a"]
    assert not array.flags.writeable
    assert not array.flags.owndata


def test_the_same_model_has_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    storing.save_folder(again, {"kind": "test"}, ARRAYS, {"words.txt": "党建\n"})
    for file in folder.iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes()


def test_saving_replaces_the_old_model_and_leaves_nothing_beside(folder: Path) -> None:
    storing.save_folder(folder, {"kind": "new"}, ARRAYS, {})
    assert storing.load_folder(folder).manifest["kind"] == "new"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_folder_of_other_things_is_no_place_for_a_model(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(ModelError, match="holds files and no model"):
        storing.save_folder(tmp_path, {"kind": "new"}, ARRAYS, {})
    assert (tmp_path / "thesis.docx").read_bytes() == b"years of work"


def test_saving_again_keeps_what_is_not_ours(folder: Path) -> None:
    (folder / "notes.txt").write_text("trained in May", encoding="utf-8")
    storing.save_folder(folder, {"kind": "new"}, ARRAYS, {"words.txt": "党建\n"})
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "trained in May"
    assert storing.load_folder(folder).manifest["kind"] == "new"


def test_a_failed_save_leaves_the_old_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="No space left"):
        storing.save_folder(folder, {"kind": "new"}, ARRAYS, {})
    assert storing.load_folder(folder).manifest["kind"] == "test"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("name", [storing.MANIFEST, storing.ARRAYS, "words.txt"])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(ModelError):
        storing.load_folder(folder)


@pytest.mark.parametrize("name", [storing.MANIFEST, storing.ARRAYS, "words.txt"])
def test_a_truncated_or_missing_file_is_refused(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError):
        storing.load_folder(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError):
        storing.load_folder(folder)


def test_a_newer_format_says_what_to_do(folder: Path) -> None:
    manifest = json.loads((folder / storing.MANIFEST).read_text(encoding="utf-8"))
    manifest["format"] = 99
    (folder / storing.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match=r"format 99; this version reads \[1\]; update"):
        storing.load_folder(folder)


@pytest.mark.parametrize(
    "header",
    [
        b"not json",
        b"[]",
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}',
        b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 1000000]}}',
        b'{"a": {"dtype": "O", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}',
    ],
)
def test_a_crafted_header_is_refused(folder: Path, header: bytes) -> None:
    path = folder / storing.ARRAYS
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\xff" * 12)
    digest_again(folder)
    with pytest.raises(ModelError):
        storing.load_folder(folder)


@pytest.mark.parametrize("length", [0, 2**63, 2**20 + 1])
def test_a_header_of_impossible_length_is_refused(folder: Path, length: int) -> None:
    (folder / storing.ARRAYS).write_bytes(struct.pack("<Q", length) + b"{}")
    digest_again(folder)
    with pytest.raises(ModelError):
        storing.load_folder(folder)


def test_a_manifest_cannot_lead_out_of_its_folder(folder: Path) -> None:
    outside = folder.parent / "outside.txt"
    outside.write_text("x", encoding="utf-8")
    manifest = json.loads((folder / storing.MANIFEST).read_text(encoding="utf-8"))
    manifest["sha256"]["../outside.txt"] = storing.hashlib.sha256(b"x").hexdigest()
    (folder / storing.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match="a model has no such file"):
        storing.load_folder(folder)


def test_no_folder_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model here \(model.json is missing\)"):
        storing.load_folder(tmp_path / "nothing")


def digest_again(folder: Path) -> None:
    """Make the manifest agree with the arrays, as somebody who means harm would."""
    manifest = json.loads((folder / storing.MANIFEST).read_text(encoding="utf-8"))
    data = (folder / storing.ARRAYS).read_bytes()
    manifest["sha256"][storing.ARRAYS] = storing.hashlib.sha256(data).hexdigest()
    (folder / storing.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
