"""Ingesting: files and texts to articles, against the truth in many layouts."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from topics.corpus import Article, Part
from topics.errors import InputError
from topics.ingesting import (
    articles_from_text,
    iter_articles,
    read_articles,
)
from topics.tracing import offsets_in_original

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "tests" / "reading").glob("*.txt"))
LONG = "去年冬天，县里把三处闲置的校舍改成了托老所，床位不多，却天天住满，护工说最怕的是半夜停电。"


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("make_reading_corpus")


def test_kinds_and_paragraphs_in_all_layouts(corpus: ModuleType, tmp_path: Path) -> None:
    """Floors of issue 3: kinds ≥ 0.98, paragraphs ≥ 0.98, in more than 40 files."""
    sources = [(path.stem, corpus.read_source(path)) for path in SOURCES]
    total: Counter[str] = Counter()
    files = 0
    for _, made in corpus.make(sources):
        path = tmp_path / made.name
        path.write_bytes(made.data)
        total += corpus.judge(made.truth, [p for a in read_articles(path) for p in a.parts])
        files += 1
    assert files >= 40
    assert total["kinds"] >= 0.98 * total["parts"]
    assert total["restored"] >= 0.98 * total["bodies"]
    assert total["extra"] <= 0.02 * total["bodies"]


def test_ready_rows_stay_as_they_are(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "會議（１）"},
        {"id": "b", "text": ""},
        {"id": "c", "text": "责任编辑：甲\n乙"},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    (article,) = read_articles(path)
    assert article.ready
    expected = [("a", "会议（1）", 1), ("b", "", 2), ("c", "责任编辑：甲 乙", 3)]
    assert [(p.id, p.text, p.line) for p in article.paragraphs] == expected


def test_rows_stream(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("id,text\n" + "".join(f"{n},第{n}段\n" for n in range(1200)), encoding="utf-8")
    stream = iter_articles(path)
    first = next(stream)
    assert isinstance(first, Article)
    assert len(first.parts) == 512
    parts = [p for a in [first, *stream] if isinstance(a, Article) for p in a.parts]
    assert [p.id for p in parts] == [str(n) for n in range(1200)]


def test_parquet_rows_and_articles(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(
        arrow.table({"id": [1, 2], "text": ["甲", None], "source": ["报", "刊"]}), path
    )
    (article,) = read_articles(path)
    assert [(p.id, p.text) for p in article.parts] == [("1", "甲"), ("2", "")]


def test_one_bad_file_does_not_lose_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LONG, encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"no pdf")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.bin").write_bytes(b"\x00")
    read = read_articles(tmp_path)
    assert read.files == 1
    assert [Path(s.file).name for s in read.skipped] == ["b.pdf", "c.txt", "d.bin"]
    assert "3 skipped" in read.summary
    assert read_articles(tmp_path, jobs=2) == read


def test_a_name_that_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LONG, encoding="utf-8")
    try:
        (tmp_path / b"\xff.txt".decode("utf-8", "surrogateescape")).write_text(
            LONG, encoding="utf-8"
        )
    except OSError:
        pytest.skip("this file system refuses such names")
    (skipped,) = read_articles(tmp_path).skipped
    assert "UTF-8" in skipped.reason
    skipped.file.encode("utf-8")


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_articles(tmp_path / "missing.txt")
    with pytest.raises(InputError, match="nothing to read"):
        read_articles(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read_articles(tmp_path)


@pytest.mark.parametrize(("sent", "ready"), [(LONG, False), ('\n{"text": "甲"}\n', True)])
def test_stdin(sent: str, *, ready: bool) -> None:
    code = "import topics.ingesting as i; a, = i.read_articles('-'); print(a.ready, a.file)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=sent.encode(), capture_output=True, check=True
    )
    assert done.stdout.decode().split() == [str(ready), "-"]


def test_a_large_text_goes_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topics.reading.BLOCK", 2000)
    monkeypatch.setattr("topics.reading.files.SHORT", 200)
    path = tmp_path / "big.txt"
    path.write_text(f"{LONG}\n" * 200, encoding="utf-8")
    articles = read_articles(path)
    assert len(articles) > 3
    assert [p.line for p in articles.paragraphs] == list(range(1, 201))


def test_evidence_can_be_shown_in_the_original() -> None:
    first = "委員們(men)跑了九個鄉鎮，問了四十多戶人家，回來寫成一份建(jiàn)"
    text = f"題目在此\n\n{first}\n\n議，當月就有了回音。"
    part = articles_from_text(text)[0].paragraphs[0]
    assert part.text == "委员们跑了九个乡镇，问了四十多户人家，回来写成一份建议，当月就有了回音。"
    places = offsets_in_original(part)
    assert "".join(part.original[n] for n in places) == (
        "委員們跑了九個鄉鎮，問了四十多戶人家，回來寫成一份建議，當月就有了回音。"
    )
    assert offsets_in_original(Part("甲乙")) == (0, 1)


def test_importing_loads_nothing_heavy() -> None:
    heavy = "'opencc', 'trafilatura', 'pyarrow', 'docx', 'pypdf', 'numpy', 'lxml'"
    code = f"import sys, topics.ingesting; assert not {{{heavy}}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
