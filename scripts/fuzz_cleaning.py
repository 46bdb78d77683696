"""Cleans, splits and traces texts made to trip it, and holds each to what cleaning promises.

    python scripts/fuzz_cleaning.py --count 100000 --seed 1

Promised: cleaning twice changes nothing more; it keeps the lines; the traced text is the clean
one, each character with a place that never goes back; every line with text stands in exactly one
part; a part's original holds the place of each of its characters.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Final

from fuzzing import Target, bytes_of, promise, run, text_of

from topics.cleaning import clean, clean_traced
from topics.ingesting import articles_from_text
from topics.splitting import Line, split
from topics.tracing import offsets_in_original

PIECES: Final = (
    "政协委员围绕垃圾分类提出建议。", "（记者 张三 摄）", "【本报讯】", "图为会议现场。", "一、",
    "（一）", "第一章 总则",
    "责任编辑：李四", "来源：本报", "2024年3月5日", "问：怎么办？", "答：", "△", "●", "——",
    "本报北京3月5日电",
    "習近平", "經濟發展", "著名", "沿著", "玥", "&amp;amp;", "&#x2028;", "&#10;", "&nbsp;",
    "&lt;b&gt;", "&#55296;",
    "(zhèng)", "（xié）", "?qū)嵦A", "ā", "，，", "。。。", "．", "－", "１２", "Ａ", "：",
    "；，", " ", "  ", "\u3000\u3000",
    "\t", "\n", "\n\n", "\n\n\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028",
    "\u2029", "\x00", "\x1b[31m",
    "\u200b", "\u200f", "\u202e", "\ufeff", "\xad", "\ud800", "\udfff", "\udc80", "😀",
    "👨\u200d👩\u200d👧", "é", "e\u0301",
    "豈", "⼀", "⺀", "ﬁ", "经 济 发 展 ", "https://example.org/a?b=c", "13800138000", "|",
    "---", "===", "## ", "> ",
    "（", "）", "(", ")", "《", "》", "“", "”", "[1]", "①", "・", "…", "〇", "々", "\U00020000",
    "1.", "2、", "3)", "%", "-",
)  # fmt: skip


def make(rng: random.Random) -> bytes:
    """Return a text of pieces, of random characters, or of one piece many times over."""
    kind = rng.random()
    if kind < 0.03:
        unit = "".join(rng.choices(PIECES, k=rng.randint(1, 3)))
        return bytes_of(unit * (rng.choice((1_000, 4_000)) // len(unit)))
    parts: list[str] = []
    for _ in range(rng.choice((1, 2, 4, 8, 16, 32))):
        if rng.random() < 0.15:
            top = rng.choice((0x7F, 0x2FF, 0xFFFF, 0x10FFFF))
            parts.append("".join(chr(rng.randint(0, top)) for _ in range(rng.randint(1, 6))))
        else:
            parts.append(rng.choice(PIECES))
    return bytes_of("".join(parts))


def check(data: bytes) -> str:
    """Clean and split one text."""
    text = text_of(data)
    simplify = len(data) % 4 != 0
    cleaned = clean(text, simplify=simplify)
    promise(kept=clean(cleaned, simplify=simplify) == cleaned, what="clean twice")
    promise(kept=cleaned.count("\n") == text.count("\n"), what="lines are kept")
    traced = clean_traced(text, simplify=simplify)
    places = traced.offsets
    promise(kept=traced.text == cleaned, what="traced is clean")
    promise(kept=len(places) == len(cleaned), what="a place a character")
    rising = all(a <= b for a, b in pairwise(places))
    promise(kept=rising and all(0 <= n < len(text) for n in places), what="places in order")
    lines = [Line(line, n) for n, line in enumerate(cleaned.split("\n"))]
    stood = sorted(n for draft in split(lines) for part in draft.parts for n in part.numbers)
    wanted = [line.number for line in lines if line.text.strip()]
    promise(kept=stood == wanted, what="each line in one part")
    articles = articles_from_text(text)
    for article in articles:
        for part in article.parts:
            promise(kept=bool(part.text) and "\n" not in part.text, what="a part is one line")
            if part.original:
                found = offsets_in_original(part)
                fits = len(found) == len(part.text) and max(found) < len(part.original)
                promise(kept=fits, what="a place in the original")
    return f"{min(len(articles), 2)} article(s)" if articles else "no text"


TARGET: Final = Target("cleaning", make, check)

if __name__ == "__main__":
    run(TARGET, __doc__)
