"""``topics label``."""

from __future__ import annotations

import argparse

from topics.cli.showing import say
from topics.cli.telling import say_read
from topics.ingesting import read_articles
from topics.labelling import label_session
from topics.tagging import load


def run(args: argparse.Namespace) -> None:
    """Ask for labels in the terminal; every answer is kept at once."""
    corpus = read_articles(args.paths)
    say_read(corpus)
    label_session(load(args.model), corpus, args.labels)
    paths = " ".join(args.paths)
    say(f"train with them: topics train {paths} --labels {args.labels}")
