"""What scripts/fuzz_*.py found stays mended, and a few inputs are made anew."""

from __future__ import annotations

import importlib
import random
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
KEPT = sorted((ROOT / "tests" / "regressions").rglob("*.bin"))
COUNTS = {"cleaning": 100, "reading": 60, "settings": 100, "models": 60}


@pytest.fixture
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module(f"fuzz_{request.param}").TARGET


@pytest.mark.parametrize(
    ("target", "kept"),
    [(path.parent.name, path) for path in KEPT],
    indirect=["target"],
    ids=[f"{path.parent.name}-{path.stem}" for path in KEPT],
)
def test_what_failed_once_holds_now(target: Any, kept: Path) -> None:
    assert target.check(kept.read_bytes())


@pytest.mark.parametrize("target", COUNTS, indirect=True)
def test_damaged_inputs_keep_every_promise(target: Any) -> None:
    outcomes = {
        target.check(target.make(random.Random(f"test:{number}")))
        for number in range(COUNTS[target.name])
    }
    assert len(outcomes) > 1


@pytest.mark.parametrize("target", ["reading"], indirect=True)
def test_an_input_is_the_same_wherever_it_is_made(target: Any) -> None:
    first, again = (target.make(random.Random("1:7")) for _ in range(2))
    assert first == again


def test_a_failing_input_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    shrunk = importlib.import_module("fuzzing").shrunk
    assert shrunk(b"abc=def" * 50 + b"!" + b"x" * 99, lambda data: b"!" in data) == b"!"
