"""The report's first lines: what was read, what it is about, how sure that is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from topics.findings import Findings, Scores, Share
from topics.plotting.house import phrases
from topics.plotting.numbers import UNSURE, shares_of
from topics.reporting.saying import counted, told
from topics.themes import OTHER

SURE: Final = 0.8
"""A tag of this probability or more is called sure."""


def headline(findings: Findings, lang: str) -> str:
    """Return the main finding in one line; a tie is called a tie."""
    words = phrases(lang)["page"]["headline"]
    if not findings.tags:
        return str(words["none"])
    shares = _ranked(findings)
    if sum(share.estimate for share in shares) < 0.5:
        return str(words["other"])
    first, *rest = shares
    names = {"a": findings.themes.label(first.theme, lang), "p": f"{first.estimate:.0%}"}
    if rest and first.low <= rest[0].high and rest[0].estimate > 0:
        names["b"] = findings.themes.label(rest[0].theme, lang)
        return str(words["even"].format(**names, q=f"{rest[0].estimate:.0%}"))
    return str(words["one"].format(**names))


def about_shares(findings: Findings, lang: str) -> str:
    """Return what is to be known of the shares: corrected, sampled only, or counted."""
    words = phrases(lang)["page"]["note"]
    if findings.corrected:
        return str(words["shares_corrected"])
    return str(words["shares_sampled" if findings.shares else "shares_counted"])


def _ranked(findings: Findings) -> list[Share]:
    shares = [share for share in shares_of(findings) if share.theme != OTHER]
    return sorted(shares, key=lambda share: -share.estimate)


def answer(findings: Findings, lang: str) -> str:
    """Return one paragraph in plain language."""
    words = phrases(lang)["page"]["answer"]
    corpus = findings.corpus
    said = [
        words["read_rows" if findings.rows_only else "read"].format(
            files=corpus.files, articles=len(corpus), paragraphs=len(findings.tags)
        )
    ]
    if corpus.skipped:
        said.append(words["skipped"].format(n=len(corpus.skipped)))
    if findings.tags:
        said.append(_shares(findings, lang))
        scores = findings.scores
        said += _checked(scores, lang) if scores and scores.n else _unchecked(findings, words)
    return counted("".join(said).strip())


def _shares(findings: Findings, lang: str) -> str:
    page = phrases(lang)["page"]
    words = page["answer"]
    parts: list[str] = []
    for share in _ranked(findings):
        key = "share_interval" if share.low < share.high and not parts else "share"
        name = findings.themes.label(share.theme, lang)
        low, high = f"{share.low:.0%}", f"{share.high:.0%}"
        parts.append(words[key].format(name=name, p=f"{share.estimate:.0%}", low=low, high=high))
    rest = next(share for share in shares_of(findings) if share.theme == OTHER)
    listed = words["shares"].format(list=page["comma"].join(parts))
    return str(listed + words["other"].format(p=f"{rest.estimate:.0%}"))


def _unchecked(findings: Findings, words: Mapping[str, Any]) -> list[str]:
    """Say how sure the model is by its own word, which nothing confirms."""
    tags = findings.tags
    sure = sum(tag.probability >= SURE for tag in tags) / len(tags)
    doubtful = sum(tag.probability < UNSURE for tag in tags)
    return [words["sure"].format(p=f"{sure:.0%}", n=doubtful), words["no_labels"]]


def _checked(scores: Scores, lang: str) -> list[str]:
    """Say how right and how sure the tags are of the paragraphs that were held out.

    Tags of paragraphs whose labels have taught the model are surer than any it will meet.
    """
    page = phrases(lang)["page"]
    words, note = page["answer"], page["note"]["scores"]
    low, high = f"{scores.macro_f1_low:.2f}", f"{scores.macro_f1_high:.2f}"
    right, f1 = f"{scores.accuracy:.0%}", f"{scores.macro_f1:.2f}"
    said = [words["held_out"].format(n=scores.n, right=right, f1=f1, low=low, high=high)]
    if scores.calibration:
        sure = [(share, n) for p, share, n in scores.calibration if p > SURE]
        many = sum(n for _, n in sure)
        hits = f"{sum(share * n for share, n in sure) / many:.0%}" if many else "–"
        doubtful = sum(n for p, _, n in scores.calibration if p <= UNSURE)
        said.append(
            words["sure_checked"].format(p=f"{many / scores.n:.0%}", right=hits, n=doubtful)
        )
    if scores.how:
        said.append(note.format(how=told(scores.how, page["said"])))
    return said
