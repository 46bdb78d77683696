"""A long job that was stopped goes on: the rows so far, and a journal of how far they reach.

While ``topics tag --out FILE`` runs, its rows stand in ``FILE.part``. `FILE.part.json`, written
anew every few seconds, says how many of its bytes are sure, which place of the input they reach,
and of which model, options and input files they come. ``--resume`` cuts the rows off there and
goes on; at the end ``FILE.part`` becomes ``FILE``.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from topics.cli.writing import Chunk
from topics.corpus import Skipped
from topics.errors import OptionsError
from topics.replacing import flush, new_file
from topics.spreading import START, Place

FORMAT: Final = 1
SECONDS = 2.0
"""Between two entries of the journal: what a killed run has to do again at most."""
AT_ONCE: Final = 1 << 24
"""Bytes after which rows go to the disk, while other processes tag: to send all 62 MB of 58,000
paragraphs there at the end took 25 ms of the second."""
_MAX_JOURNAL: Final = 1 << 28
_SAYS: Final = {
    "topics": "topics itself is of another version",
    "model": "the model is another one",
    "words": "--words is another list",
    "format": "--format is another one",
    "lang": "--lang is another one",
    "inputs": "the input files are others, or one of them was changed",
}


@dataclass
class Log:
    """Counts what passes, and keeps what was skipped."""

    paragraphs: int = 0
    doubtful: int = 0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass
class Job:
    """The output of one run, its place in the input, and what was counted so far."""

    out: Path
    """The file that is to be; rows stand beside it until they are all there."""
    about: Mapping[str, str]
    """What the rows depend on."""
    place: Place = START
    size: int = 0
    log: Log = field(default_factory=Log)
    file: BinaryIO | None = None
    due: float = 0.0
    sure: int = 0
    """Bytes that are on the disk."""

    @property
    def part(self) -> Path:
        """Where the rows are until they are all there."""
        return self.out.with_name(f"{self.out.name}.part")

    @property
    def journal(self) -> Path:
        """What says how far they reach."""
        return self.out.with_name(f"{self.out.name}.part.json")

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the rows at the place where they go on; when the block ends well, they are whole.

        Raises:
            OptionsError: they cannot be written; what to do.
            KeyboardInterrupt: saying how to go on.
        """
        try:
            with self._locked() as handle:
                os.truncate(handle, self.size)
                with os.fdopen(handle, "ab") as out:
                    self.file = out
                    self.due = time.monotonic() + SECONDS
                    yield out
                    self._to_disk(out)
                    # First: a kill between the two must not leave a journal without its rows.
                    self.journal.unlink(missing_ok=True)
                    self.part.replace(self.out)
                flush(self.out.parent)
        except KeyboardInterrupt as stop:
            raise KeyboardInterrupt(self._how_to_go_on()) from stop
        except OSError as error:
            raise OptionsError(
                f"--out {self.out}: cannot be written ({error.strerror}); {self._how_to_go_on()}"
            ) from error

    def passed(self, place: Place) -> None:
        """Note that all before ``place`` is written; now and then that goes to the journal."""
        self.place = place
        if self.file is None:
            return
        is_due = time.monotonic() >= self.due
        if is_due or self.file.tell() >= self.sure + AT_ONCE:
            self._to_disk(self.file)
        if is_due:
            self.size = self.sure
            entry = {"format": FORMAT, "about": dict(self.about), "size": self.size}
            entry |= {"place": asdict(place), "log": asdict(self.log)}
            with new_file(self.journal) as fresh:
                fresh.write_text(json.dumps(entry) + "\n", encoding="utf-8")
            self.due = time.monotonic() + SECONDS

    def _to_disk(self, out: BinaryIO) -> None:
        out.flush()
        os.fsync(out.fileno())
        self.sure = out.tell()

    def _how_to_go_on(self) -> str:
        if not self.journal.exists():  # so nothing of the rows is sure
            with suppress(OSError):
                self.part.unlink(missing_ok=True)
            return "nothing was written"
        return (
            f"the rows so far stand in {self.part}; "
            "to go on, give the same command again with --resume"
        )

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the rows so that no other run can write them too."""
        while True:
            handle = os.open(self.part, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(handle, self.out)
            except BaseException:
                os.close(handle)
                raise
            with suppress(FileNotFoundError):  # another run may just have ended and renamed it
                if os.path.samestat(os.fstat(handle), self.part.stat()):
                    break
            os.close(handle)
        if not self.size:
            self.journal.unlink(missing_ok=True)
        yield handle


def _lock(handle: int, out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows lets nobody rename what another process has open
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OptionsError(
            f"--out {out}: another run writes it now; wait for it, or choose another file"
        ) from error
    except OSError:  # a file system without locks
        return


def begin(out: str, about: Mapping[str, str], *, resume: bool) -> Job:
    """Return a job that starts at the beginning, or where an unfinished one stopped.

    Raises:
        OptionsError: it is to go on, but something that its rows depend on is not as it was.
    """
    job = Job(Path(os.path.realpath(out)), about)
    if not resume or not job.journal.exists():
        return job
    anew = "to start from the beginning, leave --resume out"
    try:
        entry = _read(job.journal)
        found: Mapping[str, str] = entry["about"]
        changed = [says for key, says in _SAYS.items() if found.get(key) != about[key]]
        log = entry["log"]
        skipped = [Skipped(**item) for item in log["skipped"]]
        job.log = Log(int(log["paragraphs"]), int(log["doubtful"]), skipped)
        job.place = Place(**entry["place"])
        job.size = int(entry["size"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OptionsError(f"{job.journal} is damaged ({error}); {anew}") from error
    if changed:
        raise OptionsError(f"--resume: {'; '.join(changed)} since {job.part} was begun; {anew}")
    if not job.part.is_file() or job.part.stat().st_size < job.size:
        raise OptionsError(f"{job.part} is missing or too short; {anew}")
    return job


def _read(journal: Path) -> dict[str, Any]:
    if journal.stat().st_size > _MAX_JOURNAL:
        raise ValueError("too large")
    entry = json.loads(journal.read_text(encoding="utf-8"))
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        raise ValueError("not of this version")
    return entry


def plain(out: str) -> bool:
    """Tell whether the output is, or will be, a plain file: no device and no pipe."""
    path = Path(out)
    return path.is_file() or not path.exists()


def inputs(files: Sequence[str]) -> str:
    """Return a digest of the names, sizes and times of change of files."""
    digest = hashlib.sha256()
    for file in files:
        try:
            state = os.stat(file)  # noqa: PTH116 - Path() would take longer than the call
            line = f"{file}\0{state.st_size}\0{state.st_mtime_ns}\n"
        except OSError:
            line = f"{file}\0\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def foreign(files: Iterable[str], out: str) -> list[str]:
    """Return ``files`` without the output itself and what stands beside it for it."""
    target = Path(os.path.realpath(out))
    own = {target.name, f"{target.name}.part", f"{target.name}.part.json"}
    return [
        file
        for file in files
        if Path(file).name not in own or Path(os.path.realpath(file)).parent != target.parent
    ]


def watched(items: Iterable[Chunk | Skipped | Place], job: Job | None, log: Log) -> Iterator[Chunk]:
    """Pass on what is to be written, and count it; places are told to the job."""
    for item in items:
        if isinstance(item, Place):
            if job:
                job.passed(item)
        elif isinstance(item, Skipped):
            log.skipped.append(item)
        else:
            log.paragraphs += item.paragraphs
            log.doubtful += item.doubtful
            yield item
