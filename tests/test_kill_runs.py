"""Killed at any moment, a run leaves the old or the new, and a job goes on: a short series."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "kill_runs.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    "kills",
    [["--save", "6", "--tag", "4"], ["--train", "6"]],
    ids=["save and tag", "train"],
)
def test_killed_runs_leave_nothing_half_done(kills: list[str]) -> None:
    command = [sys.executable, str(SCRIPT), *kills, "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("     0  WRONG") == len(kills) // 2
    assert done.stdout.count("     0  left beside") == len(kills) // 2
    assert done.stdout.count("     0  processes that outlived") == len(kills) // 2
