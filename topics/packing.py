"""Themes, model and segmenter ↔ the plain parts of a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topics.errors import ModelError, TopicsError
from topics.mixture import TopicMixture
from topics.scoring import Features, LinearModel
from topics.segmenting import Segmenter
from topics.storing import Stored
from topics.themes import OTHER, ThemeSet, themes_from_dict

Model = LinearModel | TopicMixture


def pack(
    themes: ThemeSet, model: Model, segmenter: Segmenter
) -> tuple[dict[str, Any], dict[str, NDArray[Any]], dict[str, str]]:
    """Return manifest, arrays and texts of a model folder."""
    manifest: dict[str, Any] = {
        "themes": themes.to_dict(),
        "themes_digest": themes.digest,
        "segmenter": {"digest": segmenter.digest, "words": segmenter.user_words},
        "thresholds": list(model.thresholds),
        "context": {"heading": model.heading, "neighbours": model.neighbours},
    }
    if segmenter.given:
        manifest["segmenter"]["frequencies"] = segmenter.given
    arrays: dict[str, NDArray[Any]]
    if isinstance(model, LinearModel):
        manifest["linear"] = {"temperature": model.temperature, "words": len(model.features.words)}
        arrays = {"weights": model.weights, "bias": model.bias, "idf": model.features.idf}
        vocabulary = (*model.features.words, *model.features.pairs)
    else:
        manifest["mixture"] = {
            "alpha": model.alpha,
            "classes": list(model.classes),
            "n_classes": model.n_classes,
        }
        arrays = {"topics": model.topics, "word_weights": model.word_weights}
        vocabulary = model.words
    texts = {"words.txt": "\n".join(vocabulary) + "\n", "themes.txt": _themes_text(themes)}
    return manifest, arrays, texts


def _themes_text(themes: ThemeSet) -> str:
    lines = [f"{t.code}\t{t.zh}\t{t.en}\t{t.description}" for t in themes]
    return "\n".join([*lines, f"{OTHER}\t{themes.other.zh}\t{themes.other.en}\t"]) + "\n"


def unpack(stored: Stored, where: str) -> tuple[ThemeSet, Model, Segmenter]:
    """Build themes, model and segmenter from a checked folder.

    Raises:
        ModelError: a part is missing or does not fit.
    """
    manifest = stored.manifest
    try:
        themes = themes_from_dict(manifest["themes"], where)
        segmenter = _segmenter(manifest["segmenter"])
        _same(segmenter.digest, manifest["segmenter"]["digest"])
        vocabulary = tuple(stored.texts["words.txt"].splitlines())
        model = _model(manifest, stored.arrays, vocabulary, len(themes.classes))
    except (KeyError, TypeError, ValueError, AttributeError, TopicsError) as error:
        raise ModelError(
            f"{where}: a part of the model is missing or does not fit ({error}); "
            "copy or train the model again"
        ) from error
    return themes, model, segmenter


def _segmenter(stored: Mapping[str, Any]) -> Segmenter:
    frequencies = {str(word): int(n) for word, n in stored.get("frequencies", {}).items()}
    return Segmenter(stored["words"]).with_words(frequencies)


def _model(
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    vocabulary: tuple[str, ...],
    n_classes: int,
) -> Model:
    """Build the model from checked parts; ValueError if shapes or ranges do not fit."""
    context = {key: float(manifest["context"][key]) for key in ("heading", "neighbours")}
    thresholds = tuple(float(limit) for limit in manifest["thresholds"])
    if len(thresholds) not in (0, n_classes - 1):
        raise ValueError("thresholds")
    if "linear" in manifest:
        linear = manifest["linear"]
        first = int(linear["words"])
        features = Features(vocabulary[:first], vocabulary[first:], arrays["idf"])
        _unique(features.words)
        _unique(features.pairs)  # a pair of characters may also be a word
        if any(len(pair) != 2 for pair in features.pairs):
            raise ValueError("a pair is not two characters")
        _fits(arrays["idf"], (len(vocabulary),))
        _fits(arrays["weights"], (len(vocabulary), n_classes))
        _fits(arrays["bias"], (n_classes,))
        temperature = float(linear["temperature"])
        if not 0 < temperature < 1e6:
            raise ValueError("temperature")
        return LinearModel(
            features,
            arrays["weights"],
            arrays["bias"],
            temperature,
            **context,
            thresholds=thresholds,
        )
    _unique(vocabulary)
    mixture = manifest["mixture"]
    classes = tuple(int(c) for c in mixture["classes"])
    _fits(arrays["topics"], (len(classes), len(vocabulary)))
    _fits(arrays["word_weights"], (len(vocabulary),))
    if not all(0 <= c < n_classes for c in classes) or (arrays["topics"] < 0).any():
        raise ValueError("classes or topics")
    return TopicMixture(
        vocabulary,
        arrays["topics"],
        arrays["word_weights"],
        classes,
        n_classes,
        alpha=float(mixture["alpha"]),
        thresholds=thresholds,
        **context,
    )


def _same(found: str, stored: object) -> None:
    if found != stored:
        raise ValueError("it was made with another segmenter or dictionary")


def _unique(names: tuple[str, ...]) -> None:
    if len(set(names)) != len(names):
        raise ValueError("a word stands twice")


def _fits(array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype != np.float32:
        raise ValueError(f"an array of shape {array.shape} stands where {shape} is due")
