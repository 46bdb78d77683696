"""Themes, model and segmenter ↔ the plain parts of a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.errors import ModelError, TopicsError
from topics.scoring import Features, LinearModel
from topics.segmenting import Segmenter
from topics.storing import Stored
from topics.themes import OTHER, ThemeSet, themes_from_dict
from topics.vectorizing import Names

if TYPE_CHECKING:
    from topics.mixture import TopicMixture

    Model = LinearModel | TopicMixture

LARGE: Final = 1e6
"""No number of a model is larger: sums of them stay finite."""
SHARPEST: Final = 20.0
"""No power of shares is larger: the least share is 1e-12, and its power must not vanish."""


def pack(
    themes: ThemeSet, model: Model, segmenter: Segmenter, taught: NDArray[np.int32] | None = None
) -> tuple[dict[str, Any], dict[str, NDArray[Any]], dict[str, str]]:
    """Return manifest, arrays and texts of a model folder.

    ``taught``: digests of the paragraphs whose labels taught the model (`topics.remembering`).
    """
    manifest: dict[str, Any] = {
        "themes": themes.to_dict(),
        "themes_digest": themes.digest,
        "segmenter": {"digest": segmenter.digest, "words": segmenter.user_words},
        "thresholds": list(model.thresholds),
        "context": {"heading": model.heading, "neighbours": model.neighbours},
    }
    if segmenter.given:
        manifest["segmenter"]["frequencies"] = segmenter.given
    from topics.enriching import RichFeatures

    arrays: dict[str, NDArray[Any]]
    if isinstance(model, LinearModel):
        manifest["linear"] = {"temperature": model.temperature, "words": len(model.features.words)}
        arrays = {"weights": model.weights, "bias": model.bias, "idf": model.features.idf}
        vocabulary: Sequence[str] = (*model.features.words, *model.features.pairs)
        if isinstance(model.features, RichFeatures):
            arrays["runs"] = model.features.runs
            if len(model.features.outlines):
                arrays["outlines"] = model.features.outlines
    else:
        manifest["mixture"] = _describe(model)
        arrays = {"topics": model.topics, "word_weights": model.word_weights}
        vocabulary = model.words
    if taught is not None:
        arrays["taught"] = taught
    texts = {
        "words.txt": "".join(f"{word}\n" for word in vocabulary),
        "themes.txt": _themes_text(themes),
    }
    return manifest, arrays, texts


def _describe(model: TopicMixture) -> dict[str, Any]:
    alpha = model.alpha if isinstance(model.alpha, float) else list(model.alpha)
    plain = {"alpha": alpha, "classes": list(model.classes), "n_classes": model.n_classes}
    return plain if model.sharpness == 1 else {**plain, "sharpness": model.sharpness}


def _themes_text(themes: ThemeSet) -> str:
    lines = [f"{t.code}\t{t.zh}\t{t.en}\t{t.description}" for t in themes]
    return "\n".join([*lines, f"{OTHER}\t{themes.other.zh}\t{themes.other.en}\t"]) + "\n"


def unpack(
    stored: Stored, where: str
) -> tuple[ThemeSet, Model, Segmenter, NDArray[np.int32] | None]:
    """Build themes, model and segmenter from a checked folder, and the digests of what taught it.

    Older models have no such digests. Where there are some, none of them is looked at here.

    Raises:
        ModelError: a part is missing or does not fit.
    """
    manifest = stored.manifest
    try:
        themes = themes_from_dict(manifest["themes"], where)
        segmenter = _segmenter(manifest["segmenter"])
        _same(segmenter.digest, manifest["segmenter"]["digest"])
        vocabulary = Names(stored.texts["words.txt"])
        model = _model(manifest, stored.arrays, vocabulary, len(themes.classes))
        taught = _taught(stored.arrays.get("taught"))
    except (KeyError, TypeError, ValueError, AttributeError, TopicsError) as error:
        raise ModelError(
            f"{where}: a part of the model is missing or does not fit ({error!s:.300}); "
            "copy or train the model again"
        ) from error
    return themes, model, segmenter, taught


def _taught(array: NDArray[Any] | None) -> NDArray[np.int32] | None:
    if array is not None and (array.dtype != np.int32 or array.shape != (len(array), 2)):
        raise ValueError("digests of what taught it")
    return array


def _segmenter(stored: Mapping[str, Any]) -> Segmenter:
    if not all(isinstance(word, str) for word in stored["words"]):
        raise ValueError("a word of the segmenter is no text")
    frequencies = {str(word): int(n) for word, n in stored.get("frequencies", {}).items()}
    segmenter = Segmenter(stored["words"])
    return segmenter.with_words(frequencies) if frequencies else segmenter


def _model(
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    vocabulary: Names,
    n_classes: int,
) -> Model:
    """Build the model from checked parts; ValueError if shapes or ranges do not fit."""
    thresholds = tuple(_number(limit, 0, 1, "thresholds") for limit in manifest["thresholds"])
    if len(thresholds) not in (0, n_classes - 1):
        raise ValueError("thresholds: there must be one a theme")
    common = {
        "thresholds": thresholds,
        "heading": _number(manifest["context"]["heading"], 0, LARGE, "heading"),
        "neighbours": _number(manifest["context"]["neighbours"], 0, LARGE, "neighbours"),
    }
    if ("linear" in manifest) == ("mixture" in manifest):
        raise ValueError("it must be either linear or a mixture")
    if "linear" in manifest:
        return _linear(manifest["linear"], arrays, vocabulary, n_classes, common)
    return _mixture(manifest["mixture"], arrays, vocabulary, n_classes, common)


def _linear(
    plain: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    vocabulary: Names,
    n_classes: int,
    common: Mapping[str, Any],
) -> LinearModel:
    first = _whole(plain["words"], len(vocabulary), "words")
    features = _features(vocabulary, first, arrays)
    _ = features.word_finder, features.pair_finder  # which see that no word stands twice
    kind: type[LinearModel] = LinearModel
    if "runs" in arrays:
        from topics.enriching import RichModel

        kind = RichModel
    return kind(
        features,
        _array(arrays["weights"], (features.width, n_classes), -LARGE),
        _array(arrays["bias"], (n_classes,), -LARGE),
        _number(plain["temperature"], 1 / LARGE, LARGE, "temperature"),
        **common,
    )


def _mixture(
    plain: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    vocabulary: Names,
    n_classes: int,
    common: Mapping[str, Any],
) -> TopicMixture:
    from topics.mixture import TopicMixture

    classes = tuple(_whole(c, n_classes - 1, "classes") for c in plain["classes"])
    if _whole(plain["n_classes"], n_classes, "n_classes") != n_classes:
        raise ValueError("n_classes is not the number of themes and other")
    if not classes:
        raise ValueError("it has no topic")
    mixture = TopicMixture(
        vocabulary,
        _array(arrays["topics"], (len(classes), len(vocabulary)), 0),
        _array(arrays["word_weights"], (len(vocabulary),), 0),
        classes,
        n_classes,
        alpha=_alpha(plain["alpha"], len(classes)),
        sharpness=_number(plain.get("sharpness", 1.0), 1 / LARGE, SHARPEST, "sharpness"),
        **common,
    )
    _ = mixture.finder  # which sees that no word stands twice
    return mixture


def _alpha(value: object, topics: int) -> float | tuple[float, ...]:
    """Return the prior count of every topic, one number or one a topic."""
    if not isinstance(value, list):
        return _number(value, 0, LARGE, "alpha")
    if len(value) != topics:
        raise ValueError("alpha: there must be one number, or one a topic")
    return tuple(_number(each, 0, LARGE, "alpha") for each in value)


def _features(vocabulary: Names, words: int, arrays: Mapping[str, Any]) -> Features:
    """Return the vocabulary: words and pairs, or words and the runs of short texts."""
    if "runs" not in arrays:
        idf = _array(arrays["idf"], (len(vocabulary),), 0)
        return Features(vocabulary[:words], vocabulary[words:], idf)
    from topics.enriching import LENGTHS, LONGEST, NO_RUNS, RichFeatures, RunFinder

    if words != len(vocabulary):
        raise ValueError("runs of characters")
    both = [arrays["runs"], arrays.get("outlines", NO_RUNS)]
    for runs in both:
        if runs.dtype != np.int32 or runs.shape != (len(runs), LONGEST):
            raise ValueError("runs of characters")
        RunFinder(runs)  # which looks at every one
    width = len(vocabulary) + sum(map(len, both)) + sum(LENGTHS)
    return RichFeatures(vocabulary, (), _array(arrays["idf"], (width,), 0), *both)


def _same(found: str, stored: object) -> None:
    if found != stored:
        raise ValueError("it was made with another segmenter or dictionary")


def _array(array: NDArray[Any], shape: tuple[int, ...], low: float) -> NDArray[np.float32]:
    """Return a checked array; that its numbers are finite was seen to when it was read."""
    if array.shape != shape or array.dtype != np.float32:
        raise ValueError(f"an array of shape {array.shape} stands where {shape} is due")
    if array.size and not low <= array.min() <= array.max() <= LARGE:
        raise ValueError(f"an array has numbers outside {low:g} to {LARGE:g}")
    return array


def _number(value: object, low: float, high: float, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r:.40}, not between {low:g} and {high:g}")
    return float(value)


def _whole(value: object, high: int, name: str) -> int:
    number = _number(value, 0, high, name)
    if not number.is_integer():
        raise ValueError(f"{name} is {value!r}, no whole number")
    return int(number)
