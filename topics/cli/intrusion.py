"""``topics intrusion``: could people tell which word does not belong?"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from topics.cli.showing import rows, say
from topics.errors import InputError
from topics.labels.tables import read_rows


def run(args: argparse.Namespace) -> None:
    """Score filled-in sheets by the key that ``topics discover --out`` wrote beside them."""
    from topics.evaluating.intrusion import SHOWN, chance_of, read_key, score_sheet

    folder = Path(args.found)
    asked = read_key(_read(folder / "intrusion_key.json"))
    sheets = [Path(sheet) for sheet in args.sheets] or [folder / "intrusion.csv"]
    answers = [answer for sheet in sheets for answer in score_sheet(asked, read_rows(sheet))]
    if not answers:
        raise InputError(
            f"no answer in {', '.join(map(str, sheets))}; write the word that does not belong "
            f"into the column answer"
        )
    by_topic = {
        topic: [right for number, right in answers if number == topic]
        for topic in sorted({number for number, _ in answers})
    }
    share = sum(right for _, right in answers) / len(answers)
    chance = chance_of(asked)
    if args.format == "json":
        each = {topic: sum(right) / len(right) for topic, right in by_topic.items()}
        print(json.dumps({"right": share, "answers": len(answers), "chance": chance,
                          "by_topic": each}))  # fmt: skip
        return
    rows(
        ("topic", "right", "answers", "words shown", "intruder"),
        (
            (q.topic, sum(by_topic[q.topic]), len(by_topic[q.topic]), " ".join(q.words), q.intruder)
            for q in asked
            if q.topic in by_topic
        ),
    )
    say(f"{share:.0%} of {len(answers)} answers right; guessing gives {chance:.0%} "
        f"({SHOWN} words of the topic and one other)")  # fmt: skip


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}); topics discover --out writes it anew"
        ) from error
