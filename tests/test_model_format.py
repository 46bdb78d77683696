"""docs/model-format.md holds: kept models load, descriptions and arrays are checked."""

from __future__ import annotations

import json
import math
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import topics
from tests.kept_models import FIXTURES, KEPT, describe, described, put
from topics import storing
from topics.errors import ModelError


def test_every_readable_format_has_a_kept_model() -> None:
    kept = {int(path.parent.name.partition("-")[2]) for path in KEPT}
    assert kept == set(storing.READABLE)


@pytest.mark.parametrize("folder", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_kept_models_still_load_and_give_the_same_tags(folder: Path) -> None:
    rows = folder.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    tagger = topics.load(folder)
    articles = topics.read_articles(folder.with_suffix(".jsonl"))
    tags = tagger.tag(articles)
    for tag, row in zip(tags, map(json.loads, rows), strict=True):
        for key in ("text", "theme", "probability", "probabilities", "tags", "evidence"):
            assert tag.row()[key] == row[key]
        assert tag.note or not row.get(
            "note"
        )  # where doubt begins is the version's, not the model's


def test_a_loaded_model_saves_the_same_bytes(kept: Path, tmp_path: Path) -> None:
    topics.load(kept).save(tmp_path / "again")
    for file in kept.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def set_to(*path: str | int, value: object) -> Callable[[Any], None]:
    def change(plain: Any) -> None:
        for key in path[:-1]:
            plain = plain[key]
        plain[path[-1]] = value

    return change


def drop(key: str) -> Callable[[Any], None]:
    return lambda plain: plain.pop(key)


COMMON = [
    set_to("themes", value=7),
    set_to("themes", "theme", value=[]),
    set_to("segmenter", "words", value=[1, 2]),
    set_to("segmenter", "words", value=None),
    set_to("segmenter", "frequencies", value={"河道": -1}),
    set_to("segmenter", "frequencies", value={"河道": 10**400}),
    set_to("thresholds", value=[math.nan, 0.5]),
    set_to("thresholds", value=[0.5]),
    set_to("thresholds", value=[True, "0.5"]),
    set_to("context", "heading", value=math.inf),
    set_to("context", "neighbours", value=-1),
    set_to("card", value=[]),
    set_to("format", value=True),
    set_to("format", value=1.0),
    set_to("format", value=[1]),
    set_to("format", value="1" * 100_000),
    drop("themes"),
    drop("segmenter"),
    drop("context"),
    drop("card"),
]
LINEAR = [
    set_to("linear", "words", value=-1),
    set_to("linear", "words", value=2.5),
    set_to("linear", "words", value=10**9),
    set_to("linear", "temperature", value=0),
    set_to("linear", "temperature", value=math.nan),
    set_to("mixture", value={}),
    drop("linear"),
]
MIXTURE = [
    set_to("mixture", "alpha", value=-0.1),
    set_to("mixture", "alpha", value=math.nan),
    set_to("mixture", "alpha", value=[]),
    set_to("mixture", "alpha", value=[0.1] * 99),
    set_to("mixture", "alpha", value=[0.1, -0.1, 0.1]),
    set_to("mixture", "alpha", value="0.1"),
    set_to("mixture", "sharpness", value=0),
    set_to("mixture", "sharpness", value=1e3),
    set_to("mixture", "sharpness", value=None),
    set_to("mixture", "classes", value=[0, 1, 99]),
    set_to("mixture", "classes", value=[0, -1, 1]),
    set_to("mixture", "classes", value=[]),
    set_to("mixture", "n_classes", value=10**12),
    drop("mixture"),
]


@pytest.mark.parametrize("change", [*COMMON, *LINEAR])
def test_a_linear_description_out_of_range_is_refused(change: Any, tmp_path: Path) -> None:
    refuses_description(shutil.copytree(FIXTURES / "format-1" / "tfidf", tmp_path / "m"), change)


@pytest.mark.parametrize("change", [*COMMON, *MIXTURE])
def test_a_mixture_description_out_of_range_is_refused(change: Any, tmp_path: Path) -> None:
    refuses_description(shutil.copytree(FIXTURES / "format-1" / "lda", tmp_path / "m"), change)


def refuses_description(folder: Path, change: Callable[[Any], None]) -> None:
    manifest = described(folder)
    change(manifest)
    describe(folder, manifest)
    with pytest.raises(ModelError) as caught:
        topics.load(folder)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("tfidf", "idf", -1.0),
        ("tfidf", "idf", np.nan),
        ("tfidf", "weights", np.inf),
        ("tfidf", "weights", 3e38),
        ("tfidf", "bias", -3e38),
        ("lda", "topics", -0.5),
        ("lda", "topics", 3e38),
        ("lda", "word_weights", -1.0),
        ("lda", "word_weights", np.nan),
    ],
)
def test_numbers_out_of_range_are_refused(
    method: str, name: str, value: float, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(FIXTURES / "format-1" / method, tmp_path / "model"))
    arrays = {key: array.copy() for key, array in storing.load_folder(folder).arrays.items()}
    arrays[name].flat[0] = value
    put(folder, storing.ARRAYS, storing._pack(arrays))
    with pytest.raises(ModelError, match=r"copy or train"):
        topics.load(folder)


