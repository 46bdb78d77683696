"""Choosing paragraphs to label, and the session that asks about them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.corpus import Article, Corpus, Part
from topics.errors import LabelError
from topics.findings import Evidence, Tag
from topics.labelling import choose, label_session
from topics.labels import Label, Labels, read_labels, write_labels
from topics.tagging import Tagger
from topics.themes import Theme, ThemeSet, load_themes

TEXTS = (
    "委员们围绕社区养老开展协商座谈。",
    "全市新建养老服务中心三处。",
    "机关党支部开展主题党日活动。",
    "深入学习贯彻党的创新理论。",
    "今天天气晴朗,游人如织。",
    "委员们围绕社区养老开展协商座谈会。",
)
SURE, UNSURE = 0.96, 0.36


class Stub:
    """Tags the n-th paragraph with class n, surely or not."""

    def __init__(self, themes: ThemeSet, sure: Iterable[float]) -> None:
        self.themes = themes
        self.sure = list(sure)
        self.calls = 0

    def tag(self, corpus: Corpus) -> list[Tag]:
        self.calls += 1
        classes = self.themes.classes
        tags = []
        for n, part in enumerate(corpus.paragraphs):
            best, sure = n % len(classes), self.sure[n % len(self.sure)]
            rest = (1 - sure) / (len(classes) - 1)
            shares = {code: sure if c == best else rest for c, code in enumerate(classes)}
            words = (Evidence(part.text[:2], 1.0, 0, 2),)
            tags.append(Tag(part, classes[best], shares, (), words))
        return tags


def corpus_of(texts: Iterable[str]) -> Corpus:
    parts = [
        Part(text, file="a/新闻.txt", line=n, heading="要闻" if n > 1 else "", id=f"p{n}")
        for n, text in enumerate(texts, 1)
    ]
    return Corpus((Article((Part("标题", "title", "a/新闻.txt"), *parts)),), files=1)


CORPUS = corpus_of(TEXTS)
THEMES = load_themes()


def stub(*sure: float) -> Tagger:
    return cast("Tagger", Stub(THEMES, sure or (UNSURE,)))


def labelled(**classes: int) -> Labels:
    return Labels(tuple(Label(theme, id=name) for name, theme in classes.items()))


# --- choosing --------------------------------------------------------------------------------


def test_the_uncertain_one_comes_first() -> None:
    assert choose(stub(SURE, SURE, UNSURE, SURE, SURE, SURE), CORPUS, None, 1) == [2]


def test_what_is_alike_comes_late() -> None:
    chosen = choose(stub(), CORPUS, None, 6)
    assert sorted(chosen) == list(range(6))
    assert abs(chosen.index(0) - chosen.index(5)) > 1
    assert chosen[-1] in {0, 5}


def test_a_theme_with_many_labels_waits() -> None:
    texts = [chr(0x4E00 + 7 * n) * 6 for n in range(15)]  # nothing alike
    many = labelled(p1=0, p6=0)  # two of the three paragraphs that look like theme 0
    chosen = choose(stub(0.5), corpus_of(texts), many, 13)
    assert chosen[-1] == 10
    assert not {0, 5} & set(chosen)


def test_labelled_texts_and_doubles_are_not_chosen() -> None:
    corpus = corpus_of([*TEXTS, TEXTS[2], TEXTS[3], f" {TEXTS[3]}"])
    chosen = choose(stub(), corpus, labelled(p7=2), 99)
    assert not {2, 6} & set(chosen)
    assert len({3, 7, 8} & set(chosen)) == 1
    assert len(chosen) == 5


def test_labels_of_another_corpus_are_an_error() -> None:
    with pytest.raises(LabelError, match="none of the 1 labels"):
        choose(stub(), CORPUS, labelled(other=0), 1)


@settings(max_examples=50, deadline=None)
@given(
    texts=st.lists(st.text(max_size=6), max_size=12),
    sure=st.lists(st.floats(0.2, 1), min_size=1, max_size=5),
    n=st.integers(0, 14),
)
def test_choosing_is_repeatable_and_never_repeats(
    texts: list[str], sure: list[float], n: int
) -> None:
    corpus = corpus_of(texts)
    chosen = choose(stub(*sure), corpus, None, n)
    assert chosen == choose(stub(*sure), corpus, None, n)
    assert len(set(chosen)) == len(chosen) <= n
    assert choose(stub(*sure), corpus, None, 99)[: len(chosen)] == chosen


# --- the session -----------------------------------------------------------------------------


class Person:
    """Answers from a list; remembers what was shown. An answer may be an exception or a check."""

    def __init__(self, *answers: str | type[BaseException] | Callable[[], str]) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []

    def ask(self, _: str) -> str:
        answer = self.answers.pop(0) if self.answers else EOFError
        if isinstance(answer, type):
            raise answer
        return answer if isinstance(answer, str) else answer()

    def run(self, path: Path, corpus: Corpus = CORPUS, **options: Any) -> tuple[int, int, int]:
        options = {"tagger": stub(), **options}
        made = label_session(
            corpus=corpus, path=path, ask=self.ask, show=self.shown.append, **options
        )
        return made.answered, made.skipped, made.left

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "labels.csv"


def test_a_question_shows_text_heading_and_suggestion_with_evidence(path: Path) -> None:
    person = Person("q")
    assert person.run(path, tagger=stub(SURE, SURE, UNSURE, SURE, SURE, SURE)) == (0, 0, 6)
    assert "1  政治引领" in person.text
    assert "0  其他" in person.text
    assert "a/新闻.txt:3  要闻\n机关党支部开展主题党日活动。\n" in person.text
    assert "3 党的建设? 36%  机关" in person.text
    assert not path.exists()


def test_answers_become_rows_that_label_studio_and_we_can_read(path: Path) -> None:
    assert Person("2", "0", "31", "q").run(path) == (3, 0, 3)
    rows = rows_of(path)
    assert list(rows[0]) == ["text", "id", "file", "line", "theme", "tags"]
    assert [row["theme"] for row in rows] == ["consultation", "other", "party_building"]
    assert [row["tags"] for row in rows] == [
        "consultation",
        "",
        "party_building|political_guidance",
    ]
    order = choose(stub(), CORPUS, None, 3)
    assert [row["text"] for row in rows] == [TEXTS[n] for n in order]
    matched = read_labels(path, THEMES).match(CORPUS.paragraphs)
    assert [matched.classes[n] for n in order] == [1, 4, 2]
    assert matched.tags[order[2]] == {0, 2}


@pytest.mark.parametrize("end", ["q", "Q", "ｑ", EOFError, KeyboardInterrupt])
def test_however_it_ends_nothing_is_lost(path: Path, end: Any) -> None:
    person = Person("1", "2", end)
    assert person.run(path) == (2, 0, 4)
    assert len(rows_of(path)) == 2
    assert person.shown[-1] == f"2 answered, 0 skipped, 4 left; all is in {path}"


def test_every_answer_is_in_the_file_before_the_next_question(path: Path) -> None:
    counts: list[int] = []

    def look() -> str:
        counts.append(len(rows_of(path)))
        return "1"

    Person("1", look, look, look).run(path)
    assert counts == [1, 2, 3]


def test_stopped_anywhere_and_resumed_it_ends_the_same(path: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.csv"
    answers = ["1", "2", "s", "4", "0", "12"]
    assert Person(*answers).run(whole) == (5, 1, 0)
    for answer in answers:
        Person(answer, KeyboardInterrupt).run(path)
    assert sorted(row["text"] for row in rows_of(path)) == sorted(TEXTS)
    assert Person("1").run(path) == (0, 0, 0)
    assert len(rows_of(path)) == len(rows_of(whole)) == 6


def test_a_skipped_paragraph_is_not_asked_again_and_no_label(path: Path) -> None:
    assert Person("s", "q").run(path) == (0, 1, 5)
    assert rows_of(path)[0]["theme"] == "?"
    with pytest.raises(LabelError, match="no row has a theme"):
        read_labels(path, THEMES)
    person = Person("1", "q")
    assert person.run(path) == (1, 0, 4)
    assert rows_of(path)[0]["text"] not in person.text
    assert len(read_labels(path, THEMES)) == 1


def test_undo_takes_back_one_after_the_other(path: Path) -> None:
    person = Person("1", "s", "3", "u", "u", "u", "u", "4", "q")
    assert person.run(path) == (1, 0, 5)
    assert [row["theme"] for row in rows_of(path)] == ["livelihood"]
    assert rows_of(path)[0]["text"] == TEXTS[choose(stub(), CORPUS, None, 1)[0]]
    assert person.text.count("nothing to undo") == 1


def test_undo_leaves_what_stood_in_the_file(path: Path) -> None:
    old: dict[str, object] = {"id": "p1", "theme": "other", "note": "by hand"}
    write_labels(path, [old])
    Person("1", "u", "u", "q").run(path)
    assert [{k: v for k, v in row.items() if v} for row in rows_of(path)] == [old]


def test_rows_of_others_and_their_columns_stay(path: Path) -> None:
    write_labels(
        path,
        [
            {"id": "p1", "theme": "民生", "split": "test", "coder": "a"},
            {"id": "elsewhere", "theme": "other", "coder": "b"},
            {"id": "p2", "theme": "", "coder": "c"},  # prepared, not asked yet
        ],
    )

    def meanwhile() -> str:
        write_labels(path, [*rows_of(path), {"id": "p3", "theme": "other", "coder": "d"}])
        return "1"

    assert Person("2", meanwhile, "q").run(path)[0] == 2
    rows = rows_of(path)
    assert [row["coder"] for row in rows] == ["a", "b", "c", "", "d", ""]
    assert rows[0]["theme"] == "民生"
    assert TEXTS[0] not in [row["text"] for row in rows]


def test_unknown_keys_are_asked_again(path: Path) -> None:
    person = Person("x", "9", "", "?", "1x", "１", "q")
    assert person.run(path) == (1, 0, 5)
    assert "'x' is no key" in person.text
    assert person.text.count("1  政治引领") == 3  # at the start, for nothing typed, for ?
    assert rows_of(path)[0]["theme"] == "political_guidance"


def test_more_than_nine_themes_take_numbers_apart(path: Path) -> None:
    themes = ThemeSet(tuple(Theme(f"t{n}", f"题{n}", seeds={"词": 1}) for n in range(1, 13)))
    tagger = cast("Tagger", Stub(themes, [0.3]))
    assert Person("12", "1 2", "11,12", "q").run(path, tagger=tagger) == (3, 0, 3)
    assert [row["tags"] for row in rows_of(path)] == ["t12", "t1|t2", "t11|t12"]


def test_it_asks_at_most_n_and_tags_once(path: Path) -> None:
    texts = [chr(0x4E00 + 7 * n) * 6 for n in range(50)]
    tagger = stub()
    person = Person(*"1" * 50)
    assert person.run(path, corpus_of(texts), tagger=tagger, n=45) == (45, 0, 5)
    assert cast("Stub", tagger).calls == 1
    assert len({row["text"] for row in rows_of(path)}) == 45


def test_a_file_that_is_no_labels_file_is_refused(path: Path, tmp_path: Path) -> None:
    path.write_text("name,age\nx,3\n", encoding="utf-8")
    with pytest.raises(LabelError, match="no column 'theme' to go on with; found: name, age"):
        Person("1").run(path)
    assert path.read_text(encoding="utf-8") == "name,age\nx,3\n"
    with pytest.raises(LabelError, match="cannot be read"):
        Person("1").run(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(LabelError, match="cannot be written"):
        Person("1").run(tmp_path / "file" / "labels.csv")


def test_labels_to_look_at_are_told_before_the_first_question(path: Path) -> None:
    text = CORPUS.paragraphs[0].text
    path.write_text(f"text,theme\n{text},other\n{text},livelihood\n没有这一段,other\n", "utf-8")
    person = Person("q")
    person.run(path)
    assert "1 label(s) fit no paragraph; 1 label(s) contradict an earlier one" in person.shown[0]


def test_an_empty_file_and_an_empty_corpus(path: Path) -> None:
    path.touch()
    assert Person("1", "q").run(path) == (1, 0, 5)
    assert Person("1").run(path, Corpus(())) == (0, 0, 0)


EVERY = ["0", "1", "2", "3", "4", "13", "s", "u", "?", "x", ""]


@settings(max_examples=40, deadline=None)
@given(answers=st.lists(st.sampled_from(EVERY), max_size=14))
def test_the_file_is_what_the_answers_say(tmp_path_factory: Any, answers: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any-answers.csv"
    path.unlink(missing_ok=True)
    stack: list[str] = []
    for answer in answers:
        if answer == "u":
            stack = stack[:-1]
        elif answer not in {"?", "x", ""}:
            stack.append(answer)
        if len(stack) == len(TEXTS):
            break
    assert sum(Person(*answers).run(path)[:2]) == len(stack)
    rows = rows_of(path) if path.exists() else []
    first = [("?", *THEMES.classes)["s12340".index(answer[0])] for answer in stack]
    assert [row["theme"] for row in rows] == first
    assert len({row["text"] for row in rows}) == len(rows)
