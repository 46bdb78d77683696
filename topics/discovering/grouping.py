"""Shares of topics by month, source or any column, and which topics join first."""

from __future__ import annotations

import re
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
    """NaN where no document of the group has a known word."""
    low: float
    high: float
    """95 % bootstrap interval of the share; NaN where fewer than two documents tell it."""


@dataclass(frozen=True, slots=True)
class Join:
    """Two branches of the hierarchy that become one."""

    left: int
    """A topic's id, or the number of topics + the place of an earlier join."""
    right: int
    distance: float
    """Mean of the Hellinger distances between the topics of one and those of the other, 0 to 1."""


def shares_by(
    discovery: Discovery,
    column: Sequence[str],
    *,
    rows: Sequence[int] | None = None,
    articles: Sequence[Hashable] | None = None,
    seed: int = 7,
) -> tuple[GroupShare, ...]:
    """Return every topic's share in every group, groups in their order, topics by id.

    Args:
        discovery: what was found.
        column: each document's group (a month, a source …).
        rows: which document each entry of ``column`` is of, where a document stands in several
            places and counts in each.
        articles: the article of each entry, so that intervals draw articles.
        seed: start of the bootstrap.

    Raises:
        InputError: a column of another length.
    """
    entries = np.arange(len(discovery.theta)) if rows is None else np.asarray(rows, np.intp)
    for name, given in (("column", column), ("articles", articles or column)):
        if len(given) != len(entries):
            raise InputError(
                f"{name} has {len(given)} rows, but there are {len(entries)} documents"
            )
    groups = np.asarray(column, dtype=object).astype(str)
    found = []
    for group in sorted(set(groups), key=in_order):
        members = np.flatnonzero((groups == group) & ~discovery.unknown[entries])
        clusters = None if articles is None else np.asarray(articles)[members]
        means, low, high = bootstrap(discovery.theta[entries[members]], groups=clusters, seed=seed)
        found += [
            GroupShare(str(group), k, len(members), float(means[k]), float(low[k]), float(high[k]))
            for k in range(len(means))
        ]
    return tuple(found)


def in_order(name: str) -> tuple[object, ...]:
    """Return what sorts names as people do: 2 before 10.

    >>> sorted(["page 10", "page 9", "9"], key=in_order)
    ['9', 'page 9', 'page 10']
    """
    pieces = re.findall(r"0*([0-9]+)|([^0-9]+)", name)
    return tuple((text, len(digits), digits) for digits, text in pieces), name


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
