"""jieba 0.42.1 itself: the reference, and the fallback where rjieba is not installed."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from topics.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JIEBA_VERSION: Final = "0.42.1"
JIEBA_TOTAL: Final = 60_101_967
"""Sum of all frequencies in jieba 0.42.1's ``dict.txt``, with the line of B超, which stands there
twice, counted twice."""
CANARY: Final = ("WES", "-", "5.4", ".", "5", "版本", "a", "_", "7", "个", "\u4daf", "开始")
"""Tokens of jieba's on which another segmenter would most likely stumble."""


class JiebaEngine:
    """jieba, kept quiet: it prints nothing, logs nothing and leaves no file behind.

    Raises:
        MissingExtraError: if jieba is missing or of another version.
    """

    name = "jieba"

    def __init__(self) -> None:
        # An own instance: anybody may change the module's. Filled by hand, because its
        # initialize() logs to stderr and writes a cache to the folder for temporary files.
        tokenizer: Any = import_jieba().Tokenizer()
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
        self._jieba = tokenizer
        self.frequencies: dict[str, int] = {}

    def has_word(self, word: str) -> bool:
        """Tell whether the dictionary has ``word``."""
        return bool(self._jieba.FREQ.get(word))

    def put(self, frequencies: Mapping[str, int]) -> None:
        """Put words into the dictionary, or change their frequencies."""
        self.frequencies.update(frequencies)
        for word, frequency in frequencies.items():
            self._jieba.add_word(word, frequency)
        # A word that is put twice counts once, as if its last frequency had been the first.
        self._jieba.total = JIEBA_TOTAL + sum(self.frequencies.values())

    def cut(self, text: str) -> list[str]:
        """Return the tokens of ``text``; joined they are ``text`` again."""
        tokens: list[str] = self._jieba.lcut(text)
        return tokens

    def cut_each(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text."""
        return [self.cut(text) for text in texts]

    def measure_each(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of all tokens, text after text."""
        import numpy as np

        tokens = (token for text in texts for token in self._jieba.cut(text))
        return np.fromiter(map(len, tokens), np.int64)


def import_jieba() -> ModuleType:
    """Import jieba without its warnings (invalid escapes, ``pkg_resources``).

    Raises:
        MissingExtraError: if it is missing or of another version.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise MissingExtraError(_needed("is not installed")) from error
    if jieba.__version__ != JIEBA_VERSION:
        raise MissingExtraError(_needed(f"is {jieba.__version__}"))
    module: ModuleType = jieba
    return module


@functools.cache
def dictionary() -> str:
    """Return the words of jieba's own dictionary, each at a line of its own.

    Raises:
        MissingExtraError: if jieba is missing or of another version.
    """
    with import_jieba().Tokenizer().get_dict_file() as file:
        text = file.read().decode("utf-8")
    return "\n" + re.sub(r" .*", "", text)


def cut_by_model(run: str) -> list[str]:
    """Cut a run of Han characters by jieba's hidden Markov model alone."""
    model = import_jieba().finalseg
    _, states = model.viterbi(run, "BMES", model.start_P, model.trans_P, model.emit_P)
    ends = [i + 1 for i, state in enumerate(states) if state in "ES"]
    return [run[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _needed(found: str) -> str:
    return f"jieba {found}; install it with: pip install jieba=={JIEBA_VERSION}"
