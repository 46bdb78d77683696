"""How right the themes are, on text that nothing was learned from.

python scripts/benchmark_themes.py gold --corpora FOLDER [--articles FOLDER] [--model FOLDER]
python scripts/benchmark_themes.py weights --corpora FOLDER
python scripts/benchmark_themes.py writers --corpora FOLDER
python scripts/benchmark_themes.py seeds --corpora FOLDER [--articles FOLDER]
python scripts/benchmark_themes.py seed_choices --corpora FOLDER

gold: newspaper paragraphs of the articles kept for evaluation (two coders), the CPPCC articles
(two coders), and the test articles of the packaged sample, each tagged within its own article.
weights: cross-validation by article, within the training labels, of how much the sample and its
sentences count beside newspaper paragraphs; no gold label is read.
writers: the later writers of the sample are left out one by one, their articles tagged by what the
others and the newspapers teach; no gold label is read.
seeds: topic models, and the classifier, that learn the themes from seed words and texts alone,
scored on articles that they have not seen; labels are read for the scores only.
seed_choices: the settings of the seeded LDA, scored on train labels; no gold label and no test
article is read.
"""

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from build_model import examples, marked, news_articles, read_labels
from recording import DOCS, noted, table
from seed_models import (
    DRAWS,
    METHODS,
    SEEDS,
    Sheet,
    as_article,
    compare,
    drawn,
    figures,
    head,
    learned,
    news_half,
    sample_half,
)

from topics.classifying import train_classifier
from topics.corpus import Article
from topics.evaluating import score, score_tags
from topics.findings import Scores, Tag
from topics.ingesting import read_articles
from topics.options import Options
from topics.tagging import Tagger, load
from topics.themes import load_themes
from topics.training import sample_prepared, train

WEIGHTS: Final = ((1.0, 0.0), (3.0, 0.0), (3.0, 0.3))
"""Of the sample and of its sentences."""
WRITERS: Final = (160, 174, 188, 202, 216, 232, 252, 266, 280, 294, 308, 322, 340, 354)
"""The last article of each writer, by its number in the sample; of the first 160, several."""
OF_CPPCC: Final = 0.25
"""Share of an article's paragraphs that name it, from which on the article is about the CPPCC."""


def news_sheets(tagger: Tagger, corpora: Path) -> Iterator[Sheet]:
    """Tag the articles that gold paragraphs stand in; one sheet a set of paragraphs."""
    gold = marked("news_gold.csv")
    sets = {key: row["set"] for key, row in read_labels("news_gold.csv").items()}
    found: dict[str, Sheet] = {}
    for news in news_articles(corpora):
        if news.key not in gold:
            continue
        tags = tagger.tag([as_article(news)])
        for place, mark in gold[news.key].items():
            for name in ("newspapers, all", f"newspapers, {sets[f'{news.key}#{place}']}"):
                sheet = found.setdefault(name, Sheet(name, [], [], []))
                sheet.gold.append(mark.theme)
                sheet.tags.append(tags[place])
                sheet.all_themes.append(mark.tags)
    yield from found.values()


def cppcc_sheet(tagger: Tagger, articles: Path) -> Sheet:
    """Tag the CPPCC articles that have gold labels."""
    gold, sheet = marked("cppcc_gold.csv", "@"), Sheet("CPPCC articles", [], [], [])
    for name, marks in gold.items():
        for tag in tagger.tag(read_articles([articles / name])):
            if mark := marks.get(tag.part.line):
                sheet.gold.append(mark.theme)
                sheet.tags.append(tag)
                sheet.all_themes.append(mark.tags)
    return sheet


def sample_sheet(tagger: Tagger) -> Sheet:
    """Tag the packaged sample; keep its test articles."""
    prepared = sample_prepared(load_themes(), Options())
    tags = tagger.tag(prepared.corpus)
    kept = [n for n, test in enumerate(prepared.tests) if test and prepared.labels[n] >= 0]
    return Sheet(
        "sample, test articles",
        [prepared.labels[n] for n in kept],
        [tags[n] for n in kept],
        [prepared.tags[n] or frozenset() for n in kept],
    )


