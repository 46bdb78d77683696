"""``topics discover``: read, find, print; with ``--out`` a folder of tables."""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from topics.cli.memory import keep_memory
from topics.cli.showing import rows, say, steps
from topics.cli.telling import telling
from topics.cli.words import with_words
from topics.cli.writing import replaced
from topics.corpus import Article, Corpus
from topics.errors import InputError, OptionsError
from topics.themes import ThemeSet, load_themes

if TYPE_CHECKING:
    from topics.discovering import Discovery, Settings
    from topics.discovering.choosing import Choice
    from topics.discovering.gathering import Source

REFITTED: Final = 10_000
"""Documents up to which scores that need more models are measured where nobody said: above it they
take longer than all the rest (docs/speed.md has both for 20,000 paragraphs)."""
REFITS: Final = "they fit four more models"


def run(args: argparse.Namespace) -> None:
    """Find topics and show them, or write them as JSON or as a folder of tables."""
    gc.set_threshold(1_000_000)  # what is read stays: to look through it took 4 % of the time
    keep_memory()
    size = _size(args.topics)
    if args.tokenized and args.words:
        raise OptionsError("--words changes how texts are cut; leave it or --tokenized out")
    if args.tokenized and args.by:
        raise OptionsError("--by needs articles that say more than words; leave --tokenized out")
    themes = _themes(args)
    folder = _folder(args.out)
    with steps(5 if folder else 4) as begin:
        begin("reading")
        source = _source(args, themes)
        if args.by:
            source.column(args.by)  # a name that is not there is told before the long work
        found, choice = _found(args, source, themes, size, begin)
        if folder:
            begin("writing")
            _write(folder, args, source, found, choice)
    if args.format == "json":
        print(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _show(found, source, args.by)
    if folder:
        say(f"written: {folder}/ ({', '.join(sorted(p.name for p in folder.iterdir()))})")


def _found(
    args: argparse.Namespace,
    source: Source,
    themes: ThemeSet | None,
    size: int,
    begin: Callable[[str], None],
) -> tuple[Discovery, Choice | None]:
    """Choose K if asked, learn, and apply what was changed by hand before."""
    from topics.discovering import Settings, discover
    from topics.discovering.editing import load_edits

    edits = load_edits(args.edits) if args.edits else None
    settings = Settings(method=args.method, seed=args.seed, topics=size)
    choice = None
    if args.topics == "auto":
        settings, choice = _chosen(source, settings, begin)
    if not _full(args.scores, len(source.tokens)):
        settings = dataclasses.replace(settings, runs=0, perplexity=False)
        say(f"stability, agreement, perplexity: not measured ({REFITS}); --scores full does")
    begin("learning")
    found = discover(
        source.counts,
        source.words,
        source.tokens,
        settings=settings,
        themes=themes,
        articles=source.articles,
    )
    if edits:
        found, lost = edits.apply(found, source.counts, themes, source.tokens)
        for edit in lost:
            names = "; ".join(" ".join(words[:5]) for words in edit.topics)
            say(f"not applied: {edit.action} of {names}: no such topic this time")
    return found, choice


def _full(scores: str, documents: int) -> bool:
    """Tell whether all scores are measured, also those that more models are fitted for."""
    return scores == "full" or (scores == "auto" and documents <= REFITTED)


def _size(given: str) -> int:
    if given == "auto":
        return 20
    if not given.isdigit():
        raise OptionsError(f"--topics {given!r} is no number; give a whole number, or auto")
    return int(given)


def _folder(given: str | None) -> Path | None:
    if given is None:
        return None
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionsError(f"--out {given}: no folder can be made ({error.strerror})") from error
    return folder


def _themes(args: argparse.Namespace) -> ThemeSet | None:
    """Return the themes and the user's words as texts are read; None for texts that are cut."""
    if args.tokenized:
        return None
    from topics.preparing import read_word

    return with_words(load_themes(args.themes), args.words).spelled(read_word)


def _source(args: argparse.Namespace, themes: ThemeSet | None) -> Source:
    """Return the documents of the articles, or of texts that are cut at spaces, counted."""
    from topics.discovering.gathering import cut_source, gather, make_source
    from topics.ingesting import read_articles, read_rows
    from topics.preparing import field_segmenter, stop_words

    if args.tokenized:
        return cut_source(map(str.split, read_rows(args.paths)), phrases=args.phrases)
    corpus = read_articles(args.paths) if args.paths else _sample()
    with telling(corpus):
        segmenter = field_segmenter(themes or load_themes())
        documents = gather(corpus, args.unit)
        return make_source(documents, segmenter, stop_words(), themes, phrases=args.phrases)


def _sample() -> Corpus:
    from topics.training import sample_corpus  # and with it all that trains

    return sample_corpus()


def _chosen(
    source: Source, settings: Settings, begin: Callable[[str], None]
) -> tuple[Settings, Choice]:
    from topics.discovering import choose_topics
    from topics.discovering.choosing import SEEDS, sample, sizes

    begin("choosing K")
    counts, tokens = sample(source.counts, source.tokens)
    light = dataclasses.replace(settings, runs=1)
    choice = choose_topics(
        counts,
        source.words,
        tokens,
        candidates=sizes(counts.shape[0]),
        seeds=[settings.seed + n for n in range(len(SEEDS))],
        settings=light,
    )
    say(f"K = {choice.advised}: {choice.reason}")
    return dataclasses.replace(settings, topics=choice.advised), choice


def _show(found: Discovery, source: Source, by: str | None) -> None:
    from topics.naming import readable

    named = any(t.name != readable(t.words) for t in found.topics)
    rows(
        ("id", "share", "theme", *(["name"] if named else []), "words"),
        (
            (t.id, f"{t.share:.1%}", t.theme, *([t.name] if named else []), " ".join(t.words))
            for t in found.topics
        ),
    )
    if by:
        from topics.discovering.tables import by_group

        rows(*by_group(found, source, by))
    scores = found.scores.to_dict()
    say(", ".join(f"{name} {'–' if s is None else s}" for name, s in scores.items()))


def _write(
    folder: Path,
    args: argparse.Namespace,
    source: Source,
    found: Discovery,
    choice: Choice | None,
) -> None:
    from topics.discovering import tables

    files = tables.files(found, source, choice)
    if args.by:
        files["shares.csv"] = tables.shares_csv(found, source, args.by)
    files["new_themes.toml"] = _candidates(args, source)
    pictures: dict[str, bytes] = {}
    if choice:
        from topics.plotting import to_png, to_svg, topic_choice

        figure = topic_choice(*choice.series(), choice.advised, args.lang, spreads=choice.spreads())
        files["choice.svg"] = to_svg(figure)
        pictures["choice.png"] = to_png(figure, dpi=200)
    with ExitStack() as stack:  # all are written before one takes its place
        for name, text in files.items():
            fresh = stack.enter_context(replaced(str(folder / name)))
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            fresh.write_bytes(text.encode(encoding, "replace"))
        for name, data in pictures.items():
            stack.enter_context(replaced(str(folder / name))).write_bytes(data)


def _candidates(args: argparse.Namespace, source: Source) -> str:
    from topics.discovering import Settings
    from topics.discovering.candidates import candidate_themes, to_toml, unexplained

    themes = _themes(args)
    rest = unexplained(source, _other(args, source))
    known = themes.seed_words if themes else frozenset[str]()
    settings = Settings(method=args.method, seed=args.seed)
    new = candidate_themes(source.counts, source.words, rest, settings, known)
    codes = themes.codes if themes else ()
    return to_toml(new, source.texts, int(rest.sum()), codes)


def _other(args: argparse.Namespace, source: Source) -> list[bool] | None:
    """Return which paragraphs the ready-made model calls other; None where it does not fit."""
    if args.tokenized or args.themes != "cppcc":
        return None
    from topics.tagging import load

    try:
        tagger = load(None)
    except InputError:
        return None
    pieces = (Article(document.parts) for document in source.documents)
    return [tag.theme == "other" for tag in tagger.iter_tags(pieces)]
