"""Label, Labels, Matched: rows of a labels file and the paragraphs they are for."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, TypeVar

from topics.corpus import Part
from topics.errors import LabelError
from topics.labels.agreeing import Agreement, agreement

SIMILAR: Final = 0.5
"""A row whose text stands nowhere still holds for the paragraph at its file and line if the two
are at least this similar: cleaning may differ between versions, another paragraph is another."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Label:
    """One row of a labels file: where the paragraph is and what it is about."""

    theme: int
    """Index in the classes of the themes (other is the last); -1 where somebody passed."""
    tags: frozenset[int] | None = None
    """Indices of every theme the paragraph deals with; None where nobody said."""
    split: str = ""
    id: str = ""
    file: str = ""
    line: int = 0
    text: str = ""
    row: int = 0
    """Line of the labels file where the row starts."""
    annotator: str = ""
    """Who says so, where the file tells people apart."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Labels beside paragraphs: each list has one entry a paragraph."""

    classes: list[int]
    """Index in the classes of the themes; -1 where there is no label."""
    tags: list[frozenset[int] | None]
    splits: list[str]
    missed: int = 0
    """Rows that hit no paragraph."""
    overruled: int = 0
    """Rows that contradict an earlier one for the same paragraph; they hold in its place."""
    rows: int = 0
    """Rows with a theme."""
    agreement: Agreement | None = None
    """How far people agree, where the file tells them apart and they labelled the same."""

    def __len__(self) -> int:
        """How many paragraphs have a label."""
        return sum(index >= 0 for index in self.classes)

    @property
    def summary(self) -> str:
        """What became of the labels, in one line, with all that there is to doubt."""
        return "; ".join((f"{self.rows} label(s) for {len(self)} paragraph(s)", *self.doubts))

    @property
    def doubts(self) -> list[str]:
        """What somebody should look at: labels of nothing, labels that contradict each other."""
        said = []
        if self.missed:
            said.append(f"{self.missed} label(s) fit no paragraph")
        if self.overruled:
            said.append(f"{self.overruled} label(s) contradict an earlier one, and hold")
        if self.agreement:
            said.append(str(self.agreement))
        return said


@dataclass(frozen=True, slots=True)
class Labels:
    """The rows of a labels file that have a theme."""

    rows: tuple[Label, ...]
    path: str = "labels"

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def match(self, parts: Sequence[Part]) -> Matched:
        """Find the paragraphs that the rows speak of.

        A row is found by its id, else by file and line, else by its text; white space, full
        and half width do not count. A file is the one of the same path, else the only one of
        the same name. A text that stands several times is labelled everywhere.

        Raises:
            LabelError: if no row hits a paragraph, or a row's id or line stands for several.
        """
        matched = self.beside(parts, self.find(parts))
        if matched.missed == len(self.rows):
            raise LabelError(self._nothing(parts))
        return matched

    def beside(self, parts: Sequence[Part], found: Sequence[Sequence[int]]) -> Matched:
        """Return the labels beside the paragraphs, given what `find` returned."""
        classes, splits = [-1] * len(parts), [""] * len(parts)
        tags: list[frozenset[int] | None] = [None] * len(parts)
        overruled = 0
        for label, places in zip(self.rows, found, strict=True):
            overruled += any(classes[n] not in {-1, label.theme} for n in places)
            for n in places:
                classes[n], tags[n], splits[n] = label.theme, label.tags, label.split
        said = [
            (label.annotator, places[0], label.theme)
            for label, places in zip(self.rows, found, strict=True)
            if label.annotator and label.theme >= 0 and places
        ]
        missed = sum(not places for places in found)
        rows = sum(label.theme >= 0 for label in self.rows)
        return Matched(classes, tags, splits, missed, overruled, rows, agreement(said))

    def find(self, parts: Sequence[Part]) -> list[list[int]]:
        """Return for each row the indices of the paragraphs it is for; most often one.

        Raises:
            LabelError: if a row's id or line stands for several paragraphs.
        """
        index = _Index(parts, self.path)
        return [index.find(label) for label in self.rows]

    def _nothing(self, parts: Sequence[Part]) -> str:
        first = self.rows[0]
        sought = first.id or (f"{first.file}:{first.line}" if first.file else first.text[:20])
        there = f"{parts[0].file}:{parts[0].line}" if parts else "nothing"
        return (
            f"{self.path}: none of the {len(self.rows)} labels belongs to one of the {len(parts)} "
            f"paragraphs; the first label is for {sought!r}, the first paragraph is {there!r}; "
            f"give the articles that were labelled, or a column 'text' with the paragraphs' text"
        )


class _Index:
    """Paragraphs by id, by file and line, and by text."""

    def __init__(self, parts: Sequence[Part], path: str) -> None:
        self.parts = parts
        self.path = path
        self.ids = _group((part.id, n) for n, part in enumerate(parts) if part.id)
        self.places = _group(((_slashes(p.file), p.line), n) for n, p in enumerate(parts))
        both = ((t, n) for n, p in enumerate(parts) for t in {p.text, p.original} if t)
        self.texts = _group((bare(text), n) for text, n in both)
        files = dict.fromkeys(file for file, _ in self.places)
        self.names = _group((PurePosixPath(file).name, file) for file in files)
        self.files = frozenset(files)

    def find(self, label: Label) -> list[int]:
        """Return the paragraphs a label is for; several only where the text is the same."""
        file = self._file(label.file) if label.file else ""
        if label.id and (found := self.ids.get(label.id)):
            if file:
                found = [n for n in found if _slashes(self.parts[n].file) == file]
            return self._one(found, label, f"the id {label.id!r}")
        found = self.places.get((file, label.line), []) if label.file and label.line else []
        same = self.texts.get(bare(label.text), []) if label.text else []
        if not found or not label.text:
            what = f"{label.file} line {label.line}"
            return self._one(found, label, what) if found else same
        return [n for n in found if n in same] or same or self._similar(found, label)

    def _file(self, file: str) -> str:
        """Return the corpus' name of a file: the same path, else the only one of that name."""
        wanted = _slashes(file)
        if wanted in self.files:
            return wanted
        near = self.names.get(PurePosixPath(wanted).name, [])
        if len(near) > 1:
            near = [f for f in near if f"/{f}".endswith(f"/{wanted.lstrip('/')}")] or [
                f for f in near if wanted.endswith(f"/{f}")
            ]
        return near[0] if len(near) == 1 else ""

    def _similar(self, found: list[int], label: Label) -> list[int]:
        wanted = bare(label.text)[:300]
        scores = [
            (difflib.SequenceMatcher(None, wanted, bare(self.parts[n].text)[:300]).ratio(), -n)
            for n in found
        ]
        best, number = max(scores)
        return [-number] if best >= SIMILAR else []

    def _one(self, found: list[int], label: Label, what: str) -> list[int]:
        """Return ``found`` if it is one paragraph; else narrow it by text, or refuse."""
        if len(found) > 1:
            wanted = bare(label.text)
            found = [n for n in found if wanted and bare(self.parts[n].text) == wanted] or [
                n for n in found if self.parts[n].kind == "body"
            ]
        if len({bare(self.parts[n].text) for n in found}) > 1:
            raise LabelError(
                f"{self.path}, line {label.row}: {what} stands for {len(found)} paragraphs; "
                f"add the columns 'file' and 'text' that tell which one is meant"
            )
        return found


def _group(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def bare(text: str) -> str:
    """Return a text without white space, full width as half: what makes two texts the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _slashes(file: str) -> str:
    return file.replace("\\", "/").removeprefix("./")
