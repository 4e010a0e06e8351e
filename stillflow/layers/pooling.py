"""The largest, or the mean, of each window of sequences, images and volumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import geometry, utils
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import reshaping, transposing
from stillflow.ops.nn.pooling import avg_pool, max_pool
from stillflow.ops.nn.pooling_3d import avg_pool3d, max_pool3d

_Sizes = int | Sequence[int]
_TO_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
_TO_FIRST = {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}


class Pooling(Layer):
    """One number of what each window of the inputs holds, over `rank` spatial axes.

    Args:
      pool_function: the operation.
      pool_size, strides: an integer, or one for each spatial axis; `strides` is `pool_size` for
        None.
      padding: "valid" or "same".
      data_format: "channels_last", or "channels_first" for f[n, c, ...].

    Raises:
      ValueError: an argument is of another form; in a call, another rank.
    """

    def __init__(
        self,
        rank: int,
        pool_function: Callable[..., Tensor],
        pool_size: _Sizes,
        strides: _Sizes | None,
        padding: str,
        data_format: str | None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.pool_function = pool_function
        self.pool_size = utils.normalize_tuple(pool_size, rank, "pool_size")
        self.strides = utils.normalize_tuple(
            pool_size if strides is None else strides, rank, "strides"
        )
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


class Pooling1D(Pooling):
    """`Pooling` of sequences."""

    _described: tuple[str, ...] = ("strides", "pool_size", "padding", "data_format")

    def call(self, inputs: Any) -> Tensor:
        column = 3 if self._channels_first else 2
        images = reshaping.expand_dims(inputs, column)
        return reshaping.squeeze(
            self._pooled(images, (*self.pool_size, 1), (*self.strides, 1)), [column]
        )


class Pooling2D(Pooling):
    """`Pooling` of images."""

    _described: tuple[str, ...] = ("pool_size", "padding", "strides", "data_format")

    def call(self, inputs: Any) -> Tensor:
        around = (1, 1) if self._channels_first else (1,)
        return self.pool_function(
            inputs,
            ksize=(*around, *self.pool_size, 1)[:4],
            strides=(*around, *self.strides, 1)[:4],
            padding=self.padding.upper(),
            data_format=utils.convert_data_format(self.data_format, 4),
        )


class Pooling3D(Pooling):
    """Volumes, whose channels are put last before."""

    _described: tuple[str, ...] = ("pool_size", "padding", "strides", "data_format")


class MaxPooling1D(Pooling1D):
    """The largest of each window of sequences f[n, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = 2,
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        **kwargs: Any,
    ):
        super().__init__(1, max_pool, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling1D(Pooling1D):
    """The mean of each window of sequences f[n, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = 2,
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = "channels_last",
        **kwargs: Any,
    ):
        super().__init__(1, avg_pool, pool_size, strides, padding, data_format, **kwargs)


class MaxPooling2D(Pooling2D):
    """The largest of each window of images f[n, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = (2, 2),
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(2, max_pool, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling2D(Pooling2D):
    """The mean of each window of images f[n, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = (2, 2),
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(2, avg_pool, pool_size, strides, padding, data_format, **kwargs)


class MaxPooling3D(Pooling3D):
    """The largest of each window of volumes f[n, d, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = (2, 2, 2),
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(3, max_pool3d, pool_size, strides, padding, data_format, **kwargs)


class AveragePooling3D(Pooling3D):
    """The mean of each window of volumes f[n, d, h, w, c]: see `Pooling`."""

    def __init__(
        self,
        pool_size: _Sizes = (2, 2, 2),
        strides: _Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(3, avg_pool3d, pool_size, strides, padding, data_format, **kwargs)
