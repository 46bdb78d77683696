"""Short texts have more features; scores stay the same in any batch, and are explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from topics import packing
from topics.classifying import Examples, Settings, Trained, train_classifier
from topics.enriching import LONGEST, RichFeatures, RichModel, RunFinder, are_short, learn_runs
from topics.errors import ModelError
from topics.exporting import to_pipeline
from topics.scoring import LinearModel
from topics.segmenting import Segmenter
from topics.storing import Stored
from topics.tagging import Tagger, load
from topics.themes import parse_themes
from topics.vectorizing import letters_of
from topics.vectorizing.outlines import outline_of

SEGMENTER = Segmenter()
PLACES = ("柳河", "青田", "北桥", "南坝", "东岭", "西塘", "白石", "红枫")
TEXTS = [
    text
    for place in PLACES
    for text in (
        f"{place}队3比1胜(图)",
        f"{place}房价涨了A座",
        f"{place}股市收盘跌2.5%",
        f"{place}雨",
    )
]
LABELS = [0, 1, 2, 2] * len(PLACES)
THEMES = parse_themes(
    "\n".join(
        f'[[theme]]\ncode = "{code}"\nzh = "{zh}"\nseeds = ["{zh}"]\n'
        for code, zh in (("sport", "体育"), ("house", "房产"), ("stock", "股票"))
    )
)
ANY = st.lists(st.text(alphabet="柳河队3比胜(图)房价aA ，😀\n", max_size=20), min_size=1)


def learned(**changes: object) -> Trained:
    tokens = list(SEGMENTER.cut_many(TEXTS))
    groups = [str(n) for n in range(len(TEXTS))]
    examples = Examples(texts=TEXTS, tokens=tokens, groups=groups, labels=LABELS)
    tuned = replace(Settings(rich_from=20), **changes)  # type: ignore[arg-type]  # names of fields
    return train_classifier(examples, THEMES, other=False, settings=tuned)


MODEL = learned().model


def test_many_short_texts_have_more_features_and_others_not() -> None:
    assert isinstance(MODEL, RichModel)
    assert not isinstance(learned(rich_from=100).model, RichModel)
    assert are_short(TEXTS)
    assert not are_short([text * 9 for text in TEXTS])
    assert not are_short([])


def test_support_vectors_have_half_a_say_and_see_fewer_features() -> None:
    reading = MODEL.read(TEXTS, SEGMENTER)
    counts = reading.x.indptr, reading.x.indices, reading.x.data
    x = sparse.csr_matrix((counts[2], counts[1], counts[0]), (len(TEXTS), MODEL.features.width))
    before = learned(margins=0.0).model.weights[:, :3]
    others = MODEL.weights[:, :3] - before
    widths = []
    for weights in (before, others):
        scores = x @ weights
        widths.append((scores - scores.mean(axis=1, keepdims=True)).std())
    assert widths[1] == pytest.approx(widths[0], rel=1e-3)
    features = MODEL.features
    assert isinstance(features, RichFeatures)
    runs = others[len(features.words) : features.outlining.start]
    long = features.runs[:, 2] >= 0
    assert runs[~long].any()
    assert not runs[long].any()
    assert not others[features.outlining].any()


def test_digits_letters_and_borders_are_learned() -> None:
    runs = {
        "".join("^" if c == 0 else chr(c) for c in run if c >= 0) for run in MODEL.features.runs
    }  # type: ignore[attr-defined]
    assert {"3", "(图)^", "a座^", "^柳河", "雨^", "2.5%"} <= runs
    assert "^" not in runs


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_runs_are_found_where_they_stand(texts: Sequence[str]) -> None:
    runs = learn_runs(TEXTS)
    finder = RunFinder(runs)
    found = finder.find(letters_of(texts)).stream
    known = {"".join(chr(c) for c in run if c >= 0): n for n, run in enumerate(runs)}
    wanted = []
    for number, text in enumerate(texts):
        whole = "\0" + "".join(c.lower() if c.isascii() else c for c in text) + "\0"
        pieces = (
            whole[at : at + size]
            for size in range(1, LONGEST + 1)
            for at in range(len(whole) - size + 1)
        )
        wanted += [(number, known[piece]) for piece in pieces if piece in known]
    assert sorted(zip(found.docs.tolist(), found.ids.tolist(), strict=True)) == sorted(wanted)


def test_an_outline_has_one_sign_for_each_stretch() -> None:
    found = outline_of(letters_of(["NBA火箭 102-99胜", "", "雨" * 40]))
    signs = ["a", chr(0x4E02), " ", "0", "-", "0", chr(0x4E01), "\0", "\0", chr(0x4E0F), "\0"]
    assert [chr(code) for code in found.letters.codes] == signs
    assert found.letters.lengths.tolist() == [7, 0, 1]
    assert found.begins.tolist() == [0, 1, 4, 6, 7, 10, 11, 13, 14, 15, 16, 56, 57]


def test_runs_of_outlines_are_features() -> None:
    features = MODEL.features
    assert isinstance(features, RichFeatures)
    runs = {"".join("^" if c == 0 else chr(c) for c in run if c >= 0) for run in features.outlines}
    assert f"^{chr(0x4E03)}0{chr(0x4E01)}" in runs
    assert MODEL.weights[features.outlining].any()


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_what_the_tokens_add_sums_to_the_score(texts: Sequence[str]) -> None:
    texts = [text + "雨" for text in texts]  # without a token nothing can be added to one
    reading = MODEL.read(texts, SEGMENTER)
    columns = np.arange(len(texts)) % 3
    scores = MODEL.score(reading)
    centred = (scores - scores.mean(axis=1, keepdims=True)) / MODEL.temperature
    sums = np.bincount(reading.words.docs, MODEL.explain(reading, columns), len(texts))
    np.testing.assert_allclose(sums, centred[np.arange(len(texts)), columns], atol=1e-5)


def test_a_text_has_the_same_score_alone_and_in_any_order() -> None:
    together = MODEL.score(MODEL.read(TEXTS, SEGMENTER))
    backwards = MODEL.score(MODEL.read(TEXTS[::-1], SEGMENTER))[::-1]
    alone = [MODEL.score(MODEL.read([text], SEGMENTER))[0] for text in TEXTS]
    assert together.tobytes() == backwards.tobytes() == np.array(alone).tobytes()


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    tagger = Tagger(THEMES, MODEL, SEGMENTER)
    tagger.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert isinstance(loaded.model, RichModel)
    assert loaded.weights(TEXTS).tobytes() == tagger.weights(TEXTS).tobytes()
    assert loaded.tag("柳河队3比1胜(图)") == tagger.tag("柳河队3比1胜(图)")


def test_a_pipeline_of_scikit_learn_says_the_same() -> None:
    tagger = Tagger(THEMES, MODEL, SEGMENTER)
    texts = [*TEXTS, "", "zzz"]
    assert np.allclose(to_pipeline(tagger).predict_proba(texts), tagger.weights(texts), atol=1e-9)


def test_runs_that_cannot_be_are_refused() -> None:
    assert isinstance(MODEL.features, RichFeatures)
    manifest, arrays, texts = packing.pack(THEMES, MODEL, SEGMENTER)
    good = MODEL.features.runs
    for row in ([-1, 5, 5, 5], [5, -1, 5, -1], [0x110000, -1, -1, -1], good[1].tolist()):
        bad = np.array([row, *good[1:].tolist()], np.int32)
        with pytest.raises(ModelError, match="run"):
            packing.unpack(Stored(manifest, {**arrays, "runs": bad}, texts), "here")
    for bad in (good[:, :3], good[:-1], good.astype(np.float32)):
        with pytest.raises(ModelError, match="does not fit"):
            packing.unpack(Stored(manifest, {**arrays, "runs": bad}, texts), "here")
        with pytest.raises(ModelError, match="does not fit"):
            packing.unpack(Stored(manifest, {**arrays, "outlines": bad}, texts), "here")
    del arrays["outlines"]
    with pytest.raises(ModelError, match="does not fit"):
        packing.unpack(Stored(manifest, arrays, texts), "here")


def test_a_model_of_long_texts_stays_as_it_was() -> None:
    assert type(learned(rich_from=100).model) is LinearModel
