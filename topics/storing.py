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
from topics.replacing import keep_others, new_folder, restore

FORMAT: Final = 1
READABLE: Final = (1,)
MANIFEST: Final = "model.json"
ARRAYS: Final = "arrays.safetensors"

MAX_MANIFEST: Final = 16 * 2**20
"""Bytes of ``model.json``; JSON can fill many times its size in memory."""
MAX_TEXT: Final = 256 * 2**20
"""Bytes of a text file."""
MAX_ARRAYS: Final = 4 * 2**30
"""Bytes of the file of arrays."""
_MAX_HEADER: Final = 2**20
_TEXTS: Final = (".txt", ".md")
_CODE: Final = (
    *(".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".npy", ".npz", ".pt", ".pth", ".bin"),
    *(".h5", ".keras", ".py", ".pyc", ".so", ".dll", ".dylib", ".sh", ".exe", ".bat"),
)
"""What other tools run, or can hide code in. Nothing here opens them, but a folder that is handed
on with one is none of ours."""
_PICKLE: Final = b"\x80"
"""First byte of a pickle since protocol 2; no UTF-8 text begins with it."""
_TRIES: Final = 5
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
    instead_of: str | Path | None = None,
) -> None:
    """Write a model folder beside ``folder`` and rename it into place.

    A run that is killed leaves the old model or the new one, never a mixture.

    Args:
        folder: where it goes.
        manifest: what stands in ``model.json``, but for format and digests.
        arrays: name → numbers.
        texts: file name → text.
        instead_of: an older model whose place the folder is going to take (default: what stands
            at ``folder``); what people put beside its files is copied.

    Raises:
        ModelError: if it cannot be written, or the folder holds other things and no model.
    """
    target, old = Path(folder), Path(instead_of or folder)
    if old.is_dir() and any(old.iterdir()) and not (old / MANIFEST).is_file():
        raise ModelError(f"{old} holds files and no model; give a new or empty folder, or a model")
    try:
        with new_folder(target) as fresh:
            files = {name: text.encode() for name, text in texts.items()}
            files[ARRAYS] = _pack(arrays)
            digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
            plain = {"format": FORMAT, **manifest, "sha256": dict(sorted(digests.items()))}
            text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            if len(text.encode()) > MAX_MANIFEST:
                raise ModelError(
                    f"{target}: the model's description would have more than {MAX_MANIFEST} bytes; "
                    "use fewer own words"
                )
            for name, data in {**files, MANIFEST: text.encode()}.items():
                (fresh / name).write_bytes(data)
            keep_others(old, fresh, {*files, MANIFEST})
    except OSError as error:
        raise ModelError(
            f"{target}: the model cannot be written ({error.strerror}); "
            "choose another folder or free some space"
        ) from error


def load_folder(folder: str | Path) -> Stored:
    """Read and check a model folder: format, digests, types, shapes, finite numbers.

    A folder that is replaced while it is read is read once more.

    Raises:
        ModelError: damaged, truncated, foreign or newer; what to do.
    """
    path = Path(folder)
    restore(path)
    for _ in range(_TRIES):
        before = _identity(path)
        try:
            return _load(path)
        except (ModelError, OSError) as error:
            if _identity(path) == before:
                if isinstance(error, ModelError):
                    raise
                raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    raise ModelError(f"{path} is replaced again and again; try once more")


def _identity(folder: Path) -> tuple[int, ...]:
    """Return what differs between two saved folders of one name."""
    try:
        state = (folder / MANIFEST).stat()
    except OSError:
        return ()
    return state.st_dev, state.st_ino, state.st_mtime_ns


def _load(path: Path) -> Stored:
    manifest = read_manifest(path)
    _refuse_code(path, manifest["sha256"])
    texts = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, digest in manifest["sha256"].items():
        if name == ARRAYS:
            arrays = _unpack(path / name, _mapped(path / name, digest))
        else:
            texts[name] = _text(_checked(path / name, digest), path / name)
    return Stored(manifest, arrays, texts)


