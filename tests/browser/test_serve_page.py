"""The page of ``topics serve`` in a real browser: paste, drop, correct, compare, download."""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.browser.looks import BOXES, CONTRAST, SETTLED
from tests.chromium import Chromium, installed
from tests.demo_findings import HOSTILE
from tests.serving import ask, served, settings_of
from topics.cli.serve import models_of
from topics.scoring import LinearModel
from topics.web import Model

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
]

PARAGRAPHS = (
    "村口的路灯修好了，老人晚上去卫生院看病方便多了。",
    "政协委员围绕河道治理开展协商议事，提案办理情况当场答复。",
    "机关党支部召开主题党日活动，党员对照党章党规查找不足。",
)
ARTICLE = "石桥村的路灯\n" + "\n".join(PARAGRAPHS)
COUNT = "document.querySelectorAll('#texts .p').length"
SHOWN = "[...document.querySelectorAll('#texts .p')].filter((p) => p.checkVisibility())"
THEMES = f"{SHOWN}.map((p) => p.classList[1]).join(' ')"


def lopsided(model: Model) -> Model:
    """Return a second model that thinks of livelihood everywhere."""
    linear = model.tagger.model
    assert isinstance(linear, LinearModel)
    bias = linear.bias.copy()
    bias[model.tagger.themes.classes.index("livelihood")] += 50
    tagger = replace(model.tagger, model=replace(linear, bias=bias))
    return Model("lopsided", tagger, "0" * 64)


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "labels.csv"


@pytest.fixture(scope="module")
def url(labels: Path) -> Iterator[str]:
    models = models_of([None])
    with served(settings_of(labels, [*models, lopsided(models[0])])) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium: Chromium, url: str, labels: Path) -> Iterator[Chromium]:
    """The page, opened anew; afterwards nothing was wrong and nobody else was asked."""
    labels.unlink(missing_ok=True)
    chromium.open(url)
    yield chromium
    assert chromium.errors == []
    assert [u for u in chromium.requests if not u.startswith((url, "data:", "blob:"))] == []


def paste(browser: Chromium, text: str) -> None:
    """Cut and paste a text in the field, as the keyboard does."""
    browser.run("(() => { const t = document.getElementById('text'); t.value = ''; t.focus(); })()")
    browser.call("Input.insertText", text=text)
    for key, code, command in (("a", 65, "selectAll"), ("x", 88, "cut"), ("v", 86, "paste")):
        browser.key(key, code, modifiers=2, command=command)


def tag(browser: Chromium, text: str = ARTICLE) -> None:
    browser.run("window.before = document.getElementById('texts')")
    paste(browser, text)
    browser.until(f"{COUNT} > 0 && document.getElementById('texts') !== window.before")


def focus(browser: Chromium, n: int) -> None:
    browser.run(f"document.querySelectorAll('#texts .p')[{n}].focus()")


def rows(labels: Path) -> list[dict[str, str]]:
    with labels.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_state_can_be_read_and_fits(
    browser: Chromium, url: str, width: int, scheme: str, lang: str
) -> None:
    browser.open(f"{url}?lang={lang}", width, dark=scheme == "dark")
    states = {
        "empty": "",
        "tagged": "document.getElementById('sample').click()",
        "menu": "document.querySelector('.fix').click()",
        "compared": "(() => { const o = document.getElementById('other'); o.selectedIndex = 2;"
        " o.dispatchEvent(new Event('change')); })()",
    }
    for state, act in states.items():
        if act:
            browser.run(act)
            browser.until(
                {"menu": "!document.getElementById('menu').hidden"}.get(
                    state, f"{COUNT} > {13 if state == 'compared' else 0}"
                )
            )
        browser.run(SETTLED)
        assert browser.run("document.documentElement.scrollWidth") <= width, state
        assert browser.run(CONTRAST) == [], state
        assert browser.run(BOXES) == [], state


def test_pasting_tags_at_once_with_colours_words_and_probabilities(browser: Chromium) -> None:
    tag(browser)
    assert browser.run(THEMES) == "t3 t1 t2"
    marked = browser.run("[...document.querySelectorAll('#texts u')].map((u) => u.textContent)")
    assert "路灯" in marked
    tints = browser.run(
        "[...document.querySelectorAll('#texts .x')]"
        ".map((x) => getComputedStyle(x).backgroundColor)"
    )
    assert len(set(tints)) == 3
    focus(browser, 0)
    shown = browser.run("document.getElementById('tip').textContent")
    assert "民生" in shown
    assert "3 段" in browser.run("document.getElementById('status').textContent")


