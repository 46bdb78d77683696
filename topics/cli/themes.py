"""``topics themes``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

from topics.cli.showing import counted, rows
from topics.cli.telling import say_read, say_spelled
from topics.cli.words import with_words
from topics.findings import SeedWord
from topics.ingesting import read_articles
from topics.options import Options
from topics.themes import Theme, ThemeSet, load_themes

_COLUMNS = (
    *("theme", "seed", "paragraphs", "agreement", "of these"),
    *("stronger beside it", "changed without it"),
)


def run(args: argparse.Namespace) -> None:
    """Check a theme file: what its seeds do in a corpus, which words it might gain or lose."""
    themes = with_words(load_themes(args.file), args.words)
    from topics.diagnosing import diagnose, longer_words, suggest
    from topics.preparing import prepare, stop_words
    from topics.training import sample_corpus, sample_labels

    packaged = themes.packaged and not args.on
    corpus = read_articles(args.on) if args.on else sample_corpus()
    say_read(corpus, f"; {sum(len(theme.seeds) for theme in themes)} seed words")
    say_spelled(themes)
    prepared = prepare(corpus, themes, sample_labels(themes) if packaged else None, Options())
    seeds = list(counted(diagnose(prepared), "seed words"))
    rows(_COLUMNS, map(_row, seeds))
    for line in _meaning(seeds):
        print(line)
    words, longer = suggest(prepared, stop_words()), longer_words(prepared)
    for theme in prepared.themes:
        own = [seed for seed in seeds if seed.theme == theme.code]
        print("\n" + "\n".join(_advice(theme, prepared.themes, own, longer, words[theme.code])))


def _row(seed: SeedWord) -> tuple[object, ...]:
    judges = "labelled" if seed.labelled else "with other seeds"
    return (
        seed.theme,
        seed.word,
        seed.documents,
        "–" if seed.agreement is None else f"{seed.agreement:.2f}",
        f"{seed.compared} {judges}" if seed.compared else "–",
        " ".join(seed.also),
        f"{seed.changed or 0.0:.2%}",
    )


def _meaning(seeds: Sequence[SeedWord]) -> Iterator[str]:
    """Yield what agreement means here: it has two meanings, and may have none."""
    compared = [seed for seed in seeds if seed.compared]
    if any(seed.labelled for seed in compared):
        yield (
            "agreement: share of the seed's labelled paragraphs that have the theme's label "
            "(its precision)"
        )
    if any(not seed.labelled for seed in compared):
        yield (
            "agreement: of the seed's paragraphs with other seeds in them, the share in which "
            "those of its theme are the strongest; no label was asked"
        )
    if len(compared) < len(seeds):
        yield "agreement –: nothing to compare with"


def _advice(
    theme: Theme,
    themes: ThemeSet,
    seeds: Sequence[SeedWord],
    longer: Mapping[str, Sequence[tuple[str, int]]],
    words: Sequence[str],
) -> Iterator[str]:
    """Yield what might be done about a theme's seeds, line by line."""
    missing = [seed.word for seed in seeds if not seed.documents]
    yield f"{theme.zh} ({theme.code})"
    yield f"  never found: {' '.join(missing) or '–'}"
    for seed in seeds:
        if others := [one.code for one in themes if one is not theme and seed.word in one.seeds]:
            yield f"  {seed.word} is a seed of other themes too: {' '.join(others)}"
        found = longer.get(seed.word, ())
        if sum(times for _, times in found) > seed.documents:
            within = ", ".join(f"{word} {times}×" for word, times in found)
            yield f"  {seed.word} stands inside longer words, and does not count there: {within}"
    yield f"  to leave out or weaken: {' '.join(s.word for s in seeds if s.doubtful) or '–'}"
    yield f"  to add: {' '.join(words) or '–'}"
