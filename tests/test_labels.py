"""Labels files as people, spreadsheets and Label Studio write them."""

from __future__ import annotations

import contextlib
import csv
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from topics.corpus import Part
from topics.defusing import restored
from topics.errors import LabelError
from topics.ingesting import read_articles
from topics.labels import COLUMNS, Agreement, Labels, Matched, read_labels, write_labels
from topics.labels.agreeing import agreement, cohens_kappa
from topics.plotting.house import phrases
from topics.reporting.saying import told
from topics.themes import ThemeSet, load_themes

A, B, C = "委员们开展协商。", "全市新建养老中心三处。", "今天天气晴朗。"
PARTS = (
    Part(A, file="texts/one.txt", line=3, id="p1"),
    Part(B, file="texts/one.txt", line=5, id="p2"),
    Part(C, file="texts/two.txt", line=3, id="p3", original="今天\n天氣晴朗。"),
)
CONSULTATION, PARTY, LIVELIHOOD, OTHER = 1, 2, 3, 4


@pytest.fixture(scope="module")
def themes() -> ThemeSet:
    return load_themes()


@pytest.fixture
def read(tmp_path: Path, themes: ThemeSet) -> Any:
    def labels(text: str | bytes) -> Labels:
        path = tmp_path / "labels.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_labels(path, themes)

    return labels


def test_the_class_numbers_of_these_tests(themes: ThemeSet) -> None:
    assert themes.classes[1:] == ("consultation", "party_building", "livelihood", "other")


def test_every_label_of_the_sample_finds_its_paragraph(themes: ThemeSet) -> None:
    with resources.as_file(resources.files("topics") / "data" / "sample") as folder:
        parts = read_articles(folder).paragraphs
        matched = read_labels(folder / "labels.csv", themes).match(parts)
    assert (matched.missed, matched.overruled, len(matched)) == (0, 0, len(parts))
    assert set(matched.splits) == {"train", "test"}
    assert all(tags is not None for tags in matched.tags)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_separators(read: Any, encoding: str, mark: str, end: str) -> None:
    rows = [["文件", "行", "主题", "划分"], ["one.txt", "5", "民生", "测试"]]
    text = end.join(mark.join(row) for row in rows)
    assert read(text.encode(encoding)).match(PARTS) == Matched(
        [-1, LIVELIHOOD, -1], [None] * 3, ["", "测试", ""], rows=1
    )


@pytest.mark.parametrize("column", ["theme", "primary", "Label", "主题"])
@pytest.mark.parametrize("name", ["livelihood", "民生", "LIVELIHOOD", " livelihood "])
def test_columns_and_themes_have_several_names(read: Any, column: str, name: str) -> None:
    assert read(f"id,{column}\np2,{name}\n").match(PARTS).classes == [-1, LIVELIHOOD, -1]


@pytest.mark.parametrize("name", ["other", "其他", "其它", "Other"])
def test_other_has_several_names(read: Any, name: str) -> None:
    assert read(f"id,theme\np3,{name}\n").match(PARTS).classes == [-1, -1, OTHER]


def test_tags_are_known_only_where_somebody_gave_them(read: Any) -> None:
    labels = read(
        "id,theme,all\np1,consultation,livelihood|consultation\n"
        'p2,livelihood,\np3,other,"党的建设,民生"\n'
    )
    assert labels.match(PARTS).tags == [{CONSULTATION, LIVELIHOOD}, None, {PARTY, LIVELIHOOD}]
    assert read("id,theme,tags\np3,other,\n").match(PARTS).tags[2] == frozenset()
    assert read("id,theme\np3,other\n").match(PARTS).tags == [None] * 3


@pytest.mark.parametrize(
    "row",
    [
        f'"{A}"',
        '"委员们 开展\n协商。"',
        '"委员们\u3000开展协商。 "',
    ],
)
def test_a_text_is_found_whatever_its_white_space(read: Any, row: str) -> None:
    assert read(f"text,theme\n{row},consultation\n").match(PARTS).classes[0] == CONSULTATION


def test_a_text_is_found_in_the_source_too_and_everywhere(read: Any) -> None:
    assert read("text,theme\n今天天氣晴朗。,other\n").match(PARTS).classes[2] == OTHER
    twice = (*PARTS, Part(A, file="texts/three.txt"))
    assert read(f"text,theme\n{A},other\n").match(twice).classes == [OTHER, -1, -1, OTHER]


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("a/x.txt", 0),
        ("./a/x.txt", 0),
        ("a\\x.txt", 0),
        ("/home/me/b/x.txt", 1),
        ("y.txt", 2),
        ("elsewhere/y.txt", 2),
        ("x.txt", None),
    ],
)
def test_a_file_is_the_same_path_or_the_only_one_of_its_name(
    read: Any, file: str, found: int | None
) -> None:
    parts = [Part("甲", file=f, line=1) for f in ("a/x.txt", "b/x.txt", "c/d/y.txt")]
    matched = read(f"file,line,theme\n{file},1,other\nc/d/y.txt,1,other\n").match(parts)
    assert (matched.missed, matched.classes[-1]) == (found is None, OTHER)
    assert found is None or matched.classes[found] == OTHER


