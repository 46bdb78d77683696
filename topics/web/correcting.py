"""The labels file behind the page: a correction is one row, written at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from topics.corpus import Part
from topics.errors import LabelError, did_you_mean
from topics.labels import SKIPPED, Labels, read_labels, read_rows, write_labels
from topics.themes import OTHER, ThemeSet

Row = dict[str, str]


class Corrections:
    """Labels that were given on the page; safe for many at a time."""

    def __init__(self, path: Path, themes: ThemeSet) -> None:
        """Open the file, if there is one.

        Raises:
            LabelError: it is no labels file of these themes.
        """
        self.path = path
        self.themes = themes
        self._lock = threading.Lock()
        self._kept: tuple[tuple[int, int], Labels] | None = None
        rows = self.rows()
        if rows and "theme" not in rows[0]:
            raise LabelError(
                f"{path}: no column 'theme' to go on with; found: {', '.join(rows[0])}; give "
                f"another file with --labels"
            )
        self._labels()

    def rows(self) -> list[Row]:
        """Return the rows of the file as they stand."""
        return read_rows(self.path) if self.path.exists() else []

    def correct(self, part: Part, theme: str, tags: Sequence[str] = ()) -> int:
        """Write what a paragraph is about, in place of what was said of it before.

        Args:
            part: the paragraph; its text, id, file and line tell which one it is.
            theme: a code; ``?``: nobody can say; empty: takes the label back.
            tags: every theme it deals with; none: nobody said.

        Returns:
            How many rows the file has now.

        Raises:
            LabelError: no such theme; the file cannot be read or written.
        """
        allowed = (*self.themes.classes, SKIPPED, "")
        for code in (theme, *tags):
            if code not in allowed:
                raise LabelError(
                    f"no theme has the code {code[:80]!r}"
                    f"{did_you_mean(code[:80], self.themes.classes)}"
                )
        row = {
            "text": part.text,
            "id": part.id,
            "file": part.file,
            "line": str(part.line) if part.file else "",
            "theme": theme,
            "tags": "|".join(dict.fromkeys(code for code in tags if code != OTHER)),
        }
        place = _place(row)
        with self._lock:
            rows = [one for one in self.rows() if _place(one) != place]
            if theme:
                rows.append(row)
            try:
                write_labels(self.path, rows)
            except OSError as error:
                raise LabelError(f"{self.path}: cannot be written ({error.strerror})") from error
        return len(rows)

    def given(self, parts: Sequence[Part]) -> dict[int, str]:
        """Return which of the paragraphs have a label: their place → its theme."""
        with self._lock:
            labels = self._labels()
        if labels is None:
            return {}
        try:
            found = labels.find(parts)
        except LabelError:  # an id of the file stands for several paragraphs here
            return {}
        classes = self.themes.classes
        return {
            place: classes[label.theme]
            for label, places in zip(labels.rows, found, strict=True)
            for place in places
        }

    def _labels(self) -> Labels | None:
        """Return the labels of the file as it is now; read again only if it changed."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        state = (found.st_mtime_ns, found.st_size)
        if self._kept is None or self._kept[0] != state:
            empty = not self.rows()
            kept = Labels(()) if empty else read_labels(self.path, self.themes, skipped=True)
            given = tuple(label for label in kept.rows if label.theme >= 0)
            self._kept = (state, Labels(given, str(self.path)))
        return self._kept[1]


def _place(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what tells a row's paragraph."""
    return tuple(row.get(name, "").strip() for name in ("text", "id", "file", "line"))
