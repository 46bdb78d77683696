"""Builds the compiled segmenter, where there is a C compiler; without one, rjieba cuts.

hatchling calls it when the package is built or installed (``pip install .``, also with ``-e``).
By hand, into the source tree:

    python hatch_build.py

It leaves ``topics/segmenting/_core.abi3.so`` and ``dictionary.bin``: jieba's words and its hidden
Markov model, in the form that ``_core.c`` has in memory.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shlex
import shutil
import struct
import subprocess
import sys
import sysconfig
import warnings
from array import array
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent / "topics" / "segmenting"
SOURCE = FOLDER / "_core.c"
LIBRARY = FOLDER / "_core.abi3.so"
TABLE = FOLDER / "dictionary.bin"
FLAGS = ["-O3", "-fPIC", "-shared", "-std=c11", "-ffp-contract=off", "-DPy_LIMITED_API=0x030b0000"]
STATES = "BEMS"
HAN = range(0x4E00, 0x9FD6)


def build() -> None:
    """Compile the library and make the table.

    Raises:
        OSError, subprocess.CalledProcessError, ImportError: if that is impossible here.
    """
    compiler = shlex.split(os.environ.get("CC", "")) or [shutil.which("cc") or "gcc"]
    includes = ["-I" + sysconfig.get_path(name) for name in ("include", "platinclude")]
    loose = ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else []
    made = LIBRARY.with_suffix(f".{os.getpid()}")
    command = [*compiler, *FLAGS, *loose, *includes, str(SOURCE), "-lm", "-o", str(made)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    made.replace(LIBRARY)
    made = TABLE.with_suffix(f".{os.getpid()}")
    made.write_bytes(make_table(load_library()))
    made.replace(TABLE)


def load_library() -> ModuleType:
    """Import the compiled library from the source tree."""
    spec = importlib.util.spec_from_file_location("topics.segmenting._core", LIBRARY)
    if spec is None or spec.loader is None:
        raise ImportError(str(LIBRARY))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_table(core: Any) -> bytearray:  # noqa: ANN401 - a module without types
    """Return jieba's dictionary and its model as a table of ``_core.c``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba import Tokenizer, finalseg  # noqa: TID251 - topics is not installed yet

    missing = finalseg.MIN_FLOAT
    head = array("d", [finalseg.start_P[state] for state in STATES])
    head.extend(finalseg.trans_P[a].get(b, missing) for a in STATES for b in STATES)
    emitted = [finalseg.emit_P[state] for state in STATES]
    head.extend(emit.get(chr(letter), missing) for letter in HAN for emit in emitted)
    table = bytearray(core.SIZE)
    start = struct.pack("=IIII", core.MAGIC, 0, 0, 0) + head.tobytes()
    table[: len(start)] = start
    tokenizer = Tokenizer()
    frequencies, _ = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    for word, frequency in sorted(frequencies.items(), key=lambda item: item[1]):
        if frequency and max(word) < "\U00010000":
            core.put(table, word, math.log(frequency))
    return table


def get_build_hook() -> Any:  # noqa: ANN401 - hatchling is there only when it asks
    """Return what hatchling calls before it packs; it finds this function by its name."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class Compiled(BuildHookInterface):
        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Compile, and pack what was made; say so where it cannot be done."""
            try:
                build()
            except (ImportError, OSError, subprocess.CalledProcessError) as error:
                why = getattr(error, "stderr", "") or error
                self.app.display_warning(f"not compiled, rjieba will cut: {why} ({version})")
                return
            build_data["artifacts"] += [
                f"/topics/segmenting/{made.name}" for made in (LIBRARY, TABLE)
            ]
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{platform}"  # this Python, and all later ones

    return Compiled


if __name__ == "__main__":
    build()
