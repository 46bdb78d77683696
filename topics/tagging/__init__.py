"""Tagger: the one light object that is saved, loaded and tags. NumPy and the segmenter only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, compress, islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from topics import packing, storing
from topics.corpus import Article, Part
from topics.errors import ModelError
from topics.ingesting import articles_from_text
from topics.scoring import Reading
from topics.segmenting import Segmenter
from topics.tagging.tagged import Tagged, strongest
from topics.themes import OTHER, ThemeSet
from topics.vectorizing import Ints

if TYPE_CHECKING:
    from concurrent.futures import Future

    from topics.findings import Evidence, Tag
    from topics.mixture import TopicReading
    from topics.packing import Model

BATCH: Final = 1024
"""Paragraphs scored at once, as many as a shard has lines: enough to keep NumPy busy. Twice as many
took 3 % less time, and 16 MB more memory in each process."""
AHEAD: Final = 2
"""Batches that a second thread cuts while this one scores: the segmenter needs no lock."""

Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Batch:
    """Articles that are scored together."""

    articles: Sequence[Article]
    parts: Sequence[Part]
    texts: Sequence[str]

    @staticmethod
    def of(articles: Sequence[Article]) -> _Batch:
        parts = [part for article in articles for part in article.paragraphs]
        return _Batch(articles, parts, [part.text for part in parts])


@dataclass(frozen=True)
class Tagger:
    """Tags paragraphs with themes; the same numbers wherever it runs."""

    themes: ThemeSet
    model: Model
    segmenter: Segmenter
    kind: str = "tfidf"
    card: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """How it was made: options, versions, training summary, scores."""
    taught: NDArray[np.int32] | None = field(default=None, compare=False, repr=False)
    """Digests of the paragraphs whose labels taught it (`topics.remembering`), shape (texts, 2);
    tagging needs none of them. None: nobody knows, as of older models."""

    def tag(self, what: str | Article | Iterable[str | Article]) -> list[Tag]:
        """Tag every body paragraph of a text, an article, or many of them.

        Args:
            what: a text as people paste it (it is split into articles and paragraphs), an
                article, or an iterable of these.
        """
        return list(self.iter_tags([what] if isinstance(what, str | Article) else what))

    def iter_tags(self, articles: Iterable[str | Article]) -> Iterator[Tag]:
        """Tag a stream of texts or articles; only `BATCH` paragraphs are held at a time."""
        return (tag for tagged in self.iter_batches(articles) for tag in tagged)

    def iter_batches(self, articles: Iterable[str | Article]) -> Iterator[Tagged]:
        """Tag as `iter_tags`, batch by batch; who needs no `Tag` objects saves half the time."""
        measure = self.segmenter.measure
        for batch, lengths in _ahead(_batches(articles), lambda batch: measure(batch.texts)):
            yield self._tagged(batch, lengths)

    def warm(self) -> None:
        """Build now what the first paragraph would have built: the dictionary, the tables."""
        deque(self.iter_batches([Article((Part("词"),), ready=True)]), 0)

    def weights(self, texts: Sequence[str]) -> Floats:
        """Return the probabilities of ready paragraphs without context.

        Shape (texts, classes), columns in the order of ``themes.classes``; rows sum to 1.
        """
        reading = self._read(texts)
        return self._probabilities(self._score(reading), reading.known)

    def explain(self, text: str, theme: str | None = None) -> list[Evidence]:
        """Return what every token of a paragraph adds to ``theme`` (default: the found one).

        In the order of the text; the weights sum to the paragraph's score for the theme over
        the average of all classes, bias and context left out. Scores of a linear model (tfidf) are
        log-odds; those of a topic model (lda, nmf, kmeans) are words: how many of the paragraph's
        words are of the theme, each counted by its weight, and its prior counts are the bias.
        """
        from topics.findings import Evidence

        classes = self.themes.classes
        reading = self._read([text])
        found = int(self._probabilities(self._score(reading), reading.known)[0].argmax())
        column = found if theme is None else classes.index(self.themes[theme].code)
        added = self._explain(reading, np.array([column]))
        ends = np.cumsum(reading.lengths)
        places = zip((ends - reading.lengths).tolist(), ends.tolist(), strict=True)
        rows = zip(added.tolist(), places, strict=True)
        return [Evidence(text[start:end], weight, start, end) for weight, (start, end) in rows]

    def with_words(self, words: Mapping[str, int | None]) -> Tagger:
        """Return a tagger that keeps the user's words whole too (word → frequency or None).

        The model knows a word only if it was trained with it; see ``topics train --words``.
        """
        return replace(self, segmenter=self.segmenter.with_words(words))

    def save(self, folder: str | Path, instead_of: str | Path | None = None) -> None:
        """Write the model folder; see `topics.storing.save_folder`."""
        manifest, arrays, texts = packing.pack(self.themes, self.model, self.segmenter, self.taught)
        card = {key: value for key, value in self.card.items() if key != "readme"}
        readme = str(self.card.get("readme", f"# {self.themes.name}\n"))
        manifest |= {"kind": self.kind, "card": card}
        texts["README.md"] = readme
        storing.save_folder(folder, manifest, arrays, texts, instead_of)

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

    def _tagged(self, batch: _Batch, lengths: Ints) -> Tagged:
        reading: Any = self.model.look_up(batch.texts, lengths)
        scores = self._score(reading)
        if self.model.heading or self.model.neighbours:
            scores = scores + self._context(batch.articles, scores)
        shares = self._probabilities(scores, reading.known)
        columns = shares.argmax(axis=1)
        added = self._explain(reading, columns)
        added[reading.known.take(reading.words.docs) == 0] = 0  # nothing speaks for such a tag
        return Tagged(
            batch.parts,
            self.themes.classes,
            shares,
            columns,
            self._tags(shares, columns),
            strongest(reading, self.model.vocabulary, added),
            reading.known,
            batch.articles,
        )

    def _tags(self, shares: Floats, columns: NDArray[np.int64]) -> list[tuple[str, ...]]:
        """Return each text's themes: the found one and those above their limit, best first."""
        codes = self.themes.codes
        above = shares[:, : len(codes)] >= np.array(self.model.thresholds or (0.5,) * len(codes))
        themes = np.flatnonzero(columns < len(codes))
        above[themes, columns[themes]] = True
        patterns = [row.tobytes() for row in above]
        sets = {pattern: tuple(compress(codes, pattern)) for pattern in set(patterns)}
        tags = [sets[pattern] for pattern in patterns]
        several = np.flatnonzero(above.sum(axis=1) > 1)
        orders = np.argsort(-shares[several, : len(codes)], axis=1, kind="stable").tolist()
        rows = zip(several.tolist(), orders, above[several].tolist(), strict=True)
        for n, order, has in rows:
            tags[n] = tuple(codes[column] for column in order if has[column])
        return tags

    def _context(self, articles: Sequence[Article], scores: Floats) -> Floats:
        """Return what heading and neighbours add to the scores; ready rows have no neighbours."""
        added = np.zeros_like(scores)
        over = [article.heading_of(part) for article in articles for part in article.paragraphs]
        headings = list(dict.fromkeys(filter(None, over)))
        if headings and self.model.heading:
            own = self._score(self._read(headings))
            place = {text: row for row, text in zip(own, headings, strict=True)}
            for number, heading in enumerate(over):
                if heading:
                    added[number] += self.model.heading * place[heading]
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


