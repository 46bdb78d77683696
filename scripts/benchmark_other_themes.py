"""Themes that are not ours: headlines from seed words, headlines from labels, few labels.

python scripts/benchmark_other_themes.py --data FOLDER [--only seeds labels tnews iflytek] [--write]

FOLDER holds thucnews10, fewclue_tnews and fewclue_iflytek. ``--write`` puts the figures into
docs/other_themes.md, between its two marks.
"""

import argparse
import datetime
import gzip
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from topics.classifying import Examples, train_classifier
from topics.classifying.fitting import Matrix, Targets, fit
from topics.options import Options
from topics.seeding import weak_labels
from topics.segmenting import Segmenter
from topics.themes import ThemeSet, themes_from_dict

Array = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTE = Path(__file__).parents[1] / "docs" / "other_themes.md"
MARKS = ("<!-- figures -->", "<!-- end of figures -->")

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

BASIS, SMOOTHING = 200, 0.1
BAGS = 4
"""How many nets of averaged embeddings vote."""
SHARE = 0.5
"""How much their vote counts beside NB-SVM's; 0.3 to 2 gave 0.909 to 0.912 within train."""


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
    """Read a file of FewCLUE; the keywords that TNEWS gives are part of the text."""
    rows = [json.loads(line) for line in lines(path)]
    keywords = [row.get("keywords", "").replace(",", "。") for row in rows]
    pairs = list(zip(rows, keywords, strict=True))
    texts = [f"{row['sentence']}。{k}" if k else row["sentence"] for row, k in pairs]
    tokens = [
        [*words, *key.split("。")]
        for words, key in zip(Segmenter().cut_many(texts), keywords, strict=True)
    ]
    labels = [row.get("label_desc", row.get("label_des")) for row in rows]
    return Texts(texts, labels, tokens)


def seeds_of(text: str) -> dict[str, list[str]]:
    """Read ``class word word; class word``."""
    rows = [row.split() for line in text.split("\n") for row in line.split(";")]
    return {row[0]: row[1:] for row in rows}


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


def learned(
    train: Texts,
    test: Texts,
    themes: ThemeSet,
    *,
    labels: Sequence[int] = (),
    soft: Floats | None = None,
) -> Ints:
    """Train as a user would; return the class of each test text."""
    groups = [str(number) for number in range(len(train.texts))]
    examples = Examples(
        texts=train.texts, tokens=train.tokens, groups=groups, labels=labels, soft=soft
    )
    model = train_classifier(examples, themes, Options(folds=2), other=False).model
    reading = model.look_up(test.texts, test.tokens)
    said: Ints = model.probabilities(model.score(reading))[:, :-1].argmax(axis=1)
    return said


def from_seeds(folder: Path) -> Iterator[str]:
    """Learn headlines from five seed words a class: weak labels, then the classifier."""
    train, test, names = headlines(folder / "thucnews10")
    gold = test.classes(names)
    for title, text in (("first guess", FIRST), ("frequent", FREQUENT), ("broad", BROAD)):
        themes = themes_of(names, seeds_of(text))
        soft = weak_labels(train.texts, train.tokens, themes, other=False)
        said = learned(train, test, themes, soft=soft)
        found = macro_f1(gold, said, len(names))
        yield f"THUCNews, five seeds a class ({title}): macro-F1 {found:.4f}"


def identity(row: list[str]) -> list[str]:
    """Return what is given: the texts are cut already."""
    return row


def bags(tokens: Sequence[Sequence[str]], texts: Sequence[str], longest: int, least: int) -> Matrix:
    """Return words and runs of characters, present or not; texts × features."""
    import scipy.sparse
    from sklearn.feature_extraction.text import CountVectorizer

    rows = [[word.lower() for word in row if word.strip()] for row in tokens]
    words = CountVectorizer(analyzer=identity, binary=True).fit_transform(rows)
    runs = CountVectorizer(analyzer="char", ngram_range=(1, longest), min_df=least, binary=True)
    x = scipy.sparse.hstack([words, runs.fit_transform(texts)])
    return x.tocsr().astype(np.float32)


def nb_svm(x: Matrix, y: Ints, test: Matrix, kinds: int) -> Array:
    """Return scores of linear machines on features weighed by naive Bayes.

    Source: Wang, Manning 2012, Baselines and bigrams.
    """
    import scipy.sparse
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.svm import LinearSVC

    weigh = TfidfTransformer(sublinear_tf=True).fit(x)
    rows, others = weigh.transform(x), weigh.transform(test)
    found = []
    for kind in range(kinds):
        inside = np.asarray(x[y == kind].sum(axis=0)).ravel() + 0.3
        outside = np.asarray(x[y != kind].sum(axis=0)).ravel() + 0.3
        ratio = np.log(inside / inside.sum() / (outside / outside.sum()))
        scale = scipy.sparse.diags(ratio.astype(np.float32))
        machine = LinearSVC(C=0.3, max_iter=50).fit(rows @ scale, y == kind)
        found.append(machine.decision_function(others @ scale))
    return np.array(found, np.float32).T


