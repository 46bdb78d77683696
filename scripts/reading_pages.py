"""Pages as they really look, written by hand with the truth beside them: ``tests/reading/pages``.

``reading_pages.py [FOLDER]`` reads them and prints what was understood wrongly.

- ``NAME.EXT.marked``: each line of the file after its kind and ``|`` (the letters of
  `make_reading_corpus`); ``+|`` goes on with the body paragraph before, ``+题|`` with that kind,
  ``>|`` is how the line before should read (it stands in no file), ``=`` parts articles, an empty
  line is one. EXT tells what is made of it: plain text, or Word without any style.
- ``NAME.EXT`` with ``NAME.EXT.truth``: a file as it is, and its parts in the same letters.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from make_reading_corpus import CODES, bare, judge, simplified
from reading_layouts import Truth

from topics.ingesting import read_articles

PAGES: Final = Path(__file__).parent.parent / "tests" / "reading" / "pages"


class Page(NamedTuple):
    """One file, and what stands in it."""

    name: str
    data: bytes
    truth: list[Truth]
    articles: int


def pages(folder: Path = PAGES) -> Iterator[Page]:
    """Yield every page of a folder."""
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8") if path.suffix in {".marked", ".truth"} else ""
        name = path.name.removesuffix(path.suffix)
        if path.suffix == ".marked":
            lines, truth, articles = _marked(text)
            yield Page(name, _docx(lines) if ".docx" in name else _plain(lines), truth, articles)
        elif path.suffix == ".truth":
            _, truth, articles = _marked(text)
            yield Page(name, (folder / name).read_bytes(), truth, articles)


def _marked(text: str) -> tuple[list[str], list[Truth], int]:
    lines: list[str] = []
    truth: list[Truth] = []
    articles = 1
    for line in text.splitlines():
        code, _, rest = line.partition("|")
        if line == "=":
            articles += 1
        elif code == ">":
            truth[-1] = truth[-1]._replace(text=rest)
        else:
            lines.append(rest)
            if code.startswith("+"):
                kind = CODES[code[1:] or "P"]
                at = max(n for n, part in enumerate(truth) if part.kind == kind)
                truth[at] = Truth(kind, truth[at].text + rest.strip())
            elif code:
                truth.append(Truth(CODES[code], rest.strip()))
    return lines, truth, articles


def _plain(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _docx(lines: list[str]) -> bytes:
    import docx

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(page: Page, folder: Path) -> Counter[str]:
    """Read a page; return `judge`'s counts, and ``articles`` where their number is right."""
    path = folder / page.name
    path.write_bytes(page.data)
    found = read_articles(path)
    count = judge(page.truth, [part for article in found for part in article.parts])
    count["pages"] += 1
    count["articles"] += len(found) == page.articles
    return count


def main(folder: Path) -> None:
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as made:
        for page in pages(folder):
            count = read(page, Path(made))
            total += count
            kinds = f"kinds {count['kinds']}/{count['parts']}"
            print(f"{page.name}: {kinds}, bodies {count['restored']}/{count['bodies']}")
            _show(page, Path(made))
    print(
        f"{total['pages']} pages: kinds {total['kinds'] / total['parts']:.4f}, "
        f"bodies {total['restored'] / total['bodies']:.4f}, extra {total['extra']}, "
        f"articles {total['articles']}/{total['pages']}"
    )


def _show(page: Page, folder: Path) -> None:
    """Print parts that were written but not found, then those found but not written."""
    found = [part for article in read_articles(folder / page.name) for part in article.parts]
    have = Counter((part.kind, bare(part.text)) for part in found)
    want = Counter((part.kind, simplified(part.text)) for part in page.truth)
    for sign, rest in (("-", want - have), ("+", have - want)):
        for kind, text in rest:
            print(f"    {sign} {kind:11} {text[:60]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
