"""Train and tag with several Pythons, each in a fresh virtual environment, and compare the bytes.

    python scripts/check_pythons.py [--python python3.11 --python …] [--write]

Without --python: every Python from 3.11 to 3.13 that is found on the path or among pyenv's; one
that is missing is named. Each installs this checkout from its own wheel. Compared are the tags of
the packaged sample by the ready-made model, as jsonl, and the models that each trains on a part of
it, by every method: arrays, words and description, without the names of Python and of the packages'
versions.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import recording

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13")
ARTICLES = 8
"""Articles of the sample that are trained on."""
WORK = """
import json, os, shutil, sys
from pathlib import Path
import topics
from topics.cli import run
from topics.corpus import Corpus
from topics.options import METHODS
from topics.training import SAMPLE, sample_corpus
place = Path(sys.argv[1])
os.chdir(place)
shutil.copytree(SAMPLE, "articles")  # rows name their files
assert run(["tag", "articles", "--format", "jsonl", "--out", "tags.jsonl"]) == 0
shutil.rmtree("articles")
corpus = sample_corpus()
small = Corpus(corpus.articles[: int(sys.argv[2])])
for method in METHODS:
    result = topics.train(small, method=method, topics=8, name=method, sample=False)
    result.tagger.save(place / method)
    rows = [json.dumps(tag.row(), ensure_ascii=False) for tag in result.findings.tags]
    (place / f"{method}.jsonl").write_text("\\n".join(rows), encoding="utf-8")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare Pythons.")
    parser.add_argument("--python", action="append", help="an interpreter (default: all found)")
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    args = parser.parse_args()
    pythons = args.python or list(found())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, str(ROOT))
        (wheel,) = place.glob("*.whl")
        answers = [answer(python, wheel, place / str(n)) for n, python in enumerate(pythons)]
    names = sorted({name for _, digests in answers for name in digests})
    differing = 0
    for name in names:
        values = [digests.get(name, "missing")[:12] for _, digests in answers]
        differing += len(set(values)) > 1
        print(f"{name:32} {'same' if len(set(values)) == 1 else 'DIFFERENT':10} {' '.join(values)}")
    for version, _ in answers:
        print(version)
    if args.write:
        lines = [
            f"{len(names)} files of each ({recording.circumstances()}), {differing} differ:",
            "",
            *(f"- {version}" for version, _ in answers),
        ]
        recording.write("pythons", lines)
    sys.exit(f"{differing} of {len(names)} differ" if differing else 0)


def found() -> Iterator[str]:
    """Yield an interpreter of each version that is supported and can be had here."""
    for version in VERSIONS:
        kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        for python in (f"python{version}", *map(str, kept)):
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                subprocess.run([python, "-c", ""], check=True, capture_output=True)
                yield python
                break
        else:
            print(f"python{version} is not to be had here")


def answer(python: str, wheel: Path, place: Path) -> tuple[str, dict[str, str]]:
    """Return what Python and packages are used, and the digest of each file that comes out."""
    place.mkdir()
    call(python, "-m", "venv", str(place / "venv"))
    inside = str(place / "venv" / "bin" / "python")
    call(inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel))
    out = place / "out"
    out.mkdir()
    call(inside, "-c", WORK, str(out), str(ARTICLES))
    files = (file for file in sorted(out.rglob("*")) if file.is_file())
    digests = {str(file.relative_to(out)): digest(file) for file in files}
    digests = {name: value for name, value in digests.items() if not name.endswith("README.md")}
    card = json.loads((out / "tfidf" / "model.json").read_text(encoding="utf-8"))["card"]
    return f"Python {card['python']}: {card['versions']}", digests


def digest(file: Path) -> str:
    """Return a file's sha256; of a description, without what names versions."""
    data = file.read_bytes()
    if file.name == "model.json":
        manifest = json.loads(data)
        for name in ("python", "versions"):
            manifest["card"].pop(name)
        manifest["sha256"].pop("README.md")
        data = json.dumps(manifest, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()


def call(*command: str) -> None:
    """Run a command away from this checkout; leave with its words if it fails."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir(), env=env
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} …\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