@pytest.mark.parametrize("change", ["dtype", "shape", "missing", "more"])
def test_arrays_of_another_shape_or_type_are_refused(kept: Path, change: str) -> None:
    arrays: dict[str, Any] = dict(storing.load_folder(kept).arrays)
    for name in list(arrays):
        changed = dict(arrays)
        if change == "missing":
            del changed[name]
        elif change == "dtype":
            changed[name] = changed[name].astype(np.float64)
        elif change == "shape":
            changed[name] = changed[name][..., None] if changed[name].ndim == 1 else changed[name].T
        else:
            changed[name] = np.concatenate([changed[name], changed[name][:1]])
        put(kept, storing.ARRAYS, storing._pack(changed))
        with pytest.raises(ModelError, match=r"does not fit"):
            topics.load(kept)


@pytest.mark.parametrize(
    "words", [b"", b"\n" * 500, b"\xff\xfe", "河道\n河道\n".encode(), "河\u2028道\n".encode() * 90]
)
def test_a_vocabulary_that_does_not_fit_is_refused(kept: Path, words: bytes) -> None:
    put(kept, "words.txt", words)
    with pytest.raises(ModelError):
        topics.load(kept)


ONE = '{"dtype": "F32", "shape": [1], "data_offsets": '


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ('{"a": ' + ONE + '[0, 4]}, "b": ' + ONE + "[0, 4]}}", 4),  # overlapping
        ('{"a": ' + ONE + '[0, 4]}, "b": ' + ONE + "[8, 12]}}", 12),  # a gap
        ('{"a": ' + ONE + "[0, 4]}}", 8),  # more bytes than arrays
        ('{"a": ' + ONE + '[0, 4]}, "a": ' + ONE + "[4, 8]}}", 8),  # twice
        ('{"a": ' + ONE + "[0.0, 4.0]}}", 4),
        ('{"a": ' + ONE + "[false, 4]}}", 4),
        ('{"a": ' + ONE + '"04"}}', 4),
        ('{"a": ' + ONE + "[1e999, 4]}}", 4),
        ('{"a": ' + ONE + "[0, 99999999999999999999]}}", 4),
        ('{"a": {"dtype": "F32", "shape": [0, 1e30], "data_offsets": [0, 0]}}', 0),
        ('{"a": {"dtype": "F32", "shape": [0, ' + "9" * 30 + '], "data_offsets": [0, 0]}}', 0),
        ('{"a": {"dtype": "F32", "shape": [' + "1, " * 99 + '1], "data_offsets": [0, 4]}}', 4),
        ('{"a": {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]}}', 4),
        ('{"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}', 4),
        ('{"a": NaN}', 4),
        ('{"a": null}', 4),
        ("[" * 500_000, 4),
        ('{"a":' * 100_000, 4),
        ('"' + "x" * 1_000_000, 4),
        ("9" * 1_000_000, 4),
    ],
)
def test_a_crafted_header_is_refused(header: str, body: int, kept: Path) -> None:
    text = header.encode()
    put(kept, storing.ARRAYS, struct.pack("<Q", len(text)) + text + b"\0" * body)
    with pytest.raises(ModelError):
        topics.load(kept)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[" * 1_000_000,
        b'{"sha256":' * 200_000,
        b'{"format": 1, "format": 1, "sha256": {}}',
        b'{"format": 1, "sha256": {"arrays.safetensors": NaN}}',
        b'{"format": ' + b"9" * 5000 + b', "sha256": {}}',
        b"\xef\xbb\xbf{}",
        b'"' + b"x" * storing.MAX_MANIFEST,
    ],
)
def test_a_description_that_is_a_bomb_is_refused(text: bytes, kept: Path) -> None:
    (kept / storing.MANIFEST).write_bytes(text)
    with pytest.raises(ModelError) as caught:
        topics.load(kept)
    assert len(str(caught.value)) < 1000
