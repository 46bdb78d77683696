"""Pages as they really look: what stands in them is found, and general rules are told apart."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

from topics.ingesting import articles_from_text
from topics.splitting import marks

ROOT = Path(__file__).parent.parent
LONG = "去年冬天，县里把三处闲置的校舍改成了托老所，床位不多却天天住满，护工最怕半夜停电。"
MORE = "为了这件事，委员们跑了九个乡镇，问了四十多户人家，写成一份建议，当月就有了回音。"
LAST = "天黑以后，院子里的灯一盏一盏亮起来，门卫老人把棋盘收进屋里，说明天还有客人要来。"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("reading_pages")


def test_pages_as_they_really_look_are_understood(pages: ModuleType, tmp_path: Path) -> None:
    """Kinds ≥ 0.98, paragraphs ≥ 0.98; how they were read at first: docs/reading.md."""
    total: Counter[str] = Counter()
    for page in pages.pages():
        total += pages.read(page, tmp_path)
    assert total["pages"] >= 15
    assert total["kinds"] >= 0.98 * total["parts"]
    assert total["restored"] >= 0.98 * total["bodies"]
    assert total["articles"] == total["pages"]


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for a in articles_from_text(text) for p in a.parts]


def test_a_triangle_alone_makes_no_caption() -> None:
    prose = "△字形的桥墩立起来那天，老人在岸上看了一整天。他说：“桥是好东西。”"
    caption = "△清晨的渡口，第一班船准备离岸。"
    page = f"渡口\n{LONG}\n{caption}\n{prose}\n{MORE}"
    kinds = {text: kind for kind, text in _kinds(page)}
    assert kinds[prose] == "body"
    assert kinds[caption] == "caption"


def test_a_running_head_beside_page_numbers_parts_no_paragraph() -> None:
    head = "青栎政协　2023年第2期"
    first = f"{LONG[:20]}\n- 1 -\n{head}\n{LONG[20:]}"
    second = f"{MORE[:25]}\n- 2 -\n{head}\n{MORE[25:]}"
    text = f"题目在此\n{LAST}\n{first}\n{second}"
    kinds = _kinds(text)
    assert [text for kind, text in kinds if kind == "body"] == [LAST, LONG, MORE]
    assert [kind for kind, text in kinds if text.startswith("青栎政协")] == ["boilerplate"] * 2


def test_numbered_items_are_a_list_and_numbered_headings_are_none() -> None:
    items = "1.没有人值守的，摘；\n2.一年没有人来过的，摘；\n3.说不清干什么的，摘。"
    headings = f"1.先问清谁要吃\n{MORE}\n2.再算清谁来出\n{LAST}"
    kinds = [kind for kind, _ in _kinds(f"少挂牌子\n{LONG}\n{items}\n{LAST}\n{headings}")]
    assert kinds[2:] == ["body"] * 4 + ["heading", "body"] * 2


def test_an_issue_announces_its_articles() -> None:
    titles = ["三条小巷亮了灯", "渡口的灯"]
    contents = "\n".join(f"◇ {title}" for title in titles)
    body = "\n".join(f"{title}\n{LONG}\n{MORE}" for title in titles)
    articles = articles_from_text(f"政协信息\n本期目录\n{contents}\n{body}")
    assert [part.text for a in articles for part in a.parts if part.kind == "title"][-2:] == titles
    assert len(articles) == 2


def test_a_footnote_is_no_paragraph() -> None:
    note = "①其中六个村的本子是空的。"
    assert ("boilerplate", note) in _kinds(f"小水利\n{LONG[:-1]}①。\n{MORE}\n{note}\n{LAST}")
    assert ("boilerplate", note) not in _kinds(f"小水利\n{LONG}\n{MORE}\n{note}\n{LAST}")


def test_an_article_without_a_title_is_called_by_what_it_reports() -> None:
    (article,) = articles_from_text(f"各界网讯（记者 罗小满 实习记者 石水生）{LONG}\n{MORE}")
    assert article.title == LONG[:20]
    assert article.meta["author"] == "罗小满、石水生"


def _first(items: Any) -> set[str]:
    """Return the characters that a parsed pattern can begin with."""
    found: set[str] = set()
    for op, value in items:
        more, may_be_empty = _first_of(op, value)
        found |= more
        if not may_be_empty:
            break
    return found


def _first_of(op: Any, value: Any) -> tuple[set[str], bool]:
    if op is _constants.LITERAL:
        return {chr(value)}, False
    if op is _constants.IN:
        chars = {chr(v) for o, v in value if o is _constants.LITERAL}
        ranges = [v for o, v in value if o is _constants.RANGE]
        return chars | {chr(n) for a, b in ranges for n in range(a, b + 1)}, False
    if op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
        return _first(value[2]), value[0] == 0
    if op is _constants.SUBPATTERN:
        return _first(value[3]), False
    assert op is _constants.BRANCH, op
    return set().union(*map(_first, value[1])), False


def test_the_quick_look_at_a_line_misses_no_mark() -> None:
    """`mark_of` looks only at lines that begin with one of `_FIRST`, if they end as prose does."""
    patterns = (marks._CAPTION_SIGN, marks._CAPTION_START, marks._BOILER_START, marks._URL)
    for pattern in patterns:
        assert _first(_parser.parse(pattern.pattern, re.NOFLAG)) - {" "} <= marks._FIRST
