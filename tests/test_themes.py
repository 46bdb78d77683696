"""A theme file that does not fit is refused with what was found, allowed, and to be done."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.corpus import Article, Corpus, Part
from topics.errors import ThemeError, TopicsError
from topics.options import Options
from topics.preparing import prepare, read_word
from topics.themes import load_themes, parse_themes, themes_from_dict

CORPUS = Corpus((Article((Part("党组开会。"),)),))
GOOD = '[[theme]]\ncode = "water"\nzh = "水"\nseeds = ["河水"]\n'
TABLE = '[[theme]]\ncode = "water"\nzh = "水"\n[theme.seeds]\n"河水" = 1\n'
NAMED = GOOD + 'en = "Water"\n'


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
        (GOOD.replace('["河水"]', '{ "河水" = "2" }'), "a number without quotes"),
        (GOOD.replace('["河水"]', "[“河水”]"), 'that line has “ ”: TOML needs plain " , = [ ]'),
        (GOOD.replace('["河水"]', '["河水"，"水渠"]'), "that line has ，: TOML needs plain"),
        ('words = [" "]\n' + GOOD, "an empty word stands in 'words'"),
        (TABLE + 'against = ["线路图"]', "'against' stands below [theme.seeds]"),
        (TABLE.replace('zh = "水"\n', "") + 'zh = "水"', "move it above, right after [[theme]]"),
        (GOOD + GOOD.replace("water", "b"), "theme 1 and theme 2 are both called '水' (zh)"),
        (NAMED + NAMED.replace("water", "b").replace("水", "火"), "both called 'Water' (en)"),
        (GOOD.replace('"水"', '"其他"'), "theme 1 and [other] are both called '其他'"),
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


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_windows_files_are_read(tmp_path: Path, start: str, end: str) -> None:
    file = tmp_path / "t.toml"
    file.write_bytes((start + GOOD.replace("\n", end)).encode())
    assert load_themes(file) == parse_themes(GOOD)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for name in (str(tmp_path), "a\0b", "x" * 5000, str(tmp_path / "none.toml")):
        with pytest.raises(ThemeError, match=r"no such theme file .*give the path of a TOML file"):
            load_themes(name)


def test_names_that_stand_twice_are_refused_in_files_not_in_models() -> None:
    plain = parse_themes(GOOD + GOOD.replace("water", "b").replace('"水"', '"火"')).to_dict()
    plain["theme"][1]["zh"] = "水"
    assert themes_from_dict(plain).codes == ("water", "b")


def test_words_are_read_as_texts_are() -> None:
    themes = parse_themes(
        'words = ["田坎會"]\n[[theme]]\ncode = "a"\nzh = "甲"\nseeds = { "黨組" = 1, "党组" = 2 }\n'
        'against = ["黨員"]\n[other]\nseeds = ["經濟"]\n'
    )
    read = prepare(CORPUS, themes, None, Options()).themes
    assert read["a"].seeds == {"党组": 2}
    assert set(read["a"].against) == {"党员"}
    assert set(read.other.seeds) == {"经济"}
    assert set(read.words) == {"田坎会"}
    assert read.spelled(read_word) == read


def test_the_packaged_themes_are_written_as_texts_are_read() -> None:
    assert load_themes().spelled(read_word).digest == load_themes().digest


def test_words_that_become_one_do_not_speak_for_and_against() -> None:
    themes = parse_themes(GOOD.replace("河水", "黨組") + 'against = ["党组"]')
    with pytest.raises(ThemeError, match="'党组' stands in seeds and in against"):
        prepare(CORPUS, themes, None, Options())


def test_a_word_that_can_be_no_token_is_named_with_its_themes() -> None:
    themes = parse_themes('name = "mine"\nwords = ["坎"]\n' + GOOD)
    with pytest.raises(ThemeError, match=r"'words' of the themes 'mine': .*'坎'"):
        prepare(CORPUS, themes, None, Options())


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(ThemeError, match="did you mean 'livelihood'"):
        _ = load_themes()["livelyhood"]


@given(st.text())
def test_any_text_is_themes_or_our_error(text: str) -> None:
    with contextlib.suppress(TopicsError):
        assert parse_themes(text).themes
