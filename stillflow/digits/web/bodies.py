"""Makes the network's image of what a client sent. Whatever is wrong has a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any, NoReturn

import numpy as np
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from stillflow.digits import locate, picture

MAX_PIXELS = 16_000_000
SIDE = locate.SIDE
_PICTURES = ("image/png", "image/jpeg", "image/bmp", "image/x-ms-bmp")
_WANTED = "Send application/json, image/png, image/jpeg, image/bmp or multipart/form-data."


def media_type(request: Request) -> str:
    """The content type without its parameters.

    Raises:
      HTTPException: 415, it is not one that is understood, or the content is compressed.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "multipart/form-data", *_PICTURES):
        raise HTTPException(415, f"The content type is {kind or 'missing'}. {_WANTED}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "The content is compressed: send it as it is.")
    return kind


def pixels_of(body: bytes) -> np.ndarray:
    """{"pixels": 28 rows of 28 numbers, or 784 numbers, 0 paper to 1 ink} -> f32[28, 28].

    Raises:
      HTTPException: 400, it is not JSON; 422, it is something else.
    """
    values = _numbers(_json(body))
    if len(values) == SIDE and all(isinstance(row, list) for row in values):
        if any(len(row) != SIDE for row in values):
            _refuse(f"each row of `pixels` must have {SIDE} numbers")
        values = [value for row in values for value in row]
    if len(values) != SIDE * SIDE:
        _refuse(f"`pixels` must have {SIDE} rows or {SIDE * SIDE} numbers, not {len(values)}")
    # A bool is an int in Python, and no number in JSON.
    if not set(map(type, values)) <= {int, float}:
        _refuse("`pixels` must be numbers")
    try:
        pixels = np.array(values, np.float64)
    except OverflowError:  # an integer beyond every float
        pixels = np.array(np.inf)
    if not ((pixels >= 0) & (pixels <= 1)).all():  # which NaN is not, either
        _refuse("`pixels` must be from 0 (paper) to 1 (ink)")
    return pixels.astype(np.float32).reshape(SIDE, SIDE)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise HTTPException(400, "The body is nested too deeply.") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError among them
        raise HTTPException(400, f"The body is not JSON: {error}.") from None


def _numbers(document: Any) -> list[Any]:
    values = document.get("pixels") if isinstance(document, dict) else None
    if not isinstance(values, list):
        _refuse('the body must be {"pixels": [...]}')
    return values


def _refuse(reason: str) -> NoReturn:
    raise HTTPException(422, f"{reason[0].upper()}{reason[1:]}.")


def digit_in(data: bytes) -> np.ndarray:
    """A picture file's bytes -> the digit in it, f32[28, 28].

    Raises:
      HTTPException: 422, it is no picture or holds no digit.
    """
    try:
        return locate.digit(picture.read(data, MAX_PIXELS))
    except picture.PictureError as error:
        raise HTTPException(422, str(error)) from None


async def file_of(request: Request, body: bytes) -> bytes:
    """The first file of a form.

    Raises:
      HTTPException: 400, it is no form; 422, it holds no file.
    """

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    parser = MultiPartParser(request.headers, whole(), max_files=1, max_fields=8)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"The form is broken: {error.message}") from None
    try:
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                return await value.read()
    finally:
        await form.close()
    raise HTTPException(422, "The form holds no file.")
