"""A saved model → a plain scikit-learn pipeline, for those who want one.

The pipeline reads texts alone: no heading, no neighbouring paragraphs. Its probabilities are
those of `Tagger.weights`. A joblib file can run code when it is loaded, so that it is only for
one's own use; nothing here loads one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from topics.enriching import LENGTHS, RichFeatures
from topics.errors import OptionsError
from topics.scoring import LinearModel
from topics.segmenting import Segmenter
from topics.tagging import Tagger
from topics.themes import OTHER

NOTHING: Final = ""
"""The feature of a text without a known word: such a text is other, whatever its pairs say."""
SURE: Final = 1e6
"""The weight of that feature: in a row of length 1 even beside a thousand pairs it decides."""


class Analyzer:
    """Text → names of the model's features in it, as CountVectorizer's ``analyzer``."""

    def __init__(self, model: LinearModel, segmenter: Segmenter) -> None:
        self.model = model
        self.segmenter = segmenter
        self.names = feature_names(model)

    def __call__(self, text: str) -> list[str]:
        """Return the features of ``text``, each as often as it occurs."""
        reading: Any = self.model.read([text], self.segmenter)
        counts = reading.counts
        times = np.repeat(counts.indices, counts.data.astype(np.int64)).tolist()
        found = [self.names[n] for n in times]
        return found if reading.known[0] else [*found, NOTHING]


def to_pipeline(tagger: Tagger) -> Any:  # noqa: ANN401  # scikit-learn has no types
    """Return a scikit-learn pipeline (counts, TF-IDF, logistic regression) that says the same.

    Raises:
        OptionsError: the model is no linear one.
    """
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = tagger.model
    if not isinstance(model, LinearModel):
        raise OptionsError(
            f"a model of kind {tagger.kind!r} is a mixture of topics, and no pipeline of "
            "scikit-learn says the same; train one with --method tfidf"
        )
    analyzer = Analyzer(model, tagger.segmenter)
    classes = np.array(tagger.themes.classes)
    vocabulary = {name: n for n, name in enumerate(analyzer.names)}
    counts = CountVectorizer(analyzer=analyzer, vocabulary=vocabulary)
    weigh = TfidfTransformer(sublinear_tf=True)
    weigh.idf_ = np.append(model.features.idf.astype(np.float64), 1.0)
    decide = LogisticRegression()
    decide.classes_ = classes
    weights = np.vstack((model.weights, np.where(classes == OTHER, SURE, 0.0)))
    decide.coef_, decide.intercept_ = _of_classes(
        weights.T / model.temperature, model.bias.astype(np.float64) / model.temperature
    )
    decide.n_features_in_ = weigh.n_features_in_ = len(vocabulary)
    return make_pipeline(counts, weigh, decide)


def _of_classes(weights: Any, bias: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the arrays as scikit-learn has them: of two classes, only the second's lead."""
    if len(weights) > 2:
        return weights, bias
    return weights[1:] - weights[:1], bias[1:] - bias[:1]


def feature_names(model: LinearModel) -> list[str]:
    """Return a name for every feature, and at last that of a text without a known word.

    A pair of characters may also be a word, so that pairs begin with a blank.
    """
    features = model.features
    if isinstance(features, RichFeatures):
        kinds = {"run": features.runs, "outline": features.outlines}
        more = [
            f" {kind} {''.join('^' if c == 0 else chr(c) for c in run if c >= 0)} {n}"
            for kind, runs in kinds.items()
            for n, run in enumerate(runs)
        ]
        more += [f" length {n}" for n in range(sum(LENGTHS))]
        return [*features.words, *more, NOTHING]
    return [*features.words, *(f" {pair}" for pair in features.pairs), NOTHING]


def save_pipeline(tagger: Tagger, path: str | Path) -> None:
    """Write the pipeline of a model as a joblib file.

    Raises:
        OptionsError: the model is no linear one, or the file cannot be written.
    """
    import joblib

    pipeline = to_pipeline(tagger)
    try:
        joblib.dump(pipeline, path, compress=3)
    except OSError as error:
        raise OptionsError(
            f"{path} cannot be written ({error.strerror}); choose another place"
        ) from error
