"""TF-IDF weights and a deterministic non-negative factorisation: the start of every model here.

Sources: Boutsidis and Gallopoulos 2008 (NNDSVD), Cichocki and Phan 2009 (HALS), Halko, Martinsson
and Tropp 2011 (randomised SVD), Dhillon and Modha 2001 (spherical k-means).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.lifeline import Crew, cores

Dense = NDArray[np.float32]

OVERSAMPLING: Final = 10
"""Extra dimensions of the randomised SVD, as its authors recommend."""
POWER_ROUNDS: Final = 4
"""Rounds of subspace iteration: topics of text have slowly falling singular values."""
FLOOR: Final = np.float32(1e-10)


def inverse_frequencies(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return log((1 + n) / (1 + df)) + 1 of every word, shape (v,): scikit-learn's smooth idf."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: NDArray[np.float64] = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    return idf


def weigh(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """Return TF-IDF with rows of length 1 (empty rows stay empty), float32.

    The term counts log(1 + n): the tenth 钢 of an article says less than the first. NMI to the
    page of 6,222 newspaper articles, K = 16: 0.133 with plain counts, 0.152 so.
    """
    data = np.log1p(counts.data) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(rows, weights=data * data, minlength=counts.shape[0]))
    norms[norms == 0] = 1.0
    scaled = (data / norms[rows]).astype(np.float32)
    return sparse.csr_matrix((scaled, counts.indices, counts.indptr), shape=counts.shape)


def truncated_svd(x: sparse.csr_matrix, rank: int, seed: int) -> tuple[Dense, Dense, Dense]:
    """Return u (n, rank), s (rank,), vt (rank, v) of the largest singular values, signs fixed."""
    width = min(rank + OVERSAMPLING, *x.shape)
    turned = x.T.tocsr()
    basis = np.random.default_rng(seed).standard_normal((x.shape[1], width)).astype(np.float32)
    for _ in range(POWER_ROUNDS):
        basis = np.linalg.qr(turned @ np.linalg.qr(x @ basis)[0])[0]
    left = np.linalg.qr(x @ basis)[0]
    u, s, vt = np.linalg.svd((turned @ left).T, full_matrices=False)
    u, s, vt = left @ u[:, :rank], s[:rank], vt[:rank]
    signs = np.where(vt[np.arange(len(vt)), np.abs(vt).argmax(axis=1)] < 0, -1, 1)
    return u * signs.astype(np.float32), s, vt * signs.astype(np.float32)[:, None]


def nndsvd(x: sparse.csr_matrix, rank: int, seed: int) -> tuple[Dense, Dense]:
    """Return a non-negative start (w: (n, rank), h: (rank, v)), zeros filled with the mean.

    Where the matrix has a lower rank than asked for, the surplus topics start at the mean too.
    """
    mean = np.float32(x.sum() / max(1, x.shape[0] * x.shape[1]))
    w = np.zeros((x.shape[0], rank), dtype=np.float32)
    h = np.zeros((rank, x.shape[1]), dtype=np.float32)
    u, s, vt = truncated_svd(x, min(rank, *x.shape), seed)
    for k in range(len(s)):
        sides = [(np.maximum(sign * u[:, k], 0), np.maximum(sign * vt[k], 0)) for sign in (1, -1)]
        sizes = [np.linalg.norm(a) * np.linalg.norm(b) for a, b in sides]
        best = int(sizes[1] > sizes[0])
        if sizes[best] > 0:
            scale = np.sqrt(s[k] * sizes[best])
            w[:, k] = scale * sides[best][0] / np.linalg.norm(sides[best][0])
            h[k] = scale * sides[best][1] / np.linalg.norm(sides[best][1])
    w[w == 0] = mean
    h[h == 0] = mean
    return w, h


def factorise(
    x: sparse.csr_matrix, rank: int, *, rounds: int, seed: int, tolerance: float = 0.0
) -> tuple[Dense, Dense]:
    """Return w (n, rank) and h (rank, v) with x ≈ w h, both ≥ 0.

    Args:
        x: documents × words, weights ≥ 0.
        rank: number of topics.
        rounds: most sweeps over both factors.
        seed: of the SVD's test matrix; hardly any influence on the result.
        tolerance: stop when a sweep moves h by less than this share of its length.
    """
    w, h = nndsvd(x, rank, seed)
    wt = np.ascontiguousarray(w.T)
    documents, words = _parts(x), _parts(x.T.tocsr())
    with Crew() as crew:
        for _ in range(rounds):
            before = h.copy()
            _sweep(wt, _product(crew, documents, h), h @ h.T)
            _sweep(h, _product(crew, words, wt), wt @ wt.T)
            if np.linalg.norm(h - before) <= tolerance * np.linalg.norm(before):
                break
    return wt.T, h


_Part = tuple[slice, sparse.csr_matrix]


def _parts(x: sparse.csr_matrix) -> list[_Part]:
    """Return the rows of ``x`` in parts, for threads to share; how many changes no product."""
    step = -(-x.shape[0] // cores())
    return [(slice(at, at + step), x[at : at + step]) for at in range(0, x.shape[0], step)]


def _product(crew: Crew, parts: list[_Part], factor: Dense) -> Dense:
    """Return ``factor`` (rank, l) times the transpose of the parts (m, l): (rank, m)."""
    turned = np.ascontiguousarray(factor.T)
    product = np.empty((len(factor), sum(rows.shape[0] for _, rows in parts)), np.float32)

    def one(part: _Part) -> None:
        where, rows = part
        product[:, where] = (rows @ turned).T

    list(crew.map(one, parts))
    return product


def _sweep(factor: Dense, target: Dense, gram: NDArray[Any]) -> None:
    """Set each row of ``factor`` (rank, m) to its best value given the others, in place."""
    for k in range(len(factor)):
        if gram[k, k] > FLOOR:
            better = gram[k] @ factor
            np.subtract(target[k], better, out=better)
            better /= gram[k, k]
            better += factor[k]
            np.maximum(better, 0, out=factor[k])


def cluster(
    x: sparse.csr_matrix | Dense, start: NDArray[np.float32], rounds: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the centres (k, v; length 1) of spherical k-means and each row's nearest, (n,)."""
    centres = unit(start)
    nearest = np.full(x.shape[0], -1)
    for _ in range(rounds):
        before, nearest = nearest, np.asarray((x @ centres.T).argmax(axis=1))
        if np.array_equal(before, nearest):
            break
        centres = _averages(x, nearest, centres)
    return centres, nearest


def _averages(
    x: sparse.csr_matrix | Dense, nearest: NDArray[np.intp], centres: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the clusters' mean directions; an empty cluster keeps its centre."""
    n = x.shape[0]
    members = sparse.csr_matrix(
        (np.ones(n, dtype=np.float32), nearest, np.arange(n + 1)), shape=(n, len(centres))
    )
    added = members.T @ x
    sums = added.toarray() if sparse.issparse(added) else added
    return unit(np.where(sums.any(axis=1, keepdims=True), sums, centres))


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length 1; empty rows stay empty."""
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    unit = np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit
