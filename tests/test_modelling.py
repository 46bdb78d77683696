"""Estimators: scikit-learn's manners, the same bytes everywhere, defined answers."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import digamma
from sklearn.utils.estimator_checks import parametrize_with_checks

from topics.errors import OptionsError
from topics.modelling import Clusters, KMeans, Lda, Nmf, infer
from topics.modelling.clusters import MASS, damped, drawn_start, most_agreed, second_opinion
from topics.modelling.inference import exp_digamma
from topics.modelling.start import factorise, inverse_frequencies, truncated_svd, unit, weigh

MODELS = [Lda(3), Nmf(3), KMeans(3), Clusters(3)]


def planted(n: int = 120, words: int = 30, topics: int = 3, seed: int = 1) -> sparse.csr_matrix:
    """Documents that each draw 20 words, four in five from the block of their topic."""
    draw = np.random.default_rng(seed)
    rows = np.zeros((n, words))
    block = words // topics
    for row in range(n):
        own = (row % topics) * block + draw.integers(block, size=16)
        np.add.at(rows[row], np.r_[own, draw.integers(words, size=4)], 1)
    return sparse.csr_matrix(rows)


@parametrize_with_checks([Lda(2, passes=5), Nmf(2), KMeans(2), Clusters(2, rounds=3)])
def test_estimators_have_scikit_learn_manners(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("engine", ["gensim", "sklearn"])
def test_other_engines_are_had_by_name(engine: Any) -> None:
    model = Lda(3, engine=engine, passes=3).fit(planted())
    assert model.components_.shape == (3, 30)
    np.testing.assert_allclose(model.transform(planted()).sum(axis=1), 1)
    np.testing.assert_allclose(model.components_.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("engine", ["gensim", "sklearn"])
def test_other_engines_are_told_the_priors(engine: Any) -> None:
    few = Lda(3, engine=engine, passes=3, alpha=0.1, eta=0.1).fit(planted())
    many = Lda(3, engine=engine, passes=3, alpha=1.0, eta=1.0).fit(planted())
    assert (few.alpha_.tolist(), many.alpha_.tolist()) == ([pytest.approx(0.1)] * 3, [1.0] * 3)
    assert few.components_.max() > many.components_.max()
    assert few.transform(planted()).max() > many.transform(planted()).max()


@pytest.mark.parametrize("model", MODELS)
def test_topics_have_names_as_columns(model: Any) -> None:
    name = type(model).__name__.lower()
    names = model.fit(planted()).get_feature_names_out()
    assert names.tolist() == [f"{name}{n}" for n in range(3)]


@pytest.mark.parametrize("model", MODELS)
def test_planted_topics_are_found(model: Any) -> None:
    counts = planted()
    weights = model.fit(counts).transform(counts)
    found = weights.argmax(axis=1)
    truth = np.arange(len(found)) % 3
    assert sum(np.bincount(truth[found == k]).max() for k in range(3)) >= 118
    for row in model.components_:
        assert len({word // 10 for word in row.argsort()[-8:]}) == 1


@pytest.mark.parametrize("model", MODELS)
def test_rows_sum_to_one_and_largest_topic_is_first(model: Any) -> None:
    counts = planted()[:100]
    fitted = model.fit(counts)
    np.testing.assert_allclose(fitted.transform(counts).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(fitted.components_.sum(axis=1), 1, rtol=1e-6)
    assert list(fitted.share_) == sorted(fitted.share_, reverse=True)
    assert fitted.share_.sum() == pytest.approx(1)


@pytest.mark.parametrize("model", MODELS)
def test_a_document_has_the_same_topics_in_every_company(model: Any) -> None:
    counts = planted(200)
    fitted = model.fit(counts)
    together = fitted.transform(counts)
    order = np.random.default_rng(0).permutation(200)
    assert fitted.transform(counts[order]).tobytes() == together[order].tobytes()
    alone = np.vstack([fitted.transform(counts[row]) for row in range(0, 200, 7)])
    assert alone.tobytes() == together[::7].tobytes()
    assert fitted.transform(counts[3:14]).tobytes() == together[3:14].tobytes()


@pytest.mark.parametrize("model", MODELS)
def test_a_document_without_a_known_word_is_flagged_and_has_equal_weights(model: Any) -> None:
    fitted = model.fit(planted())
    empty = sparse.csr_matrix((2, 30))
    assert fitted.transform(empty).tolist() == [[1 / 3] * 3] * 2
    assert fitted.unknown(empty).tolist() == [True, True]
    assert not fitted.unknown(planted()).any()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "counts",
    [np.ones((2, 5)), np.ones((1, 4)), np.zeros((4, 6)), np.full((5, 1), 2.0), np.eye(2)],
    ids=["fewer documents than topics", "one document", "all empty", "one word", "two words"],
)
def test_degenerate_input_has_a_defined_result(model: Any, counts: NDArray[np.float64]) -> None:
    fitted = model.fit(counts)
    assert np.isfinite(fitted.components_).all()
    np.testing.assert_allclose(fitted.transform(counts).sum(axis=1), 1)
    np.testing.assert_allclose(fitted.components_.sum(axis=1), 1, rtol=1e-6)
    assert fitted.share_.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Lda(engine="mallet"), "did you mean|allowed"),
        (Lda(0), "1 to 1000"),
        (Lda(2.5), "whole number"),  # type: ignore[arg-type]
        (Lda(eta=0), "above 0"),
        (Lda(passes=2.5), "passes is 2.5; use a whole number"),  # type: ignore[arg-type]
        (Lda(alpha=float("nan")), "above 0"),
        (Lda(eta=3, engine="sklearn"), "1 at most"),
        (Nmf(weighting="bm25"), "allowed"),
        (Nmf(rounds=-1), "rounds is -1; use a whole number of 1 or more"),
        (Nmf(tolerance=-1), "0 or more"),
        (Nmf(seed=-1), "seed is -1; use a whole number from 0"),
        (KMeans(rounds=0), "of 1 or more"),
        (Clusters(3, rounds=0), "rounds is 0; use a whole number of 1 or more"),
    ],
)
def test_an_impossible_parameter_is_named(model: Any, message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        model.fit(planted())


def test_a_long_document_counts_no_more_than_a_short_one_may() -> None:
    counts = sparse.csr_matrix(np.vstack([np.full(300, 2.0), np.r_[np.ones(9), np.zeros(291)]]))
    sums = np.asarray(damped(counts).sum(axis=1)).ravel()
    np.testing.assert_allclose(sums, [MASS, 9 * np.log(2)])


def test_a_second_opinion_sets_wrong_documents_right() -> None:
    x = weigh(planted(), inverse_frequencies(planted()))
    left, values, _ = truncated_svd(x, 10, 7)
    truth = np.eye(3)[np.arange(120) % 3]
    wrong = truth.copy()
    wrong[:12] = np.roll(truth[:12], 1, axis=1)
    found = second_opinion(left, values, wrong)
    assert (found == truth).all(axis=1).mean() >= 0.97


def test_a_drawn_start_finds_what_lies_apart_and_is_the_same_again() -> None:
    truth = np.arange(90) % 3
    noise = np.random.default_rng(2).normal(0, 0.05, (90, 3))
    points = unit((np.eye(3)[truth] + noise).astype(np.float32))
    found, again = (drawn_start(points, 3, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(found, again)
    assert len(set(zip(truth.tolist(), found.tolist(), strict=True))) == 3


def test_a_drawn_start_takes_any_of_texts_that_are_all_the_same() -> None:
    found = drawn_start(np.ones((4, 1), dtype=np.float32), 3, np.random.default_rng(5))
    assert set(found.tolist()) == {0}


def test_the_answer_that_agrees_most_is_taken_whatever_its_numbers() -> None:
    one = np.repeat([0, 1, 2], 10)
    near = np.r_[one[:-2], 0, 0]
    other = np.tile([0, 1, 2], 10)
    assert most_agreed([other, near, one, 2 - one]) == 2
    assert most_agreed([other]) == 0
    assert most_agreed([np.zeros(5, dtype=np.intp)] * 2) == 0


def test_more_passes_explain_the_text_better() -> None:
    counts = planted(300)

    def likelihood(passes: int) -> float:
        model = Lda(3, passes=passes).fit(counts)
        words = model.transform(counts) @ model.components_
        return float(counts.multiply(np.log(words)).sum())

    values = [likelihood(passes) for passes in (1, 3, 10)]
    assert values == sorted(values)


def test_exp_digamma_is_near_the_true_one() -> None:
    x = np.geomspace(0.02, 1e4, 500).astype(np.float32)
    np.testing.assert_allclose(exp_digamma(x), np.exp(digamma(x.astype(float))), rtol=1.1e-3)


def test_factors_are_not_negative_and_come_near() -> None:
    x = planted().astype(np.float32)
    w, h = factorise(x, 3, rounds=50, seed=0)
    assert w.min() >= 0
    assert h.min() >= 0
    rest = np.linalg.norm(x.toarray() - w @ h)
    best = np.linalg.norm(np.linalg.svd(x.toarray())[1][3:])
    assert rest <= 1.05 * best


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 700), min_size=1, max_size=12),
    n_topics=st.sampled_from([1, 2, 5, 20, 129, 1000]),
    variational=st.booleans(),
    seed=st.integers(0, 99),
)
def test_inference_is_the_same_alone_and_in_any_batch(
    lengths: list[int],
    n_topics: int,
    variational: bool,  # noqa: FBT001  # hypothesis gives it by name
    seed: int,
) -> None:
    draw = np.random.default_rng(seed)
    phi = draw.dirichlet(np.full(800, 0.05), n_topics)
    rows = [np.sort(draw.choice(800, length, replace=False)) for length in lengths]
    counts = [draw.integers(1, 9, length) for length in lengths]
    indptr = np.r_[0, np.cumsum(lengths)]
    how = {"variational": variational, "max_rounds": 12}
    both = infer(indptr, np.concatenate(rows), np.concatenate(counts), phi, 0.1, **how)
    np.testing.assert_allclose(both.sum(axis=1), 1, rtol=1e-9)
    for row, (words, numbers) in enumerate(zip(rows, counts, strict=True)):
        alone = infer(np.array([0, len(words)]), words, numbers, phi, 0.1, **how)
        assert alone.tobytes() == both[row : row + 1].tobytes()


class EvenStart:
    """Stands in for gensim's random state: every document begins with equal topics, as ours."""

    def gamma(self, _shape: float, _scale: float, size: tuple[int, int]) -> NDArray[np.float64]:
        return np.ones(size)


