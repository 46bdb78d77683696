"""Text → words: exactly jieba's tokens, some thirty times as fast.

Nothing else imports jieba or rjieba. Engines are loaded when the first text is cut: jieba's steps
compiled where the package was installed with a C compiler; rjieba elsewhere; or jieba itself.

- `Segmenter` cuts; the user's words stay whole. `begin` has it ready sooner.
- `words_of` picks the words that a model counts.
- `read_words`, `read_lexicon` and `lint_lexicon` read and check lists of words.

Source of the method: https://github.com/fxsjy/jieba, release 0.42.1 (unigram dictionary, best
path, hidden Markov model for what the dictionary does not know).
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, get_args

from topics.errors import InputError, OptionsError
from topics.patterns import Pattern
from topics.segmenting.engines import (
    FREQUENCIES,
    MAX_TOTAL,
    Engine,
    EngineName,
    begin,
    open_engine,
    split_among,
)
from topics.segmenting.jieba_engine import JIEBA_VERSION
from topics.segmenting.lexicon import (
    LEXICON,
    LexiconProblem,
    joinable,
    read_lexicon,
    read_words,
)

if TYPE_CHECKING:
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "LEXICON",
    "EngineName",
    "LexiconProblem",
    "Segmenter",
    "begin",
    "joinable",
    "lint_lexicon",
    "read_lexicon",
    "read_words",
    "words_of",
]

PIECE: Final = 20_000
"""Characters that `Segmenter.cut_many` hands to the engine at once, so that threads spend their
time outside Python; with one thread 1,000 to 50,000 were equally fast."""

_HAN: Final = Pattern(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TWO_LETTERS: Final = Pattern(r"[A-Za-z][^A-Za-z]*[A-Za-z]")


class Segmenter:
    """Cuts text into jieba 0.42.1's tokens (default dictionary, hidden Markov model on).

    It never changes, may be shared by threads and pickled; the dictionary is built when the
    first text is cut (0.15 s with rjieba, 1 s with jieba; the compiled one is there at once), and
    again in another process.

    Args:
        words: words to be kept whole. Those that the dictionary has and keeps whole by itself
            stay as they are; others get the lowest of a few frequencies that keeps them whole.
            A mapping gives the frequencies, which are taken as they are (jieba's ``add_word``);
            None: as for words without.
        engine: ``compiled``; ``rjieba``, half as fast; ``jieba``, some 30 times slower; all give
            the same tokens; or ``auto``, the first of them that is installed.

    Raises:
        InputError: for a word that can never be a token; `joinable` tells which can.
        OptionsError: for an engine of another name.
    """

    __slots__ = ("_choice", "_engine", "_words")

    def __init__(
        self, words: Iterable[str] | Mapping[str, int | None] = (), engine: EngineName = "auto"
    ) -> None:
        if engine not in get_args(EngineName):
            raise OptionsError(f"engine is {engine!r}; allowed: {', '.join(get_args(EngineName))}")
        given = words if isinstance(words, Mapping) else dict.fromkeys(words)
        _check(given)
        self._words = tuple(sorted(given.items()))
        self._choice: EngineName = engine
        self._engine: Engine | None = None

    @property
    def user_words(self) -> tuple[str, ...]:
        """The words given, sorted."""
        return tuple(word for word, _ in self._words)

    @property
    def given(self) -> dict[str, int]:
        """The words that came with a frequency."""
        return {word: frequency for word, frequency in self._words if frequency is not None}

    def with_words(self, words: Mapping[str, int | None]) -> Segmenter:
        """Return a segmenter that keeps these words whole too; a frequency given here counts."""
        return Segmenter({**dict(self._words), **words}, self._choice)

    @property
    def frequencies(self) -> dict[str, int]:
        """The words that were put into the dictionary, with their frequencies.

        ``jieba.Tokenizer().add_word(word, frequency)`` for each makes jieba cut alike.
        """
        return dict(self._open().frequencies)

    @property
    def engine(self) -> str:
        """Who cuts: ``compiled``, ``rjieba`` or ``jieba``."""
        return self._open().name

    @property
    def digest(self) -> str:
        """Sha256 of all that the tokens depend on; the same with either engine."""
        facts = {"dictionary": JIEBA_VERSION, "rule": FREQUENCIES, "words": self._words}
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def cut(self, text: str) -> list[str]:
        """Return the tokens of ``text``, blanks and punctuation too; joined they are ``text``."""
        return (self._engine or self._open()).cut(text)

    def cut_many(self, texts: Iterable[str], threads: int = 1) -> Iterator[list[str]]:
        """Yield the tokens of each text, as `cut` gives them; threads share the work.

        A few pieces of `PIECE` characters are held at a time, so ``texts`` may be endless.

        Args:
            texts: any texts, also empty ones and ones with line breaks.
            threads: how many to use; the engine ``jieba`` gains nothing from more than one.

        Raises:
            OptionsError: if ``threads`` is below 1.
        """
        if threads < 1:
            raise OptionsError(f"threads is {threads}; it must be at least 1")
        pieces = _pieces(texts)
        if threads == 1:
            return (tokens for piece in pieces for tokens in self._open().cut_each(piece))
        return self._cut_in_threads(pieces, threads)

    def measure(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how long the tokens are that `cut` gives for each text, text after text.

        That is all that is needed to know them, in half the time and a tenth of the memory; the
        lengths of a text's tokens sum to its own.
        """
        import numpy as np

        engine = self._open()
        found = [engine.measure_each(piece) for piece in _pieces(texts)]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Return (token, start, end) for each token; ``text[start:end]`` is the token."""
        spans = []
        end = 0
        for token in self.cut(text):
            start, end = end, end + len(token)
            spans.append((token, start, end))
        return spans

    def words(self, text: str) -> list[str]:
        """Return the words of ``text`` that a model counts; see `words_of`."""
        return words_of(self.cut(text))

    def whole_among(self, words: Sequence[str]) -> frozenset[str]:
        """Return those of ``words`` that the dictionary has and that are cut as one token."""
        engine = self._open()
        there = [word for word in words if engine.has_word(word)]
        return frozenset(there).difference(split_among(there, engine))

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = open_engine(self._choice, self._words)
        return self._engine

    def _cut_in_threads(self, pieces: Iterable[list[str]], threads: int) -> Iterator[list[str]]:
        from concurrent.futures import ThreadPoolExecutor

        cut_each = self._open().cut_each
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[list[list[str]]]] = deque()
            for piece in pieces:
                waiting.append(pool.submit(cut_each, piece))
                if len(waiting) > 2 * threads:
                    yield from waiting.popleft().result()
            for future in waiting:
                yield from future.result()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segmenter) and self._words == other._words

    def __hash__(self) -> int:
        return hash(self._words)

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._words, self._choice)

    def __repr__(self) -> str:
        return f"Segmenter({len(self._words)} words, engine={self._choice!r})"


def words_of(tokens: Iterable[str]) -> list[str]:
    """Return the tokens that a model counts, in lower case.

    Those are tokens of two or more characters with a Han character or two Latin letters in
    them: single characters, numbers, punctuation and blanks carry no theme. Stop words stay;
    they are dropped from the vocabulary, which is shorter than the text.
    """
    return [word for token in tokens if (word := _word(token))]


@functools.lru_cache(maxsize=1 << 17)  # about the vocabulary of 10 million characters of news
def _word(token: str) -> str:
    """Return ``token`` in lower case, or nothing if it is no word."""
    if len(token) < 2 or not (_HAN.search(token) or _TWO_LETTERS.search(token)):
        return ""
    return token.lower()


def lint_lexicon(text: str) -> list[LexiconProblem]:
    """Return what is wrong with a list of words, in the order of its lines.

    Errors (blanks inside, single characters, punctuation, more than 20 characters, duplicates)
    make `read_words` refuse the list; warnings are about frequencies that do not keep the word
    whole, or tear other words apart; infos about words that jieba keeps whole by itself, and
    words that are nearly one of the packaged list.
    """
    from topics.segmenting.linting import find_problems

    return find_problems(text)


def _pieces(texts: Iterable[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    size = 0
    for text in texts:
        piece.append(text)
        size += len(text) + 1
        if size >= PIECE:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _check(words: Mapping[str, int | None]) -> None:
    if bad := [word for word in words if not joinable(word)]:
        raise InputError(
            f"{len(bad)} words can never be a token, {bad[0]!r} is the first; a word has two or "
            "more Han characters, letters, digits or + # & . _ % - and nothing else; leave it out"
        )
    given = [frequency for frequency in words.values() if frequency is not None]
    if given and (min(given) < 1 or sum(given) > MAX_TOTAL):
        raise InputError(
            f"the frequencies of words go from {min(given)} to {max(given)} and add up to "
            f"{sum(given)}; each must be at least 1, all together at most {MAX_TOTAL}"
        )


def _restored(words: tuple[tuple[str, int | None], ...], engine: EngineName) -> Segmenter:
    """Return the segmenter that was pickled."""
    segmenter = Segmenter((), engine)
    segmenter._words = words
    return segmenter
