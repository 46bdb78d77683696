"""Build the ready-made model models/cppcc.

python scripts/build_model.py --corpora FOLDER

It learns from the packaged sample (its train articles) and from newspaper paragraphs whose ids and
labels stand in scripts/labels/news_train.csv; their texts are read from FOLDER
(peoples_daily_2023q3.jsonl.gz, political_reports.jsonl.gz) and leave nothing in the model but words
and weights. Articles whose id has a sha256 that 5 divides are kept for evaluation: no paragraph of
them is learned from (scripts/benchmark_themes.py scores on them).
"""

import argparse
import csv
import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import model_card
import numpy as np

from topics.classifying import Examples, train_classifier
from topics.options import Options
from topics.preparing import field_segmenter
from topics.remembering import digests
from topics.tagging import Tagger
from topics.teaching import Rows
from topics.themes import load_themes
from topics.training import sample_prepared

LABELS: Final = Path(__file__).parent / "labels"
SENTENCE: Final = re.compile(r"[^。！？；]+[。！？；]?[”’」』）]?")
SHORTEST: Final = 12
"""Characters of a sentence that can be learned from alone."""
SAMPLE_WEIGHT: Final = 3.0
"""How much a paragraph of the sample counts beside one of a newspaper."""
SENTENCE_WEIGHT: Final = 0.3
"""How much a sentence counts beside a paragraph. Both by `benchmark_themes.py weights`."""
FILES: Final = ("peoples_daily_2023q3.jsonl.gz", "political_reports.jsonl.gz")


def held_back(article: str) -> bool:
    """Tell whether an article is kept for evaluation."""
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % 5 == 0


@dataclass(frozen=True)
class News:
    """A newspaper article."""

    key: str
    title: str
    paragraphs: tuple[str, ...]


def news_articles(corpora: Path) -> Iterator[News]:
    """Yield every newspaper article and report."""
    for name in FILES:
        with gzip.open(corpora / name, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                row = json.loads(line)
                texts = tuple(text.replace("\xa0", " ").strip() for text in row["paragraphs"])
                yield News(row.get("id") or f"report-{number:02d}", row["title"], texts)


def read_labels(name: str) -> dict[str, dict[str, str]]:
    """Return id → row of a labels file of this folder."""
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Marked:
    """The label of a newspaper paragraph."""

    theme: int
    tags: frozenset[int]
    usual: bool
    """Drawn at random: its mix of themes is that of newspapers, so probabilities may follow it."""


def marked(name: str, sign: str = "#") -> dict[str, dict[int, Marked]]:
    """Return article → place of the paragraph → label."""
    classes = {code: number for number, code in enumerate(load_themes().classes)}
    found: defaultdict[str, dict[int, Marked]] = defaultdict(dict)
    for key, row in read_labels(name).items():
        article, _, place = key.rpartition(sign)
        tags = frozenset(classes[code] for code in row["tags"].split("|") if code)
        mark = Marked(classes[row["theme"]], tags, row["set"] == "random")
        found[article][int(place)] = mark
    return found


def add_news(rows: Rows, news: News, marks: dict[int, Marked]) -> list[bool]:
    """Add an article's labelled paragraphs, those beside them, and its title as their heading.

    Returns:
        Whether each row that was added is a usual one.
    """
    heading = rows.add(news.title, news.key)
    usual = [False]
    wanted = {place + step for place in marks for step in (-1, 0, 1)}
    row_of: dict[int, int] = {}
    for place in sorted(wanted & set(range(len(news.paragraphs)))):
        mark = marks.get(place)
        known = (mark.theme, mark.tags) if mark else ()
        row_of[place] = row = rows.add(news.paragraphs[place], news.key, *known)
        usual.append(bool(mark and mark.usual))
        rows.headings[row] = heading
        rows.previous[row] = before = row_of.get(place - 1, -1)
        if before >= 0:
            rows.following[before] = row
    return usual


def add_sentences(rows: Rows) -> None:
    """Add the sentences of every labelled paragraph that has one theme alone: they have it too."""
    for row in range(len(rows.texts)):
        label, tags = rows.labels[row], rows.tags[row]
        if label < 0 or tags is None or tags - {label}:
            continue
        sentences = [text for text in SENTENCE.findall(rows.texts[row]) if len(text) >= SHORTEST]
        if len(sentences) > 1:
            for text in sentences:
                rows.add(text, rows.groups[row], label)


def examples(
    corpora: Path,
    options: Options,
    sample: float = SAMPLE_WEIGHT,
    sentence: float = SENTENCE_WEIGHT,
    without: Callable[[int], bool] = lambda _: False,
) -> Examples:
    """Gather the sample's train articles, their sentences and the labelled newspaper paragraphs.

    Args:
        corpora: folder of the newspaper texts.
        options: how texts are prepared.
        sample: how much a paragraph of the sample counts.
        sentence: how much a sentence of it counts beside.
        without: whether an article of the sample, by its place there, is left out.
    """
    themes, known = load_themes(), marked("news_train.csv")
    if kept := sorted(filter(held_back, known)):
        raise SystemExit(f"{kept[0]} is kept for evaluation and must not be learned from")
    rows = Rows.empty()
    prepared = sample_prepared(themes, options)
    pairs = zip(prepared.taught, prepared.articles, strict=True)
    taught = tuple(taught and not without(article) for taught, article in pairs)
    rows.add_all(replace(prepared, taught=taught), model_card.SAMPLE)
    usual, weights = [True] * len(rows.texts), [sample] * len(rows.texts)
    if sentence:
        add_sentences(rows)
    usual += [False] * (len(rows.texts) - len(usual))
    weights += [sample * sentence] * (len(rows.texts) - len(weights))
    for news in news_articles(corpora):
        if news.key in known:
            usual += add_news(rows, news, known[news.key])
    weights += [1.0] * (len(rows.texts) - len(weights))
    tokens = list(field_segmenter(themes).cut_many(rows.texts))
    return replace(rows.examples(tokens, None, np.array(usual)), weights=np.array(weights))


def main() -> None:
    """Build, save, and say what was held out."""
    parser = argparse.ArgumentParser(description="Build the ready-made model.")
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the newspaper texts")
    parser.add_argument("--out", default="models/cppcc", help="where the model goes")
    args = parser.parse_args()
    options, themes = Options(), load_themes()
    given = examples(args.corpora, options)
    trained = train_classifier(given, themes, options)
    facts = model_card.facts(given, trained, themes, options)
    card = {**facts, "readme": model_card.page(facts, themes)}
    pairs = zip(given.texts, given.tags, strict=True)
    taught = digests(text for text, tags in pairs if tags is not None)  # paragraphs, no sentences
    Tagger(themes, trained.model, field_segmenter(themes), "tfidf", card, taught).save(args.out)
    checked = facts["cross_validation"]["all"]
    print(f"held out by article: accuracy {checked['accuracy']} of {checked['n']}")
    print(f"saved to {args.out}")


if __name__ == "__main__":
    main()
