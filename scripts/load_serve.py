"""Load ``topics serve``: many clients at once; every answer is compared with ``topics tag``.

    python scripts/load_serve.py                      # 200 clients for a minute
    python scripts/load_serve.py --clients 20 --seconds 5

Starts a server of its own on a free port. Each client asks again as soon as it is answered, with
the texts of the packaged sample in turn, and over connections that it keeps. Prints how many
requests were answered, the latency, and ends with 1 if one failed or differed by a byte.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import recording

SAMPLE = Path(__file__).parent.parent / "topics" / "data" / "sample"


@dataclass
class Log:
    """What happened."""

    seconds: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


def wanted_of(texts: list[str]) -> list[bytes]:
    """Return what the command line writes for each text."""
    with tempfile.TemporaryDirectory() as folder:
        out = []
        for text in texts:
            path = Path(folder, "text.txt")
            path.write_text(text, encoding="utf-8")
            with path.open(encoding="utf-8") as file:
                made = subprocess.run(
                    [sys.executable, "-m", "topics", "tag", "-", "--format", "jsonl"],
                    stdin=file, capture_output=True, check=True,
                )  # fmt: skip
            out.append(made.stdout)
    return out


async def client(
    where: tuple[str, int], plan: list[tuple[bytes, bytes]], log: Log, end: float
) -> None:
    """Ask until the time is over."""
    turn = 0
    reader, writer = await asyncio.open_connection(*where)
    while time.monotonic() < end:
        request, wanted = plan[turn % len(plan)]
        turn += 1
        start = time.monotonic()
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            body = await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as error:
            log.faults[type(error).__name__] += 1
            reader, writer = await asyncio.open_connection(*where)
            continue
        log.seconds.append(time.monotonic() - start)
        if not head.startswith(b"HTTP/1.1 200"):
            log.faults[head.partition(b"\r\n")[0].decode()] += 1
        elif body != wanted:
            log.faults["another answer than topics tag"] += 1
    writer.close()


def requests_of(texts: list[str], host: str) -> list[bytes]:
    """Return the texts as whole requests."""
    made = []
    for text in texts:
        body = json.dumps({"text": text, "format": "jsonl"}).encode()
        head = (
            f"POST /api/tag HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def load(url: str, texts: list[str], wanted: list[bytes], args: argparse.Namespace) -> Log:
    """Let all clients ask."""
    where = urlsplit(url)
    pairs = list(zip(requests_of(texts, where.netloc), wanted, strict=True))
    log, end = Log(), time.monotonic() + args.seconds
    address = (str(where.hostname), int(where.port or 0))
    plans = [pairs[n % len(pairs) :] + pairs[: n % len(pairs)] for n in range(args.clients)]
    await asyncio.gather(*(client(address, plan, log, end) for plan in plans))
    return log


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--texts", type=int, default=20, help="articles of the sample")
    parser.add_argument("--write", action="store_true", help="write docs/serve.md")
    args = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*.txt"))][
        : args.texts
    ]
    wanted = wanted_of(texts)
    server = subprocess.Popen(
        [sys.executable, "-m", "topics", "serve", "--port", "0"],
        stdout=subprocess.PIPE, encoding="utf-8", cwd=tempfile.gettempdir(),
    )  # fmt: skip
    try:
        url = server.stdout.readline().strip() if server.stdout else ""
        start = time.monotonic()
        log = asyncio.run(load(url, texts, wanted, args))
        took = time.monotonic() - start
    finally:
        server.terminate()
        server.wait(30)
    cuts = statistics.quantiles(log.seconds, n=100)
    said = dict(log.faults) or "none failed, none differed from the command line by a byte"
    told = (
        f"{args.clients} clients for {took:.0f} s, {len(texts)} texts of "
        f"{statistics.mean(map(len, texts)):.0f} characters in the mean: {len(log.seconds):,} "
        f"answers ({len(log.seconds) / took:.0f} a second), {sum(log.faults.values())} faults"
    )
    latency = (
        f"Latency: median {statistics.median(log.seconds) * 1000:.0f} ms, "
        f"p99 {cuts[98] * 1000:.0f} ms, longest {max(log.seconds) * 1000:.0f} ms"
    )
    lines = [told, f"({said}).", latency, f"({recording.circumstances()})."]
    print("\n".join(lines))
    if args.write:
        recording.write("load", lines, recording.ROOT / "docs" / "serve.md")
    sys.exit(1 if log.faults else 0)


if __name__ == "__main__":
    main()
