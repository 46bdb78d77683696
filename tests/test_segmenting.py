"""Promises of `topics.segmenting`; `scripts/fuzz_segmenting.py` tries the first at length."""

from __future__ import annotations

import copy
import itertools
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topics.errors import InputError, MissingExtraError, OptionsError
from topics.segmenting import (
    Segmenter,
    compiled_engine,
    engines,
    jieba_engine,
    rjieba_engine,
    words_of,
)

COMPILED = compiled_engine.TABLE.exists()
USER_WORDS = ("两个确立", "有事好商量", "全过程人民民主", "GPT-4", "5G", "发展", "A.b", "-22")
SENTENCES = (
    "",
    "深刻领悟“两个确立”的决定性意义，有事好商量。",
    "2011-2020年增长3.5%，1-3个，a_1，v1.2.3，GPT-4和5G，F-22，C++11，AT&T，50%5",
    "我们常在下一个转角，震慑常在的监督",
    "第一行\n第二行\r\n第三行\r",
    "\n开头 是\t空白　和\u2028分行",
    "㐀䶮𠮷豈鿖与讥丼丄",
    "\ud800半个\udfff字-1\ud83d\ude00",
    "\ue000私\ue001用\ue002区",
    "😀👩‍👩‍👧🇨🇳①½",
)

fragments = st.one_of(
    st.sampled_from([*USER_WORDS, *rjieba_engine.TIES.split(), "政协委员", "在", "的", "工作"]),
    st.text("0123456789.-%+#&_aZ", max_size=6),
    st.text("了是在和有不我常现应心中国人民大会下此", max_size=5),
    st.text(max_size=4),
    st.sampled_from([*"\n\r\t 　㐀鿖豈𠮷\ud800\udfff\ue000\ue001", "\r\n"]),
)
texts = st.lists(fragments, max_size=8).map("".join)
thorough = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", params=["compiled", "rjieba"])
def segmenter(request: pytest.FixtureRequest) -> Segmenter:
    if request.param == "compiled" and not COMPILED:
        pytest.skip("topics was installed without a C compiler")
    return Segmenter(USER_WORDS, engine=request.param)


@pytest.fixture(scope="module")
def dictionary() -> dict[str, int]:
    """Return jieba's own dictionary: the frequencies of words, 0 for beginnings of words."""
    tokenizer = jieba_engine.import_jieba().Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    assert total == jieba_engine.JIEBA_TOTAL
    return frequencies


@pytest.fixture(scope="module")
def reference(segmenter: Segmenter, dictionary: dict[str, int]) -> Any:
    """Return jieba's own tokenizer with the same user words, added by its own add_word."""
    tokenizer = jieba_engine.import_jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total = dictionary.copy(), jieba_engine.JIEBA_TOTAL
    tokenizer.initialized = True
    for word, frequency in segmenter.frequencies.items():
        tokenizer.add_word(word, frequency)
    return tokenizer


@pytest.mark.parametrize("text", SENTENCES)
def test_tokens_are_those_of_jieba(segmenter: Segmenter, reference: Any, text: str) -> None:
    assert segmenter.cut(text) == reference.lcut(text)


@thorough
@given(text=texts)
def test_tokens_are_those_of_jieba_for_any_text(
    segmenter: Segmenter, reference: Any, text: str
) -> None:
    assert segmenter.cut(text) == reference.lcut(text)


@thorough
@given(text=texts)
def test_spans_cover_the_text_without_a_gap(segmenter: Segmenter, text: str) -> None:
    spans = segmenter.spans(text)
    assert "".join(token for token, _, _ in spans) == text
    assert all(text[start:end] == token for token, start, end in spans)
    assert all(a[2] == b[1] for a, b in itertools.pairwise(spans))


@settings(thorough, max_examples=50)
@given(many=st.lists(texts, max_size=12), threads=st.sampled_from([1, 2]))
def test_many_texts_are_cut_like_each(segmenter: Segmenter, many: list[str], threads: int) -> None:
    alone = [segmenter.cut(text) for text in many]
    assert list(segmenter.cut_many(many, threads=threads)) == alone
    assert segmenter.measure(many).tolist() == [len(token) for row in alone for token in row]


def test_many_pieces_keep_their_order(segmenter: Segmenter) -> None:
    many = [f"第{i}条，有事好商量。\n" * (i % 7) for i in range(5_000)]
    expected = [segmenter.cut(text) for text in many]
    assert list(segmenter.cut_many(iter(many))) == expected
    assert list(segmenter.cut_many(iter(many), threads=3)) == expected


