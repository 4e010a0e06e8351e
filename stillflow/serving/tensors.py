"""Tensors in JSON, as TensorFlow Serving writes them: nested lists, of bytes as {"b64": text}."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError, UnimplementedError

_SHOWN = 256  # characters of a value that an error shows
_JSON_TYPES: dict[type, str] = {
    **{str: "String", list: "Array", dict: "Object", int: "Number", float: "Number"},
    **{bool: "Bool", type(None): "Null"},
}
# What TensorFlow's own messages call them.
_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def invalid(reason: str) -> InvalidArgumentError:
    """The error for what a client should not have sent."""
    return InvalidArgumentError(None, None, reason)


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def json_type(value: Any) -> str:
    """What JSON calls a value's type."""
    return _JSON_TYPES[type(value)]


def is_binary(value: Any) -> bool:
    """Whether a value is bytes: {"b64": text}."""
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)


def bytes_of(value: dict[str, str]) -> bytes:
    """The bytes of {"b64": text}.

    Raises:
      InvalidArgumentError: the text is not base64.
    """
    text = value["b64"]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):  # the latter where it is not ASCII
        raise invalid("Unable to base64 decode") from None


# Reading ------------------------------------------------------------------------------------------


def array_of(value: Any, dtype: DType) -> np.ndarray:
    """A value, or nested lists of equal lengths, as an array of `dtype`.

    Raises:
      InvalidArgumentError: lists that should be of one length are not, or a value is of another
        type.
      UnimplementedError: JSON has no values of that type.
    """
    shape, values = _flat(value)
    read = _READERS.get(dtype)
    if read is None:
        named = f"to type: {_named(dtype)}"
        raise UnimplementedError(None, None, f"Conversion of JSON Value: {shown(value)} {named}")
    return read(values, dtype).reshape(shape)


def _flat(value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape by the first list of each level, and all values; they must be that deep."""
    shape: list[int] = []
    values, first = [value], value
    while isinstance(first, list):
        size = len(first)
        for item in values:
            if not isinstance(item, list):
                raise invalid(
                    f"JSON Value: {shown(item)} found at incorrect level: {len(shape) + 1} in the "
                    f"JSON DOM. Expected at level: {_depth(value)}"
                )
            if len(item) != size:
                raise invalid(
                    f"Encountered list at unexpected size: {len(item)} at level: {len(shape)} "
                    f"expected size: {size}"
                )
        values = list(itertools.chain.from_iterable(values))
        shape.append(size)
        first = values[0] if values else None
    if any(isinstance(item, list) for item in values):
        depth = len(shape)
        raise invalid(f"Encountered list at unexpected level: {depth} expected < {depth}")
    return tuple(shape), values


def _depth(value: Any) -> int:
    depth = 0
    while isinstance(value, list):
        value = value[0] if value else None
        depth += 1
    return depth


def _numbers(values: list[Any], dtype: DType) -> np.ndarray:
    kinds: set[type] = {int} if dtype.is_integer else {int, float}
    _check_types(values, kinds, dtype)
    through = dtype.as_numpy_dtype if dtype.is_integer else np.float64
    try:
        found = np.array(values, through)
    except OverflowError:
        raise _of_other_type(_first_too_large(values, through), dtype) from None
    with np.errstate(over="ignore"):  # what is beyond the type is infinite
        return found.astype(dtype.as_numpy_dtype)


def _first_too_large(values: list[Any], kind: Any) -> Any:
    for value in values:
        try:
            np.array(value, kind)
        except OverflowError:
            return value
    return values


def _booleans(values: list[Any], dtype: DType) -> np.ndarray:
    _check_types(values, {bool}, dtype)
    return np.array(values, bool)


def _strings(values: list[Any], dtype: DType) -> np.ndarray:
    found = np.empty(len(values), object)
    found[:] = [_string(value, dtype) for value in values]
    return found


def _string(value: Any, dtype: DType) -> bytes:
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise invalid("A string holds half of a surrogate pair.") from None
    if isinstance(value, dict):
        if not is_binary(value):
            raise invalid(f"JSON Value: {shown(value)} not formatted correctly for base64 data")
        return bytes_of(value)
    raise _of_other_type(value, dtype)


def _check_types(values: list[Any], kinds: set[type], dtype: DType) -> None:
    if not set(map(type, values)) <= kinds:
        raise _of_other_type(next(value for value in values if type(value) not in kinds), dtype)


def _of_other_type(value: Any, dtype: DType) -> InvalidArgumentError:
    return invalid(
        f"JSON Value: {shown(value)} Type: {json_type(value)} is not of expected type: "
        f"{_named(dtype)}"
    )


def _named(dtype: DType) -> str:
    return _NAMES.get(dtype.name, dtype.name)


_INTEGERS = (
    *(dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64),
    *(dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64),
)
_FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
_READERS = {
    **dict.fromkeys((*_INTEGERS, *_FLOATS), _numbers),
    dtypes.bool: _booleans,
    dtypes.string: _strings,
}


# Writing ------------------------------------------------------------------------------------------


def texts_of(array: np.ndarray, binary: bool = False) -> list[str]:
    """Each element as JSON, in order. Numbers have as many digits as their type needs.

    Strings are text; those that are not UTF-8, and all where they are `binary`, {"b64": ...}.

    Raises:
      InvalidArgumentError: JSON has no values of that type.
    """
    kind = array.dtype.kind
    if kind in "iu":
        return list(map(str, array.reshape(-1).tolist()))
    if kind == "b":
        return ["true" if value else "false" for value in array.reshape(-1).tolist()]
    if kind == "f" or array.dtype.name == "bfloat16":
        return _decimals(array.reshape(-1))
    if kind in "OSU":
        return [_text(value, binary) for value in array.reshape(-1).tolist()]
    raise invalid(f"Failed to write JSON value for tensor type: {array.dtype.name}")


def _decimals(values: np.ndarray) -> list[str]:
    if values.dtype == np.float64:
        found = list(map(repr, values.tolist()))
    else:
        narrow = values if values.dtype.kind == "f" else values.astype(np.float32)  # bfloat16
        found = narrow.astype("U").tolist()
    if not np.isfinite(values).all():
        tokens = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
        found = [tokens.get(text, text) for text in found]
    return found


def _text(value: Any, binary: bool) -> str:
    if isinstance(value, str):
        value = value.encode()
    if not binary:
        try:
            return json.dumps(value.decode())
        except UnicodeDecodeError:
            pass  # what text cannot hold is written as bytes are
    return json.dumps({"b64": base64.b64encode(value).decode()})


def nested(texts: Sequence[str], shape: Sequence[int]) -> str:
    """The elements of an array of that shape as nested lists."""
    groups = list(texts)
    for axis in reversed(range(len(shape))):
        size = shape[axis]
        starts = range(0, math.prod(shape[:axis]) * size, size) if size else ()
        groups = [f"[{', '.join(groups[i : i + size])}]" for i in starts]
        if not size:
            groups = ["[]"] * math.prod(shape[:axis])
    return groups[0]
