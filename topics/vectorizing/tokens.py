"""The tokens of many texts as numbers: a tenth of the memory, and whole arrays at a time."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from topics.vectorizing.finders import number
from topics.vectorizing.letters import Ints, lengths_of, letters_of

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which two words stand side by side, each pair once, by rising left word, then right."""

    left: Ints
    right: Ints
    times: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tokens(Sequence[Sequence[str]]):
    """Texts as tokens; item ``n`` is the list of those of text ``n``."""

    words: tuple[str, ...]
    """Every token once."""
    ids: NDArray[np.int32]
    """The word of each token, text after text."""
    ends: Ints
    """Where each text ends in ``ids``."""

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Self:
        """Return texts that come as lists of tokens; no two lists are held at a time."""
        index: defaultdict[str, int] = defaultdict()
        index.default_factory = index.__len__
        ids, sizes = array("i"), array("q")
        for text in texts:
            ids.extend(map(index.__getitem__, text))
            sizes.append(len(text))
        return cls(tuple(index), np.array(ids, np.int32), np.cumsum(np.array(sizes, np.int64)))

    @classmethod
    def cut(cls, texts: Sequence[str], lengths: Ints) -> Self:
        """Return texts of which the lengths of all tokens are known, text after text."""
        joined = "".join(texts)
        places = np.cumsum(lengths)
        starts = places - lengths
        ids, example = number(letters_of([joined]), starts, lengths)
        first, last = starts.take(example).tolist(), places.take(example).tolist()
        words = tuple(joined[a:b] for a, b in zip(first, last, strict=True))
        ends = np.searchsorted(places, np.cumsum(lengths_of(texts)), side="right")
        return cls(words, ids.astype(np.int32), ends)

    @property
    def docs(self) -> Ints:
        """The text of each token."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))

    @property
    def times(self) -> Ints:
        """How often each word stands."""
        return np.bincount(self.ids, minlength=len(self.words))

    @property
    def texts_with(self) -> Ints:
        """In how many texts each word stands."""
        bits = len(self.ends).bit_length()
        keys = self.ids.astype(np.int64)
        keys <<= bits
        keys |= self.docs
        keys.sort()
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        return np.bincount(keys.take(firsts) >> bits, minlength=len(self.words))

    def pairs(self) -> Pairs:
        """Return which words stand side by side in a text, and how often."""
        bits = len(self.words).bit_length()
        at = self._before()
        keys = self.ids.take(at).astype(np.int64)
        keys <<= bits
        keys |= self.ids.take(at + 1)
        keys.sort()
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        times = np.diff(firsts, append=len(keys))
        keys = keys.take(firsts)
        return Pairs(keys >> bits, keys & ((1 << bits) - 1), times)

    def joined(self, pairs: Collection[Pair], join: Callable[[str, str], str]) -> Self:
        """Return the texts with every one of ``pairs`` as one word, read from the left."""
        if not pairs:
            return self
        known = dict(zip(self.words, range(len(self.words)), strict=True))
        index = dict(known)
        made = {
            (known[left], known[right]): index.setdefault(join(left, right), len(index))
            for left, right in sorted(pairs)
            if left in known and right in known
        }
        begins = np.zeros(len(self.words), np.bool_)
        begins[[left for left, _ in made]] = True
        at = self._before()
        at = at[begins.take(self.ids.take(at))]
        both = zip(self.ids.take(at).tolist(), self.ids.take(at + 1).tolist(), strict=True)
        found = np.array([made.get(pair, -1) for pair in both], np.int32)
        at, found = at[found >= 0], found[found >= 0]
        # Of a run of pairs that overlap, every second one counts.
        runs = np.flatnonzero(np.diff(at, prepend=-2) != 1)
        nth = np.arange(len(at)) - np.repeat(runs, np.diff(runs, append=len(at)))
        at, found = at[nth % 2 == 0], found[nth % 2 == 0]
        ids = self.ids.copy()
        ids[at] = found
        ends = self.ends - np.searchsorted(at, self.ends)
        return type(self)(tuple(index), np.delete(ids, at + 1), ends)

    def _before(self) -> Ints:
        """Return the places of all tokens that are not their text's last."""
        inner = np.ones(len(self.ids), np.bool_)
        ends = self.ends[self.ends > 0]
        inner[ends - 1] = False
        return np.flatnonzero(inner)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[list[str]]: ...
    def __getitem__(self, at: int | slice) -> list[str] | Sequence[list[str]]:
        """Return the tokens of a text, or of some."""
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        end = int(self.ends[at])  # so that iteration ends
        start = int(self.ends[at - 1]) if at % len(self) else 0
        return [self.words[n] for n in self.ids[start:end].tolist()]
