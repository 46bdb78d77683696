"""Loads damaged and malicious model folders.

    python scripts/fuzz_models.py --count 50000 --seed 1

Every file of two small models is changed in turn. Half of the changed folders are signed again
(their manifest names the digests of what now stands there), so that the checks behind the digests
are reached. Promised: `topics.load` gives a tagger whose probabilities are finite and sum to 1, or
raises ModelError; and nothing is executed: pickles that would make a folder lie beside the files,
and stand in their place, and that folder never appears.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import shutil
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from fuzzing import Target, mutate, promise, run, scratch

import topics
from topics.errors import ModelError
from topics.mixture import TopicMixture
from topics.remembering import digests
from topics.scoring import Features, LinearModel
from topics.segmenting import Segmenter
from topics.storing import ARRAYS, MANIFEST
from topics.tagging import Tagger
from topics.themes import parse_themes

TEXTS: Final = ("加装电梯要商量。", "停车难，党建引领。", "", "abc 123", "会议" * 50)
WORDS: Final = ("电梯", "停车", "商量", "协商", "会议", "党建", "GPT", "社区", "居民", "建议")
FILES: Final = (MANIFEST, MANIFEST, ARRAYS, ARRAYS, "words.txt", "themes.txt", "README.md")
EXTRAS: Final = ("model.pkl", "model.joblib", "arrays.npy", "__init__.py", "conftest.py")
TOKENS: Final = tuple(
    word.encode()
    for word in (
        '"format"', '"sha256"', '"themes"', '"linear"', '"mixture"', '"context"', '"segmenter"',
        '"words"', "true", "[]",
        "{}", '"frequencies": {"电梯": 3},', '"temperature"', '"shape"', '"dtype"', '"F64"',
        '"I32"', '"data_offsets"',
        "[0, 0]", "-1e308", "1e308", "1e-320", '"../../x"', '"/etc/passwd"', '"words.txt":',
        "\x80\x04", "\n", '"card": 0,',
        '"kind"', '"thresholds"', "[1e999, 0]", "[-5, 5]", "\x00\x00\x80\x7f", "\x00\x00\xc0\x7f",
    )
)  # fmt: skip


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (self.path,)


@cache
def _base() -> Path:
    """Return a folder with the folders of two models: ``linear`` and ``mixture``."""
    themes = parse_themes(
        '[[theme]]\ncode="a"\nzh="甲"\nseeds=["电梯"]\n[[theme]]\ncode="b"\nzh="乙"\nseeds=["商量"]'
    )
    rng = np.random.default_rng(1)
    floats = np.float32
    pairs = ("电梯", "商量", "停车")
    n = len(WORDS) + len(pairs)
    features = Features(WORDS, pairs, rng.random(n, dtype=floats) + 1)
    weights = rng.normal(size=(n, 3)).astype(floats)
    linear = LinearModel(
        features,
        weights,
        np.zeros(3, floats),
        1.5,
        heading=0.5,
        neighbours=0.5,
        thresholds=(0.4, 0.4),
    )
    shares = rng.random((4, len(WORDS)), dtype=floats)
    mixture = TopicMixture(
        WORDS,
        shares / shares.sum(axis=1, keepdims=True),
        np.ones(len(WORDS), floats),
        (0, 1, 2, 1),
        3,
        alpha=(0.1, 0.2, 0.1, 0.3),
        sharpness=1.5,
        thresholds=(0.4, 0.4),
        heading=0.5,
        neighbours=0.5,
    )
    segmenter = Segmenter(["有事好商量"])
    folder = scratch()
    for name, model in (("linear", linear), ("mixture", mixture)):
        card, taught = {"scores": {"f1": 0.5}}, digests(["村口的路灯", "修好了"])
        Tagger(themes, model, segmenter, name, card, taught).save(folder / name)
    return folder


def canary() -> Path:
    """Return the folder that appears if a pickle of ours was loaded."""
    return _base() / "canary"


def make(rng: random.Random) -> bytes:
    """Return model, file, how it comes (as it is, signed, with an extra file), and its bytes."""
    model, name = rng.choice(("linear", "mixture")), rng.choice(FILES)
    own = (_base() / model / name).read_bytes()
    evil = pickle.dumps(Canary("CANARY"), protocol=rng.choice((0, 2, 4)))
    kind = rng.random()
    if kind < 0.03:
        data = evil
    elif kind < 0.06:
        others = [(_base() / model / other).read_bytes() for other in FILES]
        data = mutate(rng, others, (*TOKENS, evil))
    else:
        data = mutate(rng, [own], (*TOKENS, evil))
    signed = rng.choice(("plain", "signed", "signed", "signed", rng.choice(EXTRAS)))
    return f"{model} {name} {signed}\n".encode() + data


def check(data: bytes) -> str:
    """Load one folder, and tag with it if it can be loaded."""
    head, _, content = data.partition(b"\n")
    model, name, signed = [*head.decode("ascii", "replace").split(" "), "", "", ""][:3]
    if model not in {"linear", "mixture"} or name not in FILES:
        return "no model"
    content = content.replace(b"CANARY", os.fsencode(canary()))
    folder = _base() / f"tried-{model}"
    if not folder.exists():
        shutil.copytree(_base() / model, folder)
    try:
        (folder / name).write_bytes(content)
        if signed == "signed":
            _sign(folder, name, content)
        if signed in EXTRAS:
            code = b"import os; os.mkdir(%r)" % str(canary()).encode()
            evil = code if signed.endswith(".py") else pickle.dumps(Canary(str(canary())))
            (folder / signed).write_bytes(evil)
            promise(kept=_try(folder) == "refused", what="a folder with code is refused")
            return "refused for an extra file"
        return _try(folder)
    finally:
        if signed in EXTRAS:
            (folder / signed).unlink(missing_ok=True)
        for changed in {name, MANIFEST}:
            (folder / changed).write_bytes((_base() / model / changed).read_bytes())
        promise(kept=not canary().exists(), what="nothing is executed")


def _sign(folder: Path, name: str, content: bytes) -> None:
    if name == MANIFEST:
        return
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def _try(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # NumPy's word for a number out of range
        try:
            tagger = topics.load(folder)
        except ModelError as error:
            promise(kept=bool(str(error)), what="an error has words")
            return "refused"
        shares = tagger.weights(TEXTS)
        promise(kept=bool(np.isfinite(shares).all()), what="probabilities are finite")
        sums = shares.sum(axis=1)
        promise(kept=bool(np.allclose(sums, 1, atol=1e-6)), what="probabilities sum to one")
        for tag in tagger.tag("标题\n\n" + "\n\n".join(TEXTS)):
            json.dumps(tag.row(), allow_nan=False)
            tagger.themes.label(tag.theme)
    return "loaded"


TARGET: Final = Target("models", make, check)

if __name__ == "__main__":
    run(TARGET, __doc__)
