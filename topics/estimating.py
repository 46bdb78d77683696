"""The theme classifier with scikit-learn's manners, for those who build on scikit-learn.

It learns from labels, from seed words, or from both, and from texts that have neither: what
``topics train`` does for articles, for any texts and classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from topics.classifying import Examples, Settings, train_classifier
from topics.classifying.fitting import Targets, fit
from topics.options import Options
from topics.scoring import LinearModel
from topics.seeding import weak_labels
from topics.segmenting import Segmenter, joinable
from topics.themes import Theme, ThemeSet

Floats = NDArray[np.float64]
Labels = NDArray[Any]

_NO_Y: Final = (
    "This ThemeClassifier estimator requires y to be passed, but the target y is None; "
    "give labels, or seed words for each class: ThemeClassifier(seeds={...})"
)


class ThemeClassifier(ClassifierMixin, BaseEstimator):
    """Texts → themes, from labels, seed words, or both.

    Rows of numbers (counts, TF-IDF, embeddings; dense or sparse) may stand in place of texts; they
    go to softmax regression, and need labels.

    Args:
        seeds: class → its seed words, as a list or as word → weight. The classes are then these
            and those of ``y``.
        other: the class that means none of the themes, if there is one.
        words: words to be kept whole, beside the seeds.
        unlabelled: the label in ``y`` that means unknown, beside None and NaN (``-1``, as
            scikit-learn's own semi-supervised estimators have it).
        folds: parts of the cross-validation that makes the probabilities honest.
        penalty: of the squared weights, at 1,000 labelled texts.
        seed: start of random choices.

    Learned:
        classes_: the classes, sorted; the order of the columns of ``predict_proba``.
        model_: the linear model on texts (None where rows of numbers were given).
        weights_: features + 1 × classes, the last row is the bias (None where texts were).
    """

    classes_: Labels
    model_: LinearModel | None
    weights_: NDArray[np.float32] | None

    def __init__(  # noqa: PLR0913  # scikit-learn's manners: one argument a parameter
        self,
        seeds: Mapping[Any, Iterable[str] | Mapping[str, float]] | None = None,
        *,
        other: Any = None,  # noqa: ANN401  # any label
        words: Sequence[str] = (),
        unlabelled: Any = None,  # noqa: ANN401
        folds: int = 5,
        penalty: float = 1e-4,
        seed: int = 7,
    ) -> None:
        self.seeds = seeds
        self.other = other
        self.words = words
        self.unlabelled = unlabelled
        self.folds = folds
        self.penalty = penalty
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ANN401, N803  # scikit-learn's names
        """Learn from texts (or rows) and what is known of them.

        Raises:
            ValueError: nothing is known of any text, or the input is none that can be learned from.
        """
        if y is None and not self.seeds:
            raise ValueError(_NO_Y)
        texts = _texts(X)
        self.model_ = self.weights_ = None
        with threadpool_limits(1):  # on two threads last bits change
            if texts is not None:
                self._fit_texts(texts, self._labels(y, len(texts)))
            else:
                rows = validate_data(self, X, accept_sparse="csr")
                self._fit_rows(rows, self._labels(y, rows.shape[0]))
        return self

    def predict(self, X: Any) -> Labels:  # noqa: ANN401, N803
        """Return the most probable class of each text."""
        columns = self.predict_proba(X).argmax(axis=1)  # which says so where nothing was fitted
        best: Labels = self.classes_[columns]
        return best

    def predict_proba(self, X: Any) -> Floats:  # noqa: ANN401, N803
        """Return the probability of each class, shape (texts, classes); rows sum to 1."""
        check_is_fitted(self, "classes_")
        texts = _texts(X)
        if texts is not None:
            return self._of_texts(texts)
        rows = validate_data(self, X, accept_sparse="csr", reset=False)
        if self.weights_ is None:
            raise ValueError("this ThemeClassifier was fitted on texts; give texts, not numbers")
        return _softmax(rows @ self.weights_[:-1].astype(np.float64) + self.weights_[-1])

    def __sklearn_tags__(self) -> Tags:
        """Say what input is allowed: texts, or rows of numbers, also sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.sparse = True
        tags.target_tags.required = not self.seeds
        return tags

    def _labels(self, y: Any, size: int) -> NDArray[np.int64]:  # noqa: ANN401
        """Return the place of each label in `classes_`, -1 where it is unknown; set `classes_`."""
        given = np.full(size, None, object) if y is None else _one_column(y)
        check_consistent_length(given, range(size))
        if given.dtype.kind == "f":
            assert_all_finite(given, input_name="y", allow_nan=self.unlabelled is not None)
        known = np.array([not self._is_unknown(label) for label in given.tolist()], np.bool_)
        told = np.asarray(given[known].tolist() if given.dtype == object else given[known])
        if told.size:
            check_classification_targets(told)
        named = [*(self.seeds or ()), *([] if self.other is None else [self.other])]
        self.classes_ = np.unique(
            np.concatenate((told, named)) if named and told.size else named if named else told
        )
        if not self.classes_.size:
            raise ValueError(_NO_Y.replace("target y is None", "target y has no known class"))
        labels = np.full(size, -1, np.int64)
        labels[known] = np.searchsorted(self.classes_, told)
        return labels

    def _is_unknown(self, label: Any) -> bool:  # noqa: ANN401
        if label is None or (self.unlabelled is not None and label == self.unlabelled):
            return True
        return isinstance(label, float) and self.unlabelled is not None and label != label

    def _themes(self) -> ThemeSet:
        """Return a theme a class, in the order of `_columns`."""
        seeds = {key: _weighted(words) for key, words in (self.seeds or {}).items()}
        themes = [
            Theme(f"c{n}", str(name), seeds=seeds.get(name, {}))
            for n, name in enumerate(self.classes_.tolist())
            if name != self.other or self.other is None
        ]
        rest = Theme("other", str(self.other), seeds=seeds.get(self.other, {}))
        return ThemeSet(tuple(themes), other=rest)

    def _columns(self) -> NDArray[np.int64]:
        """Return the column of the model that each class has: other stands last."""
        if self.other is None:
            return np.arange(len(self.classes_))
        last = self.classes_.tolist().index(self.other)
        places = np.arange(len(self.classes_))
        columns: NDArray[np.int64] = places - (places > last)
        columns[last] = len(self.classes_) - 1
        return columns

    def _fit_texts(self, texts: list[str], labels: NDArray[np.int64]) -> None:
        themes, columns = self._themes(), self._columns()
        whole = {word for word in (*self.words, *themes.seed_words) if joinable(word)}
        self.segmenter_ = Segmenter(sorted(whole))
        tokens = list(self.segmenter_.cut_many(texts))
        known = np.where(labels >= 0, columns[labels], -1)
        soft, other = None, self.other is not None
        if self.seeds:
            soft = weak_labels(texts, tokens, themes, other=other, labels=known.tolist())
        examples = Examples(
            texts=texts,
            tokens=tokens,
            groups=[str(n) for n in range(len(texts))],
            labels=known.tolist(),
            soft=soft,
        )
        options = Options(folds=self.folds, seed=self.seed)
        settings = Settings(penalty=self.penalty)
        self.model_ = train_classifier(
            examples, themes, options, other=other, settings=settings
        ).model

    def _fit_rows(self, rows: Any, labels: NDArray[np.int64]) -> None:  # noqa: ANN401
        from scipy import sparse

        if self.seeds:
            raise ValueError("seeds are words; they need texts, not rows of numbers")
        known = np.flatnonzero(labels >= 0)
        shares = np.eye(len(self.classes_), dtype=np.float32)[labels[known]]
        x = sparse.csr_matrix(rows)[known].astype(np.float32)
        targets = Targets(shares, np.ones(len(known), np.float32))
        self.weights_ = fit(x, targets, self.penalty * (1000 / len(known)) ** 0.5)

    def _of_texts(self, texts: list[str]) -> Floats:
        if self.model_ is None:
            raise ValueError(
                "this ThemeClassifier was fitted on rows of numbers; give these, not texts"
            )
        scores = self.model_.score(self.model_.read(texts, self.segmenter_))
        shares = self.model_.probabilities(scores)[:, self._columns()]
        found: Floats = shares / shares.sum(axis=1, keepdims=True)
        return found


def _softmax(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _one_column(y: Any) -> Labels:  # noqa: ANN401
    """Return ``y`` as one column; None stays None."""
    holds_none = isinstance(y, list | tuple) and any(label is None for label in y)
    column: Labels = column_or_1d(np.array(y, dtype=object) if holds_none else y, warn=True)
    return column


def _texts(x: Any) -> list[str] | None:  # noqa: ANN401
    """Return the texts, or None where rows of numbers are given."""
    if isinstance(x, str):
        raise ValueError("one text is given where many are due; give a list: [text]")  # noqa: TRY004
    if not hasattr(x, "__len__") or getattr(x, "ndim", 1) != 1 or not len(x):
        return None
    if not isinstance(next(iter(x)), str):
        return None
    texts = list(x)
    if wrong := [n for n, text in enumerate(texts) if not isinstance(text, str)]:
        raise ValueError(f"entry {wrong[0]} is {texts[wrong[0]]!r}, no text; give texts only")
    return texts


def _weighted(words: Iterable[str] | Mapping[str, float]) -> dict[str, float]:
    return dict(words) if isinstance(words, Mapping) else dict.fromkeys(words, 1.0)
