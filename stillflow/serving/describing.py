"""What a server has and how it is asked: as OpenAPI, and as a page for people."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

from stillflow.serving.models import Models
from stillflow.serving.signatures import Port, Signature
from stillflow.serving.versions import Version

_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
_BYTES = {"type": "object", "properties": {"b64": {"type": "string"}}, "required": ["b64"]}
_NAME = {"type": "string", "description": "The signature; serving_default where it is left out."}


def openapi(models: Models) -> dict[str, Any]:
    """An OpenAPI 3.1 description: of each model the addresses of its newest version."""
    paths: dict[str, Any] = {}
    for model in models:
        base = f"/v1/models/{model.name}"
        paths[base] = _told("The state of each version.")
        version = _newest(model.all())
        if version is None or version.runner is None:
            continue
        paths[f"{base}/metadata"] = _told("The signatures.")
        signatures = version.runner.servable.signatures.values()
        for kind in ("predict", "classify", "regress"):
            able = [signature for signature in signatures if kind in signature.kinds]
            if able:
                paths[f"{base}:{kind}"] = _asked(kind, able)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Models", "version": "1", "description": "TensorFlow Serving's API."},
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR, "Bytes": _BYTES}},
    }


def _newest(versions: list[Version]) -> Version | None:
    return next((version for version in versions if version.runner is not None), None)


def _told(summary: str) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": _responses({"type": "object"})}}


def _asked(kind: str, signatures: list[Signature]) -> dict[str, Any]:
    wanted = _predict if kind == "predict" else _examples
    bodies = [schema for signature in signatures for schema in wanted(signature)]
    answered = {"predict": ["predictions", "outputs"]}.get(kind, ["results"])
    answer = {"type": "object", "properties": {key: {} for key in answered}}
    body = {"required": True, "content": {"application/json": {"schema": {"anyOf": bodies}}}}
    named = ", ".join(signature.name for signature in signatures)
    return {
        "post": {
            "summary": f"{kind.capitalize()}, by the signatures {named}.",
            "requestBody": body,
            "responses": _responses(answer),
        }
    }


def _responses(answer: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "200": {"description": "OK", "content": {"application/json": {"schema": answer}}},
        "default": {"description": "Why there is no answer.", "content": error},
    }


def _predict(signature: Signature) -> Iterator[dict[str, Any]]:
    """The body in columns; and in rows, where all inputs have rows."""
    if not signature.inputs:
        return
    whole = {key: _schema(port, port.shape) for key, port in signature.inputs.items()}
    yield _body(signature, "inputs", _keyed(whole))
    if all(port.shape is None or len(port.shape) for port in signature.inputs.values()):
        rows = {key: _schema(p, p.shape and p.shape[1:]) for key, p in signature.inputs.items()}
        yield _body(signature, "instances", {"type": "array", "minItems": 1, "items": _keyed(rows)})


def _keyed(schemas: dict[str, Any]) -> dict[str, Any]:
    """An object; where it has one value, that value alone is enough."""
    keyed = {"type": "object", "properties": schemas, "required": list(schemas)}
    return {"anyOf": [keyed, *schemas.values()]} if len(schemas) == 1 else keyed


def _examples(signature: Signature) -> Iterator[dict[str, Any]]:
    features = {"type": "object"}
    body = _body(signature, "examples", {"type": "array", "minItems": 1, "items": features})
    body["properties"]["context"] = features
    yield body


def _body(signature: Signature, key: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key: schema, "signature_name": {**_NAME, "examples": [signature.name]}},
        "required": [key],
    }


def _schema(port: Port, shape: tuple[int | None, ...] | None) -> dict[str, Any]:
    if shape is None:
        return {"description": f"{port.dtype.name} of any shape"}
    if port.dtype.name == "string":
        schema: dict[str, Any] = {
            "anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Bytes"}]
        }
    elif port.dtype.name == "bool":
        schema = {"type": "boolean"}
    else:
        schema = {"type": "integer" if port.dtype.is_integer else "number"}
    for size in reversed(shape):
        bounds = {} if size is None else {"minItems": size, "maxItems": size}
        schema = {"type": "array", "items": schema, **bounds}
    return schema


# The page -----------------------------------------------------------------------------------------

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Stillflow: models</title>
<style>body {{ font: 16px/1.5 system-ui; margin: 2rem auto; max-width: 50rem; padding: 0 1rem;
color-scheme: light dark }} pre {{ overflow-x: auto }} td, th {{ padding-right: 1rem;
text-align: left }}</style>
<h1>Models</h1>
<p>They are asked by TensorFlow Serving's REST API:
<a href="openapi.json">OpenAPI</a>, <a href="metrics">metrics</a>.</p>
{models}
</html>
"""


def page(models: Models, address: str) -> str:
    """The models, their signatures, and a command that asks each."""
    return _PAGE.format(models="\n".join(_about(model, address) for model in models))


def _about(model: Any, address: str) -> str:
    lines = [f"<h2>{html.escape(model.name)}</h2>"]
    for version in model.all():
        told = f"Version {version.number}: {version.state.value}. {version.error}"
        lines.append(f"<p>{html.escape(told)}</p>")
    version = _newest(model.all())
    if version is None or version.runner is None:
        return "\n".join([*lines, "<p>There is no version yet.</p>"])
    for signature in version.runner.servable.signatures.values():
        lines += [f"<h3>{html.escape(signature.name)}</h3>", _table(signature)]
    default = version.runner.servable.signatures.get("serving_default")
    command = _command(model.name, default, address) if default is not None else None
    if command is not None:
        lines.append(f"<pre>{html.escape(command)}</pre>")
    return "\n".join(lines)


def _table(signature: Signature) -> str:
    rows = [
        f"<tr><td>{way}<td>{html.escape(key)}<td>{port.dtype.name}<td>{_shown(port)}"
        for way, ports in (("in", signature.inputs), ("out", signature.outputs))
        for key, port in ports.items()
    ]
    return f"<table>{''.join(rows)}</table>"


def _shown(port: Port) -> str:
    if port.shape is None:
        return "[...]"
    return f"[{','.join('?' if size is None else str(size) for size in port.shape)}]"


def _command(name: str, signature: Signature, address: str) -> str | None:
    """A request of zeros; None where it would be long."""
    inputs = {}
    for key, port in signature.inputs.items():
        sizes = [1 if size is None else size for size in port.shape or ()]
        value: Any = {"string": "", "bool": False}.get(port.dtype.name, 0)
        for size in reversed(sizes):
            value = [value] * min(size, 100)
        inputs[key] = value
    body = json.dumps({"inputs": inputs})
    return f"curl -d '{body}' {address}v1/models/{name}:predict" if len(body) < 500 else None
