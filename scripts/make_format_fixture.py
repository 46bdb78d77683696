"""Write tests/fixtures/format-N: tiny models of the present format, and their tags.

Run it when the format number is raised or allows something new, never for an older number. What
stands there must stay loadable, with the same tags: only what is missing is written.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from topics.corpus import Corpus
from topics.ingesting import articles_from_text
from topics.segmenting import Segmenter
from topics.storing import FORMAT
from topics.themes import parse_themes
from topics.training import train

THEMES = """
name = "fixture"
[[theme]]
code = "water"
zh = "治水"
en = "Water"
description = "河流、水质和防汛。"
seeds = ["河道", "水质", "防汛", "清淤"]
[[theme]]
code = "reading"
zh = "读书"
en = "Reading"
description = "图书馆和阅读。"
seeds = ["图书", "阅读", "书屋", "借书"]
"""
ARTICLE = """河道清淤
街道清理河道三公里，清淤之后水质好转。
汛期之前检查堤坝，防汛沙袋备足两千个。
水质监测点每天公布数据，河道旁边种了柳树。
社区书屋开门，孩子们放学来借书。
图书馆把图书送到村里，阅读课排满了周末。
阅读角添了新图书，借书登记用上了电脑。
食堂换了新菜单，大家都说味道不错。
"""
NEW = """书屋办在河道边，借书的人多了，水质也好了。
食堂的菜单上没有鱼。
Nothing of it is known.
"""


KINDS = {"tfidf": "tfidf", "guided": "lda", "kmeans": "kmeans"}
"""Folder → method. (The folder lda of format 1 is of an LDA with one prior for all its topics.)"""


def main() -> None:
    folder = Path(__file__).parent.parent / "tests" / "fixtures" / f"format-{FORMAT}"
    missing = {name: method for name, method in KINDS.items() if not (folder / name).exists()}
    if not missing:
        sys.exit(f"all of {folder} is there already; it is kept as it is")
    themes = parse_themes(THEMES, "fixture.toml")
    corpus = Corpus(tuple(articles_from_text(ARTICLE, "fixture.txt")))
    for name, method in missing.items():
        tagger = train(
            corpus, themes=themes, method=method, topics=3, sample=False, name=name
        ).tagger
        # The packaged words would make 35,000 bytes of the description.
        tagger = dataclasses.replace(tagger, segmenter=Segmenter(["书屋", "河道"]))
        tagger.save(folder / name)
        rows = [json.dumps(tag.row(), ensure_ascii=False) for tag in tagger.tag(ARTICLE + NEW)]
        (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
