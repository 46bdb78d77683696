"""The card of the ready-made model: what it is for, learned from, how right it is, what it is not.

Every figure is counted or measured by the build itself, so that the same build gives the same card;
there is no date of the day in it.
"""

import platform
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from topics.classifying import Examples, Trained
from topics.evaluating import score
from topics.options import Options
from topics.themes import ThemeSet
from topics.training import versions

SAMPLE: Final = "sample "
"""How the articles of the packaged sample begin among the groups."""
_KINDS: Final = {
    "sample": "packaged sample, its train articles",
    "news_drawn": "newspapers and reports, drawn at random",
    "news_chosen": "newspapers and reports, chosen by words or as hard",
}
_LIMITS: Final = """\
- It knows these themes only, as the codebook draws them. Other themes: train a model of your own,
  docs/en/themes.md. The same themes, drawn otherwise: label some paragraphs, docs/en/labelling.md.
- It is for running text in Chinese: reports and news of the CPPCC first, then newspapers and
  reports of governments. It did not learn from headlines, posts, tables, literature or other
  languages; where a text has many words that it does not know, the tag says so.
- The newspapers are of the third quarter of 2023. It knows words of other years as far as the
  sample, which was written for this project, has them.
- Labels were given, and the sample was written, by sessions of a language model that followed the
  codebook, not by people of your office. Before you rely on a figure, label a few hundred of your
  own paragraphs: `topics label`, `topics evaluate`.
- Probabilities are calibrated on the sample and on newspapers drawn at random, in the mix above.
  Where themes are mixed otherwise they are less right. One tag is no proof.

限度：只认得上述主题，按编码手册的界定；学的是成段的中文报道和报告，不是标题、帖子、表格；
报纸是 2023 年第三季度的；标注和样本出自遵循编码手册的语言模型，不是你单位的人。
要依据某个数字，请先自己标几百段来核对。
"""


def facts(given: Examples, trained: Trained, themes: ThemeSet, options: Options) -> dict[str, Any]:
    """Return what the build knows, as plain data."""
    parts = dict(_parts(given, trained))
    return {
        "name": "cppcc",
        "method": "tfidf",
        "themes": themes.name,
        "options": options.to_dict(),
        "labelled": int(sum(part.sum() for part in parts.values())),
        "sources": (
            "the packaged sample corpus (train articles); labelled paragraphs of the People's "
            "Daily 2023 Q3 and of government and congress reports (words and weights only)"
        ),
        "labels": "by language model sessions following the codebook; see docs/accuracy.md",
        "learned_from": {
            "articles": {
                kind: len(_articles(given, trained, part)) for kind, part in parts.items()
            },
            "paragraphs": {kind: int(part.sum()) for kind, part in parts.items()},
            "sentences": int(_sentences(given, trained).sum()),
            "by_theme": {
                code: int((trained.labels[_any(parts)] == n).sum())
                for n, code in enumerate(themes.classes)
            },
        },
        "cross_validation": {
            "how": f"{trained.folds} parts, split by article",
            **{
                kind: _scored(given, trained, part, themes, options.seed)
                for kind, part in {**parts, "all": _any(parts)}.items()
            },
        },
        "python": platform.python_version(),
        "versions": versions(),
        "command": "python scripts/build_model.py --corpora FOLDER",
    }


