"""Reads damaged and malicious files of every format.

    python scripts/fuzz_reading.py --count 100000 --seed 1 [--format pdf]

Valid files of our own are changed: raw, inside their zip parts, or inside gzip. Promised: reading
gives articles whose parts can be written as rows, or says in one line why a file is skipped; no
other exception, no longer than `SECONDS`, no more memory than the limit of the run.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from fuzzing import Target, mutate, promise, run, scratch

from topics.cli.read import _row
from topics.corpus import Article, Skipped
from topics.ingesting import iter_articles

ARTICLE: Final = """政协委员走进社区听民声

本报讯（记者 王小明）3月5日，区政协组织委员走进幸福社区，就老旧小区加装电梯听取居民意见。

一、听取意见

委员们说，加装电梯是一件好事，要把事情商量好、办妥当。
图为会议现场。李四 摄

居民张阿姨表示：“有事好商量，众人的事情由众人商量。”会议还讨论了停车难等问题，共收集建议12条。
"""
HTML: Final = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政协</title>
<meta name="pubdate" content="2024-03-05"><script>alert(1)</script></head><body><nav>首页</nav>
<div class="main"><h1>政协委员走进社区听民声</h1><p>{ARTICLE.split()[1]}</p><table><tr><td>甲</td>
<td>乙</td></tr></table><p>委员们说，加装电梯是一件好事，要把事情<b>商量</b>好、办妥当。</p>
<figure><img src="a.png"><figcaption>会议现场</figcaption></figure></div></body></html>"""
MARKDOWN: Final = (
    f"---\ntitle: 政协\ndate: 2024-03-05\n---\n# 标题\n\n{ARTICLE}\n\n| 甲 | 乙 |\n|--|--|\n"
)
ROWS: Final = [
    {"id": "a1", "text": "委员们说，加装电梯是一件好事。", "date": "2024-03-05", "n": 3},
    {"title": "政协", "paragraphs": ["第一段。", {"text": "第二段。"}], "source": "本报"},
    {"title": "政协", "content": ARTICLE, "author": None},
]
TOKENS: Final = tuple(
    word.encode()
    for word in (
        "/Type", "/Page", "/Pages", "/Kids", "/Parent", "/Length", "/Count", "/Filter", " 0 R",
        "/FlateDecode", "/ASCIIHexDecode", "/LZWDecode", "/RunLengthDecode", "/ObjStm",
        "/Encrypt",
        "stream\n", "endstream", "obj", "endobj", "xref", "trailer", "startxref", "<<", ">>",
        "(", ")",
        "BT", "ET", "Tj", "TJ", "Tf", "Do", "q ", "Q ", "cm ", "BI", "ID", "EI", "/XObject",
        "/Font",
        "<w:p>", "</w:p>", "<w:t>", "<w:tbl>", "<w:tr>", "<w:tc>",
        '<w:gridSpan w:val="99999999"/>',
        '<w:vMerge/>', "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "<![CDATA[", "]]>",
        "xml:base='..'",
        "<table>", "</div>", "<svg>", "<h1>", "charset=utf-7", "charset=punycode", "charset=idna",
        "charset=unicode_escape", "charset=undefined", "<?xml version='1.0' encoding='x'?>",
        "<!--", "-->",
        '"text":', '"paragraphs":', '"content":', "\\ud800", "\\u0000", "text", "\t", ",",
        "---\n", "# ",
    )
)  # fmt: skip