def articles_of(tags: Sequence[Tag]) -> list[tuple[str, int]]:
    """Return the article of each tag, by which intervals are drawn."""
    return [(tag.part.file, tag.part.article) for tag in tags]


def show(sheet: Sheet) -> None:
    """Print the scores of one sheet."""
    classes = load_themes().classes
    rows = np.array([[tag.probabilities[code] for code in classes] for tag in sheet.tags])
    scores = score(sheet.gold, rows, classes, articles=articles_of(sheet.tags))
    print(f"\n{sheet.name}: {line(scores)}")
    for code, by in scores.by_theme.items():
        print(
            f"  {code:20} P {by.precision:.3f}  R {by.recall:.3f}  F1 {by.f1:.3f}  n {by.support}"
        )
    several = score_tags(sheet.tags, sheet.all_themes, classes)
    print(f"  tags: micro-F1 {several.micro:.3f}, macro-F1 {several.macro:.3f}")


def show_weights(corpora: Path) -> None:
    """Print what was held out, for several weights of the sample and of its sentences."""
    themes, options = load_themes(), Options()
    for sample, sentence in WEIGHTS:
        given = examples(corpora, options, sample, sentence)
        trained = train_classifier(given, themes, options)
        ours = np.array([given.groups[row].startswith("sample ") for row in trained.labelled])
        usual = np.ones(len(given)) if given.calibrates is None else given.calibrates
        usual = np.asarray(usual[trained.labelled], bool)
        for name, kept in (("sample", ours & usual), ("newspapers", ~ours & usual)):
            gold, groups = trained.labels[kept].tolist(), np.array(given.groups)[trained.labelled]
            rows, articles = trained.held_out[kept], groups[kept].tolist()
            scores = score(gold, rows, themes.classes, articles=articles)
            print(f"- sample {sample}, sentences {sentence}: {name}: {line(scores)}", flush=True)


def show_writers(corpora: Path) -> None:
    """Print how right articles of writers are whom nothing was learned from."""
    themes, options = load_themes(), Options()
    prepared = sample_prepared(themes, options)
    gold: list[int] = []
    rows, articles, by_writer = [], [], []
    for first, last in itertools.pairwise(WRITERS):
        theirs = {
            n for n in prepared.articles if first < _number(prepared.corpus.articles[n]) <= last
        }
        given = examples(corpora, options, without=theirs.__contains__)
        model = train_classifier(given, themes, options).model
        tags = Tagger(themes, model, prepared.segmenter).tag(prepared.corpus)
        own = [n for n, article in enumerate(prepared.articles) if article in theirs]
        own = [n for n in own if prepared.labels[n] >= 0]
        gold += [prepared.labels[n] for n in own]
        articles += [prepared.articles[n] for n in own]
        rows += [[tags[n].probabilities[code] for code in themes.classes] for n in own]
        right = [themes.classes[prepared.labels[n]] == tags[n].theme for n in own]
        by_writer.append(sum(right) / len(right))
    named: dict[int, list[bool]] = {}
    for article, part in zip(prepared.articles, prepared.parts, strict=True):
        named.setdefault(article, []).append("政协" in part.text)
    about = np.array([np.mean(named[article]) >= OF_CPPCC for article in articles])
    every = np.ones(len(gold), np.bool_)
    for name, some in (("all", every), ("articles about the CPPCC", about), ("others", ~about)):
        chosen = np.flatnonzero(some)
        of = [articles[n] for n in chosen]
        scores = score(
            [gold[n] for n in chosen], np.array(rows)[chosen], themes.classes, articles=of
        )
        print(f"- {name}: {line(scores)}")
    print(f"- accuracy of each: {' '.join(f'{value:.3f}' for value in by_writer)}")


