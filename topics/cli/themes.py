"""``topics themes``."""

from __future__ import annotations

import argparse

from topics.cli.showing import counted, rows
from topics.cli.telling import say_read
from topics.cli.words import with_words
from topics.ingesting import read_articles
from topics.options import Options
from topics.themes import load_themes


def run(args: argparse.Namespace) -> None:
    """Check a theme file: what its seeds do in a corpus, which words it might gain or lose."""
    themes = with_words(load_themes(args.file), args.words)
    from topics.diagnosing import diagnose, suggest
    from topics.preparing import prepare, stop_words
    from topics.training import sample_corpus, sample_labels

    packaged = themes.digest == load_themes().digest and not args.on
    corpus = read_articles(args.on) if args.on else sample_corpus()
    say_read(corpus, f"; {sum(len(theme.seeds) for theme in themes)} seed words")
    prepared = prepare(corpus, themes, sample_labels(themes) if packaged else None, Options())
    seeds = list(counted(diagnose(prepared), "seed words"))
    rows(
        ("theme", "seed", "paragraphs", "agreement", "stronger beside it", "changed without it"),
        (
            (
                s.theme,
                s.word,
                s.documents,
                f"{s.agreement:.2f}",
                " ".join(s.also),
                f"{s.changed or 0.0:.2%}",
            )
            for s in seeds
        ),
    )
    words = suggest(prepared, stop_words())
    for theme in themes:
        own = [seed for seed in seeds if seed.theme == theme.code]
        missing = [seed.word for seed in own if not seed.documents]
        doubtful = [s.word for s in own if s.documents >= 5 and s.agreement < 0.34]
        print(f"\n{theme.zh} ({theme.code})")
        print("  never found:", " ".join(missing) or "–")
        print("  to leave out or weaken:", " ".join(doubtful) or "–")
        print("  to add:", " ".join(words[theme.code]) or "–")
