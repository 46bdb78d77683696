"""Strangers' models cannot harm, others may lie beside, processes share one (model-format.md)."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import joblib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import topics
from tests.kept_models import KEPT, described, put
from topics import storing
from topics.errors import ModelError

TEXTS = ["河道清淤，社区书屋开门。", "食堂换了新菜单。", "", "nothing known"]


class Bomb:
    """What a pickle can do when it is opened: here it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.canary),)


@pytest.mark.parametrize(
    "name",
    [
        *("model.pkl", "tagger.joblib", "notes", "arrays.npy", "named.pkl", "topics.py"),
        *("model.json", "arrays.safetensors", "words.txt", "README.md"),
    ],
)
@pytest.mark.parametrize("protocol", [0, 5])
def test_a_folder_that_carries_code_is_refused_and_nothing_runs(
    name: str, protocol: int, kept: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    data = pickle.dumps(Bomb(canary), protocol)
    if name.endswith(".joblib"):
        joblib.dump(Bomb(canary), kept / name, protocol=protocol)
    elif name in described(kept)["sha256"] or name == "named.pkl":
        put(kept, name, data)
    else:
        (kept / name).write_bytes(data)
    if name in ("notes", "README.md") and protocol == 0:  # a text that nobody runs may lie there
        topics.load(kept)
    else:
        with pytest.raises(ModelError):
            topics.load(kept)
    assert not canary.exists()
    pickle.loads(data)  # the bomb is one
    assert canary.exists()


def test_notes_of_people_may_lie_in_the_folder(kept: Path) -> None:
    (kept / "notes.txt").write_text("trained in May", encoding="utf-8")
    (kept / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (kept / "more").mkdir()
    assert len(topics.load(kept).tag(TEXTS)) == 2


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_a_folder_it_is_refused_or_works(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        source = data.draw(st.sampled_from(KEPT))
        folder = Path(shutil.copytree(source, Path(place) / "model"))
        name = data.draw(st.sampled_from([storing.MANIFEST, storing.ARRAYS, "words.txt"]))
        content = bytearray((folder / name).read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(content)))
            width = data.draw(st.sampled_from([0, 1, 1, 4, 40]))
            content[at : at + width] = data.draw(
                st.binary(max_size=8) | st.sampled_from([b"-1", b"1e999", b"null", b"[", b"NaN"])
            )
        put(folder, name, bytes(content))
        try:
            tags = topics.load(folder).tag(TEXTS)
        except ModelError:
            return
        for tag in tags:
            assert sum(tag.probabilities.values()) == pytest.approx(1)


def test_a_model_is_always_found_while_another_takes_its_place(kept: Path) -> None:
    others = [Path(path) for path in KEPT]
    ended = threading.Event()

    def save() -> None:
        taggers = [topics.load(path) for path in others]
        for number in range(60):
            taggers[number % len(taggers)].save(kept)
        ended.set()

    thread = threading.Thread(target=save)
    thread.start()
    loads = 0
    while not ended.is_set():
        assert topics.load(kept).themes.codes == ("water", "reading")
        loads += 1
    thread.join()
    assert loads > 5


LOADED = """
import sys, topics
from topics import storing
tagger = topics.load()
tagger.tag("支部和社区一起协商，把停车的事办好。")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux tells who shares what")
def test_eight_processes_share_one_copy_of_the_arrays() -> None:
    command = [sys.executable, "-c", LOADED]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen(command, **pipes) for _ in range(8)]  # type: ignore[call-overload]
    try:
        assert [process.stdout.readline() for process in running] == [b"ready\n"] * 8
        sizes = [mapped(process.pid) for process in running]
    finally:
        for process in running:
            process.communicate()
    arrays = (topics.tagging.ready_made() / storing.ARRAYS).stat().st_size
    for resident, share in sizes:
        assert resident == pytest.approx(arrays, abs=2**17)
        assert share < resident / 7


def mapped(pid: int) -> tuple[int, int]:
    """Return how many bytes of the arrays a process has in memory, and its share of them."""
    lines = Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8").splitlines()
    starts = [n for n, line in enumerate(lines) if line.endswith(storing.ARRAYS)]
    sizes = {"Rss": 0, "Pss": 0}
    for start in starts:
        for line in lines[start + 1 : start + 8]:
            key, _, value = line.partition(":")
            if key in sizes:
                sizes[key] += int(value.split()[0]) * 1024
    return sizes["Rss"], sizes["Pss"]
