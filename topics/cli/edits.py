"""``topics edits``: change topics by hand, in a file that ``topics discover --edits`` applies."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING

from topics.cli.showing import rows, say
from topics.errors import InputError, OptionsError

if TYPE_CHECKING:
    from topics.discovering import Edits


def run(args: argparse.Namespace) -> None:
    """Make one change (or none), save the file, show what it holds."""
    from topics.discovering.editing import Edits, load_edits

    edits = load_edits(args.file) if Path(args.file).exists() else None
    if edits is None and args.action in ("show", "undo"):
        raise InputError(f"{args.file}: there is no such file; make one with: merge, split, …")
    changed = _changed(edits or Edits(), args)
    if args.action != "show":
        changed.save(args.file)
        say(
            f"written: {args.file} ({len(changed.done)} edits); topics discover --edits {args.file}"
        )
    rows(
        ("no", "edit", "topics", "name", "parts"),
        (
            (
                number,
                edit.action,
                edit,
                edit.name,
                edit.parts if edit.action == "split" else "",
            )
            for number, edit in enumerate(changed.done, 1)
        ),
    )


def _changed(edits: Edits, args: argparse.Namespace) -> Edits:
    words = [_words(topic, args.found) for topic in args.topics]
    if args.action in ("show", "undo"):
        if words:
            raise OptionsError(f"{args.action} takes no topics, found {len(words)}")
        return edits.undo() if args.action == "undo" else edits
    if args.action == "merge":
        return edits.merge(*words, name=args.name)
    if len(words) != 1:
        raise OptionsError(
            f"{args.action} takes one topic, found {len(words)}; quote its words: '种植 农民'"
        )
    if args.action == "rename" and not args.name:
        raise OptionsError("rename needs --name NAME")
    if args.action == "rename":
        return edits.rename(words[0], args.name)
    return edits.drop(words[0]) if args.action == "drop" else edits.split(words[0], args.parts)


def _words(topic: str, found: str | None) -> list[str]:
    """Return a topic's words: as given, or of the topic with this id in the folder."""
    if found is None:
        if topic.isdigit():
            raise OptionsError(
                f"topic {topic} is a number; say which discovery numbered it with --found DIR, "
                f"or give some of the topic's words"
            )
        if not topic.split():
            raise OptionsError("a topic without a word; give some of its words, or its id")
        return topic.split()
    table = Path(found) / "topics.csv"
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            listed = {row["id"]: row["words"].split() for row in csv.DictReader(file)}
    except OSError as error:
        raise InputError(f"{table}: cannot be read ({error.strerror})") from error
    except (KeyError, AttributeError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is no table that topics discover --out wrote") from error
    if topic not in listed:
        raise OptionsError(f"{found} has no topic {topic!r}; it has {', '.join(listed)}")
    return listed[topic]
