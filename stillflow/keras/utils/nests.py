"""Nests of which some parts count as wholes: shapes, which are sequences too, and data of nodes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_shape import Dimension, TensorShape


def map_structure_with_atomic(
    is_atomic_fn: Callable[[Any], bool], map_fn: Callable[[Any], Any], nested: Any
) -> Any:
    """Returns a nest like `nested`, with what `map_fn` gives in place of each whole.

    Args:
      is_atomic_fn: tells whether a part is a whole.

    Raises:
      ValueError: a part is neither a whole nor made of parts.
    """
    if is_atomic_fn(nested):
        return map_fn(nested)
    if not nest.is_nested(nested):
        raise ValueError(f"Received non-atomic and non-sequence element: {nested}")
    values = [
        map_structure_with_atomic(is_atomic_fn, map_fn, child)
        for child in nest.children_alone(nested)
    ]
    return nest.rebuilt(nested, values)


def convert_shapes(input_shape: Any, to_tuples: bool = True) -> Any:
    """Returns a nest of shapes, each as a tuple of its sizes, or else as a TensorShape.

    Args:
      input_shape: a nest of TensorShapes, tuples and lists of sizes.
    """

    def converted(shape: Any) -> Any:
        shape = TensorShape(shape)
        return tuple(shape.as_list()) if to_tuples else shape

    return map_structure_with_atomic(_is_shape, converted, input_shape)


def shape_type_conversion(fn: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Decorates a method of a shape: it gets tuples, and what it returns becomes TensorShapes."""

    @functools.wraps(fn)
    def wrapper(instance: Any, input_shape: Any) -> Any:
        if input_shape is not None:
            input_shape = convert_shapes(input_shape, to_tuples=True)
        output_shape = fn(instance, input_shape)
        if output_shape is None:
            return None
        return convert_shapes(output_shape, to_tuples=False)

    return wrapper


class ListWrapper:
    """A list that counts as a whole."""

    def __init__(self, list_to_wrap: list[Any]):
        self._list = list_to_wrap

    def as_list(self) -> list[Any]:
        return self._list


def convert_inner_node_data(nested: Any, wrap: bool = False) -> Any:
    """Returns a nest whose data of nodes, [name, number, number, ...], count as wholes, or do not.

    Args:
      wrap: whether they are to: each becomes a ListWrapper, which else becomes its list.
    """

    def is_whole(part: Any) -> bool:
        return isinstance(part, ListWrapper) or _is_node_data(part) or not nest.is_nested(part)

    def converted(part: Any) -> Any:
        if isinstance(part, ListWrapper):
            return part if wrap else part.as_list()
        return ListWrapper(part) if wrap and _is_node_data(part) else part

    return map_structure_with_atomic(is_whole, converted, nested)


def _is_node_data(part: Any) -> bool:
    return isinstance(part, list) and len(part) in (3, 4) and isinstance(part[0], str)


def _is_size(value: Any) -> bool:
    return value is None or isinstance(value, (int, Dimension))


def _is_shape(value: Any) -> bool:
    if _is_size(value) or isinstance(value, TensorShape):
        return True
    return isinstance(value, (tuple, list)) and all(map(_is_size, value))
