"""The routes: each parses, calls what the command line calls, and answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from topics.corpus import Article, Part
from topics.errors import InputError, TopicsError, did_you_mean
from topics.plotting.house import LANGUAGES
from topics.reading import SUFFIXES
from topics.reporting import live
from topics.tagging.tagged import Tagged
from topics.web.correcting import Corrections
from topics.web.describing import COMPARE, LABEL, TAG, describe
from topics.web.guarding import Guard, Refusal, body_of, fields_of, refused
from topics.web.receiving import read_file, read_text
from topics.web.settings import Model, Settings

WORKERS: Final = 4
"""Requests that are worked on at the same time; the others wait in line."""
MAX_LABEL: Final = 100_000
"""Characters of a labelled text: CSV readers take no longer cell."""

Fields = Mapping[str, Any]
T = TypeVar("T")


def create(settings: Settings) -> ASGIApp:
    """Return the application, guarded.

    Raises:
        LabelError: the labels file is none of the first model's themes.
    """
    doors = _Doors(settings, Corrections(settings.labels, settings.models[0].tagger.themes))
    routes = [
        Route("/", doors.page),
        Route("/api", doors.api),
        Route("/openapi.json", doors.openapi),
        Route("/api/models", doors.models),
        Route("/api/tag", doors.tag, methods=["POST"]),
        Route("/api/compare", doors.compare, methods=["POST"]),
        Route("/api/labels", doors.labels),
        Route("/api/labels", doors.correct, methods=["POST"]),
        Route("/han.otf", doors.font),
        *(Route(f"/{name}", _fixed(*file)) for name, file in live.assets().items()),
    ]
    handlers: Any = {TopicsError: _mended, 404: _unknown, 405: _method, Exception: _fault}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), settings)


def _fixed(kind: str, content: bytes) -> Callable[[Request], Any]:
    async def answer(_: Request) -> Response:
        return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

    return answer


async def _mended(_: Request, error: Exception) -> Response:
    return refused(error if isinstance(error, TopicsError) else TopicsError(str(error)))


async def _unknown(_: Request, __: Exception) -> Response:
    return refused(Refusal(404, "there is nothing here; see / and /api"))


async def _method(_: Request, __: Exception) -> Response:
    return refused(Refusal(405, "this is done by another method; see /api"))


async def _fault(_: Request, __: Exception) -> Response:
    return refused(Refusal(500, "a fault in topics serve; its terminal says more"))


@dataclass(frozen=True)
class _Doors:
    """What answers; the work itself is done in threads."""

    settings: Settings
    corrections: Corrections
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS))

    async def page(self, request: Request) -> Response:
        """The page for people."""
        settings = self.settings
        facts = {
            "models": [model.name for model in settings.models],
            "formats": [name for name in settings.writers if name != "jsonl"] + ["jsonl"],
            "labels": settings.labels.name,
            "local": settings.local,
            "max_bytes": settings.max_bytes,
            "suffixes": ",".join(sorted({*SUFFIXES, ".gz"} - {""})),
        }
        return _html(live.live_page(self._lang(request.query_params.get("lang")), facts))

    async def api(self, request: Request) -> Response:
        """The description for people."""
        lang = self._lang(request.query_params.get("lang"))
        return _html(live.api_page(lang, describe(self.settings, str(request.base_url))))

    async def openapi(self, request: Request) -> Response:
        """The description for programs."""
        return _json(describe(self.settings, str(request.base_url)))

    async def font(self, _: Request) -> Response:
        """A Chinese font for browsers that have none."""
        data = live.font()
        headers = {"cache-control": "max-age=86400"}
        return Response(data, 200 if data else 404, headers, media_type="font/otf")

    async def models(self, _: Request) -> Response:
        """Which models there are."""
        return _json({"models": [_facts(model) for model in self.settings.models]})

    async def tag(self, request: Request) -> Response:
        """Tag a text or a file."""
        return await self._work(request, TAG, self._tag)

    async def compare(self, request: Request) -> Response:
        """Tag with two models."""
        return await self._work(request, COMPARE, self._compare)

    async def correct(self, request: Request) -> Response:
        """Keep a label."""
        return await self._work(request, LABEL, self._correct)

    async def labels(self, request: Request) -> Response:
        """Return the labels that are kept."""
        if request.query_params.get("format") != "csv":
            return _json({"labels": await self._done(self.corrections.rows)})
        path = self.settings.labels
        data = await self._done(lambda: path.read_bytes() if path.exists() else b"")
        headers = {"content-disposition": "attachment; filename=labels.csv"}
        return Response(data, headers=headers, media_type="text/csv")

    async def _work(
        self, request: Request, known: Mapping[str, Any], work: Callable[[Fields], Response]
    ) -> Response:
        """Read and check the fields, do the work in a thread, give up after the time limit."""
        types = {name: _TYPES[field["type"]] for name, field in known.items()}
        try:
            async with asyncio.timeout(self.settings.seconds):
                data = await body_of(request, self.settings.max_bytes)
                return await self._done(partial(work, fields_of(data, types)))
        except TimeoutError as error:
            raise Refusal(
                503, f"it took longer than {self.settings.seconds:g} seconds; send less at once"
            ) from error

    async def _done(self, work: Callable[[], T]) -> T:
        """Do some work in a thread; work that nobody waits for any more is not begun."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    def _tag(self, fields: Fields) -> Response:
        model = self._model(fields.get("model"))
        form = fields.get("format", "json")
        lang = self._lang(fields.get("lang"))
        allowed = ("json", "page", *self.settings.writers)
        if form not in allowed:
            raise Refusal(422, f"no format is called {form[:40]!r}{did_you_mean(form, allowed)}")
        articles = self._articles(fields)
        tagged = model.tag(articles)
        if form == "page":
            read = self._read(model, articles, tagged)
            return _html(live.fragment(read, lang, fixable=self._fixable(model)))
        if form == "json":
            head = f'{{"model": {json.dumps(model.name)}, "rows": '
            return _raw(f"{head}{self._rows(tagged)}}}")
        kind, write = self.settings.writers[form]
        headers = {"content-disposition": f"attachment; filename=tags.{form}"}
        return Response(write(tagged, model.tagger.themes, lang), 200, headers, kind)

    def _compare(self, fields: Fields) -> Response:
        names = fields.get("models", [])
        if len(names) != 2:
            raise Refusal(422, "'models' must name two models; see /api/models")
        left, right = (self._model(name) for name in names)
        articles = self._articles(fields)
        two = [(model, model.tag(articles)) for model in (left, right)]
        if fields.get("format") == "page":
            first, second = (self._read(model, articles, tagged) for model, tagged in two)
            return _html(live.comparison(first, second, self._lang(fields.get("lang"))))
        rows = ", ".join(self._rows(tagged) for _, tagged in two)
        return _raw(f'{{"models": {json.dumps([left.name, right.name])}, "rows": [{rows}]}}')

    def _correct(self, fields: Fields) -> Response:
        text = fields.get("text", "").strip()
        if not text or len(text) > MAX_LABEL:
            raise Refusal(422, f"'text' must have 1 to {MAX_LABEL:,} characters")
        if "theme" not in fields:
            raise Refusal(422, "'theme' is missing; give a code, or an empty text to take it back")
        tags = fields.get("tags", [])
        if not all(isinstance(code, str) for code in tags):
            raise Refusal(422, "'tags' must be a list of codes")
        part = Part(
            text, file=fields.get("file", ""), line=fields.get("line", 1), id=fields.get("id", "")
        )
        count = self.corrections.correct(part, fields["theme"], tags)
        return _json({"labels": count})

    def _articles(self, fields: Fields) -> list[Article]:
        text, file = fields.get("text"), fields.get("file")
        if (text is None) == (file is None):
            raise Refusal(422, "give 'text' or 'file', and not both")
        most = self.settings.max_characters
        try:
            if file is not None:
                return read_file(file, most, self.settings.seconds)[1]
            return read_text(str(text), most)
        except InputError as error:
            if fields.get("format") != "page":
                raise
            raise InputError(live.reason_in(str(error), self._lang(fields.get("lang")))) from error

    def _read(
        self, model: Model, articles: Sequence[Article], tagged: Sequence[Tagged]
    ) -> live.Read:
        tags = [tag for batch in tagged for tag in batch]
        given = self.corrections.given([tag.part for tag in tags]) if self._fixable(model) else {}
        return live.Read(model.name, model.tagger.themes, articles, tags, given)

    def _rows(self, tagged: Sequence[Tagged]) -> str:
        lines = "".join(self.settings.rows(batch) for batch in tagged).rstrip("\n").split("\n")
        return f"[{', '.join(lines)}]"

    def _fixable(self, model: Model) -> bool:
        return model.tagger.themes.classes == self.corrections.themes.classes

    def _model(self, name: object) -> Model:
        models = {model.name: model for model in self.settings.models}
        if name is None:
            return self.settings.models[0]
        if name not in models:
            found = str(name)[:80]
            raise Refusal(422, f"no model is called {found!r}{did_you_mean(found, models)}")
        return models[str(name)]

    def _lang(self, asked: object) -> str:
        return str(asked) if asked in LANGUAGES else self.settings.lang


_TYPES: Final = {"string": str, "integer": int, "object": dict, "array": list}


def _facts(model: Model) -> dict[str, Any]:
    tagger = model.tagger
    return {
        "name": model.name,
        "kind": tagger.kind,
        "sha256": model.digest,
        "themes": [
            {"code": code, "zh": tagger.themes.label(code), "en": tagger.themes.label(code, "en")}
            for code in tagger.themes.classes
        ],
        "scores": tagger.card.get("scores", {}),
    }


def _json(value: object) -> Response:
    return _raw(json.dumps(value, ensure_ascii=False))


def _raw(text: str) -> Response:
    return _response(text, "application/json")


def _html(text: str) -> Response:
    return _response(text, "text/html")


def _response(text: str, kind: str) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(text.encode("utf-8", "replace"), headers=headers, media_type=kind)
