"""Scores and evidence of the linear model: additive, the same alone and in any batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.scoring import LinearModel, learn_features
from topics.segmenting import Segmenter

SEGMENTER = Segmenter()
TEXTS = (
    "支部书记给新党员上了一堂党课。",
    "社区食堂今天供应三菜一汤，老人刷卡就能吃饭。",
    "委员们围绕停车难题协商，提出七条建议。",
    "河堤上的柳树发了芽，游船重新开航。",
    "支部和社区一起协商，把停车的事办好。",
)


def model() -> LinearModel:
    tokens = list(SEGMENTER.cut_many(TEXTS))
    features, _ = learn_features(TEXTS, tokens, min_documents=(1, 1))
    weights = np.random.default_rng(3).normal(size=(features.width, 4)).astype(np.float32)
    return LinearModel(features, weights, np.zeros(4, np.float32), temperature=1.7)


MODEL = model()


def test_rows_sum_to_one() -> None:
    shares = MODEL.probabilities(MODEL.score(MODEL.read(TEXTS, SEGMENTER)))
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_text_has_the_same_score_alone_and_in_any_order() -> None:
    together = MODEL.score(MODEL.read(TEXTS, SEGMENTER))
    backwards = MODEL.score(MODEL.read(TEXTS[::-1], SEGMENTER))[::-1]
    alone = [MODEL.score(MODEL.read([text], SEGMENTER))[0] for text in TEXTS]
    assert together.tobytes() == backwards.tobytes() == np.array(alone).tobytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="党支部社区协商停车的，。 a1😀\n", max_size=30), min_size=1))
def test_what_the_tokens_add_sums_to_the_score(texts: Sequence[str]) -> None:
    reading = MODEL.read(texts, SEGMENTER)
    columns = np.arange(len(texts)) % 4
    added = MODEL.explain(reading, columns)
    scores = MODEL.score(reading)
    centred = (scores - scores.mean(axis=1, keepdims=True)) / MODEL.temperature
    sums = np.bincount(reading.words.docs, added, minlength=len(texts))
    np.testing.assert_allclose(sums, centred[np.arange(len(texts)), columns], atol=1e-5)


@pytest.mark.parametrize("text", ["", "😀", "。", "zzz", "\ud800"])
def test_a_text_without_a_known_word_has_no_score(text: str) -> None:
    reading = MODEL.read([text], SEGMENTER)
    assert not MODEL.score(reading).any()
    assert reading.known[0] == 0
