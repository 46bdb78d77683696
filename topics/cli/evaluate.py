"""``topics evaluate``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from topics.cli.showing import rows, say
from topics.cli.telling import say_read, share_lines
from topics.cli.writing import out_folder, write_files
from topics.errors import OptionsError
from topics.ingesting import read_articles
from topics.labels import read_labels
from topics.tagging import load

if TYPE_CHECKING:
    from topics.checking import Checked
    from topics.themes import ThemeSet


def run(args: argparse.Namespace) -> None:
    """Score a model against labels: precision, recall, F1, confusion, calibration, coverage."""
    if args.paths and not args.gold:
        raise OptionsError(
            f"{' '.join(args.paths)}: no labels are given to evaluate against; add --gold FILE "
            "(CSV; topics label makes one); without PATH and --gold the sample's test is used"
        )
    from topics.checking import check
    from topics.training import SAMPLE, sample_corpus

    folder = out_folder(args.out)
    tagger = load(args.model)
    gold = args.gold or str(SAMPLE / "labels.csv")
    corpus = read_articles(args.paths or [gold]) if args.gold else sample_corpus()
    found = check(tagger, corpus, read_labels(gold, tagger.themes))
    say_read(corpus)
    say(f"labels: {found.matched.summary}")
    if found.warning:
        say(f"warning: {found.warning}")
    if args.format == "json":
        print(json.dumps(_plain(found), ensure_ascii=False))
    else:
        _show(found, tagger.themes, args.lang)
    if folder:
        from topics.reporting import files_of_scores

        write_files(folder, files_of_scores(found.findings, args.lang))
        say(f"plots and tables: {folder}")


def _plain(found: Checked) -> dict[str, object]:
    scores = found.scores
    return {
        **dataclasses.asdict(scores),
        "macro_f1": scores.macro_f1,
        "n": scores.n,
        "labelled": found.labelled,
        "taught": found.taught,
        "fair": found.fair,
        "tags": dataclasses.asdict(found.tags) if found.tags.n else None,
        "shares": [dataclasses.asdict(share) for share in found.findings.shares],
    }


def _show(found: Checked, themes: ThemeSet, lang: str) -> None:
    scores, tags = found.scores, found.tags
    rows(
        ("theme", "precision", "recall", "F1", "95 %", "n"),
        (
            (
                themes.label(code, lang),
                f"{s.precision:.3f}",
                f"{s.recall:.3f}",
                f"{s.f1:.3f}",
                f"{s.f1_low:.2f}–{s.f1_high:.2f}",
                s.support,
            )
            for code, s in scores.by_theme.items()
        ),
    )
    print("\nconfusion (rows: gold, columns: tagged)")
    rows(
        ("", *scores.classes),
        ((code, *row) for code, row in zip(scores.classes, scores.confusion, strict=True)),
    )
    print(
        f"\nmacro-F1 {scores.macro_f1:.3f} ({scores.macro_f1_low:.3f}–{scores.macro_f1_high:.3f}), "
        f"accuracy {scores.accuracy:.3f}, calibration error {scores.calibration_error:.3f}, "
        f"right at 80 % coverage {scores.accuracy_at(0.8):.3f}, n {scores.n}"
    )
    if tags.n:
        print(
            f"tags (all themes of a paragraph): micro-F1 {tags.micro:.3f}, macro-F1 "
            f"{tags.macro:.3f}, all right {tags.exact:.3f}, n {tags.n}"
        )
    corrected = "" if found.fair else ", not corrected: no label is a fair test"
    print(f"\nshares of the {len(found.findings.tags)} paragraphs{corrected}")
    print("\n".join(share_lines(found.findings.shares, themes, lang)))