@pytest.mark.parametrize("way", ["drop", "open"])
def test_a_file_is_dropped_or_opened(browser: Chromium, tmp_path: Path, way: str) -> None:
    path = tmp_path / "文章.txt"
    path.write_bytes(ARTICLE.encode("gb18030"))
    if way == "drop":
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            browser.call("Input.dispatchDragEvent", type=kind, x=300, y=300, data=data)
    else:
        root = browser.call("DOM.getDocument")["root"]["nodeId"]
        node = browser.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
        browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])
    browser.until(f"{COUNT} == 3")
    assert browser.run(THEMES) == "t3 t1 t2"
    assert browser.run("document.body.classList.contains('drop')") is False


def test_what_cannot_be_read_is_said(browser: Chromium, tmp_path: Path) -> None:
    browser.run("document.getElementById('go').click()")
    assert "没有文字" in browser.run("document.getElementById('error').textContent")
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"nothing")
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.call("Input.dispatchDragEvent", type=kind, x=300, y=300, data=data)
    browser.until("document.getElementById('error').textContent.includes('bad.pdf')")
    refused = [error for error in browser.errors if "422" in error]
    assert browser.errors == refused  # Chromium itself notes every refused request
    browser.errors.clear()


def test_filter_and_search(browser: Chromium) -> None:
    tag(browser)
    browser.run("document.querySelectorAll('#tools input[type=checkbox]')[3].click()")
    assert browser.run(THEMES) == "t1 t2"
    browser.run("document.querySelectorAll('#tools input[type=checkbox]')[3].click()")
    browser.run(
        "(() => { const s = document.getElementById('search'); s.value = '委员';"
        " s.dispatchEvent(new Event('input')); })()"
    )
    browser.until(f"{SHOWN}.length == 1")
    assert browser.run(THEMES) == "t1"
    tag(browser, PARAGRAPHS[0])  # a new text starts with everything shown
    browser.until(f"{SHOWN}.length == 1")
    assert browser.run("document.getElementById('search').value") == ""


def test_a_click_corrects_and_takes_back(browser: Chromium, labels: Path) -> None:
    tag(browser)
    browser.run("document.querySelectorAll('.fix')[1].click()")
    browser.run("document.querySelectorAll('#menu button')[0].click()")
    browser.until("document.querySelectorAll('#texts .given').length == 1")
    assert browser.run(THEMES) == "t3 t0 t2"
    assert browser.run("document.querySelectorAll('.said')[1].textContent") == "标注：政治引领"
    assert [(row["text"], row["theme"]) for row in rows(labels)] == [
        (PARAGRAPHS[1], "political_guidance")
    ]
    tag(browser)  # the label is known when the text comes again
    browser.until(f"{THEMES} == 't3 t0 t2'")
    browser.run("document.querySelectorAll('.fix')[1].click()")
    assert browser.run("document.querySelector('#menu [aria-checked=true]').textContent") == (
        "政治引领1"
    )
    browser.run("[...document.querySelectorAll('#menu button')].at(-1).click()")
    browser.until(f"{THEMES} == 't3 t1 t2'")
    assert rows(labels) == []


def test_the_keyboard_alone_is_enough(browser: Chromium, labels: Path) -> None:
    browser.key("Tab", 9)
    assert browser.run("document.activeElement.className") == "skip"
    for _ in range(12):
        browser.key("Tab", 9)
        if browser.run("document.activeElement.id") == "text":
            break
    browser.call("Input.insertText", text=ARTICLE)
    browser.key("Enter", 13, "\r", modifiers=2)
    browser.until(f"{COUNT} == 3")
    for _ in range(40):
        browser.key("Tab", 9)
        if browser.run("document.activeElement.classList.contains('p')"):
            break
    assert browser.run(
        "getComputedStyle(document.activeElement.querySelector('.x')).outlineStyle"
    ) == ("solid")
    browser.key("2", 50)
    browser.until("document.activeElement.classList.contains('given')")
    browser.key("ArrowDown", 40)
    browser.key("Enter", 13, "\r")
    assert browser.run("document.activeElement.getAttribute('role')") == "menuitemradio"
    for _ in range(2):
        browser.key("ArrowDown", 40)
    browser.key("Enter", 13, "\r")
    browser.until("document.querySelectorAll('.given').length == 2")
    browser.key("ArrowDown", 40)
    browser.key("Enter", 13, "\r")
    browser.key("Escape", 27)
    assert browser.run("document.getElementById('menu').hidden") is True
    assert browser.run("document.activeElement.id") == "a1-3"
    browser.key("0", 48)
    browser.until("document.querySelectorAll('.given').length == 3")
    assert [row["theme"] for row in rows(labels)] == ["consultation", "party_building", "other"]


