"""Options: frozen, each default beside its meaning; default < TOML < command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from topics.errors import OptionsError, did_you_mean

Method = Literal["tfidf", "lda", "nmf", "kmeans"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a training run may be told."""

    method: Method = "tfidf"
    """tfidf: theme classifier; lda: seeded topic model; nmf, kmeans: topics mapped to themes."""
    seed: int = 7
    """Start of every random choice: same seed and input, same model."""
    topics: int = 20
    """How many topics an lda, nmf or kmeans model has: fewer where fewer than four paragraphs are
    there for each, but one for every theme and for other at least."""
    min_paragraph: int = 2
    """Shorter body paragraphs, in characters, are tagged but not trained on."""
    folds: int = 5
    """Parts of the cross-validation by article that the reported scores come from."""
    context: bool = True
    """Whether heading and neighbouring paragraphs of the same article count as evidence."""
    sample: bool = True
    """Whether tfidf also learns from the packaged sample, if the themes are the packaged ones."""
    reprints: bool = False
    """Whether identical and near-identical paragraphs count every time in training."""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            OptionsError: what was found, what is allowed.
        """
        if self.method not in METHODS:
            raise OptionsError(
                f"method {self.method!r} is unknown{did_you_mean(self.method, METHODS)}"
            )
        for name, low, high in (
            ("seed", 0, 2**32 - 1),
            ("topics", 2, 1000),
            ("min_paragraph", 1, 10_000),
            ("folds", 2, 50),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise OptionsError(f"{name} is {value!r}; use a whole number from {low} to {high}")
        for name in ("context", "sample", "reprints"):
            if not isinstance(getattr(self, name), bool):
                raise OptionsError(f"{name} is {getattr(self, name)!r}; use true or false")

    def replace(self, **changes: object) -> Options:
        """Return a copy with ``changes``; an unknown name is an error."""
        names = [f.name for f in dataclasses.fields(self)]
        for key in changes:
            if key not in names:
                raise OptionsError(f"no option is called {key!r}{did_you_mean(key, names)}")
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]  # checked in __post_init__

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return dataclasses.asdict(self)


def load_options(path: str | Path | None, **given: object) -> Options:
    """Return the defaults, changed by a TOML file (if any), changed by what is ``given``.

    Raises:
        OptionsError: unreadable file, unknown key, impossible value.
    """
    options = Options()
    if path is not None:
        import tomllib

        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise OptionsError(f"{path}: cannot read the options ({error.strerror})") from error
        except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, nested without end
            raise OptionsError(f"{path}: not valid TOML in UTF-8: {error}") from error
        options = options.replace(**data)
    return options.replace(**{key: value for key, value in given.items() if value is not None})
