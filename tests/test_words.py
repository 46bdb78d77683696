"""The user's own words are kept whole: in training, in a saved model, on every door that cuts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from topics.cli import run
from topics.corpus import Article, Part
from topics.errors import ThemeError
from topics.segmenting import read_words
from topics.tagging import load
from topics.themes import parse_themes
from topics.training import train

THEMES = '[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["养老"]\n'
TEXTS = (
    "青禾共享食堂开张，老人养老吃饭方便",
    "青禾共享食堂又添了菜，养老服务更好",
    "河堤修好了，村里种了果树",
    "果树结果了，村里修路",
)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words.txt"
    file.write_text("# 本地的词\n青禾共享食堂 900 n\n果树村里\n", encoding="utf-8")
    return file


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "rows.jsonl"
    rows = (json.dumps({"id": str(n), "text": text}) for n, text in enumerate(TEXTS * 3))
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def test_a_list_has_jiebas_format() -> None:
    text = "\ufeff# 词\n青禾共享食堂 900 n\n  A股大盘\t12\n果树村里 nz\n".removeprefix("\ufeff")
    assert read_words(text) == {"青禾共享食堂": 900, "A股大盘": 12, "果树村里": None}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('words = ["青禾共享食堂"]', {"青禾共享食堂": None}),
        ('words = {"青禾共享食堂" = 900, "果树村里" = 0}', {"青禾共享食堂": 900, "果树村里": None}),
    ],
)
def test_a_theme_file_may_name_words(line: str, expected: dict[str, int | None]) -> None:
    themes = parse_themes(f"{line}\n{THEMES}")
    assert themes.words == expected
    assert parse_themes(THEMES).digest == themes.digest  # they are the same themes


@pytest.mark.parametrize("line", ["words = 3", "words = [3]", 'words = {"青禾" = -1}'])
def test_words_of_another_shape_are_an_error(line: str) -> None:
    with pytest.raises(ThemeError, match="'words' must be a list of words, or a table"):
        parse_themes(f"{line}\n{THEMES}")


def test_a_model_keeps_the_words_that_it_was_trained_with(tmp_path: Path, words: Path) -> None:
    themes = parse_themes(THEMES).with_words(read_words(words))
    articles = [Article((Part(text, file=f"{n}.txt"),), f"{n}.txt") for n, text in enumerate(TEXTS)]
    tagger = train(articles, themes=themes).tagger
    tagger.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.segmenter.given == {"青禾共享食堂": 900}
    assert loaded.segmenter == tagger.segmenter
    assert loaded.segmenter.cut(TEXTS[0])[0] == "青禾共享食堂"
    assert loaded.themes.words == themes.words
    assert "青禾共享食堂" in (tmp_path / "model" / "words.txt").read_text("utf-8").splitlines()
    assert (loaded.weights(TEXTS) == tagger.weights(TEXTS)).all()


def test_tags_with_words_are_the_same_from_two_processes(
    tmp_path: Path, words: Path, article: Path
) -> None:
    outs = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.jsonl"
        given = ("--words", str(words), "--format", "jsonl", "--out", str(out), "--jobs", jobs)
        assert run(["tag", str(article), *given]) == 0
        outs.append(out.read_text(encoding="utf-8"))
    assert outs[0] == outs[1]
    assert run(["tag", str(article), "--format", "jsonl", "--out", str(tmp_path / "0")]) == 0
    assert (tmp_path / "0").read_text(encoding="utf-8") != outs[0]


def test_the_linter_shows_each_line_and_refuses_errors(
    tmp_path: Path, words: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["words", str(words)]) == 0
    assert "2 word(s), 0 remark(s), 0 error(s)" in capsys.readouterr().err
    words.write_text("青禾共享食堂\n青禾共享食堂\n協商議政廳\n", encoding="utf-8")
    assert run(["words", str(words)]) == 2
    shown = capsys.readouterr()
    assert "stands already in line 1" in shown.out
    assert "texts are read as '协商议政厅'" in " ".join(shown.out.split())
    assert "1 line(s) must be mended" in shown.err
    assert run(["words", str(tmp_path / "none.txt")]) == 2
    assert "cannot be read" in capsys.readouterr().err
