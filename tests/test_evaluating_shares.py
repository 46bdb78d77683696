"""Shares of themes: labels count as they are, the tags' errors are taken out of the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from topics.evaluating import estimate_shares, score
from topics.findings import Scores, Share

CLASSES = ("a", "b", "c", "d", "other")
K = len(CLASSES)
SIZE = 12
"""Paragraphs an article."""


def corpus(articles: int, seed: int) -> tuple[NDArray[np.int64], list[int]]:
    """Return the true class of each paragraph, most of them the article's own, and the articles."""
    rng = np.random.default_rng(seed)
    own = rng.choice(K, articles, p=(0.3, 0.25, 0.2, 0.05, 0.2)).repeat(SIZE)
    truth = np.where(rng.random(len(own)) < 0.5, own, rng.integers(0, K, len(own)))
    return truth, np.arange(articles).repeat(SIZE).tolist()


def tagged(truth: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return tags that take c for a, and the rest mostly right."""
    rng = np.random.default_rng(seed + 1000)
    wrong = rng.random(len(truth)) < np.where(truth == 2, 0.4, 0.1)
    return np.where(wrong, np.where(truth == 2, 0, rng.integers(0, K, len(truth))), truth)


def estimated(seed: int, labelled: float) -> tuple[tuple[Share, ...], NDArray[np.float64]]:
    """Return shares where some articles have labels that taught the model, and the true ones.

    The tags of labelled paragraphs are the labels: the model has learned them by heart. What it
    says of paragraphs that it has not seen is known of the labelled ones, by cross-validation.
    """
    truth, articles = corpus(30, seed)
    found = tagged(truth, seed)
    known = np.array(articles) < 30 * labelled
    scores = score(truth[known].tolist(), np.eye(K)[found[known]], CLASSES)
    labels = np.where(known, truth, -1).tolist()
    tags = np.where(known, truth, found).tolist()
    real = np.bincount(truth, minlength=K) / len(truth)
    return estimate_shares(tags, CLASSES, scores, 7, articles, labels), real


def test_where_everything_is_labelled_the_shares_are_those_of_the_labels() -> None:
    for seed in range(5):
        shares, real = estimated(seed, 1.0)
        assert [s.estimate for s in shares] == pytest.approx(real.tolist(), abs=1e-12)
        assert all(s.low < s.estimate < s.high for s in shares)


def test_where_half_is_labelled_only_the_other_half_is_corrected() -> None:
    errors, plain, inside = [], [], []
    for seed in range(60):
        shares, real = estimated(seed, 0.5)
        errors += [abs(s.estimate - t) for s, t in zip(shares, real, strict=True)]
        plain += [abs(s.counted - t) for s, t in zip(shares, real, strict=True)]
        inside += [s.low <= t <= s.high for s, t in zip(shares, real, strict=True)]
    assert np.mean(errors) < np.mean(plain)
    assert np.mean(inside) > 0.95


def test_intervals_hold_the_shares_of_all_articles_that_might_have_been_drawn() -> None:
    whole = np.bincount(corpus(50_000, 0)[0], minlength=K) / (50_000 * SIZE)
    for labelled in (1.0, 0.5, 0.2):
        inside = [
            s.low <= t <= s.high
            for seed in range(1, 61)
            for s, t in zip(estimated(seed, labelled)[0], whole, strict=True)
        ]
        assert 0.89 <= np.mean(inside) <= 0.99, labelled  # 95 % nominal, 300 intervals


def test_few_labels_do_not_make_shares_worse_than_counting() -> None:
    errors, plain, inside = [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rates = 0.8 * np.eye(K) + 0.2 * rng.dirichlet(np.ones(K), K)
        true = rng.dirichlet(np.full(K, 1.5))
        gold = rng.choice(K, 60, p=true)
        found = [int(rng.choice(K, p=rates[one])) for one in gold]
        tags = rng.choice(K, 1000, p=true @ rates).tolist()
        shares = estimate_shares(tags, CLASSES, score(gold.tolist(), np.eye(K)[found], CLASSES))
        errors += [abs(s.estimate - t) for s, t in zip(shares, true, strict=True)]
        plain += [abs(s.counted - t) for s, t in zip(shares, true, strict=True)]
        inside += [s.low <= t <= s.high for s, t in zip(shares, true, strict=True)]
    assert np.mean(errors) < np.mean(plain)
    assert np.mean(inside) > 0.89  # 95 % nominal, 300 intervals


def test_labels_of_a_handful_of_articles_correct_nothing_but_the_interval() -> None:
    for seed in range(5):
        shares, _ = estimated(seed, 0.2)  # six articles
        assert [s.estimate for s in shares] == pytest.approx([s.counted for s in shares])
        assert all(s.low <= s.estimate <= s.high for s in shares)
    most = [max(abs(s.estimate - s.counted) for s in estimated(n, 0.5)[0]) for n in range(5)]
    assert max(most) > 0.01  # fifteen articles


def test_labels_count_even_where_nothing_was_scored() -> None:
    shares = estimate_shares([0, 0, 1, 1], CLASSES, None, labels=[2, -1, -1, 1])
    assert [s.estimate for s in shares] == [0.25, 0.5, 0.25, 0, 0]
    assert [s.counted for s in shares] == [0.5, 0.5, 0, 0, 0]


ROWS = st.lists(
    st.tuples(st.integers(-1, K - 1), st.integers(-1, K - 1), st.integers(0, 14)), max_size=40
)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.lists(st.integers(0, K - 1), max_size=20))
def test_shares_lie_on_the_simplex_whatever_is_labelled(
    rows: list[tuple[int, int, int]], gold: list[int]
) -> None:
    tags, labels, articles = ([row[n] for row in rows] for n in range(3))
    table = np.random.default_rng(0).dirichlet(np.ones(K), len(gold)).reshape(-1, K)
    for scores in (None, score(gold, table, CLASSES)):
        shares = estimate_shares(tags, CLASSES, scores, 7, articles, labels)
        some = float(any(tag >= 0 for tag in tags))
        assert sum(s.estimate for s in shares) == pytest.approx(some)
        assert all(0 <= s.low <= s.estimate <= s.high <= 1 for s in shares)


def test_labels_that_do_not_fit_are_refused() -> None:
    scores: Scores = score([0], np.eye(K)[[0]], CLASSES)
    with pytest.raises(ValueError, match="2 labels are given for 1 tags"):
        estimate_shares([0], CLASSES, scores, labels=[0, 1])
    with pytest.raises(ValueError, match="only 5 classes"):
        estimate_shares([0], CLASSES, scores, labels=[5])
