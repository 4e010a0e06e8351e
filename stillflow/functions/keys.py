"""What decides whether a call needs a new trace: tensors' types and shapes, other values."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from stillflow.functions.specification import flat_specs
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.ops.variables.resource_variable import BaseResourceVariable


def key_of(value: Any, ranks_only: bool = False) -> Any:
    """What is equal for arguments that one trace serves.

    A tensor counts by type and shape, or rank; a variable, and what else can be referred to weakly,
    by itself; anything else by its type and value.
    """
    if isinstance(value, (Tensor, TensorSpec)):
        shape = value.shape
        key = (value.dtype, shape.ndims if ranks_only else shape.sizes)
        # The name that a TensorSpec gives is that of the argument.
        is_named = isinstance(value, TensorSpec) and value.name is not None
        return (*key, value.name) if is_named else key
    if isinstance(value, (list, tuple)):
        return (_kind_of(value), *(key_of(part, ranks_only) for part in value))
    if isinstance(value, Mapping):
        return (
            _kind_of(value),
            *((name, key_of(value[name], ranks_only)) for name in _sorted(value)),
        )
    if isinstance(value, BaseResourceVariable):
        return _weakly(value)
    if isinstance(value, TypeSpec):
        return (type(value), *key_of(flat_specs(value), ranks_only))
    if isinstance(value, CompositeTensor):
        parts = (key_of(part, ranks_only) for part in value.fetch_parts())
        return (value.kind_in_traces(), *parts)
    return _weakly(value)


def _kind_of(value: Any) -> type:
    """The type, but of what an attribute made of a list or a dict the type of that."""
    kind: type = getattr(value, "_stands_for", value.__class__)
    return kind


def _sorted(value: Mapping) -> list:
    try:
        return sorted(value)
    except TypeError:
        return list(value)


def _weakly(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str, bytes, type(None))):
        return (type(value), value)
    try:
        reference = weakref.ref(value)
    except TypeError:
        return (type(value), value)
    if type(value).__hash__ is None:
        raise AttributeError(
            f"'{type(value).__name__}' object has no attribute 'shape'\n  An argument of a traced "
            "function is a tensor, or can be hashed."
        )
    return reference
