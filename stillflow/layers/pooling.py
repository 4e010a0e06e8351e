"""`tf.layers.max_pooling1d`, `average_pooling1d` and their kin of two and three axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import base, geometry, utils
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import reshaping, transposing
from stillflow.ops.nn.pooling import avg_pool, max_pool
from stillflow.ops.nn.pooling_3d import avg_pool3d, max_pool3d
from stillflow.platform.deprecation import deprecated

_Sizes = int | Sequence[int]
_TO_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
_TO_FIRST = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}


class Pooling(base.Layer):
    """One number of what each window of the inputs holds, over `rank` spatial axes.

    Args:
      pool_function: the operation.
      pool_size, strides: an integer, or one for each spatial axis.
      padding: "valid" or "same".
      data_format: "channels_last", or "channels_first" for f[n, c, ...].

    Raises:
      ValueError: an argument is of another form; in a call, another rank.
    """

    _described: tuple[str, ...] = ("pool_size", "strides", "padding", "data_format")

    def __init__(
        self,
        rank: int,
        pool_function: Callable[..., Tensor],
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str,
        data_format: str,
        name: Any,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        if strides is None:
            raise ValueError("Argument `strides` must not be None.")
        self.pool_function = pool_function
        self.pool_size = utils.normalize_tuple(pool_size, rank, "pool_size")
        self.strides = utils.normalize_tuple(strides, rank, "strides")
        self.padding = geometry.normalize_padding(padding)
        self.data_format = utils.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def _pooled(self, inputs: Tensor, sizes: Sequence[int], strides: Sequence[int]) -> Tensor:
        """The inputs pooled with their channels last, the one form that kernels of a CPU know."""
        rank = len(sizes) + 2
        if self._channels_first:
            inputs = transposing.transpose(inputs, _TO_LAST[rank])
        outputs = self.pool_function(
            inputs, (1, *sizes, 1), (1, *strides, 1), padding=self.padding.upper()
        )
        return transposing.transpose(outputs, _TO_FIRST[rank]) if self._channels_first else outputs

    def call(self, inputs: Any) -> Tensor:
        return self._pooled(inputs, self.pool_size, self.strides)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        space = sizes[1:] if self._channels_first else sizes[:-1]
        space = [
            utils.conv_output_length(size, window, self.padding, stride)
            for size, window, stride in zip(space, self.pool_size, self.strides, strict=True)
        ]
        if self._channels_first:
            return TensorShape([examples, sizes[0], *space])
        return TensorShape([examples, *space, sizes[-1]])


class _Pooling1D(Pooling):
    def call(self, inputs: Any) -> Tensor:
        column = 3 if self._channels_first else 2
        images = reshaping.expand_dims(inputs, column)
        return reshaping.squeeze(
            self._pooled(images, (*self.pool_size, 1), (*self.strides, 1)), [column]
        )


class _Pooling2D(Pooling):
    def call(self, inputs: Any) -> Tensor:
        around = (1, 1) if self._channels_first else (1,)
        return self.pool_function(
            inputs,
            ksize=(*around, *self.pool_size, 1)[:4],
            strides=(*around, *self.strides, 1)[:4],
            padding=self.padding.upper(),
            data_format=utils.convert_data_format(self.data_format, 4),
        )


class _Pooling3D(Pooling):
    """Volumes, whose channels are put last before."""


class MaxPooling1D(_Pooling1D):
    """The largest of each window of sequences f[n, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(1, max_pool, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.MaxPooling1D instead.")
def max_pooling1d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `MaxPooling1D(pool_size, strides, padding, data_format)(inputs)`."""
    return MaxPooling1D(pool_size, strides, padding, data_format, name).apply(inputs)


class AveragePooling1D(_Pooling1D):
    """The mean of each window of sequences f[n, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(1, avg_pool, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.AveragePooling1D instead.")
def average_pooling1d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `AveragePooling1D(pool_size, strides, padding, data_format)(inputs)`."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name).apply(inputs)


class MaxPooling2D(_Pooling2D):
    """The largest of each window of images f[n, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(2, max_pool, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.MaxPooling2D instead.")
def max_pooling2d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `MaxPooling2D(pool_size, strides, padding, data_format)(inputs)`."""
    return MaxPooling2D(pool_size, strides, padding, data_format, name).apply(inputs)


class AveragePooling2D(_Pooling2D):
    """The mean of each window of images f[n, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(2, avg_pool, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.AveragePooling2D instead.")
def average_pooling2d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `AveragePooling2D(pool_size, strides, padding, data_format)(inputs)`."""
    return AveragePooling2D(pool_size, strides, padding, data_format, name).apply(inputs)


class MaxPooling3D(_Pooling3D):
    """The largest of each window of volumes f[n, d, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(3, max_pool3d, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.MaxPooling3D instead.")
def max_pooling3d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `MaxPooling3D(pool_size, strides, padding, data_format)(inputs)`."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name).apply(inputs)


class AveragePooling3D(_Pooling3D):
    """The mean of each window of volumes f[n, d, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(3, avg_pool3d, pool_size, strides, padding, data_format, name, **kwargs)


@deprecated(None, "Use keras.layers.AveragePooling3D instead.")
def average_pooling3d(
    inputs: Any,
    pool_size: _Sizes,
    strides: _Sizes,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: Any = None,
) -> Tensor:
    """Returns `AveragePooling3D(pool_size, strides, padding, data_format)(inputs)`."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name).apply(inputs)
