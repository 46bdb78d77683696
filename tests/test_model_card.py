"""The ready-made model's card: counted and measured by the build, the same each time, and plain."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from topics.classifying import Examples, Trained
from topics.options import Options
from topics.themes import load_themes

ROOT = Path(__file__).parent.parent
THEMES = load_themes()
NEITHER = -1


@pytest.fixture
def model_card(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import model_card  # a script, found there alone

    return model_card


def built() -> tuple[Examples, Trained]:
    """Two articles of the sample with a sentence, three of newspapers; one tag in four is wrong."""
    rows = [
        *[("sample 0", 0, frozenset({0}), True)] * 3,
        *[("sample 1", 1, frozenset({1}), True)] * 5,
        ("sample 1", 1, None, False),  # a sentence
        ("sample 1", NEITHER, None, True),  # a heading
        *[("news a", 4, frozenset(), True)] * 4,
        *[("news b", 3, frozenset({3}), False)] * 2,
        *[("news c", 2, frozenset({2}), False)] * 2,
    ]
    groups, labels, tags, drawn = zip(*rows, strict=True)
    texts = [f"段落{n}" for n in range(len(rows))]
    given = Examples(
        texts=texts,
        tokens=[[text] for text in texts],
        groups=groups,
        labels=labels,
        tags=tags,
        calibrates=np.array(drawn),
    )
    labelled = np.flatnonzero(np.array(labels) >= 0)
    gold = np.array(labels)[labelled]
    said = np.where(np.arange(len(gold)) % 4 == 0, (gold + 1) % 5, gold)
    held_out = np.eye(5)[said] * 0.8 + 0.04
    return given, Trained(None, held_out, labelled, gold, 5)  # type: ignore[arg-type]  # of no use here


def told(model_card: ModuleType) -> tuple[dict[str, Any], str]:
    facts = model_card.facts(*built(), THEMES, Options())
    return facts, model_card.page(facts, THEMES)


def test_what_was_learned_from_is_counted(model_card: ModuleType) -> None:
    facts, page = told(model_card)
    learned = facts["learned_from"]
    assert learned["articles"] == {"sample": 2, "news_drawn": 1, "news_chosen": 2}
    assert learned["paragraphs"] == {"sample": 8, "news_drawn": 4, "news_chosen": 4}
    assert learned["sentences"] == 1
    assert list(learned["by_theme"].values()) == [3, 5, 2, 2, 4]
    assert facts["labelled"] == 16
    assert "| packaged sample, its train articles | 2 | 8 |" in page
    assert "党的建设 2, 民生 2, 其他 4" in page


def test_how_right_it_is_says_on_what_and_of_how_many(model_card: ModuleType) -> None:
    facts, page = told(model_card)
    checked = facts["cross_validation"]
    assert checked["how"] == "5 parts, split by article"
    assert {kind: checked[kind]["n"] for kind in ("sample", "news_drawn", "news_chosen")} == {
        "sample": 8,
        "news_drawn": 4,
        "news_chosen": 4,
    }
    assert (checked["all"]["n"], checked["all"]["accuracy"]) == (16, 0.75)
    assert re.search(
        r"\| all of these \| 16 \| 0\.750 \| 0\.\d{3} \(0\.\d{3}–[01]\.\d{3}\) \|", page
    )


def test_the_same_build_has_the_same_card_on_any_day(model_card: ModuleType) -> None:
    facts, page = told(model_card)
    assert (facts, page) == told(model_card)
    today = datetime.datetime.now(datetime.UTC)
    assert f"{today:%Y-%m-%d}" not in page + json.dumps(facts)
    assert json.loads(json.dumps(facts)) == facts
    assert f"- numpy {np.__version__}\n" in page


def test_the_card_says_what_the_model_is_for_and_what_it_is_not(model_card: ModuleType) -> None:
    page = told(model_card)[1]
    assert all(theme.zh in page and theme.en in page for theme in (*THEMES, THEMES.other))
    for heading in ("learned from", "How right it is", "does not do", "How it was made"):
        assert heading in page
    pages = set(re.findall(r"docs/[\w/]+\.md", page))
    assert "docs/accuracy.md" in pages
    assert all((ROOT / found).is_file() for found in pages)
