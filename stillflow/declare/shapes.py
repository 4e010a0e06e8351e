"""Shape functions: the static shapes of an op's outputs from what is known of its inputs.

A shape function takes a ShapeContext and returns the sizes of the output (None, or a tuple of
int | None), or a list of them for an op with several outputs. It raises ShapeError for inputs that
cannot fit; the registry adds the op's name and its inputs' shapes, as TensorFlow words them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.signature import Signature
from stillflow.declare.static import MOST_READ, Sizes, constant_value, constant_value_as_shape
from stillflow.declare.value_text import summary
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape

_SHOWN = 256  # elements of a value in an error


class ShapeError(ValueError):
    """The inputs' shapes do not fit together."""


class ShapeContext:
    """The inputs and attributes of an op that is being built."""

    __slots__ = ("_shapes_used", "_signature", "_used", "attrs", "inputs")

    def __init__(self, inputs: Sequence[Tensor], attrs: dict[str, Any], signature: Signature):
        self.inputs = inputs
        self.attrs = attrs
        self._signature = signature
        self._used: dict[int, np.ndarray] = {}
        self._shapes_used: dict[int, tuple[int | None, ...]] = {}

    def shape(self, index: int) -> Sizes:
        return self.inputs[index].shape.sizes

    def shapes(self, start: int = 0, stop: int | None = None) -> list[Sizes]:
        return [tensor.shape.sizes for tensor in self.inputs[start:stop]]

    def rank(self, index: int) -> int | None:
        return self.inputs[index].shape.ndims

    def value(self, index: int) -> np.ndarray | None:
        """The value of an input when it is the same in every run, else None."""
        value = constant_value(self.inputs[index]) if self._is_small(index) else None
        if value is not None:
            self._used[index] = value
        return value

    def scalar(self, index: int) -> int | None:
        """The integer that an input holds when it is the same in every run, else None."""
        value = self.value(index)
        if value is None:
            return None
        if value.ndim:
            raise ShapeError(f"Input must be scalar but has rank {value.ndim}")
        return int(value)

    def size(self, index: int) -> int | None:
        """The size of an axis that an input holds, when it is the same in every run."""
        size = self.scalar(index)
        if size is not None and size < 0:
            raise ShapeError(
                f"Dimension size, given by scalar input {index}, must be non-negative but is {size}"
            )
        return size

    def value_as_shape(self, index: int) -> Sizes:
        """The shape that an input holds, as far as it is known."""
        sizes = constant_value_as_shape(self.inputs[index]) if self._is_small(index) else None
        if sizes is not None:
            self._shapes_used[index] = sizes
        return sizes

    def _is_small(self, index: int) -> bool:
        return (self.inputs[index].shape.num_elements() or 0) <= MOST_READ

    def describe(self, message: str, name: str, op_type: str) -> str:
        """TensorFlow's sentence for a shape error."""
        shapes = ", ".join(format_sizes(s) for s in self.shapes())
        text = f"{message} for '{name}' (op: '{op_type}') with input shapes: {shapes}"
        values = [f"input[{i}] = {format_value(v)}" for i, v in sorted(self._used.items())]
        if values:
            text += f" and with computed input tensors: {', '.join(values)}"
        sizes = [f"input[{i}] = {format_sizes(s)}" for i, s in sorted(self._shapes_used.items())]
        if sizes:
            text += f" and with input tensors computed as partial shapes: {', '.join(sizes)}"
        return f"{text}."


def format_sizes(sizes: Sizes) -> str:
    """[2,?] or <unknown>, as TensorFlow's runtime prints shapes."""
    if sizes is None:
        return "?"
    return "[" + ",".join("?" if size is None else str(size) for size in sizes) + "]"


def format_value(value: np.ndarray) -> str:
    return f"<{summary(value, _SHOWN)}>"


# Building blocks --------------------------------------------------------------------------------


def fits(shape: tuple[int, ...], sizes: Sizes) -> bool:
    """Whether an array of this shape is one of these sizes, as far as they are known."""
    if sizes is None:
        return True
    if len(shape) != len(sizes):
        return False
    return all(known is None or size == known for size, known in zip(shape, sizes, strict=True))


def merge_size(a: int | None, b: int | None) -> int | None:
    """The one size that both are; ShapeError when they differ."""
    if a is None or b is None or a == b:
        return b if a is None else a
    raise ShapeError(f"Dimensions must be equal, but are {a} and {b}")


