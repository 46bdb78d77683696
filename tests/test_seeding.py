"""Seed words become weak labels that stay with the seeds."""

from __future__ import annotations

import numpy as np

from topics.seeding import weak_labels
from topics.segmenting import Segmenter
from topics.themes import ThemeSet, parse_themes

SEGMENTER = Segmenter(["水渠", "路灯"])
TEXTS = (
    "河水漫过石桥，水渠里全是泥沙。",
    "水渠修好，河水清了，石桥也修了。",
    "路灯亮起，灯光照着夜市的摊位。",
    "夜市的灯光换成了太阳能路灯。",
    "石桥下面的泥沙要清走。",
    "夜市的摊位排到街口。",
)
TOKENS = tuple(SEGMENTER.cut(text) for text in TEXTS)


def themes(other: str = "") -> ThemeSet:
    return parse_themes(
        f"""
        [[theme]]
        code = "water"
        zh = "水"
        seeds = ["河水", "水渠"]
        [[theme]]
        code = "light"
        zh = "灯"
        seeds = ["路灯", "灯光"]
        {other}
        """
    )


def test_company_of_the_seeds_is_found_where_every_text_has_a_theme() -> None:
    labels = weak_labels(TEXTS, TOKENS, themes(), other=False)
    assert labels.argmax(axis=1).tolist() == [0, 0, 1, 1, 0, 1]
    np.testing.assert_allclose(labels.sum(axis=1), 1)
    assert not labels[:, 2].any()


def test_seed_evidence_stays_in_force() -> None:
    labels = weak_labels(TEXTS, TOKENS, themes())
    assert (labels[:2, 0] >= 0.5).all()
    assert (labels[2:4, 1] >= 0.5).all()


def test_a_text_without_seeds_leans_to_other() -> None:
    labels = weak_labels((*TEXTS, "竹篮"), (*TOKENS, ["竹篮"]), themes())
    assert np.isnan(labels[6]).all() or labels[6].argmax() == 2
    seeded = themes('[other]\nseeds = ["摊位"]')
    assert weak_labels(TEXTS, TOKENS, seeded)[5].argmax() == 2


def test_labels_overrule_seeds() -> None:
    labels = weak_labels(TEXTS, TOKENS, themes(), labels=[1, -1, -1, -1, -1, -1])
    np.testing.assert_array_equal(labels[0], [0, 1, 0])


def test_labels_are_enough() -> None:
    bare = parse_themes('[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["没有"]\n'
                        '[[theme]]\ncode = "b"\nzh = "乙"\nseeds = ["也没有"]')  # fmt: skip
    labels = weak_labels(TEXTS, TOKENS, bare, other=False, labels=[0, -1, 1, -1, -1, -1])
    assert labels.argmax(axis=1).tolist() == [0, 0, 1, 1, 0, 1]


def test_same_input_same_bytes() -> None:
    first, again = (weak_labels(TEXTS, TOKENS, themes()) for _ in range(2))
    assert first.tobytes() == again.tobytes()


def test_a_seed_counts_inside_longer_words_where_every_short_text_has_a_theme() -> None:
    texts, tokens = ("灯光师", "河水冰"), (["灯光师"], ["河水冰"])
    found = weak_labels(texts, tokens, themes(), other=False)
    assert found.argmax(axis=1).tolist() == [1, 0]
    assert np.isnan(weak_labels(texts, tokens, themes())).all()


def test_a_class_keeps_its_only_seed_that_occurs() -> None:
    rare = parse_themes(
        '[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["河水", "没有", "无此"]\n'
        '[[theme]]\ncode = "b"\nzh = "乙"\nseeds = ["灯光", "路灯", "夜市"]'
    )
    found = weak_labels(TEXTS, TOKENS, rare, other=False)
    assert found[:4].argmax(axis=1).tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(found.sum(axis=1), 1)


def village(rare: int) -> tuple[list[str], list[list[str]]]:
    """Return texts of eight matters of other, then ``rare`` about water, half without a seed."""
    draw = np.random.default_rng(5)
    words = [[chr(0x4E00 + 200 * matter + n) * 2 for n in range(60)] for matter in range(9)]
    tokens = [[str(w) for w in draw.choice(words[n % 8], 12)] for n in range(800)]
    for n in range(rare):
        about = [str(w) for w in draw.choice(words[8], 12)]
        tokens.append(about if n % 2 else ["河水", *about])
    return ["".join(row) for row in tokens], tokens


def test_a_rare_theme_stays_rare_and_its_texts_without_seeds_are_found() -> None:
    texts, tokens = village(rare=20)
    found = weak_labels(texts, tokens, themes()).argmax(axis=1)
    assert (found[:800] == 2).mean() > 0.99
    assert (found[800:] == 0).mean() > 0.9


def test_a_theme_whose_seed_stands_in_one_text_does_not_swallow_the_others() -> None:
    texts, tokens = village(rare=1)
    found = weak_labels(texts, tokens, themes()).argmax(axis=1)
    assert (found == 2).sum() >= 800


def test_a_theme_that_labels_alone_tell_is_as_frequent_as_they_say() -> None:
    texts, tokens = village(rare=300)
    bare = parse_themes('[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["没有"]')
    labels = [1] * 100 + [-1] * 700 + [0] * 100 + [-1] * 200
    found = weak_labels(texts, tokens, bare, labels=labels).argmax(axis=1)
    assert (found[900:] == 0).mean() > 0.9
    assert (found[100:800] == 1).mean() > 0.9
