"""Findings built in code for the tests of plots and report: own sentences, made-up numbers."""

from __future__ import annotations

import random
from types import MappingProxyType

from topics.corpus import Article, Corpus, Part, Skipped
from topics.findings import (
    Evidence,
    Findings,
    Reprint,
    Scores,
    SeedWord,
    Share,
    Tag,
    ThemeScore,
    Topic,
)
from topics.themes import OTHER, ThemeSet, load_themes

SENTENCES = {
    "political_guidance": [
        ("党组会议把第一议题放在最前面，逐段读原文，再谈各自的体会。", "第一议题", "原文"),
        ("读书班在老城区的纪念馆开课，大家围着旧油灯谈理想信念。", "读书班", "理想信念"),
        ("宣讲团走进厂区食堂，用三个小故事讲清楚创新理论。", "宣讲团", "创新理论"),
    ],
    "consultation": [
        ("协商议事室里坐满了人，委员、居民和物业围着一张旧图纸商量。", "协商议事室", "委员"),
        ("调研组用两周走了九个村，带回一份只有四页的建议。", "调研组", "建议"),
        ("这件提案从立案到办复只用了七十天，提案人三次到现场查看。", "提案", "办复"),
    ],
    "party_building": [
        ("机关党支部把主题党日放在周五下午，先学后议，当场分工。", "党支部", "主题党日"),
        ("纪律检查没有留情面，两份超长的简报被点名退回。", "纪律", "点名"),
    ],
    "livelihood": [
        ("巷子里新装了十二盏路灯，老人晚上出门不再带手电。", "路灯", "老人"),
        ("社区食堂开张第一天卖出三百份饭，最便宜的一份八元。", "社区", "食堂"),
        ("托育点设在菜市场楼上，家长买完菜正好接孩子。", "托育", "孩子"),
    ],
    OTHER: [
        ("江上的雾到九点才散，渡口的汽笛一声接一声。", "", ""),
        ("这座小城不大，走路半个钟头就能从东门到西门。", "", ""),
    ],
}
TITLES = ["一条巷子的三次会议", "渡口小城的一年", "四页纸的建议", "灯亮了以后", "图纸上的红圈"]
HOSTILE = (
    "<script>document.title='hacked'</script><img src=x onerror=alert(1)> &amp; "
    "</style></script><!-- ]]> \u202e反向文字\u202c 😀👩\u200d👩\u200d👧 مرحبا $x^2$ {{ 7*7 }} '\"`"
)


def demo_tag(part: Part, theme: str, words: tuple[str, ...], chance: random.Random) -> Tag:
    """Return a tag whose probabilities sum to 1 and whose evidence stands in the text."""
    classes = (*list(SENTENCES)[:4], OTHER)
    top = chance.uniform(0.36, 0.97)
    raw = {code: chance.uniform(0.02, 0.3) for code in classes if code != theme}
    rest = {code: value / sum(raw.values()) * (1 - top) for code, value in raw.items()}
    probabilities = {code: top if code == theme else rest[code] for code in classes}
    best = max(probabilities, key=lambda code: probabilities[code])
    evidence = tuple(
        Evidence(word, 2.0 - n / 2, part.text.index(word), part.text.index(word) + len(word))
        for n, word in enumerate(words)
        if word and word in part.text
    )
    return Tag(part, best, probabilities, (best,), evidence if best != OTHER else ())


