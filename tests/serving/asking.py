"""Asks a server of models within this process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx

from stillflow.serving.examples import serialized_example
from stillflow.serving.starting import Server, Settings

GOLDEN = Path(__file__).parents[1] / "golden" / "serving"


def server(*names: str, versions="all", labels=None, **settings) -> Server:
    """A server of golden models, each under its own name, loaded."""
    paths = {name: str(GOLDEN / name) for name in names}
    made = Server(paths, versions, labels, Settings(**settings))
    made.take_up()
    return made


def ask(server: Server, path: str, body=None, method=None) -> httpx.Response:
    """One request below /v1/models/: a GET, or a POST of `body`, JSON or bytes."""
    return ask_all(server, [(path, body)], method)[0]


def send(server: Server, method: str, path: str, **options) -> httpx.Response:
    """One request, as httpx takes it."""

    async def once():
        transport = httpx.ASGITransport(server.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://models") as http:
            return await http.request(method, path, **options)

    return asyncio.run(once())


def ask_all(server: Server, requests, method=None) -> list[httpx.Response]:
    """(path, body) of each request, all at once."""

    async def all_at_once():
        transport = httpx.ASGITransport(server.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://models") as http:
            return await asyncio.gather(*(_asked(http, *r, method) for r in requests))

    return asyncio.run(all_at_once())


async def _asked(http: httpx.AsyncClient, path: str, body, method: str | None) -> httpx.Response:
    if not path.startswith("/"):
        path = f"/v1/models/{path}"
    if body is None:
        return await http.request(method or "GET", path)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await http.request(method or "POST", path, content=content)


def example(**features) -> bytes:
    """The bytes of an Example."""
    return serialized_example(features)
