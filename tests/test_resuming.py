"""A tagging job that was stopped goes on, and its file is to the byte that of an unbroken run."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from topics import tagging
from topics.cli import resuming, run, tag
from topics.ingesting import ROWS
from topics.spreading import shards

ROW = {"text": "支部和社区一起协商，把停车的事办好。"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resuming, "SECONDS", 0.0)
    monkeypatch.setattr(shards, "LINES", 2 * ROWS)
    monkeypatch.setattr(tagging, "BATCH", 2 * ROWS)
    folder = tmp_path / "articles"
    folder.mkdir()
    rows = [{**ROW, "id": str(n)} for n in range(5 * ROWS)]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "b.txt").write_text(bytes(range(256)).decode("latin-1") * 9, encoding="utf-8")
    (folder / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, BaseException], None]:
    """Let a run fail at its n-th batch; 0: no more."""

    def set_up(batches: int, fault: BaseException) -> None:
        def failing(*args: Any) -> Iterator[Any]:
            for number, chunk in enumerate(resuming.watched(*args), 1):
                if number == batches:
                    raise fault
                yield chunk

        monkeypatch.setattr(tag, "watched", failing)

    return set_up


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_stopped_job_goes_on_and_gives_the_same_bytes(
    kind: str, files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, broken = files.parent / f"whole.{kind}", files.parent / f"broken.{kind}"
    command = ["tag", str(files), "--format", kind, "--out"]
    assert run([*command, str(whole)]) == 0
    summary = capsys.readouterr().err
    for batches, says in ((1, "nothing was written"), (2, "go on"), (4, "go on"), (1, "go on")):
        stop(batches, KeyboardInterrupt())
        assert run([*command, str(broken), "--resume"]) == 130
        assert says in capsys.readouterr().err.splitlines()[-1]
        assert not broken.exists()
    stop(0, KeyboardInterrupt())
    assert run([*command, str(broken), "--resume"]) == 0
    assert broken.read_bytes() == whole.read_bytes()
    assert capsys.readouterr().err == summary
    assert sorted(files.parent.iterdir()) == sorted([files, whole, broken])


def test_ctrl_c_says_how_to_go_on(
    files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.jsonl"
    stop(3, KeyboardInterrupt())
    assert run(["tag", str(files), "--format", "jsonl", "--out", str(out)]) == 130
    assert capsys.readouterr().err == (
        f"topics: stopped; the rows so far stand in {out}.part; "
        "to go on, give the same command again with --resume\n"
    )


def test_a_full_disk_says_how_to_go_on(
    files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.jsonl"
    stop(3, OSError(28, "No space left on device"))
    assert run(["tag", str(files), "--format", "jsonl", "--out", str(out)]) == 2
    says = capsys.readouterr().err
    assert "cannot be written (No space left on device); the rows so far stand in" in says
    assert says.endswith("with --resume\n")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["--lang", "en"], "--lang is another one"),
        (["--format", "jsonl"], "--format is another one"),
        (["--model", "{model}"], "the model is another one"),
        (["{more}"], "the input files are others"),
    ],
)
def test_a_job_does_not_go_on_with_something_else(
    change: list[str],
    says: str,
    files: Path,
    stop: Any,
    tagger: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = files.parent / "out.csv"
    stop(3, KeyboardInterrupt())
    run(["tag", str(files), "--format", "csv", "--out", str(out)])
    tagger.save(files.parent / "model")
    (files.parent / "more.txt").write_text("支部开会。", encoding="utf-8")
    places = {"model": str(files.parent / "model"), "more": str(files.parent / "more.txt")}
    command = ["tag", *(arg.format(**places) for arg in change)]
    command += [str(files), *([] if "--format" in change else ["--format", "csv"])]
    assert run([*command, "--out", str(out), "--resume"]) == 2
    shown = capsys.readouterr().err
    assert says in shown
    assert shown.endswith("to start from the beginning, leave --resume out\n")


def test_a_touched_input_is_another_input(
    files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.csv"
    stop(3, KeyboardInterrupt())
    run(["tag", str(files), "--format", "csv", "--out", str(out)])
    os.utime(files / "a.jsonl")
    assert run(["tag", str(files), "--format", "csv", "--out", str(out), "--resume"]) == 2
    assert "one of them was changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "journal",
    [b"", b"{", b"\xff", b"[]", b'{"format": 9}', b'{"format": 1}', b"[" * 100_000],
)
def test_a_damaged_journal_is_said_to_be_so(
    journal: bytes, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.csv"
    (files.parent / "out.csv.part.json").write_bytes(journal)
    assert run(["tag", str(files), "--format", "csv", "--out", str(out), "--resume"]) == 2
    assert "out.csv.part.json is damaged" in capsys.readouterr().err


def test_rows_that_got_lost_are_not_gone_on_with(
    files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.csv"
    stop(3, KeyboardInterrupt())
    run(["tag", str(files), "--format", "csv", "--out", str(out)])
    os.truncate(f"{out}.part", 10)
    assert run(["tag", str(files), "--format", "csv", "--out", str(out), "--resume"]) == 2
    assert "missing or too short" in capsys.readouterr().err


@pytest.mark.usefixtures("capsys")  # a run that is stopped closes stdout, which would be pytest's
def test_killed_at_its_very_end_a_job_leaves_no_journal_without_rows(
    files: Path, stop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = files.parent / "out.jsonl"
    command = ["tag", str(files), "--format", "jsonl", "--out", str(out), "--resume"]
    stop(3, KeyboardInterrupt())
    run(command)  # leaves a journal
    stop(0, KeyboardInterrupt())

    def killed(*_: Any) -> None:
        raise SystemError

    with monkeypatch.context() as patch:
        patch.setattr(resuming, "flush", killed)  # after the rows have taken their place
        with pytest.raises(SystemError):
            run(command)
    out.unlink()
    assert run(command) == 0
    assert len(out.read_bytes().splitlines()) == 10 * ROWS


def test_without_resume_a_job_starts_anew_and_says_so(
    files: Path, stop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.jsonl"
    command = ["tag", str(files), "--format", "jsonl", "--out", str(out)]
    stop(3, KeyboardInterrupt())
    run(command)
    stop(0, KeyboardInterrupt())
    assert run(command) == 0
    assert "an unfinished run" in capsys.readouterr().err
    assert len(out.read_bytes().splitlines()) == 10 * ROWS


def test_two_runs_never_write_the_same_file(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = files.parent / "out.csv"
    with Path(f"{out}.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert run(["tag", str(files), "--format", "csv", "--out", str(out)]) == 2
    assert "another run writes it now" in capsys.readouterr().err


def test_the_output_is_never_its_own_input(files: Path) -> None:
    out = files / "d.jsonl"
    command = ["tag", str(files), "--format", "jsonl", "--out", str(out)]
    assert run(command) == 0
    first = out.read_bytes()
    assert run(command) == 0
    assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--format", "parquet", "--out", "{out}"], 0, "parquet is written in one go"),
        (["--format", "html", "--out", "{out}"], 0, "html is written in one go"),
        (["--format", "csv", "--out", "{out}"], 0, "no unfinished run of"),
        (["--format", "csv", "--out", "/dev/null"], 0, "written in one go"),
        (["--format", "csv", "--out", "/dev/full"], 2, "No space left"),
        (["--format", "csv"], 2, "say which with --out FILE"),
        (["-", "--out", "{out}"], 2, "stdin cannot be read again"),
    ],
)
def test_resume_says_what_it_cannot_do(
    args: list[str], code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = tmp_path / "a.txt"
    article.write_text("支部和社区一起协商，把停车的事办好。", encoding="utf-8")
    given = [arg.format(out=tmp_path / "out") for arg in args]
    assert run(["tag", str(article), *given, "--resume"]) == code
    assert says in capsys.readouterr().err
    assert Path("/dev/null").is_char_device()


def test_a_disk_that_is_full_for_a_while_costs_no_row(files: Path) -> None:
    out = files.parent / "out.jsonl"
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    first = topics("tag", str(files), "--format", "jsonl", "--out", str(out), preexec_fn=limit)
    assert first.returncode == 2
    assert "File too large" in first.stderr
    assert first.stderr.count("\n") == 1
    then = topics("tag", str(files), "--format", "jsonl", "--out", str(out), "--resume")
    assert then.returncode == 0
    numbers = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert numbers == [str(n) for n in range(5 * ROWS)] * 2


def test_a_reader_that_has_seen_enough_ends_the_run_quietly(files: Path) -> None:
    command = [sys.executable, "-m", "topics", "tag", str(files), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_full_disk_behind_stdout_is_one_line(files: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = topics("tag", str(files / "a.jsonl"), "--format", "csv", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "topics: the output cannot be written (No space left on device)\n"


def test_no_process_outlives_a_killed_run(files: Path) -> None:
    command = [sys.executable, "-m", "topics", "tag", str(files), "--jobs", "2", "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the workers are at work
        assert len(group(process.pid)) >= 3
        process.kill()
        process.stdout.read()  # ends when nobody holds the other side any more
    until = time.monotonic() + 30
    while group(process.pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert group(process.pid) == []


BESIDE_A_THREAD = """
import sys, threading, time
from topics.cli import run
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
run(["tag", *sys.argv[1:]])
"""


def test_no_worker_of_joblib_outlives_a_run_killed_while_it_starts(files: Path) -> None:
    options = ["--jobs", "2", "--format", "csv", "--out", str(files.parent / "out.csv")]
    command = [sys.executable, "-c", BESIDE_A_THREAD, str(files), *options]
    with subprocess.Popen(command, start_new_session=True) as process:
        while not any(b"LokyProcess" in said(pid, "cmdline") for pid in group(process.pid)):
            assert process.poll() is None
        process.kill()
    until = time.monotonic() + 60
    while group(process.pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert group(process.pid) == []


def test_a_killed_worker_costs_no_row(files: Path) -> None:
    whole, out = files.parent / "whole.jsonl", files.parent / "out.jsonl"
    assert topics("tag", str(files), "--format", "jsonl", "--out", str(whole)).returncode == 0
    command = ["tag", str(files), "--jobs", "2", "--format", "jsonl", "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "topics", *command], start_new_session=True
    ) as run:
        workers: list[int] = []
        while not workers and run.poll() is None:
            workers = [pid for pid in group(run.pid) if pid != run.pid]
        os.kill(workers[0], signal.SIGKILL)
    assert run.returncode == 0
    assert out.read_bytes() == whole.read_bytes()


def group(leader: int) -> list[int]:
    """Return the living processes of a session."""
    found = ((pid, said(pid, "stat").rpartition(b")")[2].split()) for pid in processes())
    return [pid for pid, state in found if state and state[0] != b"Z" and int(state[3]) == leader]


def processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def said(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""  # it has ended


def topics(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "topics", *args]
    return subprocess.run(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False, **options
    )
