"""A theme file that does not fit is refused with what was found, allowed, and to be done."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.errors import ThemeError, TopicsError
from topics.themes import load_themes, parse_themes, themes_from_dict

GOOD = '[[theme]]\ncode = "water"\nzh = "水"\nseeds = ["河水"]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[theme]", "not valid TOML"),
        ("", "no theme found"),
        ("theme = 3", "must be tables"),
        (GOOD + "sead = []", "no key is called 'sead'; did you mean 'seeds'?"),
        ('nam = "x"\n' + GOOD, "did you mean 'name'?"),
        (GOOD.replace('"water"', '"other"'), "'other' is not allowed"),
        (GOOD.replace('"water"', '"Wasser 1"'), "is not allowed"),
        (GOOD.replace('"水"', '""'), "no name"),
        (GOOD.replace('["河水"]', "[]"), "no seed words"),
        (GOOD.replace('["河水"]', "[3]"), "must be a list of words"),
        (GOOD.replace('["河水"]', '{ "河水" = -1 }'), "use 0 < weight"),
        (GOOD.replace('["河水"]', '[" "]'), "an empty word"),
        (GOOD + 'against = ["河水"]', "in seeds and in against"),
        (GOOD + GOOD, "stands twice"),
        ("other = 3\n" + GOOD, "must be a table"),
        (GOOD.replace('zh = "水"', "zh = 3"), "must be text in quotes"),
    ],
)
def test_what_does_not_fit_is_named(text: str, says: str) -> None:
    with pytest.raises(ThemeError, match=r"theme file") as caught:
        parse_themes(text)
    assert says in str(caught.value)


def test_themes_survive_as_plain_data() -> None:
    themes = load_themes()
    again = themes_from_dict(themes.to_dict())
    assert again.digest == themes.digest
    assert again == themes


def test_a_file_that_is_not_utf8_names_the_byte(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(ThemeError, match="not UTF-8"):
        load_themes(tmp_path / "t.toml")


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(ThemeError, match="did you mean 'livelihood'"):
        _ = load_themes()["livelyhood"]


@given(st.text())
def test_any_text_is_themes_or_our_error(text: str) -> None:
    with contextlib.suppress(TopicsError):
        assert parse_themes(text).themes
