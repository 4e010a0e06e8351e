"""Layers that cut off margins."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.layers.margins import Pairs, pairs_of, resized
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.utils import normalize_data_format, normalize_tuple


class Cropping1D(Layer):
    """Cuts off steps of sequences f[n, w, c].

    Args:
      cropping: how many at the start and at the end; an integer for both.
    """

    _described: tuple[str, ...] = ("cropping",)

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any):
        super().__init__(**kwargs)
        self.cropping = normalize_tuple(cropping, 2, "cropping")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Tensor:
        return _cropped(inputs, (self.cropping,), "channels_last")

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, "channels_last", (self.cropping,), _without)


class _Cropping(Layer):
    """Cuts off margins.

    Args:
      cropping: an integer for all margins, or for each axis of space an integer or a pair.
      data_format: "channels_last" or "channels_first"; None for the setting.

    Raises:
      ValueError: an argument is of another form.
    """

    _described: tuple[str, ...] = ("cropping", "data_format")
    _space: int

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.cropping = pairs_of(cropping, self._space, "cropping", "crop")
        self.input_spec = InputSpec(ndim=self._space + 2)

    def call(self, inputs: Any) -> Tensor:
        return _cropped(inputs, self.cropping, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, self.data_format, self.cropping, _without)


class Cropping2D(_Cropping):
    """Cuts off margins of images f[n, h, w, c], or f[n, c, h, w] of "channels_first"."""

    _space = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(_Cropping):
    """Cuts off margins of volumes f[n, d, h, w, c], or f[n, c, d, h, w] of "channels_first"."""

    _space = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(cropping, data_format, **kwargs)


def _cropped(inputs: Any, cropping: Pairs, data_format: str) -> Tensor:
    kept = [slice(first, -last if last else None) for first, last in cropping]
    every = slice(None)
    if data_format == "channels_first":
        return inputs[(every, every, *kept)]
    return inputs[(every, *kept, every)]


def _without(size: int, margins: tuple[int, int]) -> int:
    return size - margins[0] - margins[1]
