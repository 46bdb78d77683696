"""Tagger: the one light object that is saved, loaded and tags. NumPy and the segmenter only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics import packing, storing
from topics.corpus import Article, Part
from topics.errors import ModelError
from topics.findings import Evidence, Tag
from topics.ingesting import articles_from_text
from topics.mixture import TopicReading
from topics.packing import Model
from topics.scoring import Reading
from topics.segmenting import Segmenter
from topics.themes import OTHER, ThemeSet

BATCH: Final = 1000
"""Paragraphs scored at once: enough to keep NumPy busy, little enough to stay small in memory."""
EVIDENCE: Final = 8
"""Most words of evidence a tag carries; `Tagger.explain` gives all."""
STRANGE: Final = 0.6
"""Below this share of known words a tag is noted as doubtful: the text is unlike the training
text. Of held-out sample paragraphs fewer than 1 in 200 lie below it, of THUCNews headlines half."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tagger:
    """Tags paragraphs with themes; the same numbers wherever it runs."""

    themes: ThemeSet
    model: Model
    segmenter: Segmenter
    kind: str = "tfidf"
    card: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """How it was made: options, versions, training summary, scores."""

    def tag(self, what: str | Article | Iterable[str | Article]) -> list[Tag]:
        """Tag every body paragraph of a text, an article, or many of them.

        Args:
            what: a text as people paste it (it is split into articles and paragraphs), an
                article, or an iterable of these.
        """
        return list(self.iter_tags([what] if isinstance(what, str | Article) else what))

    def iter_tags(self, articles: Iterable[str | Article]) -> Iterator[Tag]:
        """Tag a stream of texts or articles; only `BATCH` paragraphs are held at a time."""
        waiting: list[Article] = []
        size = 0
        for article in _articles(articles):
            for piece in _pieces(article):
                waiting.append(piece)
                size += len(piece.paragraphs)
                if size >= BATCH:
                    yield from self._tag_batch(waiting)
                    waiting, size = [], 0
        yield from self._tag_batch(waiting)

    def weights(self, texts: Sequence[str]) -> Floats:
        """Return the probabilities of ready paragraphs without context.

        Shape (texts, classes), columns in the order of ``themes.classes``; rows sum to 1.
        """
        reading = self._read(texts)
        return self._probabilities(self._score(reading), reading.known)

    def explain(self, text: str, theme: str | None = None) -> list[Evidence]:
        """Return what every token of a paragraph adds to ``theme`` (default: the found one).

        In the order of the text; the weights sum to the paragraph's score for the theme over
        the average of all classes, bias and context left out.
        """
        classes = self.themes.classes
        reading = self._read([text])
        found = int(self._probabilities(self._score(reading), reading.known)[0].argmax())
        column = found if theme is None else classes.index(self.themes[theme].code)
        added = self._explain(reading, np.array([column]))
        ends = np.cumsum([len(token) for token in reading.tokens[0]]).tolist()
        rows = zip(reading.tokens[0], added.tolist(), ends, strict=True)
        return [Evidence(text[e - len(w) : e], a, e - len(w), e) for w, a, e in rows]

    def save(self, folder: str | Path) -> None:
        """Write the model folder; see `topics.storing`."""
        manifest, arrays, texts = packing.pack(self.themes, self.model, self.segmenter)
        card = {key: value for key, value in self.card.items() if key != "readme"}
        readme = str(self.card.get("readme", f"# {self.themes.name}\n"))
        manifest |= {"kind": self.kind, "card": card}
        storing.save_folder(folder, manifest, arrays, {**texts, "README.md": readme})

    def _read(self, texts: Sequence[str]) -> Reading | TopicReading:
        return self.model.read(texts, self.segmenter)

    def _score(self, reading: Any) -> Floats:  # noqa: ANN401  # the reading of this very model
        return self.model.score(reading)

    def _explain(self, reading: Any, columns: NDArray[np.int64]) -> Floats:  # noqa: ANN401
        return self.model.explain(reading, columns)

    def _probabilities(self, scores: Floats, known: Floats) -> Floats:
        shares = self.model.probabilities(scores)
        shares[known == 0] = self._nothing  # no known word: none of these, and a note says why
        return shares

    @cached_property
    def _nothing(self) -> Floats:
        return np.array([code == OTHER for code in self.themes.classes], float)

    def _tag_batch(self, articles: Sequence[Article]) -> Iterator[Tag]:
        parts = [part for article in articles for part in article.paragraphs]
        if not parts:
            return
        texts = [part.text for part in parts]
        reading = self._read(texts)
        scores = self._score(reading)
        if self.model.heading or self.model.neighbours:
            scores = scores + self._context(articles, parts, scores)
        shares = self._probabilities(scores, reading.known)
        columns = shares.argmax(axis=1)
        evidence = _strongest(reading.tokens, texts, self._explain(reading, columns))
        for number, part in enumerate(parts):
            known = float(reading.known[number])
            yield self._tag(part, shares[number], known, evidence[number])

    def _tag(self, part: Part, shares: Floats, known: float, evidence: tuple[Evidence, ...]) -> Tag:
        classes = self.themes.classes
        probabilities = dict(zip(classes, shares.tolist(), strict=True))
        best = max(probabilities, key=probabilities.__getitem__)
        limits = self.model.thresholds or (0.5,) * len(self.themes)
        tags = {
            code
            for code, limit in zip(classes, limits, strict=False)
            if code == best or probabilities[code] >= limit
        } - {OTHER}
        ordered = tuple(sorted(tags, key=lambda code: -probabilities[code]))
        return Tag(
            part, best, probabilities, ordered, evidence if known else (), known, _note(known)
        )

    def _context(
        self, articles: Sequence[Article], parts: Sequence[Part], scores: Floats
    ) -> Floats:
        """Return what heading and neighbours add to the scores; ready rows have no neighbours."""
        added = np.zeros_like(scores)
        headings = list(dict.fromkeys(part.heading for part in parts if part.heading))
        if headings and self.model.heading:
            own = self._score(self._read(headings))
            place = {text: row for row, text in zip(own, headings, strict=True)}
            for number, part in enumerate(parts):
                if part.heading:
                    added[number] += self.model.heading * place[part.heading]
        first = 0
        for article in articles:
            size = len(article.paragraphs)
            if not article.ready and size > 1 and self.model.neighbours:
                rows = scores[first : first + size]
                added[first : first + size] += self.model.neighbours * _beside(rows)
            first += size
        return added


