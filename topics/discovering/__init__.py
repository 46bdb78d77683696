"""Counts → topics that nobody named yet, named, scored, edited. Names only, loaded when used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topics.discovering.choosing import Choice as Choice
    from topics.discovering.choosing import choose_topics as choose_topics
    from topics.discovering.editing import Edits as Edits
    from topics.discovering.finding import Discovery as Discovery
    from topics.discovering.finding import Settings as Settings
    from topics.discovering.finding import discover as discover
    from topics.discovering.grouping import hierarchy as hierarchy
    from topics.discovering.grouping import shares_by as shares_by

_HOMES = {
    "Choice": "choosing",
    "Discovery": "finding",
    "Edits": "editing",
    "Settings": "finding",
    "choose_topics": "choosing",
    "discover": "finding",
    "hierarchy": "grouping",
    "shares_by": "grouping",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the module holds
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
