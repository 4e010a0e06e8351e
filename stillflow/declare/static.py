"""What is known of a tensor's value while the graph is built: constant folding over shapes.

Unknown sizes are handled by witnesses: a computation on sizes is carried out for several values of
the unknown ones, and an element that comes out the same for all of them does not depend on them.
Any other unknown value is a mark that can be moved but not computed with.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph.operation import Operation, Tensor

_MAX_ELEMENTS = 1024  # larger values are data rather than sizes
MOST_READ = 1 << 20  # elements of a constant; one in a file may claim more than memory holds
_MAX_DEPTH = 64
_WITNESSES = (1, 2, 7919)

Sizes = tuple[int | None, ...] | None


class _Unknown:
    """An element that only a run decides. Whatever asks for its value fails."""

    def __eq__(self, other: object) -> bool:
        raise TypeError("an unknown value equals nothing and differs from nothing")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")


_UNKNOWN = _Unknown()


def constant_value(tensor: Tensor, partial: bool = False) -> np.ndarray | None:
    """Returns the value that `tensor` has in every run, or None when that is not known.

    With `partial`, an array of objects stands for a value known in part; its other elements are
    None.
    """
    if tensor._is_eager:
        return None if tensor.dtype._numpy is None else np.asarray(tensor._value)  # type: ignore[attr-defined]
    known = _evaluate(tensor, None, 0)
    return _known_part(tensor) if known is None and partial else known


def _known_part(tensor: Tensor, is_shape: bool = False) -> np.ndarray | None:
    seen = [_evaluate(tensor, witness, 0, is_shape) for witness in _WITNESSES]
    if any(value is None or value.shape != seen[0].shape for value in seen):  # type: ignore[union-attr]
        return None
    elements = zip(*(np.ravel(value) for value in seen), strict=True)  # type: ignore[arg-type]
    part = np.empty(seen[0].shape, object)  # type: ignore[union-attr]
    part.ravel()[:] = [_agreed(element) for element in elements]
    return part


def _agreed(seen: tuple[Any, ...]) -> Any:
    """What every witness gave for an element, or None."""
    if any(isinstance(value, _Unknown) for value in seen):
        return None
    return seen[0] if seen[0] == seen[1] == seen[2] else None


def constant_value_as_shape(tensor: Tensor) -> Sizes:
    """Returns the shape that `tensor`, i[k], holds; elements that runs decide are None.

    Raises:
      ValueError: an element is less than -1.
    """
    known = constant_value(tensor)
    if known is not None:
        return tuple(_size_of(size) for size in np.ravel(known).tolist())
    part = _known_part(tensor, is_shape=True)
    if part is not None and part.ndim == 1:
        return tuple(None if size is None or size < 0 else int(size) for size in part.tolist())
    sizes = tensor.shape.sizes
    if sizes is None or None in sizes or len(sizes) != 1:
        return None
    return (None,) * sizes[0]  # type: ignore[operator]


def _size_of(number: int) -> int | None:
    if number < -1:
        raise ValueError(f"Invalid value in tensor used for shape: {number}")
    return None if number == -1 else number


def _evaluate(
    tensor: Tensor, witness: int | None, depth: int, is_shape: bool = False
) -> np.ndarray | None:
    tried = witness if _may_be_known_in_part(tensor) else None
    value = _computed(tensor, tried, depth, is_shape)
    return value if value is not None or witness is None else _marks(tensor)


def _may_be_known_in_part(tensor: Tensor) -> bool:
    """TensorFlow takes a number for known only if all that it is computed from is."""
    if tensor._is_eager:
        return False
    defn = tensor.op.defn
    return tensor.shape.rank != 0 and (defn.carries_shapes or defn.of_shape)


def _computed(tensor: Tensor, witness: int | None, depth: int, is_shape: bool) -> np.ndarray | None:
    if tensor._is_eager:
        return constant_value(tensor)
    op = tensor.op
    defn = op.defn
    if defn.is_constant:
        value = op.attrs["value"]
        return value if not depth or value.size <= MOST_READ else None
    if not defn.is_pure or depth > _MAX_DEPTH or (tensor.shape.num_elements() or 0) > _MAX_ELEMENTS:
        return None
    if defn.frame and depth:  # TensorFlow computes nothing from what comes into a loop
        return _computed(op.inputs[0], None, depth + 1, False) if is_shape else None
    if defn.host and witness is not None:
        return None  # what depends on data in every run is not known in part
    if defn.of_shape and defn.carries_shapes and not is_shape:
        return None
    is_shape = is_shape and defn.carries_shapes and tensor.shape.rank in (None, 1)
    inputs = []
    for source in op.inputs:
        if defn.of_shape:
            value = _stand_in(source, witness)
        else:
            value = _evaluate(source, witness, depth + 1, is_shape)
        if value is None:
            return None
        inputs.append(value)
    result = _outputs_of(op, inputs, tensor.value_index)
    return result if result is None or _fits(result, tensor, is_shape) else None


def _fits(result: np.ndarray, tensor: Tensor, is_shape: bool) -> bool:
    """Whether what was computed can be believed.

    An input of unknown rank was taken for a scalar, as n is in [n, 3]; that is right if the shape
    that was inferred for the result says the same, or if the result is a vector that has to be one.
    """
    if is_shape and result.ndim == 1:
        return True
    inputs = tensor.op.inputs
    return result.shape == tensor.shape.sizes or all(x.shape.sizes is not None for x in inputs)


def _marks(tensor: Tensor) -> np.ndarray | None:
    """Marks in place of the elements of a tensor whose value is not known, but its shape is."""
    sizes = tensor.shape.sizes or ()  # see _fits
    if None in sizes or (tensor.shape.num_elements() or 0) > _MAX_ELEMENTS:
        return None
    return np.full(sizes, _UNKNOWN, object)  # type: ignore[arg-type]


def _stand_in(tensor: Tensor, witness: int | None) -> np.ndarray | None:
    """An array of the tensor's shape that takes no memory; unknown sizes become `witness`."""
    sizes = tensor.shape.sizes
    if sizes is None or (witness is None and None in sizes):
        return None
    shape = tuple(witness if size is None else size for size in sizes)
    with contextlib.suppress(ValueError):  # too many elements to address
        return np.broadcast_to(np.zeros((), tensor.dtype.stored_as), shape)  # type: ignore[arg-type]
    return None


def _outputs_of(op: Operation, inputs: list[Any], index: int) -> np.ndarray | None:
    # A witness need not be a legal value for every op; what fails is simply not known.
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        outputs = op.defn.fn(NUMPY, *inputs, **op.defn.fn_attrs(op.attrs))
        output = outputs[index] if len(op.outputs) > 1 else outputs
        return np.asarray(output)
    return None


def evaluated(c_graph: Any, output: Tensor) -> np.ndarray | None:
    """`constant_value` as TensorFlow's C functions call it: of `graph._c_graph`, a graph."""
    return constant_value(output)
