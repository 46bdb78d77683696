"""Counts and lookups against the obvious way to do them; JSON against `json`."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from topics import vectorizing
from topics.cli.lines import json_lines, rounded
from topics.corpus import Article, Part
from topics.mixture import TopicReading
from topics.scoring import LinearModel, Reading, is_word, learn_features
from topics.segmenting import Segmenter
from topics.tagging import Tagger
from topics.tagging.tagged import EVIDENCE, Tagged, Words, strongest
from topics.vectorizing import (
    Names,
    PairFinder,
    Stream,
    WordFinder,
    count,
    count_entries,
    finders,
    in_order,
    letters_of,
)
from topics.vectorizing.tokens import Tokens

SEGMENTER = Segmenter()
TEXTS = st.lists(st.text(alphabet="协商社区党a\nB1 😀，\ud800\0", max_size=25), min_size=1)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-1, 9))))
def test_counts_and_entries(pairs: Sequence[tuple[int, int]]) -> None:
    docs, ids = np.array(pairs, np.int64).reshape(-1, 2).T
    some = len(ids) // 3
    streams = [Stream(docs[part], ids[part], 7) for part in (slice(some), slice(some, None))]
    counts, entries = count_entries(streams, 10)
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


@settings(deadline=None)  # the dictionary is built
@given(TEXTS)
def test_words_are_found_by_their_characters(texts: Sequence[str]) -> None:
    tokens = [token for text in texts for token in SEGMENTER.cut(text)]
    letters, lengths = letters_of(texts), vectorizing.lengths_of(tokens)
    found = vectorizing.words_among(letters, lengths, vectorizing.texts_of(letters, lengths))
    assert found.tolist() == list(map(is_word, tokens))


@given(TEXTS)
def test_pairs_are_found_within_texts_only(texts: Sequence[str]) -> None:
    pairs = ["协商", "商社", "社区", "区党"]
    docs, ids, places = PairFinder(pairs, 5).find(letters_of(texts))
    joined = "".join(texts)
    starts = np.cumsum([0, *map(len, texts)])
    expected = [
        (doc, 5 + pairs.index(text[n : n + 2]), int(starts[doc]) + n)
        for doc, text in enumerate(texts)
        for n in range(len(text))
        if text[n : n + 2] in pairs
    ]
    found = zip(docs.tolist(), ids.tolist(), places.tolist(), strict=True)
    assert list(found) == expected
    assert all(joined[n : n + 2] in pairs for n in places.tolist())


@given(
    st.lists(st.text(alphabet="一乙丁七龥鿿\uffff\0", min_size=2, max_size=2), unique=True), TEXTS
)
def test_every_pair_is_found_however_full_the_table_is(
    pairs: Sequence[str], texts: Sequence[str]
) -> None:
    texts = [*texts, *pairs]
    _, ids, places = PairFinder(pairs, 0).find(letters_of(texts))
    wanted = {pair for pair in pairs if not set(pair) & set("\0\uffff")}
    joined = "".join(texts)
    found = zip(ids.tolist(), places.tolist(), strict=True)
    assert all(pairs[number] == joined[n : n + 2] for number, n in found)
    assert {pairs[number] for number in ids.tolist()} == wanted


WORDS = st.lists(
    st.text(alphabet="协商社aB\0\ufffe\uffff😀\ud800", min_size=1, max_size=7), unique=True
)


@given(WORDS, TEXTS)
def test_every_word_is_found_and_nothing_else(words: Sequence[str], texts: Sequence[str]) -> None:
    texts = [*texts, *words]
    tokens = [[text[n : n + 3] for n in range(0, len(text), 3)] for text in texts] + [words]
    letters = letters_of(["".join(row) for row in tokens])
    lengths = vectorizing.lengths_of([token for row in tokens for token in row])
    docs = vectorizing.texts_of(letters, lengths)
    assert docs.tolist() == [n for n, row in enumerate(tokens) for _ in row]
    found = WordFinder(words).find(letters, docs, lengths)
    index = {word: number for number, word in enumerate(words)}
    assert found.tolist() == [index.get(token, -1) for row in tokens for token in row]


@given(WORDS)
def test_stretches_have_the_same_number_exactly_if_they_are_the_same(words: list[str]) -> None:
    tokens = words + words[::-1]
    lengths = vectorizing.lengths_of(tokens)
    starts = np.cumsum(lengths) - lengths
    numbers, example = finders.number(letters_of(["".join(tokens)]), starts, lengths)
    assert [tokens[n] for n in example[numbers].tolist()] == tokens
    assert sorted(numbers.tolist()) == sorted([*range(len(words)), *range(len(words))])


def test_words_that_share_a_number_are_told_apart_by_their_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finders, "_BASE", 1)  # the number is then the sum of the characters
    letters, lengths = letters_of(["abcceabcdde"]), np.array([5, 5, 1])
    docs = np.zeros(3, np.int64)
    assert WordFinder(["abcdd", "e"]).find(letters, docs, lengths).tolist() == [-1, 0, 1]
    for words in (["ab", "c", "ab"], ["abcde", "f", "abcde"], ["😀", "b", "😀"]):
        with pytest.raises(ValueError, match="twice"):
            WordFinder(words)
    for pairs, fault in ((["ab", "ab"], "twice"), (["ab", "abc"], "two characters")):
        with pytest.raises(ValueError, match=fault):
            PairFinder(pairs, 0)
    assert WordFinder(["abcdd", "abcce"]).find(letters, docs, lengths).tolist() == [1, 0, -1]


@settings(deadline=None)
@given(TEXTS)
def test_a_vocabulary_is_learned_with_the_counts_that_it_gives(texts: Sequence[str]) -> None:
    tokens = [SEGMENTER.cut(text) for text in texts]
    features, counts = learn_features(texts, tokens, (2, 2), keep=["社区", "没有"])
    model = LinearModel(
        features, np.zeros((features.width, 2), np.float32), np.zeros(2, np.float32)
    )
    again = model.read(texts, SEGMENTER).counts
    assert counts.indptr.tolist() == again.indptr.tolist()
    assert counts.indices.tolist() == again.indices.tolist()
    assert counts.data.tolist() == again.data.tolist()
    texts_with = Counter(word for row in tokens for word in set(row) if is_word(word))
    common = {word for word, n in texts_with.items() if n >= 2}
    assert set(features.words) == common | {"社区", "没有"}
    both = Counter(pair for text in texts for pair in set(map("".join, pairwise(text))))
    assert list(features.pairs) == sorted(
        (pair for pair, n in both.items() if n >= 2 and all("一" <= c <= "鿿" for c in pair)),
        key=lambda pair: (-both[pair], pair),
    )


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
    assert b"".join(map(json_lines, batches)) == "".join(rows).encode("utf-8", "replace")


SHARES = st.floats(0, 1) | st.integers(0, 1_000_000).map(lambda n: n / 1_000_000)


@given(st.data(), st.integers(1, 5))
def test_numbers_are_written_as_python_does(data: st.DataObject, height: int) -> None:
    shares = data.draw(arrays(float, (height, 2), elements=SHARES))
    counts = data.draw(st.lists(st.integers(0, 3), min_size=height, max_size=height))
    size = sum(counts)
    weights = data.draw(arrays(float, size, elements=st.floats(0, 1e6)))
    starts = data.draw(arrays(np.int64, size, elements=st.integers(0, 1 << 24)))
    ends = starts + data.draw(arrays(np.int64, size, elements=st.integers(1, 20)))
    none = np.full(size, -1)
    columns = data.draw(arrays(np.int64, height, elements=st.integers(0, 1)))
    parts = [Part("字", file=f"{row}", line=row) for row in range(height)]
    words = Words(np.array(counts), none, (), weights, starts, ends)
    tagged = Tagged(parts, ("a", "b"), shares, columns, [("a",)] * height, words, np.ones(height))
    encode = json.JSONEncoder(ensure_ascii=False).encode
    assert json_lines(tagged).decode() == "".join(encode(tag.row()) + "\n" for tag in tagged)


@given(
    st.lists(
        st.lists(st.sampled_from(["协商", "社区", "a😀", "\0b", "党", "有事好商量"]), max_size=25)
    ),
    st.randoms(use_true_random=False),
)
def test_evidence_is_the_strongest_words_each_once(
    rows: Sequence[Sequence[str]], draw: random.Random
) -> None:
    texts = ["".join(row) for row in rows]
    lengths = vectorizing.lengths_of([token for row in rows for token in row])
    letters, vocabulary = letters_of(texts), ("社区", "协商")
    docs = vectorizing.texts_of(letters, lengths)
    ids = WordFinder(vocabulary).find(letters, docs, lengths)
    stream = Stream(docs, ids, len(texts))
    counts = count([stream], len(vocabulary))
    reading = TopicReading(lengths, letters, stream, counts, np.ones((len(texts), 1)))
    spelled = Reading(lengths, letters, stream, docs, reading.counts, docs, reading.counts)
    added = np.array([draw.choice([-1.0, 0.0, 1.0, 2.0, 2.5]) for _ in docs])
    expected = []
    for doc, row in enumerate(rows):
        own = added[docs == doc].tolist()
        order = sorted(range(len(row)), key=lambda n, own=own: (-own[n], n))
        first = dict.fromkeys(row[n] for n in order if own[n] > 0 and len(row[n]) > 1)
        places = [next(n for n in order if row[n] == word) for word in first][:EVIDENCE]
        starts = [len("".join(row[:n])) for n in places]
        expected += [(doc, row[n], own[n], at) for n, at in zip(places, starts, strict=True)]
    for one in (reading, spelled):
        words = strongest(one, vocabulary, added)
        found_in = np.repeat(np.arange(len(texts)), words.counts).tolist()
        places = zip(found_in, words.starts.tolist(), words.ends.tolist(), strict=True)
        found = [texts[doc][start:end] for doc, start, end in places]
        columns = (found_in, found, words.weights.tolist(), words.starts.tolist())
        assert list(zip(*columns, strict=True)) == expected
        known = [vocabulary.index(word) if word in vocabulary else -1 for word in found]
        assert words.names.tolist() == (known if one is spelled else [-1] * len(found))


TOKENS = st.lists(st.lists(st.text(alphabet="协商社a\0😀\ud800", min_size=1, max_size=6)))


@given(TOKENS)
def test_tokens_as_numbers_are_the_same_tokens(texts: Sequence[Sequence[str]]) -> None:
    tokens = Tokens.of(texts)
    lengths = vectorizing.lengths_of([token for text in texts for token in text])
    cut = Tokens.cut(["".join(text) for text in texts], lengths)
    for found in (tokens, cut):
        assert [*found] == texts
        assert found[:2] == texts[:2]
        assert len(set(found.words)) == len(found.words)
        counts = Counter(token for text in texts for token in text)
        assert dict(zip(found.words, found.times.tolist(), strict=True)) == counts
        there = Counter(token for text in texts for token in set(text))
        assert dict(zip(found.words, found.texts_with.tolist(), strict=True)) == there
        pairs = found.pairs()
        rows = zip(*(side.tolist() for side in (pairs.left, pairs.right, pairs.times)), strict=True)
        expected = Counter(pair for text in texts for pair in pairwise(text))
        assert {(found.words[a], found.words[b]): n for a, b, n in rows} == expected
    assert tokens.docs.tolist() == [n for n, text in enumerate(texts) for _ in text]


@given(
    st.lists(st.lists(st.sampled_from("abc"))),
    st.sets(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"))),
)
def test_pairs_are_joined_from_the_left(
    texts: Sequence[Sequence[str]], pairs: set[tuple[str, str]]
) -> None:
    expected = []
    for text in texts:
        rest, row = list(text), list[str]()
        while rest:
            size = 2 if tuple(rest[:2]) in pairs else 1
            row.append("".join(rest[:size]))
            del rest[:size]
        expected.append(row)
    assert [*Tokens.of(texts).joined(pairs, str.__add__)] == expected


@given(st.lists(st.text("ab\0é😀\ud800\r", max_size=3), max_size=6), st.integers(0, 6))
def test_names_of_a_text_are_its_lines(lines: list[str], place: int) -> None:
    names = Names("".join(f"{line}\n" for line in lines) + "no line")
    assert list(names) == lines
    assert len(names) == len(lines)
    assert names == tuple(lines)
    assert (names[:place], names[place:]) == (tuple(lines[:place]), tuple(lines[place:]))
    ours, theirs = letters_of(names), letters_of(lines)
    assert ours.codes.tolist() == theirs.codes.tolist()
    assert ours.lengths.tolist() == theirs.lengths.tolist()
    assert names[:place].letters.codes.tolist() == letters_of(lines[:place]).codes.tolist()
