"""Numbers as strings, and strings as numbers. The ops run on the host."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import numpy as np

from stillflow.declare import rows, shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_text
from stillflow.ops.strings.each import as_strings, each
from stillflow.platform.deprecation import deprecated_argument_lookup


@op(
    "AsString",
    "input: T -> output: string",
    shape=shapes.same,
    types={"T": types("int8 int16 int32 int64 complex64 complex128 float32 float64 bool")},
    host=True,
)
def as_string(
    xp,
    x,
    *,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
):
    """n[...] or bool[...] -> string[...], each number as C's `printf` writes it.

    Args:
      precision: the digits after the point, of floats only; six when it is negative.
      scientific: with an exponent.
      shortest: with or without an exponent, whichever is shorter.
      width: at least so many letters are written.
      fill: what they are filled up with: "0" or " ", or another flag of `printf`: "+", "-" or "#".

    Raises:
      InvalidArgumentError: in a run, the options do not go together, or not with the type.
    """
    fill = as_text(fill)
    _check_format(x.dtype, precision, scientific, shortest, fill)
    values = x.ravel().tolist()
    if x.dtype == np.bool_:
        return _shaped(["true" if value else "false" for value in values], x.shape)
    letter = "d" if x.dtype.kind == "i" else "g" if shortest else "e" if scientific else "f"
    form = f"%{fill}{width if width > -1 else ''}{f'.{precision}' if precision > -1 else ''}"
    printed = _printed(form, letter, fill)
    if x.dtype.kind == "c":
        texts = [f"({printed(value.real)},{printed(value.imag)})" for value in values]
    else:
        texts = list(map(printed, values))
    return _shaped(texts, x.shape)


as_string.not_differentiable()


def _shaped(texts: list[str], sizes: tuple[int, ...]) -> np.ndarray:
    return as_strings([text.encode() for text in texts]).reshape(sizes)


def _check_format(
    dtype: np.dtype, precision: int, scientific: bool, shortest: bool, fill: str
) -> None:
    named = dtypes.as_dtype(dtype).name
    if dtype.kind not in "fc":
        if scientific or shortest:
            refuse(f"scientific and shortest format not supported for datatype {named}")
        if precision >= 0:
            refuse(f"precision not supported for datatype {named}")
    if len(fill.encode()) > 1:
        refuse("Fill string must be one or fewer characters")
    if scientific and shortest:
        refuse("Cannot select both scientific and shortest notation")
    if fill not in ("", " ", "+", "-", "0", "#"):
        refuse(f'Fill argument not supported: "{fill}"')


def _printed(form: str, letter: str, fill: str) -> Callable[[Any], str]:
    """What writes a number by a form of `printf`."""
    whole = form + letter
    if fill != "0" or letter == "d":
        return whole.__mod__
    # C fills up what is no number with spaces, Python with zeros.
    unfilled = whole.replace("%0", "%", 1)
    return lambda value: (whole if math.isfinite(value) else unfilled) % value


# Strings as numbers -----------------------------------------------------------------------------

_TYPES = types("float32 float64 int32 int64")
_BLANK = b" \t\n\v\f\r"
_SPACE = rb"[ \t\n\v\f\r]*"
_INTEGER = re.compile(_SPACE + rb"(-?[0-9]+)" + _SPACE)
_DECIMAL = re.compile(
    _SPACE + rb"([-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf|nan))" + _SPACE,
    re.IGNORECASE,
)
_HEXADECIMAL = re.compile(_SPACE + rb"([-+]?0x[0-9a-f]+)" + _SPACE, re.IGNORECASE)
_LONGEST_FLOAT = 31
_MANY = 16  # strings, from which on they are read at once


@op(
    "StringToNumber",
    "string_tensor: string -> output: out_type",
    shape=shapes.same,
    types={"out_type": _TYPES},
    host=True,
    rows=rows.elementwise,
)
def string_to_number_op(xp, strings, *, out_type: DType = dtypes.float32):
    """string[...] -> out_type[...], of which white space around the number is no part."""
    if strings.size >= _MANY:
        plain = plain_numbers(strings.ravel().tolist(), out_type)
        if plain is not None:
            return plain.reshape(strings.shape)
    with np.errstate(over="ignore"):
        return each(reader_of(out_type), strings, out_type.as_numpy_dtype)


def reader_of(dtype: DType) -> Callable[[bytes], Any]:
    """What reads a number of that type, and fails with InvalidArgumentError where it is none."""
    floats = {"float32": _single, "float64": _float}
    return floats.get(dtype.name) or _integer_of(dtype.as_numpy_dtype)


# What Python reads as TensorFlow does, if it reads it.
_PLAIN_FLOATS = re.compile(rb"[0-9.eE+\-, ]*")
_PLAIN_INTEGERS = re.compile(rb"[0-9\-, ]*")


def plain_numbers(texts: Sequence[bytes], dtype: DType) -> np.ndarray | None:
    """Many numbers of that type at once, n[k]; None where one may be written in a rarer way."""
    is_float = dtype.is_floating
    form, read = (_PLAIN_FLOATS, float) if is_float else (_PLAIN_INTEGERS, int)
    if max(map(len, texts), default=0) > _LONGEST_FLOAT or not form.fullmatch(b",".join(texts)):
        return None
    try:
        values: Any = np.array(list(map(read, texts)), np.float64 if is_float else np.int64)
    except (ValueError, OverflowError):
        return None
    if dtype == dtypes.float32 and (values.view(np.uint64) & _FRACTION_LOST == _HALF).any():
        return None  # rounded twice
    if dtype == dtypes.int32 and (values.astype(np.int32) != values).any():
        return None
    with np.errstate(over="ignore"):
        return values.astype(dtype.as_numpy_dtype, copy=False)


def _integer_of(dtype: Any) -> Callable[[bytes], int]:
    limits = np.iinfo(dtype)

    def integer(text: bytes) -> int:
        found = _INTEGER.fullmatch(text)
        value = int(found[1]) if found and len(found[1]) < 100 else None
        if value is None or not limits.min <= value <= limits.max:
            _refuse_text(text)
        return value

    return integer


def _float(text: bytes) -> float:
    if len(text) <= _LONGEST_FLOAT:
        if text and not text.strip(_BLANK):
            return 0.0  # as TensorFlow reads it
        if found := _DECIMAL.fullmatch(text):
            return float(found[1])
        if found := _HEXADECIMAL.fullmatch(text):
            return float(int(found[1], 16))
    _refuse_text(text)


def _single(text: bytes) -> float:
    """What rounds to the float32 that is nearest, though it be rounded to a float64 before."""
    value = _float(text)
    if struct.unpack("<Q", struct.pack("<d", value))[0] & _FRACTION_LOST == _HALF:
        exact = Decimal(text.decode())
        if exact != Decimal(value):
            return math.nextafter(value, math.inf if exact > value else -math.inf)
    return value


_FRACTION_LOST = (1 << 29) - 1  # bits of a float64 that a float32 has not
_HALF = 1 << 28


def _refuse_text(text: bytes) -> NoReturn:
    shown = text.split(b"\0")[0].decode("utf-8", "replace")
    refuse(f"StringToNumberOp could not correctly convert string: {shown}")


@or_of_composites
def string_to_number(
    string_tensor: Any = None,
    out_type: Any = dtypes.float32,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """string[...] -> out_type[...], the numbers that the strings are.

    Args:
      string_tensor: `input` is its other name.
      out_type: float32, float64, int32 or int64. A float that is too large is infinity.

    Raises:
      InvalidArgumentError: in a run, one is no number, or an integer too large for the type.
    """
    strings = deprecated_argument_lookup("input", input, "string_tensor", string_tensor)
    return string_to_number_op(strings, out_type=out_type, name=name)


def string_to_number_v2(
    input: Any, out_type: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """`tf.strings.to_number` of TensorFlow 2."""
    return string_to_number_op(input, out_type=out_type, name=name)
