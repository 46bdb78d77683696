"""The guides: their commands run, both languages give the same ones, nothing public is left out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import topics
from tests.guides import blocks, perform
from topics.training import SAMPLE

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GUIDES = sorted(path.name for path in (DOCS / "en").glob("*.md"))
NOTEBOOK = DOCS / "first_steps.ipynb"
ARTICLES = ("001_nianhuigu.txt", "002_yuanba.txt", "003_minzhujiandu.txt")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the guides take it for granted: articles/ and article.txt."""
    (tmp_path / "articles").mkdir()
    for name in ARTICLES:
        shutil.copy(SAMPLE / name, tmp_path / "articles" / name)
    shutil.copy(SAMPLE / ARTICLES[1], tmp_path / "article.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_both_languages_have_the_same_guides_and_give_the_same_commands() -> None:
    assert sorted(path.name for path in (DOCS / "zh").glob("*.md")) == GUIDES
    for name in GUIDES:
        assert list(blocks(DOCS / "en" / name)) == list(blocks(DOCS / "zh" / name))


@pytest.mark.parametrize("name", GUIDES)
@pytest.mark.usefixtures("desk")
def test_the_quick_commands_of_a_guide_run(name: str) -> None:
    for block in blocks(DOCS / "en" / name):
        if not block.slow:
            perform(block)


@pytest.mark.slow
@pytest.mark.parametrize("name", GUIDES)
@pytest.mark.usefixtures("desk")
def test_every_command_of_a_guide_runs(name: str) -> None:
    for block in blocks(DOCS / "en" / name):
        perform(block)


def _cells() -> list[dict[str, object]]:
    return list(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])


def test_the_notebook_is_kept_without_outputs() -> None:
    code = [cell for cell in _cells() if cell["cell_type"] == "code"]
    assert len(code) >= 5
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_the_notebook_runs_from_top_to_bottom() -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    for cell in _cells():
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), NOTEBOOK.name, "exec"), names)
    assert names["result"].findings.tags
    assert Path("tags.csv").is_file()


def test_the_reference_names_everything_public() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\.\. auto\w+:: topics\.(\w+)", text))
    assert named == {*topics.__all__, "plotting"}


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("myst_parser", reason="the extra docs is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other people's packages
        made = subprocess.run(
            [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-E", "-q", "-b", "html",
             str(DOCS), str(tmp_path)],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    assert made.returncode == 0, made.stderr
    for page in ("index", "en/start", "zh/start", "api"):
        assert (tmp_path / f"{page}.html").is_file()
    assert "macro_f1" in (tmp_path / "api.html").read_text(encoding="utf-8")
