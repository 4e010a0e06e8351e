"""Masks of dropout that is off: random numbers are drawn, and decide nothing.

A model that is kept for serving often has its dropout, whose share of kept units is then a
constant 1: `floor(1 + u)` or `u >= 0` of u in [0, 1) is the same for every u. Such masks become
constants, so that formats without TensorFlow's random numbers can hold the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from stillflow.declare.constants import constant
from stillflow.declare.static import constant_value
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.filling import fill
from stillflow.runtime.order import needed_ops

_MASKS = ("Floor", "GreaterEqual")


class _Range(NamedTuple):
    """Values from `low` to `high`, the latter not reached unless both are one.

    `shape` is a tensor of the sizes of what is random, if anything is.
    """

    low: float
    high: float
    shape: Tensor | None = None


def settle_masks(graph: Graph, fetches: Iterable[Tensor], feeds: Iterable[Tensor]) -> None:
    """Puts constants in the place of masks that are the same whatever is drawn."""
    fed = set(feeds)
    needed = needed_ops([tensor.op for tensor in fetches], frozenset(fed))
    for op in [op for op in graph.get_operations() if op in needed and op.type in _MASKS]:
        settled = _mask(op, fed)
        if settled is None:
            continue
        value, sizes = settled
        mask = op.outputs[0]
        with graph.as_default():
            always = fill(sizes, constant(value, mask.dtype))
        always.set_shape(mask.shape)
        for consumer in list(mask.consumers()):
            for index, taken in enumerate(consumer.inputs):
                if taken is mask:
                    consumer._update_input(index, always)


def _mask(op: Operation, fed: set[Tensor]) -> tuple[float | bool, Tensor] | None:
    """The only value of a mask, and its sizes; None where it has several, or nothing is random."""
    if op.type == "Floor":
        value = _range(op.inputs[0], fed)
        if value is None or value.shape is None or value.high > math.floor(value.low) + 1:
            return None
        return float(math.floor(value.low)), value.shape
    left, right = (_range(tensor, fed) for tensor in op.inputs)
    if left is None or right is None or left.shape is None or right.shape is not None:
        return None
    return (True, left.shape) if left.low >= right.high else None


def _range(tensor: Tensor, fed: set[Tensor]) -> _Range | None:
    """What a tensor's elements may be, as far as dropout's arithmetic tells."""
    op = tensor.op
    if tensor in fed:
        return None
    if op.type == "RandomUniform":
        return _Range(0.0, 1.0, op.inputs[0])
    if op.type in ("PlaceholderWithDefault", "Identity"):
        return _range(op.inputs[0], fed)
    if op.type in ("Add", "AddV2", "Sub", "Mul"):
        left, right = (_range(each, fed) for each in op.inputs)
        return None if left is None or right is None else _combined(op.type, left, right)
    known = constant_value(tensor)
    if known is None or known.ndim or known.dtype.kind not in "fiu":
        return None
    return _Range(float(known), float(known))


def _combined(kind: str, left: _Range, right: _Range) -> _Range | None:
    if left.shape is not None and right.shape is not None:
        return None
    shape = left.shape if right.shape is None else right.shape
    if kind == "Sub":
        low, high = left.low - right.high, left.high - right.low
    elif kind == "Mul":
        if min(left.low, right.low) < 0:
            return None
        low, high = left.low * right.low, left.high * right.high
    else:
        low, high = left.low + right.low, left.high + right.high
    return _Range(low, high, shape)
