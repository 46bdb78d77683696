"""ThemeClassifier has scikit-learn's manners, and learns from labels, seeds, or both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

import topics
from topics.estimating import ThemeClassifier

PLACES = ("柳河", "青田", "北桥", "南坝", "东岭", "西塘", "白石", "红枫")
CARE = [f"{place}社区为老人开办食堂，护工上门照看老人" for place in PLACES]
SPORT = [f"{place}队在联赛里进球，主教练换上新的前锋" for place in PLACES]
TEXTS = [*CARE, *SPORT]
NAMES = ["养老"] * len(CARE) + ["体育"] * len(SPORT)
SEEDS = {"养老": ["老人", "护工"], "体育": {"进球": 1.0, "联赛": 2.0}}


@parametrize_with_checks([ThemeClassifier()])
def test_scikit_learns_own_checks_pass(estimator: Any, check: Any) -> None:
    check(estimator)


def test_it_is_a_public_name() -> None:
    assert topics.ThemeClassifier is ThemeClassifier


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_labelled_texts_teach(kind: Any) -> None:
    found = ThemeClassifier().fit(kind(TEXTS), NAMES)
    assert found.classes_.tolist() == ["体育", "养老"]
    assert found.predict(["河口队的主教练", "老人食堂"]).tolist() == ["体育", "养老"]
    assert np.allclose(found.predict_proba(TEXTS).sum(axis=1), 1)


def test_seed_words_alone_teach() -> None:
    found = ThemeClassifier(SEEDS).fit(TEXTS)
    assert found.predict(TEXTS).tolist() == NAMES
    assert found.predict(["主教练换上前锋"]).tolist() == ["体育"]  # no seed word stands in it


@pytest.mark.parametrize(
    ("labels", "unlabelled"),
    [
        (["养老", *[None] * 7, "体育", *[None] * 7], None),
        (["养老", *["?"] * 7, "体育", *["?"] * 7], "?"),
        ([1, *[-1] * 7, 0, *[-1] * 7], -1),
        (np.array([1.0, *[np.nan] * 7, 0.0, *[np.nan] * 7]), -1),
    ],
)
def test_texts_without_a_label_may_stand_among_the_others(labels: Any, unlabelled: Any) -> None:
    found = ThemeClassifier(unlabelled=unlabelled).fit(TEXTS, labels)
    assert len(found.classes_) == 2
    wanted = [labels[0]] * len(CARE) + [labels[8]] * len(SPORT)
    assert found.predict(TEXTS).tolist() == wanted


def test_seeds_and_labels_teach_together() -> None:
    farming = [f"{place}村的水稻熟了，农户收割" for place in PLACES]
    labels = [*[None] * len(TEXTS), *["农业"] * len(PLACES)]
    found = ThemeClassifier(SEEDS).fit([*TEXTS, *farming], labels)
    assert sorted(found.classes_) == sorted(["养老", "体育", "农业"])
    assert found.predict(["青田村的水稻", *TEXTS]).tolist() == ["农业", *NAMES]


def test_none_of_these_may_be_a_class() -> None:
    rest = [f"{place}的天气转晴，气温回升" for place in PLACES]
    found = ThemeClassifier(SEEDS, other="其他").fit([*TEXTS, *rest])
    assert found.predict([*TEXTS, *rest]).tolist() == [*NAMES, *["其他"] * len(rest)]


def test_rows_of_numbers_teach_too() -> None:
    counts = np.random.default_rng(0).poisson(1, (60, 8)).astype(float)
    counts[:30, 0] += 4
    labels = ["甲"] * 30 + ["乙"] * 30
    assert ThemeClassifier().fit(counts, labels).score(counts, labels) > 0.9


def test_it_works_with_scikit_learns_tools() -> None:
    again = clone(ThemeClassifier(SEEDS, folds=3))
    assert again.get_params()["folds"] == 3
    assert cross_val_score(ThemeClassifier(), TEXTS, NAMES, cv=4).min() == 1


def test_the_same_texts_give_the_same_numbers() -> None:
    first, second = (ThemeClassifier(SEEDS).fit(TEXTS).predict_proba(TEXTS) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ThemeClassifier().fit(TEXTS), "requires y to be passed"),
        (lambda: ThemeClassifier().fit("一段话", ["甲"]), "give a list"),
        (lambda: ThemeClassifier().fit(["甲", 3], ["甲", "乙"]), "entry 1 is 3, no text"),
        (lambda: ThemeClassifier().fit(TEXTS, NAMES[:3]), "inconsistent numbers of samples"),
        (lambda: ThemeClassifier(SEEDS).fit(np.eye(2)), "seeds are words"),
        (lambda: ThemeClassifier().fit(TEXTS, [None] * 16), "no known class"),
        (lambda: ThemeClassifier().fit(TEXTS, NAMES).predict(np.eye(2)), "fitted on texts"),
        (lambda: ThemeClassifier().fit(np.eye(4), [0, 1, 0, 1]).predict(TEXTS), "rows of numbers"),
    ],
)
def test_what_cannot_be_learned_from_is_a_value_error(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
