"""What comes out: tags with their evidence, topics, scores, shares. Frozen; properties derive."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from topics.corpus import Article, Corpus, Part
from topics.themes import OTHER, ThemeSet

Z: Final = 1.959963984540054
"""Standard deviations of a two-sided 95 % interval."""
FEWEST_ARTICLES: Final = 10
"""Of fewer, draws do not show how articles differ: an interval would hang on one or two."""


def wilson(hits: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; 0 to 1 where nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, square = hits / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word that speaks for the tag's theme, at its place in the paragraph's text."""

    word: str
    weight: float
    """What it adds to the theme's score, against the average of all classes: log-odds (tfidf), or
    the part of the word that is of the theme (topic models)."""
    start: int
    """0-based offset in ``Tag.text``."""
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """What was found for one body paragraph."""

    part: Part
    theme: str
    """Code of the most probable theme, or ``other``."""
    probabilities: Mapping[str, float]
    """Code → probability, ``other`` included; they sum to 1."""
    tags: tuple[str, ...] = ()
    """Every theme that takes up a clear part of the paragraph, most probable first."""
    evidence: tuple[Evidence, ...] = ()
    """Strongest first."""
    known: float = 1.0
    """Share of the text's words that the model knows, 0 to 1."""
    note: str = ""
    """Why to doubt this tag (no known word, unlike the training text); else empty."""

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return self.part.text

    @property
    def probability(self) -> float:
        """Probability of ``theme``."""
        return self.probabilities[self.theme]

    def row(self) -> dict[str, Any]:
        """Return the row of the command line's jsonl."""
        return {
            "file": self.part.file,
            "article": self.part.article,
            "line": self.part.line,
            "id": self.part.id,
            "text": self.text,
            "theme": self.theme,
            "probability": round(self.probability, 6),
            "probabilities": {code: round(p, 6) for code, p in self.probabilities.items()},
            "tags": list(self.tags),
            "evidence": [
                {"word": e.word, "weight": round(e.weight, 4), "start": e.start, "end": e.end}
                for e in self.evidence
            ],
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a topic model."""

    id: int
    words: tuple[str, ...]
    """Best words first (frequent and exclusive), 10 or more where the vocabulary allows."""
    weights: tuple[float, ...]
    """One per word: its probability (LDA) or weight (NMF, k-means) in the topic."""
    share: float
    """Share of the corpus, 0 to 1: the mean of its probabilities over the documents."""
    name: str = ""
    theme: str = "new"
    """Code of the theme it belongs to, or ``new``."""
    share_low: float = 0.0
    share_high: float = 1.0
    """95 % bootstrap interval of the share."""
    examples: tuple[int, ...] = ()
    """Indices of the most typical documents, best first."""


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """Precision, recall and F1 of one class, with how many gold paragraphs it has."""

    precision: float
    recall: float
    f1: float
    support: int
    f1_low: float = 0.0
    f1_high: float = 1.0
    """95 % bootstrap interval of F1."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How good the tags are, against labels that the model has not seen."""

    classes: tuple[str, ...]
    by_theme: Mapping[str, ThemeScore]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: gold, columns: predicted, both in the order of ``classes``."""
    accuracy: float
    macro_f1_low: float
    macro_f1_high: float
    """95 % bootstrap interval of macro-F1."""
    calibration_error: float
    """Expected calibration error of the top class, 10 bins of equal width."""
    calibration: tuple[tuple[float, float, int], ...] = ()
    """Per non-empty bin: mean probability, share right, how many."""
    risk_coverage: tuple[tuple[float, float], ...] = ()
    """(coverage, share right among the most certain ones), coverage rising to 1."""
    how: str = ""
    """What was held out, in words: split, folds, seed."""

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that occur in the gold labels or the predictions."""
        seen = [c for n, c in enumerate(self.classes) if self._occurs(n)]
        return sum(self.by_theme[c].f1 for c in seen) / len(seen) if seen else 0.0

    @property
    def n(self) -> int:
        """How many paragraphs were scored."""
        return sum(map(sum, self.confusion))

    def _occurs(self, n: int) -> bool:
        return bool(sum(self.confusion[n]) or sum(row[n] for row in self.confusion))

    def accuracy_at(self, coverage: float) -> float:
        """Share right among the most certain ``coverage`` (0 to 1) of the paragraphs."""
        reached = [right for c, right in self.risk_coverage if c >= coverage - 1e-9]
        return reached[0] if reached else self.accuracy


@dataclass(frozen=True, slots=True)
class Share:
    """Share of a theme in a corpus, corrected for the classifier's errors where known."""

    theme: str
    counted: float
    """Share of paragraphs tagged so, 0 to 1."""
    estimate: float
    """Corrected for known error; equal to ``counted`` where there are no labels."""
    low: float
    high: float
    """95 % interval of the estimate."""


@dataclass(frozen=True, slots=True)
class SeedWord:
    """What one seed word does in a corpus."""

    theme: str
    word: str
    documents: int
    """Paragraphs in which it occurs."""
    agreement: float | None
    """Share of ``compared`` where labels, or the other seeds, point to the same theme, 0 to 1;
    None: there is nothing to compare with."""
    also: tuple[str, ...] = ()
    """Other themes whose seeds often stand beside it."""
    changed: float | None = None
    """Share of paragraphs whose theme changes if this seed is left out, 0 to 1; None: not asked."""
    compared: int = 0
    """The paragraphs that ``agreement`` is of: labelled ones, else those with other seeds."""
    labelled: bool = False
    """Whether labels were asked, so that agreement is the seed's precision; else other seeds."""

    @property
    def doubtful(self) -> bool:
        """Whether most of its paragraphs are not of its theme, by more than chance."""
        if self.agreement is None:
            return False
        return wilson(self.agreement * self.compared, self.compared)[1] < 0.5


@dataclass(frozen=True, slots=True)
class Reprint:
    """Paragraphs that are identical or nearly so."""

    first: int
    """Index of the paragraph that is kept."""
    others: tuple[int, ...]


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything a report tells: numbers and texts, no figures, no files."""

    name: str
    themes: ThemeSet
    corpus: Corpus
    tags: Sequence[Tag]
    """One per body paragraph, in the corpus' order."""
    theme_words: Mapping[str, tuple[tuple[str, float], ...]]
    """Code (other too) → its best words in this corpus with their weights, best first."""
    positions: Sequence[tuple[float, float]] = ()
    """Places of the paragraphs on a map in two dimensions, in the corpus' order."""
    shares: tuple[Share, ...] = ()
    topics: tuple[Topic, ...] = ()
    scores: Scores | None = None
    seeds: tuple[SeedWord, ...] = ()
    reprints: tuple[Reprint, ...] = ()
    card: Mapping[str, Any] = field(default_factory=_empty)
    """How it was made: method, options, versions, digests, command, times."""

    def by_article(self) -> list[tuple[Article, list[Tag]]]:
        """Return each article that has body paragraphs, with its tags."""
        rest = iter(self.tags)
        pairs = [(a, [next(rest) for _ in a.paragraphs]) for a in self.corpus]
        return [(article, tags) for article, tags in pairs if tags]

    def counted(self, tags: Sequence[Tag] | None = None) -> dict[str, float]:
        """Return class → share of ``tags`` (default: all) tagged so."""
        chosen = self.tags if tags is None else tags
        counts = dict.fromkeys(self.themes.classes, 0)
        for tag in chosen:
            counts[tag.theme] += 1
        return {code: n / max(1, len(chosen)) for code, n in counts.items()}

    @property
    def rows_only(self) -> bool:
        """Whether all came as ready rows: then nothing is known of articles and their order."""
        return bool(self.tags) and all(len(a.parts) > 1 and a.ready for a in self.corpus)

    @property
    def corrected(self) -> bool:
        """Whether labels allowed to correct the shares for known errors."""
        return bool(self.shares and self.scores and self.scores.n)

    @property
    def unassigned(self) -> list[Tag]:
        """The paragraphs of no theme."""
        return [tag for tag in self.tags if tag.theme == OTHER]
