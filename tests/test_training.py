"""Training: the same seed gives the same bytes; test articles teach nothing; faults are named."""

from __future__ import annotations

from pathlib import Path

import pytest

import topics
from topics.corpus import Article, Corpus, Part
from topics.errors import InputError, LabelError, OptionsError
from topics.findings import Findings
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


def test_one_paragraph_can_be_trained_on() -> None:
    corpus = Corpus((Article((Part("社区食堂开张，老人在社区食堂吃饭。"),)),))
    assert len(train(corpus, sample=False).findings.tags) == 1
