"""Topic models tag: what the words add sums to the score, in words, whatever the method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_assembly import TEXTS
from topics.corpus import Article, Corpus, Part
from topics.mapping import count_words, learn_mixture
from topics.mixture import TopicMixture
from topics.options import METHODS, Options
from topics.preparing import prepare
from topics.seeding import weak_labels
from topics.tagging import Tagger
from topics.themes import parse_themes

KINDS = tuple(method for method in METHODS if method != "tfidf")


def learn(method: str) -> tuple[Tagger, TopicMixture]:
    themes = parse_themes(
        '[[theme]]\ncode = "water"\nzh = "水"\nseeds = ["河水", "水渠"]\n'
        '[[theme]]\ncode = "light"\nzh = "灯"\nseeds = ["路灯", "灯光"]\n'
    )
    options = Options(method=method, topics=7)  # type: ignore[arg-type]  # one of them
    found = prepare(Corpus((Article(tuple(map(Part, TEXTS * 6))),)), themes, None, options)
    counts, words = count_words(found.tokens, themes, frozenset())
    known = weak_labels([part.text for part in found.parts], found.tokens, themes)
    mixture = learn_mixture(counts, words, known, themes, options).mixture
    return Tagger(themes, mixture, found.segmenter, method), mixture


LEARNED = {method: learn(method) for method in KINDS}
TEXT = st.lists(st.sampled_from([*TEXTS, "河水路灯", "竹篮", "x", "。", "石桥夜市"])).map("".join)


@pytest.mark.parametrize("method", KINDS)
@given(texts=st.lists(TEXT, min_size=1, max_size=4))
def test_what_the_words_add_sums_to_the_score(method: str, texts: Sequence[str]) -> None:
    tagger, mixture = LEARNED[method]
    scores = mixture.score(mixture.read(texts, tagger.segmenter))
    for text, row in zip(texts, scores, strict=True):
        for column, code in enumerate(tagger.themes.classes):
            added = sum(evidence.weight for evidence in tagger.explain(text, code))
            assert added == pytest.approx(row[column] - row.mean(), abs=1e-9)


@pytest.mark.parametrize("method", KINDS)
def test_scores_count_the_words_and_with_the_prior_are_the_mixture(method: str) -> None:
    tagger, mixture = LEARNED[method]
    reading = mixture.read([*TEXTS, "", "zzz"], tagger.segmenter)
    scores, counts = mixture.score(reading), reading.counts
    words = counts.data * mixture.word_weights[counts.indices]
    rows = np.repeat(np.arange(len(scores)), np.diff(counts.indptr))
    known = np.bincount(rows, words, minlength=len(scores))
    np.testing.assert_allclose(scores.sum(axis=1), known, rtol=1e-5)
    parts = (scores + mixture.prior)[: len(TEXTS)]
    of_class = np.eye(mixture.n_classes)[list(mixture.classes)]
    shares = (reading.topics @ of_class)[: len(TEXTS)]
    np.testing.assert_allclose(parts / parts.sum(axis=1, keepdims=True), shares, atol=1e-6)


@pytest.mark.parametrize("method", KINDS)
def test_a_seed_speaks_for_its_theme_and_one_of_another_against_it(method: str) -> None:
    tagger, _ = LEARNED[method]
    weights = {word.word: word.weight for word in tagger.explain("水渠边的路灯。", "water")}
    assert weights["水渠"] > 0 > weights["路灯"]
    assert weights["。"] == 0


@pytest.mark.parametrize("method", KINDS)
def test_a_text_is_explained_the_same_alone_and_in_a_batch(method: str) -> None:
    tagger, mixture = LEARNED[method]
    columns = np.arange(len(TEXTS)) % mixture.n_classes
    reading = mixture.read(TEXTS, tagger.segmenter)
    together = mixture.explain(reading, columns)
    for n, text in enumerate(TEXTS):
        alone = mixture.explain(mixture.read([text], tagger.segmenter), columns[n : n + 1])
        assert alone.tobytes() == together[reading.words.docs == n].tobytes()