def _beside(rows: Floats) -> Floats:
    """Return for each row the mean of the rows before and after it, where there are any."""
    total = np.zeros_like(rows)
    total[1:] += rows[:-1]
    total[:-1] += rows[1:]
    count = np.full((len(rows), 1), 2.0)
    count[[0, -1]] = 1
    mean: Floats = total / count
    return mean


def _note(known: float) -> str:
    if known == 0:
        return "no known word"
    return "unlike the training text: many unknown words" if known < STRANGE else ""


def _articles(articles: Iterable[str | Article]) -> Iterator[Article]:
    for article in articles:
        if isinstance(article, str):
            yield from articles_from_text(article)
        else:
            yield article


def _pieces(article: Article) -> Iterator[Article]:
    """Cut an article of ready rows, which may be endless, into batches; others stay whole."""
    if not article.ready or len(article.parts) <= BATCH:
        yield article
        return
    for first in range(0, len(article.parts), BATCH):
        parts = article.parts[first : first + BATCH]
        yield Article(parts, article.file, article.number, ready=True, meta=article.meta)


def _strongest(
    tokens: Sequence[Sequence[str]], texts: Sequence[str], added: Floats
) -> list[tuple[Evidence, ...]]:
    """Return each text's strongest words for its theme, each word once, strongest first."""
    lengths = np.fromiter(map(len, chain.from_iterable(tokens)), np.int64, len(added))
    counts = np.fromiter(map(len, tokens), np.int64, len(tokens))
    docs = np.repeat(np.arange(len(tokens)), counts)
    ends = np.cumsum(lengths)
    offsets = np.concatenate(([0], np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))))
    kept = np.flatnonzero((added > 0) & (lengths >= 2))  # a single character says little
    kept = kept[np.lexsort((-added[kept], docs[kept]))]
    found: list[dict[str, Evidence]] = [{} for _ in tokens]
    starts = (ends - lengths - offsets[docs])[kept].tolist()
    sizes = lengths[kept].tolist()
    for doc, start, size, weight in zip(
        docs[kept].tolist(), starts, sizes, added[kept].tolist(), strict=True
    ):
        words = found[doc]
        if len(words) < EVIDENCE:
            word = texts[doc][start : start + size]
            words.setdefault(word, Evidence(word, weight, start, start + size))
    return [tuple(words.values()) for words in found]


def load(folder: str | Path | None = None) -> Tagger:
    """Load a saved model; without a folder, the ready-made one.

    Raises:
        ModelError: missing, damaged, foreign or newer; what to do.
    """
    path = ready_made() if folder is None else Path(folder)
    stored = storing.load_folder(path)
    themes, model, segmenter = packing.unpack(stored, str(path))
    card = stored.manifest.get("card")
    if not isinstance(card, dict):
        raise ModelError(f"{path}: the model's card is missing; copy or train the model again")
    card = {**card, "readme": stored.texts.get("README.md", "")}
    return Tagger(themes, model, segmenter, str(stored.manifest.get("kind")), card)


def ready_made() -> Path:
    """Return the folder of the ready-made model: packaged, or of a development checkout."""
    here = Path(__file__).parent
    packaged = here / "data" / "model"
    return packaged if packaged.is_dir() else here.parent / "models" / "cppcc"
