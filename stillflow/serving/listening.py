"""Where a command that serves listens: its options, and what it says of them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import click

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def at_address(port: int) -> Callable[[Any], Any]:
    """The options --host and --port of a command; `port` is the latter's default."""
    host_option = click.option(
        "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
    )
    port_option = click.option(
        "--port",
        default=port,
        show_default=True,
        type=click.IntRange(0, 65535),
        help="Port to listen on; 0 takes a free one.",
    )
    return lambda command: host_option(port_option(command))


def listener_at(host: str, port: int) -> socket.socket:
    """A socket that listens there; ClickException where that cannot be."""
    from stillflow.serving import server  # what it needs may not be installed

    try:
        return server.listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}, port {port}: {error.strerror}."
            "\n  Name another with --port (0 takes a free one) or --host."
        ) from None


def is_open(host: str) -> bool:
    """Whether other machines can reach an address."""
    return host not in _LOOPBACK
