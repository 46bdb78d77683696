"""Promises of the compiled segmenter beside those of every engine in test_segmenting.py."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path
from unittest.mock import Mock

import pytest

from topics.errors import MissingExtraError
from topics.segmenting import Segmenter, compiled_engine, engines, rjieba_engine

pytestmark = pytest.mark.skipif(
    not (shutil.which("cc") and Path(sysconfig.get_path("include"), "Python.h").exists()),
    reason="no C compiler, or no headers of Python",
)


def test_where_there_is_a_compiler_the_segmenter_is_compiled() -> None:
    assert Segmenter().engine == "compiled"


def test_a_damaged_dictionary_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = compiled_engine.TABLE.read_bytes()
    for number, damaged in enumerate((b"", whole[:-1], b"0000" + whole[4:], bytes(len(whole)))):
        file = tmp_path / str(number)
        file.write_bytes(damaged)
        monkeypatch.setattr(compiled_engine, "TABLE", file)
        with pytest.raises(ImportError, match="has no dictionary"):
            compiled_engine.CompiledEngine()


def test_more_words_than_the_compiled_dictionary_holds_are_cut_by_rjieba(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = compiled_engine.CompiledEngine()
    with pytest.raises(OverflowError, match="full"):
        engine.put({f"{chr(0x4E00 + n % 20_000)}{n // 20_000:02}": 1 for n in range(2_000_000)})

    monkeypatch.setattr(engine, "put", Mock(side_effect=OverflowError("the dictionary is full")))
    monkeypatch.setattr(engines, "_fast_engine", lambda: engine)
    engines._built.cache_clear()
    assert type(engines.open_engine("auto", (("有事好商量", None),))) is rjieba_engine.RjiebaEngine
    monkeypatch.setattr(engines, "CompiledEngine", lambda: engine)
    with pytest.raises(MissingExtraError, match="use engine='rjieba'"):
        engines.open_engine("compiled", (("有事好商量", None),))


def test_the_compiled_part_refuses_what_is_no_text() -> None:
    from topics.segmenting import _core

    engine = compiled_engine.CompiledEngine()
    for texts in ([1], ["词", None], [b"x"]):
        with pytest.raises(TypeError):
            engine.cut_each(texts)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _core.measure_each(b"", 1.0, ("词",))
    with pytest.raises(ValueError, match="PyCapsule"):
        _core.cut_each(engine._table, 1.0, ["人民"], [])
    with pytest.raises(ValueError, match="no table"):
        _core.measure_each(b"short", 1.0, ["词"])
    with pytest.raises(ValueError, match="255"):
        engine.put({"词" * 256: 1})
    assert not engine.has_word("词" * 256)
    assert not engine.has_word("")
