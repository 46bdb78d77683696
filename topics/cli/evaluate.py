"""``topics evaluate``."""

from __future__ import annotations

import argparse
import dataclasses
import json

import numpy as np

from topics.cli.showing import rows
from topics.cli.telling import say_read
from topics.errors import LabelError
from topics.ingesting import read_articles
from topics.labels import read_labels
from topics.tagging import load


def run(args: argparse.Namespace) -> None:
    """Score a model against labels: precision, recall, F1, confusion, calibration, coverage."""
    from topics.evaluating import score
    from topics.training import SAMPLE, sample_corpus

    tagger = load(args.model)
    gold = args.gold or str(SAMPLE / "labels.csv")
    corpus = read_articles(args.paths or [gold]) if args.gold else sample_corpus()
    matched = read_labels(gold, tagger.themes).match(corpus.paragraphs)
    tests = [n for n, split in enumerate(matched.splits) if split == "test"]
    chosen = tests or range(len(matched.classes))
    labelled = [n for n in chosen if matched.classes[n] >= 0]
    if not labelled:
        raise LabelError(f"{gold}: no label fits a paragraph; give the articles it belongs to")
    tags = tagger.tag(corpus)
    classes = tagger.themes.classes
    shares = np.array([[tags[n].probabilities[code] for code in classes] for n in labelled])
    how = f"{gold}, its rows of split test" if tests else gold
    wanted, origins = [matched.classes[n] for n in labelled], corpus.origins
    found = score(wanted, shares, classes, articles=[origins[n] for n in labelled], how=how)
    if args.format == "json":
        plain = dataclasses.asdict(found)
        print(json.dumps({**plain, "macro_f1": found.macro_f1, "n": found.n}, ensure_ascii=False))
        return
    say_read(corpus, f"; {len(labelled)} labelled; {matched.missed} label(s) fit nothing")
    rows(
        ("theme", "precision", "recall", "F1", "95 %", "n"),
        (
            (
                tagger.themes.label(code),
                f"{s.precision:.3f}",
                f"{s.recall:.3f}",
                f"{s.f1:.3f}",
                f"{s.f1_low:.2f}–{s.f1_high:.2f}",
                s.support,
            )
            for code, s in found.by_theme.items()
        ),
    )
    print("\nconfusion (rows: gold, columns: tagged)")
    rows(
        ("", *classes),
        ((code, *row) for code, row in zip(classes, found.confusion, strict=True)),
    )
    print(
        f"\nmacro-F1 {found.macro_f1:.3f} ({found.macro_f1_low:.3f}–{found.macro_f1_high:.3f}), "
        f"accuracy {found.accuracy:.3f}, calibration error {found.calibration_error:.3f}, "
        f"right at 80 % coverage {found.accuracy_at(0.8):.3f}, n {found.n}"
    )