def test_texts_are_taken_as_they_are_needed(segmenter: Segmenter) -> None:
    for threads in (1, 2):
        endless = segmenter.cut_many(itertools.repeat("政协委员" * 1_000), threads=threads)
        assert next(endless) == ["政协委员"] * 1_000


def test_threads_may_share_a_segmenter() -> None:
    shared = Segmenter(USER_WORDS)
    with ThreadPoolExecutor(4) as pool:
        cuts = list(pool.map(shared.cut, SENTENCES * 20))
    assert cuts == [shared.cut(text) for text in SENTENCES] * 20


def test_engines_agree(segmenter: Segmenter) -> None:
    slow = Segmenter(USER_WORDS, engine="jieba")
    assert slow.engine == "jieba"
    assert segmenter.engine in ("compiled", "rjieba")
    assert list(slow.cut_many(SENTENCES, threads=2)) == list(segmenter.cut_many(SENTENCES))
    assert slow.measure(SENTENCES).tolist() == segmenter.measure(SENTENCES).tolist()
    assert slow.frequencies == segmenter.frequencies
    assert slow.digest == segmenter.digest
    assert slow == segmenter


def test_user_words_stay_whole(segmenter: Segmenter) -> None:
    for word in USER_WORDS:
        assert segmenter.cut(f"，{word}。") == ["，", word, "。"]
    assert Segmenter().cut("两个确立") == ["两个", "确立"]


def test_a_word_that_needs_no_help_keeps_its_frequency(segmenter: Segmenter) -> None:
    assert "发展" not in segmenter.frequencies


def test_a_word_of_very_frequent_parts_gets_a_higher_frequency() -> None:
    frequencies = Segmenter(["了是在和", "了是", "是了"]).frequencies
    assert frequencies["了是"] == frequencies["是了"] == 32_000
    assert Segmenter(frequencies).cut("了是") == ["了是"]


def test_given_frequencies_are_taken_as_they_are() -> None:
    assert Segmenter({"发展": 1, "两个确立": 1}).frequencies == {"发展": 1, "两个确立": 1}
    assert Segmenter({"人民": 1}).cut("人民") == ["人", "民"]


@pytest.mark.parametrize(
    "words", [{}, {"发展": 1, "两个确立": 10**7, "的": 5}, {"中国": 10**9, "GPT-4": 3}]
)
def test_the_measured_total_of_rjieba_is_right(
    dictionary: dict[str, int], words: dict[str, int]
) -> None:
    engine = rjieba_engine.RjiebaEngine()
    engine.put(words)
    replaced = sum(dictionary.get(word, 0) for word in words)
    expected = rjieba_engine.RJIEBA_TOTAL + sum(words.values()) - replaced
    assert engine._measure_total() == expected


@pytest.mark.parametrize(
    "words", [["党"], [""], ["政协 委员"], ["卡尔·马克思"], ["\ud800国"], "两个确立"]
)
def test_a_word_that_can_never_be_a_token_is_refused(words: Any) -> None:
    with pytest.raises(InputError, match="can never be a token"):
        Segmenter(words)


@pytest.mark.parametrize("frequency", [0, -1, 10**9 + 1])
def test_impossible_frequencies_are_refused(frequency: int) -> None:
    with pytest.raises(InputError, match="each must be at least 1"):
        Segmenter({"两个确立": frequency})


def test_impossible_options_are_refused(segmenter: Segmenter) -> None:
    with pytest.raises(OptionsError, match="allowed: auto, compiled, rjieba, jieba"):
        Segmenter(engine="hanlp")  # type: ignore[arg-type]
    with pytest.raises(OptionsError, match="at least 1"):
        segmenter.cut_many([], threads=0)


def test_pickles_and_copies_cut_alike(segmenter: Segmenter) -> None:
    for other in (pickle.loads(pickle.dumps(segmenter)), copy.deepcopy(segmenter)):
        assert other == segmenter
        assert hash(other) == hash(segmenter)
        assert other.digest == segmenter.digest
        assert [other.cut(t) for t in SENTENCES] == [segmenter.cut(t) for t in SENTENCES]
    assert repr(segmenter).startswith("Segmenter(8 words, engine='")


def test_the_digest_follows_words_and_frequencies() -> None:
    digests = {
        Segmenter(words).digest
        for words in ((), ["两个确立"], {"两个确立": 1}, ["两个确立", "两个维护"])
    }
    assert len(digests) == 4
    one, other = Segmenter(["两个维护", "两个确立"]), Segmenter(["两个确立", "两个维护"] * 2)
    assert one.digest == other.digest
    assert one.user_words == other.user_words == ("两个确立", "两个维护")