def demo(
    articles: int = 5, paragraphs: int = 11, *, full: bool = True, hostile: bool = False
) -> Findings:
    """Return findings of ``articles`` made-up articles; ``full``: with all that is optional."""
    chance, themes = random.Random(7), load_themes("cppcc")
    made, tags = [], []
    for n in range(articles):
        file = f"articles/{n + 1:02d}.txt"
        title = TITLES[n % len(TITLES)] + (f"（{n + 1}）" if n >= len(TITLES) else "")
        parts = [Part(title, "title", file), Part("本报记者", "byline", file, line=2)]
        for p in range(paragraphs + n % 4):
            if p == 4:
                parts.append(Part("小事连着大事", "heading", file, line=p + 3))
            theme = chance.choices(list(SENTENCES), [2, 5, 2, 4, 3])[0]
            text, *words = chance.choice(SENTENCES[theme])
            more = chance.choice(SENTENCES[chance.choice(list(SENTENCES))])[0]
            part = Part(f"{text}{more}", "body", file, line=p + 4)
            parts.append(part)
            tags.append(demo_tag(part, theme, tuple(words), chance))
        meta = {"date": f"2023-{1 + n % 9:02d}-1{n % 9}", "source": ["渡口晚报", "云边日报"][n % 2]}
        made.append(Article(tuple(parts), file, 1, meta=MappingProxyType(meta)))
    if hostile:
        texts = (HOSTILE, "长" * 50_000, "\u202e" + HOSTILE * 3)
        parts = [Part(HOSTILE, "title", HOSTILE), *(Part(text, file=HOSTILE) for text in texts)]
        made.append(Article(tuple(parts), HOSTILE, 1))
        tags.extend(demo_tag(part, OTHER, (), chance) for part in parts[1:])
    corpus = Corpus(tuple(made), len(made), (Skipped("articles/图.png", "not a text"),))
    words = {
        code: tuple((word, 3.0 / (n + 1)) for n, word in enumerate(_words(code)))
        for code in themes.classes
    }
    if hostile:
        words["livelihood"] = ((HOSTILE, 9.0), ("$a$", 2.0), *words["livelihood"])
    findings = Findings(name="演示", themes=themes, corpus=corpus, tags=tags, theme_words=words)
    return _filled(findings, themes, chance) if full else findings


def _words(code: str) -> list[str]:
    seeds = list(load_themes("cppcc")[code].seeds)[:12]
    return seeds or ["小城", "渡口", "汽笛", "成绩单", "答卷"]


def _filled(bare: Findings, themes: ThemeSet, chance: random.Random) -> Findings:
    counted, codes = bare.counted(), list(themes.classes)
    centres = {c: (chance.uniform(-5, 5), chance.uniform(-5, 5)) for c in codes}
    return Findings(
        name=bare.name,
        themes=themes,
        corpus=bare.corpus,
        tags=bare.tags,
        theme_words=bare.theme_words,
        positions=[
            (centres[t.theme][0] + chance.gauss(0, 1), centres[t.theme][1] + chance.gauss(0, 1))
            for t in bare.tags
        ],
        shares=tuple(
            Share(c, s, s * 0.97, max(0.0, s - 0.06), s + 0.06) for c, s in counted.items()
        ),
        topics=tuple(
            Topic(
                n,
                tuple(_words(codes[n % 5])),
                tuple(0.09 / (i + 1) for i in range(12)),
                0.2 - n * 0.02,
                name=f"话题{n + 1}",
                theme=codes[n] if n < 5 else "new",
                examples=tuple(chance.sample(range(len(bare.tags)), 5)),
            )
            for n in range(7)
        ),
        scores=demo_scores(themes),
        seeds=tuple(
            SeedWord(c, w, 12 - n, agreement, ("livelihood",) if n == 2 else (), n / 50, compared)
            for c in themes.codes
            for n, (w, agreement, compared) in enumerate(
                zip(themes[c].seeds, (0.9, 0.8, 0.7, None), (12, 9, 5, 0), strict=False)
            )
        ),
        reprints=(Reprint(0, (1, 3)),),
        card=MappingProxyType(
            {
                "method": "tfidf",
                "command": "topics train articles --name demo --seed 7",
                "created": "2024-05-01T08:00:00",
                "options": {"seed": 7, "folds": 5},
                "versions": {"cn-topics": "0.1.0", "numpy": "2.4.6"},
            }
        ),
    )


def demo_scores(themes: ThemeSet) -> Scores:
    """Return made-up scores with every part filled."""
    confusion = (
        (18, 1, 2, 0, 1), (2, 71, 2, 5, 6), (1, 3, 30, 0, 2), (0, 6, 0, 33, 3), (4, 9, 2, 5, 62),
    )  # fmt: skip
    by_theme = {
        code: ThemeScore(0.8, 0.78, 0.79, sum(confusion[n]), 0.7, 0.86)
        for n, code in enumerate(themes.classes)
    }
    return Scores(
        themes.classes, by_theme, confusion, 0.8, 0.74, 0.84, 0.04,
        calibration=((0.35, 0.42, 12), (0.45, 0.5, 24), (0.55, 0.53, 37), (0.65, 0.7, 41),
                     (0.75, 0.71, 48), (0.85, 0.9, 60), (0.95, 0.97, 46)),
        risk_coverage=tuple((n / 20, 0.99 - 0.19 * (n / 20) ** 2) for n in range(1, 21)),
        how="5-fold cross-validation by article, seed 7",
    )  # fmt: skip
