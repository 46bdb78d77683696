"""A summary of a report as a Word document, for people who work in Word (extra ``docx``).

The only door to python-docx outside `reading`. Two pages or so: what was read, the shares with
their intervals, the main plot, typical and doubtful paragraphs, and how far it can be trusted.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from topics import plotting
from topics.errors import require
from topics.findings import Findings
from topics.plotting.house import MAX_ARTICLES, colours, phrases
from topics.plotting.numbers import article_rows, shares_of
from topics.reporting.answer import about_shares, answer, headline
from topics.reporting.marking import Shown, for_xml, short_names, show, typical, uncertain
from topics.reporting.saying import told

FONTS: Final = {"body": ("Times New Roman", "宋体"), "heading": ("Arial", "黑体")}
"""Latin and East Asian; Word has them, and other programs put their own Chinese fonts for them."""
EXAMPLES: Final = 2
"""Typical paragraphs a theme."""
DOUBTFUL: Final = 5
EXCERPT: Final = 220
"""Characters of a paragraph that is shown; the rest is in the report."""
MAX_SKIPPED: Final = 20
SHORT: Final = 10
"""Rows of a table that stays on one page."""
_TWO: Final = (5.2, 10.6)
_CARD: Final = (
    *("method", "corpus", "labelled", "labels", "labels_found", "reprints_left_out"),
    *("seed", "command", "versions"),
)


def to_docx(findings: Findings, lang: str) -> bytes:
    """Return the summary of some findings as the bytes of a .docx file.

    Raises:
        MissingExtraError: python-docx is not installed.
    """
    require("docx", "docx")
    return _Summary(findings, lang).made()


class _Summary:
    """One document on its way."""

    def __init__(self, findings: Findings, lang: str) -> None:
        from docx import Document

        self.findings = findings
        self.lang = lang
        self.words: Mapping[str, Any] = phrases(lang)["page"]
        self.palette = colours(findings.themes)
        self.document: Any = Document()
        _fonts(self.document)
        self.files = short_names(article.file for article in findings.corpus)

    def made(self) -> bytes:
        """Return the whole document."""
        findings, words = self.findings, self.words
        self.document.core_properties.title = for_xml(words["title"].format(name=findings.name))
        self.document.core_properties.author = "cn-topics"
        self.document.add_heading(for_xml(headline(findings, self.lang)), 0)
        self._say(answer(findings, self.lang))
        if findings.tags:
            self._shares()
            self._articles()
            self._examples()
        self._trust()
        self._card()
        self._page_numbers()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _say(self, text: str, style: str = "Normal", *, leads: bool = False) -> None:
        """Add a paragraph; one that ``leads`` stays on the page of what follows."""
        said = self.document.add_paragraph(for_xml(text), style=style)
        said.paragraph_format.keep_with_next = leads or None

    def _shares(self) -> None:
        from docx.shared import Cm

        words, col = self.words, self.words["col"]
        self.document.add_heading(words["nav"]["shares"], 1)
        rows = [
            (
                self.findings.themes.label(share.theme, self.lang),
                f"{share.estimate:.1%}",
                f"{share.low:.1%} – {share.high:.1%}" if share.low < share.high else "–",
                f"{share.counted:.1%}",
            )
            for share in shares_of(self.findings)
        ]
        head = (col["theme"], col["estimate"], col["interval"], col["counted"])
        table = self._table(head, rows, (4.8, 3, 5, 3))
        for row, share in zip(table.rows[1:], shares_of(self.findings), strict=True):
            _edge(row.cells[0], self.palette[share.theme])
        self._say(about_shares(self.findings, self.lang))
        figure = plotting.theme_shares(self.findings, self.lang)
        picture = io.BytesIO(plotting.to_png(figure, dpi=220))
        shape = self.document.add_picture(picture, width=Cm(15.5))
        shape._inline.docPr.set("descr", for_xml(headline(self.findings, self.lang)))

    def _articles(self) -> None:
        """One row an article: how many paragraphs, and its theme."""
        words, col = self.words, self.words["col"]
        rows = article_rows(self.findings)
        if len(rows) < 2 or self.findings.rows_only:
            return
        self.document.add_heading(words["nav"]["articles"], 1)
        lines = [
            (
                str(row.index),
                row.article.title[:60],
                str(len(row.tags)),
                f"{self.findings.themes.label(row.top, self.lang)} {row.shares[row.top]:.0%}",
                f"{row.certainty:.0%}",
            )
            for row in rows[:MAX_ARTICLES]
        ]
        head = ("#", col["title"], col["paragraphs"], col["theme"], col["certainty"])
        table = self._table(head, lines, widths=(1.1, 6.6, 2.3, 3.6, 2.4))
        for line, row in zip(table.rows[1:], rows, strict=False):
            _edge(line.cells[3], self.palette[row.top])
        if len(rows) > MAX_ARTICLES:
            self._say(words["word"]["capped"].format(n=MAX_ARTICLES, all=len(rows)))

    def _examples(self) -> None:
        words, themes = self.words, self.findings.themes
        shown = [show(tag, "", themes) for tag in self.findings.tags]
        groups = {code: [s for s in shown if s.tag.theme == code] for code in themes.classes}
        self.document.add_heading(words["sub"]["typical"], 1)
        self._say(words["note"]["typical"], leads=True)
        for code, best in typical(groups, EXAMPLES):
            self.document.add_heading(for_xml(themes.label(code, self.lang)), 2)
            for one in best:
                self._excerpt(one)
        self.document.add_heading(words["sub"]["uncertain"], 1)
        self._say(words["note"]["uncertain"], leads=True)
        for one in uncertain(shown, DOUBTFUL):
            self._excerpt(one)

    def _excerpt(self, one: Shown) -> None:
        part = one.tag.part
        text = part.text if len(part.text) <= EXCERPT else part.text[:EXCERPT] + "……"
        ranks = self.words["comma"].join(
            f"{self.findings.themes.label(code, self.lang)} {p:.0%}" for code, p in one.ranking[:2]
        )
        where = self.words["word"]["where"].format(
            file=self.files.get(part.file, part.file), line=part.line
        )
        quoted = self.document.add_paragraph(for_xml(text), style="Quote")
        quoted.paragraph_format.keep_with_next = quoted.paragraph_format.keep_together = True
        _bar(quoted, self.palette[one.tag.theme])
        self._say(f"{ranks}　{where}", "Caption")

    def _trust(self) -> None:
        words, scores = self.words, self.findings.scores
        self.document.add_heading(words["nav"]["scores"], 1)
        if scores is None or not scores.n:
            self._say(words["answer"]["no_labels"])
            return
        said = words["score"]
        low, high = scores.macro_f1_low, scores.macro_f1_high
        rows = [
            (said["accuracy"], f"{scores.accuracy:.1%}"),
            (said["macro_f1"], f"{scores.macro_f1:.3f} ({low:.3f} – {high:.3f})"),
            (said["ece"], f"{scores.calibration_error:.3f}"),
            (said["at80"], f"{scores.accuracy_at(0.8):.1%}"),
            (said["n"], str(scores.n)),
        ]
        self._table((), rows, _TWO)
        self._say(words["note"]["scores"].format(how=told(scores.how, words["said"])))

    def _card(self) -> None:
        words, card = self.words, self.findings.card
        self.document.add_heading(words["nav"]["card"], 1)
        known = {key: told(_plain(card[key]), words["said"]) for key in _CARD if key in card}
        facts = [(words["card"].get(key, key), text) for key, text in known.items()]
        if facts:
            self._table((), facts, _TWO)
        skipped = self.findings.corpus.skipped
        if skipped:
            self.document.add_heading(words["sub"]["skipped"], 2)
            head = (words["col"]["file"], words["col"]["reason"])
            self._table(
                head,
                [(one.file, told(one.reason, words["said"])) for one in skipped[:MAX_SKIPPED]],
                _TWO,
            )
            if len(skipped) > MAX_SKIPPED:
                self._say(words["word"]["capped"].format(n=MAX_SKIPPED, all=len(skipped)))
        self._say(words["word"]["honest"])

    def _table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] = ()
    ) -> Any:  # noqa: ANN401  # python-docx is typed in part
        from docx.enum.table import WD_ALIGN_VERTICAL
        from docx.shared import Cm

        lines = [head, *rows] if head else rows
        table = self.document.add_table(len(lines), len(lines[0]), style="Table Grid")
        table.autofit = not widths
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line, strict=True):
                cell.text = for_xml(text)
                cell.paragraphs[0].style = "Body Text"
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                cell.paragraphs[0].runs[0].bold = line is head or None
            for cell, width in zip(row.cells, widths, strict=False):
                cell.width = Cm(width)
        for column, width in zip(table.columns, widths, strict=False):
            column.width = Cm(width)  # Word goes by the cells, LibreOffice by the columns
        for row in table.rows[:-1] if len(lines) <= SHORT else table.rows[:1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        if head:
            _repeat(table.rows[0])
        self.document.add_paragraph(style="Caption")
        return table

    def _page_numbers(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        foot = self.document.sections[0].footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        foot._p.append(field)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return str(value)


def _fonts(document: Any) -> None:  # noqa: ANN401  # python-docx is typed in part
    """Name a Latin and a Chinese font for each style; without the second, Word chooses one."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    sizes = {
        "Normal": 11, "Body Text": 9.5, "Quote": 10.5, "Caption": 9,
        "Title": 22, "Heading 1": 15, "Heading 2": 12,
    }  # fmt: skip
    for name, size in sizes.items():
        style = document.styles[name]
        heading = name in {"Title", "Heading 1", "Heading 2"}
        latin, chinese = FONTS["heading" if heading else "body"]
        style.font.name, style.font.size = latin, Pt(size)
        style.font.color.rgb = RGBColor(0x1D, 0x1C, 0x1A)
        style.font.italic, style.font.bold = False, heading
        fonts = style.element.rPr.rFonts
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        fonts.set(qn("w:eastAsia"), chinese)
        said = OxmlElement("w:lang")
        said.set(qn("w:val"), "en-US")
        said.set(qn("w:eastAsia"), "zh-CN")
        style.element.rPr.append(said)
    document.styles["Body Text"].paragraph_format.space_before = Pt(2)
    document.styles["Body Text"].paragraph_format.space_after = Pt(2)
    document.styles["Quote"].paragraph_format.space_after = Pt(2)


def _edge(cell: Any, colour: str) -> None:  # noqa: ANN401
    """Give a cell a thick left edge in a theme's colour: it stays readable in print."""
    from docx.oxml import OxmlElement

    edges = OxmlElement("w:tcBorders")
    edges.append(_line(36, 0, colour))
    cell._tc.get_or_add_tcPr().append(edges)


def _bar(paragraph: Any, colour: str) -> None:  # noqa: ANN401
    """Give a paragraph a bar in a theme's colour at its left."""
    from docx.oxml import OxmlElement

    edges = OxmlElement("w:pBdr")
    edges.append(_line(24, 8, colour))
    paragraph._p.get_or_add_pPr().insert_element_before(
        edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _line(width: int, space: int, colour: str) -> Any:  # noqa: ANN401
    """Return a left border; width in eighths of a point, space in points."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    left = OxmlElement("w:left")
    facts = (("val", "single"), ("sz", str(width)), ("space", str(space)), ("color", colour[1:]))
    for key, value in facts:
        left.set(qn(f"w:{key}"), value)
    return left


def _repeat(row: Any) -> None:  # noqa: ANN401
    """Have a table's first row stand on every page that it reaches."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)
