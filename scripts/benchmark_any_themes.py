"""Themes that are not ours: seed words alone, many labels, few labels.

python scripts/benchmark_any_themes.py thuc-seeds|thuc-labels|tnews|iflytek --benchmarks FOLDER

thuc-seeds: THUCNews headlines (10 classes), five seed words a class, no label; trained on the
headlines of the train set, scored on dev.txt. The words come from general knowledge and from how
often they stand, and beside which others, in the unlabelled headlines. An earlier list gave 0.771
on the labels of the train set, finance and stocks confused with one another; the words of these two
were then chosen anew (this list: 0.813 there), so the figure is not that of a first guess.
thuc-labels: the same with all labels of the train set.
tnews, iflytek: FewCLUE, mean over the five train sets, accuracy on test_public, whose texts (no
labels) are learned from beside the label names; for tnews each name is spelt out in five words.
"""

import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.classifying import Examples, Settings, train_classifier
from topics.evaluating import score
from topics.options import Options
from topics.scoring import LinearModel
from topics.seeding import weak_labels
from topics.segmenting import Segmenter, joinable
from topics.themes import Theme, ThemeSet

Ints = NDArray[np.int64]

THUC: Final = {
    "finance": "基金 期货 理财 债券 黄金",
    "realty": "楼市 房价 楼盘 户型 平米",
    "stocks": "a股 港股 美股 评级 股价",
    "education": "高考 考研 四六级 留学 招生",
    "science": "手机 微软 苹果 谷歌 笔记本",
    "society": "男子 女子 警方 嫌犯 杀害",
    "politics": "总统 外交部 奥巴马 朝鲜 利比亚",
    "sports": "火箭 湖人 欧冠 国足 主场",
    "game": "网游 玩家 魔兽 公测 游戏",
    "entertainment": "电影 导演 女星 写真 票房",
}
TNEWS: Final = {
    "news_entertainment": "娱乐 明星 电影 演员 歌手",
    "news_car": "汽车 车型 suv 轿车 驾驶",
    "news_house": "房产 房价 楼市 买房 房子",
    "news_culture": "文化 书法 历史 诗词 艺术",
    "news_finance": "财经 金融 银行 理财 经济",
    "news_story": "故事 爱情 婆婆 情感 老公",
    "news_sports": "体育 比赛 球员 nba 足球",
    "news_game": "游戏 王者荣耀 玩家 英雄 绝地求生",
    "news_edu": "教育 学校 高考 学生 老师",
    "news_world": "国际 美国 总统 特朗普 叙利亚",
    "news_tech": "科技 手机 互联网 人工智能 区块链",
    "news_agriculture": "农业 农民 农村 种植 养殖",
    "news_travel": "旅游 景点 旅行 游客 景区",
    "news_stock": "股票 股市 a股 涨停 大盘",
    "news_military": "军事 战机 航母 导弹 军队",
}


@dataclass(frozen=True)
class Rows:
    """Texts with the names of their classes."""

    texts: list[str]
    names: list[str]


def theme_set(seeds: dict[str, str]) -> ThemeSet:
    """Return themes of these names and seed words."""
    return ThemeSet(
        tuple(
            Theme(f"c{n}", name, seeds=dict.fromkeys(words.split(), 1.0))
            for n, (name, words) in enumerate(seeds.items())
        )
    )


def cutter(themes: ThemeSet) -> Segmenter:
    """Return a segmenter that keeps the seed words whole."""
    return Segmenter([word for word in sorted(themes.seed_words) if joinable(word)])


