"""Lay articles out in many ways, with the truth beside them, and measure how they are read.

``make_reading_corpus.py SOURCE… --out FOLDER`` writes the files; without ``--out`` they are read
at once and the shares of right kinds and exactly restored paragraphs are printed, one row a layout.
A source is one article, one part a line: its kind, a tab, its text (题 title, 副 subtitle,
署 byline, 电 dateline, 栏 column, 标 heading, 图 caption, 尾 boilerplate, P body, which has two
columns of labels before its text).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from reading_layouts import LAYOUTS, Parts, Truth

from topics.corpus import Kind, Part
from topics.ingesting import read_articles

CODES: Final[dict[str, Kind]] = {
    "题": "title",
    "副": "subtitle",
    "署": "byline",
    "电": "dateline",
    "栏": "column",
    "标": "heading",
    "图": "caption",
    "尾": "boilerplate",
    "P": "body",
}


class Made(NamedTuple):
    """One file: its name, its bytes, what stands in it."""

    name: str
    data: bytes
    truth: list[Truth]


def read_source(path: Path) -> list[Truth]:
    """Return the parts of one source."""
    parts = []
    for line in path.read_text(encoding="utf-8").splitlines():
        code, _, rest = line.partition("\t")
        if code in CODES:
            parts.append(Truth(CODES[code], rest.rsplit("\t", 1)[-1].strip()))
    return parts


def make(
    sources: Iterable[tuple[str, Parts]], only: Sequence[str] = (), seed: int = 7
) -> Iterable[tuple[str, Made]]:
    """Yield every source in every layout: the layout's name and the file."""
    for name, parts in sources:
        for layout in only or LAYOUTS:
            build = LAYOUTS[layout]
            suffix, data, truth = build(parts, random.Random(f"{seed}{name}{layout}"))
            yield layout, Made(f"{name}.{layout}.{suffix}", data, truth)


# --- measuring -------------------------------------------------------------------------------


def bare(text: str) -> str:
    """Return the text without blanks: what is compared."""
    return re.sub(r"\s+", "", text)


@cache
def simplified(text: str) -> str:
    """Return the text as a way through traditional characters and back leaves it."""
    from topics.cleaning import clean

    return bare(clean(text))


def judge(truth: Parts, found: Sequence[Part]) -> Counter[str]:
    """Count right kinds and restored paragraphs.

    Returns:
        ``parts`` and ``kinds`` (right ones), ``bodies`` and ``restored``, ``extra`` (bodies that
        nobody wrote).
    """
    pool: dict[str, list[Kind]] = {}
    for part in found:
        pool.setdefault(bare(part.text), []).append(part.kind)
    count: Counter[str] = Counter()
    for kind, text in truth:
        kinds = pool.get(simplified(text), [])
        got = kind if kind in kinds else kinds[0] if kinds else ""
        if got:
            kinds.remove(got)
        count["parts"] += 1
        count["kinds"] += got == kind
        count["bodies"] += kind == "body"
        count["restored"] += kind == "body" == got
        if got != kind:
            count[f"{kind} → {got or 'lost'}"] += 1
    count["extra"] = sum(kinds.count("body") for kinds in pool.values())
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="write the files (and .truth.jsonl) there")
    parser.add_argument("--show", action="store_true", help="print what was read wrongly")
    parser.add_argument("--only", nargs="*", default=list(LAYOUTS), choices=list(LAYOUTS))
    args = parser.parse_args()
    sources = [(f"{path.parent.name}_{path.stem}", read_source(path)) for path in args.sources]
    if args.out:
        _write(sources, args.out)
    else:
        _measure(sources, args.only, show=args.show)


def _write(sources: Sequence[tuple[str, Parts]], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for _, made in make(sources):
        (out / made.name).write_bytes(made.data)
        rows = [json.dumps(part._asdict(), ensure_ascii=False) for part in made.truth]
        (out / f"{made.name}.truth.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _measure(sources: Sequence[tuple[str, Parts]], only: Sequence[str], *, show: bool) -> None:
    totals: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for layout, made in make(sources, only):
            path = Path(folder, made.name)
            path.write_bytes(made.data)
            found = [part for article in read_articles(path) for part in article.parts]
            count = judge(made.truth, found)
            totals.setdefault(layout, Counter()).update(count)
            if show and (count["kinds"] < count["parts"] or count["extra"]):
                _show(made, found)
            path.unlink()
    for layout, count in {**totals, "ALL": sum(totals.values(), Counter())}.items():
        kinds, restored = count["kinds"] / count["parts"], count["restored"] / count["bodies"]
        wrong = ", ".join(f"{k} {n}" for k, n in count.most_common() if "→" in k)
        print(
            f"{layout:22} kinds {kinds:.4f} restored {restored:.4f} extra {count['extra']}  {wrong}"
        )


def _show(made: Made, found: Sequence[Part]) -> None:
    read = Counter((part.kind, bare(part.text)) for part in found)
    for kind, text in made.truth:
        if not read[kind, simplified(text)]:
            kinds = [p.kind for p in found if bare(p.text) == simplified(text)]
            print(f"  {made.name}: {kind} → {kinds or 'lost'}: {text[:40]}", file=sys.stderr)


if __name__ == "__main__":
    main()
