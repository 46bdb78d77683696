"""Topics changed by hand: merged, split, dropped, renamed; kept in a file and applied again later.

An edit names its topics by their words, not by their numbers: numbers change when a model is
trained again, words hardly do.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.discovering.finding import Discovery, Texts, TopicScores, word_scores
from topics.errors import InputError, OptionsError, did_you_mean
from topics.evaluating import topics as scoring
from topics.findings import Topic
from topics.modelling.nmf import NmfModel
from topics.naming import best_words, name_topics
from topics.replacing import new_file
from topics.themes import ThemeSet

Floats = NDArray[np.float64]

FORMAT: Final = 1
ACTIONS: Final = ("drop", "merge", "rename", "split")
SAME: Final = 0.3
"""Share of common words from which a topic is taken for the one that was edited."""
NAMED: Final = 5
"""Words that stand for a topic in a message."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change."""

    action: str
    topics: tuple[tuple[str, ...], ...]
    """The words of each topic it is about, as shown when the edit was made."""
    name: str = ""
    """Of rename and merge: the new name; empty: made of the words."""
    parts: int = 2
    """Of split: into how many."""

    def __str__(self) -> str:
        """Return the words of its topics, for people."""
        return " | ".join(" ".join(words[:NAMED]) for words in self.topics)

    def __post_init__(self) -> None:
        """Check what can be checked without topics.

        Raises:
            OptionsError: what was found, what is allowed.
        """
        if self.action not in ACTIONS:
            raise OptionsError(
                f"no edit is called {self.action!r}{did_you_mean(self.action, ACTIONS)}"
            )
        number = len(self.topics)
        if self.action == "merge" and number < 2:
            raise OptionsError(f"merge needs two topics or more, found {number}")
        if self.action != "merge" and number != 1:
            raise OptionsError(f"{self.action} takes one topic, found {number}")
        if not all(self.topics):
            raise OptionsError(f"{self.action} of a topic without a word; give some of its words")
        if len({frozenset(words) for words in self.topics}) < number:
            raise OptionsError("merge of a topic with itself; give two different ones")
        if self.action == "split" and self.parts < 2:
            raise OptionsError(f"split into {self.parts}; use 2 or more")


@dataclass(frozen=True, slots=True)
class Lost:
    """A change that could not be made this time, and why."""

    edit: Edit
    why: str
    """The words of the topics that it hangs on, and what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes in the order they were made; every method returns a new object."""

    done: tuple[Edit, ...] = ()

    def merge(self, *words: Sequence[str], name: str = "") -> Edits:
        """Make one topic of several, each given by its words."""
        return self._with(Edit("merge", tuple(map(tuple, words)), name))

    def split(self, words: Sequence[str], parts: int = 2) -> Edits:
        """Make several topics of one."""
        return self._with(Edit("split", (tuple(words),), parts=parts))

    def drop(self, words: Sequence[str]) -> Edits:
        """Leave a topic out; its documents go to their other topics."""
        return self._with(Edit("drop", (tuple(words),)))

    def rename(self, words: Sequence[str], name: str) -> Edits:
        """Give a topic a name."""
        return self._with(Edit("rename", (tuple(words),), name))

    def undo(self) -> Edits:
        """Take the last change back; nothing happens where there is none."""
        return Edits(self.done[:-1])

    def _with(self, edit: Edit) -> Edits:
        return Edits((*self.done, edit))

    def save(self, path: str | Path) -> None:
        """Write the changes as JSON that a person can read.

        Raises:
            OptionsError: the file cannot be written.
        """
        rows = [dataclasses.asdict(edit) for edit in self.done]
        text = json.dumps({"format": FORMAT, "edits": rows}, ensure_ascii=False, indent=1)
        try:
            with new_file(path) as fresh:
                fresh.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise OptionsError(f"{path}: cannot write the edits ({error.strerror})") from error

    def apply(
        self,
        discovery: Discovery,
        counts: sparse.csr_matrix,
        themes: ThemeSet | None = None,
        texts: Texts | None = None,
    ) -> tuple[Discovery, tuple[Lost, ...]]:
        """Return the changed discovery, and the edits that could not be made this time.

        Names alone change no score; of merged, split or dropped topics those are NaN that a model
        is needed for (perplexity, stability, agreement).

        Args:
            discovery: what was found.
            counts: the documents × words it was found in.
            themes: themes that a topic may belong to.
            texts: the documents as words, for coherence in windows.
        """
        state = _State.of(discovery)
        tried = [(edit, state.apply(edit, counts)) for edit in self.done]
        lost = tuple(Lost(edit, why) for edit, why in tried if why)
        return state.discovery(discovery, counts, themes, texts), lost


