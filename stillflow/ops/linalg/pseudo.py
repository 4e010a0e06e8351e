"""The pseudo-inverse and the rank of matrices, by their singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import reshaping, selecting, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_rank_at_least
from stillflow.ops.linalg.decompositions import svd
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.reduce import reductions


def matrix_rank(
    a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None
) -> Tensor:
    """Returns how many singular values are above `tol`: f[..., m, n] -> i32[...].

    `tol` is, if not given, the largest one times the larger size times the type's precision.

    Raises:
      TypeError: the type is not floating.
      ValueError: a rank that is known is below 2.
    """
    with name_scope(name or "matrix_rank"):
        a = _checked(convert_to_tensor(a, preferred_dtype=dtypes.float32, name="a"), validate_args)
        values = svd(a, compute_uv=False)
        if tol is None:
            if a.shape[-2:].is_fully_defined():
                size: Any = np.max(a.shape[-2:].as_list())
            else:
                size = reductions.reduce_max(shape_of.shape(a)[-2:])
            relative = _precision(a) * casts.cast(size, a.dtype)
            tol = relative * reductions.reduce_max(values, axis=-1, keepdims=True)
        return reductions.reduce_sum(casts.cast(values > tol, dtypes.int32), axis=-1)


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Returns the Moore-Penrose pseudo-inverse of each matrix: f[..., m, n] -> f[..., n, m].

    Singular values below `rcond` times the largest count as zero; it is, if not given, ten times
    the larger size times the type's precision.

    Raises:
      TypeError: the type is not floating.
      ValueError: a rank that is known is below 2.
    """
    with name_scope(name or "pinv"):
        a = _checked(convert_to_tensor(a, name="a"), validate_args)
        kind = a.dtype.as_numpy_dtype
        if rcond is None:
            rows, columns = _size(a, -2), _size(a, -1)
            if isinstance(rows, int) and isinstance(columns, int):
                larger: Any = float(max(rows, columns))
            else:
                larger = casts.cast(arithmetic.maximum(rows, columns), kind)
            rcond = 10.0 * larger * _precision(a)
        rcond = convert_to_tensor(rcond, dtype=kind, name="rcond")
        values, left, right = svd(a, full_matrices=False, compute_uv=True)
        cutoff = rcond * reductions.reduce_max(values, axis=-1)
        counts = values > reshaping.expand_dims(cutoff, -1)
        values = selecting.where_v2(counts, values, np.array(np.inf, kind))
        scaled = right / reshaping.expand_dims(values, -2)
        inverse = matmul(scaled, left, adjoint_b=True)
        if a.shape.ndims is not None:
            inverse.set_shape(a.shape[:-2].concatenate([a.shape[-1], a.shape[-2]]))
        return inverse


def _checked(a: Tensor, validate_args: bool) -> Tensor:
    if not a.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype.name}).")
    if a.shape.ndims is not None:
        if a.shape.ndims < 2:
            raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.ndims}).")
        return a
    if not validate_args:
        return a
    message = "Input `a` must have at least 2 dimensions."
    with control_dependencies([assert_rank_at_least(a, rank=2, message=message)]):
        return identity(a)


def _size(a: Tensor, axis: int) -> Any:
    known = a.shape[axis].value
    return shape_of.shape(a)[axis] if known is None else known


def _precision(a: Tensor) -> Any:
    return np.finfo(a.dtype.as_numpy_dtype).eps
