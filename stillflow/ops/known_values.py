"""What TensorFlow's Python knows of a tensor's value while a graph is built: `constant_value`.

`declare.static` knows more, as the shape functions of TensorFlow's own core do. A program that asks
by TensorFlow's name builds its graph by the answer, so that it must be TensorFlow's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import static
from stillflow.declare.convert import is_tensor
from stillflow.graph.operation import Tensor

_OF_SHAPES = {"Shape", "Size", "Rank"}
_OF_VALUES = {"Cast", "Concat", "ConcatV2", "Equal", "NotEqual", "Range"}


def constant_value(tensor: Any, partial: bool = False) -> Any:
    """The value that `tensor` has in every run, or None when that is not known; it is not fed then.

    With `partial`, tensors stacked along axis 0 may be known in part: an array of objects has None
    for those that are not. What is no tensor is its own value; variables have none.
    """
    if not is_tensor(tensor):
        return tensor
    if not isinstance(tensor, Tensor):
        return None
    value = _stacked(tensor) if partial and _is_stack(tensor) else _known(tensor)
    if value is not None and not tensor._is_eager:
        tensor.graph.prevent_feeding(tensor)
    return value


def _known(tensor: Tensor) -> np.ndarray | None:
    return static.constant_value(tensor) if _is_read(tensor) else None


def _is_read(tensor: Tensor) -> bool:
    """Whether TensorFlow works out such a value; what it is made of may be unknown yet."""
    if tensor._is_eager:
        return True
    op = tensor.op
    if op.defn.is_constant or op.type in _OF_SHAPES:
        return True
    if op.type == "Fill":
        return tensor.shape.is_fully_defined() and _is_read(op.inputs[1])
    return (op.type in _OF_VALUES or _is_stack(tensor)) and all(map(_is_read, op.inputs))


def _is_stack(tensor: Tensor) -> bool:
    return not tensor._is_eager and tensor.op.type == "Pack" and tensor.op.attrs["axis"] == 0


def _stacked(tensor: Tensor) -> np.ndarray:
    values = [constant_value(x, partial=True) for x in tensor.op.inputs]
    if all(value is not None for value in values):
        return np.array(values)
    stacked = np.empty(len(values), object)
    for place, value in enumerate(values):
        stacked[place] = value
    return stacked


def constant_value_as_shape(tensor: Tensor) -> list[int | None] | None:
    """The sizes that `tensor`, i[k], holds; None for one that is not known, or in place of all."""
    if _is_stack(tensor):
        sizes = [constant_value(x) for x in tensor.op.inputs]
        return [None if size is None or size < 0 else int(size) for size in sizes]
    if not tensor._is_eager and tensor.op.type in ("Concat", "ConcatV2"):
        parts = tensor.op.inputs[:-1] if tensor.op.type == "ConcatV2" else tensor.op.inputs[1:]
        each = [constant_value_as_shape(part) for part in parts]
        return None if None in each else [size for part in each if part for size in part]
    if not _is_read_as_shape(tensor):
        length = tensor.shape.sizes
        return (
            None if length is None or len(length) != 1 or length[0] is None else [None] * length[0]
        )
    known = static.constant_value_as_shape(tensor)
    return None if known is None else list(known)


def _is_read_as_shape(tensor: Tensor) -> bool:
    if tensor._is_eager:
        return True
    op = tensor.op
    if op.type == "StridedSlice":
        return _is_read_as_shape(op.inputs[0]) and all(map(_is_read, op.inputs[1:]))
    return _is_read(tensor)
