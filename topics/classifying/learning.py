"""Examples → trained classifier: the order of the steps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from topics.classifying.calibrating import (
    Context,
    Scale,
    blend,
    choose_context,
    choose_thresholds,
    find_scale,
    softmax,
)
from topics.classifying.examples import Examples, Floats, Ints
from topics.classifying.fitting import (
    BRIEF,
    STEPS,
    Array,
    Matrix,
    Targets,
    fit,
    fit_margins,
    fit_squares,
    to_matrix,
)
from topics.classifying.latent import learn_basis, level
from topics.classifying.settings import Settings
from topics.classifying.weighing import contrast, odds, scaled
from topics.enriching import RichFeatures, RichModel, are_short, learn_rich_features
from topics.errors import LabelError
from topics.options import Options
from topics.scoring import Features, LinearModel, learn_features
from topics.themes import ThemeSet
from topics.vectorizing import Counts

Mask = NDArray[np.bool_]

FEWEST: Final = 30
"""Labelled texts that calibration needs."""
MUCH: Final = 1_000_000
"""Tokens from which on a feature must stand in more texts. 33,590 headlines (0.4 million tokens)
lose 0.01 accuracy by the stricter rule."""
NEVER: Final = -30.0
"""Bias of a class that must not come out (other, where every text has a theme)."""


@dataclass(frozen=True)
class Trained:
    """A classifier and what it said about labelled texts that it had not seen."""

    model: LinearModel
    held_out: Floats
    """Shape (labelled, classes): out-of-fold probabilities; the folds part articles."""
    labelled: Ints
    """Which texts the rows of ``held_out`` are, rising."""
    labels: Ints
    """The class of each of them."""
    folds: int
    """How many folds; 0: too few articles with labels, nothing was held out."""


def train_classifier(
    examples: Examples,
    themes: ThemeSet,
    options: Options | None = None,
    *,
    other: bool = True,
    settings: Settings | None = None,
) -> Trained:
    """Train a classifier from any mixture of labelled, softly labelled and bare texts.

    Args:
        examples: the texts and what is known of them.
        themes: the themes; classes are ``themes.classes`` (other last).
        options: seed, folds, whether context counts.
        other: whether a text may belong to no theme.
        settings: the tuned numbers.

    Raises:
        LabelError: if no text has a label or a soft label, or a label is no class.
    """
    with threadpool_limits(1):  # the order in which threads add would be the last bits
        return _train(examples, themes, options or Options(), settings or Settings(), other=other)


def _train(
    examples: Examples, themes: ThemeSet, options: Options, settings: Settings, *, other: bool
) -> Trained:
    kinds = len(themes.classes)
    targets = _targets(examples, kinds, settings, other=other)
    known: Mask = examples.classes >= 0
    taught = int(known.sum()) or int((targets.weights > 0).sum())
    rich = _wants_more(examples, taught, settings)
    features, counts = _features(examples, sorted(themes.seed_words), rich=rich)
    x = to_matrix(features.weigh(counts))
    basis = None if rich else learn_basis(x, taught, settings, options.seed)
    penalty = min(1e-3, max(1e-5, settings.penalty * (1000 / taught) ** 0.5))
    squares = taught < settings.squares_until and not targets.weights[~known].any()
    if squares:
        basis, penalty = level(x, basis), settings.penalty * settings.ridge
    banned = None if other else kinds - 1
    power = settings.contrast if taught >= settings.basis_until else 0.0
    power = 1.0 if rich else power
    margins = settings.margins if rich else 0.0
    learner = _Learner(
        x,
        targets,
        basis,
        penalty,
        _seen(features),
        banned,
        contrast=power,
        squares=squares,
        margins=margins,
    )

    weights = learner.fit(targets.weights > 0)
    scores, bias, folds = _held_out(learner, weights, examples, options.folds)
    usual = _usual(examples)
    context = Context()
    if options.context and folds:
        context = choose_context(scores, bias, examples, usual & _pointed(examples))
    logits = blend(scores, examples, context) + bias
    scale = _scale(logits[usual], examples.classes[usual], settings, folds)
    p = softmax((logits + scale.shift) / scale.temperature)
    tags = [t for t, k in zip(examples.tags, usual, strict=True) if k] if examples.tags else []
    return Trained(
        (RichModel if rich else LinearModel)(
            features,
            weights[:-1],
            (weights[-1] + scale.shift).astype(np.float32),
            scale.temperature,
            context.heading,
            context.neighbours,
            choose_thresholds(p[usual], tags),
        ),
        p[known],
        np.flatnonzero(known),
        examples.classes[known],
        folds,
    )


def _wants_more(examples: Examples, taught: int, settings: Settings) -> bool:
    """Tell whether the texts are short, and enough is known of them for more features."""
    return taught >= settings.rich_from and are_short(examples.texts)


def _features(examples: Examples, keep: list[str], *, rich: bool) -> tuple[Features, Counts]:
    if rich:
        return learn_rich_features(examples.texts, examples.tokens, keep=keep)
    return learn_features(examples.texts, examples.tokens, _least(examples.tokens), keep)


def _seen(features: Features) -> Mask:
    """Tell which features support vectors see: no outlines, no runs of three or four."""
    seen = np.ones(features.width, np.bool_)
    if isinstance(features, RichFeatures):
        seen[len(features.words) : features.outlining.start] = features.runs[:, 2] < 0
        seen[features.outlining] = False
    return seen


def _usual(examples: Examples) -> Mask:
    """Tell which labelled texts calibration goes by."""
    known: Mask = examples.classes >= 0
    return known if examples.calibrates is None else np.logical_and(known, examples.calibrates)


def _pointed(examples: Examples) -> Mask:
    """Tell which texts have a heading or a neighbour."""
    pointers = [examples.pointers(name) for name in ("headings", "previous", "next")]
    there: Mask = np.asarray((np.stack(pointers) >= 0).any(axis=0), np.bool_)
    return there


@dataclass(frozen=True)
class _Learner:
    """All that a fit needs but the choice of rows."""

    x: Matrix
    targets: Targets
    basis: Array | None
    penalty: float
    seen: Mask
    """Which features support vectors see."""
    banned: int | None
    """A class that must not come out."""
    contrast: float = 0.0
    """Exponent on how far the shares of a feature in the classes lie apart: it weighs so much."""
    squares: bool = False
    """Whether least squares stand in for softmax regression."""
    margins: float = 0.0
    """Penalty, times that of the other, of support vectors that have half a say; 0: none have."""

    def fit(self, rows: Mask) -> Array:
        """Return weights learned from ``rows``, shape (features + 1, classes)."""
        chosen = np.flatnonzero(rows)
        targets = Targets(self.targets.shares[chosen], self.targets.weights[chosen])
        x = self.x[chosen]
        if self.contrast:
            scale = contrast(x, targets) ** np.float32(self.contrast)
            steps = BRIEF if self.margins else STEPS
            weights = fit(scaled(x, scale), targets, self.penalty, self.basis, steps)
            weights[:-1] *= scale[:, None]
        elif self.squares:
            weights = fit_squares(x, targets, self.penalty, self.basis)
        else:
            weights = fit(x, targets, self.penalty, self.basis)
        if self.margins:
            weights = self._with_margins(weights, x, targets)
        if self.banned is not None:
            weights[:, self.banned] = 0
            weights[-1, self.banned] = NEVER
        return weights

    def _with_margins(self, weights: Array, x: Matrix, targets: Targets) -> Array:
        """Return the sum of ``weights`` and those of support vectors, their scores made as wide.

        Both count features by naive Bayes, these for every class by itself, which is NB-SVM. They
        see fewer features, and what one mistakes the other often does not. A sum of linear models
        is one; docs/other_themes.md says what it gains.
        """
        scale, penalty = odds(x, targets), self.margins * self.penalty
        scale[~self.seen] = 0
        penalty *= float(np.square(x.data)[self.seen[x.indices]].sum()) / x.shape[0]
        others = fit_margins(x, targets, penalty, scale)
        share = self._width(weights, x) / max(self._width(others, x), np.float32(1e-30))
        return weights + others * share

    def _width(self, weights: Array, x: Matrix) -> np.float32:
        """Return how far the scores of the classes that may come out lie apart, without bias."""
        scores = x @ weights[:-1]
        if self.banned is not None:
            scores = np.delete(scores, self.banned, axis=1)
        return np.float32((scores - scores.mean(axis=1, keepdims=True)).std())


def _least(tokens: Sequence[Sequence[str]]) -> tuple[int, int]:
    """In how many texts a word, a pair must stand to be a feature: more in larger corpora."""
    if len(tokens) < 200:
        return (1, 2)
    return (2, 3) if sum(map(len, tokens)) < MUCH else (3, 6)


def _targets(examples: Examples, kinds: int, settings: Settings, *, other: bool) -> Targets:
    labels = examples.classes
    if labels.max(initial=-1) >= kinds:
        raise LabelError(f"label {labels.max()} is no class; classes go from 0 to {kinds - 1}")
    shares = np.full((len(labels), kinds), 1 / kinds, np.float32)
    weights = np.zeros(len(labels), np.float32)
    if examples.soft is not None:
        soft = ~np.isnan(examples.soft).any(axis=1)
        shares[soft] = examples.soft[soft]
        weights[soft] = settings.soft_weight
        if other:  # weak labels of texts that all have a theme are evened already
            weights[soft] *= _evening(shares[soft], settings.balance)
    known = np.flatnonzero(labels >= 0)
    if len(known):
        hard = np.eye(kinds, dtype=np.float32)[labels[known]]
        shares[known] = (1 - settings.smoothing) * hard + settings.smoothing / kinds
        weights[known] = _evening(np.eye(kinds)[labels[known]], settings.balance)
    if not weights.any():
        raise LabelError("no text has a label or a soft label; give labels, or seed words")
    if examples.weights is not None:
        weights *= examples.weights.astype(np.float32)
    return Targets(shares, weights)


def _evening(shares: Floats | Array, balance: float) -> Floats:
    """Return how much each text counts, so that rare classes count more; shares (n, classes)."""
    sums = shares.sum(axis=0, dtype=np.float64)
    even = len(shares) / max((sums > 0).sum(), 1) / np.where(sums > 0, np.maximum(sums, 1.0), 1.0)
    weights: Floats = shares @ even**balance
    return weights


def fold_of(groups: NDArray[np.str_], labels: Ints, folds: int) -> Ints:
    """Return the fold of each text: whole articles, by size and then name, into even parts."""
    fold = np.full(len(groups), -1, np.int64)
    names, where = np.unique(groups, return_inverse=True)
    sizes = np.bincount(where[labels >= 0], minlength=len(names))
    digests = [hashlib.sha256(str(name).encode()).hexdigest() for name in names]
    filled = np.zeros(folds)
    for name in sorted(range(len(names)), key=lambda n: (-sizes[n], digests[n])):
        part = int(np.argmin(filled))
        fold[where == name] = part
        filled[part] += sizes[name]
        if not sizes[name]:
            filled[part] += 1e-6
    return fold


def _held_out(
    learner: _Learner, weights: Array, examples: Examples, folds: int
) -> tuple[Floats, Floats, int]:
    """Return scores without bias, bias (both texts × classes) and the number of folds."""
    x, labels = learner.x, examples.classes
    scores = np.asarray(x @ weights[:-1], np.float64)
    bias = np.tile(weights[-1].astype(np.float64), (x.shape[0], 1))
    groups = np.array(examples.groups, dtype=np.str_)
    folds = min(folds, len(np.unique(groups[labels >= 0])))
    if folds < 2:
        return scores, bias, 0
    fold = fold_of(groups, labels, folds)
    for part in range(folds):
        inside = fold == part
        found = learner.fit((learner.targets.weights > 0) & ~inside)
        scores[inside] = x[inside] @ found[:-1]
        bias[inside] = found[-1]
    return scores, bias, folds


def _scale(logits: Floats, labels: Ints, settings: Settings, folds: int) -> Scale:
    """Calibrate on held-out texts; where nothing was held out, trust the scores as they are."""
    if not folds or len(labels) < FEWEST:
        return Scale(1.0, np.zeros(logits.shape[1]))
    return find_scale(logits, labels, np.ones(len(labels)), settings.shift)
