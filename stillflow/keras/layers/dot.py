"""A layer of products of two tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.backend.products import batch_dot
from stillflow.keras.layers.merging import Merge, sizes_of
from stillflow.ops.nn.norms import l2_normalize


class Dot(Merge):
    """Sums of products of two tensors along an axis of each, for every example by itself.

    Args:
      axes: which axis of both, or which of each.
      normalize: whether vectors along them are brought to a length of 1 first: cosines then.

    Raises:
      TypeError: `axes` is neither a list nor an integer.
      ValueError: it is another list; in a call: not two tensors, or other sizes along the axes.
    """

    _described: tuple[str, ...] = ("axes", "normalize")

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError("Invalid type for `axes` - should be a list or an int.")
            if len(axes) != 2:
                raise ValueError("Invalid format for `axes` - should contain two elements.")
            if not all(isinstance(axis, int) for axis in axes):
                raise ValueError('Invalid format for `axes` - list elements should be "int".')
        self.axes = axes
        self.normalize = normalize
        self._reshape_required = False

    def build(self, input_shape: Any) -> None:
        one, other = self._two_shapes(input_shape)
        if one is None or other is None:
            return
        first, second = self._axes_in(len(one), len(other))
        if one[first] != other[second]:
            raise ValueError(
                f"Dimension incompatibility {one[first]} != {other[second]}. Layer shapes: {one}, "
                f"{other}"
            )

    def _merge_function(self, inputs: list[Any]) -> Tensor:
        if len(inputs) != 2:
            raise ValueError("A `Dot` layer should be called on exactly 2 inputs")
        one, other = inputs
        axes = self._axes_in(one.shape.ndims, other.shape.ndims)
        if self.normalize:
            one = l2_normalize(one, axis=axes[0])
            other = l2_normalize(other, axis=axes[1])
        return batch_dot(one, other, axes)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        one, other = (list(shape or ()) for shape in self._two_shapes(input_shape))
        first, second = self._axes_in(len(one), len(other))
        del one[first], other[second]
        sizes = one + other[1:]
        return TensorShape(sizes if len(sizes) > 1 else [*sizes, 1])

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None

    @staticmethod
    def _two_shapes(input_shape: Any) -> Any:
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ValueError("A `Dot` layer should be called on a list of 2 inputs.")
        return sizes_of(input_shape)

    def _axes_in(self, *ranks: int) -> list[int]:
        """The axes, counted from the front."""
        axes = [self.axes] * 2 if isinstance(self.axes, int) else self.axes
        return [axis % rank if axis < 0 else axis for axis, rank in zip(axes, ranks, strict=True)]


def dot(
    inputs: list[Any], axes: int | Sequence[int], normalize: bool = False, **kwargs: Any
) -> Any:
    """Returns `Dot(axes, normalize, **kwargs)(inputs)`."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
