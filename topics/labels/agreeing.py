"""How far people who labelled the same paragraphs agree (Cohen 1960; of several, Light 1971)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several people said of the same paragraphs."""

    people: int
    """Who labelled a paragraph that another labelled too."""
    both: int
    """Paragraphs that two or more of them labelled."""
    same: int
    """Paragraphs of which all said the same."""
    kappa: float
    """Cohen's kappa; of more than two people its mean over their pairs: 1 at best, 0 by chance."""

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.people} annotators say the same of {self.same} of {self.both} paragraph(s) "
            f"(Cohen's kappa {self.kappa:.2f})"
        )


def agreement(said: Iterable[tuple[str, int, int]]) -> Agreement | None:
    """Return how far people agree; None where no paragraph was labelled by two of them.

    Args:
        said: who, the number of the paragraph, and the class; of two labels that one person gave
            a paragraph the later one holds.
    """
    by_person: dict[str, dict[int, int]] = {}
    by_paragraph: dict[int, dict[str, int]] = {}
    for person, paragraph, theme in said:
        by_person.setdefault(person, {})[paragraph] = theme
        by_paragraph.setdefault(paragraph, {})[person] = theme
    shared = [given for given in by_paragraph.values() if len(given) > 1]
    if not shared:
        return None
    people = {person for given in shared for person in given}
    pairs = [
        [(one[n], other[n]) for n in one.keys() & other.keys()]
        for one, other in combinations([by_person[person] for person in sorted(people)], 2)
    ]
    values = [cohens_kappa(pair) for pair in pairs if pair]
    same = sum(len(set(given.values())) == 1 for given in shared)
    return Agreement(len(people), len(shared), same, sum(values) / len(values))


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Return Cohen's kappa of two people's classes; 1 where both only ever said one and the same.

    >>> cohens_kappa([(0, 0), (0, 0), (1, 1), (1, 0)])
    0.5
    """
    n = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum(one == other for one, other in pairs) / n
    chance = sum(count * second[theme] for theme, count in first.items()) / n**2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)
