"""``topics train``."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from topics.cli.showing import say, steps
from topics.cli.telling import say_reprints, say_skipped, say_spelled, share_lines
from topics.cli.words import with_words
from topics.errors import OptionsError
from topics.ingesting import read_articles
from topics.options import load_options
from topics.replacing import new_folders
from topics.themes import ThemeSet, load_themes

FEW: Final = 10
"""Paragraphs with a seed word of a theme from which on it can be learned: as few labels are the
least that a tag's threshold is chosen by."""

if TYPE_CHECKING:
    from topics.findings import Findings
    from topics.training import Trained


def run(args: argparse.Namespace) -> None:
    """Train, save the model and the report, say where they are."""
    options = load_options(args.options, method=args.method, seed=args.seed, topics=args.topics)
    name = args.name or ("sample" if not args.paths else "mine")
    if not re.fullmatch(r"[\w\-.]+", name) or name.startswith("."):
        raise OptionsError(f"name {name!r} is no name for a folder; use letters, digits, - and _")
    themes = with_words(load_themes(args.themes), args.words)
    with steps(8) as begin:
        begin("reading")
        corpus = read_articles(args.paths) if args.paths else None
        begin("loading")
        from topics.training import train

        trained = train(
            corpus, themes=themes, labels=args.labels, options=options, say=begin, name=name
        )
        begin("report")
        model = Path(args.models) / name
        report = Path(args.reports) / name
        _save(trained, model, report, args.lang)
    _say_found(trained.findings, themes, args.lang)
    print(f"model:  {model}")
    print(f"report: {report / 'index.html'}")


def _say_found(findings: Findings, themes: ThemeSet, lang: str) -> None:
    """Tell what was read, and what was found in it; ``themes`` are as the user wrote them."""
    say(f"read: {findings.corpus.summary}")
    say_spelled(themes)
    say_skipped(findings.corpus.skipped)
    say_reprints(findings.reprints, len(findings.corpus.paragraphs))
    if found := findings.card.get("labels_found"):
        say(f"labels: {found}")
    _say_seeds(findings)
    if note := findings.card.get("topics_note"):
        say(f"note: {note}")
    if findings.scores is not None:
        scores = findings.scores
        say(
            f"scores: macro-F1 {scores.macro_f1:.3f}, accuracy {scores.accuracy:.3f}, "
            f"{scores.n} labelled paragraphs ({scores.how})"
        )
    for share, line in zip(
        findings.shares, share_lines(findings.shares, themes, lang), strict=True
    ):
        best = " ".join(word for word, _ in findings.theme_words[share.theme][:8])
        say(f"{line}  {best}")


def _say_seeds(findings: Findings) -> None:
    """Tell which themes their seed words cannot teach, since they stand in too few paragraphs."""
    alone = not findings.card["labelled"] and not findings.themes.packaged
    for theme in findings.themes:
        found = sum(seed.documents for seed in findings.seeds if seed.theme == theme.code)
        name = f"{theme.zh} ({theme.code})"
        if not found:
            say(f"note: no seed word of {name} stands in these articles")
        elif alone and found < FEW:
            say(
                f"note: the seed words of {name} stand in {found} paragraph(s) at most, too few to "
                "learn it from: its tags are guesses; add seed words, or label some (topics label)"
            )


def _save(trained: Trained, model: Path, report: Path, lang: str) -> None:
    """Write both beside, then let both take their places: a kill leaves the old ones or the new."""
    from topics.reporting import Report

    try:
        with new_folders(report, model) as (new_report, new_model):
            trained.tagger.save(new_model, instead_of=model)
            Report(trained.findings, lang).save(new_report, instead_of=report)
    except OSError as error:
        raise OptionsError(
            f"{model} and {report}: cannot be written ({error.strerror}); "
            "free some space, or choose other places with --models and --reports"
        ) from error
