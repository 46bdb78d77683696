"""Articles that carry dates and sources: from the file to the plot, its table and the page."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import topics
from topics import plotting
from topics.corpus import as_date
from topics.findings import Findings
from topics.plotting.numbers import by_source, over_time
from topics.reporting.keeping import from_plain, to_plain
from topics.reporting.page import html
from topics.reporting.tables import tables
from topics.tagging import Tagger

TEXTS = (
    "巷子里新装了十二盏路灯，老人晚上出门不再带手电，社区还开了食堂，一份饭八元。",
    "县政协委员和村干部围着旧图纸商量堰塘怎么分水，协商会开了三个小时，提出四条建议。",
    "机关党支部把主题党日放在周五下午，先学党章后议整改，党员当场认领任务。",
)


def _dated(folder: Path, tagger: Tagger) -> Findings:
    heads = [("2023-01-09", "渡口晚报"), ("2023-02-11", "云边日报"), ("2023-04-30", "渡口晚报")]
    for n, (date, source) in enumerate(heads):
        text = f"第{n}篇\n日期：{date}\n来源：{source}\n\n{TEXTS[n]}\n"
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")
    corpus = topics.read_articles(folder)
    tags = tagger.tag(corpus)
    return Findings(name="dated", themes=tagger.themes, corpus=corpus, tags=tags, theme_words={})


def test_dates_and_sources_of_the_files_reach_plot_table_and_page(
    tmp_path: Path, ready: Tagger
) -> None:
    findings = _dated(tmp_path, ready)
    figures = plotting.draw_all(findings)
    svg = {name: plotting.to_svg(figures[name]) for name in ("time-shares", "source-shares")}
    axis = figures["time-shares"].axes[0].get_xticklabels()
    assert [tick.get_text() for tick in axis] == ["01\n2023", "02", "03", "04"]
    assert "2023" in svg["time-shares"]
    assert "渡口晚报" in svg["source-shares"]
    made = tables(findings)
    months = list(csv.DictReader(io.StringIO(made["time-shares"])))
    assert [row["paragraphs"] for row in months] == ["1", "1", "0", "1"]
    for row in months:
        shares = [float(row[code]) for code in findings.themes.classes]
        assert sum(shares) in (0.0, 1.0)
    sources = {row["source"]: row for row in csv.DictReader(io.StringIO(made["source-shares"]))}
    assert sources["渡口晚报"]["paragraphs"] == "2"
    page = html(findings, "zh", svg, made)
    assert 'id="time"' in page
    assert "time-shares.csv" in page


ROWS = [
    {"text": TEXTS[n % 3], "date": f"2023070{n + 1}", "source": f"{'甲乙'[n % 2]}报", "id": f"r{n}"}
    for n in range(4)
]


def _write(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        days = [{**row, "date": dt.date(2023, 7, n)} for n, row in enumerate(rows, 1)]
        parquet.write_table(pytest.importorskip("pyarrow").Table.from_pylist(days), path)
    return path


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_ready_rows_keep_their_date_and_source(tmp_path: Path, ready: Tagger, suffix: str) -> None:
    corpus = topics.read_articles(_write(tmp_path / f"rows.{suffix}", ROWS))
    tags = ready.tag(corpus)
    made = Findings(name="rows", themes=ready.themes, corpus=corpus, tags=tags, theme_words={})
    kept = from_plain(json.loads(json.dumps(to_plain(made))))
    for findings in (made, kept):
        assert [(bar.name, bar.total) for bar in over_time(findings)] == [
            (f"2023-07-0{n}", 1) for n in range(1, 5)
        ]
        assert [(bar.name, bar.total) for bar in by_source(findings)] == [("乙报", 2), ("甲报", 2)]
    sent = pickle.loads(pickle.dumps(corpus.articles))
    assert sent == corpus.articles


def test_what_all_rows_say_alike_is_the_articles(tmp_path: Path) -> None:
    rows = [{**row, "date": "2023-07-01", "source": "甲报"} for row in ROWS]
    [article] = topics.read_articles(_write(tmp_path / "rows.jsonl", rows))
    assert article.rows == ()
    assert dict(article.meta) == {"date": "2023-07-01", "source": "甲报"}
    assert article.facts == (article.meta,) * 4


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("20230701", "2023-07-01"),
        ("2023年7月1日", "2023-07-01"),
        ("2023-7-1 08:30", "2023-07-01"),
        ("2023/07/01T10:00:00+08:00", "2023-07-01"),
        ("202307", "2023-07"),
        ("2023年7月", "2023-07"),
        ("2023", "2023"),
        ("1688169600", "1688169600"),  # seconds since 1970: no year 1688
        ("2023-13-01", "2023-13-01"),
        ("2023-2024", "2023-2024"),
        ("夏天", "夏天"),
    ],
)
def test_dates_are_brought_to_one_form(said: str, date: str) -> None:
    assert as_date(said) == date


def test_a_report_of_ready_rows_speaks_of_rows(tmp_path: Path, ready: Tagger) -> None:
    corpus = topics.read_articles(_write(tmp_path / "rows.jsonl", ROWS))
    tags = ready.tag(corpus)
    made = Findings(
        name="rows", themes=ready.themes, corpus=corpus, tags=tags, theme_words={},
        card={"method": "tfidf"},
    )  # fmt: skip
    figures = plotting.draw_all(made)
    assert {"article-shares", "theme-flow", "heatmap-001"}.isdisjoint(figures)
    svg = {name: plotting.to_svg(figure) for name, figure in figures.items()}
    page = html(made, "zh", svg, tables(made))
    assert "1 个文件中的 4 行" in page
    assert "#1–4" in page
    assert 'id="articles"' not in page
    assert 'id="flow"' not in page
    assert "读到的是一行一段的表格" in page  # why the two are not there
    assert 'id="time"' in page


def test_a_month_s_interval_is_drawn_and_tabled(tmp_path: Path, ready: Tagger) -> None:
    findings = _dated(tmp_path, ready)
    first = over_time(findings)[0]
    code = max(first.counts, key=lambda one: first.counts[one])
    assert first.interval(code) == pytest.approx((0.2065, 1.0), abs=1e-3)  # Wilson, 1 of 1
    rows = list(csv.DictReader(io.StringIO(tables(findings)["time-shares"])))
    assert float(rows[0][f"{code} low"]) == pytest.approx(0.2065, abs=1e-3)
    assert rows[2]["paragraphs"] == "0"
    assert (rows[2][f"{code} low"], rows[2][f"{code} high"]) == ("0", "1")  # nothing is known
    panels = plotting.time_trends(findings).axes
    assert len([axes for axes in panels if axes.get_visible()]) == len(findings.themes.classes)
    line = panels[0].lines[0].get_ydata()
    assert [value != value for value in line] == [False, False, True, False]  # a gap
