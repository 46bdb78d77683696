"""A full disk, a place that cannot be written: one line, what stood stands. A killed server."""

from __future__ import annotations

import base64
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import hostile_files

OPTIONS = "sample = false\nfolds = 2\ntopics = 4\n"
TRAIN = ["train", "rows.jsonl", "--options", "options.toml", "--method", "kmeans", "--name", "m"]
CLOSED = Path("/sys")
"""Where Linux lets nobody make a file, not even root."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, texts: Sequence[str]) -> Path:
    """A folder with articles and options."""
    desk = tmp_path_factory.mktemp("desk")
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in texts[:24]]
    (desk / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (desk / "options.toml").write_text(OPTIONS, encoding="utf-8")
    return desk


@pytest.fixture(scope="module")
def used(desk: Path) -> Path:
    """The folder with a model, its report and topics that were made before."""
    for command in (train(seed=1), discover(topics=3)):
        done = call(desk, command)
        assert done.returncode == 0, done.stderr
    return desk


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [4, 200], ids=["no model fits", "no picture fits"])
def test_a_full_disk_leaves_the_old_model_and_report(used: Path, kilobytes: int) -> None:
    refuses(used, train(seed=2), kilobytes)


@pytest.mark.slow
def test_a_full_disk_leaves_all_the_old_tables(used: Path) -> None:
    sizes = sorted(path.stat().st_size for path in (used / "topics").iterdir())
    assert sizes[0] < 2048 < sizes[-1]  # some would fit
    refuses(used, discover(topics=2), 2)


@pytest.mark.skipif(not CLOSED.is_dir(), reason="Linux has such a place")
@pytest.mark.parametrize(
    "command",
    [
        ["tag", "rows.jsonl", "--format", "jsonl", "--out", "{closed}/out.jsonl"],
        ["tag", "rows.jsonl", "--format", "xlsx", "--out", "{closed}/out.xlsx"],
        ["discover", "rows.jsonl", "--topics", "2", "--out", "{closed}/topics"],
        ["export", "--sklearn", "{closed}/model.joblib"],
        pytest.param([*TRAIN, "--models", "{closed}/models"], marks=pytest.mark.slow),
        pytest.param([*TRAIN, "--reports", "{closed}/reports"], marks=pytest.mark.slow),
    ],
    ids=["tag", "tag in one go", "discover", "export", "models", "reports"],
)
def test_a_place_that_cannot_be_written_is_told_in_one_line(desk: Path, command: list[str]) -> None:
    refuses(desk, [word.format(closed=CLOSED) for word in command])


@pytest.mark.slow
def test_what_reads_for_a_server_ends_with_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "topics", "serve", "--port", "0"],
        stdout=subprocess.PIPE, encoding="utf-8", cwd=tmp_path, start_new_session=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        where = urlsplit(server.stdout.readline().strip())
        data = base64.b64encode(hostile_files.FILES["operators.pdf"]()).decode()  # takes seconds
        body = json.dumps({"file": {"name": "a.pdf", "data": data}}).encode()
        head = f"POST /api/tag HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: {len(body)}\r\n"
        with socket.create_connection((str(where.hostname), int(where.port or 0))) as link:
            link.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
            while len(session(server.pid)) < 3:  # it, what starts readers, a reader
                time.sleep(0.01)
            server.kill()
    until = time.monotonic() + 2
    while session(server.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert session(server.pid) == []


def session(leader: int) -> list[str]:
    """Return the living processes of a session."""
    found = subprocess.run(
        ["ps", "-s", str(leader), "-o", "stat="], capture_output=True, text=True, check=False
    )
    return [line for line in found.stdout.split() if not line.startswith("Z")]


def train(*, seed: int) -> list[str]:
    return [*TRAIN, "--seed", str(seed), "--models", "models", "--reports", "reports"]


def discover(*, topics: int) -> list[str]:
    return ["discover", "rows.jsonl", "--topics", str(topics), "--out", "topics"]


def refuses(desk: Path, command: list[str], kilobytes: int = 0) -> None:
    """Assert that a command fails in one line, and that every file is what it was."""
    before = tree(desk)
    done = call(desk, command, kilobytes)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if line.startswith("topics: ")]
    assert len(said) == 1
    assert "Traceback" not in done.stderr
    assert tree(desk) == before


def call(desk: Path, command: list[str], kilobytes: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command; ``kilobytes``: no file may be larger, as on a disk that becomes full."""
    size = kilobytes * 1024
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size)) if size else None
    return subprocess.run(
        [sys.executable, "-m", "topics", *command],
        cwd=desk,
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
