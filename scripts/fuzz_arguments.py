"""Runs the command line with arguments that nobody would type.

    python scripts/fuzz_arguments.py --count 20000 --seed 1

Promised: exit code 0, 2 with a message, or 130; never a traceback. Commands run in a folder of
their own with a few files good and bad; what would train for long, serve or open a browser is
replaced, and so is whatever starts processes.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import random
import shutil
import sys
import webbrowser
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest import mock

from fuzzing import Target, mutate, promise, run, scratch

from topics.cli import _parser
from topics.cli import run as topics_command

WORDS: Final = (
    "train", "tag", "read", "discover", "edits", "intrusion", "evaluate", "label", "report",
    "serve", "themes", "words",
    "export", "info", "tag", "read", "themes", "words", "info", "evaluate", "--model",
    "--models", "--reports", "--format",
    "--out", "--jobs", "--resume", "--words", "--themes", "--labels", "--gold", "--options",
    "--seed", "--topics", "--name",
    "--method", "--lang", "--by", "--edits", "--unit", "--port", "--host", "--allow", "--max-mb",
    "--seconds", "--rate",
    "--on", "--sklearn", "--tokenized", "--phrases", "--found", "--parts", "--help", "--version",
    "-", "--", "",
    "jsonl", "csv", "table", "html", "xlsx", "parquet", "json", "zh", "en", "lda", "nmf",
    "kmeans", "tfidf", "auto",
    "a.txt", "a.txt", "a.txt", "rows.csv", "bad.docx", "themes.toml", "words.txt", "labels.csv",
    "folder", "empty",
    "missing", "out.csv", "no/such/out", "/dev/null", "/dev/full", "model", "themes.toml", ".",
    "0", "1", "2", "-1", "3", "99999999999999999999", "1e9", "nan", "inf", "-inf", "0.5", "٣",
    "２", "x" * 300, "\ud800",
    "a\nb", "merge", "split", "drop", "rename", "undo", "show", "date", "../../x", "a/b", "CON",
    "\x1b[31m", "=1+1",
)  # fmt: skip
COMMANDS: Final = WORDS[:20]
TEXT: Final = "加装电梯\n\n委员们说，加装电梯是一件好事，要把事情商量好。\n"
HEAVY: Final = ("train", "discover", "evaluate", "export", "themes", "label")


def make(rng: random.Random) -> bytes:
    """Return arguments, a NUL between them."""
    own = [rng.choice(COMMANDS)] if rng.random() < 0.97 else []
    words = own + rng.choices(WORDS, k=rng.choice((0, 1, 2, 2, 3, 4, 6, 8)))
    data = "\0".join(words).encode("utf-8", "surrogatepass")
    return mutate(rng, [data]) if rng.random() < 0.2 else data


def check(data: bytes) -> str:
    """Run one command."""
    argv = [os.fsdecode(word) for word in data.split(b"\0")]
    before, out, err = Path.cwd(), io.BytesIO(), io.StringIO()
    _fill(_folder())
    os.chdir(_folder())
    stdin, stdout = (
        io.TextIOWrapper(io.BytesIO(TEXT.encode()), "utf-8"),
        io.TextIOWrapper(out, "utf-8"),
    )
    try:
        with contextlib.ExitStack() as stack:
            for name, value in (("stdin", stdin), ("stdout", stdout), ("stderr", err)):
                stack.enter_context(mock.patch.object(sys, name, value))
            for module, name, instead in _instead():
                stack.enter_context(mock.patch.object(module, name, instead))
            code = _code(argv)
            stdout.flush()
    finally:
        os.chdir(before)
        gc.unfreeze()
    promise(kept=code in {0, 2}, what=f"exit code {code}")
    promise(kept=code == 0 or bool(err.getvalue().strip()), what="a message where it fails")
    promise(kept="Traceback" not in err.getvalue(), what="no traceback")
    return "done" if code == 0 else "refused"


def _code(argv: list[str]) -> int:
    try:
        parsed = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if parsed.command in HEAVY and not getattr(parsed, "paths", True) and len(argv) % 20:
        return 0  # on the whole sample: seconds each, so only some of them
    return topics_command(argv)


@cache
def _instead() -> list[tuple[object, str, Callable[..., Any]]]:
    """Return what is replaced: where, what, by what."""
    import topics.cli.tag
    import topics.web.serving

    return [
        (topics.web.serving, "serve", lambda *_, **__: None),
        (webbrowser, "open", lambda *_, **__: True),
        (topics.cli.tag, "tag_files", lambda *_, **__: iter(())),
        (os, "dup2", lambda *_: None),
    ]


def _fill(folder: Path) -> None:
    """Make the folder what it was."""
    kept = {
        "a.txt",
        "rows.csv",
        "bad.docx",
        "themes.toml",
        "words.txt",
        "labels.csv",
        "folder",
        "empty",
    }
    for path in folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    theme = '[[theme]]\ncode = "a"\nzh = "甲"\nseeds = ["电梯", "商量"]\n'
    label = "text,theme\n委员们说，加装电梯是一件好事，要把事情商量好。,livelihood\n"
    texts = {
        "a.txt": TEXT,
        "rows.csv": "id,text\n1,停车难。\n",
        "bad.docx": "PK\x03\x04x",
        "themes.toml": theme,
        "words.txt": "有事好商量 5\n",
        "labels.csv": label,
        "folder/b.md": f"# 题\n\n{TEXT}",
    }
    for name in ("folder", "empty"):
        (folder / name).mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


_folder: Callable[[], Path] = cache(scratch)
TARGET: Final = Target("arguments", make, check, seconds=120)

if __name__ == "__main__":
    run(TARGET, __doc__)
