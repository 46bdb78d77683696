"""Kill saving, training and tagging at random moments, and look at what is left.

    python scripts/kill_runs.py --save 500 --train 100 --tag 400

Every run is a process of its own that is ended by SIGKILL, at a moment drawn evenly over the time
that an unbroken run takes. After each kill: is there a model that loads, and is it to the byte the
old one or the new one; is there a report, whole, old or new; is the output absent or whole? Tagging
is begun again with --resume until it ends: is its file to the byte that of an unbroken run?
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import recording

from topics import reporting, storing
from topics.cli import resuming, run
from topics.tagging import load, ready_made
from topics.training import sample_corpus

ROWS = 6000
"""Rows that are tagged."""
RETIMED: Final = 10
"""After so many trainings it is measured anew how long an unbroken one takes."""
LONGER: Final = 1.1
"""Kills fall into so many times that long: what runs beside makes some runs longer."""
SAID: Final = Path(tempfile.gettempdir(), f"kill-runs-{os.getpid()}")
"""Where a run writes its words."""
Tree = Mapping[str, bytes]
sessions: set[int] = set()
"""Of the runs that were killed: each has one of its own, with all processes that it starts."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill runs at random moments.")
    for what in WORKS:
        parser.add_argument(f"--{what}", type=int, default=0, metavar="N", help="kills")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="write what came of it into docs/")
    args = parser.parse_args()
    failed = 0
    for what, work in WORKS.items():
        kills = getattr(args, what)
        if not kills:
            continue
        with tempfile.TemporaryDirectory() as folder:
            counts = work(kills, random.Random(args.seed), Path(folder))
            counts["processes that outlived a kill"] = outlived()
        failed += counts["processes that outlived a kill"] + counts["WRONG"]
        print(f"{what}:")
        for name, count in counts.items():
            print(f"  {count:6}  {name}", flush=True)
        if args.write:
            shown = ", ".join(f"{count} {name}" for name, count in counts.items())
            where = f"seed {args.seed}, {recording.circumstances()}"
            recording.write(f"kills in {what}", [f"- `{what}` ({where}): {shown}."])
    SAID.unlink(missing_ok=True)
    sys.exit(f"{failed} wrong" if failed else 0)


def start(work: Callable[[], object]) -> int:
    """Run ``work`` in a process of its own, its words kept apart; return its number."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        code = int(bool(work()))
    finally:
        os._exit(code)


def end(process: int) -> bool:
    """Wait for a process; whether it ended well."""
    return os.waitpid(process, 0)[1] == 0


def timed(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes, in seconds."""
    began = time.monotonic()
    if not end(start(work)):
        sys.exit("an unbroken run failed; nothing can be compared")
    return time.monotonic() - began


def kill(work: Callable[[], object], seconds: float) -> bool:
    """Kill ``work`` after some seconds; whether it was still at work."""
    process = start(work)
    sessions.add(process)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    status = os.waitpid(process, 0)[1]
    if status and not os.WIFSIGNALED(status):
        sys.exit(f"a run failed by itself: {SAID.read_text(encoding='utf-8')}")
    return status != 0


def outlived() -> int:
    """Return how many processes of killed runs live on, some seconds later."""
    until = time.monotonic() + 30
    while (living := _living()) and time.monotonic() < until:
        time.sleep(0.2)
    return living


def _living() -> int:
    count = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        count += state[0] != "Z" and int(state[3]) in sessions
    return count


