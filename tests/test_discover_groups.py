"""Shares by group: copies, months, groups of nobody; words that are left out; one number of K."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topics.cli import run
from topics.corpus import Article, Part, as_corpus
from topics.discovering.gathering import articles_of, column, cut_source, gather
from topics.discovering.grouping import in_order

FIELDS = (
    ("水稻", "小麦", "农民", "合作社", "种植", "灌溉", "化肥", "农机", "玉米", "农户"),
    ("学校", "老师", "课堂", "学生", "作业", "教材", "家长", "考试", "校长", "教师"),
    ("医院", "医生", "患者", "护士", "药品", "门诊", "手术", "病房", "治疗", "诊疗"),
)
Capture = pytest.CaptureFixture[str]


def text(field: int, draw: np.random.Generator) -> str:
    return "，".join(FIELDS[field][w] for w in draw.choice(10, size=6)) + "。"


def rows_file(path: Path, rows: Iterable[Mapping[str, str]]) -> str:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def printed(capsys: Capture, *call: str) -> tuple[dict[str, Any], str]:
    assert run(["discover", *call, "--scores", "quick", "--format", "json"]) == 0
    shown = capsys.readouterr()
    return json.loads(shown.out), shown.err


@pytest.fixture(scope="module")
def reprinted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """150 rows of one paper; the other reprints a hundred of them and has twenty about farming."""
    draw = np.random.default_rng(2)
    first = [text(n % 3, draw) for n in range(150)]
    rows = [{"text": t, "source": "甲报", "date": "2023-07-01"} for t in first]
    rows += [{"text": t, "source": "乙报", "date": "2023-08-01"} for t in first[:100]]
    rows += [{"text": text(0, draw), "source": "乙报", "date": "2023-08-02"} for _ in range(20)]
    return rows_file(tmp_path_factory.mktemp("rows") / "rows.jsonl", rows)


@pytest.mark.parametrize(("by", "group"), [("source", "乙报"), ("month", "2023-08")])
def test_a_copy_counts_in_its_own_group(
    by: str, group: str, reprinted: str, capsys: Capture
) -> None:
    found, said = printed(capsys, reprinted, "--topics", "3", "--by", by, "--common", "1")
    farm = next(t["id"] for t in found["topics"] if {*t["words"]} & {*FIELDS[0]})
    share = next(g for g in found["groups"] if (g["group"], g["topic"]) == (group, farm))
    assert share["documents"] == 120
    assert share["share"] == pytest.approx((34 + 20) / 120, abs=0.06)  # 34 of a hundred, and twenty
    assert share["low"] < share["share"] < share["high"]
    assert len(found["assignments"]) == 170
    assert "copies: 100 paragraph(s) stand word for word before: learned from once" in said
    assert "learns from exact copies once, from near ones each time" in said


def test_copies_have_rows_of_their_own(reprinted: str, tmp_path: Path) -> None:
    out = tmp_path / "found"
    call = ["discover", reprinted, "--topics", "3", "--scores", "quick", "--out", str(out)]
    assert run(call) == 0
    with (out / "assignments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(int(row["line"]) for row in rows) == list(range(1, 271))
    topics = {int(row["line"]): row["topic"] for row in rows}
    assert all(topics[line] == topics[line + 150] for line in range(1, 101))


def article(number: int, source: str, *paragraphs: str) -> Article:
    parts = tuple(Part(p, file="a.txt", article=number) for p in paragraphs)
    return Article(parts, "a.txt", number, meta={"source": source})


def test_an_article_that_repeats_others_is_a_copy_of_what_has_most_of_it() -> None:
    short, long, third = "短的一段。", "很长很长的一段，写了许多的字。", "第三段，不长不短。"
    corpus = as_corpus(
        [
            article(1, "甲报", short, short),
            article(2, "甲报", long, third),
            article(3, "乙报", short, long),
            article(4, "丙报", short, "新的一段。"),
        ]
    )
    whole = gather(corpus, "article")
    assert [d.text for d in whole] == [short, f"{long}\n{third}", "新的一段。"]
    assert [[c.facts["source"] for c in d.copies] for d in whole] == [[], ["乙报"], []]
    each = gather(corpus)
    assert [len(d.copies) for d in each] == [3, 1, 0, 0]
    assert column(each[0].copies, "source") == ["甲报", "乙报", "丙报"]
    assert articles_of((copy.row, copy.article) for copy in each[0].copies) == [0, 1, 2]


def test_groups_of_one_have_no_interval_and_groups_of_none_no_share(
    tmp_path: Path, capsys: Capture
) -> None:
    draw = np.random.default_rng(4)
    rows = [{"text": text(n % 3, draw), "source": "众"} for n in range(60)]
    rows += [{"text": text(0, draw), "source": "独"}, {"text": "12345。", "source": "无"}]
    file, out = rows_file(tmp_path / "rows.jsonl", rows), tmp_path / "found"
    call = ["discover", file, "--topics", "3", "--scores", "quick", "--by", "source"]
    assert run([*call, "--common", "1", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert " – " in shown
    assert "0.0%–0.0%" not in shown
    with (out / "shares.csv").open(encoding="utf-8-sig", newline="") as file_:
        shares = {row["source"]: row for row in csv.DictReader(file_)}
    assert all(shares["众"][name] for name in ("share", "low", "high"))
    assert [bool(shares["独"][name]) for name in ("share", "low", "high")] == [True, False, False]
    assert [shares["无"][name] for name in ("documents", "share", "low", "high")] == [
        "0",
        "",
        "",
        "",
    ]


def test_only_real_months_are_months(tmp_path: Path, capsys: Capture) -> None:
    draw = np.random.default_rng(5)
    dates = {
        "2023-07-05": "2023-07", "2023/8/5": "2023-08", "20230905": "2023-09",
        "2023年10月": "2023-10", "2023-11-05T10:00:00Z": "2023-11", "2023-13-01": "unknown",
        "1688515200": "unknown", "summer": "unknown", "2023": "unknown", "": "–",
    }  # fmt: skip
    rows = [{"text": text(n % 3, draw), "date": date} for date in dates for n in range(9)]
    file = rows_file(tmp_path / "rows.jsonl", rows)
    found, said = printed(capsys, file, "--topics", "3", "--by", "month", "--common", "1")
    sizes = {group["group"]: group["documents"] for group in found["groups"]}
    assert sizes == {month: 9 * [*dates.values()].count(month) for month in dates.values()}
    assert "month: 36 date(s) name none, such as '2023-13-01'; they are 'unknown'" in said


def test_many_groups_stand_in_the_order_of_their_numbers_and_the_rest_is_told(
    tmp_path: Path, capsys: Capture
) -> None:
    draw = np.random.default_rng(6)
    rows = [{"text": text(n % 3, draw), "page": str(n % 12)} for n in range(180)]
    file = rows_file(tmp_path / "rows.jsonl", rows)
    assert run(["discover", file, "--topics", "3", "--scores", "quick", "--by", "page"]) == 0
    assert "page: the 6 largest; … and 6 more in shares.csv (--out DIR)" in capsys.readouterr().err
    found, _ = printed(capsys, file, "--topics", "3", "--by", "page")
    assert [g["group"] for g in found["groups"]][::3] == [str(n) for n in range(12)]
    assert sorted(["p10", "p9", "b", "10", "9", "09", ""], key=in_order)[:3] == ["", "09", "9"]


def test_words_that_stand_nearly_everywhere_are_told(tmp_path: Path, capsys: Capture) -> None:
    draw = np.random.default_rng(7)
    rows = [{"text": "材料" * (n % 10 != 0) + "，" + text(n % 3, draw)} for n in range(300)]
    file = rows_file(tmp_path / "rows.jsonl", rows)
    _, said = printed(capsys, file, "--topics", "3", "--common", "0.5")
    assert "left out: 1 word(s) that stand in more than 50% of the documents: 材料;" in said
    assert "warning" not in said
    _, said = printed(capsys, file, "--topics", "2", "--common", "0.15")
    told = re.search(
        r"left out: (\d+) word\(s\) .* 15% of the documents: 材料 .* and (\d+) more", said
    )
    assert told
    assert int(told[1]) == int(told[2]) + 10 > 10
    assert re.search(r"warning: that is [5-9]\d% of all words that could stand in topics", said)


def test_words_above_the_share_that_is_asked_for_are_gone(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "cut.txt"
    draw = np.random.default_rng(8)
    lines = ["材料 " + " ".join(FIELDS[n % 3][w] for w in draw.choice(10, 6)) for n in range(90)]
    file.write_text("\n".join(lines), encoding="utf-8")
    call = [str(file), "--tokenized", "--topics", "3"]
    assert "left out" not in printed(capsys, *call)[1]
    assert "left out: 1 word(s)" in printed(capsys, *call, "--common", "0.9")[1]
    texts = [line.split() for line in lines]
    every, fewer = cut_source(texts), cut_source(texts, most=0.9)
    assert {*every.words} - {*fewer.words} == {*fewer.common} == {"材料"}
    assert fewer.common["材料"] == len(texts)
    assert fewer.counts.shape == (len(texts), len(every.words) - 1)
    assert fewer.common_share == pytest.approx(1 / 7)


def test_one_number_of_topics_is_not_praised(tmp_path: Path, capsys: Capture) -> None:
    draw = np.random.default_rng(9)
    rows = [{"text": text(n % 3, draw)} for n in range(60)]
    file = rows_file(tmp_path / "rows.jsonl", rows)
    found, said = printed(capsys, file, "--common", "1")
    assert "of 1 over all scores" not in said
    assert "60 documents are too few to compare more (25 to a topic)" in said
    assert "by chance it were 33%" in said
    assert found["choice"]["advised"] == 3
    assert [row["topics"] for row in found["choice"]["tried"]] == [3]
    assert found["choice"]["reason"] in said


def test_files_are_shown_without_the_folder_that_they_share(
    tmp_path: Path, capsys: Capture
) -> None:
    draw = np.random.default_rng(4)
    for name in ("a.jsonl", "b.jsonl"):
        rows_file(tmp_path / name, [{"text": text(n % 3, draw)} for n in range(60)])
    call = ("--topics", "3", "--by", "file", "--scores", "quick", "--common", "1")
    assert run(["discover", str(tmp_path), *call]) == 0
    shown = capsys.readouterr().out
    assert "a.jsonl (n=60)" in shown
    assert tmp_path.name not in shown
