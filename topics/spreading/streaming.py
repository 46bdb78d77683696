"""A stream of files → their tags, with the places from which another run could go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from topics.corpus import Article, Skipped
from topics.errors import InputError
from topics.ingesting import iter_articles
from topics.tagging import Tagger
from topics.tagging.tagged import Tagged

T = TypeVar("T")
Render = Callable[[Tagged], T]
"""Makes of a batch what comes back: a function of a module, since it may travel to a process."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a job has come: all before it is tagged and handed out, nothing after it is.

    A job that starts from a place hands out what is missing, whatever ``jobs`` was and is.
    """

    files: int = 0
    """Files that are done."""
    articles: int = 0
    """Articles of the next file that are done."""
    line: int = 0
    """The first line that is not done, where all lines so far are ready rows or all articles."""
    ready: bool = False
    """Which of the two."""


START: Final = Place()


class _Passing:
    """Passes articles on, and keeps where each stood until its tags are out."""

    def __init__(self) -> None:
        self._paragraphs = 0
        self._waiting: deque[tuple[int, Place, Skipped | None]] = deque()

    def articles(self, files: Sequence[str], start: Place) -> Iterator[Article]:
        for number in range(start.files, len(files)):
            done = start.articles if number == start.files else 0
            for count, item in enumerate(read(files[number]), 1):
                if isinstance(item, Skipped):
                    self._put(Place(number + 1), item)
                elif count > done:
                    self._put(Place(number, count), None, len(item.paragraphs))
                    yield item
            self._put(Place(number + 1))

    def out(self, paragraphs: int) -> Iterator[Skipped | Place]:
        """Yield what was skipped before the ``paragraphs``-th one, and the place after it."""
        place = None
        while self._waiting and self._waiting[0][0] <= paragraphs:
            _, place, skipped = self._waiting.popleft()
            if skipped:
                yield skipped
        if place:
            yield place

    def _put(self, place: Place, skipped: Skipped | None = None, paragraphs: int = 0) -> None:
        self._paragraphs += paragraphs
        self._waiting.append((self._paragraphs, place, skipped))


def stream(
    tagger: Tagger, files: Sequence[str], render: Render[T], start: Place
) -> Iterator[T | Skipped | Place]:
    """Tag files from ``start`` on in this process; see `tag_here`."""
    passing = _Passing()
    paragraphs = 0
    for tagged in tagger.iter_batches(passing.articles(files, start)):
        yield render(tagged)
        paragraphs += len(tagged)
        yield from passing.out(paragraphs)
    yield from passing.out(paragraphs)


def read(file: str) -> Iterator[Article | Skipped]:
    """Yield the articles of one listed file, or why there are none."""
    try:
        yield from iter_articles(file)
    except InputError as error:  # it has gone since it was listed
        yield Skipped(file, str(error))