def page(card: Mapping[str, Any], themes: ThemeSet) -> str:
    """Return the card as README.md."""
    learned, checked = card["learned_from"], card["cross_validation"]
    names = ", ".join(f"{theme.zh} {theme.en}".strip() for theme in themes)
    themed = ", ".join(f"{themes.label(code)} {n}" for code, n in learned["by_theme"].items())
    lines = [
        "# The ready-made model",
        "",
        f"It tags the paragraphs of Chinese articles with {names}, or with",
        f"{themes.other.zh} {themes.other.en}: `topics tag article.txt`. It is a linear classifier",
        f"of words and pairs of characters, calibrated ({card['method']}).",
        "",
        "自带模型：给中文文章的段落标注以上主题，首先用于人民政协的报道和工作报告。",
        "",
        "## What it was learned from",
        "",
        "| text | articles | labelled paragraphs |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {learned['articles'][kind]} | {learned['paragraphs'][kind]} |"
            for kind, name in _KINDS.items()
        ),
        "",
        f"Labelled paragraphs by theme: {themed}.",
        f"Beside them {learned['sentences']} sentences of sample paragraphs that have one theme",
        "alone. How the newspapers' paragraphs were drawn and chosen: docs/accuracy.md.",
        "",
        f"- sources: {card['sources']}",
        f"- labels: {card['labels']}",
        "",
        "## How right it is",
        "",
        f"Cross-validation ({checked['how']}): every paragraph is tagged by a model that did not",
        "learn from its article. In brackets 95 % intervals, the wider of those by paragraphs and",
        "by articles.",
        "",
        "| text | paragraphs | accuracy | macro-F1 | calibration error |",
        "| --- | --- | --- | --- | --- |",
        *(_row(name, checked[kind]) for kind, name in {**_KINDS, "all": "all of these"}.items()),
        "",
        "Each of these models has read other articles of the same writers and newspapers. How",
        "right it is on writers that it had not read, and on gold labels: docs/accuracy.md.",
        "",
        "## What it does not do",
        "",
        *_LIMITS.splitlines(),
        "",
        "## How it was made",
        "",
        f"- command: `{card['command']}`",
        f"- options: {', '.join(f'{key} {value}' for key, value in card['options'].items())}",
        f"- Python {card['python']}",
        *(f"- {package} {version}" for package, version in card["versions"].items()),
        "",
    ]
    return "\n".join(lines)


def _parts(given: Examples, trained: Trained) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each kind of labelled paragraph and which rows of ``trained.labelled`` are of it."""
    rows = trained.labelled.tolist()
    whole = ~_sentences(given, trained)
    sample = np.array([given.groups[row].startswith(SAMPLE) for row in rows], np.bool_)
    drawn = np.ones(len(rows), np.bool_)
    if given.calibrates is not None:
        drawn = given.calibrates[trained.labelled]
    yield "sample", whole & sample
    yield "news_drawn", whole & ~sample & drawn
    yield "news_chosen", whole & ~sample & ~drawn


def _sentences(given: Examples, trained: Trained) -> NDArray[np.bool_]:
    """Return which labelled rows are single sentences: no tags are known of them."""
    return np.array([given.tags[row] is None for row in trained.labelled.tolist()], np.bool_)


def _any(parts: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.any(list(parts.values()), axis=0)
    return found


def _articles(given: Examples, trained: Trained, part: NDArray[np.bool_]) -> set[str]:
    return {given.groups[row] for row in trained.labelled[part].tolist()}


def _scored(
    given: Examples, trained: Trained, part: NDArray[np.bool_], themes: ThemeSet, seed: int
) -> dict[str, Any]:
    """Return the scores of what was held out of these rows."""
    articles = [given.groups[row] for row in trained.labelled[part].tolist()]
    gold = trained.labels[part].tolist()
    found = score(gold, trained.held_out[part], themes.classes, articles=articles, seed=seed)
    return {
        "n": found.n,
        "accuracy": round(found.accuracy, 4),
        "macro_f1": round(found.macro_f1, 4),
        "macro_f1_interval": [round(found.macro_f1_low, 4), round(found.macro_f1_high, 4)],
        "calibration_error": round(found.calibration_error, 4),
    }


def _row(name: str, scores: Mapping[str, Any]) -> str:
    low, high = scores["macro_f1_interval"]
    return (
        f"| {name} | {scores['n']} | {scores['accuracy']:.3f} "
        f"| {scores['macro_f1']:.3f} ({low:.3f}–{high:.3f}) | {scores['calibration_error']:.3f} |"
    )
