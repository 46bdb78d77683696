"""A model against labels: those that taught it are no test, and that is said."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from topics.checking import ENOUGH, check
from topics.cli import run
from topics.corpus import Corpus
from topics.errors import LabelError
from topics.evaluating import multi_label_f1
from topics.labels import Labels, write_labels
from topics.tagging import Tagger
from topics.training import SAMPLE, sample_labels, train


def of(labels: Labels, articles: Corpus) -> Labels:
    """Return the labels of some articles; none is of split test."""
    files = {Path(article.file).name for article in articles}
    return Labels(tuple(replace(row, split="") for row in labels.rows if row.file in files))


@pytest.fixture(scope="module")
def articles(corpus: Corpus) -> Corpus:
    return Corpus(corpus.articles[:30], files=30)


@pytest.fixture(scope="module")
def taught(articles: Corpus) -> Tagger:
    """A model that the labels of the first 15 articles taught."""
    first = Corpus(articles.articles[:15])
    return train(first, labels=of(sample_labels(), first), sample=False).tagger


def test_labels_that_taught_the_model_are_left_out_where_others_are_enough(
    articles: Corpus, taught: Tagger
) -> None:
    labels, others = of(sample_labels(), articles), Corpus(articles.articles[15:])
    found = check(taught, articles, labels)
    fair = check(taught, others, of(sample_labels(), others))
    assert found.taught == len(Corpus(articles.articles[:15]).paragraphs)
    assert found.labelled == len(articles.paragraphs)
    assert found.scores.confusion == fair.scores.confusion
    assert found.fair
    assert f"{found.taught} of {found.labelled} labelled paragraph(s) taught" in found.warning
    assert f"scored are the other {found.scores.n}" in found.warning
    assert f"without {found.taught} that taught the model" in found.scores.how
    assert (fair.taught, fair.warning) == (0, "")


def test_where_too_few_others_are_left_the_scores_are_called_no_estimate(
    articles: Corpus, taught: Tagger
) -> None:
    first = Corpus(articles.articles[:15])
    found = check(taught, first, of(sample_labels(), first))
    assert found.scores.n == found.labelled == found.taught
    assert not found.fair
    assert found.scores.how.endswith("taught the model: no estimate")
    assert "there is no other, so all are scored" in found.warning
    more = Corpus(articles.articles[:16])
    rest = check(taught, more, of(sample_labels(), more))
    assert 0 < rest.labelled - (rest.taught or 0) < ENOUGH
    assert f"are fewer than {ENOUGH}, so all are scored" in rest.warning
    gold = of(sample_labels(), first).match(first.paragraphs).classes
    counts = np.bincount(gold, minlength=5) / len(gold)
    assert [s.estimate for s in found.findings.shares] == pytest.approx(counts.tolist())


def test_a_model_that_does_not_know_what_taught_it_is_named(
    articles: Corpus, taught: Tagger
) -> None:
    found = check(replace(taught, taught=None), articles, of(sample_labels(), articles))
    assert found.taught is None
    assert "does not say which paragraphs taught it" in found.warning
    assert found.scores.n == found.labelled


def test_shares_take_labels_as_they_are_and_correct_the_rest(
    articles: Corpus, taught: Tagger
) -> None:
    labels = of(sample_labels(), Corpus(articles.articles[15:25]))
    found = check(taught, articles, labels)
    shares = found.findings.shares
    assert sum(share.estimate for share in shares) == pytest.approx(1)
    assert all(0 <= share.low <= share.estimate <= share.high <= 1 for share in shares)
    assert found.fair


def test_tags_are_scored_where_the_labels_name_all_themes(articles: Corpus, taught: Tagger) -> None:
    labels = of(sample_labels(), articles)
    found = check(replace(taught, taught=None), articles, labels)
    gold, classes = labels.match(articles.paragraphs).tags, taught.themes.classes
    said = [[classes.index(code) for code in tag.tags] for tag in taught.tag(articles)]
    assert found.tags == multi_label_f1(gold, said)
    assert found.tags.n > 100
    plain = Labels(tuple(replace(row, tags=None) for row in labels.rows))
    assert check(taught, articles, plain).tags.n == 0


def test_labels_of_nobody_are_an_error(articles: Corpus, taught: Tagger) -> None:
    rows = tuple(replace(row, theme=-1) for row in of(sample_labels(), articles).rows)
    with pytest.raises(LabelError, match="give the articles it is for"):
        check(taught, articles, Labels(rows, "gold.csv"))


# --- the command -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve files of the sample, their labels, and what two people said of some."""
    folder = tmp_path_factory.mktemp("files")
    names = [path.name for path in sorted(SAMPLE.glob("*.txt"))[:48:4]]
    (folder / "articles").mkdir()
    for name in names:
        text = (SAMPLE / name).read_text(encoding="utf-8")
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    with (SAMPLE / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"] in names]
    kept = [{key: row[key] for key in ("file", "line", "theme", "tags")} for row in rows]
    write_labels(folder / "labels.csv", kept)
    lost = [{"file": names[0], "line": 900, "theme": "other"}]
    two = [{**row, "annotator": who} for row in kept for who in "ab"]
    two[1]["theme"] = "other" if two[1]["theme"] != "other" else "livelihood"
    write_labels(folder / "two.csv", [*two, *lost])
    return folder


@pytest.fixture(scope="module")
def model(files: Path) -> Path:
    argv = ["train", str(files / "articles"), "--labels", str(files / "labels.csv"), "--name", "m"]
    argv += ["--models", str(files / "models"), "--reports", str(files / "reports")]
    options = files / "options.toml"
    options.write_text("sample = false\n", encoding="utf-8")
    assert run([*argv, "--options", str(options)]) == 0
    return files / "models" / "m"


def test_paths_without_labels_are_an_error_that_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["evaluate", str(tmp_path / "nowhere")]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "nowhere: no labels are given" in err
    assert "add --gold FILE" in err


def test_evaluate_says_which_labels_taught_the_model_and_what_became_of_labels(
    model: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["evaluate", str(files / "articles"), "--model", str(model)]
    assert run([*argv, "--gold", str(files / "two.csv"), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    plain = json.loads(out)
    assert plain["taught"] == plain["labelled"] == plain["n"]
    assert not plain["fair"]
    assert "taught this model; its scores on them are no estimate" in err
    assert "1 label(s) fit no paragraph; 1 label(s) contradict an earlier one" in err
    assert "Cohen's kappa 0.99" in err
    assert plain["tags"]["n"] > 0
    assert sum(share["estimate"] for share in plain["shares"]) == pytest.approx(1)


def test_evaluate_writes_plots_and_tables_of_the_scores(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["evaluate", str(files / "articles"), "--gold", str(files / "labels.csv")]
    assert run([*argv, "--out", str(tmp_path / "new" / "out"), "--lang", "en"]) == 0
    out, err = capsys.readouterr()
    names = {"theme-shares", "confusion", "calibration", "risk-coverage"}
    expected = {f"{name}.{kind}" for name in names for kind in ("svg", "png", "csv")}
    made = {path.name: path.read_bytes() for path in (tmp_path / "new" / "out").iterdir()}
    assert set(made) == expected | {"scores.csv"}
    assert made["calibration.png"].startswith(b"\x89PNG")
    assert "Livelihood" in out
    assert "micro-F1" in out
    assert "estimate" in out
    assert "warning: " in err  # these labels taught the ready-made model, known to it or not


def test_train_prints_the_shares_of_its_page_with_their_names(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["train", str(files / "articles"), "--labels", str(files / "two.csv"), "--name", "n"]
    argv += ["--models", str(tmp_path / "models"), "--reports", str(tmp_path / "reports")]
    assert run(argv) == 0
    _, err = capsys.readouterr()
    kept = json.loads((tmp_path / "reports" / "n" / "findings.json").read_text(encoding="utf-8"))
    for share in kept["shares"]:
        assert f"estimate {share['estimate']:6.1%}" in err
        assert f"(95% {share['low']:.1%}–{share['high']:.1%}), tagged" in err
    assert "1 label(s) fit no paragraph; 1 label(s) contradict an earlier one" in err
    page = (tmp_path / "reports" / "n" / "index.html").read_text(encoding="utf-8")
    assert "1 条标注找不到对应的段落" in page
