"""The one trained model and a small corpus, built once."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import hypothesis
import pytest

import topics
from tests.kept_models import KEPT
from topics.corpus import Corpus
from topics.tagging import Tagger
from topics.training import Trained, sample_corpus, train

# No test fails by the clock: a machine may have other work.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Every third article of the packaged sample."""
    whole = sample_corpus()
    return Corpus(whole.articles[::3], files=len(whole.articles[::3]))


@pytest.fixture(scope="session")
def trained() -> Trained:
    """A model trained as `topics train` does."""
    return train(name="sample")


@pytest.fixture(scope="session")
def tagger(trained: Trained) -> Tagger:
    return trained.tagger


@pytest.fixture(scope="session")
def ready() -> Tagger:
    """The ready-made model."""
    return topics.load()


@pytest.fixture(scope="session")
def texts(corpus: Corpus) -> Sequence[str]:
    return [part.text for part in corpus.paragraphs]


@pytest.fixture(params=KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of each model that is kept."""
    return Path(shutil.copytree(request.param, tmp_path / "model"))