def load_edits(path: str | Path) -> Edits:
    """Read a file that ``Edits.save`` wrote.

    Raises:
        InputError: not readable, not such a file.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise InputError(f"{path} has format {data['format']!r}; this version reads {FORMAT}")
        rows = data["edits"]
        return Edits(tuple(_edit(row, f"{path}, edit {n}") for n, row in enumerate(rows, 1)))
    except OSError as error:
        raise InputError(f"{path}: cannot read the edits ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{path} is no file of edits ({error}); save it with Edits.save"
        ) from error


def _edit(row: Mapping[str, Any], where: str) -> Edit:
    action, topics, name, parts = (row[key] for key in ("action", "topics", "name", "parts"))
    words = isinstance(topics, list) and all(
        isinstance(own, list) and all(isinstance(word, str) for word in own) for own in topics
    )
    if not words or not isinstance(name, str) or type(parts) is not int:
        raise InputError(
            f"{where}: topics must be lists of words, name a text and parts a whole number; "
            f"found {topics!r}, {name!r}, {parts!r}"
        )
    try:
        return Edit(action, tuple(map(tuple, topics)), name, parts)
    except OptionsError as error:
        raise InputError(f"{where}: {error}") from error


@dataclass(slots=True)
class _State:
    """Topics while they are being changed; columns of theta, rows of components."""

    theta: Floats
    components: Floats
    words: list[tuple[str, ...]]
    names: list[str]
    """Names given by hand, else empty."""
    merged: list[bool]
    """Whether the words are those of several topics, which need not fit together."""
    vocabulary: tuple[str, ...]
    changed: bool = False
    """Whether more than names was changed."""

    @classmethod
    def of(cls, discovery: Discovery) -> _State:
        words = [topic.words for topic in discovery.topics]
        names = [""] * len(words)
        theta, components = discovery.theta.copy(), discovery.components.copy()
        merged = [False] * len(words)
        return cls(theta, components, words, names, merged, discovery.vocabulary)

    def find(self, words: Sequence[str]) -> int | str:
        """Return the topic with most of these words, or why there is none."""
        shares = [len({*words} & {*own}) / max(1, len(words)) for own in self.words]
        best = max(shares, default=0.0)
        if best < SAME:
            return "no such topic this time"
        near = [n for n, share in enumerate(shares) if share == best]
        same = [n for n in near if {*self.words[n]} == {*words}]
        if len(near) > 1 and len(same) != 1:
            return "its words are of several topics this time; give words of one"
        return (same or near)[0]

    def apply(self, edit: Edit, counts: sparse.csr_matrix) -> str:
        """Make one change; return why not where it cannot be made, else nothing."""
        found = [self.find(words) for words in edit.topics]
        places = [place for place in found if isinstance(place, int)]
        if len(places) < len(found):
            whys = (
                (" ".join(own[:NAMED]), why) for own, why in zip(edit.topics, found, strict=True)
            )
            return "; ".join(f"{named}: {why}" for named, why in whys if isinstance(why, str))
        if len(set(places)) < len(places):
            return f"{edit}: these are one and the same topic this time"
        if edit.action == "rename":
            self.names[places[0]] = edit.name
        elif edit.action == "split":
            return self._split(places[0], edit.parts, counts)
        elif edit.action == "merge":
            self._merge(places, edit)
        else:
            self._remove(places)
        return ""

    def _merge(self, places: list[int], edit: Edit) -> None:
        weights = self.theta[:, places].sum(axis=0)
        mixed = (weights[:, None] * self.components[places]).sum(axis=0) / max(
            weights.sum(), 1e-300
        )
        theta = self.theta[:, places].sum(axis=1)
        sides = [self.words[places[n]] for n in np.argsort(-weights, kind="stable")]
        words = tuple(dict.fromkeys(filter(None, chain.from_iterable(zip_longest(*sides)))))
        self._remove(places)
        self._add(theta, mixed, words, edit.name, merged=True)

    def _split(self, place: int, parts: int, counts: sparse.csr_matrix) -> str:
        """Find topics within one; return why not where it has too few documents."""
        members = np.flatnonzero(
            (self.theta.argmax(axis=1) == place) & (np.diff(counts.indptr) > 0)
        )
        if len(members) < parts:
            named = " ".join(self.words[place][:NAMED])
            return f"{named}: {len(members)} documents are too few for {parts} parts"
        model = NmfModel(parts).fit(counts[members])
        within = model.transform(counts) * self.theta[:, [place]]
        words = best_words(model.components_, counts, len(self.words[place]))
        self._remove([place])
        for part in range(parts):
            shown = tuple(self.vocabulary[word] for word in words[part])
            self._add(within[:, part], model.components_[part], shown, "")
        return ""

    def _remove(self, places: list[int]) -> None:
        self.changed = True
        keep = [n for n in range(len(self.words)) if n not in places]
        self.theta, self.components = self.theta[:, keep], self.components[keep]
        self.words = [self.words[n] for n in keep]
        self.names = [self.names[n] for n in keep]
        self.merged = [self.merged[n] for n in keep]

    def _add(
        self,
        theta: Floats,
        component: Floats,
        words: tuple[str, ...],
        name: str,
        *,
        merged: bool = False,
    ) -> None:
        self.theta = np.column_stack([self.theta, theta])
        self.components = np.vstack([self.components, component])
        self.words.append(words)
        self.names.append(name)
        self.merged.append(merged)

    def _renamed(self, topics: Sequence[Topic]) -> tuple[Topic, ...]:
        pairs = zip(topics, self.names, strict=True)
        return tuple(dataclasses.replace(t, name=given or t.name) for t, given in pairs)

    def discovery(
        self,
        before: Discovery,
        counts: sparse.csr_matrix,
        themes: ThemeSet | None,
        texts: Texts | None,
    ) -> Discovery:
        """Return the findings of the changed topics; what needs a model to be scored is NaN."""
        if not self.words:
            raise InputError("all topics were dropped; undo one edit")
        if not self.changed:
            return dataclasses.replace(before, topics=self._renamed(before.topics))
        sums = self.theta.sum(axis=1, keepdims=True)
        equal = 1 / len(self.words)
        theta = np.where(sums > 0, self.theta / np.where(sums > 0, sums, 1), equal)
        shown = max((len(topic.words) for topic in before.topics), default=10)
        vocabulary = before.vocabulary
        words = best_words(self.components, counts, shown)
        place = {word: n for n, word in enumerate(vocabulary)}
        for topic in np.flatnonzero(self.merged).tolist():  # picked anew they would fit one side
            words[topic] = [place[word] for word in self.words[topic][:shown]]
        topics = self._renamed(
            name_topics(self.components, words, theta, counts, vocabulary, themes, before.articles)
        )
        by_topic = word_scores(self.components, words, counts, vocabulary, texts)
        unmeasured = float("nan")
        scores = TopicScores(
            **{name: float(values.mean()) for name, values in by_topic.items()},
            diversity=scoring.diversity(words),
            perplexity=unmeasured,
            stability=unmeasured,
            agreement=unmeasured,
            by_topic={name: tuple(values.tolist()) for name, values in by_topic.items()},
        )
        return dataclasses.replace(
            before,
            topics=topics,
            scores=scores,
            theta=theta,
            components=self.components,
            model=None,
        )
