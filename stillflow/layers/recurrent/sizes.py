"""Sizes of states and outputs, which are numbers, shapes or tensors, and zeros of such sizes."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.ops.array import filling, joining, reshaping
from stillflow.ops.known_values import constant_value


def concat_sizes(prefix: Any, suffix: Any, static: bool = False) -> Any:
    """`prefix` and `suffix`, each a number, a shape, or i32[] or i32[k], one after the other.

    Returns:
      i32[n]; if `static`, a list in which what is unknown is None, or None if the rank is unknown.

    Raises:
      ValueError: a tensor of another rank; or, unless `static`, a size is unknown.
    """
    # TensorFlow builds the tensors in either case.
    first, known_first = _tensor_and_known(prefix, "prefix")
    last, known_last = _tensor_and_known(suffix, "suffix")
    if static:
        shape = as_shape(known_first).concatenate(known_last)
        return shape.as_list() if shape.ndims is not None else None
    if first is None or last is None:
        raise ValueError(f"Provided a prefix or suffix of None: {prefix} and {suffix}")
    return joining.concat((first, last), 0)


def _tensor_and_known(size: Any, name: str) -> tuple[Tensor | None, Any]:
    """(i32[k], or None if something is unknown; what is known)"""
    if isinstance(size, Tensor):
        known = constant_value(size)
        if size.shape.ndims == 0:
            return reshaping.expand_dims(size, 0), known
        if size.shape.ndims != 1:
            raise ValueError(
                f"{name} tensor must be either a scalar or vector, but saw tensor: {size}"
            )
        return size, known
    shape = as_shape(size)
    known = shape.as_list() if shape.ndims is not None else None
    if not shape.is_fully_defined():
        return None, known
    return constant(known, dtype=dtypes.int32), known


def known_shape(size: Any) -> Any:
    """`size`, of which a tensor is replaced by the shape that it holds as far as known."""
    return as_shape(constant_value(size)) if isinstance(size, Tensor) else size


def zero_state_tensors(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros of [batch_size, size] for each size in the nest `state_size`."""

    def zeros_of(size: Any) -> Tensor:
        zeros = filling.zeros(concat_sizes(batch_size, size), dtype=dtype)
        zeros.set_shape(concat_sizes(batch_size, size, static=True))
        return zeros

    return nest.map_structure(zeros_of, state_size)


def infer_state_dtype(explicit_dtype: Any, state: Any) -> Any:
    """`explicit_dtype`, or else the type of all tensors of `state`.

    Raises:
      ValueError: there are none, or they are of several types.
    """
    if explicit_dtype is not None:
        return explicit_dtype
    if not nest.is_nested(state):
        return state.dtype
    inferred = [element.dtype for element in nest.flatten(state)]
    if not inferred:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(dtype != inferred[0] for dtype in inferred):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a single "
            "representative dtype."
        )
    return inferred[0]
