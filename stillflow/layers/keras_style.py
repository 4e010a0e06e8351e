"""Layers of `tf.layers` that make variables as those of `tf.keras` do: each its own, unshared."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.ops.variables.variable import Variable

_is_on = False


@contextmanager
def keras_style_scope() -> Iterator[None]:
    """A block whose layers make variables of their own and take neither `scope` nor `reuse`."""
    global _is_on
    outer, _is_on = _is_on, True
    try:
        yield
    finally:
        _is_on = outer


def set_keras_style() -> None:
    """From here on all layers are as in `keras_style_scope`."""
    global _is_on
    _is_on = True


def is_keras_style() -> bool:
    return _is_on


def make_variable(
    name: str | None,
    shape: Any,
    dtype: DType,
    initializer: Any,
    partitioner: Any = None,
    use_resource: bool | None = None,
    **options: Any,
) -> Variable:
    """Returns a new variable, named within the open name scope; one by a handle unless told.

    Args:
      initializer: a value, which then tells shape and type, or an initializer or its class.
      partitioner: not looked at.
    """
    del partitioner
    use_resource = use_resource is None or use_resource
    if not callable(initializer):
        return Variable(initializer, name=name, use_resource=use_resource, **options)
    initializer = initializer() if inspect.isclass(initializer) else initializer
    return Variable(
        lambda: initializer(shape, dtype=dtype),
        name=name,
        dtype=dtype.base_dtype,
        use_resource=use_resource,
        **options,
    )