def _batches(articles: Iterable[str | Article]) -> Iterator[_Batch]:
    waiting: list[Article] = []
    size = 0
    for article in _articles(articles):
        for piece in _pieces(article):
            waiting.append(piece)
            size += len(piece.parts)
            if size >= BATCH:
                yield _Batch.of(waiting)
                waiting, size = [], 0
    if size:
        yield _Batch.of(waiting)


def _ahead(items: Iterable[_Batch], work: Callable[[_Batch], T]) -> Iterator[tuple[_Batch, T]]:
    """Yield each item with what ``work`` makes of it; a thread is `AHEAD` items in front."""
    stream = iter(items)
    first = list(islice(stream, 2))
    if len(first) < 2:  # starting a thread takes longer than tagging an article
        yield from ((item, work(item)) for item in first)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        waiting: deque[tuple[_Batch, Future[T]]] = deque()
        for item in chain(first, stream):
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) > AHEAD:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def load(folder: str | Path | None = None) -> Tagger:
    """Load a saved model; without a folder, the ready-made one.

    Raises:
        ModelError: missing, damaged, foreign or newer; what to do.
    """
    path = ready_made() if folder is None else Path(folder)
    stored = storing.load_folder(path)
    themes, model, segmenter, taught = packing.unpack(stored, str(path))
    card = stored.manifest.get("card")
    if not isinstance(card, dict):
        raise ModelError(f"{path}: the model's card is missing; copy or train the model again")
    card = {**card, "readme": stored.texts.get("README.md", "")}
    return Tagger(themes, model, segmenter, str(stored.manifest.get("kind")), card, taught)


def ready_made() -> Path:
    """Return the folder of the ready-made model: packaged, or of a development checkout."""
    here = Path(__file__).parent.parent
    packaged = here / "data" / "model"
    return packaged if packaged.is_dir() else here.parent / "models" / "cppcc"
