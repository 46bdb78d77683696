"""Topics changed by hand: what cannot be done is said, and harms nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from topics.cli import run
from topics.discovering import Discovery, Edits, Settings, discover
from topics.discovering.editing import _State, load_edits
from topics.errors import InputError, OptionsError

WORDS = [f"{field}{n}" for field in ("农", "学", "军") for n in range(12)]


def counts() -> sparse.csr_matrix:
    draw = np.random.default_rng(5)
    rows = np.zeros((90, len(WORDS)))
    for row in range(90):
        np.add.at(rows[row], row % 3 * 12 + draw.integers(12, size=14), 1)
    rows[0] = 0  # a document without a word is of no topic
    return sparse.csr_matrix(rows)


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(counts(), WORDS, settings=Settings(topics=3, runs=2))


def test_more_parts_than_documents_are_no_split(found: Discovery) -> None:
    first, second = found.topics[0].words, found.topics[1].words
    changed, (lost,) = Edits().split(first, 40).rename(second, "第二").apply(found, counts())
    assert lost.edit.action == "split"
    assert lost.why.endswith("documents are too few for 40 parts")
    assert [topic.words for topic in changed.topics] == [topic.words for topic in found.topics]
    assert changed.topics[1].name == "第二"
    fits, none = Edits().split(first, 3).apply(found, counts())
    assert none == ()
    assert [topic.words for topic in fits.topics[:2]] == [topic.words for topic in found.topics[1:]]
    assert all(word[0] == first[0][0] for topic in fits.topics[2:] for word in topic.words)


def test_words_of_several_topics_name_none(found: Discovery) -> None:
    mixed = [topic.words[0] for topic in found.topics]
    changed, (lost,) = Edits().drop(mixed).apply(found, counts())
    assert (
        lost.why
        == f"{' '.join(mixed)}: its words are of several topics this time; give words of one"
    )
    assert len(changed.topics) == 3
    clear = [*found.topics[1].words[:2], found.topics[0].words[0]]
    changed, none = Edits().drop(clear).apply(found, counts())
    assert none == ()
    assert [t.words for t in changed.topics] == [found.topics[0].words, found.topics[2].words]


def test_two_names_of_one_topic_are_no_merge(found: Discovery) -> None:
    words = found.topics[0].words
    _, (lost,) = Edits().merge(words[:3], words[3:6]).apply(found, counts())
    assert "one and the same" in lost.why


def test_all_words_of_a_topic_name_it_though_another_has_them_too() -> None:
    short = [["农1", "农2"], ["农1", "农2", "农3", "农4"], ["学1"]]
    state = _State(
        np.ones((1, 3)), np.ones((3, 2)), [*map(tuple, short)], [""] * 3, [False] * 3, ()
    )
    assert [state.find(words) for words in short] == [0, 1, 2]
    assert isinstance(state.find(["农1"]), str)


def test_a_new_name_changes_no_score(found: Discovery) -> None:
    words = found.topics[0].words
    renamed, _ = Edits().rename(words, "第一").apply(found, counts())
    assert renamed.scores == found.scores
    assert not np.isnan([renamed.scores.stability, renamed.scores.perplexity]).any()
    assert renamed.theta is found.theta
    merged, _ = Edits().merge(*(t.words for t in found.topics[:2])).apply(found, counts())
    assert np.isnan(merged.scores.stability)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"topics": []}, "rename takes one topic, found 0"),
        ({"action": "split", "topics": []}, "split takes one topic, found 0"),
        ({"topics": [[]]}, "topic without a word"),
        ({"topics": ["学校"]}, "topics must be lists of words"),
        ({"name": None}, "name a text"),
        ({"parts": True}, "parts a whole number"),
        ({"parts": 1, "action": "split"}, "split into 1; use 2 or more"),
        ({"action": "merge", "topics": [["a"], ["a"]]}, "merge of a topic with itself"),
        ({"action": "merge"}, "two topics or more, found 1"),
        ({"action": "mend"}, "did you mean|allowed"),
    ],
)
def test_a_file_of_impossible_edits_is_one_line(
    change: dict[str, Any], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, text = tmp_path / "edits.json", tmp_path / "cut.txt"
    good = {"action": "rename", "topics": [["学1"]], "name": "校", "parts": 2}
    rows = [good, good | change]
    file.write_text(json.dumps({"format": 1, "edits": rows}), encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_edits(file)
    text.write_text("农1 农2 学1 学2\n" * 9, encoding="utf-8")
    assert run(["discover", str(text), "--tokenized", "--edits", str(file)]) == 2
    assert "edits.json, edit 2: " in capsys.readouterr().err.splitlines()[-1]


def test_impossible_edits_are_refused_when_they_are_made() -> None:
    for make in (
        lambda: Edits().merge(["a", "b"], ["b", "a"]),
        lambda: Edits().rename([], "名"),
        lambda: Edits().split(["a"], 1),
    ):
        with pytest.raises(OptionsError, match=r"itself|without a word|2 or more"):
            make()
