"""What `benchmark_other_themes.py` measures on: texts, classes, and the words for each class."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from topics.segmenting import Segmenter
from topics.themes import ThemeSet, themes_from_dict

Ints = NDArray[np.int64]

NOTE = Path(__file__).parents[1] / "docs" / "other_themes.md"

FIRST = """finance 银行 基金 理财 保险 黄金; realty 房价 楼盘 户型 均价 购房
stocks 股市 A股 股票 涨停 大盘; education 高考 考研 四六级 大学 招生
science 手机 微软 苹果 谷歌 笔记本; society 男子 女子 警方 离婚 嫌犯
politics 总统 外交部 奥巴马 朝鲜 伊朗; sports 火箭 NBA 欧冠 球队 国安
game 网游 玩家 魔兽 公测 游戏; entertainment 电影 导演 演员 明星 歌手"""
FREQUENT = """finance 基金 期货 银行 理财 黄金; realty 均价 别墅 精装 楼市 房价
stocks 股市 A股 大盘 港股 个股; education 高考 考研 招生 考试 留学
science 手机 相机 索尼 微软 笔记本; society 男子 女子 警方 司机 儿子
politics 总统 总理 奥巴马 外交部 朝鲜; sports 火箭 球员 联赛 足协 曼联
game 网游 游戏 玩家 公测 手游; entertainment 电影 导演 明星 演唱会 新片"""
BROAD = """finance 基金 期货 银行 理财 债券; realty 均价 别墅 精装 楼市 现房
stocks 股市 A股 大盘 港股 目标价; education 高考 考研 招生 英语 留学
science 手机 相机 索尼 谷歌 互联网; society 男子 女子 警方 被判 身亡
politics 总统 总理 奥巴马 外交部 阿富汗; sports 火箭 球员 联赛 曼联 主帅
game 网游 游戏 玩家 测试 新作; entertainment 电影 导演 写真 演唱会 娱乐"""
TNEWS = """story 故事 小说 民间; culture 文化 历史 书法 诗词 古代 艺术 作品 收藏
entertainment 娱乐 明星 电影 电视剧 演员 综艺 女星
sports 体育 比赛 球队 NBA 球员 足球 冠军 联赛
finance 财经 投资 金融 银行 经济 理财 企业; house 房产 房价 楼市 买房 开发商 房子
car 汽车 车型 SUV 轿车 驾驶 车主 新车; edu 教育 高考 学生 老师 孩子 大学 学校
tech 科技 手机 互联网 苹果 华为 小米 人工智能
military 军事 战机 导弹 美军 解放军 航母 坦克
travel 旅游 旅行 景点 游客 景区 自驾 酒店
world 国际 特朗普 美国 总统 伊朗 叙利亚 俄罗斯
stock 股票 A股 股市 大盘 涨停 个股 股份
agriculture 农业 农村 农民 种植 养殖 猪价 土地
game 游戏 王者荣耀 英雄联盟 玩家 绝地求生 LOL 皮肤"""


@dataclass(frozen=True)
class Texts:
    """Texts, cut, with their labels."""

    texts: list[str]
    labels: list[str]
    tokens: list[list[str]]

    def classes(self, names: Sequence[str]) -> Ints:
        """Return the label of each text as its place in ``names``."""
        place = {name: number for number, name in enumerate(names)}
        return np.array([place[label] for label in self.labels], np.int64)

    def only(self, rows: Ints) -> "Texts":
        """Return some of the texts."""
        return Texts(
            [self.texts[row] for row in rows],
            [self.labels[row] for row in rows],
            [self.tokens[row] for row in rows],
        )


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file, packed or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    yield from (line for line in text.split("\n") if line.strip())


def headlines(folder: Path) -> tuple[Texts, Texts, list[str]]:
    """Return the headlines to learn from, those to test on, and the classes."""
    names = (folder / "class.txt").read_text(encoding="utf-8").split()
    found = []
    for name in ("train_33k.txt.gz", "dev.txt"):
        rows = [line.rsplit("\t", 1) for line in lines(folder / name)]
        texts = [text for text, _ in rows]
        labels = [names[int(label)] for _, label in rows]
        found.append(Texts(texts, labels, list(Segmenter().cut_many(texts))))
    return found[0], found[1], names


def few(path: Path) -> Texts:
    """Read a file of FewCLUE; the keywords that TNEWS gives are part of the text, kept whole."""
    rows = [json.loads(line) for line in lines(path)]
    keywords = [[key for key in row.get("keywords", "").split(",") if key] for row in rows]
    pairs = list(zip(rows, keywords, strict=True))
    texts = ["。".join((row["sentence"], *keys)) for row, keys in pairs]
    cut = Segmenter().cut_many([row["sentence"] for row in rows])
    tokens = [[*words, *listed(keys)] for words, keys in zip(cut, keywords, strict=True)]
    labels = [row.get("label_desc", row.get("label_des")) for row in rows]
    return Texts(texts, labels, tokens)


def listed(words: Sequence[str]) -> list[str]:
    """Return the words, a full stop before each."""
    return [token for word in words for token in ("。", word)]


def seeds_of(text: str) -> dict[str, list[str]]:
    """Read ``class word word; class word``."""
    rows = [row.split() for line in text.split("\n") for row in line.split(";")]
    return {row[0]: row[1:] for row in rows if row}


def themes_of(names: Sequence[str], seeds: dict[str, list[str]]) -> ThemeSet:
    """Return a theme a class."""
    rows = [{"code": name, "zh": name, "seeds": seeds[name]} for name in names]
    return themes_from_dict({"theme": rows})


def macro_f1(gold: Ints, said: Ints, kinds: int) -> float:
    """Return the mean of the classes' F1."""
    scores = []
    for kind in range(kinds):
        right = int(((gold == kind) & (said == kind)).sum())
        scores.append(2 * right / max(1, int((gold == kind).sum() + (said == kind).sum())))
    return float(np.mean(scores))
