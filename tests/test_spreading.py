"""Spread work: the same rows as one process, whatever the file holds and whoever dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import joblib
import pytest

from topics import tagging
from topics.cli.writing import Chunk, jsonl_chunk
from topics.corpus import Skipped
from topics.ingesting import ROWS
from topics.spreading import START, Place, processes, shards, tag_files, tag_here
from topics.spreading.shards import Done, plan
from topics.tagging import Tagger
from topics.tagging.tagged import Tagged

ROW = {"id": "r", "text": "支部和社区一起协商，把停车的事办好。"}
ARTICLE = {"title": "协商", "paragraphs": ["委员们协商停车。", "支部开会学习。"]}


@pytest.mark.usefixtures("small")
def test_ranges_cover_a_file_line_by_line(tmp_path: Path) -> None:
    file = write(tmp_path, [ROW] * (5 * ROWS + 3))
    data = file.read_bytes()
    shards = list(plan(str(file)))
    assert [shard.line for shard in shards] == [1, 2 * ROWS + 1, 4 * ROWS + 1]
    assert b"".join(data[shard.start : shard.stop] for shard in shards) == data


@pytest.mark.usefixtures("small")
def test_processes_of_an_earlier_job_do_not_look_where_that_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_may_fork", lambda: False)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        file = write(Path(), [ROW] * (2 * ROWS + 3), f"{name}.jsonl")
        assert joined(tag_files(None, [file], 2, jsonl_chunk))[1] == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "lines",
    [
        [ROW] * (4 * ROWS + 9),
        [ARTICLE] * (2 * ROWS + 9),
        [*[ROW] * (2 * ROWS), "", *[ROW] * (2 * ROWS)],
        [*[ROW] * (2 * ROWS), {"nothing": 1}, *[ROW] * (2 * ROWS)],
        [*[ROW] * (2 * ROWS), *[ARTICLE] * 9, *[ROW] * ROWS],
        [{"content": "协商\n委员们协商停车。\n支部开会学习。"}, *[ROW] * (3 * ROWS)],
    ],
    ids=["rows", "articles", "empty line", "bad line", "both", "document"],
)
def test_ranges_give_what_one_process_gives(
    tagger: Tagger, tmp_path: Path, lines: Sequence[object]
) -> None:
    tagger.save(tmp_path / "model")
    paths = [write(tmp_path, lines), write(tmp_path, [ROW, ROW], "b.jsonl")]
    with joblib.parallel_config(backend="threading"):
        spread = joined(tag_files(tmp_path / "model", paths, 2, jsonl_chunk))
    alone = joined(tag_here(tagger, paths, jsonl_chunk))
    assert spread[0] == alone[0]
    assert set(spread[1]) == set(alone[1])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("jobs", [1, 2])
def test_from_every_place_on_the_rest_follows_whatever_the_processes(
    tagger: Tagger, tmp_path: Path, jobs: int
) -> None:
    tagger.save(tmp_path / "model")
    paths = [
        write(tmp_path, [ARTICLE] * (2 * ROWS + 9), "a.jsonl"),
        write(tmp_path, ["{"], "bad.jsonl"),
        write(tmp_path, [ROW] * (4 * ROWS + 9), "b.jsonl"),
        write(tmp_path, [*[ROW] * (2 * ROWS), *[ARTICLE] * 9], "c.jsonl"),
        write(tmp_path, ["{}"], "d.jsonl"),
    ]

    def items(jobs: int, start: Place) -> list[object]:
        with joblib.parallel_config(backend="threading"):
            if jobs == 1:
                return list(tag_here(tagger, paths, jsonl_chunk, start))
            return list(tag_files(tmp_path / "model", paths, jobs, jsonl_chunk, start))

    whole = items(jobs, START)
    text, skipped = joined(whole)
    places = [item for item in whole if isinstance(item, Place)]
    assert len(places) >= 6
    for place in places:
        before = joined(whole[: whole.index(place)])
        for other in (1, 2):
            after = joined(items(other, place))
            assert before[0] + after[0] == text
            assert before[1] + after[1] == skipped


def test_a_file_that_goes_while_others_are_tagged_is_skipped(
    tagger: Tagger, tmp_path: Path
) -> None:
    first, second = (write(tmp_path, [ROW], name) for name in ("a.jsonl", "b.jsonl"))
    items = tag_here(tagger, [first, second], jsonl_chunk)
    second.unlink()
    assert [skipped.file for skipped in joined(items)[1]] == [str(second)]


def test_a_process_that_dies_costs_its_own_shard_only(tagger: Tagger, tmp_path: Path) -> None:
    tagger.save(tmp_path / "model")
    texts = ["支部开会。", "致命", "社区协商。"]
    files = [write(tmp_path, [{"text": text}], f"{n}.jsonl") for n, text in enumerate(texts)]
    items = tag_files(tmp_path / "model", files, 2, deadly)
    first, skipped, last = [item for item in items if not isinstance(item, Place)]
    assert [first, last] == ["支部开会。", "社区协商。"]
    assert isinstance(skipped, Skipped)
    assert skipped.file == str(files[1])
    assert "died" in skipped.reason


COPIES = """
import json, os, sys
from topics.spreading import Place, tag_files
from topics.spreading.processes import _may_fork

