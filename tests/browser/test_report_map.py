"""The map of the paragraphs: what a dot is, by pointer and by keyboard, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.looks import CONTRAST
from tests.chromium import Chromium, installed
from tests.demo_findings import demo
from topics.plotting.numbers import map_dots
from topics.reporting import Report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
]
DOTS = (
    "[...document.querySelectorAll('.plot-paragraph-map svg a')]"
    ".filter((dot) => dot.checkVisibility())"
)  # of the drawing that this width shows
TIP = "[...document.querySelectorAll('#tip bdi')].map((e) => e.textContent)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "index.html"
    path.write_text(Report(demo(articles=4, hostile=True)).html(), encoding="utf-8")
    return path


def test_every_dot_is_its_own_paragraph(browser: Chromium, page: Path) -> None:
    browser.open(page)
    findings = demo(articles=4, hostile=True)
    drawn = {findings.tags[n].text[:40] for dots in map_dots(findings) for n in dots}
    assert browser.run(f"{DOTS}.length") == sum(map(len, map_dots(findings)))
    linked = browser.run(
        f"[...{DOTS}].map((dot) => document.querySelector(dot.getAttribute('href'))"
        ".querySelector('.x').textContent)"
    )
    assert {text[:40] for text in linked} == drawn
    colours = browser.run(
        f"[...{DOTS}].map((dot) => [getComputedStyle(dot.firstElementChild).fill,"
        " getComputedStyle(document.querySelector(dot.getAttribute('href')).querySelector('.x'))"
        ".borderLeftColor])"
    )
    assert all(dot == paragraph for dot, paragraph in colours)


@pytest.mark.parametrize("width", [1280, 390])
def test_pointing_at_a_dot_says_title_theme_and_probability(
    browser: Chromium, page: Path, width: int
) -> None:
    browser.open(page, width)
    x, y = browser.run(
        f"(() => {{ const dot = {DOTS}[{DOTS}.length - 1];"
        " dot.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});"
        " const b = dot.getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
    )
    browser.point(x, y)
    browser.until("!document.getElementById('tip').hidden")
    title, theme, text = browser.run(TIP)
    assert title
    assert theme.endswith("%")
    assert text
    edges = browser.run(
        "(() => { const b = document.getElementById('tip').getBoundingClientRect();"
        " return [b.left, b.right]; })()"
    )
    assert edges[0] >= 0
    assert edges[1] <= width
    assert browser.run(CONTRAST) == []
    assert browser.errors == []


def test_the_keyboard_walks_from_dot_to_dot_and_enters(browser: Chromium, page: Path) -> None:
    browser.open(page)
    stops = browser.run(f"[...{DOTS}].filter((dot) => dot.tabIndex === 0).length")
    assert stops == 1
    browser.run(f"{DOTS}[0].focus()")
    first = browser.run(TIP)
    here = "document.activeElement.firstElementChild.getAttribute('{way}') * 1"
    before = [browser.run(here.format(way=way)) for way in ("x", "y")]
    seen = []
    for key, code in (("ArrowRight", 39), ("ArrowLeft", 37), ("ArrowDown", 40), ("ArrowUp", 38)):
        browser.key(key, code)
        seen.append([browser.run(here.format(way=way)) for way in ("x", "y")])
    assert any(place != before for place in seen)
    assert browser.run(f"[...{DOTS}].filter((dot) => dot.tabIndex === 0).length") == 1
    assert browser.run("document.activeElement.getAttribute('aria-label')").startswith(
        browser.run(TIP)[0]
    )
    assert len(first) == 3
    browser.key("Enter", 13, "\r")
    browser.until("document.activeElement.classList.contains('p')")
    assert browser.run("document.activeElement.closest('.article').open") is True
    assert browser.errors == []
