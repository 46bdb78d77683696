"""Sends damaged and malicious requests to the application of `topics serve`, without a network.

    python scripts/fuzz_serve.py --count 50000 --seed 1

Promised: an answer with a status below 500 (503 where the time is over) and all headers of safety;
JSON where JSON is due; no label is kept but by a right request; no text of a request stands in a
page unescaped.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
from collections.abc import Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from fuzzing import Target, mutate, promise, run, scratch
from starlette.types import ASGIApp, Message

from topics.cli.lines import json_lines
from topics.cli.serve import models_of, writers
from topics.web import Settings
from topics.web.app import create
from topics.web.guarding import HEADERS

MARK: Final = "<img src=x onerror=alert(1)>"
TEXT: Final = f"加装电梯是一件好事，要把事情商量好。{MARK}\n\n停车难，委员们有建议。"
FILE: Final = {"name": "a.txt", "data": base64.b64encode(TEXT.encode()).decode()}
BODIES: Final = (
    ("POST /api/tag", {"text": TEXT}),
    ("POST /api/tag", {"text": TEXT, "format": "csv", "lang": "en"}),
    ("POST /api/tag", {"text": TEXT, "format": "page"}),
    ("POST /api/tag", {"text": TEXT, "format": "html", "model": "cppcc"}),
    ("POST /api/compare", {"models": ["cppcc", "cppcc"], "text": TEXT, "format": "page"}),
    ("POST /api/labels", {"text": "停车难。", "theme": "livelihood", "tags": ["other"], "line": 3}),
    ("GET /api/labels?format=csv", None),
    ("GET /api/models", None),
    ("GET /openapi.json", None),
    ("GET /?lang=en", None),
    ("GET /../../etc/passwd", None),
)
FILES: Final = (
    ("POST /api/tag", {"file": FILE}),
    ("POST /api/tag", {"file": {**FILE, "name": "../x.csv"}}),
)
TOKENS: Final = tuple(
    word.encode()
    for word in (
        MARK, '"text":', '"file":', '"format":', '"models":', '"model":', '"theme":', '"tags":',
        '"line":', "{}", "[]", "[[",
        '"page"', '"xlsx"', '"docx"', '"parquet"', '"\\ud800"', "1e400", "-0", "true", "null",
        "host: evil.example\n",
        "host: 127.0.0.1\n", "origin: http://evil.example\n", "content-type: text/plain\n",
        "content-length: -1\n",
        "content-encoding: gzip\n", "transfer-encoding: chunked\n",
        "sec-fetch-site: cross-site\n", "%2e%2e/", "%00", "//",
        "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "?lang=" + MARK, "/static/", "/han.otf",
        "?format=%ff", "&",
    )
)  # fmt: skip


def make(rng: random.Random) -> bytes:
    """Return a request: its first line, headers, an empty line, a body."""
    first, body = rng.choice(FILES if rng.random() < 0.02 else BODIES)
    data = b"" if body is None else json.dumps(body, ensure_ascii=rng.random() < 0.5).encode()
    head = f"{first}\nhost: 127.0.0.1:8765\ncontent-type: application/json\n\n".encode()
    kind = rng.random()
    if kind < 0.6:
        return head + mutate(rng, [data or b"{}"], TOKENS)
    return mutate(rng, [head + data], TOKENS)


def check(data: bytes) -> str:
    """Send one request."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, target = first.partition(b" ")
    path, _, query = (target or b"/").partition(b"?")
    pairs = (line.partition(b":") for line in lines)
    headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode("latin-1").upper(),
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8765),
    }
    status, answered, content = _ask(scope, body)
    promise(kept=status < 500 or status == 503, what=f"status {status}")
    for name, value in HEADERS.items():
        promise(kept=answered.get(name) == value, what=f"header {name}")
    kind = answered.get("content-type", "")
    if kind.startswith("application/json") and scope["method"] != "HEAD":
        json.loads(content)
    if kind.startswith("text/html"):
        promise(kept=not re.search(rb"<img[^>]*onerror", content), what="pages are escaped")
    labels = _settings().labels
    if labels.exists():
        labels.unlink()
        promise(kept=scope["method"] == "POST", what="no state is changed by GET")
    return f"{status // 100}xx"


def _ask(scope: MutableMapping[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []
    pieces = [body[n : n + 5000] for n in range(0, len(body), 5000)] or [b""]
    waiting: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces)}
        for n, piece in enumerate(pieces, 1)
    ]

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    _loop().run_until_complete(_app()(scope, receive, send))
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in sent[0]["headers"]}
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return int(sent[0]["status"]), headers, content


@cache
def _settings() -> Settings:
    return Settings(
        models=models_of([None]),
        writers=writers(),
        rows=lambda tagged: json_lines(tagged).decode(),
        labels=_folder() / "labels.csv",
        rate=1e9,
    )


_folder: Callable[[], Path] = cache(scratch)
_app: Callable[[], ASGIApp] = cache(lambda: create(_settings()))
_loop: Callable[[], asyncio.AbstractEventLoop] = cache(asyncio.new_event_loop)
TARGET: Final = Target("serve", make, check, seconds=40)

if __name__ == "__main__":
    run(TARGET, __doc__)
