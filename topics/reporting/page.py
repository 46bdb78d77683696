"""What the templates show, and the templates' own manners. Strings in, string out."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from topics.findings import Findings, Tag
from topics.plotting.house import MAX_ARTICLES, MAX_TOPICS, PALETTE, REST, phrases
from topics.plotting.numbers import (
    MAX_DOTS,
    ArticleRow,
    article_rows,
    by_source,
    map_dots,
    shares_of,
    word_uses,
)
from topics.reporting.answer import about_shares, answer, headline
from topics.reporting.inlining import inline, linked
from topics.reporting.lettering import lettered
from topics.reporting.marking import (
    Shown,
    colour_of,
    nearly_assigned,
    ribbon,
    short_names,
    show,
    typical,
    uncertain,
)
from topics.reporting.saying import counted, told
from topics.themes import ThemeSet

# The palette on dark paper: the same hues, light enough for a contrast of 3 to #151618.
DARK: Final = (
    "#d9745c", "#7fa8ee", "#d6a746", "#3f9a94", "#a58ad6", "#ea85a8", "#b08a5c", "#c183e0",
)  # fmt: skip
DARK_REST: Final = "#7d7a73"
MAX_EMBEDDED: Final = 150_000
"""Characters of a table that the page itself carries for download; larger ones stay files."""
MAX_OPEN: Final = 1
"""Articles that are open at first: the reader sees what there is, the page stays short."""


LARGE: Final = 200
"""Articles from which the browser may put off the layout of sections that are out of sight."""


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article in full, ready for the template."""

    row: ArticleRow
    ribbon: str
    items: list[tuple[str, Shown | str]]
    """(kind, Shown for body and text for other parts), in order."""

    @property
    def paragraphs(self) -> list[Shown]:
        """The body paragraphs."""
        return [item for _, item in self.items if isinstance(item, Shown)]