@pytest.mark.parametrize("start", ["drawn", "even"])
def test_inference_agrees_with_gensim(start: str) -> None:
    from gensim.models import LdaModel

    counts = planted(300)
    starts = counts.indptr
    corpus = [
        list(zip(counts.indices[a:b].tolist(), counts.data[a:b].tolist(), strict=True))
        for a, b in itertools.pairwise(starts)
    ]
    model = LdaModel(corpus, 3, id2word={n: str(n) for n in range(30)}, passes=5, random_state=0)
    if start == "even":
        model.random_state = EvenStart()
    theirs = model.inference(corpus)[0]
    ours = infer(
        starts, counts.indices, counts.data, model.expElogbeta, model.alpha, variational=True
    )
    cosines = (ours * theirs).sum(axis=1)
    cosines /= np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    assert cosines.min() >= 0.999
    assert cosines.mean() >= (0.9999 if start == "even" else 0.999)


DIGEST = """
import hashlib, numpy as np
from scipy import sparse
from topics.modelling import Clusters, GuidedLda, KMeans, Lda, Nmf
counts = sparse.csr_matrix(np.random.default_rng(3).poisson(0.05, (900, 700)).astype(float))
counts.data = np.ceil(counts.data * 4)
def show(fitted):
    for array in (fitted.components_, fitted.share_, fitted.transform(counts)):
        print(hashlib.sha256(array.tobytes()).hexdigest())
for model in (Lda(30, passes=4), Nmf(30, rounds=8), KMeans(30), Clusters(30, rounds=3)):
    show(model.fit(counts))
known = np.random.default_rng(4).dirichlet(np.ones(3), 900)
show(GuidedLda(30, seeds=[{1: 1.0}, {2: 1.0}, {}], passes=4).fit(counts, known))
"""


