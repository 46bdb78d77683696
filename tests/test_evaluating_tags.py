"""Scores of tags: against scikit-learn, by invariants, and with nothing to score."""

from __future__ import annotations

import dataclasses
import json
import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from topics import evaluating
from topics.evaluating.shares import estimate_shares
from topics.evaluating.tags import multi_label_f1, score
from topics.findings import Scores

CLASSES = ("a", "b", "c", "d", "other")
K = len(CLASSES)


def made(n: int, seed: int, accuracy: float = 0.8) -> tuple[list[int], NDArray[np.float64]]:
    """Gold labels, and probabilities whose best class is right ``accuracy`` of the time."""
    rng = np.random.default_rng(seed)
    gold = rng.choice(K, n, p=(0.3, 0.25, 0.2, 0.05, 0.2))
    table = rng.dirichlet(np.full(K, 0.5), n)
    rows = np.arange(n)[rng.random(n) < accuracy]
    table[rows, gold[rows]] += 1
    return gold.tolist(), table / table.sum(axis=1, keepdims=True)


GOLD = st.lists(st.integers(-1, K - 1), max_size=40)


@settings(max_examples=40, deadline=None)
@given(GOLD, st.integers(0, 99))
def test_scores_agree_with_scikit_learn(gold: list[int], seed: int) -> None:
    table = np.random.default_rng(seed).dirichlet(np.ones(K), len(gold)).reshape(-1, K)
    scores = score(gold, table, CLASSES)
    kept = [n for n, wanted in enumerate(gold) if wanted >= 0]
    wanted, found = [gold[n] for n in kept], [int(table[n].argmax()) for n in kept]
    assert scores.n == len(kept)
    for value in scores.by_theme.values():
        assert 0 <= value.f1_low <= value.f1 <= value.f1_high <= 1
    assert 0 <= scores.macro_f1_low <= scores.macro_f1 <= scores.macro_f1_high <= 1
    if not kept:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = precision_recall_fscore_support(
            wanted, found, labels=range(K), zero_division=0, average=None
        )
        macro = f1_score(wanted, found, average="macro", zero_division=0)
    ours = [(s.precision, s.recall, s.f1, s.support) for s in scores.by_theme.values()]
    assert np.allclose(np.array(ours).T, np.array(theirs))
    assert scores.macro_f1 == pytest.approx(macro)
    assert np.array_equal(scores.confusion, confusion_matrix(wanted, found, labels=range(K)))
    assert scores.accuracy == pytest.approx(np.mean(np.array(wanted) == found))


def test_the_order_of_the_paragraphs_does_not_matter() -> None:
    gold, table = made(300, 1)
    table = table.round(1)  # many ties
    order = np.random.default_rng(0).permutation(300)
    again = score([gold[n] for n in order], table[order], CLASSES)
    first = score(gold, table, CLASSES)
    assert first.confusion == again.confusion
    assert (first.macro_f1_low, first.macro_f1_high) == (again.macro_f1_low, again.macro_f1_high)
    assert np.allclose(first.risk_coverage, again.risk_coverage)
    assert np.allclose(first.calibration, again.calibration)


def test_bootstrap_intervals_hold_what_they_promise() -> None:
    truth = score(*made(200_000, 0), CLASSES)
    inside = [
        s.macro_f1_low <= truth.macro_f1 <= s.macro_f1_high
        for s in (score(*made(250, seed), CLASSES) for seed in range(1, 121))
    ]
    assert 0.87 <= np.mean(inside) <= 0.99  # 95 % nominal, 120 trials


def in_articles(articles: int, seed: int) -> tuple[list[int], list[int]]:
    """Return tags, ten an article, most of them of its own theme, and the articles."""
    rng = np.random.default_rng(seed)
    own = rng.choice(K, articles, p=(0.3, 0.25, 0.2, 0.05, 0.2)).repeat(10)
    tags = np.where(rng.random(len(own)) < 0.7, own, rng.integers(0, K, len(own)))
    return tags.tolist(), np.arange(articles).repeat(10).tolist()


def test_intervals_of_shares_hold_where_articles_keep_to_their_theme() -> None:
    truth = estimate_shares(in_articles(50_000, 0)[0], CLASSES, None)[0].estimate
    inside, alone = [], []
    for seed in range(1, 201):
        tags, articles = in_articles(40, seed)
        for found, known in ((inside, articles), (alone, [])):
            share = estimate_shares(tags, CLASSES, None, articles=known)[0]
            found.append(share.low <= truth <= share.high)
    assert 0.89 <= np.mean(inside) <= 0.99  # 95 % nominal, 200 trials
    assert np.mean(alone) < 0.75


