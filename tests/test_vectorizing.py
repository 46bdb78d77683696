"""Counts and lookups against the obvious way to do them; JSON against `json`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from topics import vectorizing
from topics.cli.writing import jsonl_chunk, rounded
from topics.corpus import Article, Part
from topics.scoring import is_word
from topics.segmenting import Segmenter
from topics.tagging import Tagger
from topics.vectorizing import PairFinder, Stream, count_entries, in_order, letters_of

SEGMENTER = Segmenter()
TEXTS = st.lists(st.text(alphabet="协商社区党a\nB1 😀，\ud800\0", max_size=25), min_size=1)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-1, 9))))
def test_counts_and_entries(pairs: Sequence[tuple[int, int]]) -> None:
    docs, ids = np.array(pairs, np.int64).reshape(-1, 2).T
    counts, entries = count_entries(Stream(docs, ids, 7), 10)
    rows = np.repeat(np.arange(7), np.diff(counts.indptr))
    found = dict(zip(zip(rows.tolist(), counts.indices.tolist()), counts.data, strict=True))  # noqa: B905
    assert found == Counter(pair for pair in pairs if pair[1] >= 0)
    known = ids >= 0
    assert (rows[entries] == docs[known]).all()
    assert (counts.indices[entries] == ids[known]).all()


@given(st.lists(st.integers(0, 99)))
def test_keys_are_sorted_the_same_when_they_are_too_large_to_pack(values: Sequence[int]) -> None:
    keys = np.array(values, np.int64)
    small, large = in_order(keys, 100), in_order(keys, 1 << 62)
    assert small[0].tolist() == large[0].tolist() == sorted(values)
    assert small[1].tolist() == large[1].tolist()


@given(TEXTS)
def test_words_are_found_by_their_characters(texts: Sequence[str]) -> None:
    tokens = [token for text in texts for token in SEGMENTER.cut(text)]
    found = vectorizing.words_among(letters_of(texts), vectorizing.lengths_of(tokens))
    assert found.tolist() == list(map(is_word, tokens))


@given(TEXTS)
def test_pairs_are_found_within_texts_only(texts: Sequence[str]) -> None:
    pairs = ["协商", "商社", "社区", "区党"]
    stream, places = PairFinder(pairs, 5).find(letters_of(texts))
    joined = "".join(texts)
    starts = np.cumsum([0, *map(len, texts)])
    expected = [
        (doc, 5 + pairs.index(text[n : n + 2]), int(starts[doc]) + n)
        for doc, text in enumerate(texts)
        for n in range(len(text))
        if text[n : n + 2] in pairs
    ]
    found = zip(stream.docs.tolist(), stream.ids.tolist(), places.tolist(), strict=True)
    assert list(found) == expected
    assert all(joined[n : n + 2] in pairs for n in places.tolist())


@given(st.lists(st.floats(-1e6, 1e6)), st.sampled_from([4, 6]))
def test_rounded_is_round(values: Sequence[float], places: int) -> None:
    found = rounded(np.array(values, float), places).tolist()
    assert list(map(repr, found)) == [repr(round(value, places)) for value in values]


def test_halves_are_rounded_as_python_does() -> None:
    values = (np.arange(20_000) + 0.5) / 10_000
    assert rounded(values, 4).tolist() == [round(value, 4) for value in values.tolist()]


@settings(max_examples=50, deadline=None)
@given(
    texts=st.lists(
        st.text(alphabet='支部协商社区委员，。"\\\n\t a😀\ud800', max_size=30), min_size=1
    )
)
def test_lines_are_the_rows_of_the_tags(ready: Tagger, texts: Sequence[str]) -> None:
    parts = tuple(Part(text, id=f'"{n}', line=n) for n, text in enumerate(texts))
    batches = list(ready.iter_batches([Article(parts, 'a"b', ready=True)]))
    encode = json.JSONEncoder(ensure_ascii=False).encode
    rows = [encode(tag.row()) + "\n" for batch in batches for tag in batch]
    assert "".join(jsonl_chunk(batch).text for batch in batches) == "".join(rows)