class Averaged:
    """Averaged embeddings, one hidden layer, softmax: Adagrad and dropout, after fastText."""

    def __init__(self, seed: int, size: int = 64, rounds: int = 4, rate: float = 0.005) -> None:
        self.random = np.random.default_rng(seed)
        self.size, self.rounds, self.rate = size, rounds, rate

    @staticmethod
    def _even(x: Matrix) -> Matrix:
        import scipy.sparse

        lengths = np.sqrt(np.maximum(np.asarray(x.sum(axis=1)).ravel(), 1))
        return (scipy.sparse.diags((1 / lengths).astype(np.float32)) @ x).tocsr()

    def fit(self, x: Matrix, y: Ints, kinds: int, batch: int = 64) -> "Averaged":
        """Learn; rows of ``x`` are ones."""
        draw = self.random
        self.embedding = (draw.standard_normal((x.shape[1], self.size)) * 0.05).astype(np.float32)
        self.out = (draw.standard_normal((self.size, kinds)) * 0.1).astype(np.float32)
        self.bias = np.zeros(kinds, np.float32)
        self.seen = np.full((x.shape[1], 1), 1e-6, np.float32)
        self.seen_out = np.full_like(self.out, 1e-6)
        rows, steps, step = self._even(x), self.rounds * (x.shape[0] // batch + 1), 0
        for _ in range(self.rounds):
            order = draw.permutation(x.shape[0])
            mixed = rows[order]
            mixed.data *= (draw.random(len(mixed.data)) > 0.3).astype(np.float32) / np.float32(0.7)
            for start in range(0, x.shape[0], batch):
                rate = self.rate * (1 - step / (steps + 1))
                wanted = np.full((len(order[start : start + batch]), kinds), 0.005, np.float32)
                wanted[np.arange(len(wanted)), y[order[start : start + batch]]] += 0.95
                self._step(mixed[start : start + batch], wanted, np.float32(rate))
                step += 1
        return self

    def _step(self, x: Matrix, wanted: Array, rate: np.float32) -> None:
        import scipy.sparse

        columns, places = np.unique(x.indices, return_inverse=True)
        small = scipy.sparse.csr_matrix((x.data, places, x.indptr), (x.shape[0], len(columns)))
        hidden = small @ self.embedding[columns]
        kept = (self.random.random(hidden.shape) > 0.3).astype(np.float32) / np.float32(0.7)
        active = np.maximum(hidden, 0) * kept
        odds = active @ self.out + self.bias
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        wrong = (odds / odds.sum(axis=1, keepdims=True) - wanted) / len(wanted)
        change = small.T @ ((wrong @ self.out.T) * kept * (hidden > 0))
        change_out = active.T @ wrong
        self.seen[columns] += (change * change).mean(axis=1, keepdims=True)
        self.embedding[columns] -= rate * 10 * change / np.sqrt(self.seen[columns])
        self.seen_out += change_out * change_out
        self.out -= rate * 10 * change_out / np.sqrt(self.seen_out)
        self.bias -= rate * 10 * wrong.sum(axis=0)

    def scores(self, x: Matrix) -> Array:
        """Return the log odds of ``x``; (texts, classes)."""
        odds = np.maximum(self._even(x) @ self.embedding, 0) @ self.out + self.bias
        odds = odds - odds.max(axis=1, keepdims=True)
        logs: Array = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return logs


def _standard(scores: Array) -> Array:
    standard: Array = (scores - scores.mean(axis=1, keepdims=True)) / scores.std()
    return standard


def from_labels(folder: Path) -> Iterator[str]:
    """Learn headlines from all labels: the classifier, then a vote of two other kinds."""
    train, test, names = headlines(folder / "thucnews10")
    taught, gold = train.classes(names), test.classes(names)
    themes = themes_of(names, seeds_of(BROAD))
    said = learned(train, test, themes, labels=list(taught))
    yield f"THUCNews, all labels, train_classifier: accuracy {(said == gold).mean():.4f}"
    both = [*train.tokens, *test.tokens], [*train.texts, *test.texts]
    cut = len(train.texts)
    x = bags(*both, 4, 2)
    x = x[:, np.asarray(x[:cut].sum(axis=0)).ravel() > 0]
    svm = nb_svm(x[:cut], taught, x[cut:], len(names))
    yield f"THUCNews, all labels, NB-SVM: accuracy {(svm.argmax(axis=1) == gold).mean():.4f}"
    x = bags(*both, 3, 2)
    x = x[:, np.asarray(x[:cut].sum(axis=0)).ravel() > 0]
    votes = np.zeros_like(svm)
    for seed in range(BAGS):
        votes += Averaged(seed).fit(x[:cut], taught, len(names)).scores(x[cut:])
    yield (
        f"THUCNews, all labels, {BAGS} nets of averaged embeddings: "
        f"accuracy {(votes.argmax(axis=1) == gold).mean():.4f}"
    )
    vote = _standard(svm) + SHARE * _standard(votes)
    yield f"THUCNews, all labels, vote of both: accuracy {(vote.argmax(axis=1) == gold).mean():.4f}"


@dataclass(frozen=True)
class Small:
    """Settings of the few-label tasks, chosen on the other train sets' labels."""

    penalty: float
    rounds: int
    """Rounds in which the model's own answers on all texts are learned from."""
    seed_weight: float
    longest: int
    """Longest run of characters."""


def few_labels(folder: Path, small: Small, seeds: dict[str, list[str]]) -> list[float]:
    """Return the accuracy on ``test_public`` from each of five train sets.

    Softmax regression on words, runs of characters and a latent basis of all their unlabelled
    texts; the label names' words are one more text a class.
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.utils.extmath import randomized_svd

    end = ".json.gz" if (folder / "test_public.json.gz").is_file() else ".json"
    sets = [few(folder / f"train_{n}{end}") for n in range(5)] + [few(folder / f"test_public{end}")]
    names = sorted({label for part in sets[:5] for label in part.labels})
    extra = [seeds.get(name.removeprefix("news_"), [name]) for name in names]
    tokens = [*extra, *(row for part in sets for row in part.tokens)]
    texts = ["。".join(row) for row in extra] + [text for part in sets for text in part.texts]
    x = TfidfTransformer().fit_transform(bags(tokens, texts, small.longest, 2)).astype(np.float32)
    _, strength, turned = randomized_svd(x, BASIS, n_iter=2, random_state=0)
    basis = (turned.T * np.sqrt(strength[0] / strength)).astype(np.float32)
    ends = np.cumsum([len(names), *(len(part.texts) for part in sets)])
    gold, found = sets[5].classes(names), []
    for number in range(5):
        rows = np.r_[: len(names), ends[number] : ends[number + 1]]
        labels = np.r_[np.arange(len(names)), sets[number].classes(names)]
        odds = settle(x, basis, rows, labels, small)
        found.append(float((odds[ends[5] :].argmax(axis=1) == gold).mean()))
    return found


def settle(x: Matrix, basis: Array, rows: Ints, labels: Ints, small: Small) -> Array:
    """Learn from the labelled rows, then from all with the model's own answers, evened."""
    kinds = int(labels.max()) + 1
    even = SMOOTHING / kinds
    hard = np.eye(kinds, dtype=np.float32)[labels]
    shares = (hard * (1 - SMOOTHING) + even).astype(np.float32)
    weights = np.where(np.arange(len(rows)) < kinds, small.seed_weight, 1.0).astype(np.float32)
    found = fit(x[rows], Targets(shares, weights), small.penalty, basis)
    for _ in range(small.rounds):
        odds = x @ found[:-1] + found[-1]
        odds = (odds - 0.7 * odds.mean(axis=0)) * 3 / odds.std()
        soft = np.exp(odds - odds.max(axis=1, keepdims=True))
        soft /= soft.sum(axis=1, keepdims=True)
        soft[rows] = hard
        again = np.full(x.shape[0], (len(rows) - kinds) / x.shape[0], np.float32)
        every = np.r_[rows, np.arange(x.shape[0])]
        targets = Targets(np.concatenate((shares, soft)), np.concatenate((weights, again)))
        found = fit(x[every], targets, small.penalty, basis)
    answer: Array = x @ found[:-1] + found[-1]
    return answer


def from_few(name: str, folder: str, small: Small) -> Callable[[Path], Iterator[str]]:
    """Return what measures one of the few-label tasks."""

    def measure(data: Path) -> Iterator[str]:
        found = few_labels(data / folder, small, seeds_of(TNEWS) if name == "TNEWS" else {})
        each = ", ".join(f"{100 * one:.1f}" for one in found)
        yield f"{name}, five train sets: mean accuracy {100 * float(np.mean(found)):.1f} ({each})"

    return measure


TASKS: dict[str, Callable[[Path], Iterator[str]]] = {
    "seeds": from_seeds,
    "labels": from_labels,
    "tnews": from_few("TNEWS", "fewclue_tnews", Small(3e-3, 2, 10.0, 3)),
    "iflytek": from_few("IFLYTEK", "fewclue_iflytek", Small(1e-3, 0, 1.0, 2)),
}


def write(figures: Sequence[str]) -> None:
    """Put the figures between the marks of the note."""
    before, rest = NOTE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    day = datetime.datetime.now(datetime.UTC).date()
    where = (
        f"{day}, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"
    )
    body = "\n".join(("", f"Measured {where}:", "", *(f"- {line}" for line in figures), ""))
    NOTE.write_text(before + MARKS[0] + body + MARKS[1] + after, encoding="utf-8")


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--only", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--write", action="store_true", help="write docs/other_themes.md")
    args = parser.parse_args()
    figures = []
    for name in args.only:
        start = time.process_time()
        for figure in TASKS[name](args.data):
            print(f"{figure}  [{time.process_time() - start:.0f} s]", flush=True)
            figures.append(figure)
    if args.write:
        write(figures)


if __name__ == "__main__":
    main()
