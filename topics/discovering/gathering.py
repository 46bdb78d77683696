"""Articles → documents to find topics in: boilerplate off, one a paragraph or one an article."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

import numpy as np
from scipy import sparse

from topics.corpus import Article, Corpus, Part, as_date
from topics.discovering.sifting import torn_words, unfit_words
from topics.errors import InputError, OptionsError, did_you_mean
from topics.lifeline import Crew
from topics.mapping import MOST_COMMON, count_words, usual_words
from topics.modelling.phrases import find_phrases
from topics.scoring import is_word
from topics.segmenting import Segmenter
from topics.themes import ThemeSet
from topics.vectorizing.tokens import Tokens

Unit = Literal["paragraph", "article"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
NONE: Final = "–"
"""Group of a document whose article says nothing in the column."""
UNKNOWN: Final = "unknown"
"""Month of a document whose date is none, or only a year."""
SHORT: Final = 120
"""A paragraph of the paper about itself (editors, address box) is no longer than this."""
PIECE: Final = 1000
"""Documents that one thread cuts at a time."""

_DATELINE: Final = re.compile(
    r"^[^。！？]{0,40}?\d{1,2}\s*月\s*\d{1,2}\s*日\s*(?:电|讯)\s*(?:[（(][^（）()]{0,60}[）)])?"
)
_CREDIT: Final = re.compile(
    r"[（(][^（）()]{0,40}(?:记者|通讯员|作者|摄影|摄|制图|责编|编辑|来源)[^（）()]{0,80}[）)]"
    r"|^[^。！？]{0,4}(?:本报|新华社|中新社)(?:见习|特约|驻[^，。]{1,8})?(?:记者|通讯员)"
    r"[^，。：；]{0,30}"
)
_ABOUT_ITSELF: Final = re.compile(
    r"责编|责任编辑|版式设计|版面编辑|本版(?:编辑|制图|统筹)|美术编辑|值班编委|制图\s*[：:]"
    r"|投稿|邮箱|邮编|传真|来信请|欢迎来稿|扫描二维码|订阅|数据来源\s*[：:]|资料来源\s*[：:]"
)
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+")
_MONTH: Final = re.compile(r"([12]\d{3}-(?:0[1-9]|1[0-2]))(?:-\d\d)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text of a document stands: where it was read first, or a copy of it."""

    article: Article
    part: Part
    """Its first paragraph there."""
    facts: Mapping[str, str]
    """What is known about it there: date, source …"""
    row: int
    """The document's number."""


@dataclass(frozen=True, slots=True)
class Document:
    """What one row of the counts stands for."""

    text: str
    """Without what tells nothing about the matter: datelines, credits, addresses."""
    article: Article
    parts: tuple[Part, ...]
    """The paragraphs it is made of."""
    facts: Mapping[str, str]
    """What is known about it: date, source …"""
    copies: tuple[Place, ...] = ()
    """Where it stands again, word for word: learned from once, counted everywhere."""


def gather(corpus: Corpus, unit: Unit = "paragraph") -> tuple[Document, ...]:
    """Return the documents of a corpus, each text once; where it stands again it is a copy.

    Ready rows are a document each, whatever the unit. An article that repeats some paragraphs of
    others is a document without them; one that repeats nothing but others' is a copy of the
    document that has most of its text.

    Raises:
        InputError: there is no document.
        OptionsError: an unknown unit.
    """
    if unit not in UNITS:
        raise OptionsError(f"unit {unit!r} is unknown{did_you_mean(unit, UNITS)}")
    found = _Gathering()
    for article in corpus:
        if unit == "article" and not article.ready:
            found.add_whole(article)
        else:
            found.add_each(article)
    if not found.documents:
        raise InputError(f"no running text to find topics in ({corpus.summary})")
    for row, places in found.copies.items():
        found.documents[row] = replace(found.documents[row], copies=tuple(places))
    return tuple(found.documents)