def test_intervals_are_never_narrower_for_knowing_the_articles() -> None:
    gold, table = made(200, 3)
    plain = score(gold, table, CLASSES)
    for size in (20, 23, 200, 1):
        known = score(gold, table, CLASSES, articles=[n // size for n in range(200)])
        assert known.macro_f1_low <= plain.macro_f1_low
        assert known.macro_f1_high >= plain.macro_f1_high
        assert (known == plain) == (size != 20)  # nine articles say nothing, nor do single ones
    with pytest.raises(ValueError, match="3 articles are given for 200 paragraphs"):
        score(gold, table, CLASSES, articles=[1, 2, 3])


def test_all_right_is_no_certainty() -> None:
    gold = [0, 1, 2] * 4
    scores = score(gold, np.eye(K)[gold], CLASSES)
    assert scores.macro_f1 == scores.macro_f1_high == 1
    assert 0.3 < scores.macro_f1_low < 0.9
    assert scores.by_theme["a"].f1_low < 0.9
    assert (scores.by_theme["d"].f1, scores.by_theme["d"].support) == (0, 0)
    assert (scores.by_theme["d"].f1_low, scores.by_theme["d"].f1_high) == (0, 1)
    assert scores.calibration_error == 0
    assert scores.calibration == ((1.0, 1.0, 12),)


def test_nothing_and_one_row_are_defined() -> None:
    for gold, table in (([], np.zeros((0, K))), ([], []), ([-1], np.full((1, K), 0.2))):
        scores = score(gold, table, CLASSES)  # type: ignore[arg-type]
        assert (scores.n, scores.accuracy, scores.macro_f1) == (0, 0, 0)
        assert (scores.macro_f1_low, scores.macro_f1_high) == (0, 1)
        assert scores.risk_coverage == scores.calibration == ()
        assert scores.accuracy_at(0.8) == 0
    one = score([2], np.eye(K)[[1]], CLASSES)
    assert (one.accuracy, one.macro_f1, one.calibration_error) == (0, 0, 1)
    assert one.risk_coverage == ((1.0, 0.0),)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 5\); need \(1, 5\)"):
        score([0], np.zeros((2, K)), CLASSES)
    with pytest.raises(ValueError, match="only 5 classes"):
        score([5], np.ones((1, K)), CLASSES)
    with pytest.raises(ValueError, match="finite"):
        score([0], np.full((1, K), np.nan), CLASSES)


def test_calibration_error_by_hand() -> None:
    table = np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65], [0.35, 0.65]])
    scores = score([0, 1, 1, 1], table, ("a", "b"))
    assert scores.calibration_error == pytest.approx((abs(0.95 - 0.5) + abs(0.65 - 1)) / 2)
    assert scores.calibration == ((pytest.approx(0.65), 1, 2), (pytest.approx(0.95), 0.5, 2))


