"""A model against labels: which of them are a fair test, its scores, the shares with both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from topics.corpus import Corpus
from topics.errors import LabelError
from topics.evaluating import TagScores, estimate_shares, score, score_tags
from topics.findings import Findings, Scores
from topics.labels import Labels, Matched
from topics.remembering import remembered
from topics.tagging import Tagger

ENOUGH: Final = 30
"""Labels unseen in training from which on they are scored alone: as many as calibration asks for.
The interval says how little they are."""


@dataclass(frozen=True)
class Checked:
    """What labels say of a model."""

    findings: Findings
    """Tags, scores and shares of the corpus, as a report has them."""
    matched: Matched
    tags: TagScores
    """Of several themes at once, where the labels name them; n 0 where they do not."""
    labelled: int
    """Paragraphs that were there to be scored: of split test, where there are any."""
    taught: int | None
    """How many of these taught the model; None: it does not say."""

    @property
    def scores(self) -> Scores:
        """The scores; on paragraphs that did not teach the model, where these are `ENOUGH`."""
        assert self.findings.scores is not None  # check saw to it
        return self.findings.scores

    @property
    def fair(self) -> bool:
        """Whether nothing that was scored is known to have taught the model."""
        return not self.taught or self.scores.n < self.labelled

    @property
    def warning(self) -> str:
        """What is to be known of the labels as a test; empty where they are a fair one."""
        if self.taught is None:
            return (
                "this model does not say which paragraphs taught it (it was made by an older "
                "version); if these labels did, the scores are no estimate"
            )
        if not self.taught:
            return ""
        rest = self.labelled - self.taught
        said = (
            f"{self.taught} of {self.labelled} labelled paragraph(s) taught this model; "
            f"its scores on them are no estimate; "
        )
        if self.fair:
            return f"{said}scored are the other {rest}"
        few = f"the other {rest} are fewer than {ENOUGH}" if rest else "there is no other"
        return (
            f"{said}{few}, so all are scored; give labels that were not learned from, or set "
            "split to test and train anew"
        )


def check(tagger: Tagger, corpus: Corpus, labels: Labels, seed: int = 7) -> Checked:
    """Tag a corpus, score the tags against labels, and estimate the shares of its themes.

    Scored are the labels of split ``test`` where there are any, else all; without those that
    taught the model, as far as it knows and enough are left. Shares are corrected by fair scores
    only; labelled paragraphs count with their labels.

    Args:
        tagger: the model.
        corpus: the articles.
        labels: of some of their paragraphs.
        seed: of the bootstrap.

    Raises:
        LabelError: if no label to be scored fits a paragraph.
    """
    parts, classes, origins = corpus.paragraphs, tagger.themes.classes, corpus.origins
    matched = labels.match(parts)
    labelled = [n for n, label in enumerate(matched.classes) if label >= 0]
    tests = [n for n in labelled if matched.splits[n] == "test"]
    chosen, how = tests or labelled, labels.path + (", its rows of split test" if tests else "")
    if not chosen:
        raise LabelError(f"{labels.path}: no label fits a paragraph; give the articles it is for")
    scored, taught = chosen, None
    if tagger.taught is not None:
        seen = remembered([parts[n].text for n in chosen], tagger.taught)
        taught = int(seen.sum())
        rest = [n for n, known in zip(chosen, seen, strict=True) if not known]
        if taught and len(rest) >= ENOUGH:
            scored, how = rest, f"{how}, without {taught} that taught the model"
        elif taught:
            how = f"{how}, {taught} of which taught the model: no estimate"
    tags = tagger.tag(corpus)
    rows = [[tags[n].probabilities[code] for code in classes] for n in scored]
    drawn = [origins[n] for n in scored]
    gold = [matched.classes[n] for n in scored]
    scores = score(gold, np.array(rows), classes, articles=drawn, seed=seed, how=how)
    fair = not taught or scored is not chosen
    findings = Findings(
        name="evaluation",
        themes=tagger.themes,
        corpus=corpus,
        tags=tags,
        theme_words={},
        scores=scores,
        shares=estimate_shares(
            [classes.index(tag.theme) for tag in tags],
            classes,
            scores if fair else None,
            seed,
            origins,
            matched.classes,
        ),
    )
    several = score_tags([tags[n] for n in scored], [matched.tags[n] for n in scored], classes)
    return Checked(findings, matched, several, len(chosen), taught)
