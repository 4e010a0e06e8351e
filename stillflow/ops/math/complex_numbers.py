"""Complex numbers: their parts, and how they are made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import COMPLEX, WIDE_FLOATS
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling
from stillflow.ops.math import division
from stillflow.ops.math.unbroadcast import operands

_PART: dict[str, Any] = {
    "shape": shapes.same,
    "types": {"T": COMPLEX, "Tout": WIDE_FLOATS},
    "defaults": {"T": dtypes.complex64},
}
_WITH_PARTS = {dtypes.float32: dtypes.complex64, dtypes.float64: dtypes.complex128}


@op(
    "Complex",
    "real: T, imag: T -> out: Tout",
    shape=shapes.broadcast,
    broadcasts=True,
    types={"T": WIDE_FLOATS, "Tout": COMPLEX},
    defaults={"T": dtypes.float32},
)
def complex_op(xp, real, imag, *, Tout: DType = dtypes.complex64):
    """real: f[...], imag: f[...] -> c[...]"""
    return real + imag * np.asarray(1j, Tout.stored_as)


@complex_op.gradient
def complex_gradient(op, dz):
    of_real, of_imag = operands(*op.inputs)
    d_real = of_real.summed(real(dz))
    return d_real, of_imag.summed(imag(dz))


@or_of_composites
def complex_(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """Returns the complex numbers of these parts, both float32 or both float64."""
    real = convert_to_tensor(real, name="real")
    imag = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [real, imag]) as scope:
        kinds = real.dtype.base_dtype, imag.dtype.base_dtype
        if kinds[0] is not kinds[1] or kinds[0] not in _WITH_PARTS:
            raise TypeError(
                f"real and imag have incorrect types: {kinds[0].name} {kinds[1].name}\n"
                "  Both must be float32 or both float64."
            )
        return complex_op(real, imag, Tout=_WITH_PARTS[kinds[0]], name=scope)


def _of_type(wanted: DType, part: Any) -> Any:
    """`part`, whose type must be `wanted`."""
    if part.dtype != wanted.stored_as:
        given = dtypes.as_dtype(part.dtype).runtime_name
        source = _WITH_PARTS[dtypes.as_dtype(part.dtype)].name
        refuse(
            f"Signature mismatch, have: {source}->{wanted.runtime_name} expected: {source}->{given}"
        )
    return part


@op("Real", "input: T -> output: Tout", **_PART)
def real_op(xp, x, *, Tout: DType = dtypes.float32):
    """x: c[...] -> f[...]"""
    return _of_type(Tout, xp.real(x))


@real_op.gradient
def real_gradient(op, dy):
    return complex_(dy, constant(0, dtype=dy.dtype))


@op("Imag", "input: T -> output: Tout", **_PART)
def imag_op(xp, x, *, Tout: DType = dtypes.float32):
    """x: c[...] -> f[...]"""
    return _of_type(Tout, xp.imag(x))


@imag_op.gradient
def imag_gradient(op, dy):
    return complex_(constant(0, dtype=dy.dtype), dy)


@op("Angle", "input: T -> output: Tout", **_PART)
def angle_op(xp, x, *, Tout: DType = dtypes.float32):
    """x: c[...] -> f[...]"""
    return _of_type(Tout, xp.angle(x))


@angle_op.gradient
def angle_gradient(op, dy):
    from stillflow.ops.math.elementwise import reciprocal  # that module imports this one

    x = op.inputs[0]
    with control_dependencies([dy]):
        real_part, imaginary = real(x), imag(x)
        inverse = reciprocal(complex_(imaginary, real_part))
        return -complex_(dy, constant(0, dtype=dy.dtype)) * inverse


@op("ComplexAbs", "x: T -> y: Tout", **_PART)
def complex_abs_op(xp, x, *, Tout: DType = dtypes.float32):
    """x: c[...] -> f[...]"""
    return _of_type(Tout, xp.absolute(x))


@complex_abs_op.gradient
def complex_abs_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    along = complex_(dy, filling.zeros_like(dy)) * x
    return division.div_no_nan(along, complex_(y, filling.zeros_like(y)))


def complex_abs(x: Tensor, name: str | None = None) -> Tensor:
    """The absolute value of a complex tensor, as floats."""
    return complex_abs_op(x, Tout=x.dtype.real_dtype, name=name)


@or_of_composites
def real(input: Any, name: str | None = None) -> Tensor:
    """Returns the real part, which of a real tensor is that tensor itself."""
    with name_scope(name, "Real", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        if not x.dtype.base_dtype.is_complex:
            return x
        return real_op(x, Tout=x.dtype.real_dtype, name=scope)


@or_of_composites
def imag(input: Any, name: str | None = None) -> Tensor:
    """Returns the imaginary part, which of a real tensor is 0."""
    with name_scope(name, "Imag", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        if not x.dtype.base_dtype.is_complex:
            return filling.zeros_like(x)
        return imag_op(x, Tout=x.dtype.real_dtype, name=scope)


@or_of_composites
def angle(input: Any, name: str | None = None) -> Tensor:
    """Returns the argument in radians; TensorFlow 1.15 gives 0 for every real number."""
    with name_scope(name, "Angle", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        if not x.dtype.base_dtype.is_complex:
            return filling.zeros_like(x)
        return angle_op(x, Tout=x.dtype.real_dtype, name=scope)
