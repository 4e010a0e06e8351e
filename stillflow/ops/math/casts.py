"""Conversions from one element type to another."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import rows, shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS_AND_COMPLEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope


@op(
    "Cast",
    "x: SrcT -> y: DstT",
    shape=shapes.same,
    rows=rows.elementwise,
    total=True,
    carries_shapes=True,
    near_zero=("x",),
)
def cast_op(xp, x, *, DstT: DType, Truncate: bool = False):
    """x: n[...] -> DstT[...]; a float becomes an integer by dropping its fraction.

    One out of the integer's range becomes what x86 processors make of it.
    """
    wanted = np.dtype(DstT.stored_as)
    if x.dtype == wanted:
        return x
    if "O" in (wanted.kind, x.dtype.kind):
        source = dtypes.string if x.dtype == object else dtypes.as_dtype(x.dtype)
        names = f"{source.runtime_name} to {DstT.runtime_name}"
        raise UnimplementedError(None, None, f"Cast {names} is not supported")
    if wanted.kind == "b":
        return x != 0
    if x.dtype.kind == "c" and wanted.kind != "c":
        x = x.real
    if x.dtype.kind not in "iub" and wanted.kind in "iu":
        return xp.to_integers(x, wanted)
    return x.astype(wanted)


@cast_op.gradient
def cast_gradient(op, dy):
    kinds = op.inputs[0].dtype.base_dtype, op.attrs["DstT"]
    return cast(dy, kinds[0]) if all(kind in FLOATS_AND_COMPLEX for kind in kinds) else None


@or_of_composites
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """Returns `x`, a tensor or of several, with its elements converted to `dtype`.

    A variable behind a handle that is of this type already is not read.
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    if (isinstance(x, Tensor) or hasattr(x, "_is_left_by_casts")) and x.dtype is wanted:
        return x
    if getattr(x, "_is_ragged_tensor", False):
        # TensorFlow takes it for a tensor first, by which a name is gone.
        get_default_graph().unique_name(name or "Cast")
        return x.with_flat_values(cast(x.flat_values, wanted, name=name))
    with name_scope(name, "Cast", [x]) as scope:
        if isinstance(x, IndexedSlices):
            values = cast(x.values, wanted, name=scope)
            return IndexedSlices(values, x.indices, x.dense_shape)
        if getattr(x, "_is_sparse_tensor", False):
            return x._with_values(cast(x.values, wanted, name=scope))
        tensor = convert_to_tensor(x, name="x")
        if tensor.dtype.base_dtype is wanted:
            return tensor
        return cast_op(tensor, DstT=wanted, name=scope)


def _converter(dtype: DType, op_name: str) -> Any:
    def convert(x: Any, name: str = op_name) -> Any:
        return cast(x, dtype, name=name)

    convert.__name__ = convert.__qualname__ = f"to_{dtype.name}"
    convert.__doc__ = f"Returns `x` as {dtype.name}."
    return convert


to_float = _converter(dtypes.float32, "ToFloat")
to_double = _converter(dtypes.float64, "ToDouble")
to_int32 = _converter(dtypes.int32, "ToInt32")
to_int64 = _converter(dtypes.int64, "ToInt64")
to_bfloat16 = _converter(dtypes.bfloat16, "ToBFloat16")
to_complex64 = _converter(dtypes.complex64, "ToComplex64")
to_complex128 = _converter(dtypes.complex128, "ToComplex128")
