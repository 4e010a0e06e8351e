"""Layers that put zeros around."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.backend.padding import (
    spatial_2d_padding,
    spatial_3d_padding,
    temporal_padding,
)
from stillflow.keras.layers.margins import pairs_of, resized
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.utils import normalize_data_format, normalize_tuple


class ZeroPadding1D(Layer):
    """Puts zeros around sequences f[n, w, c].

    Args:
      padding: how many at the start and at the end; an integer for both.
    """

    _described: tuple[str, ...] = ("padding",)

    def __init__(self, padding: Any = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.padding = normalize_tuple(padding, 2, "padding")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Tensor:
        return temporal_padding(inputs, padding=self.padding)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, "channels_last", (self.padding,), _with)


class _ZeroPadding(Layer):
    """Puts zeros around.

    Args:
      padding: an integer for all margins, or for each axis of space an integer or a pair.
      data_format: "channels_last" or "channels_first"; None for the setting.

    Raises:
      ValueError: an argument is of another form.
    """

    _described: tuple[str, ...] = ("padding", "data_format")
    _space: int

    def __init__(self, padding: Any, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.padding = pairs_of(padding, self._space, "padding", "pad")
        self.input_spec = InputSpec(ndim=self._space + 2)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, self.data_format, self.padding, _with)


class ZeroPadding2D(_ZeroPadding):
    """Puts zeros around images f[n, h, w, c], or f[n, c, h, w] of "channels_first"."""

    _space = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any):
        super().__init__(padding, data_format, **kwargs)

    def call(self, inputs: Any) -> Tensor:
        return spatial_2d_padding(inputs, padding=self.padding, data_format=self.data_format)


class ZeroPadding3D(_ZeroPadding):
    """Puts zeros around volumes f[n, d, h, w, c], or f[n, c, d, h, w] of "channels_first"."""

    _space = 3

    def __init__(self, padding: Any = (1, 1, 1), data_format: str | None = None, **kwargs: Any):
        super().__init__(padding, data_format, **kwargs)

    def call(self, inputs: Any) -> Tensor:
        return spatial_3d_padding(inputs, padding=self.padding, data_format=self.data_format)


def _with(size: int, margins: tuple[int, int]) -> int:
    return size + margins[0] + margins[1]