def thuc(folder: Path, name: str) -> Rows:
    """Read headlines; the class stands behind a tab, as a number in the order of class.txt."""
    raw = (folder / name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
    pairs = [line.rsplit("\t", 1) for line in text.splitlines() if line]
    classes = (folder / "class.txt").read_text(encoding="utf-8").split()
    return Rows([pair[0].lower() for pair in pairs], [classes[int(pair[1])] for pair in pairs])


def fewclue(folder: Path, name: str) -> Rows:
    """Read a FewCLUE file: sentence and keywords, and the name of the class."""
    raw = next(folder.glob(f"{name}.json*")).read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    rows: list[dict[str, Any]] = [json.loads(line) for line in text.split("\n") if line.strip()]
    return Rows(
        [f"{row['sentence']} {row.get('keywords', '')}".lower() for row in rows],
        [row.get("label_desc") or row["label_des"] for row in rows],
    )


def say(model: LinearModel, segmenter: Segmenter, rows: Rows, themes: ThemeSet) -> None:
    """Print the scores of a model on ``rows``."""
    p = model.probabilities(model.score(model.read(rows.texts, segmenter)))
    names = [theme.zh for theme in themes]
    found = score([names.index(name) for name in rows.names], p[:, :-1], tuple(names))
    print(
        f"n {found.n}, macro-F1 {found.macro_f1:.4f} [{found.macro_f1_low:.4f}, "
        f"{found.macro_f1_high:.4f}], accuracy {found.accuracy:.4f}"
    )


def thuc_seeds(folder: Path) -> None:
    """Learn from seed words, score on dev.txt."""
    themes = theme_set(THUC)
    segmenter, train = cutter(themes), thuc(folder, "train_33k.txt.gz")
    tokens = list(segmenter.cut_many(train.texts))
    soft = weak_labels(train.texts, tokens, themes, other=False)
    learn_and_say(themes, segmenter, train, soft, thuc(folder, "dev.txt"))


def thuc_labels(folder: Path) -> None:
    """Learn from all labels, score on dev.txt."""
    themes = theme_set(THUC)
    train, test = thuc(folder, "train_33k.txt.gz"), thuc(folder, "dev.txt")
    learn_and_say(themes, cutter(themes), train, None, test)


def learn_and_say(
    themes: ThemeSet,
    segmenter: Segmenter,
    train: Rows,
    soft: NDArray[np.float64] | None,
    test: Rows,
) -> None:
    """Train on soft labels or, without them, on the labels; print the scores on ``test``."""
    names = [theme.zh for theme in themes]
    examples = Examples(
        texts=train.texts,
        tokens=list(segmenter.cut_many(train.texts)),
        groups=[str(n) for n in range(len(train.texts))],
        labels=[] if soft is not None else [names.index(name) for name in train.names],
        soft=soft,
    )
    trained = train_classifier(
        examples, themes, Options(folds=2), other=False, settings=Settings(balance=0.0)
    )
    say(trained.model, segmenter, test, themes)


def few_labels(folder: Path, seeds: dict[str, str]) -> None:
    """Print the accuracy of each train set's model on test_public, and the mean."""
    test = fewclue(folder, "test_public")
    trains = [fewclue(folder, f"train_{n}") for n in range(5)]
    every = sorted({name for rows in (test, *trains) for name in rows.names})
    themes = theme_set({name: seeds.get(name, name) for name in every})
    segmenter = cutter(themes)
    for way in (by_naive_bayes, by_classifier):
        right = [few_accuracy(way(rows, test, themes, segmenter), test, themes) for rows in trains]
        print(
            f"{way.__name__}: {np.round(right, 4).tolist()}, mean {np.mean(right):.4f}", flush=True
        )


def few_accuracy(rows: Ints, test: Rows, themes: ThemeSet) -> float:
    """Return the share of ``test`` for which the best class of ``rows`` is right."""
    names = [theme.zh for theme in themes]
    return float(np.mean([names[n] == name for n, name in zip(rows, test.names, strict=True)]))


def by_naive_bayes(train: Rows, test: Rows, themes: ThemeSet, segmenter: Segmenter) -> Ints:
    """Return the best class of each text of ``test``: seeds and labels, spread by EM."""
    texts, labels = together(train, test, themes)
    tokens = list(segmenter.cut_many(texts))
    found = weak_labels(texts, tokens, themes, other=False, labels=labels)
    best: Ints = np.nan_to_num(found[: len(test.texts), :-1]).argmax(axis=1)
    return best


def by_classifier(train: Rows, test: Rows, themes: ThemeSet, segmenter: Segmenter) -> Ints:
    """Return the best class of each text of ``test``: labels, and a basis from all texts."""
    texts, labels = together(train, test, themes)
    examples = Examples(
        texts=texts,
        tokens=list(segmenter.cut_many(texts)),
        groups=["one"] * len(texts),  # nothing is held out: the labels are too few to calibrate by
        labels=labels,
    )
    model = train_classifier(examples, themes, other=False).model
    scores = model.score(model.read(test.texts, segmenter)) + model.bias
    best: Ints = scores[:, :-1].argmax(axis=1)
    return best


def together(train: Rows, test: Rows, themes: ThemeSet) -> tuple[list[str], list[int]]:
    """Return the texts of both, ``test`` first, and the labels of ``train`` alone."""
    column = {theme.zh: n for n, theme in enumerate(themes)}
    labels = [-1] * len(test.texts) + [column[name] for name in train.names]
    return [*test.texts, *train.texts], labels


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("thuc-seeds", "thuc-labels", "tnews", "iflytek"))
    parser.add_argument("--benchmarks", type=Path, required=True)
    args = parser.parse_args()
    if args.what == "thuc-seeds":
        thuc_seeds(args.benchmarks / "thucnews10")
    elif args.what == "thuc-labels":
        thuc_labels(args.benchmarks / "thucnews10")
    else:
        few_labels(args.benchmarks / f"fewclue_{args.what}", TNEWS if args.what == "tnews" else {})


if __name__ == "__main__":
    main()