def test_lines_are_exact(read: Any) -> None:
    matched = read("file,line,theme\none.txt,4,other\none.txt,3.0,other\n").match(PARTS)
    assert (matched.classes, matched.missed) == ([OTHER, -1, -1], 1)


def test_a_text_that_moved_is_followed_and_another_text_is_not_labelled(read: Any) -> None:
    moved = read(f"file,line,text,theme\none.txt,3,{B},livelihood\n").match(PARTS)
    assert moved.classes == [-1, LIVELIHOOD, -1]
    edited = read("file,line,text,theme\none.txt,3,委员们正在开展协商,consultation\n")
    assert edited.match(PARTS).classes == [CONSULTATION, -1, -1]
    with pytest.raises(LabelError, match="none of the 1 labels"):
        read("file,line,text,theme\none.txt,3,完全不同,other\n").match(PARTS)


def test_the_later_of_two_labels_holds(read: Any) -> None:
    matched = read("id,theme\np1,other\np1,consultation\np1,consultation\n").match(PARTS)
    assert (matched.classes[0], matched.overruled) == (CONSULTATION, 1)


def test_what_became_of_the_labels_is_said_with_all_that_there_is_to_doubt(read: Any) -> None:
    assert read("id,theme\np1,other\n").match(PARTS).summary == "1 label(s) for 1 paragraph(s)"
    rows = "id,theme\np1,other\np1,consultation\np2,other\np9,other\n"
    summary = read(rows).match(PARTS).summary
    assert summary == (
        "4 label(s) for 2 paragraph(s); 1 label(s) fit no paragraph; "
        "1 label(s) contradict an earlier one, and hold"
    )
    assert told(summary, phrases("zh")["page"]["said"]) == (
        "4 条标注，对应 2 个段落；1 条标注找不到对应的段落；1 条标注与前面的矛盾，以后面的为准"
    )


@pytest.mark.parametrize("column", ["annotator", "标注者"])
def test_two_people_s_agreement_is_given_where_the_file_tells_them_apart(
    read: Any, column: str
) -> None:
    rows = "".join(
        f"p{n},{who},{'other' if n == 3 and who == 'b' else theme}\n"
        for n, theme in ((1, "consultation"), (2, "livelihood"), (3, "livelihood"))
        for who in ("a", "b")
    )
    found = read(f"id,{column},theme\n{rows}p1,c,\n").match(PARTS)
    assert found.agreement == Agreement(2, 3, 2, pytest.approx(0.5))  # (2/3 - 1/3) / (1 - 1/3)
    assert found.summary.endswith(
        "2 annotators say the same of 2 of 3 paragraph(s) (Cohen's kappa 0.50)"
    )
    assert told(found.summary, phrases("zh")["page"]["said"]).endswith(
        "2 位标注者同标了 3 个段落，其中 2 个一致（Cohen’s kappa 0.50）"
    )
    assert read("id,annotator,theme\np1,a,other\np2,b,other\n").match(PARTS).agreement is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_kappa_is_scikit_learn_s(pairs: list[tuple[int, int]]) -> None:
    if len(set(chain(*pairs))) == 1:
        assert cohens_kappa(pairs) == 1
        return
    assert cohens_kappa(pairs) == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))


def test_of_several_people_the_mean_of_their_pairs_is_given() -> None:
    said = [("a", 0, 0), ("a", 1, 1), ("b", 0, 0), ("b", 1, 1), ("c", 0, 1), ("c", 1, 0)]
    assert agreement(said) == Agreement(3, 2, 0, pytest.approx(-1 / 3))  # 1, -1 and -1


def test_an_id_of_two_paragraphs_needs_a_file(read: Any) -> None:
    parts = [Part("甲", file="a.jsonl", id="1"), Part("乙", file="b.jsonl", id="1")]
    with pytest.raises(LabelError, match=r"line 2: the id '1' stands for 2 paragraphs; add"):
        read("id,theme\n1,other\n").match(parts)
    assert read("id,file,theme\n1,b.jsonl,other\n").match(parts).classes == [-1, OTHER]
    assert read("id,text,theme\n1,甲,other\n").match(parts).classes == [OTHER, -1]


def test_several_parts_of_one_line_are_told_apart_by_text(read: Any) -> None:
    parts = [Part("甲", file="a.html", kind="title"), Part("乙", file="a.html")]
    assert read("file,line,theme\na.html,1,other\n").match(parts).classes == [-1, OTHER]
    assert read("file,line,text,theme\na.html,1,甲,other\n").match(parts).classes == [OTHER, -1]


# --- Label Studio ----------------------------------------------------------------------------


