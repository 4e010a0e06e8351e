"""Nests of shapes in the one form that a program's function takes, and that layers give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape


def as_tuples(shapes: Any) -> Any:
    """A nest of shapes with each shape as a tuple of sizes."""
    return _mapped(lambda shape: tuple(as_shape(shape).as_list()), shapes)


def as_shapes(shapes: Any) -> Any:
    """A nest of shapes with each shape as a TensorShape."""
    return _mapped(as_shape, shapes)


def first_of(shapes: Any) -> Any:
    """The first shape of a nest of TensorShapes."""
    while not isinstance(shapes, TensorShape):
        shapes = next(iter(shapes.values() if isinstance(shapes, dict) else shapes))
    return shapes


def mapped_shapes(function: Callable[[TensorShape], Any], shapes: Any) -> Any:
    """The nest of what `function` makes of each shape."""
    return _mapped(lambda shape: function(as_shape(shape)), shapes)


def _mapped(function: Callable[[Any], Any], shapes: Any) -> Any:
    if _is_shape(shapes):
        return function(shapes)
    if isinstance(shapes, dict):
        return {key: _mapped(function, each) for key, each in shapes.items()}
    return type(shapes)(_mapped(function, each) for each in shapes)


def _is_shape(value: Any) -> bool:
    if value is None or isinstance(value, (TensorShape, int)):
        return True
    sizes = (int, Dimension, type(None))
    return isinstance(value, (tuple, list)) and all(isinstance(each, sizes) for each in value)
