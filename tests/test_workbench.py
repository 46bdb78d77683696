"""``topics themes``: what each seed word does in a corpus, and advice that follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from topics.cli import run
from topics.corpus import Article, Corpus, Part
from topics.diagnosing import diagnose, longer_words
from topics.findings import SeedWord
from topics.options import Options
from topics.preparing import Prepared, prepare
from topics.themes import parse_themes

TOWN = """
name = "town"
[[theme]]
code = "water"
zh = "水利"
seeds = ["水渠", "河水"]
[[theme]]
code = "parking"
zh = "停车"
seeds = ["停車", "泊位", "水渠"]
"""
TEXTS = (
    "停车难是老问题，停车位不够。",
    "新的停车场有三百个泊位，停车难缓解了。",
    "水渠通了，河水清了。",
    "水渠里全是泥沙。",
    "泊位旁边河水漫过石桥。",
)


MARKET = (
    "竹篮编得细密。", "集市上卖竹篮。", "孩子们放学了。", "一早就卖完。",
    "食堂换了菜单。", "柳树发了新芽。", "夜市亮起灯光。", "游船重新开航。",
)  # fmt: skip


def prepared(texts: Sequence[str] = TEXTS) -> Prepared:
    corpus = Corpus((Article(tuple(map(Part, texts))),))
    return prepare(corpus, parse_themes(TOWN), None, Options())


def by_word(found: Prepared) -> Mapping[tuple[str, str], SeedWord]:
    return {(seed.theme, seed.word): seed for seed in diagnose(found, effects=False)}


def workbench(texts: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    for n, text in enumerate(texts):
        (tmp_path / "articles" / f"{n}.txt").write_text(text, encoding="utf-8")
    assert run(["themes", str(tmp_path / "town.toml"), "--on", str(tmp_path / "articles")]) == 0


def test_with_nothing_beside_it_a_seed_has_no_agreement() -> None:
    lonely = by_word(prepared(TEXTS[3:4] * 9))["water", "水渠"]
    assert (lonely.documents, lonely.agreement, lonely.compared) == (9, None, 0)
    assert not lonely.doubtful


def test_agreement_is_of_the_paragraphs_with_other_seeds() -> None:
    seeds = by_word(prepared())
    canal, berth = seeds["water", "水渠"], seeds["parking", "泊位"]
    assert (canal.documents, canal.agreement, canal.compared) == (2, 1.0, 1)
    assert (berth.documents, berth.agreement, berth.compared) == (2, 0.0, 1)
    assert not canal.labelled
    assert not berth.labelled


def test_labels_are_asked_first() -> None:
    found = replace(prepared(), labels=(-1, -1, 1, 0, -1))
    canal = by_word(found)["water", "水渠"]
    assert (canal.agreement, canal.compared, canal.labelled) == (0.5, 2, True)


@pytest.mark.parametrize(
    ("agreement", "compared"), [(None, 0), (0.5, 2), (0.0, 3), (0.4, 40), (0.6, 1000)]
)
def test_a_seed_is_not_doubted_for_what_may_be_chance(
    agreement: float | None, compared: int
) -> None:
    assert not SeedWord("a", "甲", 50, agreement, compared=compared).doubtful


@pytest.mark.parametrize(("agreement", "compared"), [(0.0, 4), (0.3, 40), (0.45, 1000)])
def test_a_seed_is_doubted_where_most_speaks_against_it(agreement: float, compared: int) -> None:
    assert SeedWord("a", "甲", 50, agreement, compared=compared).doubtful


def test_longer_words_around_a_short_seed_are_counted() -> None:
    found = longer_words(prepared())
    assert found["停车"] == (("停车难", 2), ("停车位", 1), ("停车场", 1))
    assert "水渠" not in found


def test_a_long_seed_counts_inside_others_and_a_seed_is_named_by_itself() -> None:
    found = prepared()
    themes = parse_themes(TOWN.replace('"停車"', '"停车", "停车难", "停车位", "停车场"'))
    again = prepare(found.corpus, themes, None, Options())
    assert "停车" not in longer_words(again)
    assert by_word(again)["parking", "停车难"].documents == 2


def test_the_command_names_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbench(TEXTS, tmp_path)
    told, said = capsys.readouterr()
    lines = told.splitlines()
    assert "words read as texts are: 停車 → 停车" in said
    assert "  never found: 停车" in lines
    longer = "停车难 2×, 停车位 1×, 停车场 1×"
    assert f"  停车 stands inside longer words, and does not count there: {longer}" in lines
    assert "  水渠 is a seed of other themes too: parking" in lines
    assert lines.count("  to leave out or weaken: –") == 2
    assert any("no label was asked" in line for line in lines)
    assert not any("precision" in line for line in lines)
    assert (
        next(line for line in lines if line.startswith("parking  停车")).split()[3:5] == ["–"] * 2
    )


def test_agreement_with_labels_is_called_precision(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = Corpus(corpus.articles[:4])
    monkeypatch.setattr("topics.training.sample_corpus", lambda: few)
    assert run(["themes"]) == 0
    told = capsys.readouterr().out
    assert "(its precision)" in told
    assert "no label was asked" not in told
    assert re.search(r" [0-9]+ labelled ", told)
    assert "with other seeds" not in told


def test_training_names_a_theme_without_a_seed_in_the_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("town.toml").write_text(TOWN.replace('"泊位", "水渠"', '"無此"'), encoding="utf-8")
    Path("a.txt").write_text("\n".join(TEXTS * 2), encoding="utf-8")
    call = ["train", "a.txt", "--themes", "town.toml", "--method", "nmf", "--name", "town"]
    assert run(call) == 0
    said = capsys.readouterr().err.splitlines()
    assert "words read as texts are: 停車 → 停车, 無此 → 无此" in said
    assert "note: no seed word of 停车 (parking) stands in these articles" in said
    few = "stand in 8 paragraph(s) at most, too few to learn it from: its tags are guesses"
    assert any(f"the seed words of 水利 (water) {few}" in line for line in said)
    Path("b.txt").write_text("\n".join(MARKET), encoding="utf-8")
    assert run(["train", "b.txt", "--themes", "town.toml", "--name", "town"]) == 2
    assert "none of the 4 seed words stands in these articles" in capsys.readouterr().err
