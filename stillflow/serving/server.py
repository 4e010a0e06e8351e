"""Listens: a socket, uvicorn on it, and deadlines for clients that are slow on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

DEADLINE = 30.0  # seconds from a request's first byte to its answer's last
BACKLOG = 2048
MOST_CONNECTIONS = 2048
LONGEST_HEADERS = 16 * 2**10


class DeadlineProtocol(H11Protocol):
    """HTTP/1.1 on one connection, cut when a request is not done with in time.

    uvicorn bounds the time between requests only; a client that sends a byte a minute, or does not
    read its answer, would stay for ever.
    """

    deadline = DEADLINE
    _timer: asyncio.TimerHandle | None = None
    _answered = False  # the answer has been written; the client may have yet to read it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        if self._answered:
            self._stop()
        self._start()
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._answered = True
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _start(self) -> None:
        if self._timer is None:
            self._answered = False
            self._timer = self.loop.call_later(self.deadline, self._expire)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        if not self._answered or self.transport.get_write_buffer_size():
            self.transport.abort()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
      OSError: the address is taken, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def address_of(listener: socket.socket) -> str:
    """http://host:port/"""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    app: ASGIApp, listener: socket.socket, deadline: float = DEADLINE, patience: int = 3
) -> None:
    """Answers on `listener` until the process is told to stop (Ctrl-C or SIGTERM).

    Args:
      deadline: seconds from a request's first byte to its answer's last.
      patience: seconds that running requests have left once the process is told to stop.
    """
    _allow_many_connections()
    config = uvicorn.Config(
        app,
        http=type("Protocol", (DeadlineProtocol,), {"deadline": deadline}),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=patience,
        h11_max_incomplete_event_size=LONGEST_HEADERS,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _allow_many_connections() -> None:
    """Lets the process have a file for each connection, as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 256
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