@pytest.mark.parametrize("n", [1, 2, 99, 100, 101, 102, 5000])
def test_risk_coverage_is_thin_and_ends_at_accuracy(n: int) -> None:
    gold, table = made(n, n)
    scores = score(gold, table, CLASSES)
    coverage = [c for c, _ in scores.risk_coverage]
    assert coverage == sorted(set(coverage))
    assert len(coverage) == min(n, 101)
    assert coverage[-1] == 1
    assert scores.risk_coverage[-1][1] == pytest.approx(scores.accuracy)
    sure = np.argsort(-table.max(axis=1))[: -(-n * 8 // 10)]
    right = (table.argmax(axis=1) == gold)[sure].mean()
    assert scores.accuracy_at(0.8) == pytest.approx(right)


def test_scoring_is_fast_and_repeatable() -> None:
    gold, table = made(20_000, 3)
    start = time.perf_counter()
    scores = score(gold, table, CLASSES, how="held out")
    assert time.perf_counter() - start < 2
    assert scores == score(gold, table, CLASSES, how="held out")
    assert scores.how == "held out"
    assert json.loads(json.dumps(dataclasses.asdict(scores)))["classes"] == list(CLASSES)


# --- shares ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(GOLD, st.lists(st.integers(-1, K - 1), max_size=40), st.integers(0, 9))
def test_shares_lie_on_the_simplex(gold: list[int], tags: list[int], seed: int) -> None:
    table = np.random.default_rng(seed).dirichlet(np.ones(K), len(gold)).reshape(-1, K)
    for scores in (None, score(gold, table, CLASSES)):
        shares = estimate_shares(tags, CLASSES, scores, seed)
        assert [s.theme for s in shares] == list(CLASSES)
        any_tag = any(tag >= 0 for tag in tags)
        assert sum(s.estimate for s in shares) == pytest.approx(float(any_tag))
        assert sum(s.counted for s in shares) == pytest.approx(float(any_tag))
        assert all(0 <= s.low <= s.estimate <= s.high <= 1 for s in shares)
        if not any_tag:
            assert all((s.low, s.high) == (0, 1) for s in shares)


def drawn(seed: int) -> tuple[Scores, list[int], NDArray[np.float64]]:
    """Scores from one mix of themes, tags from another, and the true shares of the other."""
    rng = np.random.default_rng(seed)
    rates = 0.75 * np.eye(K) + 0.25 * rng.dirichlet(np.ones(K), K)
    true = rng.dirichlet(np.full(K, 1.5))
    gold = rng.integers(0, K, 600)
    found = [int(rng.choice(K, p=rates[g])) for g in gold]
    tags = rng.choice(K, 1000, p=true @ rates)
    return score(gold.tolist(), np.eye(K)[found], CLASSES), tags.tolist(), true


def test_corrected_shares_are_nearer_to_the_truth_than_counted_ones() -> None:
    corrected, counted, inside = [], [], []
    for seed in range(20):
        scores, tags, true = drawn(seed)
        shares = estimate_shares(tags, CLASSES, scores)
        corrected.append(np.abs([s.estimate - t for s, t in zip(shares, true, strict=True)]))
        counted.append(np.abs([s.counted - t for s, t in zip(shares, true, strict=True)]))
        inside += [s.low <= t <= s.high for s, t in zip(shares, true, strict=True)]
    assert np.mean(corrected) < 0.75 * np.mean(counted)
    assert np.mean(inside) > 0.87  # 95 % nominal, 100 intervals


def test_shares_without_errors_stay_as_counted() -> None:
    gold = list(range(K)) * 200
    scores = score(gold, np.eye(K)[gold], CLASSES)
    shares = estimate_shares([0] * 50 + [1] * 50, CLASSES, scores)
    assert [s.estimate for s in shares] == pytest.approx([0.5, 0.5, 0, 0, 0], abs=0.01)


def test_shares_without_labels_are_counted_with_wilsons_interval() -> None:
    first, *rest = estimate_shares([0] * 10, CLASSES, None)
    assert (first.counted, first.estimate, first.high) == (1, 1, 1)
    assert first.low == pytest.approx(0.7225, abs=1e-3)
    assert all(s.low == 0 < s.high < 0.3 for s in rest)


def test_shares_of_other_classes_are_refused() -> None:
    scores = score([0], np.eye(K)[[0]], CLASSES)
    with pytest.raises(ValueError, match="the scores are of"):
        estimate_shares([0], ("a", "b"), scores)
    with pytest.raises(ValueError, match="only 5 classes"):
        estimate_shares([7], CLASSES, None)


def test_many_classes_stay_quick() -> None:
    many = tuple(map(str, range(119)))
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 119, 1000)
    start = time.perf_counter()
    scores = score(gold.tolist(), np.eye(119)[(gold + (rng.random(1000) < 0.3)) % 119], many)
    shares = estimate_shares(gold.tolist(), many, scores)
    assert time.perf_counter() - start < 5
    assert sum(s.estimate for s in shares) == pytest.approx(1)


# --- several themes at once ------------------------------------------------------------------

SETS = st.lists(st.tuples(st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3))), max_size=12)


@settings(max_examples=40, deadline=None)
@given(SETS)
def test_multi_label_f1_agrees_with_scikit_learn(pairs: list[tuple[set[int], set[int]]]) -> None:
    gold, found = [g for g, _ in pairs], [f for _, f in pairs]
    ours = multi_label_f1(gold, found)
    seen = sorted(set().union(*gold, *found))
    assert ours.n == len(pairs)
    if not pairs or not seen:
        assert (ours.micro, ours.macro, ours.exact) == (len(pairs) > 0,) * 3
        return
    binary = MultiLabelBinarizer(classes=range(5))
    a, b = binary.fit_transform(gold), binary.fit_transform(found)
    for ours_now, average in ((ours.micro, "micro"), (ours.macro, "macro")):
        theirs = f1_score(a, b, labels=seen, average=average, zero_division=0)
        assert ours_now == pytest.approx(theirs)
    assert ours.exact == pytest.approx((a == b).all(axis=1).mean())


def test_paragraphs_without_gold_tags_are_left_out() -> None:
    assert multi_label_f1([None, {"a"}], [{"b"}, {"a"}]).n == 1
    with pytest.raises(ValueError, match="shorter"):
        multi_label_f1([{"a"}], [])


def test_the_names_are_reached_lazily() -> None:
    assert evaluating.score is score
    assert {"score", "estimate_shares", "multi_label_f1", "TagScores"} <= set(evaluating.__all__)
