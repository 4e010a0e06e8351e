"""What layers that make one tensor of several share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.arranging import concatenate
from stillflow.keras.backend.reducing import all_
from stillflow.keras.layers.batch_last import with_batch_first, with_batch_last
from stillflow.layers.base_layer import Layer
from stillflow.ops.array import reshaping

Sizes = tuple[int | None, ...] | None


class Merge(Layer):
    """One tensor of a list of tensors, whose shapes broadcast but for the axis of the batch.

    Raises:
      ValueError: in a call: no list, or one of less than two; other batches; shapes that do not
        broadcast.
    """

    _reshape_required: bool

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge_function(self, inputs: list[Any]) -> Any:
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, list):
            raise ValueError("A merge layer should be called on a list of inputs.")
        if len(input_shape) < 2:
            raise ValueError(
                "A merge layer should be called on a list of at least 2 inputs. Got "
                f"{len(input_shape)} inputs."
            )
        shapes = sizes_of(input_shape)
        if len(_batches(shapes)) > 1:
            raise ValueError(
                "Can not merge tensors with different batch sizes. Got tensors with shapes : "
                f"{shapes}"
            )
        _broadcast_of_all(shapes)
        ranks = {None if shape is None else len(shape) for shape in shapes}
        self._reshape_required = None in ranks or len(ranks) > 1

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, list):
            raise ValueError("A merge layer should be called on a list of inputs.")
        if not self._reshape_required:
            return self._merge_function(inputs)
        ranks = [x.shape.ndims for x in inputs]
        if None not in ranks:
            return self._merge_function([_with_rank(x, max(ranks)) for x in inputs])
        moved = [with_batch_last(x) for x in inputs]
        merged = self._merge_function(moved)
        all_stay = all(x is y for x, y in zip(moved, inputs, strict=True))
        return merged if all_stay else with_batch_first(merged)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shapes = sizes_of(input_shape)
        batches = _batches(shapes)
        batch = batches.pop() if len(batches) == 1 else None
        rest = _broadcast_of_all(shapes)
        return TensorShape(None if rest is None else (batch, *rest))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor | None:
        if not has_masks(inputs, mask):
            return None
        masks = [reshaping.expand_dims(m, axis=0) for m in mask if m is not None]
        return all_(concatenate(masks, axis=0), axis=0, keepdims=False)


def has_masks(inputs: Any, mask: Any) -> bool:
    """Whether one of a list of inputs has a mask. ValueError where lists do not fit."""
    if mask is None:
        return False
    if not isinstance(mask, list):
        raise ValueError("`mask` should be a list.")
    if not isinstance(inputs, list):
        raise ValueError("`inputs` should be a list.")
    if len(mask) != len(inputs):
        raise ValueError("The lists `inputs` and `mask` should have the same length.")
    return any(m is not None for m in mask)


def sizes_of(shapes: Sequence[Any]) -> list[Sizes]:
    """Each shape as a tuple; None for one of unknown rank."""
    known = [as_shape(shape) for shape in shapes]
    return [None if shape.ndims is None else tuple(shape.as_list()) for shape in known]


def _batches(shapes: Sequence[Sizes]) -> set[int]:
    """The sizes of batches that are known."""
    return {shape[0] for shape in shapes if shape is not None and shape[0] is not None}


def _broadcast_of_all(shapes: Sequence[Sizes]) -> Sizes:
    """What shapes broadcast to, without the batch; None where one is not known."""
    first, *others = (None if shape is None else shape[1:] for shape in shapes)
    for other in others:
        first = _broadcast(first, other)
    return first


def _broadcast(one: Sizes, other: Sizes) -> Sizes:
    if one is None or other is None:
        return None
    if len(one) < len(other):
        one, other = other, one
    if not other:
        return one
    pairs = zip(one[-len(other) :], other, strict=True)
    if any(None not in pair and 1 not in pair and pair[0] != pair[1] for pair in pairs):
        raise ValueError(
            f"Operands could not be broadcast together with shapes {one} {other}\n"
            "  Along each axis, but that of the batch, sizes are equal or one of them is 1."
        )
    common = (
        None if None in (n, m) else m if n == 1 else n
        for n, m in zip(one[-len(other) :], other, strict=True)
    )
    return (*one[: -len(other)], *common)


def _with_rank(x: Any, rank: int) -> Any:
    """A tensor with axes of size 1 behind that of the batch, until it has `rank`."""
    for _ in range(rank - x.shape.ndims):
        x = reshaping.expand_dims(x, axis=1)
    return x
