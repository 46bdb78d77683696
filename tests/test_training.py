"""Training: the same seed gives the same bytes; test articles teach nothing; faults are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import topics
from topics.corpus import Article, Corpus, Part
from topics.errors import InputError, LabelError, OptionsError
from topics.findings import Findings
from topics.labels import Labels
from topics.options import Options
from topics.preparing import prepare
from topics.themes import load_themes
from topics.training import Trained, sample_labels, train


def test_the_sample_is_learned_well_enough_to_be_worth_showing(trained: Trained) -> None:
    scores = trained.findings.scores
    assert scores is not None
    assert "put aside" in scores.how
    assert scores.macro_f1 > 0.85  # 0.93 when written; the interval of 247 paragraphs is ±0.03
    assert scores.calibration_error < 0.08


def test_each_theme_has_words(trained: Trained) -> None:
    words = trained.findings.theme_words
    assert set(words) == set(trained.findings.themes.classes)
    assert all(len(best) >= 10 for best in words.values())


def test_findings_fit_together(trained: Trained) -> None:
    findings: Findings = trained.findings
    paragraphs = findings.corpus.paragraphs
    assert len(findings.tags) == len(findings.positions) == len(paragraphs)
    assert sum(share.counted for share in findings.shares) == pytest.approx(1)
    assert [tag.part for tag in findings.tags] == list(paragraphs)


@pytest.mark.parametrize("method", ["tfidf", "lda", "nmf", "kmeans"])
def test_the_same_seed_gives_the_same_bytes(corpus: Corpus, method: str, tmp_path: Path) -> None:
    small = Corpus(corpus.articles[:8])
    for name in ("one", "two"):
        train(small, method=method, topics=8, name="same", sample=False).tagger.save(
            tmp_path / name
        )
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_topic_models_tag_and_map_their_topics(corpus: Corpus, tmp_path: Path) -> None:
    result = train(corpus, method="lda", topics=12)
    themes = {topic.theme for topic in result.findings.topics}
    assert set(result.findings.themes.codes) <= themes
    result.tagger.save(tmp_path / "lda")
    loaded = topics.load(tmp_path / "lda")
    assert loaded.tag(corpus) == list(result.findings.tags)
    loaded.save(tmp_path / "again")
    for file in (tmp_path / "lda").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def test_seeded_lda_is_steady_and_right_enough(corpus: Corpus) -> None:
    runs = [train(corpus, labels=sample_labels(), method="lda", seed=seed) for seed in (1, 2, 3)]
    scores = [run.findings.scores for run in runs]
    found = [one.macro_f1 for one in scores if one is not None and "put aside" in one.how]
    assert len(found) == 3
    assert min(found) > 0.72  # 0.77 to 0.80 when written, of 262 paragraphs
    assert max(found) - min(found) < 0.05
    first, *others = [[tag.theme for tag in run.findings.tags] for run in runs]
    for other in others:
        assert sum(a == b for a, b in zip(first, other, strict=True)) > 0.96 * len(first)
    shares = {code: first.count(code) / len(first) for code in runs[0].findings.themes.classes}
    assert min(shares.values()) > 0.05, shares


def test_test_articles_teach_topics_nothing(corpus: Corpus, tmp_path: Path) -> None:
    labels, corpus = sample_labels(), Corpus(corpus.articles[::6])
    prepared = prepare(corpus, load_themes(), labels, Options())
    tests = {a for a, test in zip(prepared.articles, prepared.tests, strict=True) if test}
    assert tests
    kept = Corpus(tuple(one for n, one in enumerate(corpus.articles) if n not in tests))
    for name, articles in (("all", corpus), ("kept", kept)):
        options = Options(method="lda", topics=8)
        train(articles, labels=labels, options=options).tagger.save(tmp_path / name)
    for file in ("arrays.safetensors", "words.txt"):
        assert (tmp_path / "all" / file).read_bytes() == (tmp_path / "kept" / file).read_bytes()


def test_the_card_has_the_number_of_topics_that_there_are(corpus: Corpus, tmp_path: Path) -> None:
    small = Corpus(corpus.articles[:3])
    trained = train(small, method="nmf", topics=500)
    trained.tagger.save(tmp_path / "few")
    found = len(trained.findings.topics)
    assert found == len(small.paragraphs) // 4 < 500
    card = topics.load(tmp_path / "few").card
    assert card["topics"] == found
    assert card["topics_note"].startswith(f"{found} topics were learned, not 500: ")
    assert f"- topics: {found}\n" in card["readme"]
    assert "topics" not in train(small, sample=False).findings.card


def test_topics_need_a_paragraph_to_learn_from(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="shorter than 5000 characters"):
        train(corpus, method="nmf", min_paragraph=5000)


def test_nothing_to_train_on_is_an_error() -> None:
    with pytest.raises(InputError, match="no body paragraph to train on"):
        train(Corpus(()))


def test_labels_that_fit_nothing_are_an_error() -> None:
    corpus = Corpus((Article((Part("水渠修好了，灯也亮了。"),)),))
    with pytest.raises(LabelError):
        train(corpus, labels=sample_labels())


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(OptionsError, match="did you mean 'method'"):
        train(Corpus(()), metod="lda")


def test_labels_of_one_article_taught_the_model_and_score_nothing(corpus: Corpus) -> None:
    small = Corpus(corpus.articles[:6])
    file = Path(small.articles[0].file).name
    rows = tuple(replace(row, split="") for row in sample_labels().rows if row.file == file)
    findings = train(small, labels=Labels(rows), sample=False).findings
    assert findings.scores is None
    assert not findings.corrected
    assert findings.card["labels_found"] == f"{len(rows)} label(s) for {len(rows)} paragraph(s)"


def test_one_paragraph_can_be_trained_on() -> None:
    corpus = Corpus((Article((Part("社区食堂开张，老人在社区食堂吃饭。"),)),))
    assert len(train(corpus, sample=False).findings.tags) == 1
