"""``topics discover`` as a person uses it: a folder of tables, groups, edits, phrases, errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from topics.cli import run
from topics.corpus import as_corpus
from topics.discovering import Edits
from topics.discovering.candidates import candidate_themes, to_toml
from topics.discovering.finding import Settings
from topics.discovering.gathering import gather, plain
from topics.discovering.sifting import half_words, is_date
from topics.errors import OptionsError
from topics.ingesting import articles_from_text, read_articles
from topics.plotting import to_svg, topic_choice
from topics.themes import parse_themes

WORDS = [f"{field}{n}" for field in ("农", "学", "军") for n in range(12)]


def corpus() -> tuple[sparse.csr_matrix, list[list[str]]]:
    draw = np.random.default_rng(5)
    texts = [
        [
            WORDS[w]
            for w in (*(row % 3 * 12 + draw.integers(12, size=14)), *draw.integers(36, size=3))
        ]
        for row in range(150)
    ]
    return sparse.csr_matrix([[text.count(word) for word in WORDS] for text in texts]), texts


FIELDS = (
    ("水稻", "小麦", "农民", "合作社", "种植", "灌溉", "化肥", "农机"),
    ("学校", "老师", "课堂", "学生", "作业", "教材", "家长", "考试"),
    ("医院", "医生", "患者", "护士", "药品", "门诊", "手术", "病房"),
)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = np.random.default_rng(3)
    file = tmp_path_factory.mktemp("news") / "news.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for n in range(60):
            words = FIELDS[n % 3]
            paragraphs = [
                "，".join(words[w] for w in draw.integers(8, size=12)) + f"，第{n}件。"
                for _ in range(3)
            ]
            paragraphs[0] = f"本报北京{n % 9 + 1}月3日电（记者张三）" + paragraphs[0]
            row = {
                "title": "一篇报道", "date": f"2023-0{n % 2 + 1}-03", "paragraphs": paragraphs
            }  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_out_holds_every_table_the_plot_and_a_theme_file_that_parses(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found"
    assert run(["discover", str(articles), "--out", str(out), "--by", "month"]) == 0
    shown = capsys.readouterr()
    assert "2023-01" in shown.out
    assert "K = " in shown.err
    assert {path.name for path in out.iterdir()} == {
        "topics.csv", "assignments.csv", "scores.json", "hierarchy.csv", "intrusion.csv",
        "intrusion_key.json", "shares.csv", "choice.csv", "choice.svg", "choice.png",
        "new_themes.toml",
    }  # fmt: skip
    assert len(table(out / "assignments.csv")) == 180
    for row in table(out / "shares.csv"):
        assert float(row["low"]) <= float(row["share"]) <= float(row["high"])
    scores = {"npmi", "exclusivity", "diversity", "stability", "perplexity"}
    assert scores < set(table(out / "choice.csv")[0])
    assert set(json.loads((out / "scores.json").read_text(encoding="utf-8"))) > scores


def test_edits_are_applied_and_those_without_a_topic_are_told(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "edits.json"
    Edits().rename(["种植", "农民"], "农业").drop(["无此词"]).save(file)
    call = ["discover", str(articles), "--topics", "3", "--edits", str(file), "--format", "json"]
    assert run(call) == 0
    shown = capsys.readouterr()
    assert "农业" in [topic["name"] for topic in json.loads(shown.out)["topics"]]
    assert "not applied: drop of 无此词" in shown.err


def test_one_document_an_article(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["discover", str(articles), "--topics", "3", "--unit", "article", "--phrases"]
    assert run([*call, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["assignments"]) == 60


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--by", "sauce"], "no article says its sauce"),
        (["--topics", "900"], "ask for fewer topics"),
        (["--edits", "none.json"], "cannot read the edits"),
        (["--tokenized", "--by", "month"], "leave --tokenized out"),
        (["--out", "{file}"], "no folder can be made"),
    ],
)
def test_errors_are_one_line(
    articles: Path, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [word.format(file=articles) for word in more]
    assert run(["discover", str(articles), "--topics", "3", *more]) == 2
    assert says in capsys.readouterr().err.splitlines()[-1]


def test_candidates_are_a_theme_file() -> None:
    counts, texts = corpus()
    lines = [" ".join(text) for text in texts]
    found = candidate_themes(counts, WORDS, np.ones(150, np.bool_), Settings())
    assert found is not None
    themes = parse_themes(to_toml(found, lines, 150, ["new_1"]))
    assert themes.codes == ("new_2", "new_3", "new_4")
    assert all(theme.zh and theme.seeds for theme in themes)
    few = candidate_themes(counts, WORDS, np.arange(150) < 9, Settings())
    assert few is None
    assert "Too few" in to_toml(few, lines, 9)


def test_hostile_words_stay_text_in_the_theme_file() -> None:
    words = [f'{word}"\\' for word in WORDS]
    found = candidate_themes(corpus()[0], words, np.ones(150, np.bool_), Settings())
    text = to_toml(found, ["a\nb\rc"] * 150, 150)
    assert {w for theme in parse_themes(text) for w in theme.seeds} <= set(words)


def test_datelines_credits_and_the_papers_own_lines_go() -> None:
    assert plain("本报北京7月1日电（记者张三、李四）水利部说，汛情平稳。") == "水利部说，汛情平稳。"
    assert plain("本版责编：张三 李四 版式设计：王五") == ""
    assert plain("新华社记者张三摄影报道：稻田。").endswith("稻田。")
    kept = "他说，记者是一份好工作。"
    assert plain(kept) == kept
    text = "一样的一段话写在这里，有些长，足够做一段正文。\n\n" * 3
    assert len(gather(as_corpus(articles_from_text(text)))) == 1


def test_an_unknown_unit_is_an_error(articles: Path) -> None:
    with pytest.raises(OptionsError, match="unit 'page' is unknown"):
        gather(read_articles(articles), "page")  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["7月", "日至", "三十", "周六", "第二十三", "上旬", "2023年"])
def test_days_and_numbers_are_no_words(word: str) -> None:
    assert is_date(word)


@pytest.mark.parametrize(
    "word", ["周期", "多元", "人工智能", "百年大计", "时代", "日本", "一带一路"]
)
def test_words_that_look_like_dates_stay(word: str) -> None:
    assert not is_date(word)


def test_half_words_are_known_by_their_neighbour() -> None:
    texts = [["核污染", "水排", "海", "，"]] * 5 + [["进", "博会"], ["东", "博会"]] * 3
    texts += [["推动", "新词", other] for other in ("发展", "变化", "合作", "，", "。")]
    found = half_words(texts, {"核污染", "发展", "变化", "合作", "推动"}.__contains__)
    assert {"水排", "博会"} <= found
    assert "核污染" not in found


def test_the_plot_of_k_shows_every_score() -> None:
    scores = {"npmi": [0.1, 0.2], "perplexity": [9.0, 8.0], "stability": [float("nan")] * 2}
    svg = to_svg(topic_choice([5, 10], scores, 10))
    assert "NPMI" in svg
    assert "困惑度" in svg
    assert "稳定性" not in svg
    assert "coherence" in to_svg(topic_choice([5, 10], scores, 5, "en"))
