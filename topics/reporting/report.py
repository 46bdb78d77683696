"""Report: the page of some findings, and its folder. Only :meth:`Report.save` touches the disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from topics import plotting
from topics.errors import InputError
from topics.findings import Findings
from topics.plotting.house import phrases
from topics.replacing import keep_others, new_folder
from topics.reporting.keeping import from_plain, to_plain
from topics.reporting.page import html
from topics.reporting.summary import to_docx
from topics.reporting.tables import tables

KEPT: Final = "findings.json"
"""The file that a report is rebuilt from; a folder with it is a report."""
_OURS: Final = ("index.html", "plots", "tables", "tags.jsonl", KEPT)


@dataclass(frozen=True, slots=True)
class Report:
    """A report on some findings, in Chinese (``zh``) or English (``en``)."""

    findings: Findings
    lang: str = "zh"

    def __post_init__(self) -> None:
        """Check the language.

        Raises:
            OptionsError: there is no such language.
        """
        phrases(self.lang)

    def html(self) -> str:
        """Return the report as one self-contained page."""
        figures = plotting.draw_all(self.findings, self.lang)
        plots = {name: plotting.to_svg(figure) for name, figure in figures.items()}
        return self._page(plots, tables(self.findings))

    def _page(self, plots: Mapping[str, str], sheets: Mapping[str, str]) -> str:
        small = plotting.draw_all(self.findings, self.lang, plotting.NARROW)
        narrow = {name: plotting.to_svg(figure) for name, figure in small.items()}
        return html(self.findings, self.lang, plots, sheets, narrow)

    def docx(self) -> bytes:
        """Return a summary of the report as a Word document (extra ``docx``).

        Raises:
            MissingExtraError: python-docx is not installed.
        """
        return to_docx(self.findings, self.lang)

    def files(self) -> dict[str, bytes]:
        """Return every file of the report: path inside its folder → content.

        The same findings give the same bytes.
        """
        figures = plotting.draw_all(self.findings, self.lang)
        plots = {name: plotting.to_svg(figure) for name, figure in figures.items()}
        sheets = tables(self.findings)
        page = self._page(plots, sheets)
        made = {"index.html": page.encode("utf-8", "replace")}
        made |= {f"plots/{n}.svg": svg.encode("utf-8", "replace") for n, svg in plots.items()}
        made |= {f"plots/{n}.png": plotting.to_png(figure) for n, figure in figures.items()}
        made |= {f"tables/{name}": content for name, content in _as_files(sheets).items()}
        rows = [_json(tag.row()) for tag in self.findings.tags]
        made["tags.jsonl"] = b"".join(row + b"\n" for row in rows)
        made[KEPT] = _json({"lang": self.lang, **to_plain(self.findings)}) + b"\n"
        return made

    def save(self, folder: str | Path, instead_of: str | Path | None = None) -> Path:
        """Write the report to ``folder``; return the path of its page.

        Everything is written beside the folder first and takes its name at the end, so that a
        report is never half there. Of an older report only our own files are replaced.

        Args:
            folder: where it goes.
            instead_of: an older report whose place the folder is going to take (default: what
                stands at ``folder``); what is not ours in it is copied.

        Raises:
            InputError: the folder holds other things and no report, or cannot be written.
        """
        target, old = Path(folder), Path(instead_of or folder)
        _check(old)
        files = self.files()
        try:
            with new_folder(target) as fresh:
                _write(files, fresh)
                keep_others(old, fresh, _OURS)
        except OSError as error:
            raise InputError(
                f"{target}: cannot write the report ({error.strerror}); choose another folder"
            ) from error
        return target / "index.html"


def files_of_scores(findings: Findings, lang: str = "zh") -> dict[str, bytes]:
    """Return what labels say of tags, as plots (SVG, PNG) and tables: file name → content."""
    figures = plotting.draw_scores(findings, lang)
    made = {f"{n}.svg": plotting.to_svg(f).encode("utf-8", "replace") for n, f in figures.items()}
    made |= {f"{n}.png": plotting.to_png(figure) for n, figure in figures.items()}
    known = tables(findings)
    return made | _as_files({name: known[name] for name in (*figures, "scores")})


def _as_files(sheets: Mapping[str, str]) -> dict[str, bytes]:
    """With a byte order mark: spreadsheets then read Chinese as what it is."""
    return {f"{name}.csv": text.encode("utf-8-sig", "replace") for name, text in sheets.items()}


def _json(value: object) -> bytes:
    # A lone surrogate cannot be UTF-8; backslashreplace makes it the \\udxxx that JSON allows.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _check(target: Path) -> None:
    if target.is_dir():
        foreign = any(target.iterdir()) and not (target / KEPT).is_file()
        if foreign:
            raise InputError(
                f"{target} holds files and no report; give a new or empty folder, "
                f"or that of an earlier report"
            )
    elif target.exists():
        raise InputError(f"{target} is a file; give the path of a folder")


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def rebuild(folder: str | Path, lang: str | None = None) -> Report:
    """Return the report that was saved in ``folder``, ready to be saved anew.

    Args:
        folder: a folder that :meth:`Report.save` wrote.
        lang: another language; as it was where none is given.

    Raises:
        InputError: there is no report, or it is damaged.
    """
    path = Path(folder) / KEPT
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{path}: no report to rebuild ({error.strerror}); "
            f"give a folder that topics train wrote under reports/"
        ) from error
    except ValueError as error:
        raise InputError(f"{path} is not JSON in UTF-8: {error}; make the report anew") from error
    kept = data.pop("lang", "zh") if isinstance(data, dict) else "zh"
    return Report(from_plain(data, str(path)), lang or str(kept))
