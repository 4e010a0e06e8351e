"""Layers that make sequences, images and volumes larger by whole factors."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.backend.arranging import repeat_elements
from stillflow.keras.backend.resizing import resize_images, resize_volumes
from stillflow.keras.layers.margins import resized
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.utils import normalize_data_format, normalize_tuple

_Sizes = int | Sequence[int]


class UpSampling1D(Layer):
    """Sequences f[n, w, c] with each step `size` times."""

    _described: tuple[str, ...] = ("size",)

    def __init__(self, size: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        self.size = int(size)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Tensor:
        return repeat_elements(inputs, self.size, axis=1)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, "channels_last", (self.size,), operator.mul)


class UpSampling2D(Layer):
    """Larger images f[n, h, w, c].

    Args:
      size: the factor, or one for the height and one for the width.
      data_format: "channels_last", or "channels_first" for f[n, c, h, w]; None for the setting.
      interpolation: "nearest" or "bilinear".

    Raises:
      ValueError: an argument is of another form.
    """

    _described: tuple[str, ...] = ("size", "data_format", "interpolation")

    def __init__(
        self,
        size: _Sizes = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.size = normalize_tuple(size, 2, "size")
        if interpolation not in {"nearest", "bilinear"}:
            raise ValueError(
                '`interpolation` argument should be one of `"nearest"` or `"bilinear"`.\n'
                f"  It is {interpolation!r}."
            )
        self.interpolation = interpolation
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Tensor:
        rows, columns = self.size
        return resize_images(
            inputs, rows, columns, self.data_format, interpolation=self.interpolation
        )

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, self.data_format, self.size, operator.mul)


class UpSampling3D(Layer):
    """Volumes f[n, d, h, w, c] with each place several times.

    Args:
      size: how often, or how often along each axis.
      data_format: "channels_last", or "channels_first" for f[n, c, d, h, w]; None for the setting.

    Raises:
      ValueError: an argument is of another form.
    """

    _described: tuple[str, ...] = ("size", "data_format")

    def __init__(self, size: _Sizes = (2, 2, 2), data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.size = normalize_tuple(size, 3, "size")
        # TensorFlow sets `input_spec` before its own constructor forgets it: any rank passes here.

    def call(self, inputs: Any) -> Tensor:
        depth, rows, columns = self.size
        return resize_volumes(inputs, depth, rows, columns, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        return resized(input_shape, self.data_format, self.size, operator.mul)