def test_models_are_the_same_bytes_on_one_and_two_threads_and_in_processes_side_by_side() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST],
            env={
                **os.environ,
                "OPENBLAS_NUM_THREADS": threads,
                "OMP_NUM_THREADS": threads,
                "PYTHONHASHSEED": hashes,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        for threads, hashes in (("1", "1"), ("2", "2"), ("1", "3"))
    ]
    digests = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(digests[0].split()) == 15
    assert len(set(digests)) == 1


@pytest.mark.slow
def test_discovery_is_the_same_bytes_in_processes_with_other_hashes(tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    file = tmp_path / "cut.txt"
    lines = [" ".join(f"w{n % 3 * 12 + w}" for w in draw.integers(12, size=15)) for n in range(120)]
    file.write_text("\n".join(lines), encoding="utf-8")
    call = [
        sys.executable,
        "-m",
        "topics",
        "discover",
        str(file),
        "--tokenized",
        "--format",
        "json",
    ]
    runs = [
        subprocess.run(
            [*call, "--topics", "3"],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
            check=True,
            capture_output=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(runs[0]) > 500
    assert runs[0] == runs[1]


def test_inference_loads_numpy_and_nothing_heavier() -> None:
    code = (
        "import sys, topics.modelling.inference;"
        "print({'scipy', 'sklearn', 'gensim', 'joblib'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "set()"