def show_seeds(corpora: Path, cppcc: Path | None) -> None:
    """Print how right models are that have seen other texts and the seed words, no label."""
    prepared = sample_prepared(load_themes(), Options())
    tests = {a for a, test in zip(prepared.articles, prepared.tests, strict=True) if test}
    sample = [one for n, one in enumerate(prepared.corpus.articles) if n not in tests]
    known = marked("news_train.csv")
    papers = [as_article(news) for news in news_articles(corpora) if news.key in known]
    rows: list[tuple[object, ...]] = []
    for method in METHODS:
        from_sample = [learned(sample, method, seed) for seed in SEEDS]
        from_papers = [learned(papers, method, seed) for seed in SEEDS]
        ways = [("sample", [sample_sheet(one) for one in from_sample])]
        if cppcc:
            ways.append(("sample", [cppcc_sheet(one, cppcc) for one in from_sample]))
        ways.append(("sample", [next(news_sheets(one, corpora)) for one in from_sample]))
        ways.append(("newspapers", [next(news_sheets(one, corpora)) for one in from_papers]))
        rows += [
            (method, f"{texts}, train", sheets[0].name, len(sheets[0].gold), *figures(sheets))
            for texts, sheets in ways
        ]
    print("\n".join(table(head("method"), rows)), flush=True)
    sheets = [
        sample_sheet(learned(drawn(sample, draw), "lda", SEEDS[0], reprints=True)) for draw in DRAWS
    ]
    print(f"\nlda, learned from {len(DRAWS)} bootstrap samples of the sample's train articles: ")
    print(f"macro-F1 on its test articles {figures(sheets)[0]}")


def _number(article: Article) -> int:
    """Return the number of an article of the sample."""
    return int(Path(article.file).name[:3])


def line(scores: Scores) -> str:
    """Return the main figures of ``scores`` in one line."""
    return (
        f"n {scores.n}, macro-F1 {scores.macro_f1:.3f} "
        f"[{scores.macro_f1_low:.3f}, {scores.macro_f1_high:.3f}], "
        f"accuracy {scores.accuracy:.3f}, at 80 % coverage {scores.accuracy_at(0.8):.3f}, "
        f"ECE {scores.calibration_error:.3f}"
    )


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("gold", "weights", "writers", "seeds", "seed_choices"))
    parser.add_argument("--corpora", type=Path, help="folder of the newspaper texts")
    parser.add_argument("--articles", type=Path, help="folder of the CPPCC articles")
    parser.add_argument("--model", help="folder of a model (default: the ready-made one)")
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/accuracy.md"
    )
    args = parser.parse_args()
    if args.what != "gold" and not args.corpora:
        parser.error(f"{args.what} needs --corpora, the folder of the newspaper texts")
    with noted(DOCS / "accuracy.md", args.what, to_write=args.write):
        if args.what == "gold":
            show_gold(args)
        elif args.what == "seeds":
            show_seeds(args.corpora, args.articles)
        elif args.what == "seed_choices":
            halves = {"sample": sample_half(WRITERS), "newspapers": news_half(args.corpora)}
            print("\n".join(compare(halves)))
        else:
            (show_weights if args.what == "weights" else show_writers)(args.corpora)


def show_gold(args: argparse.Namespace) -> None:
    """Print how right a model is on labels that nothing was learned from."""
    tagger = load(args.model) if args.model else load()
    sheets = [sample_sheet(tagger)]
    if args.articles:
        sheets.append(cppcc_sheet(tagger, args.articles))
        own = train(read_articles(args.articles)).tagger  # unlabelled, as `topics train` does it
        name = "CPPCC articles, by the model that topics train makes of them"
        sheets.append(replace(cppcc_sheet(own, args.articles), name=name))
    if args.corpora:
        sheets += news_sheets(tagger, args.corpora)
    print("```")
    for sheet in sheets:
        show(sheet)
    print("```")


if __name__ == "__main__":
    main()
