"""Ops that pass their input on: several at once, checked, or with its bits read as another type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph.dtypes import DType, as_dtype
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape


@op("IdentityN", "input: [T] -> output: [T]", shape=lambda ctx: ctx.shapes())
def identity_n_op(xp, *inputs):
    """inputs: n[...] each -> the same tensors."""
    return inputs if len(inputs) > 1 else inputs[0]


@identity_n_op.gradient
def identity_n_gradient(op, *dys):
    return list(dys)


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Returns the tensors of a list, passed through one op.

    Raises:
      ValueError: the list is empty.
    """
    if not input:
        raise ValueError("Attr 'T' of 'IdentityN' Op passed list of length 0 less than minimum 1.")
    passed: Any = identity_n_op(input, name=name)
    return passed


@op("GuaranteeConst", "input: T -> output: T", shape=shapes.same, stateful=True)
def guarantee_const(xp, x):
    """x: n[...] -> n[...], which the caller promises never to change."""
    return x


def _why_of_another_shape(op: Operation, inputs: Sequence[Any]) -> str:
    (x,) = inputs
    name = "dummy_input" if op.inputs[0]._is_eager else op.inputs[0].op.name
    return (
        f"Shape of tensor {name} {shapes.format_sizes(x.shape)} is not compatible "
        f"with expected shape {shapes.format_sizes(op.attrs['shape'].sizes)}."
    )


@op(
    "EnsureShape",
    "input: T -> output: T",
    shape=lambda ctx: shapes.merge(ctx.attrs["shape"].sizes, ctx.shape(0)),
    explain=_why_of_another_shape,
)
def ensure_shape_op(xp, x, *, shape: TensorShape):
    """x: n[...] -> n[...]; the run fails unless it has `shape`."""
    if not shape.is_compatible_with(x.shape):
        raise ValueError("another shape than is ensured")
    return x


@ensure_shape_op.gradient
def ensure_shape_gradient(op, dy):
    return dy


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns `x`; a run in which it does not have `shape` fails."""
    return ensure_shape_op(x, shape=as_shape(shape), name=name)


_OF_KNOWN_SIZE = types(
    "bfloat16 float16 float32 float64 int64 int32 uint8 uint16 uint32 uint64 int8 int16 complex64 "
    "complex128 qint8 quint8 qint16 quint16 qint32"
)


def _recounted(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """The last axis holds the parts of an element that is larger than the other type's."""
    sizes = ctx.shape(0)
    own, wanted = ctx.attrs["T"].size, ctx.attrs["type"].size
    if sizes is None or own == wanted:
        return sizes
    if own > wanted:
        return (*sizes, own // wanted)
    if not sizes or sizes[-1] not in (None, wanted // own):
        raise shapes.ShapeError(
            f"Cannot bitcast due to shape. {sizes[-1] if sizes else 0} does not match "
            f"{wanted // own}"
        )
    return sizes[:-1]


@op(
    "Bitcast",
    "input: T -> output: type",
    shape=_recounted,
    types={"T": _OF_KNOWN_SIZE, "type": _OF_KNOWN_SIZE},
)
def bitcast_op(xp, x, *, type: DType):
    """x: n[...] -> type[...], the bits of x; the last axis holds the parts of a larger element."""
    wanted = np.dtype(type.stored_as)
    own = x.dtype.itemsize
    if own == wanted.itemsize:
        return x.view(wanted)
    if own > wanted.itemsize:
        return xp.expand_dims(x, -1).view(wanted)
    parts = wanted.itemsize // own
    if not x.ndim or x.shape[-1] != parts:
        source = as_dtype(x.dtype)
        refuse(f"Cannot bitcast from {source.as_datatype_enum} to {type.as_datatype_enum}")
    return xp.reshape(xp.reshape(x, (-1,)).view(wanted), x.shape[:-1])


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """Returns the bits of `input` read as elements of `type`.

    A larger element becomes several smaller ones along a new last axis, and the reverse.
    """
    return bitcast_op(input, type=type, name=name)
