"""A pipeline of scikit-learn says what the tagger says of texts alone."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pytest

from topics.classifying import Examples, train_classifier
from topics.cli import run
from topics.errors import OptionsError
from topics.exporting import save_pipeline, to_pipeline
from topics.mixture import TopicMixture
from topics.segmenting import Segmenter
from topics.tagging import Tagger, load
from topics.themes import parse_themes

TEXTS = (
    "政协委员围绕养老服务提出提案，召开协商座谈会。",
    "党支部开展主题党日活动，严明纪律；党员重温入党誓词。",
    "村口的路灯修好了，老人晚上去卫生院看病方便多了。",
    "2024 GDP",
    "龘靐 龗龘",
    "",
)


def test_the_exported_pipeline_says_what_the_tagger_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.joblib"
    assert run(["export", "--sklearn", str(path)]) == 0
    assert "never load one that you were sent" in capsys.readouterr().err
    pipeline, tagger = joblib.load(path), load()
    assert np.allclose(pipeline.predict_proba(TEXTS), tagger.weights(TEXTS), atol=1e-9)
    assert pipeline.predict(TEXTS[:1]).tolist() == ["consultation"]
    assert tuple(pipeline.classes_) == tagger.themes.classes


def test_two_classes_are_exported_too() -> None:
    themes = parse_themes('[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["老人"]\n')
    tokens = list(Segmenter().cut_many(TEXTS[:3]))
    examples = Examples(texts=TEXTS[:3], tokens=tokens, groups=["1", "2", "3"], labels=[1, 1, 0])
    tagger = Tagger(themes, train_classifier(examples, themes).model, Segmenter())
    said = to_pipeline(tagger).predict_proba(TEXTS)
    assert np.allclose(said, tagger.weights(TEXTS), atol=1e-9)


def test_a_topic_model_cannot_be_exported() -> None:
    themes = parse_themes('[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["老人"]\n')
    one = np.ones((1, 1), np.float32)
    tagger = Tagger(themes, TopicMixture(("老人",), one, one[0], (0,), 2), Segmenter(), "lda")
    with pytest.raises(OptionsError, match="kind 'lda' is a mixture of topics"):
        to_pipeline(tagger)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="cannot be written"):
        save_pipeline(load(), tmp_path / "none" / "model.joblib")


def test_nothing_in_the_package_loads_a_pipeline() -> None:
    here = Path(__file__).parents[1] / "topics"
    sources = [path.read_text(encoding="utf-8") for path in here.rglob("*.py")]
    assert len(sources) > 50
    assert not [source for source in sources if "joblib.load" in source or "pickle.load" in source]
