"""Layouts for `make_reading_corpus`: one article → one file, as pages really look."""

from __future__ import annotations

import gzip
import html
import io
import json
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from topics.corpus import Kind


class Truth(NamedTuple):
    """One part as it was written."""

    kind: Kind
    text: str


Parts = Sequence[Truth]
Layout = Callable[[Parts, random.Random], "tuple[str, bytes, list[Truth]]"]


# --- layouts of plain text -------------------------------------------------------------------


def _lines(parts: Parts, indent: str = "", between: str = "\n") -> str:
    return between.join((indent if p.kind == "body" else "") + p.text for p in parts) + "\n"


def _text(make: Callable[[Parts, random.Random], str], encoding: str = "utf-8") -> Layout:
    def layout(parts: Parts, rng: random.Random) -> tuple[str, bytes, list[Truth]]:
        return "txt", make(parts, rng).encode(encoding), list(parts)

    return layout


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Wrap as typesetters do: no mark that closes may start a line."""
    lines, line = [], "　" * indent
    for n, char in enumerate(text):
        if len(line) >= width and char not in "，。、；：！？）》”’…":
            lines.append(line)
            line = ""
        line += char
        if len(line) >= width + 2 and n + 1 < len(text):
            lines.append(line)
            line = ""
    return [*lines, line] if line else lines


def _wrapped(width: int, indent: int, between: str) -> Callable[[Parts, random.Random], str]:
    def make(parts: Parts, _: random.Random) -> str:
        blocks = ["\n".join(_wrap(p.text, width, indent if p.kind == "body" else 0)) for p in parts]
        return between.join(blocks) + "\n"

    return make


def _wrapped_spaced(parts: Parts, _: random.Random) -> str:
    lines = [line for p in parts for line in _wrap(p.text, 34, 2 if p.kind == "body" else 0)]
    return "\n\n".join(lines) + "\n"


def _cuts(parts: Parts, rng: random.Random, between: Sequence[str], indent: str = "") -> str:
    """Cut about a third of the paragraphs in two, at any place but the end of a sentence."""
    blocks = []
    for part in parts:
        text = part.text
        places = [n for n in range(20, len(text) - 20) if text[n - 1] not in "。！？；：”…"]
        if part.kind == "body" and places and rng.random() < 0.35:
            place = rng.choice(places)
            blocks += [indent + text[:place], rng.choice(between), text[place:]]
        else:
            blocks.append((indent if part.kind == "body" else "") + text)
    return "\n\n".join(b for b in blocks if b) + "\n"


def _page_cuts(parts: Parts, rng: random.Random) -> str:
    return _cuts(parts, rng, ["", "", "- 3 -", "第2页 共5页", "▲图为活动现场。"])


def _page_cuts_indented(parts: Parts, rng: random.Random) -> str:
    return _cuts(parts, rng, ["", "— 12 —"], indent="　　")


def _column_cuts(parts: Parts, rng: random.Random) -> str:
    return _page_cuts(parts, rng).replace("\n\n", "\n")


def _isolated_captions(parts: Parts, _: random.Random) -> str:
    text = ""
    for part in parts:
        around = "\n\n\n" if part.kind == "caption" else "\n"
        text += around + part.text + around
    return text


def _site(parts: Parts, _: random.Random) -> str:
    top = "首页 > 新闻中心 > 要闻\n字号：大 中 小\n"
    end = "分享到：\n上一篇：关于举办读书活动的通知\n下一篇：没有了\n版权所有 不得转载\n"
    return top + _lines(parts, "　　") + end


def _wechat(parts: Parts, _: random.Random) -> str:
    return "点击上方蓝字关注我们\n\n" + _lines(parts, between="\n\n") + "\n阅读原文\n\n在看 点赞\n"


def _crlf(parts: Parts, _: random.Random) -> str:
    return _lines(parts, "    ").replace("\n", "\r\n")


# --- damages ---------------------------------------------------------------------------------


def _wide(parts: Parts, _: random.Random) -> str:
    table = {n: n + 0xFEE0 for n in [*range(48, 58), *range(65, 91), *range(97, 123)]}
    return _lines(parts).translate(table)


def _odd_spaces(parts: Parts, rng: random.Random) -> str:
    odd = ["\u200b", "\ufeff", "\u00ad", "\x07"]
    text = _lines(parts).replace("，", "， ").replace("。", " 。")
    return "".join(c + (rng.choice(odd) if rng.random() < 0.02 else "") for c in text)


def _doubled(parts: Parts, rng: random.Random) -> str:
    return re.sub("，", lambda _: rng.choice(["，", "，，", "、，"]), _lines(parts))


def _traditional(parts: Parts, _: random.Random) -> str:
    return str(_to_traditional("s2t").convert(_lines(parts)))


@cache
def _to_traditional(forms: str) -> Any:  # noqa: ANN401 - OpenCC has no types
    import opencc

    return opencc.OpenCC(forms)


def _glossed(parts: Parts, rng: random.Random) -> str:
    syllables = ["huì", "fā", "shí", "xié", "wù ", "guān", "zhǔn", "lǜ", "de", "men", "zhe"]

    def gloss(match: re.Match[str]) -> str:
        if rng.random() > 0.12:
            return match[0]
        blank = " " if rng.random() < 0.1 else ""
        return f"{match[0]}({rng.choice(syllables)}){blank}"

    lines = _traditional(parts, rng).split("\n")
    # A blank after a gloss is only sure to be an artefact inside prose.
    prose = [
        re.sub("[\u4e00-\u9fff](?=[\u4e00-\u9fff])", gloss, x) if len(x) > 60 else x for x in lines
    ]
    return "\n".join(prose)


# --- other formats ---------------------------------------------------------------------------


def _html(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    tags = {"title": "h1", "heading": "h3", "caption": "figcaption"}
    body = "\n".join(
        f"<{tags.get(p.kind, 'p')}>{html.escape(p.text)}</{tags.get(p.kind, 'p')}>" for p in parts
    )
    page = (
        '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8">'
        "<title>要闻</title></head><body>"
        '<nav><a href="/">首页</a><a href="/a">要闻</a></nav><div class="main"><article>\n'
        f"{body}\n</article></div><footer>主办单位：某某网</footer></body></html>"
    )
    return "html", page.encode(), list(parts)


def _markdown(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    marks = {"title": "# ", "heading": "## "}
    return (
        "md",
        _lines(
            [Truth(p.kind, marks.get(p.kind, "") + p.text) for p in parts], between="\n\n"
        ).encode(),
        list(parts),
    )


def _docx(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    import docx

    document = docx.Document()
    styles = {"title": "Title", "heading": "Heading 1", "caption": "Caption"}
    for part in parts:
        document.add_paragraph(part.text, style=styles.get(part.kind))
    buffer = io.BytesIO()
    document.save(buffer)
    return "docx", buffer.getvalue(), list(parts)


def _jsonl(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    title = next(p for p in parts if p.kind == "title")
    body = [p for p in parts if p.kind == "body"]
    row = {"title": title.text, "paragraphs": [p.text for p in body]}
    return "jsonl", (json.dumps(row, ensure_ascii=False) + "\n").encode(), [title, *body]


def _big5(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    """Write the forms used in Taiwan; a character that Big5 does not have is left out."""
    texts = [str(_to_traditional("s2tw").convert(p.text)) for p in parts]
    data = [text.replace("着", "著").encode("big5", "ignore") for text in texts]
    kept = [Truth(p.kind, d.decode("big5")) for p, d in zip(parts, data, strict=True)]
    return "txt", b"\n".join(data) + b"\n", kept


def _gz(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    return "txt.gz", gzip.compress(_lines(parts, between="\n\n").encode()), list(parts)


def make_pdf(lines: Sequence[str], per_page: int = 30) -> bytes:
    """Return a PDF of text lines, in a font that every reader knows (STSong-Light, GBK)."""
    pages = [lines[n : n + per_page] for n in range(0, len(lines), per_page)] or [[]]
    font, objects = 3, ["<</Type/Catalog/Pages 2 0 R>>", ""]
    objects.append(
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/GBK-EUC-H/DescendantFonts"
        "[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        "<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>]>>"
    )
    kids = []
    for page in pages:
        shown = "".join(f"<{line.encode('gb18030').hex()}> Tj T*\n" for line in page)
        stream = f"BT /F1 12 Tf 50 800 Td 20 TL\n{shown}ET"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects)} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    return _pdf_file(objects)


def _pdf_file(objects: Sequence[str]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{n} 0 obj{content}endobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    end += f"startxref\n{len(data)}\n%%EOF"
    return data + end.encode("ascii")


def _pdf(parts: Parts, _: random.Random) -> tuple[str, bytes, list[Truth]]:
    lines = [line for p in parts for line in _wrap(p.text, 36, 2 if p.kind == "body" else 0)]
    return "pdf", make_pdf(lines), list(parts)


LAYOUTS: Final[dict[str, Layout]] = {
    "plain": _text(lambda p, _: _lines(p)),
    "spaced": _text(lambda p, _: _lines(p, between="\n\n")),
    "indented": _text(lambda p, _: _lines(p, "　　")),
    "indented_spaced": _text(lambda p, _: _lines(p, "　　", "\n\n")),
    "wrapped_30_indented": _text(_wrapped(30, 2, "\n")),
    "wrapped_40_indented": _text(_wrapped(40, 2, "\n")),
    "wrapped_36_spaced": _text(_wrapped(36, 0, "\n\n")),
    "wrapped_34_all_spaced": _text(_wrapped_spaced),
    "page_cuts": _text(_page_cuts),
    "page_cuts_indented": _text(_page_cuts_indented),
    "column_cuts": _text(_column_cuts),
    "isolated_captions": _text(_isolated_captions),
    "site": _text(_site),
    "wechat": _text(_wechat),
    "crlf": _text(_crlf),
    "gb18030": _text(lambda p, _: _lines(p), "gb18030"),
    "utf8_bom": _text(lambda p, _: _lines(p), "utf-8-sig"),
    "utf16": _text(lambda p, _: _lines(p), "utf-16"),
    "utf16_le": _text(lambda p, _: _lines(p), "utf-16-le"),
    "wide": _text(_wide),
    "odd_spaces": _text(_odd_spaces),
    "doubled": _text(_doubled),
    "traditional": _text(_traditional),
    "traditional_gb18030": _text(_traditional, "gb18030"),
    "traditional_big5": _big5,
    "glossed": _text(_glossed),
    "html": _html,
    "markdown": _markdown,
    "docx": _docx,
    "jsonl": _jsonl,
    "gz": _gz,
    "pdf": _pdf,
}
