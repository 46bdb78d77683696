"""What every scripts/fuzz_*.py shares: the loop, its limits, minimising and keeping what fails.

A target makes inputs (bytes) from a random generator and checks one: it returns in a word what
came of it, and raises if the promise is broken. Input number n of seed s is the same wherever it
runs, so a failure can be had again with ``--seed s --start n --count 1``. What fails is made as
small as ten seconds allow and written to tests/regressions/, where the tests run it again.
"""

from __future__ import annotations

import argparse
import atexit
import json
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

KEPT: Final = Path(__file__).parent.parent / "tests" / "regressions"
MEMORY: Final = 4 << 30
"""Bytes of address space that a run may take; the libraries alone map about one."""
SECONDS: Final = 5.0
"""Of processor time that one input may take; most take a millisecond."""
WAITING: Final = 120
"""So many times as long may an input take by the clock: the machine may do other work beside."""
SHRINKING: Final = 10.0
"""Seconds that making one failure smaller may take."""


class TooSlowError(BaseException):
    """An input took longer than it may; no handler of ``Exception`` can swallow it."""


class BrokenPromiseError(AssertionError):
    """What came back is not what was promised."""


@dataclass(frozen=True)
class Target:
    """What is fuzzed."""

    name: str
    make: Callable[[random.Random], bytes]
    check: Callable[[bytes], str]
    seconds: float = SECONDS


@dataclass
class Tally:
    """What came of the inputs of a run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    """Kinds of failure."""
    slowest: float = 0.0
    """Seconds of processor time; 0: nobody looked."""


def promise(*, kept: bool, what: str) -> None:
    """Raise unless a promise was kept."""
    if not kept:
        raise BrokenPromiseError(what)


def scratch() -> Path:
    """Return a folder that goes when the process does; in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="topics-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def text_of(data: bytes) -> str:
    """Return any bytes as a text, lone surrogates included."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """Return any text as bytes that `text_of` gives back."""
    return text.encode("utf-8", "surrogatepass")


# --- mutation --------------------------------------------------------------------------------

ODD: Final = (
    b"", b"\0", b"\xff", b"\n", b"\r\n", b"\r", b'"', b"'", b"<", b"&", b";", b"{", b"[", b"]",
    b"-1", b"0", b"1e999", b"NaN", b"Infinity", b"9" * 400, b"4294967296", b"2147483647", b"null",
    b"../../../../etc/passwd", b"/dev/zero", b"CON", b"=1+1", b"<script>", b"&#x110000;",
    b"\x1b[2J",
    "，。".encode(), "\u202e".encode(), "\u2028".encode(), "\ufeff".encode(),
    "\U0001f468".encode(),
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x85", b"\x1c", b"\x0c", "習".encode(),
    "々〇".encode(),
)  # fmt: skip
_NUMBER: Final = re.compile(rb"\d+")


def mutate(rng: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """Return one of the seeds, changed in one to eight places."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5, 8))):
        _STEPS[rng.randrange(len(_STEPS))](rng, data, seeds, (*ODD, *tokens))
    return bytes(data)


def _span(rng: random.Random, data: bytearray, most: int = 64) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    long = rng.random() < 0.05
    return start, min(len(data), start + rng.randint(0, len(data) if long else most))


Seeds = Sequence[bytes]


