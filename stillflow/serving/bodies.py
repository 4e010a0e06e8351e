"""Reads what a client sends, within bounds that hold before anything is decoded.

They are a body's size, the time it may take, and the memory that all bodies may take together.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

LARGEST = 2**20
TOGETHER = 64 * LARGEST
SECONDS = 10.0


class BodyReader:
    """Reads bodies of at most `largest` bytes, each within `seconds`, `together` bytes at once."""

    def __init__(
        self, largest: int = LARGEST, together: int = TOGETHER, seconds: float = SECONDS
    ) -> None:
        self.largest = largest
        self._together = together
        self._seconds = seconds
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """The body of a request.

        Raises:
          HTTPException: 408, 413, or 503 when other bodies take all the memory there is for them.
        """
        async with self.held(request) as body:
            return body

    @asynccontextmanager
    async def held(self, request: Request) -> AsyncIterator[bytes]:
        """The body of a request, which counts among all bodies until the context is left.

        Raises:
          HTTPException: as `read`.
        """
        if _length(request) > self.largest:
            self._refuse_size()
        body = bytearray()
        try:
            await self._fill(body, request)
            yield bytes(body)
        finally:
            self._held -= len(body)

    async def _fill(self, body: bytearray, request: Request) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                async for chunk in request.stream():
                    self._held += len(chunk)
                    body += chunk
                    if len(body) > self.largest:
                        self._refuse_size()
                    if self._held > self._together:
                        raise HTTPException(503, "Too much is being sent: try again later.")
        except TimeoutError:
            reason = f"The body did not arrive within {self._seconds:g} seconds."
            raise HTTPException(408, reason, {"connection": "close"}) from None
        except ClientDisconnect:
            raise HTTPException(400, "The body was cut off.") from None

    def _refuse_size(self) -> NoReturn:
        raise HTTPException(413, f"The body is larger than {self.largest // 2**10} KiB.")


def inflated(body: bytes, largest: int) -> bytes:
    """What a body that gzip compressed holds.

    Raises:
      HTTPException: 400, it is not what gzip writes; 413, it holds more than `largest` bytes.
    """
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacking.decompress(body, largest + 1)
    except zlib.error as error:
        raise HTTPException(400, f"The body is not what gzip writes: {error}.") from None
    if len(found) > largest:
        raise HTTPException(413, f"The body is larger than {largest // 2**10} KiB.")
    if not unpacking.eof:
        raise HTTPException(400, "The body was cut off.")
    return found


def _length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isdecimal() else 0
