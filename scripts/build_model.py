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
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from topics.classifying import Examples, Trained, train_classifier
from topics.options import Options
from topics.preparing import field_segmenter
from topics.tagging import Tagger
from topics.teaching import Rows
from topics.themes import load_themes
from topics.training import sample_prepared

LABELS: Final = Path(__file__).parent / "labels"
FILES: Final = ("peoples_daily_2023q3.jsonl.gz", "political_reports.jsonl.gz")


def held_back(article: str) -> bool:
    """Tell whether an article is kept for evaluation."""
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % 5 == 0


def news_texts(corpora: Path) -> Iterator[tuple[str, str, str]]:
    """Yield id of the paragraph, id of the article, and text of every newspaper paragraph."""
    for name in FILES:
        with gzip.open(corpora / name, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                row = json.loads(line)
                article = row.get("id") or f"report-{number:02d}"
                for place, text in enumerate(row["paragraphs"]):
                    yield f"{article}#{place}", article, text.replace("\xa0", " ").strip()


def read_labels(name: str) -> dict[str, dict[str, str]]:
    """Return id → row of a labels file of this folder."""
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def examples(corpora: Path, options: Options) -> Examples:
    """Gather the sample's train articles and the labelled newspaper paragraphs."""
    themes = load_themes()
    rows = Rows.empty()
    rows.add_all(sample_prepared(themes, options), "sample ")
    usual = [True] * len(rows.texts)
    known = read_labels("news_train.csv")
    classes = {code: number for number, code in enumerate(themes.classes)}
    for key, article, text in news_texts(corpora):
        row = known.get(key)
        if row is None:
            continue
        if held_back(article):
            raise SystemExit(f"{key} is kept for evaluation and must not be learned from")
        tags = frozenset(classes[code] for code in row["tags"].split("|") if code)
        rows.add(text, article, classes[row["theme"]], tags)
        usual.append(row["set"] == "random")
    tokens = list(field_segmenter(themes).cut_many(rows.texts))
    return rows.examples(tokens, None, np.array(usual))


def build(corpora: Path, options: Options) -> Trained:
    """Train the ready-made model."""
    return train_classifier(examples(corpora, options), load_themes(), options)


def main() -> None:
    """Build, save, and say what was held out."""
    parser = argparse.ArgumentParser(description="Build the ready-made model.")
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the newspaper texts")
    parser.add_argument("--out", default="models/cppcc", help="where the model goes")
    args = parser.parse_args()
    options, themes = Options(), load_themes()
    trained = build(args.corpora, options)
    right = trained.held_out.argmax(axis=1) == trained.labels
    facts = {
        "name": "cppcc",
        "method": "tfidf",
        "themes": themes.name,
        "options": options.to_dict(),
        "labelled": len(trained.labels),
        "sources": (
            "the packaged sample corpus (train articles); labelled paragraphs of the People's "
            "Daily 2023 Q3 and of government and congress reports (words and weights only)"
        ),
        "labels": "by language model sessions following the codebook; see docs/accuracy.md",
        "command": "python scripts/build_model.py --corpora FOLDER",
        "cross_validation_accuracy": round(float(right.mean()), 4),
    }
    lines = ["# The ready-made model", "", *(f"- {key}: {value}" for key, value in facts.items())]
    card = {**facts, "readme": "\n".join(lines) + "\n"}
    Tagger(themes, trained.model, field_segmenter(themes), "tfidf", card).save(args.out)
    print(f"held out by article: accuracy {right.mean():.4f} of {len(right)}; saved to {args.out}")


if __name__ == "__main__":
    main()
