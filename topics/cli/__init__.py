"""The command line: parse, call one function, print. Data to stdout, words to stderr.

Exit code 0; 2 for what the user can mend; 130 after Ctrl-C. Every command loads what it needs
itself, so that ``topics --help`` answers at once.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from topics.errors import TopicsError
from topics.options import METHODS

_PATHS: Final = "files or folders (.txt .md .html .docx .pdf .json .jsonl .csv .tsv .parquet, .gz)"
_EPILOG: Final = """\
examples:
  topics train                         train on the packaged sample corpus
  topics train articles/ --name mine   train on your own articles
  topics tag article.txt               tag a new article with the ready-made model
  topics tag articles/ --format csv --out tags.csv
  topics read articles/                show how the files were understood
"""


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    words = sys.argv[1:] if argv is None else argv
    named = words[0] if words and words[0] in _commands() else ""
    args = _parser(named).parse_args(words)
    if not args.command:
        _parser().print_help()
        return 0
    gc.set_threshold(50_000)  # commands make many objects, and few that point to one another
    if args.command in {"tag", "discover"}:
        # No algebra there, or on one thread: more cost memory, and forbid to fork.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        importlib.import_module("topics.segmenting").begin()  # while the rest is imported
    try:
        module = importlib.import_module(f"topics.cli.{args.module}")
        module.run(args)
        sys.stdout.flush()
    except TopicsError as error:
        print(f"topics: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader (head, less) has seen enough
        _close_stdout()
        return 0
    except OSError as error:  # of a stream: what has a name is met where it is opened
        _close_stdout()
        where = f"{error.filename}: " if error.filename else "the output "
        print(f"topics: {where}cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        _close_stdout()
        done = str(stop) or "what was written before is whole"
        print(f"topics: stopped; {done}", file=sys.stderr)
        return 130
    return 0


def _close_stdout() -> None:
    """Let what still waits for stdout go nowhere, or leaving would try, and fail, once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser; of one command alone if it is named, for all take some milliseconds."""
    parser = argparse.ArgumentParser(
        prog="topics",
        description="Finds and tags the themes of Chinese articles, paragraph by paragraph.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (about, fill) in _commands().items():
        if command in ("", name):
            one = commands.add_parser(name, help=about, description=about.capitalize() + ".")
            one.set_defaults(module="show" if name == "info" else name)
            fill(one)
    return parser


def _commands() -> dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]]:
    return {
        "train": ("train a model and write a report", _train),
        "tag": ("tag articles with a saved model", _tag),
        "read": ("show how files were understood, part by part", _read),
        "discover": ("find topics that nobody named yet", _discover),
        "edits": ("change discovered topics by hand, in a small file", _edits),
        "intrusion": ("score filled-in word intrusion tests", _intrusion),
        "evaluate": ("score a model against labels", _evaluate),
        "label": ("label the paragraphs that help most, in the terminal", _label),
        "report": ("write the page of a report again", _report),
        "serve": ("open a local page to tag, correct and compare", _serve),
        "themes": ("check a theme file against a corpus", _themes),
        "words": ("check a list of your own words (jieba's format)", _words),
        "export": ("write a model as a scikit-learn pipeline", _export),
        "info": ("show what a model is", _info),
    }


def _label(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Label Studio: import the table of `topics tag PATH --format csv --out tasks.csv`, "
        "name the choices `choice`, export as CSV; that file is what topics train --labels and "
        "topics evaluate --gold take (docs/en/labelling.md, docs/zh/labelling.md)."
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help=_PATHS)
    parser.add_argument(
        "--model", metavar="DIR", help="a saved model (default: the ready-made one)"
    )
    parser.add_argument("--labels", metavar="FILE", default="labels.csv", help="where labels go")


def _themes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="cppcc", metavar="FILE", help="a theme file")
    parser.add_argument("--words", metavar="FILE", help="your own words, to be kept whole")
    parser.add_argument("--on", nargs="+", metavar="PATH", help="articles (default: the sample)")


def _words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="word, frequency and tag, one word a line")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="DIR", help="a model (default: ready-made)")
    parser.add_argument("--sklearn", required=True, metavar="FILE", help="a .joblib file")


def _info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", metavar="DIR", help="a model (default: the ready-made)"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help=_PATHS + "; none: the sample")
    parser.add_argument("--method", choices=METHODS, help="default: tfidf, the theme classifier")
    parser.add_argument("--themes", default="cppcc", metavar="FILE", help="a theme file (TOML)")
    parser.add_argument("--labels", metavar="FILE", help="labels of some paragraphs (CSV)")
    parser.add_argument("--words", metavar="FILE", help="your own words, to be kept whole")
    parser.add_argument("--name", metavar="NAME", help="of the model and the report")
    parser.add_argument("--seed", type=int, metavar="N", help="start of random choices (7)")
    parser.add_argument("--topics", type=int, metavar="K", help="topics of lda, nmf, kmeans (20)")
    parser.add_argument("--options", metavar="FILE", help="options as TOML")
    parser.add_argument("--models", default="models", metavar="DIR", help="where models go")
    parser.add_argument("--reports", default="reports", metavar="DIR", help="where reports go")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the report")


def _tag(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Every copy of a reprinted paragraph is tagged; topics read tells what is copied."
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help=_PATHS + "; - or none: stdin")
    parser.add_argument("--model", metavar="DIR", help="a saved model (default: the ready-made)")
    parser.add_argument("--words", metavar="FILE", help="your own words, to be kept whole")
    parser.add_argument(
        "--format", choices=("table", "jsonl", "csv", "parquet", "html", "xlsx"), default="table"
    )
    parser.add_argument("--out", metavar="FILE", help="write here instead of stdout")
    parser.add_argument("--resume", action="store_true", help="go on with an unfinished --out")
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="processes (for much input: one a processor)"
    )
    parser.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:8786")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of theme names")


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", help="a folder that topics train wrote to reports/"
    )
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the page")
    parser.add_argument("--docx", metavar="FILE", help="also write a summary for Word")
    parser.add_argument("--open", action="store_true", help="open it in the browser")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", action="append", metavar="DIR", help="a saved model; several can be compared"
    )
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="8765; 0: any free")
    parser.add_argument(
        "--labels", metavar="FILE", default="labels.csv", help="corrections go here"
    )
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the page")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.add_argument("--host", default="127.0.0.1", help="an address others can reach: careful")
    parser.add_argument(
        "--allow", action="append", metavar="NAME", help="a further name of this machine"
    )
    parser.add_argument("--max-mb", type=int, default=8, metavar="N", help="size of a request (8)")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="time a request (30)")
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="N", help="requests a second and address"
    )


def _read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help=_PATHS)
    parser.add_argument("--format", choices=("table", "jsonl"), default="table")
    parser.add_argument("--out", metavar="FILE", help="write here instead of stdout")


def _discover(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help=_PATHS + "; none: the sample")
    parser.add_argument("--topics", default="auto", metavar="K", help="how many, or auto")
    parser.add_argument("--method", choices=("lda", "nmf", "kmeans", "clusters"), default="nmf")
    parser.add_argument("--themes", metavar="FILE", help="a theme file (TOML)")
    parser.add_argument("--words", metavar="FILE", help="your own words, to be kept whole")
    parser.add_argument("--tokenized", action="store_true", help="the text is cut at spaces")
    parser.add_argument(
        "--unit", choices=("paragraph", "article"), help="what is a document (paragraph)"
    )
    parser.add_argument(
        "--common",
        type=float,
        metavar="SHARE",
        help="leave out words that stand in more than this share of the documents (0.25)",
    )
    parser.add_argument("--by", metavar="COLUMN", help="shares by month, file, source …")
    parser.add_argument("--phrases", action="store_true", help="frequent collocations as words")
    parser.add_argument(
        "--scores",
        choices=("auto", "quick", "full"),
        default="auto",
        help="full: also stability and perplexity, which fit four more models; "
        "auto: up to 10,000 documents",
    )
    parser.add_argument("--edits", metavar="FILE", help="apply merges, splits, drops, renames")
    parser.add_argument("--out", metavar="DIR", help="write tables, K plot, new themes here")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the K plot")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="start of random choices")
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _edits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="the file of edits; apply it: discover --edits"
    )
    parser.add_argument(
        "action",
        nargs="?",
        default="show",
        choices=("show", "merge", "split", "drop", "rename", "undo"),
    )
    parser.add_argument(
        "topics", nargs="*", metavar="TOPIC", help="its words, or its id in --found"
    )
    parser.add_argument("--found", metavar="DIR", help="what topics discover --out wrote")
    parser.add_argument("--name", default="", metavar="NAME", help="of rename and merge")
    parser.add_argument("--parts", type=int, default=2, metavar="N", help="of split (2)")


def _intrusion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("found", metavar="DIR", help="what topics discover --out wrote")
    parser.add_argument(
        "sheets", nargs="*", metavar="SHEET", help="filled-in copies (default: DIR/intrusion.csv)"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="articles; none: texts of --gold")
    parser.add_argument("--model", metavar="DIR", help="a saved model (default: the ready-made)")
    parser.add_argument("--gold", metavar="FILE", help="labels (CSV); default: the sample's test")
    parser.add_argument("--out", metavar="DIR", help="write the plots and tables of scores here")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of names and plots")
