"""Stop commands by kill -9 and by Ctrl-C at random moments, and count the processes that live on.

    python scripts/stop_runs.py --stops 200 --write

Every command runs as a user's does, in a session of its own, and is stopped at a moment drawn
evenly over the time that an unbroken run takes: by SIGKILL to it alone, or as a terminal does by
Ctrl-C, by SIGINT to it and all processes that it started. Counted are the processes of the session
that live on after some seconds; after Ctrl-C also whether a command ended as it should, with 130 or
by the signal itself (a shell shows 130 for both), and without a traceback.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

import kill_runs
import recording

BESIDE_A_THREAD: Final = """
import sys, threading, time
from topics.cli import run
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
sys.exit(run(sys.argv[1:]))
"""
"""There joblib makes the processes, and not copies of the command's own."""
READING: Final = "import sys, topics; topics.read_articles(sys.argv[1], jobs=2)"
ROWS: Final = 4000


def commands(folder: Path) -> dict[str, list[str]]:
    """Write what the commands take, return them."""
    articles, few, many = folder / "articles", folder / "few.jsonl", folder / "many.jsonl"
    articles.mkdir()
    for number in range(40):
        text = "委员们围绕加装电梯协商，提出建议。\n" * 2000
        (articles / f"{number}.txt").write_text(text, encoding="utf-8")
    kill_runs.write_rows(few, 24)
    kill_runs.write_rows(many, ROWS)
    options = folder / "options.toml"
    options.write_text("sample = false\nfolds = 2\ntopics = 4\n", encoding="utf-8")
    own = [sys.executable, "-m", "topics"]
    tag = ["tag", str(many), "--jobs", "2", "--format", "jsonl", "--out", str(folder / "out")]
    train = ["train", str(few), "--options", str(options), "--name", "m", "--method", "kmeans"]
    train += ["--models", str(folder / "models"), "--reports", str(folder / "reports")]
    return {
        "train": own + train,
        "tag --jobs 2": own + tag,
        "tag --jobs 2 by joblib": [sys.executable, "-c", BESIDE_A_THREAD, *tag],
        "discover": [*own, "discover", str(few), "--topics", "4", "--out", str(folder / "found")],
        "read_articles(jobs=2)": [sys.executable, "-c", READING, str(articles)],
    }


def started(command: list[str], err: Path) -> subprocess.Popen[bytes]:
    with err.open("wb") as file:
        return subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # & had it ignored
        )


def stop(command: list[str], how: signal.Signals, seconds: float, err: Path) -> Counter[str]:
    """Stop a command after some seconds; return what was seen."""
    process = started(command, err)
    time.sleep(seconds)
    if how == signal.SIGKILL:
        process.kill()
    else:
        os.killpg(process.pid, how)
    code = process.wait()
    kill_runs.sessions.add(process.pid)
    seen = Counter({"stopped": int(code != 0), "had ended before": int(code == 0)})
    if how == signal.SIGINT and code and command[2] != READING:
        said = err.read_text(encoding="utf-8", errors="replace")
        if code not in {130, -signal.SIGINT} or "Traceback" in said:
            seen["not as it should"] += 1
            print(f"  after {seconds:.2f} s: {code} {said[-600:]!r}", flush=True)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    args = parser.parse_args()
    dice, living = random.Random(args.seed), 0
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        given, err = commands(Path(folder)), Path(folder, "err")
        each = args.stops // (2 * len(given))
        for name, command in given.items():
            began = time.monotonic()
            if started(command, err).wait():
                sys.exit(f"{name}: an unbroken run failed: {err.read_text(encoding='utf-8')}")
            seconds = time.monotonic() - began
            for how in (signal.SIGKILL, signal.SIGINT):
                seen: Counter[str] = Counter()
                for _ in range(each):
                    seen += stop(command, how, dice.uniform(0, seconds), err)
                if not seen["stopped"]:
                    sys.exit(f"{name}: {how.name} stopped nothing")
                outlived = kill_runs.outlived()
                living += outlived
                told = how == signal.SIGINT and command[2] != READING
                ended = seen["not as it should"] if told else "–"
                row = (f"`{name}`", how.name, seen["stopped"], outlived, ended)
                print(*row, dict(seen), flush=True)
                rows.append(row)
    head = ("what", "by", "stopped at work", "processes that lived on", "ended otherwise")
    if args.write:
        about = f"Seed {args.seed}, {recording.circumstances()}:"
        recording.write("stops", [about, "", *recording.table(head, rows)])
    sys.exit(f"{living} processes live on" if living else 0)


if __name__ == "__main__":
    main()
