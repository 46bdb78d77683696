"""Who may ask what: checked before a request reaches any of our code."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from topics.errors import TopicsError, did_you_mean
from topics.web.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
MAX_ADDRESSES: Final = 10_000
"""Addresses whose rate is remembered; then the memory starts anew."""


class Refusal(TopicsError):  # noqa: N818 - an answer with a status, not a fault
    """A request that is not answered, with its HTTP status; the message says what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def refused(error: TopicsError) -> Response:
    """Return an error as JSON; what a user can mend has status 422."""
    status = error.status if isinstance(error, Refusal) else 422
    text = json.dumps({"error": str(error)}, ensure_ascii=False)
    more = {"retry-after": "1"} if status in {429, 503} else {}
    data = text.encode("utf-8", "replace")
    return Response(data, status, {**more, "cache-control": "no-store"}, "application/json")


class Guard:
    """Refuses strangers' pages, foreign names and floods; adds the headers of every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.asked: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        try:
            self._check(Request(scope))
        except Refusal as error:
            await refused(error)(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)

    def _check(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if len(request.headers.getlist("host")) != 1 or not self.settings.is_ours(host):
            raise Refusal(
                403,
                f"this server is not called {host[:80]!r}; open it under the address that topics "
                f"serve printed, or allow the name with --allow",
            )
        if request.method not in {"GET", "HEAD"}:
            self._check_origin(request, host)
        self._check_rate(request.client.host if request.client else "")

    def _check_origin(self, request: Request, host: str) -> None:
        """Refuse what another site's page has a browser send (CSRF)."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        if site != "same-origin" or (origin is not None and origin != f"http://{host}"):
            raise Refusal(403, "requests from pages of other sites are not answered")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(415, f"the content type is {kind[:80]!r}; send application/json")

    def _check_rate(self, address: str) -> None:
        """Refuse more than so many requests a second; twice as many may come at once."""
        rate, now = self.settings.per_second, time.monotonic()
        if len(self.asked) > MAX_ADDRESSES:
            self.asked.clear()
        left, last = self.asked.get(address, (2 * rate, now))
        left = min(2 * rate, left + (now - last) * rate)
        self.asked[address] = (max(0.0, left - 1), now)
        if left < 1:
            raise Refusal(429, f"more than {rate:g} requests a second; wait a moment")


async def body_of(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Raises:
        Refusal: it is longer than ``limit``, by its header or by its bytes.
    """
    said = request.headers.get("content-length", "0")
    if not said.isdigit() or int(said[:20]) > limit:
        raise _too_long(limit)
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise _too_long(limit)
            pieces.append(piece)
    except ClientDisconnect as error:
        raise Refusal(400, "the request ended before its body did") from error
    return b"".join(pieces)


def _too_long(limit: int) -> Refusal:
    return Refusal(
        413, f"the request is longer than {limit:,} bytes; send less at once, or use topics tag"
    )


def fields_of(data: bytes, known: Mapping[str, type]) -> dict[str, object]:
    """Return the fields of a JSON object, checked by name and type.

    Raises:
        Refusal: no JSON object, an unknown field, a wrong type.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "the body is not JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise Refusal(400, "the body is JSON but no object; send {...}")
    for name, value in found.items():
        if name not in known:
            raise Refusal(400, f"no field is called {name[:80]!r}{did_you_mean(name[:80], known)}")
        if not isinstance(value, known[name]) or isinstance(value, bool):
            raise Refusal(400, f"{name!r} must be {_NAMES[known[name]]}")
    return found


_NAMES: Final = {str: "text", int: "a whole number", dict: "an object", list: "a list"}
