"""Parts of strings. The ops run on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph.operation import Tensor
from stillflow.ops.strings.each import as_strings, each
from stillflow.platform.deprecation import deprecated


def _of_parts(ctx: ShapeContext) -> Sizes:
    pos, length = ctx.shape(1), ctx.shape(2)
    if pos is not None and length is not None:
        shapes.with_rank(pos, len(length))
        if pos != length:
            raise ShapeError(
                f"pos and len shapes must match: {format_sizes(pos)} vs. {format_sizes(length)}"
            )
    return shapes.broadcast(ctx)


@op(
    "Substr",
    "input: string, pos: T, len: T -> output: string",
    shape=_of_parts,
    types={"T": INDEX},
    limits={"unit": ("BYTE", "UTF8_CHAR")},
    host=True,
)
def substr_op(xp, strings, pos, length, *, unit: str = "BYTE"):
    """strings: string[...], pos, length: i[...] or i[] -> string[...], from `pos` on.

    A negative `pos` counts from the end; positions count bytes or characters.
    """
    try:
        arrays = np.broadcast_arrays(strings, pos, length)
    except ValueError:
        found = f"{format_sizes(strings.shape)} vs. {format_sizes(pos.shape)}"
        refuse(f"Incompatible shapes: {found}")
    sizes = arrays[0].shape
    rows: Any = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    parts = [
        _part(text, first, count, unit, sizes, at) for at, (text, first, count) in enumerate(rows)
    ]
    return as_strings(parts).reshape(sizes)


def _part(data: bytes, start: int, count: int, unit: str, sizes: tuple[int, ...], at: int) -> bytes:
    characters: Any = data if unit == "BYTE" else data.decode("utf-8", "surrogateescape")
    first = start + len(characters) if start < 0 else start
    if not 0 <= first <= len(characters):
        named = f" b'{data.decode('latin-1')}'" if unit == "BYTE" else ""
        place = ", ".join(str(index) for index in np.unravel_index(at, sizes))
        shown = at if len(sizes) < 2 else f"({place})"
        refuse(f"pos {start} out of range for string{named} at index {shown}")
    # A negative length is a very large one, as in TensorFlow.
    part = characters[first:] if count < 0 else characters[first : first + count]
    return part if unit == "BYTE" else part.encode("utf-8", "surrogateescape")


@or_of_composites
def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """string[...] -> string[...], of each `len` bytes from byte `pos` on.

    Args:
      pos, len: i[...] or i[]; a negative `pos` counts from the end.
      unit: 'BYTE', or 'UTF8_CHAR' to count characters.

    Raises:
      InvalidArgumentError: in a run, `pos` is not within a string.
    """
    return substr_op(input, pos, len, unit=unit, name=name)


def substr_v2(
    input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None
) -> Tensor:
    """`tf.strings.substr` of TensorFlow 2."""
    return substr_op(input, pos, len, unit=unit, name=name)


@deprecated(None, "Use `tf.strings.substr` instead of `tf.substr`.")
def substr_deprecated(
    input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE"
) -> Tensor:
    """`tf.strings.substr` by its older name."""
    return substr(input, pos, len, name=name, unit=unit)


# Lengths ----------------------------------------------------------------------------------------

_FOLLOWING = bytes(range(0x80, 0xC0))  # bytes of a character after its first


@op(
    "StringLength",
    "input: string -> output: int32",
    shape=shapes.same,
    limits={"unit": ("BYTE", "UTF8_CHAR")},
    host=True,
)
def string_length_op(xp, strings, *, unit: str = "BYTE"):
    """string[...] -> i32[...], the bytes of each, or its characters."""
    if unit == "BYTE":
        return each(len, strings, np.int32)
    return each(lambda text: len(text.translate(None, _FOLLOWING)), strings, np.int32)


@or_of_composites
def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """string[...] -> i32[...], the length of each string.

    Args:
      unit: 'BYTE', or 'UTF8_CHAR' to count characters.
    """
    return string_length_op(input, unit=unit, name=name)


@or_of_composites
def string_length_v2(input: Any, unit: str = "BYTE", name: str | None = None) -> Tensor:
    """`tf.strings.length` of TensorFlow 2."""
    return string_length_op(input, unit=unit, name=name)