@functools.cache
def environment() -> Environment:
    """The templates; every text that goes into one is escaped."""
    made = Environment(
        loader=PackageLoader("topics", "data/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["percent"] = lambda value, digits=0: f"{value:.{digits}%}"
    made.filters["fill"] = lambda text, **values: counted(text.format(**values))
    made.filters["shown"] = lambda value: json.dumps(value, ensure_ascii=False)
    made.filters["told"] = told
    made.tests["mapping"] = lambda value: isinstance(value, Mapping)
    made.tests["listing"] = lambda value: isinstance(value, list | tuple)
    return made


def asset(name: str) -> Markup:
    """Return a style sheet or script from our own files, to stand in the page as it is."""
    loader = environment().loader
    source = loader.get_source(environment(), name)[0] if loader else ""
    return Markup(source)  # our own file, no text of a stranger in it


def common(themes: ThemeSet, lang: str) -> dict[str, Any]:
    """Return what every page needs: words, colours, style, script and its fingerprint."""
    script = asset("page.js")
    digest = hashlib.sha256(script.encode()).digest()
    names = {code: themes.label(code, lang) for code in themes.classes}
    return {
        "html_lang": phrases(lang)["lang"],
        "t": phrases(lang)["page"],
        "css": asset("page.css"),
        "script": script,
        "script_hash": base64.b64encode(digest).decode(),
        "light": [*enumerate(PALETTE), ("x", REST)],
        "dark": [*enumerate(DARK), ("x", DARK_REST)],
        "classes": themes.classes,
        "names": names,
        "colours": {code: colour_of(themes, code) for code in themes.classes},
    }


def article_views(findings: Findings) -> list[ArticleView]:
    """Return every article that has body paragraphs, in order."""
    copies = {group.first: len(group.others) for group in findings.reprints}
    views, n = [], 0
    for row in article_rows(findings):
        rest, place = iter(row.tags), 0
        items: list[tuple[str, Shown | str]] = []
        for part in row.article.parts:
            if part.kind == "body":
                place += 1
                shown = show(next(rest), f"a{row.index}-{place}", findings.themes, copies.get(n, 0))
                n += 1
                items.append(("body", shown))
            elif part.kind != "title":
                items.append((part.kind, part.text))
        views.append(ArticleView(row, ribbon(row.tags, findings.themes), items))
    return views


def html(
    findings: Findings,
    lang: str,
    plots: Mapping[str, str],
    tables: Mapping[str, str],
    narrow: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the whole report as one page.

    Args:
        findings: what to report.
        lang: language of the page, ``zh`` or ``en``.
        plots: name → SVG, as drawn.
        tables: name → CSV.
        narrow: name → SVG for the width of a phone; a plot without one scrolls sideways there.
    """
    views = article_views(findings)
    shown = [paragraph for view in views for paragraph in view.paragraphs]
    by_theme = {code: [s for s in shown if s.tag.theme == code] for code in findings.themes.classes}
    context = {
        **common(findings.themes, lang),
        "f": findings,
        "headline": headline(findings, lang),
        "answer": answer(findings, lang),
        "shares": shares_of(findings),
        "about_shares": about_shares(findings, lang),
        "views": views,
        "files": short_names(view.row.article.file for view in views),
        "max_open": MAX_OPEN,
        "large": len(views) > LARGE,
        "most": {"articles": MAX_ARTICLES, "dots": MAX_DOTS, "topics": MAX_TOPICS},
        "plots": dict(_inlined(plots, "", findings, shown)),
        "narrow": dict(_inlined(narrow, "-narrow", findings, shown)),
        "titles": {name: _title(name, lang) for name in plots},
        "downloads": {name: _embedded(text) for name, text in tables.items()},
        "sources": by_source(findings),
        "words": _grouped(word_uses(findings)),
        "typical": list(typical(by_theme)),
        "uncertain": uncertain(shown) if len(findings.themes.classes) > 1 else [],
        "unassigned": nearly_assigned(shown),
        "seeds": _grouped(findings.seeds),
        "reprints": _reprints(findings, shown),
        "cite": _cite(findings, lang),
    }
    return lettered(environment().get_template("report.html").render(context))


def _inlined(
    plots: Mapping[str, str], ending: str, findings: Findings, shown: Sequence[Shown]
) -> Iterator[tuple[str, Markup]]:
    """Yield the plots as parts of the page: matplotlib has escaped what stands in them."""
    for name, svg in plots.items():
        if name == "paragraph-map":
            places = [[shown[n].id for n in dots] for dots in map_dots(findings)]
            part = inline(linked(svg, places), name + ending).replace(' aria-hidden="true"', "", 1)
        else:
            part = inline(svg, name + ending)
        yield name, Markup(part)


def _title(name: str, lang: str) -> str:
    """Return what a plot shows, for those who do not see it."""
    words = phrases(lang)["plot"]
    kind = name.partition("-0")[0].replace("-", "_")  # heatmap-001
    return str(words[kind]).partition(": {")[0].partition("：{")[0]


def _cite(findings: Findings, lang: str) -> str:
    card = findings.card
    versions = card.get("versions") if isinstance(card.get("versions"), Mapping) else {}
    version = (versions or {}).get("cn-topics", card.get("version", ""))
    words = phrases(lang)["page"]
    said = (
        f"cn-topics {version}".strip(),
        words["cite"]["text"].format(name=findings.name),
        str(card.get("created", ""))[:10],
    )
    return str(words["cite"]["comma"].join(filter(None, said)) + words["stop"])


def _embedded(text: str) -> str:
    if len(text) > MAX_EMBEDDED:
        return ""
    data = base64.b64encode(text.encode("utf-8-sig", "replace")).decode()
    return f"data:text/csv;charset=utf-8;base64,{data}"


def _grouped(items: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Group neighbours of one theme."""
    return [(code, list(group)) for code, group in groupby(items, key=lambda one: one.theme)]


def _reprints(findings: Findings, shown: Sequence[Shown]) -> list[list[Shown]]:
    groups = [[shown[n] for n in (group.first, *group.others)] for group in findings.reprints]
    return sorted(groups, key=len, reverse=True)[:20]


def html_tags(
    tags: Sequence[Tag],
    themes: ThemeSet,
    lang: str = "zh",
    titles: Mapping[tuple[str, int], str] | None = None,
) -> str:
    """Return a small page: the paragraphs coloured by theme, with evidence; no plots.

    Args:
        tags: what a tagger gave, in the order of the text.
        themes: the tagger's themes.
        lang: language of the page, ``zh`` or ``en``.
        titles: of the articles, by file and number; one without is named by its file.
    """
    groups = [
        (place, [show(tag, f"a{n}-{m}", themes) for m, tag in enumerate(group, 1)])
        for n, (place, group) in enumerate(
            ((key, list(group)) for key, group in groupby(tags, key=_article_of)), 1
        )
    ]
    context = {
        **common(themes, lang),
        "groups": groups,
        "files": short_names(place[0] for place, _ in groups),
        "titles": titles or {},
        "ribbons": [ribbon([s.tag for s in group], themes) for _, group in groups],
        "total": len(tags),
        "large": False,
    }
    return lettered(environment().get_template("tags.html").render(context))


def _article_of(tag: Tag) -> tuple[str, int]:
    return tag.part.file, tag.part.article
