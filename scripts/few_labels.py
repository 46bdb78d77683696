"""Few labels, many texts: what `benchmark_other_themes.py` does on FewCLUE."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from other_themes_data import Ints, few, themes_of

from topics.classifying.fitting import Matrix, Targets, fit
from topics.seeding import weak_labels
from topics.segmenting import Segmenter

Array = NDArray[np.float32]

BASIS, SMOOTHING = 200, 0.1


def identity(row: list[str]) -> list[str]:
    """Return what is given: the texts are cut already."""
    return row


def bags(tokens: Sequence[Sequence[str]], texts: Sequence[str], longest: int, least: int) -> Matrix:
    """Return words and runs of characters, present or not; texts × features."""
    import scipy.sparse
    from sklearn.feature_extraction.text import CountVectorizer

    rows = [[word.lower() for word in row if word.strip()] for row in tokens]
    words = CountVectorizer(analyzer=identity, binary=True).fit_transform(rows)
    runs = CountVectorizer(analyzer="char", ngram_range=(1, longest), min_df=least, binary=True)
    x = scipy.sparse.hstack([words, runs.fit_transform(texts)])
    return x.tocsr().astype(np.float32)


@dataclass(frozen=True)
class Small:
    """Settings of the few-label tasks, chosen on the other train sets' labels."""

    penalty: float
    rounds: int
    """Rounds in which the model's own answers on all texts are learned from."""
    seed_weight: float
    longest: int
    """Longest run of characters."""
    weak: float
    """How much the log-probabilities of the weak labels count."""


def few_labels(folder: Path, small: Small, seeds: dict[str, list[str]]) -> list[float]:
    """Return the accuracy on ``test_public`` from each of five train sets.

    Softmax regression on words, runs of characters and a latent basis of all their unlabelled
    texts, the label names' words being one more text a class; and `weak_labels` of labels and
    seeds, spread over all texts. Their log-probabilities are added.
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.utils.extmath import randomized_svd

    end = ".json.gz" if (folder / "test_public.json.gz").is_file() else ".json"
    sets = [few(folder / f"train_{n}{end}") for n in range(5)] + [few(folder / f"test_public{end}")]
    names = sorted({label for part in sets[:5] for label in part.labels})
    extra = [seeds.get(name.removeprefix("news_"), _parts(name)) for name in names]
    tokens = [*extra, *(row for part in sets for row in part.tokens)]
    texts = ["。".join(row) for row in extra] + [text for part in sets for text in part.texts]
    x = TfidfTransformer().fit_transform(bags(tokens, texts, small.longest, 2)).astype(np.float32)
    _, strength, turned = randomized_svd(x, BASIS, n_iter=2, random_state=0)
    basis = (turned.T * np.sqrt(strength[0] / strength)).astype(np.float32)
    ends = np.cumsum([len(names), *(len(part.texts) for part in sets)])
    codes = [f"c{n}" for n in range(len(names))]
    themes = themes_of(codes, dict(zip(codes, extra, strict=True)))
    gold, found = sets[5].classes(names), []
    for number in range(5):
        rows = np.r_[: len(names), ends[number] : ends[number + 1]]
        labels = np.r_[np.arange(len(names)), sets[number].classes(names)]
        odds = settle(x, basis, rows, labels, small)
        said = _log(sharpened(odds))
        if small.weak:
            known = np.full(len(texts), -1)
            known[rows] = labels
            weak = weak_labels(texts, tokens, themes, other=False, labels=known.tolist())
            said += small.weak * np.log(np.nan_to_num(weak[:, :-1]) + 1e-9).astype(np.float32)
        found.append(float((said[ends[5] :].argmax(axis=1) == gold).mean()))
    return found


def settle(x: Matrix, basis: Array, rows: Ints, labels: Ints, small: Small) -> Array:
    """Learn from the labelled rows, then from all with the model's own answers, evened."""
    kinds = int(labels.max()) + 1
    even = SMOOTHING / kinds
    hard = np.eye(kinds, dtype=np.float32)[labels]
    shares = (hard * (1 - SMOOTHING) + even).astype(np.float32)
    weights = np.where(np.arange(len(rows)) < kinds, small.seed_weight, 1.0).astype(np.float32)
    found = fit(x[rows], Targets(shares, weights), small.penalty, basis)
    for _ in range(small.rounds):
        odds = sharpened(x @ found[:-1] + found[-1])
        soft = np.exp(odds - odds.max(axis=1, keepdims=True))
        soft /= soft.sum(axis=1, keepdims=True)
        soft[rows] = hard
        again = np.full(x.shape[0], (len(rows) - kinds) / x.shape[0], np.float32)
        every = np.r_[rows, np.arange(x.shape[0])]
        targets = Targets(np.concatenate((shares, soft)), np.concatenate((weights, again)))
        found = fit(x[every], targets, small.penalty, basis)
    answer: Array = x @ found[:-1] + found[-1]
    return answer


def _parts(name: str) -> list[str]:
    """Return a label's name and the words it is made of."""
    words = [word for word in Segmenter().cut(name) if len(word) > 1]
    return list(dict.fromkeys((name, *words)))


def sharpened(odds: Array) -> Array:
    """Return the odds of an even scale, the classes' means pulled towards one another."""
    even: Array = odds - 0.7 * odds.mean(axis=0)
    even *= 3 / even.std()
    return even


def _log(odds: Array) -> Array:
    odds = odds - odds.max(axis=1, keepdims=True)
    logs: Array = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
    return logs
