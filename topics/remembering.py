"""The paragraphs whose labels taught a model, as digests: scores on them are no estimate.

Eight bytes of each text's sha256 are kept, no word of it. Two of a million texts share one by
chance with a probability of 3 in 100 million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from topics.labels.matching import bare

Digests = NDArray[np.int32]
"""Shape (texts, 2): two numbers a digest, for older versions pass over arrays of that type."""
NONE: Final[Digests] = np.zeros((0, 2), np.int32)
"""Of a model that no label taught."""


def digests(texts: Iterable[str]) -> Digests:
    """Return the digests of ``texts``, each once and in order.

    As where labels are matched, white space, full and half width make no other text.
    """
    return _pairs(np.unique(_numbers(texts)))


def remembered(texts: Sequence[str], kept: Digests) -> NDArray[np.bool_]:
    """Tell of each text whether its digest is among those ``kept``."""
    known = np.ascontiguousarray(kept, "<i4").view("<u8").reshape(-1)
    # Sorted, for NumPy 2.0 makes a table of numbers near one another, and these are too large.
    found: NDArray[np.bool_] = np.isin(_numbers(texts), known, kind="sort")
    return found


def _numbers(texts: Iterable[str]) -> NDArray[np.uint64]:
    hashed = [hashlib.sha256(bare(text).encode("utf-8", "surrogatepass")) for text in texts]
    return np.frombuffer(b"".join(one.digest()[:8] for one in hashed), "<u8")


def _pairs(numbers: NDArray[np.uint64]) -> Digests:
    return numbers.astype("<u8").view("<i4").reshape(-1, 2).astype(np.int32)
