"""``topics discover``: read, find, print; with ``--out`` a folder of tables."""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from topics.cli.folder import write_folder
from topics.cli.memory import keep_memory
from topics.cli.showing import rows, say, steps
from topics.cli.telling import LEARNED, telling
from topics.cli.words import with_words
from topics.cli.writing import out_folder
from topics.corpus import Article, Corpus
from topics.errors import InputError, OptionsError
from topics.themes import ThemeSet, load_themes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from topics.discovering import Discovery, Edits, Settings
    from topics.discovering.choosing import Choice
    from topics.discovering.gathering import Source
    from topics.discovering.grouping import GroupShare

REFITTED: Final = 10_000
"""Documents up to which scores that need more models are measured where nobody said: above it they
take longer than all the rest (docs/speed.md has both for 20,000 paragraphs)."""
REFITS: Final = "they fit four more models"
COMMON_SHOWN: Final = 10
"""Words left out that a message names; it counts the rest."""
MUCH: Final = 0.5
"""Share of the running words from which on it is a warning that they are left out."""


def run(args: argparse.Namespace) -> None:
    """Find topics and show them, or write them as JSON or as a folder of tables."""
    gc.set_threshold(1_000_000)  # what is read stays: to look through it took 4 % of the time
    keep_memory()
    settings, edits = _told(args)
    themes = _themes(args)
    folder = out_folder(args.out)
    with steps(5 if folder else 4) as begin:
        begin("reading")
        source = _source(args, themes)
        _say_gathered(source, args)
        choice = None
        if args.topics == "auto":
            begin("choosing K")
            settings, choice = _chosen(source, settings)
        begin("learning")
        found = _found(args, source, themes, settings, edits)
        every = _shares(found, source, args.by)
        told = []
        if folder:
            begin("writing")
            told = write_folder(folder, _files(args, source, themes, found, choice, every))
    if args.format == "json":
        print(json.dumps(_plain(found, choice, every), ensure_ascii=False))
    else:
        _show(found, every, args.by)
    for line in told:
        say(line)


def _told(args: argparse.Namespace) -> tuple[Settings, Edits | None]:
    """Check what was asked for, before anything is read.

    Raises:
        OptionsError: what was found, what is allowed.
        InputError: no file of edits.
    """
    from topics.discovering import Settings
    from topics.discovering.editing import load_edits

    for name, why in (
        ("words", "changes how texts are cut"),
        ("by", "needs articles that say more than words"),
        ("unit", "needs articles; of cut text a line is a document"),
    ):
        if args.tokenized and getattr(args, name):
            raise OptionsError(f"--{name} {why}; leave --tokenized out, or --{name}")
    if args.common is not None and not 0 < args.common <= 1:
        raise OptionsError(f"--common is {args.common}; use a share above 0, up to 1")
    settings = Settings(method=args.method, seed=args.seed, topics=_size(args.topics))
    return settings, load_edits(args.edits) if args.edits else None


def _size(given: str) -> int:
    if given == "auto":
        return 20
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise OptionsError(f"--topics {given!r} is no number; give a whole number, or auto")
    return int(given)


def _source(args: argparse.Namespace, themes: ThemeSet | None) -> Source:
    """Return the documents of the articles, or of texts that are cut at spaces, counted."""
    from topics.discovering.gathering import cut_source, gather, make_source
    from topics.ingesting import read_articles, read_rows
    from topics.mapping import MOST_COMMON
    from topics.preparing import field_segmenter, stop_words

    if args.tokenized:
        texts = map(str.split, read_rows(args.paths))
        return cut_source(texts, themes, phrases=args.phrases, most=args.common or 1.0)
    corpus = read_articles(args.paths) if args.paths else _sample()
    with telling(corpus, LEARNED):
        segmenter = field_segmenter(themes or load_themes())
        documents = gather(corpus, args.unit or "paragraph")
        most = args.common or MOST_COMMON
        return make_source(
            documents, segmenter, stop_words(), themes, phrases=args.phrases, most=most
        )


def _sample() -> Corpus:
    from topics.training import sample_corpus  # and with it all that trains

    return sample_corpus()


def _say_gathered(source: Source, args: argparse.Namespace) -> None:
    """Tell of copies, of dates that cannot be read, of words left out.

    Raises:
        OptionsError: no article says anything in the column that shares are asked by.
    """
    from topics.discovering.gathering import UNKNOWN, column
    from topics.mapping import MOST_COMMON

    if copies := sum(len(document.copies) for document in source.documents):
        say(
            f"copies: {copies} {args.unit or 'paragraph'}(s) stand word for word before: learned "
            "from once, counted in every group that they stand in"
        )
    if args.by:
        places = source.places
        groups = column(places, args.by)
        odd = [p.facts["date"] for p, g in zip(places, groups, strict=True) if g == UNKNOWN]
        if args.by == "month" and odd:
            say(f"month: {len(odd)} date(s) name none, such as {odd[0]!r}; they are {UNKNOWN!r}")
    if source.common:
        names = list(source.common)
        more = f" and {len(names) - COMMON_SHOWN} more" if len(names) > COMMON_SHOWN else ""
        say(
            f"left out: {len(names)} word(s) that stand in more than "
            f"{args.common or MOST_COMMON:.0%} of the documents: "
            f"{' '.join(names[:COMMON_SHOWN])}{more}; --common SHARE changes it"
        )
    if source.common_share > MUCH:
        say(
            f"warning: that is {source.common_share:.0%} of all words that could stand in topics; "
            "try --common 0.5 or more" + (", or --unit paragraph" if args.unit == "article" else "")
        )