@dataclass(slots=True)
class _Gathering:
    """Documents while articles are read."""

    documents: list[Document] = field(default_factory=list)
    home: dict[str, int] = field(default_factory=dict)
    """Paragraph → the document that it stands in."""
    copies: defaultdict[int, list[Place]] = field(default_factory=lambda: defaultdict(list))

    def add_each(self, article: Article) -> None:
        """Add a document a paragraph, or a copy."""
        for text, part, facts in _told(article):
            row = self.home.setdefault(text, len(self.documents))
            if row < len(self.documents):
                self.copies[row].append(Place(article, part, facts, row))
            else:
                self.documents.append(Document(text, article, (part,), facts))

    def add_whole(self, article: Article) -> None:
        """Add what is new in an article as one document; one without anything new is a copy."""
        told = _told(article)
        fresh: dict[str, Part] = {}
        for text, part, _ in told:
            if text not in self.home:
                fresh.setdefault(text, part)
        if fresh:
            self.home.update(dict.fromkeys(fresh, len(self.documents)))
            parts = tuple(fresh.values())
            self.documents.append(Document("\n".join(fresh), article, parts, article.meta))
        elif told:
            held: Counter[int] = Counter()
            for text, *_ in told:
                held[self.home[text]] += len(text)
            row = held.most_common(1)[0][0]
            self.copies[row].append(Place(article, told[0][1], article.meta, row))


def _told(article: Article) -> list[tuple[str, Part, Mapping[str, str]]]:
    """Return what the body paragraphs say, with their facts; what says nothing is left out."""
    pairs = zip(article.paragraphs, article.facts, strict=True)
    return [(text, part, facts) for part, facts in pairs if (text := plain(part.text))]


def plain(text: str) -> str:
    """Return a paragraph without dateline, credits and addresses; nothing if it is the paper's own.

    >>> plain("本报北京7月1日电（记者张三）水利部今天说，汛情平稳。")
    '水利部今天说，汛情平稳。'
    """
    if len(text) <= SHORT and _ABOUT_ITSELF.search(text):
        return ""
    if "日" in text:  # most have none of the signs: looking for them takes a tenth of the time
        text = _DATELINE.sub("", text)
    if "（" in text or "(" in text or "本报" in text or "新社" in text or "华社" in text:
        text = _CREDIT.sub("", text)
    if "@" in text or "www." in text or "://" in text:  # looking for addresses takes long
        text = _ADDRESS.sub(" ", text)
    return text.strip()


def column(places: Sequence[Document | Place], name: str) -> list[str]:
    """Return each place's group: ``month``, ``file``, or a column of what articles say.

    Raises:
        OptionsError: no article says anything there.
    """
    if name == "month":
        values = [_month(place.facts.get("date", "")) for place in places]
    elif name == "file":
        values = [place.article.file or NONE for place in places]
    else:
        values = [place.facts.get(name, "") or NONE for place in places]
    if set(values) == {NONE}:
        known = sorted({key for place in places for key, said in place.facts.items() if said})
        if "date" in known:
            known.append("month")
        raise OptionsError(
            f"--by {name}: no article says its {'date' if name == 'month' else name}"
            f"{did_you_mean(name, known)}; these articles have: {', '.join([*known, 'file'])}"
        )
    return values


def _month(date: str) -> str:
    found = _MONTH.fullmatch(as_date(date))
    return found[1] if found else UNKNOWN if date else NONE


