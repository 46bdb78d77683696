"""``topics serve`` inside a test: a server in a thread, and what asks it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from topics.cli.lines import json_lines
from topics.cli.serve import models_of, writers
from topics.web import Model, Settings
from topics.web.serving import Listening, serve


def settings_of(labels: Path, models: Sequence[Model] = (), **more: Any) -> Settings:
    """Return settings with the ready-made model, or the models given."""
    return Settings(
        models=models or models_of([None]),
        writers=writers(),
        rows=lambda tagged: json_lines(tagged).decode(),
        labels=labels,
        **more,
    )


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serve in a thread; give the address."""
    found: Queue[Listening] = Queue()
    thread = threading.Thread(target=serve, args=(settings, 0, found.put), daemon=True)
    thread.start()
    server = found.get(timeout=30)
    yield server.url
    server.stop()
    thread.join(30)
    assert not thread.is_alive()


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.body = answer.read()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """What was refused, and why."""
        return str(self.json["error"])


def ask(
    url: str,
    path: str,
    what: object = None,
    *,
    method: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Ask for a path; with ``what`` (plain data, or bytes as they are) by POST."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=60)
    data = what if isinstance(what, bytes | None) else json.dumps(what).encode()
    kind = {} if data is None else {"Content-Type": "application/json"}
    try:
        connection.request(
            method or ("GET" if data is None else "POST"), path, data, {**kind, **(headers or {})}
        )
        return Answer(connection.getresponse())
    finally:
        connection.close()
