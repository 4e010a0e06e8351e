"""The complex conjugate, which the gradient of every product of complex numbers multiplies with."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import COMPLEX
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope


@op(
    "Conj",
    "input: T -> output: T",
    shape=shapes.same,
    types={"T": (*COMPLEX, dtypes.variant)},
    defaults={"T": dtypes.complex64},
)
def conj_op(xp, x):
    """x: c[...] -> c[...]"""
    return xp.conj(x)


@conj_op.gradient
def conj_gradient(op, dy):
    return conj(dy)


@or_of_composites
def conj(x: Any, name: str | None = None) -> Tensor:
    """Returns the complex conjugate, which of a real tensor is that tensor itself.

    Raises:
      TypeError: `x` holds no numbers.
    """
    if isinstance(x, Tensor) and (x.dtype.base_dtype.is_floating or x.dtype.base_dtype.is_integer):
        return x
    with name_scope(name, "Conj", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        if dtype.is_complex:
            return conj_op(x, name=scope)
        if dtype.is_floating or dtype.is_integer:
            return x
        raise TypeError(f"Expected numeric or variant tensor, got dtype {dtype!r}")


def conjugates(op: Operation) -> list[Tensor]:
    """The conjugates of an op's inputs, which the gradient of a product multiplies with."""
    return [conj(tensor) for tensor in op.inputs]