def test_two_models_stand_side_by_side(browser: Chromium) -> None:
    tag(browser)
    browser.run(
        "(() => { const o = document.getElementById('other'); o.value = 'lopsided';"
        " o.dispatchEvent(new Event('change')); })()"
    )
    browser.until(f"{COUNT} == 6")
    assert browser.run(THEMES) == "t3 t3 t1 t3 t2 t3"
    assert "3 段中有 2 段不同" in browser.run("document.getElementById('headline').textContent")
    tops = browser.run(f"{SHOWN}.map((p) => Math.round(p.getBoundingClientRect().top))")
    assert tops[0::2] == tops[1::2]
    browser.run("document.getElementById('only-differ').click()")
    assert browser.run(THEMES) == "t1 t3 t2 t3"
    focus(browser, 3)
    assert browser.run("document.getElementById('tip').hidden") is False


@pytest.mark.parametrize("form", ["csv", "jsonl", "html", "xlsx"])
def test_the_result_is_downloaded(browser: Chromium, url: str, tmp_path: Path, form: str) -> None:
    browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    tag(browser)
    browser.run(f"document.querySelector('[data-format={form}]').click()")
    path, end = tmp_path / f"tags.{form}", time.monotonic() + 20
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    wanted = ask(url, "/api/tag", {"text": ARTICLE, "format": form}).body
    assert path.read_bytes()[:200] == wanted[:200] or form == "xlsx"
    assert abs(len(wanted) - path.stat().st_size) < 100


def test_a_stranger_text_is_text(browser: Chromium) -> None:
    tag(browser, f"{HOSTILE}村里的老人看病方便了。\n\n{'长' * 50_000}看病方便。")
    assert browser.run("document.title") == "主题标注"
    assert (
        browser.run("document.querySelectorAll('#results :is(script, img, style, a)').length") == 0
    )
    texts = browser.run(f"{SHOWN}.map((p) => p.querySelector('.x').textContent)")
    assert "<script>document.title='hacked'</script>" in texts[0]
    assert "{{ 7*7 }}" in texts[0]
    assert len(texts[-1]) >= 50_000
    assert browser.run("document.documentElement.scrollWidth") <= 1280
    heights = browser.run(f"{SHOWN}.map((p) => p.offsetHeight)")
    assert max(heights) < 900
    names = browser.run(
        "[...document.querySelectorAll('#results *')].flatMap((e) => e.getAttributeNames())"
    )
    assert not [name for name in names if name.startswith("on")]


def test_a_server_that_is_gone_is_said_to_be_gone(chromium: Chromium, tmp_path: Path) -> None:
    with served(settings_of(tmp_path / "labels.csv")) as address:
        chromium.open(address)
        tag(chromium, PARAGRAPHS[0])
    chromium.run("document.getElementById('go').click()")
    chromium.until("document.getElementById('error').textContent.includes('topics serve')")
    chromium.errors.clear()


def test_light_and_dark_are_the_readers_choice_and_languages_a_link(browser: Chromium) -> None:
    before = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.run("document.getElementById('mode').click()")
    assert browser.run("getComputedStyle(document.body).backgroundColor") != before
    browser.run("document.getElementById('mode').click(); localStorage.clear()")
    browser.run("document.querySelector('.doors a[lang=en]').click()")
    browser.until("document.documentElement?.lang == 'en' && document.readyState == 'complete'")
    assert browser.run("document.title") == "Theme tagging"


def test_the_description_of_the_api_is_a_page_too(browser: Chromium, url: str) -> None:
    for width, lang in itertools.product((1280, 390), ("zh", "en")):
        browser.open(f"{url}api?lang={lang}", width)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run("document.querySelector('.kicker').scrollWidth") <= browser.run(
            "document.querySelector('.kicker').clientWidth"
        )
        assert browser.run(CONTRAST) == []
        text = browser.run("document.body.textContent")
        assert "/api/compare" in text
        assert ("标注一篇文章" in text) is (lang == "zh")
    browser.run("document.querySelector('.kicker').click()")
    browser.until("document.getElementById('ask')")
