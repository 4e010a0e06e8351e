"""TensorFlow Serving's REST API as an ASGI application. Knows nothing of sockets and files."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from stillflow.graph import errors
from stillflow.graph.errors import OpError
from stillflow.serving import answers, describing
from stillflow.serving.batcher import OverloadedError
from stillflow.serving.bodies import BodyReader, inflated
from stillflow.serving.loading import Servable
from stillflow.serving.metrics import Metrics
from stillflow.serving.models import Models
from stillflow.serving.requests import (
    Asked,
    document_of,
    feeds_of_examples,
    feeds_of_predict,
    signature_name,
)
from stillflow.serving.running import Arrays, Runner, too_late
from stillflow.serving.signatures import Signature
from stillflow.serving.tensors import invalid

_WHICH = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
_ASK = re.compile(rf"/v1/models/(?P<name>[^/:]+){_WHICH}:(?P<kind>classify|regress|predict)", re.I)
_TELL = re.compile(rf"/v1/models(?:/(?P<name>[^/:]+))?{_WHICH}(?P<metadata>/metadata)?", re.I)
_LARGEST_INLINE = 2**18  # bytes of a body that is read beside other requests, not in a thread
_STATUS_NAMES = {
    getattr(errors, name): name for name in vars(errors) if name.isupper() and name[0] != "_"
}
Answer = TypeVar("Answer")
_log = logging.getLogger("stillflow")


class Which(NamedTuple):
    """What an address of the API names."""

    name: str
    number: int | None
    label: str | None
    kind: str


class Service:
    """What the routes answer with."""

    def __init__(self, models: Models, reader: BodyReader, metrics: Metrics, seconds: float):
        self._models = models
        self._reader = reader
        self._metrics = metrics
        self._seconds = seconds
        self._large = ThreadPoolExecutor(1, "documents")

    async def api(self, request: Request) -> Response:
        """/v1/..."""
        start = time.perf_counter()
        found = None
        try:
            found = _which(request)
            answer = await self._answer(request, found)
            code = errors.OK
        except OpError as error:
            code = error.error_code
            answer = _json(answers.error_text(error.message), answers.http_status(code))
        except OverloadedError as error:
            code = errors.UNAVAILABLE
            answer = _json(answers.error_text(str(error)), 503)
        except HTTPException as error:  # of a body that did not come, or is too large
            code = errors.UNAVAILABLE if error.status_code == 503 else errors.INVALID_ARGUMENT
            text = answers.error_text(error.detail)
            answer = _json(text, error.status_code, dict(error.headers or {}))
        except Exception:
            code = errors.INTERNAL
            _log.exception("%s %s failed", request.method, request.url.path)
            answer = _json(answers.error_text("The server failed; its log says how."), 500)
        self._count(found, code, time.perf_counter() - start)
        return answer

    def _count(self, which: Which | None, code: int, seconds: float) -> None:
        """Names that clients make up are not kept: each would be a series of its own."""
        known = which is not None and which.name in {model.name for model in self._models}
        name, kind = (which.name, which.kind) if which is not None and known else ("", "")
        self._metrics.request(name, kind, _STATUS_NAMES[code], seconds)

    async def _answer(self, request: Request, which: Which) -> Response:
        if which.kind == "status":
            return JSONResponse(answers.status(self._models.status(*which[:3])))
        version = self._models.find(*which[:3])
        assert version.runner is not None
        servable = version.runner.servable
        if which.kind == "metadata":
            told = answers.metadata(which.name, version.number, servable.signatures)
            return JSONResponse(told)
        with version.runner.busy():
            async with self._reader.held(request) as body:
                if request.headers.get("content-encoding", "").lower() == "gzip":
                    body = await asyncio.to_thread(inflated, body, self._reader.largest)
                try:
                    async with asyncio.timeout(self._seconds):
                        return _json(await self._asked(which.kind, version.runner, body))
                except TimeoutError:
                    raise too_late(self._seconds) from None

    async def _asked(self, kind: str, runner: Runner, body: bytes) -> str:
        """The answer to a body. Large ones are read one by one: as lists they take much memory."""
        read = partial(_read, kind, runner.servable, body)
        is_large = len(body) > _LARGEST_INLINE
        signature, asked = await self._in_thread(read) if is_large else read()
        write = partial(_written, kind, asked, await runner(signature, asked.feeds))
        return await self._in_thread(write) if is_large else write()

    async def _in_thread(self, do: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._large, do)

    def close(self) -> None:
        """Ends the thread."""
        self._large.shutdown(cancel_futures=True)

    async def metrics(self, request: Request) -> Response:
        """/metrics and /monitoring/prometheus/metrics"""
        there = {
            model.name: [version.runner for version in model.all() if version.runner is not None]
            for model in self._models
        }
        waiting = {name: sum(runner.waiting for runner in its) for name, its in there.items()}
        versions = {name: len(its) for name, its in there.items()}
        page = self._metrics.page(waiting, versions)
        return Response(page, media_type="text/plain; version=0.0.4")

    async def openapi(self, request: Request) -> Response:
        """/openapi.json"""
        return JSONResponse(describing.openapi(self._models))

    async def page(self, request: Request) -> Response:
        """/"""
        return HTMLResponse(describing.page(self._models, str(request.base_url)))

    async def health(self, request: Request) -> Response:
        """/healthz: 200 once each model has a version that can be asked."""
        there = {
            model.name: any(version.runner is not None for version in model.all())
            for model in self._models
        }
        return JSONResponse({"models": there}, 200 if all(there.values()) else 503)


def _which(request: Request) -> Which:
    path = unquote(request.scope.get("raw_path", b"").decode("latin-1")) or request.url.path
    found = None
    if request.method == "POST":
        found = _ASK.fullmatch(path)
    elif request.method == "GET":
        found = _TELL.fullmatch(path)
    if found is None:
        raise invalid(f"Malformed request: {request.method} {path}")
    named = found.groupdict()
    if not named["name"]:
        raise invalid("Missing model name in request.")
    version = named["version"]
    number = None if version is None else int(version[:20])
    if number is not None and number >= 2**63:
        raise invalid(f"Failed to convert version: {version} to numeric.")
    told = "metadata" if named.get("metadata") else "status"
    return Which(named["name"], number, named["label"], (named.get("kind") or told).lower())


def _read(kind: str, servable: Servable, body: bytes) -> tuple[Signature, Asked]:
    document = document_of(body)
    signature = servable.signature(signature_name(document))
    if kind == "predict":
        return signature, feeds_of_predict(document, signature)
    return signature, feeds_of_examples(document, signature, kind)


def _written(kind: str, asked: Asked, found: Arrays) -> str:
    if kind == "predict":
        return answers.predictions(found) if asked.in_rows else answers.columns(found)
    count = len(next(iter(asked.feeds.values())))
    return (answers.classes if kind == "classify" else answers.regressions)(found, count)


def _json(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, headers, media_type="application/json")


def create(
    models: Models,
    reader: BodyReader | None = None,
    metrics: Metrics | None = None,
    every: float = 1.0,
    seconds: float = 30.0,
) -> ASGIApp:
    """The service as an ASGI application.

    It looks for versions each `every` seconds; a body that has come is answered within `seconds`.
    """
    service = Service(models, reader or BodyReader(), metrics or Metrics(), seconds)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await models.look()
        watching = asyncio.create_task(models.watch(every))
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await models.close()
        service.close()

    routes = [
        Route("/v1/{rest:path}", service.api, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        Route("/metrics", service.metrics),
        Route("/monitoring/prometheus/metrics", service.metrics),
        Route("/openapi.json", service.openapi),
        Route("/healthz", service.health),
        Route("/", service.page),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _refused})  # type: ignore[dict-item]
    app.router.redirect_slashes = False
    return app


async def _refused(request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)