def articles_of(standing: Iterable[tuple[int, Article]]) -> list[int] | None:
    """Return the number of each article, so that intervals draw articles; None without any.

    A ready row is an article by itself, together with its copies.

    Args:
        standing: a document's number, and the article that it stands in.
    """
    numbers: dict[str, int] = {}
    return [
        -1 - row if article.ready else numbers.setdefault(article.key, len(numbers))
        for row, article in standing
    ] or None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Documents as words and as counts: what discovery works on."""

    tokens: Tokens
    counts: sparse.csr_matrix
    words: list[str]
    documents: tuple[Document, ...] = ()
    """Empty for text that came cut into words."""
    common: Mapping[str, int] = field(default_factory=dict)
    """Words left out because they stand in too many documents → in how many, most first."""
    common_share: float = 0.0
    """How much of the running words that might stand in topics these were."""

    @property
    def texts(self) -> list[str]:
        """The documents as people read them."""
        if self.documents:
            return [document.text for document in self.documents]
        return [" ".join(text) for text in self.tokens]

    @property
    def articles(self) -> list[int] | None:
        """The article of each document, so that intervals draw articles; a ready row is one."""
        return articles_of(enumerate(document.article for document in self.documents))

    @property
    def places(self) -> list[Place]:
        """Where the documents stand, each followed by its copies."""
        return [
            place
            for row, d in enumerate(self.documents)
            for place in (Place(d.article, d.parts[0], d.facts, row), *d.copies)
        ]


def make_source(
    documents: Sequence[Document],
    segmenter: Segmenter,
    stop: frozenset[str],
    themes: ThemeSet | None,
    *,
    phrases: bool = False,
    most: float = MOST_COMMON,
) -> Source:
    """Cut documents into words and count those that may stand in topics.

    Args:
        documents: as `gather` returns them.
        segmenter: cuts them.
        stop: words that carry no theme.
        themes: their seed words stay in any case.
        phrases: whether frequent collocations become words.
        most: share of the documents above which a word is left out.
    """
    tokens = cut(documents, segmenter)
    keep = themes.seed_words if themes else frozenset[str]()
    torn = torn_words(tokens, segmenter.whole_among)
    tokens = tokens.joined({pair for pair in torn if keep.isdisjoint(pair)}, str.__add__)
    bad = stop | unfit_words(tokens, segmenter.whole_among, frozenset())
    if phrases:
        whole = {word for word in tokens.words if _may_join(word, bad)}
        pairs = find_phrases(tokens)
        tokens = tokens.joined({p for p in pairs if whole.issuperset(p)}, str.__add__)
    counts, words = count_words(tokens, themes or ThemeSet(()), bad - keep, most=1.0)
    return _without_common(Source(tokens, counts, words, tuple(documents)), keep, most)


def _without_common(source: Source, keep: frozenset[str], most: float) -> Source:
    """Leave out words that stand in more than this share of the documents, and say which."""
    stay = usual_words(source.counts, source.words, keep, most)
    gone = np.setdiff1d(np.arange(len(source.words)), stay)
    documents = source.counts.getnnz(axis=0)
    return replace(
        source,
        counts=source.counts[:, stay].tocsr(),
        words=[source.words[n] for n in stay],
        common={
            source.words[n]: int(documents[n])
            for n in gone[np.argsort(-documents[gone], kind="stable")]
        },
        common_share=float(source.counts[:, gone].sum() / max(source.counts.sum(), 1)),
    )


def cut(documents: Sequence[Document], segmenter: Segmenter) -> Tokens:
    """Return the documents as tokens."""
    texts = [document.text for document in documents]
    pieces = [texts[at : at + PIECE] for at in range(0, len(texts), PIECE)]
    with Crew() as crew:
        lengths = list(crew.map(segmenter.measure, pieces))
    return Tokens.cut(texts, np.concatenate(lengths))


def cut_source(
    texts: Iterable[Sequence[str]],
    themes: ThemeSet | None = None,
    *,
    phrases: bool = False,
    most: float = 1.0,
) -> Source:
    """Count text that came cut into words: every word stays, unless ``most`` says otherwise."""
    tokens = Tokens.of(texts)
    if phrases:
        tokens = tokens.joined(find_phrases(tokens), lambda a, b: f"{a}_{b}")
    source = Source(tokens, *count_words(tokens, None, frozenset()))
    return _without_common(source, themes.seed_words if themes else frozenset(), most)


def _may_join(word: str, bad: frozenset[str]) -> bool:
    return len(word) > 1 and word not in bad and is_word(word)
