"""What reading gives: raw documents and rows, and the fault that makes a file be skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from topics.corpus import Kind


class ReadingFault(Exception):  # noqa: N818 - a fault of one file, never shown as an error
    """One file cannot be read; the message is the reason it is skipped with."""


class RawLine(NamedTuple):
    """One line of a document as it stands in the source."""

    text: str
    number: int
    hint: Kind | None = None
    """What the format says it is; None: unknown."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One file, or one record of a file, that still has to be split into articles."""

    lines: Sequence[RawLine]
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class RawRow(NamedTuple):
    """One row that came as a ready paragraph; there are millions, and a tuple is made at once."""

    text: str
    number: int
    id: str = ""
    meta: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One row that came as an article with its parts told apart."""

    title: str
    paragraphs: Sequence[str]
    number: int
    id: str = ""
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


Raw = RawDocument | RawRow | RawRecord


def until_fault(raws: Iterable[Raw]) -> Iterator[Raw | ReadingFault]:
    """Yield what there is, and last the fault that ended it, if any did."""
    try:
        yield from raws
    except ReadingFault as fault:
        yield fault
