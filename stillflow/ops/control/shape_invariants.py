"""What stays of the shape of a loop variable in all iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.static import constant_value_as_shape
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.type_spec import TypeSpec
from stillflow.ops.control.frames import is_within


def of(value: Any, shape: Any = None) -> Any:
    """The invariant of `value`: `shape`, or its own; of a composite tensor a list, for each part.

    For IndexedSlices `shape` is that of the values, for a SparseTensor that of its `dense_shape`.

    Raises:
      TypeError: `shape` is neither a TensorShape nor a TypeSpec of the value.
    """
    if isinstance(value, IndexedSlices) and shape is None:
        rows, whole = value.indices.shape, _dense(value)
        shapes = [rows.concatenate(whole[1:]), rows]
        return shapes if value.dense_shape is None else [*shapes, TensorShape([whole.ndims])]
    if not isinstance(value, CompositeTensor):
        return value.shape if shape is None else _shape_of(value, shape)
    spec = value._type_spec if shape is None else _spec_of(value, shape)
    parts = nest.flatten(spec._component_specs, expand_composites=True)
    return [part.shape for part in parts]


def _shape_of(tensor: Any, shape: Any) -> Any:
    if not isinstance(shape, TypeSpec):
        return shape
    if not shape.is_compatible_with(tensor):
        raise TypeError(f"TensorSpec {shape!r} is not compatible with {tensor!r}")
    return shape.shape  # type: ignore[attr-defined]  # it is a TensorSpec


def _spec_of(value: CompositeTensor, shape: Any) -> TypeSpec:
    if isinstance(shape, TensorShape):
        return value._shape_invariant_to_type_spec(shape)
    if not isinstance(shape, TypeSpec):
        raise TypeError(f"Expected shape to be a TypeSpec or TensorShape, got {shape!r}")
    if not shape.is_compatible_with(value):
        raise TypeError(f"TypeSpec {shape!r} is not compatible with {value!r}")
    return shape


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
