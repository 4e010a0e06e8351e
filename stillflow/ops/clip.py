"""Clipping: of values to a range, of tensors to a norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import array, nn, reduce
from stillflow.ops import math as math_ops
from stillflow.ops.constants import constant
from stillflow.ops.control import identity
from stillflow.ops.convert import convert_to_tensor


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Returns `t`, a tensor or IndexedSlices, with each element brought into a range.

    Raises:
      ValueError: a bound would broadcast `t` to a larger shape.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = _values(t, "t")
        lowered = math_ops.minimum(values, clip_value_max)
        values.shape.merge_with(lowered.shape)
        raised = math_ops.maximum(lowered, clip_value_min, name=scope)
        values.shape.merge_with(raised.shape)
        return _like(t, raised)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Returns `t`, a tensor or IndexedSlices, scaled so that its norm over `axes` is at most
    `clip_norm`; over all axes by default.
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t, "t")
        squares = reduce.reduce_sum(values * values, axes, keepdims=True)
        # The gradient of the root at 0 is infinite, so 0 goes around it.
        is_positive = squares > 0
        safe = array.where(is_positive, squares, array.ones_like(squares))
        norm = array.where(is_positive, math_ops.sqrt(safe), squares)
        scaled = values * clip_norm
        values.shape.merge_with(scaled.shape)
        clipped = identity(scaled / math_ops.maximum(norm, clip_norm), name=scope)
        return _like(t, clipped)


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """Returns `t` scaled so that its norm over its number of elements is at most `clip_norm`."""
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert_to_tensor(t, name="t")
        count = math_ops.cast(array.size(t), "float32")
        inverse = math_ops.rsqrt(reduce.reduce_sum(t * t, array.range_(array.rank(t))))
        scaled = t * clip_norm
        scaled = scaled * math_ops.minimum(inverse * count, constant(1.0) / clip_norm)
        return identity(scaled, name=scope)


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """Returns the norm of all the elements of the tensors in `t_list` together; None is skipped.

    Raises:
      TypeError: `t_list` is no list.
    """
    tensors = _listed(t_list)
    with name_scope(name, "global_norm", tensors):
        values = _all_values(tensors)
        halves = [nn.l2_loss(value) for value in values if value is not None]
        half = reduce.reduce_sum(array.stack(halves))
        return math_ops.sqrt(half * constant(2.0, dtype=half.dtype), name="global_norm")


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
        finite_scale = clip_norm * math_ops.minimum(1.0 / use_norm, one() / clip_norm)
        scale = array.where(
            math_ops.is_finite(use_norm),
            finite_scale,
            constant(float("nan"), dtype=use_norm.dtype),
        )
        clipped = [
            None if value is None else _like(t, identity(value * scale, name=f"{scope}_{index}"))
            for index, (t, value) in enumerate(zip(tensors, _all_values(tensors), strict=True))
        ]
    return clipped, use_norm


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
