"""Which features keep company in the texts: a basis that lets them learn from one another."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from topics.classifying.fitting import Array, Matrix
from topics.classifying.settings import Settings


def learn_basis(x: Matrix, taught: int, settings: Settings, seed: int) -> Array | None:
    """Return the latent semantic basis of the rows, shape (features, m), scaled; or None.

    Direction ``i`` is divided by the root of its singular value over the first one: the first
    directions are the language itself, and would else drown what tells themes apart.
    """
    from sklearn.utils import extmath

    size = min(settings.basis_size, x.shape[0] // 4, x.shape[1] // 4)
    if size < 2 or taught >= settings.basis_until:
        return None
    rows = np.arange(x.shape[0])
    if len(rows) > settings.basis_texts:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[: settings.basis_texts])
    # Scikit-learn brings SciPy's BLAS with it, which a limit that was set before does not reach.
    with threadpool_limits(1):
        _, strength, turned = extmath.randomized_svd(x[rows], size, n_iter=2, random_state=seed)
    reach = settings.basis_scale * min(3.0, (1000 / taught) ** 0.5)
    scale = reach * np.sqrt(strength[0] / np.maximum(strength, 1e-6))
    return np.asarray(turned.T * scale, np.float32)


def level(x: Matrix, basis: Array | None) -> Array | None:
    """Return the basis of such a scale that it says as much of a text as its own features do."""
    if basis is None:
        return None
    said = float(np.square(x @ basis).sum(axis=1).mean())
    return np.asarray(basis / np.sqrt(max(said, 1e-12)), np.float32)
