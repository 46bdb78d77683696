"""The socket: one process, one port, until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from topics.errors import OptionsError
from topics.web.app import create
from topics.web.settings import Settings

WAITING = 1024
"""Connections that are open or wait; more are refused with status 503."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A server that answers."""

    url: str
    stop: Callable[[], None]


def serve(settings: Settings, port: int, ready: Callable[[Listening], None]) -> None:
    """Answer until the process is told to end, or the server to stop.

    Args:
        settings: models, limits, where labels go.
        port: 0 for any that is free.
        ready: called once, when requests are answered.

    Raises:
        OptionsError: the address or port cannot be had.
        LabelError: the labels file does not fit.
    """
    app = create(settings)
    with _socket(settings.host, port) as listening:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=WAITING,
            backlog=WAITING,
            timeout_graceful_shutdown=3,
        )
        server = uvicorn.Server(config)

        def stop() -> None:
            server.should_exit = True

        ready(Listening(f"http://{host}:{listening.getsockname()[1]}/", stop))
        server.run(sockets=[listening])


def _socket(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(found[4][:2], family=found[0], backlog=WAITING)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OptionsError(
            f"{host} port {port}: cannot be opened ({reason}); choose another with --port, or 0 "
            f"for any that is free"
        ) from error
