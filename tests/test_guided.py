"""Guided LDA: seeds and what is known of documents stay in force; no seed of chance decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.test_modelling import planted
from topics.errors import OptionsError
from topics.modelling import GuidedLda
from topics.modelling.guided import share_out

SEEDS = [{25: 1.0}, {3: 1.0}, {}]
"""Of blocks of ten words: class 0 is the third block, 1 the first, 2 takes the rest."""
TRUTH = np.eye(3)[np.array([1, 2, 0])[np.arange(120) % 3]]


def blurred(sure: float) -> NDArray[np.float64]:
    """The truth, in so far as it is known."""
    return sure * TRUTH + (1 - sure) / 3


def test_topics_belong_to_classes_and_stay_theirs() -> None:
    model = GuidedLda(7, seeds=SEEDS).fit(planted(), blurred(0.4))
    assert model.classes_ == (0, 0, 0, 1, 1, 2, 2)
    blocks = [np.bincount(row.argsort()[-5:] // 10).argmax() for row in model.components_]
    assert blocks == [2, 2, 2, 0, 0, 1, 1]
    assert model.components_[:3, 25].min() > model.components_[3:, 25].max()
    np.testing.assert_allclose(model.components_.sum(axis=1), 1, rtol=1e-6)
    assert model.share_.sum() == pytest.approx(1)


def test_seed_words_stay_in_force_where_nothing_else_is_known() -> None:
    model = GuidedLda(3, seeds=SEEDS, strength=20).fit(planted(), np.full((120, 3), 1 / 3))
    assert model.components_[:, 25].argmax() == 0
    assert model.components_[:, 3].argmax() == 1


def test_what_is_known_of_documents_outweighs_few_words() -> None:
    model = GuidedLda(3, seeds=[{}, {}, {}]).fit(planted(), TRUTH)
    found = model.probabilities(model.transform(planted())).argmax(axis=1)
    assert (found == TRUTH.argmax(axis=1)).mean() > 0.95


def test_the_last_class_is_as_likely_as_it_is_known_to_be() -> None:
    counts, known = planted(), blurred(0.5)
    known[:, 2] *= 1.6
    known /= known.sum(axis=1, keepdims=True)
    model = GuidedLda(3, seeds=SEEDS).fit(counts, known)
    found = model.probabilities(model.transform(counts))
    assert found[:, 2].mean() == pytest.approx(known[:, 2].mean(), abs=0.02)


def test_an_empty_document_leans_to_nothing() -> None:
    model = GuidedLda(5, seeds=SEEDS).fit(planted(), TRUTH)
    np.testing.assert_allclose(model.transform(np.zeros((1, 30))), 0.2)


def test_the_seed_of_chance_hardly_matters() -> None:
    shares = []
    for seed in (1, 2, 3):
        model = GuidedLda(6, seeds=SEEDS, seed=seed).fit(planted(), blurred(0.4))
        shares.append(model.probabilities(model.transform(planted())))
    assert np.abs(shares[0] - shares[1]).mean() < 0.02
    assert np.abs(shares[0] - shares[2]).mean() < 0.02


def test_topics_are_shared_out_by_what_classes_are_worth() -> None:
    assert share_out(np.array([6.0, 3, 1]), 10).tolist() == [6, 3, 1]
    assert share_out(np.array([1.0, 0, 0]), 5).tolist() == [3, 1, 1]
    assert share_out(np.array([0.0, 0]), 4).tolist() == [2, 2]
    assert share_out(np.array([5.0, 1, 1]), 3).tolist() == [1, 1, 1]


@pytest.mark.parametrize("counts", [np.zeros((4, 6)), np.eye(6)[:1] * 2, np.ones((2, 6))])
def test_degenerate_input_has_a_defined_result(counts: NDArray[np.float64]) -> None:
    known = np.full((len(counts), 3), 1 / 3)
    model = GuidedLda(5, seeds=[{0: 1.0}, {1: 1.0}, {}]).fit(counts, known)
    assert np.isfinite(model.components_).all()
    np.testing.assert_allclose(model.transform(counts).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("model", "known", "message"),
    [
        (GuidedLda(2, seeds=SEEDS), TRUTH, "one topic a class"),
        (GuidedLda(3), TRUTH, "one topic a class"),
        (GuidedLda(3, seeds=SEEDS, prior=0), TRUTH, "prior is 0"),
        (GuidedLda(3, seeds=SEEDS, lean=-1), TRUTH, "lean is -1"),
        (GuidedLda(3, seeds=[{99: 1.0}, {}, {}]), TRUTH, "not in the vocabulary"),
        (GuidedLda(3, seeds=SEEDS), TRUTH[:, :2], r"give one probability .*\(120, 3\)"),
        (GuidedLda(3, seeds=SEEDS), None, "shape"),
    ],
)
def test_what_cannot_be_is_named(model: Any, known: Any, message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        model.fit(planted(), known)
