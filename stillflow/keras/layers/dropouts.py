"""Dropout of whole channels: of sequences, images and volumes."""

from __future__ import annotations

from typing import Any

from stillflow.layers import core
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.settings import image_data_format
from stillflow.ops.array import shape_of


class SpatialDropout1D(core.Dropout):
    """`Dropout` of sequences f[n, w, c], which drops channels of all steps together."""

    def __init__(self, rate: Any, **kwargs: Any):
        super().__init__(rate, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def _get_noise_shape(self, inputs: Any) -> Any:
        sizes = shape_of.shape(inputs)
        return sizes[0], 1, sizes[2]


class _SpatialDropout(core.Dropout):
    """`Dropout` that drops channels at all places together.

    Args:
      data_format: "channels_last" or "channels_first"; None for the setting.

    Raises:
      ValueError: another format.
    """

    _space: int

    def __init__(self, rate: Any, data_format: str | None = None, **kwargs: Any):
        super().__init__(rate, **kwargs)
        data_format = image_data_format() if data_format is None else data_format
        if data_format not in {"channels_last", "channels_first"}:
            raise ValueError(
                'data_format must be in {"channels_last", "channels_first"}\n'
                f"  It is {data_format!r}."
            )
        self.data_format = data_format
        self.input_spec = InputSpec(ndim=self._space + 2)

    def _get_noise_shape(self, inputs: Any) -> Any:
        sizes = shape_of.shape(inputs)
        ones = (1,) * self._space
        if self.data_format == "channels_first":
            return sizes[0], sizes[1], *ones
        return sizes[0], *ones, sizes[self._space + 1]


class SpatialDropout2D(_SpatialDropout):
    """`SpatialDropout1D` of images f[n, h, w, c], or f[n, c, h, w] of "channels_first"."""

    _space = 2


class SpatialDropout3D(_SpatialDropout):
    """`SpatialDropout1D` of volumes f[n, d, h, w, c], or f[n, c, d, h, w] of "channels_first"."""

    _space = 3
