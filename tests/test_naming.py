"""Names: own words, readable names, typical documents, intervals, themes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from topics import naming
from topics.naming import best_words, bootstrap, name_topics, own_words, readable, theme_of, typical
from topics.themes import Theme, ThemeSet

COMPONENTS = np.array([[0.5, 0.3, 0.2, 0.0], [0.0, 0.05, 0.35, 0.6]])
COUNTS = sparse.csr_matrix(np.array([[3, 1, 0, 0], [2, 2, 0, 0], [0, 0, 2, 3], [0, 0, 1, 1.0]]))
THETA = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]])


def test_a_word_is_shown_where_it_counts_most() -> None:
    scores = own_words(COMPONENTS)
    assert (scores[0] > 0).tolist() == [True, True, False, False]
    assert (scores[1] > 0).tolist() == [False, False, True, True]


def test_best_words_are_heaviest_first_and_no_more_than_asked() -> None:
    assert best_words(COMPONENTS, COUNTS, 2) == [[0, 1], [3, 2]]
    assert best_words(COMPONENTS, COUNTS, 1) == [[0], [3]]


def test_the_candidate_that_never_stands_with_the_others_is_dropped() -> None:
    together = np.zeros((60, 12))
    together[:40, :10] = 1
    together[40:50, 10] = 1
    together[50:, 11] = 1
    weights = np.r_[np.full(10, 0.09), 0.1, 0.0]
    components = np.vstack([weights, np.r_[np.zeros(11), 1.0]])
    assert best_words(components, sparse.csr_matrix(together), 10)[0] == list(range(10))


def test_a_name_does_not_say_a_word_twice() -> None:
    assert readable(["教育", "义务教育", "学生", "高校"]) == "教育 · 学生 · 高校"
    assert readable([]) == "–"


def test_the_longer_of_two_equal_documents_is_more_typical() -> None:
    assert typical(THETA, np.array([4.0, 40.0, 5.0, 0.0]))[0][:2] == (1, 0)
    assert all(3 not in rows for rows in typical(THETA, np.array([4.0, 40.0, 5.0, 0.0]), 4))


def test_of_many_articles_the_formula_is_what_draws_come_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = np.random.default_rng(1).dirichlet([0.3, 0.3, 0.02], 2 * naming.MANY)
    pairs = np.arange(len(many)) // 2
    told = [bootstrap(many), bootstrap(many, groups=pairs)]
    monkeypatch.setattr(naming, "MANY", 10**9)
    drawn = [bootstrap(many), bootstrap(many, groups=pairs)]
    np.testing.assert_allclose(told, drawn, atol=0.003)
    assert np.ptp(told, axis=1).max() > 0.02


def test_intervals_hold_the_mean_and_widen_when_articles_are_drawn() -> None:
    theta = np.repeat(THETA, 25, axis=0)
    mean, low, high = bootstrap(theta)
    assert mean.sum() == pytest.approx(1)
    assert ((low <= mean) & (mean <= high)).all()
    _, low_by_article, high_by_article = bootstrap(theta, groups=np.arange(100) // 10)
    assert (high_by_article - low_by_article > 2 * (high - low)).all()
    for handful in (np.zeros(100), np.arange(100) // 12):
        np.testing.assert_array_equal(bootstrap(theta, groups=handful), bootstrap(theta))


def test_one_document_has_no_interval_and_none_has_no_share() -> None:
    mean, *ends = bootstrap(THETA[:1])
    assert mean.tolist() == THETA[0].tolist()
    assert np.isnan(ends).all()
    assert np.isnan(bootstrap(THETA[:0])).all()


def test_how_many_topics_there_are_does_not_decide_about_a_theme() -> None:
    vocabulary = ["学生", "学校", *(f"词{n}" for n in range(60))]
    themes = ThemeSet((Theme("learning", "教育", seeds={"学生": 1.0, "学校": 1.0}),))
    rest = np.r_[np.full(2, 0.002), np.full(60, 1 / 60)]
    own = np.r_[np.full(2, 0.05), np.full(60, 1 / 60)]
    for topics in (2, 3, 5, 10, 50):
        components = np.vstack([own, *[rest] * (topics - 1)])
        components /= components.sum(axis=1, keepdims=True)
        found = theme_of(components, vocabulary, themes)
        assert found == ["learning", *["new"] * (topics - 1)]
        assert theme_of(np.vstack([rest] * topics), vocabulary, themes) == ["new"] * topics
    assert theme_of(own[None], vocabulary, themes) == ["new"]


def test_a_topic_of_several_themes_is_not_given_to_the_rarest() -> None:
    words = ["学生", "学校", "稻", "麦", "兵", "炮", "船", "雨"]
    themes = ThemeSet(
        tuple(
            Theme(code, code, seeds=dict.fromkeys(seeds, 1.0))
            for code, seeds in (("learning", words[:2]), ("farm", words[2:4]), ("war", words[4:6]))
        )
    )
    several = [0.05, 0.05, 0.2, 0.2, 0.0, 0.0, 0.25, 0.25]
    war = [0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 0.1, 0.1]
    assert theme_of(np.array([several, war]), words, themes) == ["new", "war"]
    assert theme_of(np.array([war, [0.5, 0.5, *[0.0] * 6]]), words, themes) == ["war", "learning"]


def test_topics_know_their_theme_or_are_new() -> None:
    themes = ThemeSet((Theme("learning", "教育", seeds={"学生": 1.0, "学校": 1.0}),))
    components = np.vstack([COMPONENTS, np.tile([0.0, 0.0, 0.5, 0.5], (3, 1))])
    theta = np.column_stack([THETA, np.zeros((4, 3))])
    words = best_words(components, COUNTS, 3)
    found = name_topics(components, words, theta, COUNTS, ["学生", "学校", "军队", "国防"], themes)
    assert [topic.theme for topic in found] == ["learning", "new", "new", "new", "new"]
    assert found[0].name == "学生 · 学校"
    assert found[0].share == pytest.approx(0.5)
    assert found[0].share_low <= 0.5 <= found[0].share_high
    without = name_topics(components, words, theta, COUNTS, ["学生", "学校", "军队", "国防"])
    assert {topic.theme for topic in without} == {"new"}