def test_an_engine_that_was_begun_is_taken_once_and_cuts_alike() -> None:
    code = """if True:
        import threading
        from topics.segmenting import Segmenter, begin, engines
        begin(), begin()
        assert len(engines._begun) == 1
        first, second = Segmenter(["有事好商量"]), Segmenter()
        assert first.cut("有事好商量") == ["有事好商量"]
        assert not engines._begun
        assert second.cut("有事好商量") == ["有事", "好", "商量"]
        begin()
        assert not engines._begun and threading.active_count() == 1
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_loads_neither_engine_and_cutting_is_silent(tmp_path: Path) -> None:
    code = (
        "import logging, sys, topics.segmenting as s\n"
        "assert not {'jieba', 'rjieba', 'numpy'} & set(sys.modules)\n"
        "for engine in ('auto', 'rjieba', 'jieba'):\n"
        "    s.Segmenter(['两个确立'], engine).cut('常在下')\n"
        "assert not logging.getLogger().handlers\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=False,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not list(tmp_path.iterdir())


def test_what_was_not_compiled_is_done_by_rjieba_and_then_by_jieba(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compiled_engine, "TABLE", tmp_path / "none")
    with pytest.raises(MissingExtraError, match="C compiler"):
        engines.open_engine("compiled", ())
    assert type(engines._bare_engine("auto")) is rjieba_engine.RjiebaEngine
    monkeypatch.setitem(sys.modules, "rjieba", None)
    with pytest.raises(MissingExtraError, match="pip install rjieba"):
        engines.open_engine("rjieba", ())
    monkeypatch.setattr(engines, "JiebaEngine", lambda: "jieba")
    assert engines._bare_engine("auto") == engines._bare_engine("jieba") == "jieba"
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(MissingExtraError, match="pip install jieba"):
        jieba_engine.JiebaEngine()


def test_another_version_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jieba_engine.import_jieba(), "__version__", "0.43")
    with pytest.raises(MissingExtraError, match=r"is 0\.43"):
        jieba_engine.JiebaEngine()
    for name, value in (("RJIEBA_TOTAL", 1), ("CANARY", ("1-3",))):
        with monkeypatch.context() as patch:
            patch.setattr(rjieba_engine, name, value)
            with pytest.raises(ImportError, match=r"0\.2\.2 is needed"):
                rjieba_engine.RjiebaEngine()


def test_words_are_those_that_carry_meaning(segmenter: Segmenter) -> None:
    words = segmenter.words("政协委员提出3.5条GDP建议，Python和a、5G。T恤 2024年\n")
    assert words == ["政协委员", "提出", "gdp", "建议", "python", "t恤"]
    assert words_of([]) == []


@pytest.mark.slow
def test_the_table_of_ties_is_complete() -> None:
    """Compare every pair of characters in every surrounding, exact and with six decimals."""
    import numpy as np

    model = jieba_engine.import_jieba().finalseg
    start, move = model.start_P, model.trans_P
    chars = sorted({c for s in "BMES" for c in model.emit_P[s] if "\u4e00" <= c <= "\u9fd5"})
    exact = {s: np.array([model.emit_P[s].get(c, -3.14e100) for c in chars]) for s in "BMES"}
    exact = {s: np.where(p < -1e50, np.nan, p) for s, p in exact.items()}
    rounded = {s: np.round(p, 6) for s, p in exact.items()}

    def moves(before: str, states: str, after: str) -> float:
        first = start[states[0]] if before == "^" else move[before][states[0]]
        last = 0.0 if after == "$" else move[states[1]][after]
        return float(first + move[states[0]][states[1]] + last)

    ties = set()
    cases = [("BE", "SS", "^ES", "BS$"), ("SB", "BM", "^ES", "EM")]
    cases += [("ES", "ME", "BM", "BS$"), ("EB", "MM", "BM", "EM")]
    for one, two, befores, afters in cases:
        gains = [[p[one[i]] - p[two[i]] for i in (0, 1)] for p in (exact, rounded)]
        for before, after in itertools.product(befores, afters):
            constant = moves(before, one, after) - moves(before, two, after)
            for row in range(len(chars)):
                right, ours = (gain[0][row] + gain[1] + constant for gain in gains)
                clear = ((right > 1e-9) & (ours > 1e-9)) | ((right < -1e-9) & (ours < -1e-9))
                found = np.flatnonzero(~clear & ~np.isnan(right))
                ties |= {chars[row] + chars[column] for column in found}
    assert ties == set(rjieba_engine.TIES.split())
