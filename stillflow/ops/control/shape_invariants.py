"""What stays of the shape of a loop variable in all iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.static import constant_value_as_shape
from stillflow.graph import nest
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.frames import is_within


def of(value: Any, shape: Any = None) -> Any:
    """The invariant of `value`: `shape`, or its own; of IndexedSlices a list, for each tensor.

    For IndexedSlices `shape` is that of the values.

    Raises:
      TypeError: an invariant of IndexedSlices is no shape.
    """
    if not isinstance(value, IndexedSlices):
        return value.shape if shape is None else shape
    if shape is None:
        rows, whole = value.indices.shape, _dense(value)
    elif isinstance(shape, TensorShape):
        rows, whole = shape[:1], TensorShape([None]).concatenate(shape[1:])
    else:
        raise TypeError(f"Expected shape to be a TypeSpec or TensorShape, got {shape!r}")
    shapes = [rows.concatenate(whole[1:]), rows]
    return shapes if value.dense_shape is None else [*shapes, TensorShape([whole.ndims])]


def _dense(value: IndexedSlices) -> TensorShape:
    sizes = value.dense_shape
    return TensorShape.of(None if sizes is None else constant_value_as_shape(sizes))


def give(initial: Sequence[Tensor], entered: Sequence[Tensor], shapes: Any) -> None:
    """Gives loop variables, which start as `initial`, their shapes.

    Raises:
      ValueError: `shapes` are none; an initial value is not known to have the shape.
    """
    flat = nest.flatten(shapes)
    if not all(isinstance(shape, TensorShape) for shape in flat):
        raise ValueError("`shapes` must be a (possibly nested) list of shapes.")
    for before, variable, shape in zip(initial, entered, flat, strict=False):
        if not is_within(before.shape, shape):
            raise ValueError(
                f"The shape invariant specified for {before.name} is not compatible with the "
                "initial shape of the loop variable. It enters the loop with shape "
                f"{before.shape}, but the specified shape invariant is {shape}."
            )
        variable.set_shape(shape)