def test_label_studio_export_of_one_choice(read: Any) -> None:
    labels = read(
        "annotation_id,annotator,created_at,id,lead_time,sentiment,text,updated_at\n"
        f'1,1,2024-01-01,p1,3.5,民生,"{B}",2024\n2,1,2024-01-01,p2,1.5,,"{A}",2024\n'
    )
    assert len(labels) == 1
    assert labels.match(PARTS).classes == [-1, LIVELIHOOD, -1]  # id is Label Studio's task


def test_label_studio_export_of_several_choices_under_any_name(read: Any) -> None:
    labels = read(
        "annotation_id,text,theme,tags,file,line,my_field\n"
        f'1,{A},other,,one.txt,3,"{{""choices"": [""协商议政"", ""民生""]}}"\n'
    )
    matched = labels.match(PARTS)
    assert matched.classes == [CONSULTATION, -1, -1]
    assert matched.tags[0] == {CONSULTATION, LIVELIHOOD}


def test_the_table_that_the_guide_imports_comes_back_with_people_s_answers(read: Any) -> None:
    head = "annotation_id,annotator,article,choice,evidence,file,id,line,name,tags,text,theme\n"
    row = f"7,1,1,民生,协商,one.txt,12,3,协商议政,consultation|livelihood,{A},consultation\n"
    matched = read(head + row).match(PARTS)
    assert (matched.classes, matched.tags[0]) == ([LIVELIHOOD, -1, -1], None)


def test_a_misspelt_choice_is_named(read: Any) -> None:
    with pytest.raises(LabelError, match="line 2: no theme is called '民声'"):
        read(f"annotation_id,text,choice\n1,{A},民声\n")
    assert read(f"text,choice\n{A},民生\n").match(PARTS).classes[0] == LIVELIHOOD


# --- what does not fit -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,theme\np1,other\n\np2,livelyhood\n", "line 4: no theme .* mean 'livelihood'"),
        ('id,theme,tags\n"p\n1",other,\np2,other,x\n', "line 4: no theme is called 'x'; allowed"),
        ("id,name\np1,other\n", r"no column 'theme' .*; found: id, name"),
        ("file,theme\np1,other\n", "nothing says which paragraph .*; found: file, theme"),
        ("file,line,theme\np1,three,other\n", "line 2: the line is 'three'"),
        ("id,theme\np1,\n", "no row has a theme; write one of political_guidance,"),
        ("id,theme\n", "no rows"),
        ("", "no rows"),
        (b"id,theme\n\xff\xff,other", "neither UTF-8 nor GB18030"),
        (b"\xff\xfei", "neither UTF-8 nor GB18030"),
    ],
)
def test_errors_say_where_and_what(read: Any, text: str | bytes, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        read(text)


def test_a_file_that_is_not_there(tmp_path: Path, themes: ThemeSet) -> None:
    with pytest.raises(LabelError, match="cannot be read"):
        read_labels(tmp_path / "no.csv", themes)


def test_labels_of_another_corpus_are_refused(read: Any) -> None:
    for text, sought in (
        ("id,theme\nq,other\n", "'q'"),
        ("file,line,theme\nz.txt,9,other\n", "'z.txt:9'"),
        ("text,theme\n别处,other\n", "'别处'"),
    ):
        with pytest.raises(LabelError, match=f"first label is for {sought}.*texts/one.txt:3"):
            read(text).match(PARTS)
    with pytest.raises(LabelError, match="nothing"):
        read("id,theme\nq,other\n").match([])


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for head in (b"", b"text,theme,tags\n", b"annotation_id,text,choices\n"):
        path.write_bytes(head + data)
        with contextlib.suppress(LabelError):
            assert len(read_labels(path, load_themes()))


# --- writing ---------------------------------------------------------------------------------

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({"text": CELLS, "id": CELLS}), min_size=1, max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory: Any, rows: list[dict[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    write_labels(path, rows)
    with path.open(encoding="utf-8", newline="") as file:
        found = [{key: restored(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
    assert found == rows


def test_writing_and_reading_labels(tmp_path: Path, themes: ThemeSet) -> None:
    path = tmp_path / "new" / "labels.csv"
    rows: list[dict[str, object]] = [
        {"theme": "other", "note": None, "id": "p1", "tags": {"livelihood", "consultation"}},
        {"theme": "livelihood", "id": "p2", "tags": ["livelihood"], "line": 5},
    ]
    write_labels(path, rows)
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[:2] == [
        "id,line,theme,tags,note",
        "p1,,other,consultation|livelihood,",
    ]
    assert read_labels(path, themes).match(PARTS).classes == [OTHER, LIVELIHOOD, -1]
    write_labels(path, [])
    assert path.read_text(encoding="utf-8") == ",".join(COLUMNS) + "\n"


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "labels.csv"
    write_labels(path, [{"id": "1", "theme": "other"}])
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        write_labels(path, [{"id": "2", "theme": "other"}])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