def merge(a: Sizes, b: Sizes) -> Sizes:
    """The one shape that both are; ShapeError when they contradict each other."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise ShapeError(f"Shapes must be equal rank, but are {len(a)} and {len(b)}")
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x != y and x is not None and y is not None:
            raise ShapeError(
                f"Dimension {axis} in both shapes must be equal, but are {x} and {y}. "
                f"Shapes are {format_sizes(a)} and {format_sizes(b)}."
            )
    return tuple(y if x is None else x for x, y in zip(a, b, strict=True))


def check_prefix(sizes: tuple[int | None, ...], prefix: tuple[int | None, ...]) -> None:
    """ShapeError unless a tensor of shape `sizes` may start with the axes `prefix`."""
    with_rank_at_least(sizes, len(prefix))
    for own, wanted in zip(sizes, prefix, strict=False):
        merge_size(own, wanted)


def merge_all(shapes: Iterable[Sizes]) -> Sizes:
    merged: Sizes = None
    for sizes in shapes:
        merged = merge(merged, sizes)
    return merged


def with_rank(sizes: Sizes, rank: int) -> tuple[int | None, ...]:
    """`sizes`, which must have `rank` axes; an unknown shape becomes `rank` unknown sizes."""
    if sizes is None:
        return (None,) * rank
    if len(sizes) != rank:
        raise ShapeError(f"Shape must be rank {rank} but is rank {len(sizes)}")
    return sizes


def with_rank_at_least(sizes: Sizes, rank: int) -> Sizes:
    if sizes is not None and len(sizes) < rank:
        raise ShapeError(f"Shape must be at least rank {rank} but is rank {len(sizes)}")
    return sizes


def with_rank_at_most(sizes: Sizes, rank: int) -> Sizes:
    if sizes is not None and len(sizes) > rank:
        raise ShapeError(f"Shape must be at most rank {rank} but is rank {len(sizes)}")
    return sizes


def broadcast_sizes(a: Sizes, b: Sizes) -> Sizes:
    """The shape of an elementwise operation on shapes `a` and `b`."""
    if a is None or b is None:
        return None
    if a == b:
        return a
    rank = max(len(a), len(b))
    padded = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    return tuple(_broadcast_size(x, y) for x, y in padded)


def _broadcast_size(a: int | None, b: int | None) -> int | None:
    if a == 1 or b == 1:
        return b if a == 1 else a
    if a is None or b is None:
        # The other is not 1, so a run in which the unknown one is 1 gives the known one as well.
        return b if a is None else a
    return merge_size(a, b)


def normalize_axis(axis: int, rank: int) -> int:
    """`axis` counted from the front; ShapeError when it is out of range."""
    if not -rank <= axis < rank:
        raise ShapeError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
    return axis + rank if axis < 0 else axis


def num_elements(sizes: Sizes) -> int | None:
    return TensorShape.of(sizes).num_elements()


# Shape functions --------------------------------------------------------------------------------


def scalar(ctx: ShapeContext) -> Sizes:
    return ()


def unknown(ctx: ShapeContext) -> Sizes:
    return None


def same(ctx: ShapeContext) -> Sizes:
    """The output has the shape of the first input."""
    return ctx.shape(0)


def merged(ctx: ShapeContext) -> Sizes:
    """All inputs and the output have one shape."""
    return merge_all(ctx.shapes())


def broadcast(ctx: ShapeContext) -> Sizes:
    """An elementwise operation on two inputs."""
    return broadcast_sizes(ctx.shape(0), ctx.shape(1))


def broadcast_all(ctx: ShapeContext) -> Sizes:
    """An elementwise operation on any number of inputs."""
    sizes: Sizes = ()
    for other in ctx.shapes():
        sizes = broadcast_sizes(sizes, other)
    return sizes


def from_attr(name: str) -> Callable[[ShapeContext], Sizes]:
    """The shape is the value of attribute `name`."""
    return lambda ctx: ctx.attrs[name].sizes


def from_value(index: int) -> Callable[[ShapeContext], Sizes]:
    """The shape is the value of input `index`."""
    return lambda ctx: ctx.value_as_shape(index)


def matmul(ctx: ShapeContext) -> Sizes:
    """[n, k] x [k, m] -> [n, m], either transposed beforehand."""
    a, b = with_rank(ctx.shape(0), 2), with_rank(ctx.shape(1), 2)
    a = a[::-1] if ctx.attrs["transpose_a"] else a
    b = b[::-1] if ctx.attrs["transpose_b"] else b
    merge_size(a[1], b[0])
    return a[0], b[1]


def reduction(ctx: ShapeContext) -> Sizes:
    """Input 1 holds the axes that input 0 is reduced over."""
    with_rank_at_most(ctx.shape(1), 1)
    sizes, axes = ctx.shape(0), ctx.value(1)
    keep = ctx.attrs["keep_dims"]
    if sizes is None:
        return None
    if axes is None:
        return (None,) * len(sizes) if keep else None
    gone = {normalize_axis(int(axis), len(sizes)) for axis in np.ravel(axes)}
    if keep:
        return tuple(1 if i in gone else size for i, size in enumerate(sizes))
    return tuple(size for i, size in enumerate(sizes) if i not in gone)
