"""Tensors sorted along an axis, by the k largest where k is all."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import ranging, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math import elementwise
from stillflow.ops.nn.top_k import top_k

_ASCENDING, _DESCENDING = "ASCENDING", "DESCENDING"


def sort(
    values: Any, axis: Any = -1, direction: str = _ASCENDING, name: str | None = None
) -> Tensor:
    """Returns the values sorted along an axis: n[..., k, ...] -> n[..., k, ...].

    Raises:
      ValueError: `axis` is no known scalar, or `direction` neither 'ASCENDING' nor 'DESCENDING'.
    """
    with name_scope(name, "sort"):
        values, place = _arguments(values, axis, direction)
        if direction == _DESCENDING:
            return _descending(values, place, 0)
        return elementwise.negative(_descending(elementwise.negative(values), place, 0))


def argsort(
    values: Any,
    axis: Any = -1,
    direction: str = _ASCENDING,
    stable: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns where the sorted values were along an axis: n[..., k, ...] -> i32[..., k, ...].

    Equal ones keep their order, also without `stable`.

    Raises:
      ValueError: as by sort.
    """
    with name_scope(name, "argsort"):
        values, place = _arguments(values, axis, direction)
        if direction == _ASCENDING:
            values = elementwise.negative(values)
        return _descending(values, place, 1)


def _arguments(values: Any, axis: Any, direction: str) -> tuple[Tensor, int]:
    if direction not in (_ASCENDING, _DESCENDING):
        raise ValueError(f"{direction} should be one of {_ASCENDING}, {_DESCENDING}")
    axis = convert_to_tensor(axis, name="axis")
    place = constant_value(axis)
    if axis.shape.ndims != 0 or place is None:
        raise ValueError("axis must be a constant scalar")
    return convert_to_tensor(values, name="values"), int(place)


def _descending(values: Tensor, axis: int, which: int) -> Tensor:
    """The values (`which` is 0) or where they were (1), largest first."""
    count = shape_of.shape(values)[axis]
    rank = shape_of.rank(values)
    known = values.shape.ndims
    if axis == -1 or axis + 1 == known:
        return top_k(values, count)[which]
    order = _exchanging(axis, rank, known)
    return transpose(top_k(transpose(values, order), count)[which], order)


def _exchanging(axis: int, rank: Tensor, known: int | None) -> Tensor:
    """The order of axes in which `axis` and the last have changed places."""
    at: Any = axis
    if axis < 0:
        at = axis + (known or rank)
    if known is not None:
        order = np.arange(known)
        order[[at, -1]] = order[[-1, at]]
        return constant(order, name="transposition")
    return concat([ranging.range_(at), [rank - 1], ranging.range_(at + 1, rank - 1), [at]], axis=0)
