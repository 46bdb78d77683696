"""Counts → topics. Names only, each loaded when first used: estimators in scikit-learn's manners.

Every estimator is a plain model (``lda.LdaModel`` …) with those manners added; who needs no manners
takes the plain one and saves loading scikit-learn. ``topics.modelling.inference`` needs numpy
alone; loading it must load nothing heavier, so this file imports neither.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topics.modelling.estimators import Clusters as Clusters
    from topics.modelling.estimators import KMeans as KMeans
    from topics.modelling.estimators import Lda as Lda
    from topics.modelling.estimators import Nmf as Nmf
    from topics.modelling.guided import GuidedLda as GuidedLda
    from topics.modelling.inference import infer as infer

_HOMES = {
    "Clusters": "estimators",
    "GuidedLda": "guided",
    "KMeans": "estimators",
    "Lda": "estimators",
    "Nmf": "estimators",
    "infer": "inference",
}

__all__ = ["Clusters", "GuidedLda", "KMeans", "Lda", "Nmf", "infer"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the module holds
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
