"""What a classifier learns from: texts, what is known about each, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.errors import LabelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Texts with what is known about them; one entry a text in every sequence.

    A text without a label may have soft labels (from seed words, from a base model), or nothing:
    it then teaches the vocabulary and which words keep company. Headings may stand among the
    texts, so that others can point to them.
    """

    texts: Sequence[str]
    tokens: Sequence[Sequence[str]]
    """The tokens of each text, as the segmenter gave them."""
    groups: Sequence[str]
    """The article of each text: texts of one article never stand on both sides of a split."""
    labels: Sequence[int] = ()
    """Class of each text, in the order of ``ThemeSet.classes``; -1: unknown. Empty: no labels."""
    tags: Sequence[frozenset[int] | None] = ()
    """All themes of each text; None: unknown. Empty: none known."""
    soft: Floats | None = None
    """Shape (texts, classes): probabilities from elsewhere; a row of NaN: nothing known."""
    weights: Floats | None = None
    """Shape (texts,): how much each counts in fitting (default 1)."""
    calibrates: NDArray[np.bool_] | None = None
    """Shape (texts,): the labelled texts whose mix of classes is that of the texts to come;
    calibration, context and thresholds go by them alone (default: by every labelled text)."""
    headings: Sequence[int] = ()
    """Which text is the heading of each; -1: none."""
    previous: Sequence[int] = ()
    """Which text stands before each in its article; -1: none."""
    next: Sequence[int] = ()
    """Which text stands after each in its article; -1: none."""

    def __post_init__(self) -> None:
        """Check the lengths.

        Raises:
            LabelError: what was found, what is allowed.
        """
        for name in ("tokens", "groups", "labels", "tags", "headings", "previous", "next"):
            found = len(getattr(self, name))
            if found != len(self) and (found or name in {"tokens", "groups"}):
                raise LabelError(f"{name} has {found} entries for {len(self)} texts; give one each")
        for name in ("soft", "weights", "calibrates"):
            array = getattr(self, name)
            if array is not None and len(array) != len(self):
                raise LabelError(
                    f"{name} has {len(array)} rows for {len(self)} texts; give one each"
                )

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.texts)

    @property
    def classes(self) -> Ints:
        """The label of each text, -1 where unknown."""
        return np.array(self.labels if len(self.labels) else [-1] * len(self), np.int64)

    def pointers(self, name: str) -> Ints:
        """``headings``, ``previous`` or ``next`` as an array, -1 where there is none."""
        given: Sequence[int] = getattr(self, name)
        return np.array(given if len(given) else [-1] * len(self), np.int64)
