"""Shares of topics by month, source or any column, and which topics join first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics.discovering.finding import Discovery
from topics.errors import InputError
from topics.naming import bootstrap

SMALLEST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A topic's share in one group of documents."""

    group: str
    topic: int
    documents: int
    share: float
    low: float
    high: float
    """95 % bootstrap interval of the share."""


@dataclass(frozen=True, slots=True)
class Join:
    """Two branches of the hierarchy that become one."""

    left: int
    """A topic's id, or the number of topics + the place of an earlier join."""
    right: int
    distance: float
    """Hellinger distance between the branches' mean word distributions, 0 to 1."""


def shares_by(
    discovery: Discovery,
    column: Sequence[str],
    *,
    articles: Sequence[Hashable] | None = None,
    seed: int = 7,
) -> tuple[GroupShare, ...]:
    """Return every topic's share in every group, groups in their order, topics by id.

    Args:
        discovery: what was found.
        column: each document's group (a month, a source …).
        articles: each document's article, so that intervals draw articles.
        seed: start of the bootstrap.

    Raises:
        InputError: a column of another length.
    """
    for name, given in (("column", column), ("articles", articles or column)):
        if len(given) != len(discovery.theta):
            raise InputError(
                f"{name} has {len(given)} rows, but there are {len(discovery.theta)} documents"
            )
    groups = np.asarray(column, dtype=object).astype(str)
    rows = []
    for group in sorted(set(groups)):
        members = np.flatnonzero((groups == group) & ~discovery.unknown)
        clusters = None if articles is None else np.asarray(articles)[members]
        means, low, high = bootstrap(discovery.theta[members], groups=clusters, seed=seed)
        rows += [
            GroupShare(str(group), k, len(members), float(means[k]), float(low[k]), float(high[k]))
            for k in range(len(means))
        ]
    return tuple(rows)


def hierarchy(components: NDArray[np.float64]) -> tuple[Join, ...]:
    """Return the joins of topics, nearest first: average linkage over Hellinger distances.

    Args:
        components: topics × words, rows that sum to 1.
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist

    if len(components) < 2:
        return ()
    distances = pdist(np.sqrt(components)) / np.sqrt(2)
    tree = linkage(np.maximum(distances, SMALLEST), method="average")
    return tuple(Join(int(a), int(b), float(d)) for a, b, d, _ in tree)
