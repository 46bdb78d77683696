"""How often a tag is noted as doubtful, on text that is and is not like the training text.

    python scripts/benchmark_drift.py [--corpora FOLDER] [--headlines FILE] [--model FOLDER]
        [--write]

The packaged sample's test paragraphs, newspaper paragraphs (peoples_daily_2023q3.jsonl.gz in
``--corpora``), headlines (a line each, of ``--headlines``), and, written or drawn here: English,
classical Chinese, everyday talk, random common characters, random Latin letters, Japanese.
A table: how many paragraphs, how many of them noted, the quarters of the share of known words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import recording

from topics.corpus import Article, Part
from topics.labels import read_labels
from topics.tagging import Tagger, load
from topics.themes import load_themes
from topics.training import SAMPLE, sample_corpus

MOST: Final = 3000
CLASSICAL: Final = """山不厌高，其麓必广；水不厌深，其源必远。君子之学，日有所知，是以久而不废。
昔有农夫，岁旱而不辍其耕，邻人笑之。及秋，邻田尽槁，而农夫之禾独有实焉。
夫智者见于未萌，愚者暗于成事。故善战者不以兵，善治者不以令，使民各得其所而已矣。
余尝夜泊江上，月出东山，渔火三五，隐见烟波之间。顾谓客曰：此乐何极！客默然久之，乃引觞满酌。
太守至郡三年，轻徭薄赋，狱讼遂息。既去，民思之，为立石于道左，往来者莫不指而叹焉。
凡为文者，意在笔先，辞达则止。辞浮于意，犹衣绣而夜行；意晦于辞，犹怀玉而蒙尘也。
秋霜既降，百草萋萋。征人未还，思妇登楼，目极千里，惟见孤云往来而已。
仁者不忧，勇者不惧，此古今之通义也。然仁而无断，则近于懦；勇而无谋，则流于暴。
其年大水，城不没者三版。令率吏民负土塞之，三日不解衣，水退而城完。
鸟之将飞，必先敛翼；人之将言，必先慎思。言出如矢，虽悔莫追。"""
TALK: Final = """哈哈哈哈你也太逗了吧，昨晚那个梗我笑到今天早上，快把表情包发我！
烤箱预热一百八十度，黄油软化后加糖打发，分三次倒入蛋液，筛入低粉，拌匀就行。
这游戏新出的英雄太强了，团战一个大招直接带走三个，对面都打懵了。
闺蜜结婚我当伴娘，裙子买大了一号，腰那里空荡荡的，急死了，求推荐改衣服的店。
猫咪这两天不爱吃罐头，只舔汤，精神倒是挺好，要不要带它去看看牙？
耳机左边没声音了，重新配对也没用，拆开一看是线断了，自己焊上又能听了。"""
ENGLISH: Final = """The quick test was run on an old laptop while nobody was watching the fan.
Our team shipped the release on Friday and spent the weekend answering letters from customers.
A small river runs behind the mill; in spring it floods the path and the ducks take over.
Version 2.4 fixes a race condition in the scheduler and removes the deprecated flag.
She said the meeting could have been a postcard, and nobody disagreed."""
JAPANESE: Final = """きのうの会議では、駅前の公園について、住民から多くの意見が出ました。
この商品は初期不良の場合のみ、購入から七日以内に交換いたします。
雨が降りそうなので、洗濯物を取り込んでから出かけてください。"""


def sets(args: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Yield name and paragraphs."""
    corpus = sample_corpus()
    found = read_labels(SAMPLE / "labels.csv", load_themes()).match(corpus.paragraphs)
    pairs = zip(corpus.paragraphs, found.splits, strict=True)
    yield "sample, test articles", [part.text for part, split in pairs if split == "test"]
    if args.corpora:
        with gzip.open(args.corpora / "peoples_daily_2023q3.jsonl.gz", "rt", encoding="utf-8") as f:
            rows = (json.loads(line)["paragraphs"] for line in f)
            texts = [text for row in rows for text in row if len(text) >= 20]
        yield "newspaper paragraphs", random.Random(1).sample(texts, MOST)
    if args.headlines:
        lines = args.headlines.read_text(encoding="utf-8").splitlines()
        heads = [line.partition("\t")[0] for line in lines]
        yield (
            "headlines of all kinds (THUCNews)",
            random.Random(1).sample(heads, min(MOST, len(heads))),
        )
    for name, text in (
        ("classical Chinese, written for this", CLASSICAL),
        ("everyday talk, written for this", TALK),
        ("English", ENGLISH),
        ("Japanese", JAPANESE),
    ):
        yield name, text.split("\n")
    rng = random.Random(1)
    common = "".join(chr(n) for n in range(0x4E00, 0x9FA6) if chr(n).encode("gb2312", "ignore"))
    han = ["".join(rng.choices(common, k=60)) for _ in range(300)]
    latin = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz ", k=60)) for _ in range(300)]
    yield "random characters of GB 2312", han
    yield "random Latin letters", latin


def measure(tagger: Tagger, texts: list[str]) -> tuple[int, np.ndarray]:
    """Return how many tags are noted, and the shares of known words."""
    article = Article(tuple(Part(text) for text in texts), ready=True)
    tags = tagger.tag(article)
    return sum(bool(tag.note) for tag in tags), np.array([tag.known for tag in tags])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpora", type=Path, help="folder of newspaper paragraphs")
    parser.add_argument("--headlines", type=Path, help="a text file, a headline a line")
    parser.add_argument("--model", help="a saved model (default: the ready-made one)")
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    args = parser.parse_args()
    tagger = load(args.model)
    rows = []
    for name, texts in sets(args):
        noted, known = measure(tagger, texts)
        quarters = " ".join(f"{q:.2f}" for q in np.quantile(known, (0.25, 0.5, 0.75)))
        rows.append((name, f"{len(texts):,}", f"{noted / len(texts):.1%}", quarters))
        print(*rows[-1], sep="\t", flush=True)
    if args.write:
        head = ("text", "paragraphs", "noted", "known words, quarters")
        lines = [*recording.table(head, rows), "", f"({recording.circumstances()})"]
        recording.write("drift", lines)


if __name__ == "__main__":
    main()
