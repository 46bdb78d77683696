"""Few labels, many texts: what `benchmark_other_themes.py` does on FewCLUE."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from other_themes_data import Ints, Texts, few, listed, themes_of
from word_vectors import text_vectors

from topics.classifying.fitting import SPREAD, Matrix, Targets, fit, fit_squares
from topics.seeding import weak_labels
from topics.segmenting import Segmenter

Array = NDArray[np.float32]

TEST = "test_public"
BASIS, SMOOTHING = 100, 0.1
NEIGHBOURS, SHARE = 20, 0.5
"""Of each text, and how far its answer is theirs."""
REACH = 0.5
"""How cheap it is for softmax regression to learn by the basis."""
SHARP = 2.5
"""Standard deviation that odds are brought to before they are added; 2 and 3 were as good."""


@dataclass(frozen=True)
class Small:
    """Settings of the few-label tasks, chosen on the other train sets' labels."""

    ridge: float
    """Of the squared weights in least squares."""
    word_weight: float
    """How much the words for a label count beside a labelled text."""
    longest: int
    """Longest run of characters."""
    least: int
    """In how many texts a word must stand."""
    rounds: int = 0
    """Rounds in which softmax regression beside the least squares learns from its own answers on
    all texts; 0: none."""
    penalty: float = 3e-3
    """Of the squared weights in softmax regression."""
    weak: float = 0.0
    """How much the log-probabilities of the weak labels count."""
    starts: tuple[int, ...] = ()
    """Beginnings of a text, in characters, whose words and runs count once more, half."""
    vectors: bool = False
    """Whether vectors of words take the place of the latent basis."""
    sharpness: int = 1
    """Power of the cosine between neighbours."""
    sure: float = 0.96
    """What a label says to its neighbours where least squares aim at 1."""


@dataclass(frozen=True)
class Pool:
    """All texts of a task; before them the words for each label, which are one more text of it."""

    texts: list[str]
    tokens: list[list[str]]
    names: list[str]
    words: list[list[str]]
    sets: list[Texts]

    @property
    def ends(self) -> Ints:
        """Where each set starts, and the last ends."""
        return np.cumsum([len(self.names), *(len(part.texts) for part in self.sets)])


def read_pool(folder: Path, seeds: dict[str, list[str]]) -> Pool:
    """Read five train sets and ``test_public``; the words of a label are its name's and seeds."""
    end = ".json.gz" if (folder / "test_public.json.gz").is_file() else ".json"
    sets = [few(folder / f"{name}{end}") for name in (*(f"train_{n}" for n in range(5)), TEST)]
    names = sorted({label for part in sets[:5] for label in part.labels})
    words = [_words_for(name, seeds) for name in names]
    tokens = [listed(row)[1:] for row in words] + [row for part in sets for row in part.tokens]
    texts = ["。".join(row) for row in words] + [text for part in sets for text in part.texts]
    return Pool(texts, tokens, names, words, sets)


def few_labels(
    folder: Path, small: Small, seeds: dict[str, list[str]], *, choosing: bool = False
) -> list[float]:
    """Return the accuracy from each of five train sets.

    On ``test_public``; for ``choosing`` on the texts of the other train sets instead, of which the
    set learned from has none.
    """
    pool = read_pool(folder, seeds)
    x = rows_of(pool, small)
    near = neighbours(x, small.sharpness)
    basis = None if small.vectors else basis_of(x)
    if small.vectors:
        x = with_vectors(pool, x)
    gold = np.concatenate([part.classes(pool.names) for part in pool.sets[:5]])
    ends, found = pool.ends, []
    for number in range(5):
        rows = np.r_[: ends[0], ends[number] : ends[number + 1]]
        labels = np.r_[: ends[0], pool.sets[number].classes(pool.names)]
        said = answers(pool, x, basis, near, rows, labels, small)
        if choosing:
            own = set(pool.sets[number].texts)
            other = [n for n in range(ends[0], ends[5]) if pool.texts[n] not in own]
            right = said[other].argmax(axis=1) == gold[np.array(other) - ends[0]]
        else:
            right = said[ends[5] :].argmax(axis=1) == pool.sets[5].classes(pool.names)
        found.append(float(right.mean()))
    return found


def answers(  # noqa: PLR0913
    pool: Pool, x: Matrix, basis: Array | None, near: Matrix, rows: Ints, labels: Ints, small: Small
) -> Array:
    """Return the log-odds of each class for all texts, learned from the labelled ``rows``."""
    hard = np.eye(len(pool.names), dtype=np.float32)[labels]
    weights = np.where(np.arange(len(rows)) < len(pool.names), small.word_weight, 1.0)
    weights = weights.astype(np.float32)
    found = fit_squares(x[rows], Targets(hard, weights), small.ridge, basis)
    odds = x @ found[:-1] + found[-1]
    odds = (odds - odds.mean(axis=1, keepdims=True)) * np.float32(SPREAD)
    odds[rows] = (hard - hard.mean(axis=1, keepdims=True)) * small.sure
    told = odds
    for _ in range(20):  # label spreading (Zhou et al. 2004) of what the least squares say
        told = SHARE * (near @ told) + (1 - SHARE) * odds
    said = _log(told * (SHARP / told.std()))
    if small.rounds and basis is not None:
        said += _log(settle(x, basis, rows, hard, weights, small))
    if small.weak:
        codes = [f"c{n}" for n in range(len(pool.names))]
        themes = themes_of(codes, dict(zip(codes, pool.words, strict=True)))
        known = np.full(len(pool.texts), -1)
        known[rows] = labels
        weak = weak_labels(pool.texts, pool.tokens, themes, other=False, labels=known.tolist())
        said += small.weak * np.log(np.nan_to_num(weak[:, :-1]) + 1e-9).astype(np.float32)
    return said


