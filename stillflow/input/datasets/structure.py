"""Elements as lists of tensors and back, by their types: structures of TypeSpecs."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import type_spec
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_value
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.input.datasets import nesting
from stillflow.ops.ragged.ragged_tensor import convert_to_tensor_or_ragged_tensor
from stillflow.ops.sparse.sparse_tensor import (
    SparseTensor,
    SparseTensorSpec,
    SparseTensorValue,
    is_sparse,
)
from stillflow.ops.tensor_array.tensor_array import TensorArray


def normalize_element(element: Any) -> Any:
    """`element` with tensors, and composite tensors, for components."""
    with name_scope("normalize_element"):
        components = [
            _normalized(component, f"component_{number}")
            for number, component in enumerate(nesting.flatten(element))
        ]
    return nesting.pack_sequence_as(element, components)


def _normalized(component: Any, name: str) -> Any:
    if is_sparse(component):
        return SparseTensor.from_value(component)
    if isinstance(component, (CompositeTensor, TensorArray)) or _is_list_of_composites(component):
        return component
    return convert_to_tensor_or_ragged_tensor(component, name=name)


def type_spec_from_value(element: Any) -> Any:
    """The type of an element; TypeError where a component has none.

    What is no tensor is converted to one, so this may add nodes.
    """
    spec = _known_spec(element)
    if spec is not None:
        return spec
    if isinstance(element, dict):
        result = element.copy()
        for key in element:
            result[key] = type_spec_from_value(element[key])
        return result
    if isinstance(element, tuple):
        specs = [type_spec_from_value(value) for value in element]
        return type(element)(*specs) if hasattr(element, "_fields") else tuple(specs)
    if _is_attrs(element):
        names = [attribute.name for attribute in type(element).__attrs_attrs__]
        return type(element)(*(type_spec_from_value(getattr(element, name)) for name in names))
    try:
        return type_spec_from_value(convert_to_tensor(element))
    except (ValueError, TypeError):
        raise TypeError(
            f"Could not build a TypeSpec for {element!r} with type {type(element).__name__}"
        ) from None


def _is_attrs(element: Any) -> bool:
    return hasattr(type(element), "__attrs_attrs__") and not dataclasses.is_dataclass(element)


def _is_list_of_composites(element: Any) -> bool:
    """Whether `element` is a list of datasets or the like, which is one component."""
    is_list = isinstance(element, list) and bool(element)
    return is_list and all(isinstance(item, CompositeTensor) for item in element)


def _known_spec(element: Any) -> TypeSpec | None:
    if isinstance(element, SparseTensorValue):
        element = SparseTensor.from_value(element)
    if _is_list_of_composites(element):
        specs = [type_spec.type_spec_from_value(item) for item in element]
        common = functools.reduce(lambda a, b: a.most_specific_compatible_type(b), specs)
        return common._batch(len(element))
    try:
        return type_spec.type_spec_from_value(element)
    except TypeError:
        return None


def convert_legacy_structure(output_types: Any, output_shapes: Any, output_classes: Any) -> Any:
    """The type of elements of which these are told; TypeError where a class has none."""
    parts = map(nesting.flatten, (output_types, output_shapes, output_classes))
    specs = [_spec_of(*told) for told in zip(*parts, strict=False)]
    return nesting.pack_sequence_as(output_classes, specs)


def _spec_of(dtype: Any, shape: Any, kind: Any) -> TypeSpec:
    if isinstance(kind, TypeSpec):
        return kind
    if issubclass(kind, SparseTensor):
        return SparseTensorSpec(shape, dtype)
    if issubclass(kind, Tensor):
        return TensorSpec(shape, dtype)
    raise TypeError(f"Could not build a structure for output class {kind!r}")


def from_compatible_tensor_list(element_spec: Any, tensor_list: Sequence[Any]) -> Any:
    """The element made of tensors, which are known to fit."""
    return _decoded(
        lambda spec, own: spec._from_compatible_tensor_list(own), element_spec, tensor_list
    )


def from_tensor_list(element_spec: Any, tensor_list: Sequence[Any]) -> Any:
    """The element made of tensors; ValueError where they do not fit."""
    return _decoded(lambda spec, own: spec._from_tensor_list(own), element_spec, tensor_list)


def _decoded(decode: Callable, element_spec: Any, tensor_list: Sequence[Any]) -> Any:
    specs = nesting.flatten(element_spec)
    lengths = [len(spec._flat_tensor_specs) for spec in specs]
    if sum(lengths) != len(tensor_list):
        raise ValueError(f"Expected {sum(lengths)} tensors but got {len(tensor_list)}.")
    values, start = [], 0
    for spec, length in zip(specs, lengths, strict=True):
        values.append(decode(spec, list(tensor_list[start : start + length])))
        start += length
    return nesting.pack_sequence_as(element_spec, values)


def to_tensor_list(element_spec: Any, element: Any) -> list:
    """The tensors that an element is made of."""
    return _encoded(lambda spec, value: spec._to_tensor_list(value), element_spec, element)


def to_batched_tensor_list(element_spec: Any, element: Any) -> list:
    """The tensors that a batch is made of: their rows make elements."""
    return _encoded(lambda spec, value: spec._to_batched_tensor_list(value), element_spec, element)


def _encoded(encode: Callable, element_spec: Any, element: Any) -> list:
    nesting.assert_same_structure(element_spec, element)
    pairs = zip(nesting.flatten(element_spec), nesting.flatten(element), strict=True)
    return [tensor for spec, value in pairs for tensor in encode(spec, _as_component(spec, value))]


def _as_component(spec: TypeSpec, value: Any) -> Any:
    """What a component is in the graph; ValueError where it does not fit its type."""
    if not isinstance(spec, TensorSpec) or isinstance(value, Tensor):
        return value
    is_composite = isinstance(value, CompositeTensor)
    tensor = None if is_composite else convert_to_tensor(value, spec.dtype)
    if tensor is None or not tensor.shape.is_compatible_with(spec.shape):
        raise ValueError(
            f"Value {value!r} is not convertible to a tensor with dtype {spec.dtype} and shape "
            f"{spec.shape}."
        )
    return tensor


def get_flat_tensor_specs(element_spec: Any) -> list[TensorSpec]:
    return [t for spec in nesting.flatten(element_spec) for t in spec._flat_tensor_specs]


def get_flat_tensor_shapes(element_spec: Any) -> list[TensorShape]:
    return [spec.shape for spec in get_flat_tensor_specs(element_spec)]


def get_flat_tensor_types(element_spec: Any) -> list[DType]:
    return [spec.dtype for spec in get_flat_tensor_specs(element_spec)]


def are_compatible(spec1: Any, spec2: Any) -> bool:
    """Whether an element may be of both types."""
    try:
        nesting.assert_same_structure(spec1, spec2)
    except (TypeError, ValueError):
        return False
    pairs = zip(nesting.flatten(spec1), nesting.flatten(spec2), strict=True)
    return all(a.is_compatible_with(b) and b.is_compatible_with(a) for a, b in pairs)


def batch_dimension(tensor: Tensor) -> int | None:
    """The number of rows of a tensor, if it is known."""
    return dimension_value(tensor.shape[0])


def legacy_output_types(element_spec: Any) -> Any:
    return nesting.map_structure(lambda spec: spec._to_legacy_output_types(), element_spec)


def legacy_output_shapes(element_spec: Any) -> Any:
    return nesting.map_structure(lambda spec: spec._to_legacy_output_shapes(), element_spec)


def legacy_output_classes(element_spec: Any) -> Any:
    return nesting.map_structure(lambda spec: spec._to_legacy_output_classes(), element_spec)
