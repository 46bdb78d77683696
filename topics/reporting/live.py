"""The page of ``topics serve`` and the pieces that it asks for: the same marking as in a report."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from topics.corpus import Article, Corpus
from topics.findings import Findings, Tag
from topics.plotting.house import PALETTE, REST, phrases
from topics.plotting.numbers import shares_of
from topics.reporting.answer import headline
from topics.reporting.lettering import font_face
from topics.reporting.marking import colour_of
from topics.reporting.page import DARK, DARK_REST, ArticleView, article_views, common, environment
from topics.reporting.saying import told
from topics.themes import ThemeSet

_SAMPLE: Final = "002_yuanba.txt"
_SCRIPTS: Final = ("page.js", "live.js")


@dataclass(frozen=True, slots=True)
class Read:
    """One model's reading of some articles."""

    name: str
    """Of the model."""
    themes: ThemeSet
    articles: Sequence[Article]
    tags: Sequence[Tag]
    given: Mapping[int, str]
    """Place of a paragraph → the theme that somebody gave it."""

    @property
    def findings(self) -> Findings:
        """The same as a report's."""
        return Findings(
            name=self.name,
            themes=self.themes,
            corpus=Corpus(tuple(self.articles)),
            tags=self.tags,
            theme_words={},
        )


def live_page(lang: str, facts: Mapping[str, Any]) -> str:
    """Return the page; ``facts`` are what the template names, plain data."""
    said = phrases(lang)
    context = {"lang": lang, "html_lang": said["lang"], "t": said["page"], **facts}
    return environment().get_template("live.html").render(context, sample=_sample())


def api_page(lang: str, description: Mapping[str, Any]) -> str:
    """Return the description of the API (OpenAPI) as a page for people."""
    said = phrases(lang)
    context = {"lang": lang, "html_lang": said["lang"], "t": said["page"], "api": description}
    return environment().get_template("api.html").render(context)


def fragment(read: Read, lang: str, *, fixable: bool) -> str:
    """Return the tagged articles as a piece of HTML; ``fixable``: labels can be given."""
    views = article_views(read.findings)
    context = {
        **common(read.themes, lang),
        "views": views,
        "given": _given(views, read),
        "fixable": fixable,
        "headline": headline(read.findings, lang),
        "shares": shares_of(read.findings),
        "total": len(read.tags),
    }
    return environment().get_template("tagged.html").render(context)


def reason_in(problem: str, lang: str) -> str:
    """Return why a text or a file could not be read in the page's language, the name before it."""
    table = phrases(lang)["page"]["said"]
    name, mark, reason = problem.partition(": ")
    whole = told(problem, table)
    return f"{name}{mark}{told(reason, table)}" if whole == problem else whole


def comparison(left: Read, right: Read, lang: str) -> str:
    """Return the articles as two models tag them, paragraph beside paragraph."""
    views = article_views(left.findings)
    others = [one for view in article_views(right.findings) for one in view.paragraphs]
    beside = {one.id: one for one in others}
    names = {code: right.themes.label(code, lang) for code in right.themes.classes}
    pairs = zip(left.tags, right.tags, strict=True)
    context = {
        **common(left.themes, lang),
        "views": views,
        "beside": beside,
        "left": left,
        "right": right,
        "right_names": names,
        "right_colours": {code: colour_of(right.themes, code) for code in right.themes.classes},
        "left_shares": shares_of(left.findings),
        "right_shares": shares_of(right.findings),
        "total": len(left.tags),
        "differ": sum(left.themes.label(a.theme) != right.themes.label(b.theme) for a, b in pairs),
    }
    return environment().get_template("compared.html").render(context)


def _given(views: Sequence[ArticleView], read: Read) -> dict[str, tuple[str, int | str]]:
    """Return the given themes and their colours by the ids that the page gives the paragraphs."""
    shown = [one for view in views for one in view.paragraphs]
    return {shown[n].id: (code, colour_of(read.themes, code)) for n, code in read.given.items()}


@functools.cache
def assets() -> Mapping[str, tuple[str, bytes]]:
    """Return the page's own files: name → media type and content."""
    light, dark = [*enumerate(PALETTE), ("x", REST)], [*enumerate(DARK), ("x", DARK_REST)]
    colours = environment().get_template("colours.css").render(light=light, dark=dark)
    source = 'url("/han.otf") format("opentype")'
    faces = "".join(font_face(source, english=english) for english in (False, True))
    style = "\n".join([faces, colours, _own("page.css"), _own("live.css")])
    scripts = {name: ("text/javascript", _own(name).encode()) for name in _SCRIPTS}
    return {"style.css": ("text/css", style.encode()), **scripts}


@functools.cache
def font() -> bytes:
    """Return Noto Sans SC whole, for browsers without a Chinese font; empty where it is missing."""
    try:
        from pylopdf_fonts_zh_cn import sans_path

        data: bytes = sans_path().read_bytes()
    except (ImportError, OSError):
        return b""
    return data


def _own(name: str) -> str:
    file = resources.files("topics") / "data" / "templates" / name
    return file.read_text(encoding="utf-8")


@functools.cache
def _sample() -> str:
    file = resources.files("topics") / "data" / "sample" / _SAMPLE
    return file.read_text(encoding="utf-8") if file.is_file() else ""
