"""Which topics a text has, given the topics' words: fixed start, numpy only.

A row's answer depends on that row alone, to the last bit: rows are padded to a width that only
their own length decides, products are made row by row (``np.matmul`` over a stack calls the same
small BLAS kernel for every item), and every row stops by its own convergence. gensim draws random
starts for a batch instead, so that a text's topics change with its neighbours.

Source: Blei, Ng, Jordan 2003, Latent Dirichlet Allocation (variational); for ``variational=False``
the maximum a posteriori mixture of Chien and Wu 2008 / PLSA's folding-in (Hofmann 1999).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.integer[Any]]

CHUNK: Final = 1 << 19
"""Float32 cells of word × topic held at a time: 2 MB, inside a level-3 cache. 2**17 was 1.8 times
slower (call overhead), 2**20 equal (6,023 paragraphs, K = 20)."""
BLAS_CELLS: Final = 8192
"""Most cells of one product. OpenBLAS splits a matrix-vector product of 9216 cells and more over
threads, and then its last bits depend on how many there are."""
CHECK_EVERY: Final = 3
"""Rounds between two looks at convergence; a look costs as much as half a round."""
GENSIM_EPSILON: Final = float(np.finfo(np.float32).eps)
"""What gensim 4.4.0 adds to a word's probability (``LdaModel.inference``, float32)."""
COMPACT: Final = 0.6
"""Rows that are done are dropped when fewer than this share is still at work: dropping copies."""
TINY: Final = np.float32(1e-20)
"""Added to a word's probability, so that a word that no topic has divides by more than nothing."""
_WIDTHS: Final = np.array([*range(8, 65, 8), *range(80, 129, 16), *range(160, 257, 32)])


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of similar length, padded to one width."""

    rows: Ints
    """Which rows of the matrix, shape (b,)."""
    words: Ints
    """Word numbers, shape (b, pieces, width); padding is the number after the last word."""
    counts: Floats
    """Weights of these words, same shape; 0 where padded."""


def widths(lengths: Ints, n_topics: int) -> Ints:
    """Return the padded number of words of each row; it depends on the row's own length alone."""
    most = max(8, BLAS_CELLS // n_topics // 8 * 8)
    steps = _WIDTHS[: np.searchsorted(_WIDTHS, most, side="right")]
    near = steps[np.minimum(np.searchsorted(steps, lengths), len(steps) - 1)]
    whole = -(-lengths // most) * most
    padded = np.where(lengths <= steps[-1], near, whole)
    return np.where(lengths == 0, 0, padded)


def blocks(
    indptr: Ints, indices: Ints, data: NDArray[Any], n_topics: int, n_words: int
) -> Iterator[Block]:
    """Cut a CSR matrix into blocks of padded rows, shortest rows first; empty rows are left out."""
    indptr = np.asarray(indptr, dtype=np.int64)
    lengths = np.diff(indptr)
    padded = widths(lengths, n_topics)
    most = max(8, BLAS_CELLS // n_topics // 8 * 8)
    order = np.argsort(padded, kind="stable")
    firsts = np.flatnonzero(np.diff(padded[order], prepend=0))
    for first, end in itertools.pairwise([*firsts, len(order)]):
        width = int(padded[order[first]])
        step = max(1, CHUNK // (width * n_topics))
        for at in range(first, end, step):
            rows = order[at : min(end, at + step)]
            within = np.arange(width)
            there = within < lengths[rows][:, None]
            places = np.where(there, indptr[rows][:, None] + within, 0)
            shape = (len(rows), -1, min(width, most))
            words = np.where(there, indices[places], n_words)
            counts = np.where(there, data[places], 0).astype(np.float32)
            yield Block(rows, words.reshape(shape), counts.reshape(shape))


def exp_digamma(x: Floats) -> Floats:
    """Return exp(digamma(x)) for x > 0, within 1.1e-3 of the true value, in few passes.

    Two steps of the recurrence psi(x) = psi(x + 1) - 1/x, then the asymptotic series of
    exp(psi(y)) = y - 1/2 + 1/(24 (y - 1/2)) … (Abramowitz and Stegun 6.3).
    """
    one = np.float32(1)
    shift = one / x
    shift += one / (x + one)
    y = x + np.float32(1.5)
    y += np.float32(1 / 24) / y
    np.negative(shift, out=shift)
    np.exp(shift, out=shift)
    y *= shift
    return y


def gather(words_by_topic: Floats, block: Block) -> Floats:
    """Return each word's row of ``words_by_topic``, shape (b, pieces, width, n_topics)."""
    flat = np.take(words_by_topic, block.words.ravel(), axis=0, mode="clip")
    return flat.reshape(*block.words.shape, words_by_topic.shape[1])


def by_word(phi: NDArray[Any]) -> Floats:
    """Return ``phi`` (topics × words) as words × topics, with a row of zeros for the padding."""
    turned = np.zeros((phi.shape[1] + 1, phi.shape[0]), dtype=np.float32)
    turned[:-1] = phi.T
    return turned


def update(
    cells: Floats, counts: Floats, theta: Floats, floor: Floats | np.float32 = TINY
) -> tuple[Floats, Floats]:
    """Make one round: share every word among the topics, add the shares up.

    Args:
        cells: topics' word weights at each row's words, (b, pieces, width, k).
        counts: (b, pieces, width).
        theta: the rows' topic weights, (b, k).
        floor: added to every word's probability, a number or (b, 1, 1).

    Returns:
        Expected counts of the topics (b, k), and counts / probability (b, pieces, width).
    """
    ratio = np.matmul(cells, theta[:, None, :, None])[..., 0]
    ratio += floor
    np.divide(counts, ratio, out=ratio)
    sums = np.matmul(ratio[:, :, None, :], cells)[:, :, 0, :]
    expected = sums[:, 0] if sums.shape[1] == 1 else sums.sum(axis=1)
    return expected * theta, ratio


def infer(
    indptr: Ints,
    indices: Ints,
    data: NDArray[Any],
    phi: NDArray[Any],
    alpha: ArrayLike = 0.1,
    **how: Any,  # noqa: ANN401  # see Rounds: the checker there names what is wrong
) -> NDArray[np.float64]:
    """Return the topics of each row of a CSR matrix.

    Args:
        indptr: row starts, shape (n + 1,).
        indices: word numbers, each below the number of columns of ``phi``.
        data: counts or other weights ≥ 0.
        phi: topics × words: word probabilities; for ``variational`` exp(E[log beta]).
        alpha: prior count of each topic, one number or shape (k,).
        **how: fields of ``Rounds``.

    Returns:
        theta, shape (n, k), float64: rows sum to 1; a row without a word has equal weights.
    """
    rounds = Rounds(**how)
    n_topics, n_words = phi.shape
    prior = np.broadcast_to(np.asarray(alpha, dtype=np.float32), (n_topics,))
    theta = np.full((len(indptr) - 1, n_topics), 1.0 / n_topics)
    turned = by_word(phi)
    for block in blocks(indptr, indices, data, n_topics, n_words):
        rounds.settle(block, gather(turned, block), prior, theta)
    theta /= theta.sum(axis=1, keepdims=True)
    return theta


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How long to go on, and by which rule."""

    variational: bool = False
    """True: variational Bayes, as gensim and scikit-learn; False: maximum a posteriori."""
    epsilon: float = 0.0
    """Added to every word's probability. gensim adds ``GENSIM_EPSILON``, which is not little beside
    a rare word's: without it the mean cosine to gensim's answer is 0.977 on a model of three
    passes, although both go to the end (by hand in double precision: ours is the fixed point)."""
    max_rounds: int = 60
    tolerance: float = 1e-2
    """Mean change of a row's topic counts at which it is done, in words. Mean cosine to gensim's
    answer from the same even start, and times gensim's speed, at 1e-2: 0.9994, 14; at 3e-3:
    0.9998, 11; at gensim's own 1e-3: 1.0000, 10 (6,023 paragraphs, 10 passes, K = 20). Another
    default would change the tags of saved topic models."""

    def settle(
        self, block: Block, cells: Floats, prior: Floats, theta: NDArray[np.float64]
    ) -> None:
        """Run the rounds for one block and write each row's counts into ``theta``."""
        rows, counts, n_topics = block.rows, block.counts, prior.shape[0]
        mass = counts.sum(axis=(1, 2)) / np.float32(n_topics)
        now: Floats = mass[:, None] + prior
        floor: Floats = np.full((len(rows), 1, 1), TINY)
        if self.epsilon:
            total = counts.sum(axis=(1, 2)) + prior.sum()
            scale = exp_digamma(total) if self.variational else total
            floor[:, 0, 0] += np.float32(self.epsilon) * scale
        active = np.ones(len(rows), dtype=np.bool_)
        for done_rounds in range(1, self.max_rounds + 1):
            weights = exp_digamma(now) if self.variational else now
            before = now
            now = update(cells, counts, weights, floor)[0] + prior
            if done_rounds % CHECK_EVERY:
                continue
            done = active & (np.abs(now - before).mean(axis=1) < self.tolerance)
            theta[rows[done]] = now[done]
            active &= ~done
            left = int(np.count_nonzero(active))
            if not left:
                return
            if left < COMPACT * len(rows):
                rows, counts, cells, now = rows[active], counts[active], cells[active], now[active]
                floor, active = floor[active], np.ones(left, dtype=np.bool_)
        theta[rows[active]] = now[active]
