"""Linear models on sparse rows: soft targets, weights of rows, a penalty by squares.

Softmax regression, where much is known: the optimiser is L-BFGS (Liu and Nocedal 1989, 8 pairs) on
float32 arrays: SciPy's works in float64 with bounds that nobody needs here, and took ten times as
long on 150,000 features. Support vectors beside it, for short texts. Least squares, where little is
known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.vectorizing import Counts

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
Matrix = Any
"""A scipy.sparse CSR matrix of float32; SciPy has no types."""

MEMORY: Final = 8
"""Pairs that L-BFGS keeps; SciPy's default is 10."""
STEPS: Final = 300
"""Most steps of L-BFGS; about 100 are taken."""
BRIEF: Final = 60
"""The same for many short texts: with support vectors beside, 60, 120 and 200 steps are alike."""
LONG: Final = 120
"""The same for support vectors, whose features count so differently that the way is longer. Alone
they had 0.886 after 30 steps on one held-out part of THUCNews headlines, 0.913 after 120."""
FLAT: Final = 1e-6
"""Relative fall of the loss in one step that ends the fitting. At 1e-5 and 60 steps one changed
line of the sample moved weights by 8 % and 3 of 103 CPPCC tags; newspapers held out had macro-F1
0.750, at 1e-7 and 300 steps 0.763."""
SPREAD: Final = 0.07
"""Least squares aim at 1 for the class and 0 for the others; over this they are log-odds. It is
what calibration finds for 40 labels (0.05 to 0.08), and all there is where fewer allow none."""
NEAR: Final = 1e-3
"""Residual, as a share of the first, at which least squares are solved."""
MOST_TURNS: Final = 200


@dataclass(frozen=True)
class Targets:
    """What rows should be predicted as."""

    shares: Array
    """Shape (rows, classes): soft labels, rows sum to 1."""
    weights: Array
    """Shape (rows,)."""


def to_matrix(counts: Counts) -> Matrix:
    """Return ``counts`` as a sparse matrix."""
    import scipy.sparse

    data = counts.data.astype(np.float32)
    shape = (len(counts.indptr) - 1, counts.width)
    return scipy.sparse.csr_matrix((data, counts.indices, counts.indptr), shape=shape)


def fit(
    x: Matrix,
    targets: Targets,
    penalty: float,
    basis: Array | None = None,
    steps: int = STEPS,
) -> Array:
    """Return weights, shape (features + 1, classes); the last row is the bias.

    Minimises the weighted mean cross-entropy plus ``penalty / 2`` times the squared weights.
    With a ``basis`` of shape (features, m) the weights are ``v + basis @ u``, and ``v`` and ``u``
    are penalised: features that keep company in the basis then learn from one another.
    """
    dense = None if basis is None else np.asarray(x @ basis, np.float32)
    loss = _loss(x, dense, targets, penalty)
    width = x.shape[1] + (0 if dense is None else dense.shape[1]) + 1
    found = minimise(loss, np.zeros((width, targets.shares.shape[1]), np.float32), steps)
    if basis is None:
        return found
    weights = found[: x.shape[1]] + basis @ found[x.shape[1] : -1]
    return np.concatenate((weights, found[-1:])).astype(np.float32)


def fit_squares(x: Matrix, targets: Targets, ridge: float, basis: Array | None = None) -> Array:
    """Return weights as `fit` does, by least squares of one class against the others.

    Minimises the weighted sum of squares plus ``ridge`` times the squared weights. The bias is
    even: one that is learned goes against each text that is left out, where a class has but few.
    Solved for one number a row and class by conjugate gradients (Hestenes, Stiefel 1952): rows are
    few where little is known, features are many.
    """
    mass = targets.weights.astype(np.float64)
    there = targets.shares.max(axis=0) > 0
    mean = np.where(there, 1 / there.sum(), 0.0)
    turned, dense = x.T.tocsr(), None if basis is None else np.asarray(x @ basis, np.float64)
    own = (ridge / mass)[:, None]

    def pull(a: Floats) -> Floats:
        found: Floats = x @ (turned @ a) + own * a
        return found if dense is None else found + dense @ (dense.T @ a)

    diagonal = np.asarray(x.multiply(x).sum(axis=1), np.float64) + own
    if dense is not None:
        diagonal += np.square(dense).sum(axis=1, keepdims=True)
    solved = _solve(pull, np.asarray(targets.shares - mean, np.float64), diagonal)
    weights = np.asarray(turned @ solved)
    if basis is not None and dense is not None:
        weights += basis @ (dense.T @ solved)
    return (np.vstack((weights, mean)) / SPREAD).astype(np.float32)


def fit_margins(x: Matrix, targets: Targets, penalty: float, scale: Array) -> Array:
    """Return weights as `fit` does, by support vectors of each class against the others.

    Minimises the weighted mean of the squared hinge losses, summed over the classes, plus
    ``penalty / 2`` times the squares of the weights over their ``scale``, shape (features,
    classes): where it is great a weight is cheap. A row belongs to its likeliest class alone.
    """
    turned = x.T.tocsr()
    rows, kinds = targets.shares.shape
    sides = np.full((rows, kinds), -1, np.float32)
    sides[np.arange(rows), targets.shares.argmax(axis=1)] = 1
    row_weights = (targets.weights / targets.weights.sum())[:, None]

    def loss(w: Array) -> tuple[float, Array]:
        short = np.maximum(0, 1 - sides * (x @ (scale * w[:-1]) + w[-1]))
        residual = -2 * row_weights * sides * short
        gradient = np.empty_like(w)
        gradient[:-1] = scale * (turned @ residual) + np.float32(penalty) * w[:-1]
        gradient[-1] = residual.sum(axis=0)
        missed = float(np.sum(row_weights * short * short, dtype=np.float64))
        return missed + penalty / 2 * _dot(w[:-1], w[:-1]), gradient

    found = minimise(loss, np.zeros((x.shape[1] + 1, kinds), np.float32), LONG)
    found[:-1] *= scale
    return found


def _solve(pull: Callable[[Floats], Floats], right: Floats, diagonal: Floats) -> Floats:
    """Return what ``pull`` makes ``right`` of, every column for itself."""
    found, rest = np.zeros_like(right), right
    goal = NEAR * np.square(right).sum(axis=0) ** 0.5
    near = rest / diagonal
    way, size = near, (rest * near).sum(axis=0)
    for _ in range(MOST_TURNS):
        pulled = pull(way)
        step = size / np.maximum((way * pulled).sum(axis=0), 1e-30)
        found = found + step * way
        rest = rest - step * pulled
        if (np.square(rest).sum(axis=0) ** 0.5 <= goal).all():
            break
        near = rest / diagonal
        before, size = size, (rest * near).sum(axis=0)
        way = near + size / np.maximum(before, 1e-30) * way
    return found


def _loss(
    x: Matrix, dense: Array | None, targets: Targets, penalty: float
) -> Callable[[Array], tuple[float, Array]]:
    turned = x.T.tocsr()
    width = x.shape[1]
    shares, total = targets.shares, float(targets.weights.sum())
    row_weights = (targets.weights / np.float32(total))[:, None]
    ridge = np.float32(penalty)

    def loss(w: Array) -> tuple[float, Array]:
        logits = x @ w[:width] + w[-1]
        if dense is not None:
            logits += dense @ w[width:-1]
        logits -= logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        residual = row_weights * (np.exp(log_p) - shares)
        gradient = np.empty_like(w)
        gradient[:width] = turned @ residual
        if dense is not None:
            gradient[width:-1] = dense.T @ residual
        gradient[:-1] += ridge * w[:-1]
        gradient[-1] = residual.sum(axis=0)
        entropy = -float(np.sum(row_weights * shares * log_p, dtype=np.float64))
        return entropy + penalty / 2 * _dot(w[:-1], w[:-1]), gradient

    return loss


def minimise(
    loss: Callable[[Array], tuple[float, Array]], start: Array, steps: int = STEPS
) -> Array:
    """Return the place where ``loss`` is least, by L-BFGS with a halved step."""
    w = start
    value, gradient = loss(w)
    pairs: deque[tuple[Array, Array, float]] = deque(maxlen=MEMORY)
    for _ in range(steps):
        way = _direction(gradient, pairs)
        slope = _dot(way, gradient)
        size = 1.0 if pairs else 1.0 / max(1e-12, float(np.sqrt(_dot(gradient, gradient))))
        for _ in range(12):
            there = w + np.float32(size) * way
            new_value, new_gradient = loss(there)
            if new_value <= value + 1e-4 * size * slope:
                break
            size /= 2
        else:
            break
        step, change = there - w, new_gradient - gradient
        curvature = _dot(step, change)
        if curvature > 1e-12:
            pairs.append((step, change, curvature))
        fall = value - new_value
        w, value, gradient = there, new_value, new_gradient
        if fall < FLAT * abs(value):
            break
    return w


def _direction(gradient: Array, pairs: deque[tuple[Array, Array, float]]) -> Array:
    way = -gradient
    parts = []
    for step, change, curvature in reversed(pairs):
        part = np.float32(_dot(step, way) / curvature)
        parts.append(part)
        way = way - part * change
    if pairs:
        _, change, curvature = pairs[-1]
        way = way * np.float32(curvature / _dot(change, change))
    for (step, change, curvature), part in zip(pairs, reversed(parts), strict=True):
        way = way + step * (part - np.float32(_dot(change, way) / curvature))
    return way


def _dot(a: Array, b: Array) -> float:
    return float(np.dot(a.ravel(), b.ravel()))
