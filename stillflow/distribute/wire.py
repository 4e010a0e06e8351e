"""Messages between ranks: JSON behind its length, over a TCP connection."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

_LENGTH = 4
_MOST = 1 << 24  # what comes from strangers is not trusted with memory


class Wire:
    """A connection. Any thread may send; one receives."""

    def __init__(self, connection: socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """OSError where the other end is gone."""
        text = json.dumps(message).encode()
        with self._lock:
            self._socket.sendall(len(text).to_bytes(_LENGTH, "big") + text)

    def receive(self, patience: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises:
          TimeoutError: none came for so many seconds.
          ConnectionError: the other end is gone, or is no rank.
        """
        self._socket.settimeout(patience)
        length = int.from_bytes(self._bytes(_LENGTH), "big")
        if length > _MOST:
            raise ConnectionError(f"a message of {length} bytes")
        try:
            message = json.loads(self._bytes(length))
        except ValueError as error:
            raise ConnectionError(str(error)) from None
        if not isinstance(message, dict):
            raise ConnectionError("no message of a rank")
        return message

    def _bytes(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._socket.recv(count - len(parts))
            if not part:
                raise ConnectionError("closed")
            parts += part
        return bytes(parts)

    def close(self) -> None:
        self._socket.close()