CMAP: Final = (
    b"/CIDInit begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
    b"1 beginbfrange <41> <5a> <4e00> endbfrange"
)


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("政协委员走进社区听民声", 0)
    for line in ARTICLE.split("\n"):
        document.add_paragraph(line)
    document.add_heading("二、讨论", 2)
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "停车"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(content: bytes, *, packed: bool = False) -> bytes:
    """Return a PDF of two pages with this content stream; its Latin font needs no other file."""
    stream = zlib.compress(content) if packed else content
    extra = b"/Filter /FlateDecode " if packed else b""
    font = b"/Resources << /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 600 800] " + font + b" >>",
        b"<< %s/Length %d >>\nstream\n%s\nendstream" % (extra, len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /Contents [4 0 R 4 0 R] " + font + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(CMAP), CMAP),
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


def _parquet() -> list[bytes]:
    import pyarrow as arrow
    from pyarrow import parquet

    plain = [{"id": str(n), "text": f"第{n}段，加装电梯是一件好事。"} for n in range(4)]
    found = []
    for rows, packing in ((plain, "none"), (plain, "snappy"), (plain * 50, "zstd")):
        file = io.BytesIO()
        parquet.write_table(arrow.Table.from_pylist(rows), file, compression=packing)
        found.append(file.getvalue())
    file = io.BytesIO()
    nested = arrow.table({"title": ["甲"], "paragraphs": [["一。", "二。"]], "meta": [{"a": [1]}]})
    parquet.write_table(nested, file)
    return [*found, file.getvalue()]


@cache
def seeds(kind: str) -> list[bytes]:
    """Return valid files of a format."""
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    table = 'id,text,date\n1,委员们说，好。,2024-03-05\n2,"有,逗号",x\n'
    texts = {
        "txt": [ARTICLE, ARTICLE * 3],
        "md": [MARKDOWN],
        "html": [HTML],
        "jsonl": [lines],
        "json": [json.dumps(ROWS), json.dumps({"data": ROWS[:1]}), json.dumps(["一。", "二。"])],
        "csv": [table],
        "tsv": [table.replace(",", "\t")],
    }
    if kind in texts:
        codecs = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
        return [text.encode(codec) for text in texts[kind] for codec in codecs]
    if kind == "pdf":
        content = b"BT /F1 12 Tf 72 700 Td (HELLO WORLD) Tj 0 -20 Td [(SE) -200 (COND)] TJ ET q Q"
        return [pdf(content), pdf(content, packed=True)]
    return [_docx()] if kind == "docx" else _parquet()


KINDS: Final = ("txt", "md", "jsonl", "json", "csv", "tsv") * 6 + ("html", "pdf", "parquet", "docx")


def make(rng: random.Random) -> bytes:
    """Return a file name, a line break and the file's bytes."""
    kind = rng.choice([ONLY] if ONLY else KINDS)
    if kind == "docx" and rng.random() < 0.8:
        data = _rezipped(rng, rng.choice(seeds(kind)))
    else:
        data = mutate(rng, seeds(kind), TOKENS)
    name = f"a.{kind}"
    if rng.random() < 0.05:
        data, name = gzip.compress(data, 1), f"{name}.gz"
        data = mutate(rng, [data]) if rng.random() < 0.7 else data * rng.randint(1, 3)
    elif rng.random() < 0.03:
        name = f"a.{rng.choice(KINDS)}"
    return name.encode() + b"\n" + data


def _rezipped(rng: random.Random, data: bytes) -> bytes:
    """Return a zip archive with one of its parts changed, renamed, doubled or gone."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    often = [name for name in parts if re.search(r"document\.xml$|\.rels$|Types|styles", name)]
    name = rng.choice(often if rng.random() < 0.9 else sorted(parts))
    kind = rng.random()
    if kind < 0.85:
        parts[name] = mutate(rng, [parts[name]], TOKENS)
    elif kind < 0.92:
        del parts[name]
    else:
        parts[rng.choice(("../../x", "/etc/x", "word/\0", "CON", "word/document.xml/x"))] = b"<x/>"
    with zipfile.ZipFile(file, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as new:
        for part, content in parts.items():
            new.writestr(part, content)
    return file.getvalue()


def check(data: bytes) -> str:
    """Read one file."""
    name, _, content = data.partition(b"\n")
    path = _folder() / os.fsdecode(name.replace(b"/", b"").replace(b"\0", b"")[:40] or b"a.txt")
    path.write_bytes(content)
    try:
        items = list(iter_articles(path))
    finally:
        path.unlink()
    for item in items:
        if isinstance(item, Skipped):
            told = 0 < len(item.reason) < 500 and "\n" not in item.reason
            promise(kept=told, what="a reason is one short line")
        else:
            _check_article(item)
    skipped = any(isinstance(item, Skipped) for item in items)
    promise(kept=bool(items), what="read or skipped")
    return ("read in part" if len(items) > 1 else "refused") if skipped else "read"


def _check_article(article: Article) -> None:
    for part in article.parts:
        promise(kept=part.line >= 1, what="a part has a line")
        json.dumps(_row(part), ensure_ascii=False).encode("utf-8", "replace")
    for key, value in article.meta.items():
        promise(kept=isinstance(key, str) and isinstance(value, str), what="meta are texts")


_folder: Callable[[], Path] = cache(scratch)
ONLY = ""
TARGET: Final = Target("reading", make, check)

if __name__ == "__main__":
    if "--format" in sys.argv:
        at = sys.argv.index("--format")
        ONLY = sys.argv[at + 1]
        del sys.argv[at : at + 2]
    run(TARGET, __doc__)
