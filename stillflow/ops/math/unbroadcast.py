"""Sums gradients over the axes along which an operand was repeated: the helper of rules.

The rules of an op on two tensors call it where TensorFlow's do, since what is built is counted.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, reshaping, shape_of

Sizes = tuple[int | None, ...] | None


class Operand(NamedTuple):
    """What a gradient has to be summed to.

    Attributes:
      sizes: the operand's shape, numbers or i32[rank].
      axes: those along which it was repeated, numbers or i32[k].
      is_repeated: False where its shape is known to be that of the gradient.
    """

    sizes: Any
    axes: Any
    is_repeated: bool = True

    def summed(self, grad: Tensor) -> Tensor:
        """`grad`, of the shape that the operands were broadcast to, in the operand's shape."""
        from stillflow.ops.reduce.reducing import sum_op  # whose gradient uses arithmetic

        if not self.is_repeated:
            return grad
        return reshaping.reshape(sum_op(grad, self.axes), self.sizes)


def operands(x: Tensor, y: Tensor) -> tuple[Operand, Operand]:
    """The operands `x` and `y`; nodes find out how they were repeated."""
    return from_shapes(shape_of.shape(x), shape_of.shape(y))


def known_operands(x: Tensor, y: Tensor, grad: Any) -> tuple[Operand, Operand]:
    """The operands `x` and `y` of what `grad` is the gradient of; no nodes where shapes are known.

    TensorFlow still builds one BroadcastGradientArgs in a graph for each pair of shapes.
    """
    if not isinstance(grad, Tensor):
        return operands(x, y)
    sizes = x.shape.sizes, y.shape.sizes
    if None in sizes or any(None in own for own in sizes):  # type: ignore[operator]
        return from_shapes(
            shape_of.shape_internal(x, optimize=False), shape_of.shape_internal(y, optimize=False)
        )
    if not x._is_eager:
        _note_pair(x.graph, sizes)
    axes = filling.axes_to_sum(*sizes)
    first, second = map(Operand, sizes, axes, (own != grad.shape.sizes for own in sizes))
    return first, second


def _note_pair(graph: Graph, sizes: tuple[Sizes, Sizes]) -> None:
    seen = _SEEN.setdefault(graph, set())
    if sizes not in seen:
        seen.add(sizes)
        filling.broadcast_gradient_args(*sizes)


# The pairs of shapes for which a graph has a BroadcastGradientArgs.
_SEEN: WeakKeyDictionary[Graph, set[tuple[Sizes, Sizes]]] = WeakKeyDictionary()


def from_shapes(x: Tensor, y: Tensor) -> tuple[Operand, Operand]:
    """The operands of shapes `x` and `y`, i32[rank] each."""
    axes = filling.broadcast_gradient_args(x, y)
    return Operand(x, axes[0]), Operand(y, axes[1])


def have_one_shape(x: Tensor, y: Tensor, grad: Any) -> bool:
    """Whether nothing was repeated, as is known while building."""
    return (
        isinstance(grad, Tensor)
        and x.shape.is_fully_defined()
        and x.shape.sizes == y.shape.sizes == grad.shape.sizes
    )