def _chosen(source: Source, settings: Settings) -> tuple[Settings, Choice]:
    from topics.discovering import choose_topics
    from topics.discovering.choosing import SEEDS, sample, sizes

    counts, tokens = sample(source.counts, source.tokens)
    light = dataclasses.replace(settings, runs=1)
    choice = choose_topics(
        counts,
        source.words,
        tokens,
        candidates=sizes(counts.shape[0]),
        seeds=[(settings.seed + n) % 2**32 for n in range(len(SEEDS))],
        settings=light,
    )
    say(f"K = {choice.advised}: {choice.reason}")
    return dataclasses.replace(settings, topics=choice.advised), choice


def _found(
    args: argparse.Namespace,
    source: Source,
    themes: ThemeSet | None,
    settings: Settings,
    edits: Edits | None,
) -> Discovery:
    """Learn, and apply what was changed by hand before."""
    from topics.discovering import discover

    if not _full(args.scores, len(source.tokens)):
        settings = dataclasses.replace(settings, runs=0, perplexity=False)
        say(f"stability, agreement, perplexity: not measured ({REFITS}); --scores full does")
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
        for one in lost:
            say(f"not applied: {one.edit.action} of {one.why}")
    return found


def _full(scores: str, documents: int) -> bool:
    """Tell whether all scores are measured, also those that more models are fitted for."""
    return scores == "full" or (scores == "auto" and documents <= REFITTED)


def _shares(found: Discovery, source: Source, by: str | None) -> Sequence[GroupShare]:
    from topics.discovering.tables import shares

    return shares(found, source, by) if by else ()


def _plain(found: Discovery, choice: Choice | None, every: Sequence[GroupShare]) -> dict[str, Any]:
    """Return what ``--format json`` prints."""
    from topics.discovering.tables import shares_json

    data = found.to_dict()
    if choice:
        data["choice"] = choice.to_dict()
    if every:
        data["groups"] = shares_json(found, every)
    return data


def _themes(args: argparse.Namespace) -> ThemeSet | None:
    """Return the themes, with the user's words, as texts are read; None where none are needed."""
    if args.tokenized:
        return load_themes(args.themes) if args.themes else None
    from topics.preparing import read_word

    return with_words(load_themes(args.themes or "cppcc"), args.words).spelled(read_word)


def _show(found: Discovery, every: Sequence[GroupShare], by: str | None) -> None:
    from topics.naming import readable

    named = any(t.name != readable(t.words) for t in found.topics)
    rows(
        ("id", "share", "theme", *(["name"] if named else []), "words"),
        (
            (t.id, f"{t.share:.1%}", t.theme, *([t.name] if named else []), " ".join(t.words))
            for t in found.topics
        ),
    )
    if every:
        from topics.discovering.tables import SHOWN, by_group

        if by == "file":
            from topics.reporting.marking import short_names

            short = short_names({share.group for share in every})
            every = [dataclasses.replace(share, group=short[share.group]) for share in every]
        rows(*by_group(found, every))
        more = len({s.group for s in every}) - SHOWN
        if more > 0:
            say(f"{by}: the {SHOWN} largest; … and {more} more in shares.csv (--out DIR)")
    scores = found.scores.to_dict()
    say(", ".join(f"{name} {'–' if s is None else s}" for name, s in scores.items()))


def _files(  # all that a folder tells of
    args: argparse.Namespace,
    source: Source,
    themes: ThemeSet | None,
    found: Discovery,
    choice: Choice | None,
    every: Sequence[GroupShare],
) -> dict[str, str | bytes]:
    """Return name → content of what ``--out`` writes."""
    from topics.discovering import tables

    files: dict[str, str | bytes] = {**tables.files(found, source, choice)}
    if args.by:
        files["shares.csv"] = tables.shares_csv(found, every, args.by)
    files["new_themes.toml"] = _candidates(args, source, themes)
    if choice:
        from topics.plotting import to_png, to_svg, topic_choice

        figure = topic_choice(*choice.series(), choice.advised, args.lang, spreads=choice.spreads())
        files["choice.svg"] = to_svg(figure)
        files["choice.png"] = to_png(figure, dpi=200)
    return files


def _candidates(args: argparse.Namespace, source: Source, themes: ThemeSet | None) -> str:
    from topics.discovering import Settings
    from topics.discovering.candidates import candidate_themes, to_toml

    rest, where = _unexplained(source, themes)
    known = themes.seed_words if themes else frozenset[str]()
    settings = Settings(method=args.method, seed=args.seed)
    new = candidate_themes(source.counts, source.words, rest, settings, known)
    return to_toml(new, source.texts, where, themes.codes if themes else ())


def _unexplained(source: Source, themes: ThemeSet | None) -> tuple[NDArray[np.bool_], str]:
    """Return which documents no fixed theme explains, and how it was told, in words."""
    import numpy as np

    from topics.discovering.candidates import unexplained, unseeded

    number = len(source.tokens)
    if themes is None:
        return np.ones(number, np.bool_), f"found in all {number} documents; no themes were given"
    other = _other(source, themes)
    rest = unseeded(source, themes) if other is None else unexplained(source, other)
    how = "by their seed words" if other is None else "by the ready-made model"
    many = int(rest.sum())
    return rest, f"what the fixed themes leave unexplained ({many} of {number} documents, {how})"


def _other(source: Source, themes: ThemeSet) -> list[bool] | None:
    """Return which paragraphs the ready-made model calls other; None where it knows others."""
    from topics.tagging import load

    try:
        tagger = load(None)
    except InputError:
        return None
    if tagger.themes.digest != themes.digest or not source.documents:
        return None
    pieces = (Article(document.parts) for document in source.documents)
    return [tag.theme == "other" for tag in tagger.iter_tags(pieces)]
