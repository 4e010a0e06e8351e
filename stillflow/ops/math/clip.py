"""Clipping: of values to a range, of tensors to a norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.array import filling, ranging, selecting, shape_of, stacking
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.nn import norms
from stillflow.ops.reduce import reductions


@or_of_composites
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Returns `t`, a tensor or IndexedSlices, with each element brought into a range.

    Raises:
      ValueError: a bound would broadcast `t` to a larger shape.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = _values(t, "t")
        lowered = arithmetic.minimum(values, clip_value_max)
        values.shape.merge_with(lowered.shape)
        raised = arithmetic.maximum(lowered, clip_value_min, name=scope)
        values.shape.merge_with(raised.shape)
        return _like(t, raised)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Returns `t`, a tensor or IndexedSlices, scaled so that its norm over `axes` is at most
    `clip_norm`; over all axes by default.
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t, "t")
        squares = reductions.reduce_sum(values * values, axes, keepdims=True)
        # The gradient of the root at 0 is infinite, so 0 goes around it.
        is_positive = squares > 0
        safe = selecting.where(is_positive, squares, filling.ones_like(squares))
        norm = selecting.where(is_positive, elementwise.sqrt(safe), squares)
        scaled = values * clip_norm
        values.shape.merge_with(scaled.shape)
        clipped = identity(scaled / arithmetic.maximum(norm, clip_norm), name=scope)
        return _like(t, clipped)


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """Returns `t` scaled so that its norm over its number of elements is at most `clip_norm`."""
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert_to_tensor(t, name="t")
        count = casts.cast(shape_of.size(t), "float32")
        inverse = elementwise.rsqrt(reductions.reduce_sum(t * t, ranging.range_(shape_of.rank(t))))
        scaled = t * clip_norm
        scaled = scaled * arithmetic.minimum(inverse * count, constant(1.0) / clip_norm)
        return identity(scaled, name=scope)


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """Returns the norm of all the elements of the tensors in `t_list` together; None is skipped.

    Raises:
      TypeError: `t_list` is no list.
    """
    tensors = _listed(t_list)
    with name_scope(name, "global_norm", tensors):
        values = _all_values(tensors)
        halves = [_l2_loss_beside(value) for value in values if value is not None]
        half = reductions.reduce_sum(stacking.stack(halves))
        return elementwise.sqrt(half * constant(2.0, dtype=half.dtype), name="global_norm")


def _l2_loss_beside(value: Tensor) -> Tensor:
    with colocate_with(value):
        return norms.l2_loss(value)


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Returns the tensors scaled by one factor so that their common norm is at most `clip_norm`,
    and that norm as it was before. When it is not finite the tensors become NaN.

    `use_norm` is the common norm where it is known already.

    Raises:
      TypeError: `t_list` is no list.
    """
    tensors = _listed(t_list)
    if use_norm is None:
        use_norm = global_norm(tensors, name)
    with name_scope(name, "clip_by_global_norm", [*tensors, clip_norm]) as scope:
        one = lambda: constant(1.0, dtype=use_norm.dtype)
        finite_scale = clip_norm * arithmetic.minimum(1.0 / use_norm, one() / clip_norm)
        scale = selecting.where(
            elementwise.is_finite(use_norm),
            finite_scale,
            constant(float("nan"), dtype=use_norm.dtype),
        )
        clipped = [
            None if value is None else _scaled(value, scale, f"{scope}_{index}")
            for index, value in enumerate(_all_values(tensors))
        ]
    pairs = zip(tensors, clipped, strict=True)
    return [None if value is None else _like(t, value) for t, value in pairs], use_norm


def _scaled(value: Tensor, scale: Tensor, name: str) -> Tensor:
    with colocate_with(value):
        return identity(value * scale, name=name)


def _listed(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError("t_list should be a sequence")
    return list(t_list)


def _values(t: Any, name: str) -> Tensor:
    return convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name=name)


def _all_values(tensors: list[Any]) -> list[Tensor | None]:
    return [None if t is None else _values(t, f"t_{i}") for i, t in enumerate(tensors)]


def _like(t: Any, values: Tensor) -> Any:
    """`values` as IndexedSlices when `t` is."""
    return (
        IndexedSlices(values, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else values
    )


@or_of_composites
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """Returns `value` as `dtype`; what that cannot hold becomes its nearest limit."""
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        dtype = dtypes.as_dtype(dtype).base_dtype
        source = value.dtype.base_dtype
        # As Python's numbers: compared with a half, NumPy makes halves of large integers.
        if _plain(source.min) < _plain(dtype.min):
            low = convert_to_tensor(dtype.min, dtype=source, name="min")
            value = arithmetic.maximum(value, low)
        if _plain(source.max) > _plain(dtype.max):
            high = convert_to_tensor(dtype.max, dtype=source, name="max")
            value = arithmetic.minimum(value, high)
        return casts.cast(value, dtype, name=scope)


def _plain(limit: Any) -> int | float:
    return limit if isinstance(limit, int) else float(limit)