def tree(folder: Path) -> Tree:
    """Return every file below ``folder``."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def which(found: Tree, known: Mapping[str, Tree]) -> str:
    """Return the name of the known state that was found."""
    return next((name for name, one in known.items() if one == found), "WRONG")


def kill_saves(kills: int, dice: random.Random, folder: Path) -> Counter[str]:
    """The ready-made model and a part of it take one another's place, until the kill."""
    stored = storing.load_folder(ready_made())
    target = folder / "model"
    arrays = {name: array[: len(array) // 2] for name, array in stored.arrays.items()}
    versions = {"one": dict(stored.arrays), "other": arrays}

    def save(name: str) -> None:
        storing.save_folder(target, {"kind": name}, versions[name], stored.texts)

    known = {}
    for name in versions:
        save(name)
        known[name] = tree(target)
    seconds, stands = timed(partial(save, "one")), "one"
    counts: Counter[str] = Counter({"WRONG": 0})
    while counts["kills"] < kills:
        name = "other" if stands == "one" else "one"
        cut = kill(partial(save, name), dice.uniform(0, LONGER * seconds))
        storing.load_folder(target)
        state = which(tree(target), known)
        counts["WRONG"] += state == "WRONG"
        note(counts, cut=cut, new=state != stands)
        stands = state
    save("one")
    counts["left beside after the next save"] = len(list(folder.iterdir())) - 1
    return counts


def note(counts: Counter[str], *, cut: bool, new: bool) -> None:
    """Count a run that was killed at work, and what it left; or one that had ended before."""
    if cut:
        counts["kills"] += 1
        counts["the new one stands" if new else "the old one stands"] += 1
    else:
        counts["runs that ended before the kill, not counted"] += 1
        counts["WRONG"] += not new


def training_in(folder: Path) -> tuple[list[Path], Callable[[int], int]]:
    """Return where models and reports go, and what trains on a few rows with a seed."""
    articles = folder / "articles.jsonl"
    write_rows(articles, 24)
    options = folder / "options.toml"
    options.write_text("sample = false\nfolds = 2\ntopics = 4\n", encoding="utf-8")
    places = [folder / "models", folder / "reports"]

    def train(seed: int) -> int:
        time.perf_counter = lambda: 0.0  # a report says how long training took
        command = ["train", str(articles), "--options", str(options), "--name", "m"]
        command += ["--method", "kmeans", "--seed", str(seed)]
        return run([*command, "--models", str(places[0]), "--reports", str(places[1])])

    return places, train


def kill_trainings(kills: int, dice: random.Random, folder: Path) -> Counter[str]:
    """Two seeds take turns; model and report must be of one of them, and both of the same."""
    places, train = training_in(folder)
    known: dict[str, list[Tree]] = {}
    for seed in (1, 2):
        seconds = timed(partial(train, seed))
        known[str(seed)] = [tree(place / "m") for place in places]

    def states() -> list[str]:
        trees = ({seed: both[n] for seed, both in known.items()} for n in range(2))
        found = zip(places, trees, strict=True)
        return [which(tree(place / "m"), of_seeds) for place, of_seeds in found]

    counts: Counter[str] = Counter({"WRONG": 0})
    stands = "2"
    tries = 0
    while counts["kills"] < kills:
        tries += 1
        seed = 1 if stands == "2" else 2
        if tries % RETIMED == 0:  # the machine may have become slower, or faster
            seconds = timed(partial(train, seed))
            stands, seed = str(seed), 3 - seed
        cut = kill(partial(train, seed), dice.uniform(0, LONGER * seconds))
        load(places[0] / "m")
        reporting.rebuild(places[1] / "m")
        model, report = states()
        counts["WRONG"] += "WRONG" in {model, report}
        counts["model and report of different runs"] += model != report
        note(counts, cut=cut, new=model != stands)
        stands = model
    if not end(start(partial(train, 1))):
        sys.exit("training failed after the kills")
    left = [path.name for place in places for path in place.iterdir() if path.name != "m"]
    counts["left beside after the next run"] = len(left)
    print(*left)
    return counts


def kill_taggings(kills: int, dice: random.Random, folder: Path) -> Counter[str]:
    """Jobs of one process, and every fifth of two, are gone on with until they end."""
    resuming.SECONDS = 0.1
    articles = folder / "articles"
    articles.mkdir()
    for number, rows in enumerate((ROWS // 3, 1, ROWS - ROWS // 3)):
        write_rows(articles / f"{number}.jsonl", rows)
    (articles / "3.txt").write_text("支部开会。\n\n社区协商停车的事。\n", encoding="utf-8")
    whole, out = folder / "whole.jsonl", folder / "out.jsonl"

    def tag(path: Path, jobs: int, *more: str) -> int:
        command = ["tag", str(articles), "--format", "jsonl", "--jobs", str(jobs), *more]
        return run([*command, "--out", str(path)])

    seconds = {jobs: timed(partial(tag, whole, jobs)) for jobs in (1, 2)}
    expected = whole.read_bytes()
    counts: Counter[str] = Counter({"WRONG": 0})
    job = 0
    while counts["kills"] < kills:
        jobs = 2 if job % 5 == 4 else 1
        work = partial(tag, out, jobs, "--resume")
        cut = kill(work, dice.uniform(0, seconds[jobs]))
        counts["kills" if cut else "runs that ended before the kill, not counted"] += 1
        if cut:
            counts["WRONG"] += out.exists() and out.read_bytes() != expected
            counts["with rows to go on from"] += out.with_name("out.jsonl.part.json").exists()
        if out.exists() or (not cut) or counts["kills"] == kills:
            if not out.exists() and not end(start(work)):
                sys.exit("a job cannot be gone on with")
            counts["jobs that ended, to the byte as unbroken"] += out.read_bytes() == expected
            counts["WRONG"] += out.read_bytes() != expected
            out.unlink()
            job += 1
    counts["left beside"] = len(list(folder.iterdir())) - 2
    return counts


WORKS: Final = {"save": kill_saves, "train": kill_trainings, "tag": kill_taggings}


def write_rows(path: Path, rows: int) -> None:
    """Write paragraphs of the packaged sample as ready rows, over and over."""
    texts = [part.text for part in sample_corpus().paragraphs]
    lines = [{"id": f"{path.stem}-{n}", "text": texts[n % len(texts)]} for n in range(rows)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