def _flip(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _byte(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.randrange(256)


def _delete(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    start, end = _span(rng, data)
    del data[start:end]


def _token(rng: random.Random, data: bytearray, _: Seeds, tokens: Seeds) -> None:
    start, end = _span(rng, data, 4)
    data[start : end if rng.random() < 0.5 else start] = rng.choice(tokens)


def _repeat(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    start, end = _span(rng, data, 24)
    times = rng.choice((2, 3, 10, 100, 1000))
    if (end - start) * times < 1 << 16:
        data[end:end] = data[start:end] * times


def _splice(rng: random.Random, data: bytearray, seeds: Seeds, _: Seeds) -> None:
    other = bytearray(rng.choice(seeds))
    start, end = _span(rng, other, len(other))
    at = rng.randint(0, len(data))
    data[at : at + rng.choice((0, end - start))] = other[start:end]


def _truncate(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    del data[rng.randint(0, len(data)) :]


def _number(rng: random.Random, data: bytearray, _: Seeds, __: Seeds) -> None:
    found = [m.span() for m in _NUMBER.finditer(data)]
    if found:
        start, end = rng.choice(found)
        data[start:end] = rng.choice((b"0", b"-1", b"1", b"65536", b"99999999999", b"1.5", b""))


_STEPS: Final = (_flip, _flip, _byte, _delete, _token, _token, _repeat, _splice, _truncate, _number)


# --- the loop --------------------------------------------------------------------------------


def arguments(about: str | None, **more: object) -> argparse.ArgumentParser:
    """Return the parser of the options that every fuzz script has."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="how many inputs (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many (0: never)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other inputs")
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--log", type=Path, help="add what came of them here, a line of JSON")
    parser.set_defaults(**more)
    return parser


def fuzz(target: Target, about: str | None) -> int:
    """Run a target as a script; print counts and failures; return the exit code."""
    parser = arguments(about)
    parser.add_argument("--keep", type=Path, default=KEPT, help="folder of failing inputs")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    for clock in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(clock, _stop)
    tally, begun = Tally(), time.monotonic()
    for number in range(args.start, args.start + args.count):
        data = target.make(random.Random(f"{args.seed}:{number}"))
        started = time.process_time()
        outcome, fault = _judged(target, data)
        tally.slowest = max(tally.slowest, time.process_time() - started)
        tally.outcomes[outcome] += 1
        if fault:
            tally.failed[fault] += 1
            if tally.failed[fault] == 1:
                print(f"FAILED {fault} (--seed {args.seed} --start {number} --count 1)", flush=True)
                _keep(target, data, fault, args.keep)
        if args.seconds and time.monotonic() - begun > args.seconds:
            break
    return tell(target.name, args, tally)


def tell(name: str, args: argparse.Namespace, tally: Tally) -> int:
    """Print what came of a run, add it to the log; return the exit code."""
    count = tally.outcomes.total()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    shown = ", ".join(f"{number:,} {outcome}" for outcome, number in tally.outcomes.most_common())
    print(
        f"{name}: {count:,} inputs (seed {args.seed}, from {args.start}) in "
        f"{time.process_time():.0f} s of processor time: {shown}; slowest {tally.slowest:.2f} s, "
        f"peak {peak} MB, {len(tally.failed)} kinds of failure {dict(tally.failed) or ''}",
        flush=True,
    )
    if args.log:
        row = {"target": name, "seed": args.seed, "start": args.start, "count": count}
        row |= {"outcomes": tally.outcomes, "failed": tally.failed, "peak": peak}
        row |= {"slowest": round(tally.slowest, 3), "cpu": round(time.process_time(), 1)}
        with args.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 1 if tally.failed else 0


def _judged(target: Target, data: bytes) -> tuple[str, str]:
    """Try an input, and once more if it took too long: other work beside may be to blame."""
    found = _tried(target, data)
    if found[1].startswith(TooSlowError.__name__):
        found = _tried(target, data)
        return found if found[1] else ("in time when tried again", "")
    return found


def _tried(target: Target, data: bytes) -> tuple[str, str]:
    """Return what came of an input, and the kind of its failure or nothing."""
    signal.setitimer(signal.ITIMER_PROF, target.seconds)
    signal.setitimer(signal.ITIMER_REAL, target.seconds * WAITING)
    try:
        return target.check(data), ""
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a failure
        return "failed", _kind(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(_: int, __: FrameType | None) -> None:
    raise TooSlowError


def _kind(error: BaseException) -> str:
    """Return what tells one failure from another: the error, and where in the project it arose."""
    if isinstance(error, BrokenPromiseError):
        return f"BrokenPromise-{re.sub(r'[^a-z0-9]+', '-', str(error).lower())[:60]}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/topics/" in f.filename]
    name = type(error).__name__
    return f"{name}-{Path(frames[-1].filename).stem}-{frames[-1].name}" if frames else name


def _keep(target: Target, data: bytes, fault: str, folder: Path) -> None:
    small = shrunk(data, lambda less: _tried(target, less)[1] == fault)
    path = folder / target.name / f"{fault}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small)
    print(f"  kept as {path}: {len(small)} bytes {small[:200]!r}", flush=True)


def shrunk(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """Return ``data`` without the pieces that it still fails without."""
    end = time.monotonic() + SHRINKING
    size = len(data) // 2
    while size:
        at = 0
        while at < len(data) and time.monotonic() < end:
            less = data[:at] + data[at + size :]
            if still(less):
                data = less
            else:
                at += size
        size = 0 if time.monotonic() >= end else size // 2
    return data


def run(target: Target, about: str | None) -> None:
    """Fuzz and leave."""
    sys.exit(fuzz(target, about))
