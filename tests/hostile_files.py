"""Files that somebody made to hurt: each small on the disk, and large, deep or endless inside.

Run as a program it reads one folder's files under a limit of memory and prints, for each, what
came of it and how long it took.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 3 << 30
"""Bytes of address space for reading all of them, one after another; libraries map about one."""
GOOD: Final = "委员们说，加装电梯是一件好事，要把事情商量好、办妥当。\n"


def packed(*pieces: bytes) -> bytes:
    """Return gzip data of one member each."""
    return b"".join(gzip.compress(piece, 6) for piece in pieces)


# --- Word ------------------------------------------------------------------------------------

_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/'
    'document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)
_RELS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="{}"{}/></Relationships>'
)


def docx(
    body: str, before: str = "", rels: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a Word file with this body."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", rels or _RELS.format("word/document.xml", ""))
        xml = f"{before}<w:document {_W}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", xml)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return file.getvalue()


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _laughs() -> bytes:
    names = "abcdefghij"
    inner = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    return docx(_p("&j;"), f'<!DOCTYPE w [<!ENTITY a "哈哈哈哈">{inner}]>')


def _span(count: int) -> str:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{count}"/></w:tcPr>{_p("格")}</w:tc>'
    return f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"


def _many_parts() -> bytes:
    return docx(_p("一"), more={f"word/x{n}.xml": b"<x/>" for n in range(12_000)})


def _lying_size() -> bytes:
    data = bytearray(docx(_p("好" * 1000) * 20_000))
    entry = data.rindex(b"PK\x01\x02")
    at = data.rindex(b"word/document.xml")
    assert at > entry
    data[at - 46 + 24 : at - 46 + 28] = (100).to_bytes(4, "little")  # its size when unpacked
    return bytes(data)


# --- PDF -------------------------------------------------------------------------------------


def pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (more, len(data), data)


_CATALOGUE: Final = b"<< /Type /Catalog /Pages 2 0 R >>"
_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """Return a PDF of one page; ``more`` are objects from number 6 on."""
    one = (
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> >>"
    )
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf(_CATALOGUE, tree, one % resources, content, _FONT, *more)


def _xobjects() -> bytes:
    """Return a page whose drawing draws ten drawings that draw ten drawings …, nine deep."""
    forms = []
    for level in range(9):
        after = 7 + level
        inner = b"/X Do " * 10 if level < 8 else b"BT /F1 9 Tf (HA) Tj ET"
        more = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> "
        more += b"/XObject << /X %d 0 R >> >>" % min(after, 14)
        forms.append(stream(inner, more))
    return page(stream(b"/X Do " * 10), b"/XObject << /X 6 0 R >>", *forms)


def _cmap() -> bytes:
    cmap = b"begincmap 1 beginbfrange <0000> <ffffffff> <4e00> endbfrange endcmap"
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R >>"
    one = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    text = stream(b"BT /F1 12 Tf <00410042> Tj ET")
    return pdf(_CATALOGUE, tree, one, text, font, stream(cmap))


def _flate(times: int, size: int) -> bytes:
    data = b"BT /F1 12 Tf (HELLO) Tj ET\n" + b" " * size
    for _ in range(times):
        data = zlib.compress(data, 6)
    return page(stream(data, b"/Filter [" + b"/FlateDecode " * times + b"]"))


def _deep_tree() -> bytes:
    depth = 3000
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 3) for n in range(depth)]
    last = b"<< /Type /Page /Parent %d 0 R >>" % (depth + 1)
    return pdf(_CATALOGUE, *nodes, last)


def _numbered(lines: int) -> bytes:
    return "".join(f"{n * n % 99_991} {GOOD}" for n in range(lines)).encode()


# --- the rest --------------------------------------------------------------------------------


def _parquet(kind: str) -> bytes:
    import pyarrow as arrow
    from pyarrow import parquet

    file = io.BytesIO()
    if kind == "wide":
        table = arrow.table({"text": ["好。"], **{f"c{n}": [n] for n in range(11_000)}})
    elif kind == "long":  # one text of 1 MB, said 20,000 times by number: 20 GB
        numbers = arrow.array([0] * 20_000, arrow.int32())
        table = arrow.table({"text": arrow.DictionaryArray.from_arrays(numbers, ["好" * 350_000])})
    else:
        nested: object = "深"
        for _ in range(60):
            nested = [nested]
        table = arrow.table({"text": ["好。"], "deep": [nested]})
    parquet.write_table(table, file, compression="zstd")
    return file.getvalue()


MB: Final = 1 << 20
FILES: Final[Mapping[str, Callable[[], bytes]]] = {
    "bomb.txt.gz": lambda: packed(b"\n" * (100 * MB)),
    "members.txt.gz": lambda: packed(_numbered(12_000)) * 80,
    "bomb.json.gz": lambda: packed(b'{"text":"' + b" " * (100 * MB)),
    "bomb.parquet.gz": lambda: packed(b"PAR1" + b"\0" * (100 * MB)),
    "nested.txt.gz.gz": lambda: packed(packed(b"x" * (9 * MB))),
    "laughs.docx": _laughs,
    "outside.docx": lambda: docx(
        _p("&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "fetched.docx": lambda: docx(_p("一"), '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "elsewhere.docx": lambda: docx(_p("一"), rels=_RELS.format("../../../../etc/passwd", "")),
    "external.docx": lambda: docx(
        _p("一"), rels=_RELS.format("file:///etc/passwd", ' TargetMode="External"')
    ),
    "paragraphs.docx": lambda: docx("<w:p/>" * 3_000_000),
    "attributes.docx": lambda: docx("<w:p " + " ".join(f'a{n}="1"' for n in range(400_000)) + "/>"),
    "swollen.docx": lambda: docx(_p(" " * (100 * MB))),
    "media.docx": lambda: docx(_p("一"), more={"word/media/a.png": b"\0" * (300 * MB)}),
    "deep.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 5000 + _p("深")),
    "span.docx": lambda: docx(_span(2**31 - 1)),
    "parts.docx": _many_parts,
    "lying.docx": _lying_size,
    "own-tail.pdf": lambda: pdf(_CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
    "deep-tree.pdf": _deep_tree,
    "count.pdf": lambda: pdf(_CATALOGUE, b"<< /Type /Pages /Kids [] /Count 2000000000 >>"),
    "kids.pdf": lambda: pdf(
        _CATALOGUE,
        b"<< /Type /Pages /Kids [" + b"3 0 R " * 100_000 + b"] /Count 100000 >>",
        b"<< /Type /Page /Parent 2 0 R >>",
    ),
    "xobjects.pdf": _xobjects,
    "cmap.pdf": _cmap,
    "flate.pdf": lambda: _flate(1, 100 * MB),
    "flate-twice.pdf": lambda: _flate(2, 100 * MB),
    "operators.pdf": lambda: page(
        stream(
            zlib.compress(b"BT /F1 9 Tf " + b"(A) Tj " * 3_000_000 + b"ET"), b"/Filter /FlateDecode"
        )
    ),
    "brackets.pdf": lambda: page(stream(b"[" * 200_000)),
    "dictionaries.pdf": lambda: pdf(b"<< /A " * 100_000),
    "loop.pdf": lambda: pdf(b"2 0 R", b"1 0 R"),
    "previous.pdf": lambda: pdf(_CATALOGUE).replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev 9"),
    "deep.json": lambda: b"[" * 500_000 + b"]" * 500_000,
    "deep.jsonl": lambda: b'{"text":' * 100_000 + b"\n" + json.dumps({"text": GOOD}).encode(),
    "digits.json": lambda: (
        b'[{"text":"' + GOOD.encode().strip() + b'","n":' + b"9" * 1_000_000 + b"}]"
    ),
    "lists.json": lambda: b"[" + b"[]," * 12_000_000 + b"[]]",
    "keys.jsonl": lambda: json.dumps(
        {"text": "好。", **{str(n): 1 for n in range(1_000_000)}}
    ).encode(),
    "columns.csv": lambda: b"text" + b",a" * 3_000_000 + b"\n" + "好".encode() + b",1" * 3_000_000,
    "cells.csv": lambda: b"text,n\n" + "好".encode() + b",1" * 8_000_000 + b"\n",
    "quote.csv": lambda: b'text,n\n"' + GOOD.encode() * 600_000,
    "line.txt": lambda: "好".encode() * (20 * MB),
    "text.jsonl": lambda: b'{"text":"' + "好".encode() * (20 * MB) + b'"}',
    "empty-lines.txt": lambda: b"\n" * 5_000_000 + GOOD.encode(),
    "nothing.html": lambda: b"<!-- " + b"x" * MB + b" -->",
    "deep.html": lambda: b"<div>" * 200_000 + GOOD.encode(),
    "spans.html": lambda: b"<p>" + b"<span>" * 200_000 + GOOD.encode(),
    "attributes.html": lambda: (
        b"<p " + b" ".join(b"a%d=1" % n for n in range(300_000)) + b">" + GOOD.encode()
    ),
    "punycode.html": lambda: b"<meta charset=punycode>\xff" + b"a" * MB + b"-" + b"z" * MB,
    "entities.html": lambda: b"<!DOCTYPE h [<!ENTITY a 'b'>]><p>" + b"&a;" * 500_000,
    "blocks.html": lambda: (b"<p>" + GOOD.encode() + b"</p>") * 20_000,
    "stars.md": lambda: b"*a " * 300_000,
    "brackets.md": lambda: b"[" * 500_000,
    "rule.md": lambda: b"-" * 500_000 + b"x",
    "wide.parquet": lambda: _parquet("wide"),
    "long.parquet": lambda: _parquet("long"),
    "deep.parquet": lambda: _parquet("deep"),
}


Found = dict[str, dict[str, Any]]
"""File → what came of it."""


def read_apart(folder: Path, names: Iterable[str]) -> Found:
    """Make files, read them all in one process of little memory, return what came of each."""
    for name in names:
        (folder / name).write_bytes(FILES[name]())
    (folder / "zz-good.txt").write_text(GOOD, encoding="utf-8")
    command = [sys.executable, __file__, str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=3600, check=True)
    return {row["file"]: row for row in map(json.loads, done.stdout.splitlines())}


def peak_memory() -> int:
    """Return the most megabytes that this program has held; ru_maxrss would count its parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    line = next(line for line in status.read_text("ascii").splitlines() if "VmHWM" in line)
    return int(line.split()[1]) >> 10


def main(folder: Path) -> None:
    """Read the files of a folder; print a line of JSON each."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from topics.corpus import Article
    from topics.ingesting import iter_articles

    for path in sorted(folder.iterdir()):
        begun, cpu, parts, size, reasons = time.monotonic(), time.process_time(), 0, 0, []
        for item in iter_articles(path):
            if isinstance(item, Article):
                parts += len(item.parts)
                size += sum(len(part.text) for part in item.parts)
            else:
                reasons.append(item.reason)
        peak = peak_memory()
        found = {
            "file": path.name,
            "seconds": round(time.monotonic() - begun, 2),
            "cpu": round(time.process_time() - cpu, 2),
            "peak": peak,
            "parts": parts,
            "characters": size,
            "reasons": reasons,
        }
        print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
