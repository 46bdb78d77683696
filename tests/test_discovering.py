"""Discovery as a whole: findings, scores, K, edits, groups, phrases, bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from topics.discovering import (
    Discovery,
    Edits,
    Settings,
    choose_topics,
    discover,
    hierarchy,
    shares_by,
)
from topics.discovering.editing import load_edits
from topics.errors import InputError, OptionsError
from topics.modelling.phrases import find_phrases
from topics.vectorizing.tokens import Tokens

WORDS = [f"{field}{n}" for field in ("农", "学", "军") for n in range(12)]


def corpus(n: int = 150) -> tuple[sparse.csr_matrix, list[list[str]]]:
    draw = np.random.default_rng(5)
    texts, rows = [], np.zeros((n, len(WORDS)))
    for row in range(n):
        own = (row % 3) * 12 + draw.integers(12, size=14)
        chosen = np.r_[own, draw.integers(len(WORDS), size=3)]
        np.add.at(rows[row], chosen, 1)
        texts.append([WORDS[word] for word in chosen])
    return sparse.csr_matrix(rows), texts


@pytest.fixture(scope="module")
def found() -> Discovery:
    counts, texts = corpus()
    return discover(counts, WORDS, texts, settings=Settings(topics=3, runs=2))


def test_planted_topics_come_out_with_names_shares_and_scores(found: Discovery) -> None:
    assert len(found.topics) == 3
    for topic in found.topics:
        assert len({word[0] for word in topic.words}) == 1
        assert len(topic.words) == 10
        assert topic.share_low <= topic.share <= topic.share_high
        assert len(topic.examples) == 3
        assert topic.theme == "new"
    scores = found.scores
    assert scores.diversity == 1
    assert scores.npmi > 0
    assert scores.stability > 0.6
    assert scores.agreement > 0.9
    assert 1 < scores.perplexity < len(WORDS)


def test_the_json_is_plain_data_and_complete(found: Discovery) -> None:
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain.keys() == {"topics", "scores", "assignments"}
    assert plain["topics"][0]["scores"].keys() == found.scores.by_topic.keys()
    assert len(plain["assignments"]) == 150


def test_intervals_draw_articles_where_these_are_known(found: Discovery) -> None:
    counts, _ = corpus()
    files = [f"{row % 3}{row // 38}" for row in range(150)]  # twelve
    quick = Settings(topics=3, runs=0, perplexity=False)
    drawn = discover(counts, WORDS, settings=quick, articles=files)
    for whole, one in zip(drawn.topics, found.topics, strict=True):
        assert whole.share_high - whole.share_low > 2 * (one.share_high - one.share_low)


@pytest.mark.parametrize("method", ["lda", "kmeans", "clusters"])
def test_every_method_is_had_by_name(method: Any) -> None:
    counts, _ = corpus()
    other = discover(counts, WORDS, settings=Settings(topics=3, method=method, runs=0))
    assert len(other.topics) == 3
    assert np.isnan(other.scores.stability)
    assert other.scores.to_dict()["stability"] is None


def test_an_empty_document_is_assigned_to_nothing() -> None:
    counts, _ = corpus(30)
    padded = sparse.vstack([counts, sparse.csr_matrix((1, len(WORDS)))]).tocsr()
    assert discover(padded, WORDS, settings=Settings(topics=2, runs=0)).assignments[-1] == -1


@pytest.mark.parametrize(
    ("counts", "words", "message"),
    [
        (np.ones((2, 9)), 9, "2 document"),
        (np.ones((1, 9)), 9, "1 document"),
        (np.zeros((8, 9)), 9, "0 document"),
        (np.ones((8, 1)), 1, "1 word"),
        (np.ones((8, 3)), 5, "vocabulary of 5"),
    ],
)
def test_too_little_to_learn_from_is_said(counts: Any, words: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        discover(counts, WORDS[:words], settings=Settings(topics=3))


@pytest.mark.parametrize("bad", [{"method": "bert"}, {"topics": 0}, {"runs": True}])
def test_an_impossible_setting_is_said(bad: dict[str, Any]) -> None:
    with pytest.raises(OptionsError, match=r"unknown|whole number"):
        Settings(**bad)


def test_the_number_of_topics_is_advised_with_reasons() -> None:
    counts, texts = corpus(90)
    choice = choose_topics(
        counts,
        WORDS,
        texts,
        candidates=(2, 3, 6, 500),
        seeds=(1, 2),
        settings=Settings(runs=1, perplexity=True),
    )
    assert [row.topics for row in choice.rows] == [2, 3, 6]
    assert choice.advised == 3
    assert "the topics come again" in choice.reason
    for row in choice.rows:
        assert row.place <= 1
        assert row.error >= 0
        assert row.spread.keys() == choice.spreads().keys() - {"place"}
    one = choose_topics(counts, WORDS, candidates=(2, 3), seeds=(1,), settings=Settings(runs=0))
    assert all(np.isnan(row.answers[1]) for row in one.rows)
    assert "come again" not in one.reason
    with pytest.raises(OptionsError, match="at least one"):
        choose_topics(counts, WORDS, candidates=())


def test_edits_are_made_kept_undone_and_applied_again(found: Discovery, tmp_path: Path) -> None:
    counts, texts = corpus()
    first, second, third = (topic.words for topic in found.topics)
    edits = Edits().rename(third, "第三").merge(first, second, name="两者")
    edits.save(tmp_path / "edits.json")
    assert load_edits(tmp_path / "edits.json") == edits
    again = discover(counts, WORDS, texts, settings=Settings(topics=3, seed=99, runs=0))
    changed, lost = load_edits(tmp_path / "edits.json").apply(again, counts)
    assert lost == ()
    assert sorted(topic.name for topic in changed.topics) == ["两者", "第三"]
    np.testing.assert_allclose(changed.theta.sum(axis=1), 1)
    both = next(topic for topic in changed.topics if topic.name == "两者")
    assert len({*both.words[:4]} & {*first}) == len({*both.words[:4]} & {*second}) == 2
    undone, _ = edits.undo().apply(found, counts)
    assert len(undone.topics) == 3


def test_splitting_and_dropping_change_the_number_of_topics(found: Discovery) -> None:
    counts, _ = corpus()
    words = found.topics[0].words
    split, _ = Edits().split(words, 2).apply(found, counts)
    assert len(split.topics) == 4
    dropped, _ = Edits().drop(words).apply(found, counts)
    assert len(dropped.topics) == 2
    np.testing.assert_allclose(dropped.theta.sum(axis=1), 1)
    _, lost = Edits().drop(["no", "such", "words"]).apply(found, counts)
    assert len(lost) == 1


@pytest.mark.parametrize("text", ["{", '{"format": 9, "edits": []}', '{"format": 1}', "[]"])
def test_a_foreign_edits_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "edits.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"format|no file of edits"):
        load_edits(path)
    with pytest.raises(InputError, match="cannot read"):
        load_edits(tmp_path / "none.json")


def test_impossible_edits_are_refused(found: Discovery) -> None:
    words = [topic.words for topic in found.topics]
    with pytest.raises(OptionsError, match="two topics"):
        Edits().merge(words[0])
    with pytest.raises(OptionsError, match="2 or more"):
        Edits().split(words[0], 1)
    every = Edits().drop(words[0]).drop(words[1]).drop(words[2])
    with pytest.raises(InputError, match="undo"):
        every.apply(found, corpus()[0])


def test_shares_by_a_column_find_the_planted_groups(found: Discovery) -> None:
    rows = shares_by(found, ["农学军"[row % 3] for row in range(150)])
    assert len(rows) == 9
    for row in rows:
        assert row.documents == 50
        own = found.topics[row.topic].words[0][0] == row.group
        assert (row.share > 0.6) == own
        assert row.low <= row.share <= row.high
    with pytest.raises(InputError, match="2 rows"):
        shares_by(found, ["a", "b"])


def test_near_topics_join_first() -> None:
    joins = hierarchy(np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.0, 0.0, 1.0]]))
    assert {joins[0].left, joins[0].right} == {0, 1}
    assert joins[0].distance < joins[1].distance
    assert hierarchy(np.ones((1, 3)) / 3) == ()


def test_collocations_become_words() -> None:
    texts = [["全面", "小康", word, "社会"] for word in "甲乙丙丁戊己庚辛壬癸"] * 2
    pairs = find_phrases(Tokens.of(texts))
    assert pairs == {("全面", "小康")}
    text = Tokens.of([["建成", "全面", "小康", "小康"]])
    assert [*text.joined(pairs, str.__add__)] == [["建成", "全面小康", "小康"]]
    assert find_phrases(Tokens.of([["a", "a"]] * 20), threshold=1.1) == frozenset()
