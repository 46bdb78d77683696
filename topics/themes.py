"""Theme and ThemeSet: names, descriptions and seed words, read from a TOML file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from topics.errors import ThemeError, did_you_mean

OTHER: Final = "other"
"""The code of "none of these"; no theme may be called so."""

_THEME_KEYS: Final = ("code", "zh", "en", "description", "seeds", "against")
_FILE_KEYS: Final = ("name", "description", "theme", "other", "words")
_OTHER_KEYS: Final = ("zh", "en", "description", "seeds")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_WIDE: Final = frozenset("“”‘’，\uff1d\uff3b\uff3d\uff5b\uff5d")
"""Quotes, comma, full-width = [ ] { } of a Chinese keyboard, where TOML has plain ones."""


def _empty() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: what it is called, what it means, which words point to it."""

    code: str
    zh: str
    en: str = ""
    description: str = ""
    seeds: Mapping[str, float] = field(default_factory=_empty)
    """Seed word → weight (1 where none is given)."""
    against: Mapping[str, float] = field(default_factory=_empty)
    """Words that speak against the theme → weight."""

    def name(self, lang: str = "zh") -> str:
        """The name in ``lang`` (``zh`` or ``en``); Chinese where there is no English one."""
        return self.en if lang == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class ThemeSet:
    """The themes of one job, in their order, and what "none of these" is called."""

    themes: tuple[Theme, ...]
    name: str = "themes"
    other: Theme = field(default_factory=lambda: Theme(OTHER, "其他", "Other"))
    """Name of the rest, and words that mark it (may be none)."""
    words: Mapping[str, int | None] = field(default_factory=dict)
    """The user's words, which the segmenter keeps whole → frequency (None: as little as does)."""

    def with_words(self, words: Mapping[str, int | None]) -> ThemeSet:
        """Return the same themes with more of the user's words."""
        return replace(self, words={**self.words, **words})

    def spelled(self, spell: Callable[[str], str]) -> ThemeSet:
        """Return the same themes with every word as ``spell`` writes it.

        Words that become one have the heavier weight of the two.

        Raises:
            ThemeError: a word for a theme and one against it become one.
        """

        def weights(words: Mapping[str, float]) -> Mapping[str, float]:
            lighter_first = sorted(words.items(), key=lambda pair: pair[1])
            heaviest = {spell(word): weight for word, weight in lighter_first}
            return MappingProxyType({spell(word): heaviest[spell(word)] for word in words})

        def theme(one: Theme) -> Theme:
            seeds, against = weights(one.seeds), weights(one.against)
            _apart(seeds, against, f"theme {one.code!r}")
            return replace(one, seeds=seeds, against=against)

        words = {spell(word): number for word, number in self.words.items()}
        return replace(self, themes=tuple(map(theme, self)), other=theme(self.other), words=words)

    def __iter__(self) -> Iterator[Theme]:
        """Iterate over the themes, without other."""
        return iter(self.themes)

    def __len__(self) -> int:
        """How many themes there are, without other."""
        return len(self.themes)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the themes, without other."""
        return tuple(theme.code for theme in self.themes)

    @property
    def classes(self) -> tuple[str, ...]:
        """The codes of the themes, then other: the order of every probability row."""
        return (*self.codes, OTHER)

    @property
    def seed_words(self) -> frozenset[str]:
        """All seed and against words, of other too."""
        sets = ({*theme.seeds, *theme.against} for theme in (*self.themes, self.other))
        return frozenset(word for words in sets for word in words)

    def __getitem__(self, code: str) -> Theme:
        """Return the theme (or other) of this code."""
        for theme in (*self.themes, self.other):
            if theme.code == code:
                return theme
        raise ThemeError(f"no theme has the code {code!r}{did_you_mean(code, self.classes)}")

    def label(self, code: str, lang: str = "zh") -> str:
        """The name of a theme or of other, for people."""
        return self[code].name(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the TOML file."""

        def plain(theme: Theme) -> dict[str, Any]:
            return {
                "code": theme.code,
                "zh": theme.zh,
                "en": theme.en,
                "description": theme.description,
                "seeds": dict(theme.seeds),
                "against": dict(theme.against),
            }

        rest = plain(self.other)
        del rest["code"], rest["against"]
        found = {"name": self.name, "theme": [plain(t) for t in self.themes], "other": rest}
        words = {word: number or 0 for word, number in self.words.items()}
        return {**found, "words": words} if words else found

    @property
    def digest(self) -> str:
        """Sha256 of the themes, without the user's words: the same for the same themes."""
        themes = replace(self, words={}).to_dict()
        plain = json.dumps(themes, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    @property
    def packaged(self) -> bool:
        """Whether these are the packaged themes, whatever words the user has added."""
        return self.digest == load_themes().digest


def load_themes(source: str | Path = "cppcc") -> ThemeSet:
    """Load a packaged theme file by name (``cppcc``) or any theme file by path.

    Raises:
        ThemeError: what was found, what is allowed, what to do.
    """
    from importlib import resources

    path = Path(source)
    try:
        packaged = resources.files("topics") / "data" / "themes" / f"{source}.toml"
        if isinstance(source, str) and re.fullmatch(r"\w+", source) and packaged.is_file():
            return parse_themes(packaged.read_text(encoding="utf-8"), f"{source}.toml")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ThemeError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = getattr(error, "strerror", None) or error
        raise ThemeError(
            f"{path!s:.200}: no such theme file ({why}); give the path of a TOML file, "
            f"or the name of a packaged one: cppcc"
        ) from error
    return parse_themes(text, str(path))


def parse_themes(text: str, where: str = "theme file") -> ThemeSet:
    """Parse the text of a theme file; ``where`` names it in messages.

    Raises:
        ThemeError: what was found, what is allowed, what to do.
    """
    import tomllib

    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers without end
        raise ThemeError(f"{where}: not valid TOML: {error}{_wide(text, str(error))}") from error
    themes = themes_from_dict(data, where)
    for lang in (
        "zh",
        "en",
    ):  # here alone: models of before, with names that stand twice, still load
        names = [getattr(theme, lang) for theme in (*themes, themes.other)]
        for name in filter(None, names):
            if names.count(name) > 1:
                first, last = [n for n, found in enumerate(names, 1) if found == name][:2]
                second = "[other]" if last == len(names) else f"theme {last}"
                raise ThemeError(
                    f"{where}: theme {first} and {second} are both called {name!r} ({lang}); "
                    "nobody could tell them apart: give each its own name"
                )
    return themes


def _wide(text: str, fault: str) -> str:
    """Return the advice to write plain marks, if the faulty line has a Chinese keyboard's."""
    place = re.search(r"at line (\d+)", fault)
    lines = text.splitlines()
    found = sorted(_WIDE.intersection(lines[int(place[1]) - 1])) if place and lines else []
    return f'; that line has {" ".join(found)}: TOML needs plain " , = [ ]' if found else ""


def themes_from_dict(data: Mapping[str, Any], where: str = "theme file") -> ThemeSet:
    """Build themes from plain data, checked key by key."""
    _known(data, _FILE_KEYS, where)
    rows = data.get("theme", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ThemeError(f"{where}: 'theme' must be tables; write [[theme]] before each theme")
    themes = tuple(_theme(row, f"{where}, theme {n}") for n, row in enumerate(rows, 1))
    if not themes:
        raise ThemeError(f"{where}: no theme found; write at least one [[theme]] with code and zh")
    codes = [theme.code for theme in themes]
    for code in codes:
        if codes.count(code) > 1:
            raise ThemeError(f"{where}: the code {code!r} stands twice; give each theme its own")
    other = Theme(OTHER, "其他", "Other")
    if "other" in data:
        if not isinstance(data["other"], dict):
            raise ThemeError(f"{where}: 'other' must be a table; write [other]")
        _known(data["other"], _OTHER_KEYS, f"{where}, [other]")
        plain = {"code": OTHER, "zh": "其他", "en": "Other", **data["other"]}
        other = _build(plain, f"{where}, [other]")
    name = _text(data, "name", where) or "themes"
    return ThemeSet(themes, name, other, _user_words(data.get("words", {}), where))


def _user_words(value: object, where: str) -> Mapping[str, int | None]:
    """Read ``["word", …]`` or ``{word = frequency}``; 0: no frequency given."""
    if isinstance(value, list):
        value = {str(word): 0 if isinstance(word, str) else None for word in value}
    if not isinstance(value, dict) or not all(
        isinstance(number, int) and not isinstance(number, bool) and number >= 0
        for number in value.values()
    ):
        raise ThemeError(
            f"{where}: 'words' must be a list of words, or a table \"word\" = frequency "
            "(a whole number; 0 where none is given)"
        )
    if not all(word.strip() for word in value):
        raise ThemeError(f"{where}: an empty word stands in 'words'; remove it")
    return {word.strip(): number or None for word, number in value.items()}


def _theme(row: Mapping[str, Any], where: str) -> Theme:
    _known(row, _THEME_KEYS, where)
    for key in ("seeds", "against"):
        _astray(row.get(key), key, where)
    code = _text(row, "code", where)
    if not _CODE.match(code) or code == OTHER:
        raise ThemeError(
            f"{where}: code {code!r} is not allowed; use small Latin letters, digits and _, "
            f"and not {OTHER!r} (it means none of the themes)"
        )
    theme = _build(row, f"{where} ({code})")
    if not theme.seeds:
        raise ThemeError(f"{where} ({code}): no seed words; give at least one in 'seeds'")
    return theme


def _build(row: Mapping[str, Any], where: str) -> Theme:
    zh = _text(row, "zh", where)
    if not zh:
        raise ThemeError(f"{where}: no name; give one in 'zh'")
    seeds, against = _words(row, "seeds", where), _words(row, "against", where)
    _apart(seeds, against, where)
    texts = (_text(row, "en", where), _text(row, "description", where))
    return Theme(str(row["code"]), zh, *texts, seeds, against)


def _astray(words: object, key: str, where: str) -> None:
    """Refuse a key of the theme that stands under its words: TOML takes it for one of them."""
    for name, value in words.items() if isinstance(words, dict) else ():
        if name in _THEME_KEYS and isinstance(value, str | list | dict):
            raise ThemeError(
                f"{where}: {name!r} stands below [theme.{key}] and so among its words; "
                f"move it above, right after [[theme]]"
            )


def _apart(seeds: Mapping[str, float], against: Mapping[str, float], where: str) -> None:
    both = sorted(set(seeds) & set(against))
    if both:
        raise ThemeError(f"{where}: {both[0]!r} stands in seeds and in against; keep one")


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise ThemeError(f"{where}: {key!r} must be text in quotes, found {value!r}")
    return value.strip()


def _words(row: Mapping[str, Any], key: str, where: str) -> Mapping[str, float]:
    """Read ``["词", …]`` or ``{词 = 2.0}`` as word → weight."""
    value = row.get(key, {})
    if isinstance(value, list):
        value = dict.fromkeys(value, 1.0) if all(isinstance(w, str) for w in value) else None
    if not isinstance(value, dict):
        raise ThemeError(f'{where}: {key!r} must be a list of words or a table "word" = weight')
    words: dict[str, float] = {}
    for word, weight in value.items():
        fits = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not fits or not 0 < weight <= 100:
            raise ThemeError(
                f"{where}: weight of {word!r} is {weight!r}; "
                "use 0 < weight ≤ 100, a number without quotes"
            )
        if not word.strip():
            raise ThemeError(f"{where}: an empty word stands in {key!r}; remove it")
        words[word.strip()] = float(weight)
    return MappingProxyType(words)


def _known(row: Mapping[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in allowed:
            raise ThemeError(f"{where}: no key is called {key!r}{did_you_mean(key, allowed)}")
