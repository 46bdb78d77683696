"""``topics info``."""

from __future__ import annotations

import argparse
import json

from topics.cli.showing import rows
from topics.storing import digest_of
from topics.tagging import load, ready_made


def run(args: argparse.Namespace) -> None:
    """Show what a model is: method, themes, sources, scores, versions."""
    folder = args.folder or str(ready_made())
    tagger = load(folder)
    card = {key: value for key, value in tagger.card.items() if key != "readme"}
    facts = {"folder": folder, "kind": tagger.kind, "sha256": digest_of(folder), **card}
    facts["segmenter_here"] = tagger.segmenter.engine
    if args.format == "json":
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    lines = list(facts.items())
    lines += [(theme.code, f"{theme.zh} {theme.en}") for theme in tagger.themes]
    rows(("what", "value"), lines)
