"""The parts of the order: prepared paragraphs, theme words, mapped topics, seed diagnostics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from topics import projecting
from topics.corpus import Article, Corpus, Part
from topics.describing import theme_words
from topics.diagnosing import diagnose, suggest
from topics.mapping import Mapped, count_words, learn_mixture
from topics.options import Options, load_options
from topics.plotting.house import phrases
from topics.preparing import Prepared, prepare
from topics.projecting import project
from topics.reporting.saying import told
from topics.seeding import seed_evidence, weak_labels
from topics.segmenting import Segmenter
from topics.themes import OTHER, ThemeSet, load_themes, parse_themes

GARDEN = parse_themes(
    """
    [[theme]]
    code = "water"
    zh = "水"
    seeds = ["河水", "水渠"]
    against = ["酒水"]
    [[theme]]
    code = "light"
    zh = "灯"
    seeds = { "路灯" = 2.0, "灯光" = 1.0 }
    """
)
TEXTS = (
    "河水漫过石桥，水渠里全是泥沙。",
    "水渠修好，河水清了，石桥也修了。",
    "路灯亮起，灯光照着夜市的摊位。",
    "夜市的灯光换成了太阳能路灯。",
    "集市上卖竹篮，竹篮编得细密。",
    "竹篮挑到集市，一早就卖完。",
)


def prepared(texts: Sequence[str] = TEXTS, themes: ThemeSet = GARDEN) -> Prepared:
    parts = tuple(Part(text, line=n) for n, text in enumerate(texts, 1))
    return prepare(Corpus((Article(parts),)), themes, None, Options())


def test_seed_words_stay_whole_when_cut() -> None:
    assert {"水渠", "路灯"} <= {word for row in prepared().tokens for word in row}


def test_reprints_and_short_lines_are_tagged_but_not_learned_from() -> None:
    found = prepared((*TEXTS, TEXTS[0], "。"))
    assert found.taught == (*[True] * 6, False, False)
    assert found.reprints[0].others == (6,)
    kept = prepare(found.corpus, GARDEN, None, Options(reprints=True))
    assert kept.taught[6]


def test_seed_evidence_counts_weights_and_what_speaks_against() -> None:
    tokens = [["河水", "酒水"], ["路灯", "灯光"], ["竹篮"]]
    found = seed_evidence(tokens, ["".join(row) for row in tokens], GARDEN)
    np.testing.assert_array_equal(found, [[0, 0, 0], [0, 3, 0], [0, 0, 0]])


def test_weak_labels_follow_the_seeds_and_spread_to_their_company() -> None:
    texts = [*TEXTS, "石桥边的泥沙清走了。"]
    tokens = [Segmenter(["水渠"]).cut(text) for text in texts]
    labels = weak_labels(texts, tokens, GARDEN)
    np.testing.assert_allclose(labels.sum(axis=1), 1)
    assert labels[:4].argmax(axis=1).tolist() == [0, 0, 1, 1]
    without = weak_labels(texts, tokens, GARDEN, other=False)
    assert without[6].argmax() == 0
    assert not without[:, -1].any()


def test_without_any_seed_nothing_is_known() -> None:
    assert np.isnan(weak_labels(["竹篮"], [["竹篮"]], GARDEN)).all()


def test_theme_words_are_frequent_there_and_rare_elsewhere() -> None:
    counts = sparse.csr_matrix(np.array([[2, 1, 0], [1, 1, 0], [0, 1, 2]], float))
    shares = np.array([[1, 0], [1, 0], [0, 1.0]])
    found = theme_words(counts, ["河", "的", "灯"], shares, ("water", "light"))
    assert found["water"][0][0] == "河"
    assert found["light"][0][0] == "灯"


def mapped(method: str, topics: int, seed: int = 7) -> tuple[Mapped, Prepared]:
    found = prepared(TEXTS * 5)
    counts, words = count_words(found.tokens, GARDEN, frozenset())
    known = weak_labels([part.text for part in found.parts], found.tokens, GARDEN)
    options = Options(method=method, topics=topics, seed=seed)  # type: ignore[arg-type]  # one of them
    return learn_mixture(counts, words, known, GARDEN, options), found


def said(learned: Mapped, found: Prepared) -> NDArray[np.float64]:
    mixture = learned.mixture
    return mixture.probabilities(mixture.score(mixture.read(TEXTS, found.segmenter)))


@pytest.mark.parametrize("method", ["lda", "nmf", "kmeans"])
def test_every_topic_belongs_to_a_theme_or_to_none(method: str) -> None:
    learned, found = mapped(method, 3)
    assert [topic.theme for topic in learned.topics] == ["water", "light", "new"]
    shares = said(learned, found)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares.argmax(axis=1).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("method", ["lda", "nmf", "kmeans"])
@pytest.mark.parametrize(
    ("asked", "found", "why"),
    [
        (500, 7, "7 topics were learned, not 500: a topic needs 4 paragraphs, and 30 teach"),
        (2, 3, "3 topics were learned, not 2: each of the 3 themes, other among them, needs one"),
        (5, 5, ""),
    ],
)
def test_why_there_are_not_as_many_topics_as_asked(
    method: str, asked: int, found: int, why: str
) -> None:
    learned, _ = mapped(method, asked)
    assert (len(learned.topics), learned.note) == (found, why)
    assert told(why, phrases("zh")["page"]["said"]) != why or not why


def test_every_theme_has_its_seeds_in_topics_of_its_own() -> None:
    learned, _ = mapped("lda", 7)
    themes = [topic.theme for topic in learned.topics]
    assert themes == sorted(themes, key=["water", "light", "new"].index)
    assert set(themes) == {"water", "light", "new"}
    mixture = learned.mixture
    for number, theme in enumerate(GARDEN):
        own = [n for n, column in enumerate(mixture.classes) if column == number]
        seeds = [n for n, word in enumerate(mixture.words) if word in theme.seeds]
        for topic, row in enumerate(mixture.topics):
            places = row.argsort()[::-1].argsort()[seeds]
            assert (topic in own) == bool((places < len(seeds)).all())


def test_paragraphs_of_which_nothing_is_known_belong_to_no_theme() -> None:
    found = prepared(TEXTS * 5)
    counts, words = count_words(found.tokens, GARDEN, frozenset())
    nothing = np.full((len(found.parts), 3), np.nan)
    for method in ("lda", "nmf", "kmeans"):
        options = Options(method=method, topics=3)  # type: ignore[arg-type]  # one of them
        learned = learn_mixture(counts, words, nothing, GARDEN, options)
        tags = said(learned, found).argmax(axis=1)
        assert set(tags[4:].tolist()) == {2}, method


def test_diagnosis_tells_of_every_seed_and_suggests_no_seed() -> None:
    found = prepared(TEXTS * 3)
    rows = list(diagnose(found))
    assert [row.word for row in rows] == ["河水", "水渠", "路灯", "灯光"]
    assert all(0 <= row.agreement <= 1 and 0 <= row.changed <= 1 for row in rows)
    words = suggest(found, frozenset())
    assert set(words) == {"water", "light"}
    assert not GARDEN.seed_words & {word for row in words.values() for word in row}


@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_a_map_has_a_place_for_every_paragraph(n: int) -> None:
    places = project(sparse.random(n, 40, 0.3, format="csr", random_state=2))
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()


def test_of_many_paragraphs_some_are_placed_and_the_others_between_their_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(projecting, "MOST", 50)
    monkeypatch.setattr(projecting, "DRAWN", 24)
    rng = np.random.default_rng(1)
    kinds = np.arange(90) % 3
    rows = np.hstack([rng.random((90, 12)) * (kinds == kind)[:, None] for kind in range(3)])
    places = project(sparse.csr_matrix(rows))
    centres = np.array([places[kinds == kind].mean(axis=0) for kind in range(3)])
    away = np.linalg.norm(places[:, None] - centres, axis=2)
    assert (away.argmin(axis=1) == kinds).mean() > 0.95


def test_options_default_then_file_then_command_line(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "options.toml"
    file.write_text('seed = 3\nmethod = "nmf"\n', encoding="utf-8")
    options = load_options(file, seed=5, topics=None)
    assert (options.seed, options.method, options.topics) == (5, "nmf", 20)


def test_the_packaged_themes_follow_the_codebook() -> None:
    themes = load_themes()
    assert themes.classes == (
        *("political_guidance", "consultation", "party_building", "livelihood"),
        OTHER,
    )
    names = [theme.zh for theme in themes]
    assert names == ["政治引领", "协商议政", "党的建设", "民生"]
    assert all(len(theme.seeds) >= 30 and theme.description for theme in themes)
