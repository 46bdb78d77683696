"""Numbers about models: pure functions. Names only, each loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topics.evaluating.shares import estimate_shares as estimate_shares
    from topics.evaluating.tags import TagScores as TagScores
    from topics.evaluating.tags import multi_label_f1 as multi_label_f1
    from topics.evaluating.tags import score as score
    from topics.evaluating.tags import score_tags as score_tags
    from topics.evaluating.topics import c_v as c_v
    from topics.evaluating.topics import completion_perplexity as completion_perplexity
    from topics.evaluating.topics import diversity as diversity
    from topics.evaluating.topics import exclusivity as exclusivity
    from topics.evaluating.topics import npmi as npmi
    from topics.evaluating.topics import stability as stability

_HOMES = {
    "estimate_shares": "shares",
    **dict.fromkeys(("TagScores", "multi_label_f1", "score", "score_tags"), "tags"),
    **dict.fromkeys(
        ("c_v", "completion_perplexity", "diversity", "exclusivity", "npmi", "stability"), "topics"
    ),
}

__all__ = sorted(_HOMES)  # one list, not two


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the module holds
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
