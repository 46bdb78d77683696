"""``topics export``."""

from __future__ import annotations

import argparse

from topics.cli.showing import say


def run(args: argparse.Namespace) -> None:
    """Write a model as a scikit-learn pipeline."""
    from topics.exporting import save_pipeline
    from topics.tagging import load

    save_pipeline(load(args.folder), args.sklearn)
    say(
        "a joblib file can run code when it is loaded: it is for your own use; never load one that "
        "you were sent. It needs this version of topics and of scikit-learn."
    )
    print(f"pipeline: {args.sklearn}")
