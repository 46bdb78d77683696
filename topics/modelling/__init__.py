"""Counts → topics: estimators in scikit-learn's manners. Names only, each loaded when first used.

``topics.modelling.inference`` needs numpy alone; loading it must load nothing heavier, so this
file imports no estimator.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topics.modelling.clusters import Clusters as Clusters
    from topics.modelling.guided import GuidedLda as GuidedLda
    from topics.modelling.inference import infer as infer
    from topics.modelling.kmeans import KMeans as KMeans
    from topics.modelling.lda import Lda as Lda
    from topics.modelling.nmf import Nmf as Nmf

_HOMES = {
    "Clusters": "clusters",
    "GuidedLda": "guided",
    "KMeans": "kmeans",
    "Lda": "lda",
    "Nmf": "nmf",
    "infer": "inference",
}

__all__ = ["Clusters", "GuidedLda", "KMeans", "Lda", "Nmf", "infer"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the module holds
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
