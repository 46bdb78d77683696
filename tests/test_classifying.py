"""The theme classifier learns, is repeatable, and says honest things."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize, sparse
from sklearn.utils import extmath
from threadpoolctl import threadpool_info

from topics.classifying import Examples, Settings, Trained, train_classifier
from topics.classifying.fitting import SPREAD, Targets, fit_margins, fit_squares
from topics.classifying.latent import learn_basis
from topics.errors import LabelError
from topics.options import Options
from topics.segmenting import Segmenter
from topics.themes import ThemeSet, load_themes

SEGMENTER = Segmenter()
PLACES = ("柳河", "青田", "北桥", "南坝", "东岭", "西塘", "白石", "红枫")
MOULDS = (
    "{}机关开展理论学习，党员干部谈理想信念和体会",
    "{}政协围绕提案办理召开协商座谈会，委员提出建议",
    "{}党支部开展主题党日活动，严明纪律，改进作风",
    "{}社区为老人开办食堂，医院上门看病，居民说方便",
    "{}企业出口增长，新产品产值上升，市场看好",
)


def examples(**changes: object) -> Examples:
    texts = [mould.format(place) for place in PLACES for mould in MOULDS]
    given: dict[str, object] = {
        "texts": texts,
        "tokens": list(SEGMENTER.cut_many(texts)),
        "groups": [place for place in PLACES for _ in MOULDS],
        "labels": [0, 1, 2, 3, 4] * len(PLACES),
        "tags": [frozenset({n} - {4}) for n in range(5)] * len(PLACES),
    }
    return Examples(**(given | changes))  # type: ignore[arg-type]  # keys are checked by the test


@pytest.fixture(scope="module")
def themes() -> ThemeSet:
    return load_themes("cppcc")


@pytest.fixture(scope="module")
def trained(themes: ThemeSet) -> Trained:
    return train_classifier(examples(), themes)


def test_labels_of_unseen_articles_are_found(trained: Trained) -> None:
    assert (trained.held_out.argmax(axis=1) == trained.labels).all()
    assert np.allclose(trained.held_out.sum(axis=1), 1)
    assert trained.folds == 5


def test_the_model_alone_says_the_same(trained: Trained) -> None:
    reading = trained.model.read(["河口政协召开提案办理协商会"], SEGMENTER)
    scores = trained.model.score(reading)
    assert trained.model.probabilities(scores)[0].argmax() == 1
    assert 0 < reading.known[0] <= 1


def test_same_input_same_bytes(trained: Trained, themes: ThemeSet) -> None:
    again = train_classifier(examples(), themes)
    assert again.model.weights.tobytes() == trained.model.weights.tobytes()
    assert again.held_out.tobytes() == trained.held_out.tobytes()
    assert again.model.temperature == trained.model.temperature


def test_soft_labels_alone_are_enough(themes: ThemeSet) -> None:
    soft = np.full((40, 5), 0.05)
    soft[np.arange(40), np.tile(np.arange(5), 8)] = 0.8
    trained = train_classifier(examples(labels=(), tags=(), soft=soft), themes)
    scores = trained.model.score(trained.model.read(examples().texts, SEGMENTER))
    assert (scores.argmax(axis=1) == np.tile(np.arange(5), 8)).all()
    assert trained.folds == 0
    assert trained.held_out.shape == (0, 5)


def test_texts_without_labels_change_nothing_known(themes: ThemeSet) -> None:
    labels = [0, 1, 2, 3, 4] * 4 + [-1] * 20
    trained = train_classifier(examples(labels=labels, tags=()), themes)
    assert trained.labelled.tolist() == list(range(20))
    assert (trained.held_out.argmax(axis=1) == trained.labels).all()


def test_other_can_be_left_out(themes: ThemeSet) -> None:
    labels = [0, 1, 2, 3, -1] * 8
    trained = train_classifier(examples(labels=labels, tags=()), themes, other=False)
    assert trained.held_out[:, 4].max() < 1e-6


def test_a_heading_and_neighbours_may_count(themes: ThemeSet) -> None:
    rows = np.arange(40)
    trained = train_classifier(
        examples(headings=rows.tolist(), previous=[-1, *rows[:-1]], next=[*rows[1:], -1]), themes
    )
    assert trained.model.heading >= 0
    off = train_classifier(examples(headings=rows.tolist()), themes, Options(context=False))
    assert (off.model.heading, off.model.neighbours) == (0, 0)


def test_nothing_to_learn_from_is_an_error(themes: ThemeSet) -> None:
    with pytest.raises(LabelError, match="give labels, or seed words"):
        train_classifier(examples(labels=(), tags=()), themes)
    with pytest.raises(LabelError, match="label 7 is no class"):
        train_classifier(examples(labels=[7] * 40), themes)


def test_lengths_are_checked() -> None:
    with pytest.raises(LabelError, match="labels has 2 entries for 40 texts"):
        examples(labels=[1, 2])
    with pytest.raises(LabelError, match="weights has 1 rows"):
        examples(weights=np.ones(1))


def sparse_rows(
    rng: np.random.Generator, shape: tuple[int, int], share: float
) -> sparse.csr_matrix:
    """Return random rows; ``scipy.sparse.random`` takes its generator by another name each year."""
    dense = rng.random(shape) * (rng.random(shape) < share)
    return sparse.csr_matrix(dense.astype(np.float32))


def test_least_squares_are_solved() -> None:
    rng = np.random.default_rng(3)
    x = sparse_rows(rng, (30, 80), 0.2)
    basis = rng.normal(size=(80, 5)).astype(np.float32)
    shares = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 30)]
    mass = rng.uniform(0.3, 2, 30).astype(np.float32)
    found = fit_squares(x, Targets(shares, mass), 0.7, basis) * SPREAD
    rows = np.hstack((x.toarray(), x @ basis))
    left = rows.T @ (rows * mass[:, None]) + 0.7 * np.eye(85)
    true = np.linalg.solve(left, rows.T @ ((shares - 1 / 3) * mass[:, None]))
    np.testing.assert_allclose(found[:-1], true[:80] + basis @ true[80:], atol=2e-3)
    np.testing.assert_allclose(found[-1], 1 / 3, atol=1e-6)


def test_support_vectors_are_found() -> None:
    rng = np.random.default_rng(5)
    x = sparse_rows(rng, (40, 12), 0.4)
    kinds = rng.integers(0, 3, 40)
    shares = (0.8 * np.eye(3)[kinds] + 0.2 / 3).astype(np.float32)
    mass = rng.uniform(0.3, 2, 40).astype(np.float32)
    scale = rng.uniform(0.5, 2, (12, 3)).astype(np.float32)
    found = fit_margins(x, Targets(shares, mass), 0.02, scale)
    for kind in range(3):
        sides, cost = np.where(kinds == kind, 1, -1), 0.01 / scale[:, kind] ** 2

        def loss(w: np.ndarray, sides: np.ndarray = sides, cost: np.ndarray = cost) -> float:
            short = np.maximum(0, 1 - sides * (x @ w[:-1] + w[-1]))
            return float(mass @ short**2 / mass.sum() + cost @ w[:-1] ** 2)

        true = optimize.minimize(loss, np.zeros(13), tol=1e-9)
        np.testing.assert_allclose(found[:, kind], true.x, atol=0.05)
        assert loss(found[:, kind]) < true.fun * 1.001


def test_few_labels_alone_go_to_least_squares(trained: Trained, themes: ThemeSet) -> None:
    softmax = train_classifier(
        examples(), themes, Options(folds=3), settings=Settings(squares_until=0)
    )
    assert not np.array_equal(trained.model.weights, softmax.model.weights)
    labels = [*examples().labels[:-5], *[-1] * 5]
    uniform = np.full((len(examples()), len(themes.classes)), 1 / len(themes.classes))
    with_soft, softmax_too = (
        train_classifier(examples(labels=labels, soft=uniform), themes, settings=settings)
        for settings in (Settings(), Settings(squares_until=0))
    )
    np.testing.assert_array_equal(with_soft.model.weights, softmax_too.model.weights)


def test_the_basis_is_learned_on_one_thread_whatever_was_loaded_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, seen = extmath.randomized_svd, []

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.extend(threadpool_info())
        return real(*args, **kwargs)

    monkeypatch.setattr(extmath, "randomized_svd", watched)
    x = sparse.random(60, 40, 0.3, format="csr", random_state=1)
    basis = learn_basis(x, 10, Settings(), 7)
    assert basis is not None
    assert {pool["num_threads"] for pool in seen if pool["user_api"] == "blas"} == {1}