def rows_of(pool: Pool, small: Small) -> Matrix:
    """Return words and runs of characters as TF-IDF rows of length 1, those of starts beside them.

    Texts × features; the words for a label are never cut.
    """
    import scipy.sparse

    tokens, known = lowered(pool), len(pool.names)
    parts = [_weighed(tokens, pool.texts, small)]
    for start in small.starts:
        texts = pool.texts[:known] + [text[:start] for text in pool.texts[known:]]
        begun = tokens[:known] + [_begun(row, start) for row in tokens[known:]]
        parts.append(_weighed(begun, texts, small) * np.float32(0.5**0.5))
    return scipy.sparse.hstack(parts).tocsr()


def with_vectors(pool: Pool, x: Matrix) -> Matrix:
    """Return the rows with the vector of each text beside them; words learn from each text once."""
    import scipy.sparse

    tokens, known = lowered(pool), len(pool.names)
    once = dict(zip(pool.texts[known:], tokens[known:], strict=True))
    vectors = text_vectors(tokens, list(once.values()))
    return scipy.sparse.hstack([x, scipy.sparse.csr_matrix(vectors)]).tocsr()


def lowered(pool: Pool) -> list[list[str]]:
    """Return the words of each text in small letters."""
    return [[word.lower() for word in row if word.strip()] for row in pool.tokens]


def _begun(row: list[str], start: int) -> list[str]:
    ends = np.cumsum([len(word) for word in row])
    return row[: int(np.searchsorted(ends, start, side="right"))]


def _weighed(tokens: list[list[str]], texts: list[str], small: Small) -> Matrix:
    import scipy.sparse
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    words = CountVectorizer(analyzer=list, min_df=small.least).fit_transform(tokens)
    runs = CountVectorizer(analyzer="char", ngram_range=(1, small.longest), min_df=2)
    x = scipy.sparse.hstack([words, runs.fit_transform(texts)]).tocsr()
    return TfidfTransformer(sublinear_tf=True).fit_transform(x).astype(np.float32)


def basis_of(x: Matrix) -> Array:
    """Return the latent basis of all texts, which says as much of a text as its own features."""
    from sklearn.utils.extmath import randomized_svd

    _, strength, turned = randomized_svd(x, BASIS, n_iter=2, random_state=7)
    basis = turned.T * np.sqrt(strength[0] / strength)
    said = np.square(x @ basis).sum(axis=1).mean()
    return np.asarray(basis / np.sqrt(said), np.float32)


def neighbours(x: Matrix, sharpness: int) -> Matrix:
    """Return how near each text's nearest are, by cosine, evened for those near to many."""
    import scipy.sparse

    parts = []
    for start in range(0, x.shape[0], 500):
        alike = (x[start : start + 500] @ x.T).toarray()
        alike[np.arange(len(alike)), start + np.arange(len(alike))] = 0
        least = -np.partition(-alike, NEIGHBOURS, axis=1)[:, [NEIGHBOURS]]
        parts.append(scipy.sparse.csr_matrix(np.where(alike >= least, alike**sharpness, 0)))
    near = scipy.sparse.vstack(parts)
    near = near + near.T
    scale = scipy.sparse.diags(1 / np.sqrt(np.asarray(near.sum(axis=1)).ravel() + 1e-9))
    return (scale @ near @ scale).tocsr().astype(np.float32)


def settle(x: Matrix, basis: Array, rows: Ints, hard: Array, weights: Array, small: Small) -> Array:
    """Learn from the labelled rows, then from all with the model's own answers, evened."""
    kinds = hard.shape[1]
    shares = (hard * (1 - SMOOTHING) + SMOOTHING / kinds).astype(np.float32)
    found = fit(x[rows], Targets(shares, weights), small.penalty, REACH * basis)
    for _ in range(small.rounds):
        odds = sharpened(x @ found[:-1] + found[-1])
        soft = np.exp(odds - odds.max(axis=1, keepdims=True))
        soft /= soft.sum(axis=1, keepdims=True)
        soft[rows] = hard
        again = np.full(x.shape[0], (len(rows) - kinds) / x.shape[0], np.float32)
        every = np.r_[rows, np.arange(x.shape[0])]
        targets = Targets(np.concatenate((shares, soft)), np.concatenate((weights, again)))
        found = fit(x[every], targets, small.penalty, REACH * basis)
    return sharpened(x @ found[:-1] + found[-1])


def _words_for(name: str, seeds: dict[str, list[str]]) -> list[str]:
    """Return a label's words: its name and what that is made of (if it is Chinese), its seeds."""
    own = seeds.get(name.removeprefix("news_"), [])
    if name.startswith("news_"):
        return own
    words = [word for word in Segmenter().cut(name) if len(word) > 1]
    return list(dict.fromkeys((name, *words, *own)))


def sharpened(odds: Array) -> Array:
    """Return the odds of an even scale, the classes' means pulled towards one another."""
    even: Array = odds - 0.7 * odds.mean(axis=0)
    even *= 3 / even.std()
    return even


def _log(odds: Array) -> Array:
    odds = odds - odds.max(axis=1, keepdims=True)
    logs: Array = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
    return logs


def mean_of(found: Sequence[float]) -> str:
    """Return the mean of accuracies in hundredths, and each."""
    each = ", ".join(f"{100 * one:.1f}" for one in found)
    return f"mean accuracy {100 * float(np.mean(found)):.1f} ({each})"
