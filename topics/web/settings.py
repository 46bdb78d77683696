"""What a server is told: its models, its limits, how rows are written."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from topics.corpus import Article
from topics.tagging import Tagger
from topics.tagging.tagged import Tagged
from topics.themes import ThemeSet

Write = Callable[[Sequence[Tagged], ThemeSet, str], bytes]
"""Tags, their themes and a language → the bytes of a file."""

LOCAL_RATE: Final = 1000
"""Requests a second and address while only this machine can ask: a bound on runaway scripts."""
OPEN_RATE: Final = 20
"""The same once other machines can ask."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model under the name that requests call it by."""

    name: str
    tagger: Tagger
    digest: str
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)
    """Tagging is bound by the processor; one text after the other is as fast, and safe."""

    def tag(self, articles: Sequence[Article]) -> list[Tagged]:
        """Tag articles, batch by batch."""
        with self.lock:
            return list(self.tagger.iter_batches(articles))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a server needs to know."""

    models: Sequence[Model]
    """The first one is the default, and its themes are those of the labels."""
    writers: Mapping[str, tuple[str, Write]]
    """Format (``csv``, ``html`` …) → media type and how it is written."""
    rows: Callable[[Tagged], str]
    """Tags → lines of JSON, as ``topics tag --format jsonl`` writes them."""
    labels: Path
    lang: str = "zh"
    host: str = "127.0.0.1"
    names: Sequence[str] = ()
    """Further names that a request may call this machine by."""
    max_bytes: int = 8 << 20
    """Of a request's body."""
    max_characters: int = 1_000_000
    """Of a text or file once it is read: a book of 500 pages."""
    seconds: float = 30.0
    """That a request may take, and that a file may be read."""
    rate: float = 0.0
    """Requests a second and address; 0: `LOCAL_RATE` or `OPEN_RATE`."""

    @property
    def local(self) -> bool:
        """Whether only this machine can ask."""
        return self.host == "localhost" or _address(self.host).is_loopback

    @property
    def per_second(self) -> float:
        """Requests a second and address that are answered."""
        return self.rate or (LOCAL_RATE if self.local else OPEN_RATE)

    def is_ours(self, host: str) -> bool:
        """Return whether a Host header names this machine.

        A page of a stranger whose name was made to point here (DNS rebinding) sends its own
        name; an address, it cannot send.
        """
        name = host.rpartition(":")[0] if host.count(":") == 1 else host
        name = name.partition("]")[0].lstrip("[").lower().rstrip(".")
        if name == "localhost" or name in {self.host.lower(), *map(str.lower, self.names)}:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback if self.local else True


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return ipaddress.IPv4Address(0)  # a name: other machines may ask
