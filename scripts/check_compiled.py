"""Runs the compiled segmenter under the compiler's sanitizers: no access outside its memory.

    python scripts/check_compiled.py --count 100000 --seed 1

`topics/segmenting/_core.c` is compiled with ``-fsanitize=address,undefined`` into a copy of the
package, where scripts/fuzz_segmenting.py then compares it with jieba. Ends with that one's code.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
SANITIZERS: Final = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", default="100000", help="strings that are cut")
    parser.add_argument("--seed", default="1")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = shutil.ignore_patterns("_core*.so", "dictionary.bin", "__pycache__", "sample")
        shutil.copytree(ROOT / "topics", folder / "topics", ignore=built)
        shutil.copy(ROOT / "hatch_build.py", folder)
        needed = [_library(name) for name in ("libasan.so", "libubsan.so")]
        extra = {
            "CC": " ".join(("gcc", *SANITIZERS)),
            "LD_PRELOAD": ":".join(needed),
            "ASAN_OPTIONS": "detect_leaks=0",  # of Python itself
            "PYTHONPATH": str(folder),
        }
        build = [sys.executable, str(folder / "hatch_build.py")]
        subprocess.run(build, env={**os.environ, **extra}, check=True)
        fuzz = [sys.executable, str(ROOT / "scripts" / "fuzz_segmenting.py")]
        words = ["--count", args.count, "--seed", args.seed]
        return subprocess.run([*fuzz, *words], env={**os.environ, **extra}, check=False).returncode


def _library(name: str) -> str:
    found = ["gcc", f"-print-file-name={name}"]
    return subprocess.run(found, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
