"""The routes: the page, its files and the API. Knows nothing of sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import PurePath
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stillflow.digits.model import NoModel
from stillflow.digits.recogniser import Recogniser
from stillflow.digits.web import bodies
from stillflow.digits.web.newest import Answer, Newest
from stillflow.digits.web.progress import Progress
from stillflow.serving.batcher import Batcher, OverloadedError
from stillflow.serving.bodies import BodyReader

STROKES = 12  # hidden units that an answer names
_MOST_PICTURES = 64  # that wait to be decoded; each may hold a megabyte
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_ADDRESSES = {"index.html": "/", "docs.html": "/docs"}
_HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; "
    b"img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-cache",
}


class Service:
    """What the routes answer with: the newest model, behind a batcher."""

    def __init__(self, newest: Newest, reader: BodyReader):
        self.newest = newest
        self._progress = Progress(newest.folder)
        self._reader = reader
        self._batcher = Batcher[np.ndarray, Answer](newest.run)
        self._decoder = ThreadPoolExecutor(1, "pictures")
        self._decoding = 0

    async def predict(self, request: Request) -> Response:
        """POST /api/predict"""
        kind = bodies.media_type(request)
        body = await self._reader.read(request)
        if kind == "application/json":
            pixels = bodies.pixels_of(body)
        else:
            if kind == "multipart/form-data":
                body = await bodies.file_of(request, body)
            pixels = await self._digit_in(body)
        self._recogniser()
        answer = await self._batcher(pixels.reshape(-1))
        return JSONResponse(_described(pixels, answer))

    async def model(self, request: Request) -> Response:
        """GET /api/model"""
        recogniser = self._recogniser()
        return JSONResponse(
            {
                "checkpoint": PurePath(recogniser.checkpoint).name,
                "step": recogniser.step,
                "hidden": list(recogniser.hidden_sizes),
            }
        )

    async def strokes(self, request: Request) -> Response:
        """GET /api/model/strokes: for each unit of the first layer 784 bytes, 128 meaning 0."""
        weights = self._recogniser().hidden_weights.T  # f32[h, 784]
        largest = np.maximum(abs(weights).max(axis=1, keepdims=True), 1e-12)
        levels = np.rint(128 + 127 * weights / largest).astype(np.uint8)
        return Response(levels.tobytes(), media_type="application/octet-stream")

    async def training(self, request: Request) -> Response:
        """GET /api/training"""
        return JSONResponse(await asyncio.to_thread(self._progress.figures))

    async def health(self, request: Request) -> Response:
        """GET /healthz"""
        return JSONResponse({"status": "ok", "model": self.newest.recogniser is not None})

    def close(self) -> None:
        """Ends the threads."""
        self._batcher.close()
        self._decoder.shutdown(cancel_futures=True)

    def _recogniser(self) -> Recogniser:
        if self.newest.recogniser is None:
            raise HTTPException(503, self.newest.reason)
        return self.newest.recogniser

    async def _digit_in(self, data: bytes) -> np.ndarray:
        """One picture is decoded at a time, so that their memory does not add up."""
        if self._decoding >= _MOST_PICTURES:
            raise HTTPException(503, "Too many pictures are waiting: try again later.")
        self._decoding += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._decoder, bodies.digit_in, data)
        finally:
            self._decoding -= 1


def _described(pixels: np.ndarray, answer: Answer) -> dict[str, Any]:
    """The answer to a prediction, as JSON shows it."""
    firing = np.argsort(answer.hidden)[::-1][:STROKES]
    return {
        "digit": int(answer.probabilities.argmax()),
        "probabilities": [round(float(p), 6) for p in answer.probabilities],
        "pixels": pixels.reshape(-1).astype(np.float64).round(3).tolist(),
        "strokes": [
            {"unit": int(unit), "activation": round(float(answer.hidden[unit]), 4)}
            for unit in firing
        ],
        "step": answer.step,
    }


def create(newest: Newest, reader: BodyReader | None = None) -> ASGIApp:
    """The service as an ASGI application; it follows `newest` while it is up."""
    service = Service(newest, reader or BodyReader())

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(newest.watch())
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        service.close()

    routes = [
        Route("/api/predict", service.predict, methods=["POST"]),
        Route("/api/model", service.model),
        Route("/api/model/strokes", service.strokes),
        Route("/api/training", service.training),
        Route("/healthz", service.health),
        *_pages(),
    ]
    handlers = {
        HTTPException: _refused,
        NoModel: _not_now,
        OverloadedError: _not_now,
        Exception: _failed,
    }
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    return _Hardened(app)


def _pages() -> list[Route]:
    """A route for each file of the page. No address reaches the file system."""
    files = resources.files("stillflow.digits") / "page"
    known = [file for file in files.iterdir() if PurePath(file.name).suffix in _TYPES]
    return [_page(file.name, file.read_bytes()) for file in known]


def _page(name: str, content: bytes) -> Route:
    response_type = _TYPES[PurePath(name).suffix]

    async def page(request: Request) -> Response:
        return Response(content, headers={"content-type": response_type})

    return Route(_ADDRESSES.get(name, f"/{name}"), page)


async def _refused(request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _not_now(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503)


async def _failed(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "The server failed; its log says how."}, 500)


class _Hardened:
    """Adds the headers that keep a browser from doing more with an answer than is meant."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_hardened)
