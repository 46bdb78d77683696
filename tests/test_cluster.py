"""Tagging on a Dask cluster: a real scheduler and two worker processes on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from topics.cli import run
from topics.cli.writing import jsonl_chunk
from topics.spreading import Place, shards, tag_files, tag_here
from topics.spreading.processes import cluster
from topics.tagging import Tagger

distributed = pytest.importorskip("distributed")

SCHEDULER = """
import asyncio, sys
from distributed import Scheduler
async def main():
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address=":0") as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()
asyncio.run(main())
"""
WORKER = """
import asyncio, sys
from distributed import Worker
async def main():
    async with Worker(sys.argv[1], nthreads=1, dashboard_address=":0") as worker:
        await worker.finished()
asyncio.run(main())
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Return the address of a scheduler, and its two workers."""
    processes: list[subprocess.Popen[str]] = []

    def start(code: str, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        processes.append(process)
        return process

    try:
        scheduler = start(SCHEDULER)
        assert scheduler.stdout is not None
        address = scheduler.stdout.readline().strip()
        workers = [start(WORKER, address) for _ in range(2)]
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, workers
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_cluster_gives_the_same_rows_though_a_worker_is_killed(
    ready: Tagger,
    tmp_path: Path,
    started: tuple[str, list[subprocess.Popen[str]]],
) -> None:
    address, workers = started
    file = tmp_path / "rows.jsonl"
    many = range(12 * shards.LINES + 5)
    rows = [{"id": str(n), "text": f"支部和社区第{n}次一起协商停车的事。"} for n in many]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    expected = b"".join(
        chunk.data for chunk in tag_here(ready, [file], jsonl_chunk) if hasattr(chunk, "data")
    )
    found: list[bytes] = []
    with cluster(address):
        for item in tag_files(None, [file], 2, jsonl_chunk):
            assert not hasattr(item, "reason")
            if not isinstance(item, Place):
                found.append(item.data)  # type: ignore[union-attr]
            if len(found) == 2:
                os.kill(workers[0].pid, signal.SIGKILL)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert b"".join(found) == expected
    out = tmp_path / "out.jsonl"
    command = ["tag", str(file), "--format", "jsonl", "--out", str(out), "--cluster", address]
    assert run(command) == 0
    assert out.read_bytes() == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-", "--cluster", "tcp://127.0.0.1:1"], "cannot read this machine's stdin"),
        (["{file}", "--cluster", "nonsense://x"], "no Dask scheduler answers there"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("支部开会。", encoding="utf-8")
    assert run(["tag", *(word.format(file=file) for word in words)]) == 2
    assert message in capsys.readouterr().err
