"""What is known of a tensor's value while the graph is built: constant folding over shapes.

Unknown sizes are handled by witnesses: a computation on sizes is carried out for several values of
the unknown ones, and an element that comes out the same for all of them does not depend on them.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.xp import NUMPY

_MAX_ELEMENTS = 1024  # larger values are data rather than sizes
_MAX_DEPTH = 64
_WITNESSES = (1, 2, 7919)

Sizes = tuple[int | None, ...] | None


def constant_value(tensor: Tensor, partial: bool = False) -> np.ndarray | None:
    """Returns the value that `tensor` has in every run, or None when that is not known.

    `partial` is accepted for TensorFlow's sake; a partly known value counts as unknown.
    """
    return _evaluate(tensor, None, 0)


def constant_value_as_shape(tensor: Tensor) -> Sizes:
    """Returns the shape that `tensor`, i[k], holds; elements that runs decide are None.

    Raises:
      ValueError: an element is less than -1.
    """
    known = constant_value(tensor)
    if known is not None:
        return tuple(_size_of(size) for size in np.ravel(known).tolist())
    sizes = tensor.shape.sizes
    if sizes is None or None in sizes or len(sizes) != 1:
        return None
    seen = [_evaluate(tensor, witness, 0) for witness in _WITNESSES]
    if any(value is None for value in seen):
        return (None,) * sizes[0]  # type: ignore[operator]
    columns = zip(*seen, strict=True)  # type: ignore[arg-type]
    return tuple(int(c[0]) if c[0] == c[1] == c[2] and c[0] >= 0 else None for c in columns)


def _size_of(number: int) -> int | None:
    if number < -1:
        raise ValueError(f"Invalid value in tensor used for shape: {number}")
    return None if number == -1 else number


def _evaluate(tensor: Tensor, witness: int | None, depth: int) -> np.ndarray | None:
    op = tensor.op
    defn = op.defn
    if defn.is_constant:
        return op.attrs["value"]
    if not defn.is_pure or depth > _MAX_DEPTH or (tensor.shape.num_elements() or 0) > _MAX_ELEMENTS:
        return None
    inputs = []
    for source in op.inputs:
        value = (
            _stand_in(source, witness) if defn.of_shape else _evaluate(source, witness, depth + 1)
        )
        if value is None:
            return None
        inputs.append(value)
    return _outputs_of(op, inputs, tensor.value_index)


def _stand_in(tensor: Tensor, witness: int | None) -> np.ndarray | None:
    """An array of the tensor's shape that takes no memory; unknown sizes become `witness`."""
    sizes = tensor.shape.sizes
    if sizes is None or (witness is None and None in sizes):
        return None
    shape = tuple(witness if size is None else size for size in sizes)
    with contextlib.suppress(ValueError):  # too many elements to address
        return np.broadcast_to(np.zeros((), tensor.dtype.as_numpy_dtype), shape)  # type: ignore[arg-type]
    return None


def _outputs_of(op: Operation, inputs: list[Any], index: int) -> np.ndarray | None:
    # A witness need not be a legal value for every op; what fails is simply not known.
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        outputs = op.defn.fn(NUMPY, *inputs, **op.defn.fn_attrs(op.attrs))
        output = outputs[index] if len(op.outputs) > 1 else outputs
        return np.asarray(output)
    return None
