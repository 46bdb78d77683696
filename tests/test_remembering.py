"""A model remembers the paragraphs whose labels taught it, and no word of them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import topics
from tests.kept_models import KEPT
from topics import storing
from topics.corpus import Corpus
from topics.errors import ModelError
from topics.labels import Labels
from topics.remembering import NONE, digests, remembered
from topics.training import sample_labels, train


@given(st.lists(st.text(max_size=6)), st.lists(st.text(max_size=6)))
def test_a_text_is_remembered_if_and_only_if_it_was_there(
    taught: list[str], others: list[str]
) -> None:
    kept = digests(taught)
    assert kept.dtype == np.int32
    assert remembered(taught, kept).all()
    assert not remembered(taught, NONE).any()
    known = {"".join(text.split()) for text in taught}
    for text in others:
        if text.isascii():
            assert remembered([text], kept)[0] == ("".join(text.split()) in known)


def test_white_space_and_width_make_no_other_text() -> None:
    kept = digests(["村口的路灯 修好了，ＡＢ。", "河道清了。"])
    assert remembered(["村口的路灯修好了,AB。", "河道清了", "河道清了。"], kept).tolist() == [
        *(True, False, True)
    ]
    assert len(digests(["一", "一", " 一"])) == 1
    assert digests(["甲", "乙"]).tobytes() == digests(["乙", "甲"]).tobytes()


@pytest.fixture(scope="module")
def articles(corpus: Corpus) -> Corpus:
    return Corpus(corpus.articles[:24])


@pytest.fixture(scope="module")
def labels(articles: Corpus) -> Labels:
    files = {Path(article.file).name for article in articles.articles[:16]}
    return Labels(tuple(row for row in sample_labels().rows if row.file in files))


def test_a_saved_model_remembers_what_taught_it_and_nothing_else(
    articles: Corpus, labels: Labels, tmp_path: Path
) -> None:
    train(articles, labels=labels, sample=False).tagger.save(tmp_path / "one")
    kept = topics.load(tmp_path / "one").taught
    assert kept is not None
    paragraphs, matched = articles.paragraphs, labels.match(articles.paragraphs)
    asides = {p.file for p, s in zip(paragraphs, matched.splits, strict=True) if s == "test"}
    assert asides
    found = remembered([part.text for part in paragraphs], kept)
    for part, label, known in zip(paragraphs, matched.classes, found, strict=True):
        assert known == (label >= 0 and part.file not in asides), part.text
    topics.load(tmp_path / "one").save(tmp_path / "two")
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_the_sample_that_is_learned_from_beside_is_remembered_too(articles: Corpus) -> None:
    small = Corpus(articles.articles[:2])
    kept = train(small).tagger.taught
    assert kept is not None
    assert len(kept) > 3000


@pytest.mark.parametrize("method", ["lda", "nmf"])
def test_topics_that_no_label_taught_remember_none(
    articles: Corpus, labels: Labels, method: str, tmp_path: Path
) -> None:
    train(articles, labels=labels, method=method, topics=6).tagger.save(tmp_path / "one")
    kept = topics.load(tmp_path / "one").taught
    assert kept is not None
    assert len(kept) == 0


def test_models_of_older_versions_do_not_know(kept: Path) -> None:
    assert topics.load(kept).taught is None


@pytest.mark.parametrize("bad", [np.zeros((3, 2), np.float32), np.zeros((3, 3), np.int32)])
def test_digests_of_another_shape_are_refused(bad: np.ndarray, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(KEPT[0], tmp_path / "model"))
    stored = storing.load_folder(folder)
    plain = {k: v for k, v in stored.manifest.items() if k not in {"format", "sha256"}}
    arrays = {**stored.arrays, "taught": bad}
    storing.save_folder(tmp_path / "bad", plain, arrays, stored.texts)
    with pytest.raises(ModelError, match="digests of what taught it"):
        topics.load(tmp_path / "bad")


class Untouched:
    """Something of which nothing may be asked."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(name)


def test_tagging_looks_at_no_digest(ready: topics.Tagger) -> None:
    other = replace(ready, taught=Untouched())
    assert other.tag("村口的路灯修好了，老人看病方便多了。")[0].theme == "livelihood"
