"""The steps in their order: articles → Tagger, findings and report. This module knows the order."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from topics.corpus import Article, Corpus, as_corpus
from topics.describing import theme_words
from topics.diagnosing import diagnose
from topics.errors import InputError
from topics.evaluating import estimate_shares, score
from topics.findings import Findings, Scores, Tag, Topic
from topics.ingesting import read_articles
from topics.labels import Labels, read_labels
from topics.mapping import Mapped, count_words, learn_mixture
from topics.options import Options
from topics.preparing import Prepared, prepare, stop_words
from topics.projecting import project
from topics.remembering import NONE, Digests
from topics.reporting import Report
from topics.seeding import weak_labels
from topics.tagging import Tagger
from topics.teaching import teach
from topics.themes import ThemeSet, load_themes

if TYPE_CHECKING:
    from topics.packing import Model

Say = Callable[[str], None]
"""Is told each step when it begins."""
SAMPLE: Final = Path(__file__).parent / "data" / "sample"
_PASSING: Final = ("seconds", "command", "created")
"""What changes from run to run: no part of a saved model."""
_TOO_LITTLE: Final = "no word occurs twice in these paragraphs; give more or longer articles"
_PACKAGES: Final = (
    "cn-topics",
    "numpy",
    "scipy",
    "scikit-learn",
    "gensim",
    "jieba",
    "rjieba",
    "matplotlib",
)


@dataclass(frozen=True)
class Trained:
    """What a training run leaves: the model, what was found, and the report on it."""

    tagger: Tagger
    findings: Findings

    @cached_property
    def report(self) -> Report:
        """The report on the findings, in Chinese; `Report(findings, "en")` for English."""
        return Report(self.findings)


def train(
    articles: Corpus | Iterable[Article] | None = None,
    *,
    themes: ThemeSet | None = None,
    labels: Labels | str | Path | None = None,
    options: Options | None = None,
    say: Say = lambda _: None,
    **given: object,
) -> Trained:
    """Train a model on articles and tag them with it.

    Args:
        articles: a corpus; without one, the packaged sample with its labels.
        themes: the themes; default: the packaged four.
        labels: labels of some paragraphs, or the path of their CSV file.
        options: options; or name some of them: ``seed=3, method="lda"``.
        say: is told each step when it begins.
        **given: fields of `Options`, and ``name``: what the findings are called.

    Raises:
        TopicsError: nothing to train on, labels that fit nothing, an impossible option.
    """
    name = str(given.pop("name", "topics"))
    chosen = (options or Options()).replace(**given)
    kinds = themes or load_themes()
    started = time.perf_counter()
    say("reading")
    corpus = sample_corpus() if articles is None else as_corpus(articles)
    if articles is None and labels is None:
        labels = sample_labels(kinds) if kinds.packaged else None
    if isinstance(labels, str | Path):
        labels = read_labels(labels, kinds)
    if not corpus.paragraphs:
        raise InputError(
            f"no body paragraph to train on ({corpus.summary}); give articles with running text"
        )
    say("segmenting")
    prepared = prepare(corpus, kinds, labels, chosen)
    kinds = prepared.themes
    say("learning")
    own = articles is None or not chosen.sample or not kinds.packaged
    learned = _learn(prepared, None if own else sample_prepared(kinds, chosen), chosen)
    say("tagging")
    tagger = Tagger(kinds, learned.model, prepared.segmenter, chosen.method)
    tags = tagger.tag(corpus)
    scores = _scores(prepared, learned, tags, chosen)
    say("describing")
    card = _card(name, prepared, learned, chosen, scores)
    card["seconds"] = round(time.perf_counter() - started, 1)
    findings = _describe(name, prepared, learned, tags, scores, card)
    return Trained(replace(tagger, card=_model_card(card), taught=learned.digests), findings)


def sample_corpus() -> Corpus:
    """Read the packaged sample corpus, of our own writing; its files are named ``sample/…``."""
    corpus = read_articles(sorted(SAMPLE.glob("*.txt")))
    return replace(corpus, articles=tuple(map(_named, corpus)))


def _named(article: Article) -> Article:
    """Return the article under the short name of its file: no path of one machine is shown."""
    name = f"sample/{Path(article.file).name}"
    return replace(article, file=name, parts=tuple(replace(p, file=name) for p in article.parts))


def sample_labels(themes: ThemeSet | None = None) -> Labels:
    """Read the labels of the packaged sample corpus."""
    return read_labels(SAMPLE / "labels.csv", themes or load_themes())


def sample_prepared(themes: ThemeSet, options: Options) -> Prepared:
    """Prepare the packaged sample for training, its test articles put aside."""
    return prepare(sample_corpus(), themes, sample_labels(themes), options)


@dataclass(frozen=True)
class _Learned:
    model: Model
    counts: sparse.csr_matrix
    words: list[str]
    topics: tuple[Topic, ...] = ()
    held_out: NDArray[np.float64] | None = None
    """Probabilities of the labelled paragraphs by models that had not seen their article."""
    how: str = ""
    digests: Digests = field(default_factory=lambda: NONE)
    """Of the paragraphs whose labels taught the model."""
    note: str = ""
    """Why there are not as many topics as were asked for."""


def _learn(prepared: Prepared, background: Prepared | None, options: Options) -> _Learned:
    counts, words = count_words(prepared.tokens, prepared.themes, stop_words())
    if not words:
        raise InputError(_TOO_LITTLE)
    if options.method == "tfidf":
        taught = teach(prepared, background, options)
        return _Learned(
            taught.model, counts, words, (), taught.held_out, taught.how, taught.digests
        )
    mapped = _map(prepared, options)
    how = "labels not used in training, texts were"
    topics = mapped.topics
    return _Learned(mapped.mixture, counts, words, topics, None, how, note=mapped.note)


def _map(prepared: Prepared, options: Options) -> Mapped:
    """Learn topics from the paragraphs that teach; what they are typical of are places of all."""
    rows = [n for n, taught in enumerate(prepared.taught) if taught]
    if not rows:
        raise InputError(
            "no paragraph is left to learn topics from: all are put aside for testing or shorter "
            f"than {options.min_paragraph} characters; give more articles, or lower min_paragraph"
        )
    texts = [prepared.parts[n].text for n in rows]
    tokens = [prepared.tokens[n] for n in rows]
    counts, words = count_words(tokens, prepared.themes, stop_words())
    if not words:
        raise InputError(_TOO_LITTLE)
    known = weak_labels(texts, tokens, prepared.themes)
    mapped = learn_mixture(counts, words, known, prepared.themes, options)
    placed = (replace(t, examples=tuple(rows[n] for n in t.examples)) for t in mapped.topics)
    return replace(mapped, topics=tuple(placed))


def _scores(
    prepared: Prepared, learned: _Learned, tags: list[Tag], options: Options
) -> Scores | None:
    """Score against labels put aside, else held-out rows, else labels that taught nothing.

    None where there are none: of one article alone nothing can be held out.
    """
    labelled = [n for n, label in enumerate(prepared.labels) if label >= 0]
    classes, how = prepared.themes.classes, learned.how
    rows = np.array([[tag.probabilities[code] for code in classes] for tag in tags])
    if any(prepared.tests):
        labelled = [n for n in labelled if prepared.tests[n]]
        articles = len({prepared.articles[n] for n in labelled})
        how = f"{articles} articles put aside for testing, of which nothing was learned"
    elif learned.held_out is not None:
        labelled = [n for n in labelled if np.isfinite(learned.held_out[n]).all()]
        rows = learned.held_out
    elif len(learned.digests):
        labelled = []
    if not labelled:
        return None
    rows = rows[labelled]
    gold = [prepared.labels[n] for n in labelled]
    origins = prepared.corpus.origins
    drawn = [origins[n] for n in labelled]
    scores: Scores = score(gold, rows, classes, articles=drawn, seed=options.seed, how=how)
    return scores


def _describe(
    name: str,
    prepared: Prepared,
    learned: _Learned,
    tags: list[Tag],
    scores: Scores | None,
    card: Mapping[str, Any],
) -> Findings:
    themes = prepared.themes
    shares = np.array([[tag.probabilities[code] for code in themes.classes] for tag in tags])
    found = [themes.classes.index(tag.theme) for tag in tags]
    return Findings(
        name=name,
        themes=themes,
        corpus=prepared.corpus,
        tags=tags,
        theme_words=theme_words(learned.counts, learned.words, shares, themes.classes),
        positions=[(float(x), float(y)) for x, y in project(_weighted(learned.counts))],
        shares=estimate_shares(
            found,
            themes.classes,
            scores,
            card["options"]["seed"],
            prepared.corpus.origins,
            prepared.labels,
        ),
        topics=learned.topics,
        scores=scores,
        seeds=tuple(diagnose(prepared, effects=False)),
        reprints=prepared.reprints,
        card=card,
    )


def _weighted(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit_transform(counts)


def _card(
    name: str, prepared: Prepared, learned: _Learned, options: Options, scores: Scores | None
) -> dict[str, Any]:
    """Return how the model was made, as plain data."""
    card: dict[str, Any] = {
        "name": name,
        "method": options.method,
        "options": options.to_dict(),
        "themes": prepared.themes.name,
        "themes_digest": prepared.themes.digest,
        "corpus": prepared.corpus.summary,
        "labelled": sum(label >= 0 for label in prepared.labels),
        **({"labels_found": prepared.found} if prepared.found else {}),
        "reprints_left_out": sum(len(r.others) for r in prepared.reprints),
        "segmenter": prepared.segmenter.digest,
        "python": platform.python_version(),
        "versions": versions(),
        "command": " ".join(["topics", *sys.argv[1:]]) if _is_command() else "topics.train(…)",
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    if learned.topics:
        card["topics"] = len(learned.topics)
    if learned.note:
        card["topics_note"] = learned.note
    if scores is not None:
        card["scores"] = {
            "macro_f1": round(scores.macro_f1, 4),
            "accuracy": round(scores.accuracy, 4),
            "calibration_error": round(scores.calibration_error, 4),
            "n": scores.n,
            "how": scores.how,
        }
    return card


def versions() -> dict[str, str]:
    """Return the versions of the packages that a model depends on."""
    return {package: metadata.version(package) for package in _PACKAGES}


def _model_card(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a saved model keeps of the card: nothing that changes from run to run."""
    kept = {key: value for key, value in card.items() if key not in _PASSING}
    lines = [f"# {card['name']}", "", "A model of topics (cn-topics); `topics info` shows it.", ""]
    lines += [f"- {key}: {value}" for key, value in kept.items()]
    return {**kept, "readme": "\n".join(lines) + "\n"}


def _is_command() -> bool:
    return Path(sys.argv[0]).stem in ("topics", "__main__")
