"""Whether values are tensors of a graph, or stand for some."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import nest
from stillflow.graph.composite import SYMBOLIC_TYPES, CompositeTensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.ops.variables.variable import Variable


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether this is a tensor, a variable, a composite of tensors, or registered to stand for one.

    See `register_symbolic_tensor_type`. In eager mode what has a value is none.
    """
    if isinstance(tensor, Tensor):
        return not tensor._is_eager
    if isinstance(tensor, CompositeTensor):
        parts = nest.flatten(tensor, expand_composites=True)
        return any(not part._is_eager for part in parts)
    if executing_eagerly() and isinstance(tensor, Variable):
        return hasattr(tensor, "_keras_history")
    if isinstance(tensor, tuple(SYMBOLIC_TYPES)):
        return not executing_eagerly() or is_symbolic_tensor(convert_to_tensor(tensor))
    return is_tensor(tensor)


def are_all_symbolic_tensors(tensors: Any) -> bool:
    """Whether `is_symbolic_tensor` holds for each of a sequence."""
    return all(map(is_symbolic_tensor, tensors))


def is_tensor_or_tensor_list(v: Any) -> bool:
    """Whether this is a tensor, or a nest whose first part is one."""
    parts = nest.flatten(v)
    return bool(parts) and isinstance(parts[0], Tensor)
