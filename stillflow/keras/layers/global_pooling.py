"""The largest, or the mean, of each channel."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.reducing import max_, mean, sum_
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.settings import floatx
from stillflow.layers.utils import normalize_data_format
from stillflow.ops.array import reshaping
from stillflow.ops.math import casts
from stillflow.ops.reduce import reductions


class GlobalPooling(Layer):
    """One number of each channel: f[n, ..., c] -> f[n, c].

    Args:
      data_format: "channels_last" or "channels_first"; None for the setting.
    """

    _described: tuple[str, ...] = ("data_format",)
    _space: int

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._space + 2)

    @property
    def _axes(self) -> Any:
        """What is reduced."""
        first = 1 if self.data_format == "channels_last" else 2
        return list(range(first, first + self._space)) if self._space > 1 else first

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = as_shape(input_shape).as_list()
        return TensorShape([sizes[0], sizes[-1 if self.data_format == "channels_last" else 1]])


class GlobalPooling1D(GlobalPooling):
    """`GlobalPooling` of sequences, whose channels are last unless said."""

    _space = 1

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any):
        super().__init__(data_format, **kwargs)


class GlobalAveragePooling1D(GlobalPooling1D):
    """The mean of each channel of sequences f[n, w, c], of the steps that a mask keeps."""

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any):
        super().__init__(data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Tensor:
        if mask is None:
            return mean(inputs, axis=self._axes)
        mask = casts.cast(mask, floatx())
        kept = reshaping.reshape(mask, [-1, inputs.shape.as_list()[self._axes], 1])
        inputs *= kept
        return sum_(inputs, axis=self._axes) / reductions.reduce_sum(kept, axis=self._axes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None


class GlobalMaxPooling1D(GlobalPooling1D):
    """The largest of each channel of sequences f[n, w, c]."""

    def call(self, inputs: Any) -> Tensor:
        return max_(inputs, axis=self._axes)


class GlobalPooling2D(GlobalPooling):
    """`GlobalPooling` of images."""

    _space = 2


class GlobalAveragePooling2D(GlobalPooling2D):
    """The mean of each channel of images f[n, h, w, c]."""

    def call(self, inputs: Any) -> Tensor:
        return mean(inputs, axis=self._axes)


class GlobalMaxPooling2D(GlobalPooling2D):
    """The largest of each channel of images f[n, h, w, c]."""

    def call(self, inputs: Any) -> Tensor:
        return max_(inputs, axis=self._axes)


class GlobalPooling3D(GlobalPooling):
    """`GlobalPooling` of volumes."""

    _space = 3


class GlobalAveragePooling3D(GlobalPooling3D):
    """The mean of each channel of volumes f[n, d, h, w, c]."""

    def call(self, inputs: Any) -> Tensor:
        return mean(inputs, axis=self._axes)


class GlobalMaxPooling3D(GlobalPooling3D):
    """The largest of each channel of volumes f[n, d, h, w, c]."""

    def call(self, inputs: Any) -> Tensor:
        return max_(inputs, axis=self._axes)
