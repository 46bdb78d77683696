"""What is installed with the project: every licence is free, the bill of materials is whole."""

from __future__ import annotations

import importlib
import json
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def script(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module(request.param)


@pytest.mark.parametrize("script", ["licences"], indirect=True)
def test_every_licence_is_known_and_free(script: Any) -> None:
    assert [package.name for package in script.packages() if not package.free] == []


@pytest.mark.parametrize("script", ["licences"], indirect=True)
@pytest.mark.parametrize("licence", ["", "Proprietary", "AGPL-3.0-or-later", "MIT AND SSPL-1.0"])
def test_an_unfree_licence_is_found(script: Any, licence: str) -> None:
    assert not script.Package("x", "1", licence, ()).free


@pytest.mark.parametrize("script", ["sbom"], indirect=True)
def test_the_bill_of_materials_names_what_is_needed_and_all_that_needs_in_turn(script: Any) -> None:
    bill = json.loads(json.dumps(script.bill()))
    parts = {part["bom-ref"]: part["name"].lower() for part in bill["components"]}
    own, *others = bill["dependencies"]
    assert {one["ref"] for one in others} == set(parts)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(own["dependsOn"]) >= len(project["dependencies"])
    reached, waiting = set(), list(own["dependsOn"])
    needs = {one["ref"]: one["dependsOn"] for one in others}
    while waiting:
        if (one := waiting.pop()) not in reached:
            reached.add(one)
            waiting += needs[one]
    assert reached == set(parts)


@pytest.mark.parametrize("script", ["check_lowest"], indirect=True)
def test_every_dependency_has_a_lowest_version(script: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounded = {pin.partition("==")[0] for pin in script.lowest()}
    pinned = {line.partition("==")[0] for line in project["dependencies"] if "==" in line}
    named = {line.partition(">=")[0].partition("==")[0] for line in project["dependencies"]}
    assert named - pinned <= bounded
