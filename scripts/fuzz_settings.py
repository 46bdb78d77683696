"""Reads damaged files that people write by hand: themes, word lists, labels, options, edits.

    python scripts/fuzz_settings.py --count 100000 --seed 1

Promised: a file is understood, or refused by one of our own errors. What is understood can be
written and read again: the same themes have the same digest, the same rows of labels come back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final
from zlib import crc32

from fuzzing import Target, bytes_of, mutate, promise, run, scratch

from topics.corpus import Part
from topics.discovering.editing import load_edits
from topics.errors import TopicsError
from topics.labels import read_labels, read_rows, write_labels
from topics.options import load_options
from topics.segmenting import Segmenter, read_words
from topics.themes import ThemeSet, load_themes, themes_from_dict

THEMES: Final = """name = "试"
words = { "有事好商量" = 5, "加装电梯" = 0 }
[[theme]]
code = "livelihood"
zh = "民生"
en = "Livelihood"
description = "百姓的日子"
seeds = { "电梯" = 2.0, "停车" = 1.0 }
against = ["会议"]
[[theme]]
code = "talk"
zh = "协商"
seeds = ["商量", "协商"]
[other]
zh = "其他"
seeds = ["广告"]
"""
LABELS: Final = """text,id,file,line,theme,tags,split
加装电梯。,a1,x.txt,3,livelihood,livelihood|talk,test
=1+1,a2,x.txt,4,其他,,train
"有,逗号""引号",a3,,,协商,,
"""
EDITS: Final = """{"format": 1, "edits": [
 {"action": "merge", "topics": [["电梯", "停车"], ["商量"]], "name": "民生", "parts": 2},
 {"action": "split", "topics": [["电梯"]], "name": "", "parts": 3}]}
"""
SEEDS: Final = {
    "themes.toml": (THEMES,),
    "words.txt": ("有事好商量 5 n\n加装电梯\n# 说明\n全过程人民民主 100\nGPT-4 3 nz\n",),
    "labels.csv": (
        LABELS,
        'annotation_id,text,sentiment\n1,停车难。,"{""choices"": [""民生"", ""协商""]}"\n',
        "主题;文本\n民生;电梯\n",
    ),
    "options.toml": ('seed = 3\nmethod = "lda"\ntopics = 5\n', "folds = 3\ncontext = false\n"),
    "edits.json": (EDITS,),
}
TOKENS: Final = tuple(
    word.encode()
    for word in (
        "[[theme]]", "[other]", "[theme]", "seeds", "against", "code", "zh", "words", " = ", '"',
        "'''", '"""', "{", "}",
        "[", "]", "drop", "rename", "1979-05-27T07:32:00Z", "1_000", "0x10", "inf", "nan",
        "true", "\\u0000", "\\UFFFFFFFF",
        "theme", "label", "choices", "|", "，", ";", "\t", '""', "?", "Ⅳ", "²", "٣", "1.0",
        "line", "text", "-5",
    )
)  # fmt: skip
PART: Final = Part("加装电梯。", file="x.txt", article=1, line=3, id="a1")


def make(rng: random.Random) -> bytes:
    """Return a file name, a line break and the file's bytes."""
    name = rng.choice(tuple(SEEDS))
    codec = rng.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16"))
    return name.encode() + b"\n" + mutate(rng, [t.encode(codec) for t in SEEDS[name]], TOKENS)


def check(data: bytes) -> str:
    """Read one file."""
    name, _, content = data.partition(b"\n")
    kind = name.decode("ascii", "replace")
    path = _folder() / kind.replace("/", "")
    path.write_bytes(content)
    try:
        _CHECKS[kind](path)
    except TopicsError as error:
        promise(kept=bool(str(error)), what="an error has words")
        bytes_of(str(error))
        return "refused"
    return "understood"


def _check_themes(path: Path) -> None:
    themes = load_themes(path)
    again = themes_from_dict(themes.to_dict())
    promise(kept=again.digest == themes.digest and again == themes, what="themes come back")


def _check_words(path: Path) -> None:
    words = read_words(path)
    if len(words) < 20 and crc32(path.read_bytes()) % 100 == 0:  # a dictionary takes half a second
        whole = Segmenter().with_words(words)
        promise(kept=set(whole.user_words) >= set(words), what="words are the segmenter's")
        text = "".join(words) + "有事好商量"
        promise(kept="".join(whole.cut(text)) == text, what="cutting keeps the text")


def _check_labels(path: Path) -> None:
    rows = read_rows(path)
    copy = path.with_name("copy.csv")
    write_labels(copy, rows)
    if rows and any(rows[0]):
        back = read_rows(copy)
        wanted = [dict(row) for row in rows]
        promise(kept=back == wanted, what="rows come back")
    labels = read_labels(path, _themes())
    promise(kept=len(labels) > 0, what="labels are found")
    labels.find([PART])


def _check_options(path: Path) -> None:
    load_options(path)


def _check_edits(path: Path) -> None:
    edits = load_edits(path)
    copy = path.with_name("copy.json")
    edits.save(copy)
    promise(kept=load_edits(copy) == edits, what="edits come back")


_CHECKS: Final[dict[str, Callable[[Path], None]]] = {
    "themes.toml": _check_themes,
    "words.txt": _check_words,
    "labels.csv": _check_labels,
    "options.toml": _check_options,
    "edits.json": _check_edits,
}
_folder: Callable[[], Path] = cache(scratch)


@cache
def _themes() -> ThemeSet:
    path = _folder() / "seed.toml"
    path.write_text(THEMES, encoding="utf-8")
    return load_themes(path)


TARGET: Final = Target("settings", make, check)

if __name__ == "__main__":
    run(TARGET, __doc__)
