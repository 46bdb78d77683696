"""Articles → documents to find topics in: boilerplate off, one a paragraph or one an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from scipy import sparse

from topics.corpus import Article, Corpus, Part
from topics.discovering.sifting import torn_words, unfit_words
from topics.errors import InputError, OptionsError, did_you_mean
from topics.lifeline import Crew
from topics.mapping import count_words
from topics.modelling.phrases import find_phrases
from topics.scoring import is_word
from topics.segmenting import Segmenter
from topics.themes import ThemeSet
from topics.vectorizing.tokens import Tokens

Unit = Literal["paragraph", "article"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
NONE: Final = "–"
"""Group of a document whose article says nothing in the column."""
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


def gather(corpus: Corpus, unit: Unit = "paragraph") -> tuple[Document, ...]:
    """Return the documents of a corpus; a paragraph that stood before word for word is left out.

    Ready rows are a document each, whatever the unit.

    Raises:
        InputError: there is no document.
        OptionsError: an unknown unit.
    """
    if unit not in UNITS:
        raise OptionsError(f"unit {unit!r} is unknown{did_you_mean(unit, UNITS)}")
    seen: set[str] = set()
    documents: list[Document] = []
    for article in corpus:
        fresh: list[tuple[str, Part, Mapping[str, str]]] = []
        for part, facts in zip(article.paragraphs, article.facts, strict=True):
            text = plain(part.text)
            if text and text not in seen:
                seen.add(text)
                fresh.append((text, part, facts))
        if unit == "article" and not article.ready and fresh:
            texts, parts, _ = zip(*fresh, strict=True)
            documents.append(Document("\n".join(texts), article, parts, article.meta))
        else:
            documents += [Document(text, article, (part,), facts) for text, part, facts in fresh]
    if not documents:
        raise InputError(f"no running text to find topics in ({corpus.summary})")
    return tuple(documents)


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


def column(documents: Sequence[Document], name: str) -> list[str]:
    """Return each document's group: ``month``, ``file``, or a column of what articles say.

    Raises:
        OptionsError: no article says anything there.
    """
    if name == "month":
        values = [_month(d.facts.get("date", "")) for d in documents]
    elif name == "file":
        values = [d.article.file or NONE for d in documents]
    else:
        values = [d.facts.get(name, "") or NONE for d in documents]
    if set(values) == {NONE}:
        known = sorted({key for d in documents for key, said in d.facts.items() if said})
        if "date" in known:
            known.append("month")
        raise OptionsError(
            f"--by {name}: no article says its {'date' if name == 'month' else name}"
            f"{did_you_mean(name, known)}; these articles have: {', '.join([*known, 'file'])}"
        )
    return values


def _month(date: str) -> str:
    found = re.match(r"(\d{4})-?(\d{2})", date)
    return f"{found[1]}-{found[2]}" if found else NONE


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Documents as words and as counts: what discovery works on."""

    tokens: Tokens
    counts: sparse.csr_matrix
    words: list[str]
    documents: tuple[Document, ...] = ()
    """Empty for text that came cut into words."""

    @property
    def texts(self) -> list[str]:
        """The documents as people read them."""
        if self.documents:
            return [document.text for document in self.documents]
        return [" ".join(text) for text in self.tokens]

    @property
    def articles(self) -> list[int] | None:
        """The article of each document, so that intervals draw articles; a ready row is one."""
        numbers: dict[str, int] = {}
        return [
            -1 - n if d.article.ready else numbers.setdefault(d.article.key, len(numbers))
            for n, d in enumerate(self.documents)
        ] or None

    def column(self, name: str) -> list[str]:
        """Return each document's group; see `column`."""
        return column(self.documents, name)


def make_source(
    documents: Sequence[Document],
    segmenter: Segmenter,
    stop: frozenset[str],
    themes: ThemeSet | None,
    *,
    phrases: bool = False,
) -> Source:
    """Cut documents into words and count those that may stand in topics.

    Args:
        documents: as `gather` returns them.
        segmenter: cuts them.
        stop: words that carry no theme.
        themes: their seed words stay in any case.
        phrases: whether frequent collocations become words.
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
    counts, words = count_words(tokens, themes or ThemeSet(()), bad - keep)
    return Source(tokens, counts, words, tuple(documents))


def cut(documents: Sequence[Document], segmenter: Segmenter) -> Tokens:
    """Return the documents as tokens."""
    texts = [document.text for document in documents]
    pieces = [texts[at : at + PIECE] for at in range(0, len(texts), PIECE)]
    with Crew() as crew:
        lengths = list(crew.map(segmenter.measure, pieces))
    return Tokens.cut(texts, np.concatenate(lengths))


def cut_source(texts: Iterable[Sequence[str]], *, phrases: bool = False) -> Source:
    """Count text that came cut into words: every word stays."""
    tokens = Tokens.of(texts)
    if phrases:
        tokens = tokens.joined(find_phrases(tokens), lambda a, b: f"{a}_{b}")
    return Source(tokens, *count_words(tokens, None, frozenset()))


def _may_join(word: str, bad: frozenset[str]) -> bool:
    return len(word) > 1 and word not in bad and is_word(word)
