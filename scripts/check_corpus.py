"""Check the packaged sample corpus: how many, how varied, how well the two coders agree.

python scripts/check_corpus.py [--write]    exit code 1 if two paragraphs share 14 characters

--write puts what it prints into docs/accuracy.md.
"""

import csv
import re
import sys
from collections import Counter

from recording import DOCS, noted

from topics.labels.agreeing import cohens_kappa
from topics.segmenting import read_lexicon
from topics.training import SAMPLE, sample_corpus

RUN = 14
"""Characters that two paragraphs may not share in a row; the lexicon's expressions are masked."""


def main() -> int:
    """Print the figures; return the exit code."""
    corpus = sample_corpus()
    with (SAMPLE / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    coded = [(row["coder_a_theme"], row["coder_b_theme"]) for row in rows]
    lengths = [len(part.text) for part in corpus.paragraphs]
    print(f"- {corpus.summary}, mean length {sum(lengths) / len(lengths):.0f} characters")
    for name in ("theme", "split"):
        shown = ", ".join(f"{key} {n}" for key, n in Counter(r[name] for r in rows).most_common())
        print(f"- {name}: {shown}")
    agree = sum(a == b for a, b in coded)
    print(
        f"- two coders: {agree} of {len(rows)} alike, Cohen's kappa "
        f"{cohens_kappa(coded):.3f}, {sum(bool(r['settled']) for r in rows)} settled"
    )
    shared = moulds([part.text for part in corpus.paragraphs])
    for run, one, other in shared:
        print(f"- shared run: {run} in paragraphs {one} and {other}")
    print(f"- runs of {RUN} characters in two paragraphs: {len(shared)}")
    return bool(shared)


def moulds(texts: list[str]) -> list[tuple[str, int, int]]:
    """Return runs of `RUN` Han characters that stand in two texts, one for each pair of texts."""
    masks = sorted(read_lexicon(), key=len, reverse=True)
    mask = re.compile("|".join(map(re.escape, masks)))
    seen: dict[str, int] = {}
    found: dict[tuple[int, int], str] = {}
    for number, text in enumerate(texts):
        for stretch in re.sub(r"[^\u4e00-\u9fff|]", "", mask.sub("|", text)).split("|"):
            for start in range(len(stretch) - RUN + 1):
                run = stretch[start : start + RUN]
                other = seen.setdefault(run, number)
                if other != number:
                    found.setdefault((other, number), run)
    return [(run, *pair) for pair, run in found.items()]


if __name__ == "__main__":
    with noted(DOCS / "accuracy.md", "corpus", to_write="--write" in sys.argv[1:]):
        code = main()
    sys.exit(code)