def deadly(tagged):
    text = tagged.parts[0].text
    if text == "致命":
        os._exit(9)
    return text

print(_may_fork())
for item in tag_files(None, sys.argv[1:], 2, deadly):
    if not isinstance(item, Place):
        print(item if isinstance(item, str) else item.reason)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
def test_a_copy_that_dies_costs_its_own_shard_only(tmp_path: Path) -> None:
    texts = ["支部开会。", "致命", "社区协商。", "致命", "委员调研。"]
    files = [write(tmp_path, [{"text": text}], f"{n}.jsonl") for n, text in enumerate(texts)]
    done = subprocess.run(
        [sys.executable, "-c", COPIES, *map(str, files)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    forked, *rows = done.stdout.splitlines()
    assert forked == "True"
    died = "the process that tagged it died, twice (out of memory?)"
    died = f"from line 1 on, {shards.LINES} lines: {died}"
    assert rows == [died if text == "致命" else text for text in texts]


def deadly(tagged: Tagged) -> str:
    text = tagged.parts[0].text
    if text == "致命":
        os._exit(9)
    return text


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LINES", 2 * ROWS)
    monkeypatch.setattr(tagging, "BATCH", 2 * ROWS)


def write(folder: Path, lines: Sequence[object], name: str = "a.jsonl") -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path = folder / name
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def joined(items: object) -> tuple[bytes, list[Skipped]]:
    chunks = list(items)  # type: ignore[call-overload]
    text = b"".join(chunk.data for chunk in chunks if isinstance(chunk, Chunk))
    return text, [item for item in chunks if isinstance(item, Skipped)]


@pytest.mark.parametrize("size", [0, 1000, processes.PLACE - 3, processes.PLACE, 1 << 23])
def test_what_a_copy_lays_down_is_what_is_taken_and_the_place_is_free_again(size: int) -> None:
    desk = processes._Desk(2)
    first = desk.free.pop()
    desk.free.pop()
    done = Done([Chunk(7, 1, b"x" * size), Chunk(2, 0, b"abc")], ready=True)
    laid = desk.lay(done, first)
    assert (laid.done is done) == (size + 3 > processes.PLACE)  # too long for its place
    assert sum(len(row.data) for row in laid.done.rows) in (0, size + 3)
    assert desk.take(laid, first) == done
    assert desk.free == [first]


def test_rows_without_bytes_go_as_they_are() -> None:
    desk = processes._Desk(1)
    for rows in ([], [3, 4], [Chunk(1, 0)]):
        done = Done(rows)
        assert desk.take(desk.lay(done, 0), 0) == done
