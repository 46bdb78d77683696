"""The API described by OpenAPI: the fields that requests are checked by stand here, once."""

from __future__ import annotations

from typing import Any, Final

from topics.web.settings import Settings

VERSION: Final = "1"

_SOURCE: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string", "description": "An article, or several, as people paste them."},
    "file": {
        "type": "object",
        "description": "A file instead of a text: its name (the suffix tells its kind) and its "
        "bytes in base64. It is read as topics tag reads it.",
        "properties": {"name": {"type": "string"}, "data": {"type": "string"}},
        "required": ["name", "data"],
    },
    "lang": {"type": "string", "description": "Language of theme names: zh or en."},
}
TAG: Final[dict[str, dict[str, Any]]] = {
    **_SOURCE,
    "model": {"type": "string", "description": "A name of /api/models; the first if none."},
    "format": {
        "type": "string",
        "description": "json (default), jsonl, csv, html, xlsx where installed, or page: the "
        "piece of HTML that the page shows.",
    },
}
COMPARE: Final[dict[str, dict[str, Any]]] = {
    **_SOURCE,
    "models": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Two names of /api/models.",
    },
    "format": {"type": "string", "description": "json (default) or page."},
}
LABEL: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string", "description": "The paragraph, as a row's text."},
    "theme": {
        "type": "string",
        "description": "A code of the first model's themes, other, ? where nobody can say, or "
        "empty to take the label back.",
    },
    "tags": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Codes of every theme that it deals with.",
    },
    "file": {"type": "string", "description": "The row's file, if any."},
    "line": {"type": "integer", "description": "The row's line, if any."},
    "id": {"type": "string", "description": "The row's id, if any."},
}
ROW: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A body paragraph: the row of topics tag --format jsonl.",
    "required": [
        *("file", "article", "line", "id", "text", "theme"),
        *("probability", "probabilities", "tags", "evidence"),
    ],
    "properties": {
        "file": {"type": "string"},
        "article": {"type": "integer"},
        "line": {"type": "integer"},
        "id": {"type": "string"},
        "text": {"type": "string"},
        "theme": {"type": "string"},
        "probability": {"type": "number"},
        "probabilities": {"type": "object", "additionalProperties": {"type": "number"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "evidence": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["word", "weight", "start", "end"],
                "properties": {
                    "word": {"type": "string"},
                    "weight": {"type": "number"},
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                },
            },
        },
        "note": {"type": "string"},
    },
}
_REFUSED: Final = {
    "400": "No JSON object, or an unknown field.",
    "403": "Asked under a foreign name, or from another site's page.",
    "413": "Too long.",
    "415": "Not application/json.",
    "422": "Understood, but impossible; the error says why and what is allowed.",
    "429": "Too many requests a second.",
    "503": "It took too long.",
}
_SAMPLE: Final = "村口的路灯修好了，老人晚上去卫生院看病方便多了。"


def describe(settings: Settings, url: str) -> dict[str, Any]:
    """Return the description (OpenAPI 3.1) of the server at ``url``."""
    names = [model.name for model in settings.models]
    row = {"$ref": "#/components/schemas/Row"}
    rows = {"type": "array", "items": row}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "topics serve",
            "version": VERSION,
            "description": f"Tags Chinese articles, paragraph by paragraph, with the numbers of "
            f"the command line. At most {settings.max_bytes:,} bytes a request, "
            f"{settings.max_characters:,} characters a text, {settings.seconds:g} seconds, "
            f"{settings.per_second:g} requests a second.",
        },
        "servers": [{"url": url.rstrip("/")}],
        "paths": {
            "/api/tag": _post(
                "Tag an article",
                "In another format than json the answer is what topics tag --format writes.",
                (TAG, [], {"text": _SAMPLE}),
                {"model": {"type": "string"}, "rows": rows},
            ),
            "/api/compare": _post(
                "Tag an article with two models",
                "rows holds the rows of the first model, then those of the second.",
                (COMPARE, ["models"], {"text": _SAMPLE, "models": (names * 2)[:2]}),
                {
                    "models": {"type": "array", "items": {"type": "string"}},
                    "rows": {"type": "array", "items": rows},
                },
            ),
            "/api/labels": {
                "get": _get(
                    "The labels that are kept",
                    "As the rows of the labels file.",
                    {"labels": {"type": "array", "items": {"type": "object"}}},
                    [_query("format", "csv: the file itself.")],
                ),
                **_post(
                    "Correct a label",
                    "A later label of the same paragraph takes the place of the earlier one.",
                    (LABEL, ["text", "theme"], {"text": _SAMPLE, "theme": "livelihood"}),
                    {"labels": {"type": "integer", "description": "Rows of the file now."}},
                ),
            },
            "/api/models": {
                "get": _get(
                    "The models",
                    "The first is the default.",
                    {"models": {"type": "array", "items": {"type": "object"}}},
                )
            },
        },
        "components": {"schemas": {"Row": ROW}},
    }


def _query(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string"},
    }


def _get(
    summary: str,
    description: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "summary": summary,
        "description": description,
        "parameters": parameters or [],
        "responses": {"200": _answer("Found.", answer), **_refusals("403", "429")},
    }


def _post(
    summary: str,
    description: str,
    asked: tuple[dict[str, Any], list[str], dict[str, Any]],
    answer: dict[str, Any],
) -> dict[str, Any]:
    fields, required, example = asked
    schema = {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }
    return {
        "post": {
            "summary": summary,
            "description": description,
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": schema, "example": example}},
            },
            "responses": {"200": _answer("Done.", answer), **_refusals(*_REFUSED)},
        }
    }


def _answer(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals(*codes: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    content = {"application/json": {"schema": schema}}
    return {code: {"description": _REFUSED[code], "content": content} for code in codes}
