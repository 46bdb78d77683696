"""A saved model is a folder that cannot carry code: JSON, arrays, and texts for people.

``model.json`` is read first. It holds the format number, the kind of model, everything that is no
array, and the sha256 of every other file. ``arrays.safetensors`` holds the arrays in the
safetensors layout (length of the header, header as JSON, raw numbers) and is memory-mapped: eight
processes share one copy. ``*.txt`` and ``README.md`` are for people.

Rule for the format number: a change that an older reader would misunderstand raises it, and
`READABLE` keeps every number that this version still loads.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.errors import ModelError
from topics.replacing import new_folder

FORMAT: Final = 1
READABLE: Final = (1,)
MANIFEST: Final = "model.json"
ARRAYS: Final = "arrays.safetensors"

_MAX_TEXT: Final = 256 * 2**20
"""A manifest or text file beyond this is refused before it is read."""
_MAX_HEADER: Final = 2**20
_TYPES: Final[dict[str, np.dtype[Any]]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I32": np.dtype("<i4"),
}


@dataclass(frozen=True)
class Stored:
    """What stands in a model folder, checked."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    """Read-only views of the mapped file."""
    texts: Mapping[str, str]
    """File name → text of the files for people."""


def save_folder(
    folder: str | Path,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    texts: Mapping[str, str],
) -> None:
    """Write a model folder beside ``folder`` and rename it into place.

    A run that is killed leaves the old model or the new one, never a mixture.

    Raises:
        ModelError: if it cannot be written.
    """
    target = Path(folder)
    try:
        with new_folder(target) as fresh:
            files = {name: text.encode() for name, text in texts.items()}
            files[ARRAYS] = _pack(arrays)
            digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
            plain = {"format": FORMAT, **manifest, "sha256": dict(sorted(digests.items()))}
            text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            for name, data in {**files, MANIFEST: text.encode()}.items():
                (fresh / name).write_bytes(data)
    except OSError as error:
        raise ModelError(
            f"{target}: the model cannot be written ({error.strerror}); "
            "choose another folder or free some space"
        ) from error


def load_folder(folder: str | Path) -> Stored:
    """Read and check a model folder: format, digests, types, shapes, finite numbers.

    Raises:
        ModelError: damaged, truncated, foreign or newer; what to do.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    texts = {}
    for name, digest in manifest["sha256"].items():
        data = _checked(path, name, digest)
        if name != ARRAYS:
            texts[name] = _text(data, path / name)
    return Stored(manifest, _unpack(path / ARRAYS), texts)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check ``model.json`` alone."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(
            f"{folder}: no model here ({MANIFEST} is missing); "
            "give a folder that topics train has written"
        )
    if path.stat().st_size > _MAX_TEXT:
        raise ModelError(f"{path} is larger than {_MAX_TEXT} bytes; this is no model of ours")
    try:
        data = json.loads(_text(path.read_bytes(), path))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}); copy or train the model again") from error
    if not isinstance(data, dict) or not isinstance(data.get("sha256"), dict):
        raise ModelError(f"{path} is not a model description; give a folder of topics train")
    found = data.get("format")
    if found not in READABLE or isinstance(found, bool):
        raise ModelError(
            f"{folder} has format {found!r}; this version reads {list(READABLE)}; "
            "update topics, or train the model again"
        )
    if ARRAYS not in data["sha256"]:
        raise ModelError(f"{path} names no {ARRAYS}; copy or train the model again")
    return data


def digest_of(folder: str | Path) -> str:
    """Sha256 of the manifest, which holds the digests of all the rest."""
    return hashlib.sha256((Path(folder) / MANIFEST).read_bytes()).hexdigest()


def _checked(folder: Path, name: str, digest: object) -> bytes:
    """Return the bytes of a file that stands in the manifest; arrays are only digested."""
    path = folder / name
    if Path(name).name != name or not path.is_file() or path.is_symlink():
        raise ModelError(f"{path} is missing or no plain file; copy or train the model again")
    if path.stat().st_size > _MAX_TEXT * 16:
        raise ModelError(f"{path} is too large to be a model of ours")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ModelError(f"{path} has been changed or damaged; copy or train the model again")
    return data


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(f"{path} is not UTF-8 (byte {error.start})") from error


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return ``arrays`` in the safetensors layout."""
    names = {dtype: name for name, dtype in _TYPES.items()}
    header: dict[str, Any] = {}
    chunks: list[bytes] = []
    end = 0
    for name, array in sorted(arrays.items()):
        chunk = np.ascontiguousarray(array).tobytes()
        start, end = end, end + len(chunk)
        kind = names[array.dtype.newbyteorder("<")]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, end]}
        chunks.append(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the numbers start at a multiple of 8
    return struct.pack("<Q", len(text)) + text + b"".join(chunks)


def _unpack(path: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of a file; every place, type and shape is checked before it is used."""
    empty = not path.stat().st_size
    mapped = np.zeros(0, np.uint8) if empty else np.memmap(path, dtype=np.uint8, mode="r")
    size = int(np.frombuffer(mapped[:8], "<u8")[0]) if len(mapped) >= 8 else _MAX_HEADER + 1
    if size > min(_MAX_HEADER, len(mapped) - 8):
        raise ModelError(f"{path}: no header of arrays; copy or train the model again")
    try:
        header = json.loads(bytes(mapped[8 : 8 + size]))
        return {name: _array(entry, mapped[8 + size :]) for name, entry in header.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path}: the header of the arrays is damaged ({error})") from error


def _array(entry: Mapping[str, Any], body: NDArray[np.uint8]) -> NDArray[Any]:
    """Return one array as a view; ValueError if what the header says cannot be."""
    dtype, shape = _TYPES[entry["dtype"]], [int(n) for n in entry["shape"]]
    start, end = (int(n) for n in entry["data_offsets"])
    fits = 0 <= start <= end <= len(body) and all(n >= 0 for n in shape)
    if not fits or end - start != math.prod(shape) * dtype.itemsize:
        raise ValueError("an array does not fit its place")
    array: NDArray[Any] = np.frombuffer(body[start:end], dtype).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return array