def _refuse_code(folder: Path, digests: Mapping[str, object]) -> None:
    """Refuse what could carry code, whether the manifest names it or not."""
    for name in digests:
        if name != ARRAYS and (Path(name).name != name or Path(name).suffix not in _TEXTS):
            raise ModelError(f"{folder / name}: a model has no such file; copy or train it again")
    for file in sorted(folder.iterdir()):
        if file.name in digests or file.name == MANIFEST or not file.is_file():
            continue
        with file.open("rb") as opened:
            first = opened.read(1)
        if file.suffix.lower() in _CODE or first == _PICKLE:
            raise ModelError(
                f"{file} can carry code and is no part of a model; nothing was run; "
                "remove it if you trust the rest"
            )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check ``model.json`` alone."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(
            f"{folder}: no model here ({MANIFEST} is missing); "
            "give a folder that topics train has written"
        )
    if path.stat().st_size > MAX_MANIFEST:
        raise ModelError(f"{path} is larger than {MAX_MANIFEST} bytes; this is no model of ours")
    try:
        data = _json(_text(path.read_bytes(), path))
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"{path} is damaged ({error!s:.300}); copy or train the model again"
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("sha256"), dict):
        raise ModelError(f"{path} is not a model description; give a folder of topics train")
    found = data.get("format")
    if not isinstance(found, int) or isinstance(found, bool) or found not in READABLE:
        raise ModelError(
            f"{folder} has format {found!r:.40}; this version reads {list(READABLE)}; "
            "update topics, or train the model again"
        )
    if ARRAYS not in data["sha256"]:
        raise ModelError(f"{path} names no {ARRAYS}; copy or train the model again")
    return data


def _json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever stands there
    """Parse JSON that says each thing once, in numbers that are numbers."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        raise ValueError("a name stands twice")
    return plain


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def digest_of(folder: str | Path) -> str:
    """Sha256 of the manifest, which holds the digests of all the rest."""
    return hashlib.sha256((Path(folder) / MANIFEST).read_bytes()).hexdigest()


def _checked(path: Path, digest: object) -> bytes:
    """Return the bytes of a text file that the manifest names."""
    _plain(path, MAX_TEXT)
    data = path.read_bytes()
    _same(hashlib.sha256(data).hexdigest(), digest, path)
    return data


def _mapped(path: Path, digest: object) -> NDArray[np.uint8]:
    """Return the bytes of the file of arrays, mapped and not copied: processes share them."""
    size = _plain(path, MAX_ARRAYS)
    mapped: NDArray[np.uint8] = (
        np.memmap(path, dtype=np.uint8, mode="r") if size else np.zeros(0, np.uint8)
    )
    _same(hashlib.sha256(mapped.data).hexdigest(), digest, path)
    return mapped


def _plain(path: Path, limit: int) -> int:
    """Return a file's size; what is no plain file of a possible size is refused."""
    if not path.is_file() or path.is_symlink():
        raise ModelError(f"{path} is missing or no plain file; copy or train the model again")
    size = path.stat().st_size
    if size > limit:
        raise ModelError(f"{path} is too large to be a model of ours (more than {limit} bytes)")
    return size


def _same(found: str, digest: object, path: Path) -> None:
    if found != digest:
        raise ModelError(f"{path} has been changed or damaged; copy or train the model again")


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


def _unpack(path: Path, mapped: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file; every place, type and shape is checked before it is used."""
    size = int(mapped[:8].view("<u8")[0]) if len(mapped) >= 8 else _MAX_HEADER + 1
    if size > min(_MAX_HEADER, len(mapped) - 8):
        raise ModelError(f"{path}: no header of arrays; copy or train the model again")
    body = mapped[8 + size :]
    try:
        header = _json(bytes(mapped[8 : 8 + size]))
        _adjoin([_numbers(entry["data_offsets"], 2) for entry in header.values()], len(body))
        return {name: _array(entry, body) for name, entry in header.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path}: the header of the arrays is damaged ({error!s:.300}); "
            "copy or train the model again"
        ) from error


def _adjoin(places: list[list[int]], size: int) -> None:
    """Check that the places fill ``size`` bytes; ValueError if they overlap or leave gaps."""
    end = 0
    for start, stop in sorted(places):
        if start != end or stop < start:
            raise ValueError("arrays overlap, or leave gaps")
        end = stop
    if end != size:
        raise ValueError("arrays and file differ in size")


def _array(entry: Mapping[str, Any], body: NDArray[np.uint8]) -> NDArray[Any]:
    """Return one array as a view; ValueError if what the header says cannot be."""
    dtype, shape = _TYPES[entry["dtype"]], _numbers(entry["shape"])
    start, end = _numbers(entry["data_offsets"], 2)
    if end - start != math.prod(shape) * dtype.itemsize:
        raise ValueError("an array does not fit its place")
    array: NDArray[Any] = np.frombuffer(body[start:end], dtype).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return array


def _numbers(values: object, count: int | None = None) -> list[int]:
    """Return a short list of possible sizes; ValueError if it is something else."""
    if not isinstance(values, list) or len(values) not in ({count} if count else {1, 2}):
        raise ValueError("a shape or a place is no list of one or two numbers")
    if not all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in values):
        raise ValueError("a shape or a place is impossible")
    return values
