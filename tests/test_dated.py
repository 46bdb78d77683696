"""Articles that carry dates and sources: from the file to the plot, its table and the page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import topics
from topics import plotting
from topics.findings import Findings
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
    for month in ("2023-01", "2023-02", "2023-03", "2023-04"):
        assert month in svg["time-shares"]
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
