"""Topic scores: equal to gensim's, within their ranges, right on cases done by hand."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from gensim.corpora import Dictionary
from gensim.models import CoherenceModel
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from topics.errors import InputError
from topics.evaluating import intrusion
from topics.evaluating.topics import (
    by_document,
    c_v,
    completion_perplexity,
    diversity,
    exclusivity,
    frex,
    halves,
    mean_frex,
    npmi,
    perplexity,
    stability,
    topic_npmi,
)

LETTERS = "abcdefgh"
TOPICS = [["a", "b", "c"], ["d", "e", "f"]]


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(LETTERS + "xyz"), max_size=25), max_size=12),
    window=st.integers(2, 12),
)
def test_npmi_is_gensims_to_the_last_digit(texts: list[list[str]], window: int) -> None:
    every = [*texts, list(LETTERS)]  # gensim refuses words that stand nowhere
    model = CoherenceModel(
        topics=TOPICS,
        texts=every,
        dictionary=Dictionary(every),
        coherence="c_npmi",
        window_size=window,
        topn=3,
        processes=1,
    )
    np.testing.assert_allclose(
        npmi(TOPICS, every, window=window), model.get_coherence_per_topic(), atol=1e-12
    )


def test_npmi_of_words_that_stand_nowhere_or_alone_is_zero() -> None:
    assert npmi([["a", "never"], ["a"], []], [["a", "b"]] * 3).tolist() == [0, 0, 0]


def test_npmi_without_texts_takes_the_whole_document_as_window() -> None:
    counts = sparse.csr_matrix([[1, 2, 0], [1, 0, 3], [0, 0, 1], [2, 1, 0]])
    texts = [["a", "b", "b"], ["a", "c", "c", "c"], ["c"], ["a", "a", "b"]]
    by_window = npmi([["a", "b"], ["a", "c"]], texts, window=10)
    together = by_document([[0, 1], [0, 2]], counts)
    values = [topic_npmi(["0", "1"], together), topic_npmi(["0", "2"], together)]
    np.testing.assert_allclose(values, by_window)


def test_c_v_puts_words_that_stand_together_first() -> None:
    texts = [["a", "b", "c"], ["d", "e", "f"]] * 20 + [["a", "d"]]
    values = c_v([["a", "b", "c"], ["a", "e", "f"]], texts)
    assert values[0] > values[1]


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(LETTERS + "xyz"), max_size=25), max_size=12),
    window=st.integers(2, 30),
)
def test_c_v_is_gensims_to_the_last_digit(texts: list[list[str]], window: int) -> None:
    every = [*texts, list(LETTERS), ["z", "z"]]
    model = CoherenceModel(
        topics=TOPICS,
        texts=every,
        dictionary=Dictionary(every),
        coherence="c_v",
        window_size=window,
        topn=3,
        processes=1,
    )
    ours = c_v(TOPICS, every, window=window)
    np.testing.assert_allclose(ours, model.get_coherence_per_topic(), atol=1e-9)


def test_c_v_of_words_that_stand_nowhere_or_alone_is_zero() -> None:
    assert c_v([["never", "ever"], ["a"], []], [["a", "b"]] * 3).tolist() == [0, 0, 0]


def test_diversity_exclusivity_and_frex() -> None:
    assert diversity([["a", "b"], ["b", "c"]]) == pytest.approx(0.75)
    assert diversity([]) == 0
    components = np.array([[0.6, 0.4, 0.0], [0.0, 0.4, 0.6]])
    assert exclusivity(components, [[0], [1]]).tolist() == [1.0, 0.5]
    scores = frex(components)
    assert scores.shape == (2, 3)
    assert scores[0].argmax() == 0
    assert scores[1].argmax() == 2
    assert ((scores > 0) & (scores <= 1)).all()
    own, foreign = mean_frex(components, [[0], [0]])
    assert own > foreign
    assert mean_frex(components, [[], [2]])[0] == 0


def test_halves_add_up_and_a_true_model_foretells_better() -> None:
    counts = sparse.csr_matrix(np.random.default_rng(0).integers(0, 5, (40, 12)), dtype=float)
    seen, hidden = halves(counts)
    assert abs(seen + hidden - counts).nnz == 0
    flat = np.full((1, 12), 1 / 12)
    ones = np.ones((40, 1))
    assert perplexity(ones, flat, hidden) == pytest.approx(12)
    own = np.asarray(counts.sum(axis=0)) / counts.sum()
    assert perplexity(ones, own, counts) < perplexity(ones, flat, counts)
    assert completion_perplexity(lambda x: np.ones((x.shape[0], 1)), flat, counts) > 11.9
    assert np.isnan(perplexity(ones, flat, sparse.csr_matrix((40, 12))))


def test_stability_finds_topics_in_another_order() -> None:
    first, second = [["a", "b"], ["c", "d"]], [["d", "c"], ["b", "a"]]
    main = np.array([0, 0, 1])
    found = stability([first, second], [main, 1 - main])
    assert (found.words, found.assignments, found.by_topic) == (1.0, 1.0, (1.0, 1.0))
    other = stability([first, [["a", "x"], ["y", "z"]]], [main, main])
    assert other.words == pytest.approx(0.25)
    assert stability([first], [main]).words == 1.0


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_intrusion_sheets_are_scored_as_filled_in() -> None:
    asked = intrusion.questions([["a", "b", "c"], ["d", "e", "f"]])
    assert all(question.intruder in question.words for question in asked)
    lines = intrusion.sheet(asked).splitlines()
    assert lines[0] == "question,words,answer"
    assert all(line.endswith(",") for line in lines[1:])
    filled = "\n".join([lines[0], lines[1] + asked[0].intruder, lines[2]])
    assert intrusion.score_sheet(asked, cells(filled)) == [(0, True)]
    wrong = next(word for word in asked[0].words if word != asked[0].intruder)
    assert intrusion.score_sheet(asked, cells(f"{lines[0]}\n{lines[1]}{wrong}\n")) == [(0, False)]
    both = f"{filled}\n{lines[0]}\n{lines[1]}{wrong}\n"
    assert intrusion.score_sheet(asked, cells(both)) == [(0, True), (0, False)]
    assert intrusion.read_key(intrusion.key(asked)) == asked
    assert intrusion.chance_of(asked) == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("filled", "message"),
    [
        ("number,word\n1,a\n", "columns"),
        ("question,words,answer\n9,a b,a\n", "no question"),
        ("question,words,answer\n1,a b,nonsense\n", "none of"),
    ],
)
def test_a_spoiled_sheet_is_refused(filled: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        intrusion.score_sheet(intrusion.questions(TOPICS), cells(filled))


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', '[{"topic": 1}]', "null"])
def test_a_foreign_key_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no key of an intrusion test"):
        intrusion.read_key(text)
