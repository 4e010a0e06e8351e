"""`tf.layers.max_pooling1d`, `average_pooling1d` and their kin of two and three axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import base, pooling
from stillflow.platform.deprecation import deprecated

_Sizes = int | Sequence[int]


def _check_told(strides: Any) -> None:
    if strides is None:
        raise ValueError("Argument `strides` must not be None.")


class MaxPooling1D(pooling.MaxPooling1D, base.Layer):
    """`pooling.MaxPooling1D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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


class AveragePooling1D(pooling.AveragePooling1D, base.Layer):
    """`pooling.AveragePooling1D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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


class MaxPooling2D(pooling.MaxPooling2D, base.Layer):
    """`pooling.MaxPooling2D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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


class AveragePooling2D(pooling.AveragePooling2D, base.Layer):
    """`pooling.AveragePooling2D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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


class MaxPooling3D(pooling.MaxPooling3D, base.Layer):
    """`pooling.MaxPooling3D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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


class AveragePooling3D(pooling.AveragePooling3D, base.Layer):
    """`pooling.AveragePooling3D`, whose `strides` are always told."""

    def __init__(
        self,
        pool_size: _Sizes,
        strides: _Sizes,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: Any = None,
        **kwargs: Any,
    ):
        _check_told(strides)
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


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
