"""A layer that puts tensors one behind the other."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.backend import arranging
from stillflow.keras.backend.reducing import all_
from stillflow.keras.layers.merging import Merge, has_masks, sizes_of
from stillflow.ops.array import filling, reshaping


class Concatenate(Merge):
    """A list of tensors one behind the other, along `axis`.

    Raises:
      ValueError: in a call: less than two, or shapes that differ elsewhere.
    """

    _described: tuple[str, ...] = ("axis",)

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        self._reshape_required = False

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError(
                "A `Concatenate` layer should be called on a list of at least 2 inputs"
            )
        shapes = [list(shape) for shape in sizes_of(input_shape) if shape is not None]
        for shape in shapes:
            del shape[self.axis]
        if len(set(map(tuple, shapes))) > 1:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concat "
                f"axis. Got inputs shapes: {sizes_of(input_shape)}"
            )

    def _merge_function(self, inputs: list[Any]) -> Any:
        return arranging.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        if not isinstance(input_shape, list):
            raise ValueError("A `Concatenate` layer should be called on a list of inputs.")
        shapes = [list(shape or ()) for shape in sizes_of(input_shape)]
        sizes = [shape[self.axis] for shape in shapes]
        joined = shapes[0]
        joined[self.axis] = None if None in sizes else sum(n for n in sizes if n is not None)
        return TensorShape(joined)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor | None:
        if not has_masks(inputs, mask):
            return None
        masks = [_mask_like(x, m) for x, m in zip(inputs, mask, strict=True)]
        return all_(arranging.concatenate(masks, axis=self.axis), axis=-1, keepdims=False)


def concatenate(inputs: list[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Returns `Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def _mask_like(x: Any, mask: Any) -> Any:
    """A mask of the rank of what it masks."""
    if mask is None:
        return filling.ones_like(x, dtype=dtypes.bool)
    return reshaping.expand_dims(mask, axis=-1) if mask.shape.ndims < x.shape.ndims else mask
