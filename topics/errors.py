"""Every error that is raised on purpose.

TopicsError                 what a user can mend; the command line prints it, exit code 2
├── InputError              a file, folder or text that cannot be read
├── OptionsError            an option that does not exist or has an impossible value
├── ThemeError              a theme file that does not fit
├── LabelError              a labels file that does not fit
├── ModelError              a saved model that is damaged, foreign or too new
└── MissingExtraError       a package of an optional extra is not installed

A message says what was found, what is allowed and what to do.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType


class TopicsError(Exception):
    """Base of all errors that are raised on purpose."""


class InputError(TopicsError):
    """A file, folder or text cannot be read."""


class OptionsError(TopicsError):
    """An option does not exist or has an impossible value."""


class ThemeError(TopicsError):
    """A theme file does not fit."""


class LabelError(TopicsError):
    """A labels file does not fit."""


class ModelError(TopicsError):
    """A saved model is damaged, foreign or too new."""


class MissingExtraError(TopicsError):
    """A package of an optional extra is not installed."""


def did_you_mean(found: object, allowed: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest allowed name, or what is allowed."""
    names = sorted(allowed)
    import difflib

    near = difflib.get_close_matches(str(found), names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; allowed: {', '.join(names)}"


def require(module: str, extra: str) -> ModuleType:
    """Import ``module``, which belongs to the optional ``extra``.

    Raises:
        MissingExtraError: if it is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"this needs the package {module.partition('.')[0]!r}, which is not installed; "
            f"install it with: pip install 'cn-topics[{extra}]'"
        ) from error
