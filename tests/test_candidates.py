"""Candidate themes: what the fixed ones leave over, as a theme file to use or to paste."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fields import FIELDS, WORDS, cut_texts, write_news
from topics.cli import run
from topics.discovering.candidates import candidate_themes, to_toml
from topics.discovering.finding import Settings
from topics.themes import load_themes, parse_themes


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_news(tmp_path_factory.mktemp("news") / "news.jsonl")


def test_candidates_are_a_theme_file() -> None:
    counts, texts = cut_texts()
    lines = [" ".join(text) for text in texts]
    found = candidate_themes(counts, WORDS, np.ones(150, np.bool_), Settings())
    assert found is not None
    themes = parse_themes(to_toml(found, lines, "found in all", ["new_1"]))
    assert themes.codes == ("new_2", "new_3", "new_4")
    assert all(theme.zh and theme.seeds for theme in themes)
    few = candidate_themes(counts, WORDS, np.arange(150) < 9, Settings())
    assert few is None
    assert "Too few" in to_toml(few, lines, "found in 9")


def test_hostile_words_stay_text_in_the_theme_file() -> None:
    words = [f'{word}"\\' for word in WORDS]
    found = candidate_themes(cut_texts()[0], words, np.ones(150, np.bool_), Settings())
    text = to_toml(found, ["a\nb\rc"] * 150, "found in all")
    assert {w for theme in parse_themes(text) for w in theme.seeds} <= set(words)


def test_candidates_on_disk_are_a_theme_file_that_loads(articles: Path, tmp_path: Path) -> None:
    out, mine = tmp_path / "found", tmp_path / "mine.toml"
    mine.write_text('[[theme]]\ncode = "war"\nzh = "军事"\n[theme.seeds]\n"军队" = 1\n', "utf-8")
    call = ["discover", str(articles), "--topics", "3", "--themes", str(mine), "--out", str(out)]
    assert run(call) == 0
    found = (out / "new_themes.toml").read_text(encoding="utf-8")
    end = '[other]\nzh = "其他"\n[other.seeds]\n"广告" = 1'
    mine.write_text(mine.read_text("utf-8") + end + "\n" + found, encoding="utf-8")
    assert load_themes(str(mine)).codes[0] == "war"
    assert len(load_themes(str(mine))) > 2
    themes = load_themes(str(out / "new_themes.toml"))
    assert len(themes) >= 2
    seeds = [set(theme.seeds) for theme in themes]
    assert all(sum(bool(own & set(field)) for field in FIELDS) == 1 for own in seeds)


MINE = """[[theme]]
code = "farm"
zh = "农业"
[theme.seeds]
"水稻" = 1
"小麦" = 1
"农机" = 1
"种植" = 1
"""


def beginning(out: Path) -> str:
    return (out / "new_themes.toml").read_text(encoding="utf-8").splitlines()[0]


def test_what_other_themes_explain_by_their_seeds_is_no_candidate(
    articles: Path, tmp_path: Path
) -> None:
    out, mine = tmp_path / "found", tmp_path / "mine.toml"
    mine.write_text(MINE, encoding="utf-8")
    call = ["discover", str(articles), "--topics", "3", "--scores", "quick", "--out", str(out)]
    assert run([*call, "--themes", str(mine)]) == 0
    said = "(120 of 180 documents, by their seed words)"
    assert said in beginning(out)
    seeds = {seed for theme in load_themes(str(out / "new_themes.toml")) for seed in theme.seeds}
    assert seeds.isdisjoint(FIELDS[0])
    assert seeds & {*FIELDS[1]}
    assert seeds & {*FIELDS[2]}


def test_a_copy_of_the_packaged_themes_leaves_over_what_they_leave(
    articles: Path, tmp_path: Path
) -> None:
    out, copy = tmp_path / "found", tmp_path / "copy.toml"
    packaged = Path(__file__).parents[1] / "topics" / "data" / "themes" / "cppcc.toml"
    copy.write_bytes(packaged.read_bytes())
    call = ["discover", str(articles), "--topics", "3", "--scores", "quick", "--out", str(out)]
    assert run(call) == 0
    first = beginning(out)
    assert "by the ready-made model" in first
    assert run([*call, "--themes", str(copy)]) == 0
    assert beginning(out) == first


def test_cut_text_has_themes_where_they_are_given(tmp_path: Path) -> None:
    out, mine, cut = tmp_path / "found", tmp_path / "mine.toml", tmp_path / "cut.txt"
    draw = np.random.default_rng(2)
    lines = [" ".join(FIELDS[n % 3][w] for w in draw.integers(8, size=9)) for n in range(240)]
    cut.write_text("\n".join(lines), encoding="utf-8")
    mine.write_text(MINE, encoding="utf-8")
    call = ["discover", str(cut), "--tokenized", "--topics", "3", "--scores", "quick"]
    assert run([*call, "--out", str(out)]) == 0
    assert "found in all 240 documents; no themes were given" in beginning(out)
    assert run([*call, "--out", str(out), "--themes", str(mine)]) == 0
    assert "(160 of 240 documents, by their seed words)" in beginning(out)
    assert (out / "topics.csv").read_text(encoding="utf-8-sig").count(",farm,") == 1
