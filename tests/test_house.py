"""The house rules that no other tool checks."""

from __future__ import annotations

from pathlib import Path

import pytest

import topics

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "topics").rglob("*.py"))
OTHERS = sorted(path for name in ("tests", "scripts") for path in (ROOT / name).glob("*.py"))
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


@pytest.mark.parametrize(
    "module", [*MODULES, *OTHERS], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_module_is_short(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 350


def test_every_module_is_in_the_readme() -> None:
    text = READMES[0].read_text(encoding="utf-8")
    names = {path.relative_to(ROOT / "topics").parts[0].removesuffix(".py") for path in MODULES}
    missing = [
        name for name in sorted(names) if not name.startswith("_") and f"`{name}`" not in text
    ]
    assert missing == []


def test_the_public_names_are_sorted_and_all_can_be_had() -> None:
    assert topics.__all__ == sorted(topics.__all__)
    for name in topics.__all__:
        assert getattr(topics, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = topics.nothing


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_commands_stand_at_the_top_of_both_readmes(readme: Path) -> None:
    top = readme.read_text(encoding="utf-8").splitlines()[:30]
    assert any('pip install -e ".[dev]" && topics train' in line for line in top)
    assert "scripts/check" in top


def test_no_model_of_ours_is_a_pickle() -> None:
    suffixes = {path.suffix for path in (ROOT / "models").rglob("*")}
    assert not suffixes & {".pkl", ".pickle", ".joblib", ".npy"}


def test_what_readme_shows_of_the_command_line_exists() -> None:
    from topics.cli import _parser

    text = READMES[0].read_text(encoding="utf-8")
    lines = [line.split("#")[0].split() for line in text.splitlines() if line.startswith("topics ")]
    assert len(lines) >= 7
    for words in lines:
        _parser().parse_args(words[1:])
