"""Convolution and pooling of sequences, images or volumes, as the rank of the input says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape, dimension_at_index
from stillflow.ops.array import reshaping
from stillflow.ops.nn.convolution import conv2d, conv2d_transpose
from stillflow.ops.nn.convolution_3d import conv3d_op, conv3d_transpose
from stillflow.ops.nn.one_dimensional import avg_pool1d, conv1d, conv1d_transpose, max_pool1d
from stillflow.ops.nn.pooling import avg_pool, avg_pool_op, max_pool, max_pool_op
from stillflow.ops.nn.pooling_3d import avg_pool3d, avg_pool3d_op, max_pool3d, max_pool3d_op
from stillflow.ops.nn.space_to_batch import SpaceToBatch, with_space_to_batch
from stillflow.ops.nn.windows import per_axis


def convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the input correlated with filters of its rank.

    Args:
      input: sequences f[n, w, c], images f[n, h, w, c] or volumes f[n, d, h, w, c]; the channels
        come second where data_format starts with 'NC'.
      filter: f[window, c, d].
      padding: 'SAME' or 'VALID'.
      strides, dilation_rate: one number for each spatial axis; not both above 1.

    Raises:
      ValueError: the ranks are not known or do not fit, or strides and dilations are above 1.
    """
    filter = renamed("filter", filter, "filters", filters)
    gaps = renamed("dilation_rate", dilation_rate, "dilations", dilations)
    count = _spatial_axes(input, filter)
    layout = data_format or "N...C"
    steps = per_axis(strides, "strides", layout, count)
    gaps = per_axis(gaps, "dilations", layout, count)
    with name_scope(name, "convolution", [input, filter]) as scope:
        if all(gap == 1 for gap in gaps):
            return _plain(count, input, filter, steps, padding, data_format, scope)
        within = slice(2, None) if layout.startswith("NC") else slice(1, -1)
        images = convert_to_tensor(input, name="input")
        dilated = Convolution(
            images.shape,
            _shape_of(filter),
            padding,
            steps[within],
            gaps[within],
            scope,
            data_format,
        )
        return dilated(images, filter)


class Convolution:
    """`convolution` of inputs and filters of given shapes, settled before they are there.

    Raises:
      ValueError: the ranks are not known or do not fit, or strides and dilations are above 1.
    """

    def __init__(
        self,
        input_shape: TensorShape,
        filter_shape: TensorShape,
        padding: str,
        strides: Sequence[int] | None = None,
        dilation_rate: Sequence[int] | None = None,
        name: str | None = None,
        data_format: str | None = None,
    ):
        count = self._count = (filter_shape.ndims or input_shape.ndims or 2) - 2
        self._name, self._data_format = name, data_format
        self._channels_first = data_format is not None and data_format.startswith("NC")
        first = 2 if self._channels_first else 1
        _check_channels(input_shape, filter_shape, count, 1 if self._channels_first else count + 1)
        steps, gaps = _steps_and_gaps(count, strides, dilation_rate)
        self._strides = per_axis(steps.tolist(), "strides", data_format or "N...C", count)
        self._apart = SpaceToBatch(
            input_shape, gaps, padding, filter_shape, range(first, first + count), data_format
        )

    def __call__(self, input: Any, filter: Any) -> Tensor:
        def correlate(images: Tensor, _: int, padding: str) -> Tensor:
            return _plain(
                self._count, images, filter, self._strides, padding, self._data_format, self._name
            )

        result = self._apart(input, correlate)
        if self._channels_first and not self._apart.is_dense and result.shape.ndims is not None:
            result.set_shape([None, _shape_of(filter)[-1], *[None] * self._count])
        return result


def _spatial_axes(input: Any, filter: Any) -> int:
    for value in (input, filter):
        rank = _shape_of(value).ndims
        if rank is not None:
            if not 3 <= rank <= 5:
                raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {rank}.")
            return rank - 2
    raise ValueError("rank of input or filter must be known")


def _shape_of(value: Any) -> TensorShape:
    return as_shape(value.shape if hasattr(value, "shape") else np.shape(value))


def _plain(
    count: int,
    x: Any,
    w: Any,
    strides: list[int],
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    """Correlation whose pixels are neighbours, over `count` spatial axes."""
    if count == 1:
        return conv1d(x, w, strides, padding, data_format=data_format, name=name)
    if count == 2:
        return conv2d(x, w, strides, padding, data_format=data_format or "NHWC", name=name)
    return conv3d_op(
        x, w, strides=strides, padding=padding, data_format=data_format or "NDHWC", name=name
    )


def _check_channels(images: TensorShape, window: TensorShape, count: int, axis: int) -> None:
    for name, shape in (("input", images), ("filter", window)):
        if shape.ndims not in (None, count + 2):
            raise ValueError(f"{name} tensor must have rank {count + 2}")
    have, want = dimension_at_index(images, axis), dimension_at_index(window, count)
    if not have.is_compatible_with(want):
        raise ValueError(
            "number of input channels does not match corresponding dimension of filter, "
            f"{have} != {want}"
        )


def _steps_and_gaps(count: int, strides: Any, dilations: Any) -> tuple[np.ndarray, np.ndarray]:
    """Strides and dilations, i32[count] each."""
    both = []
    for name, given in (("dilation_rate", dilations), ("strides", strides)):
        values = [1] * count if given is None else given
        if len(values) != count:
            raise ValueError(f"len({name})={len(values)} but should be {count}")
        both.append(np.array(values, np.int32))
        if np.any(both[-1] < 1):
            raise ValueError(f"all values of {name} must be positive")
    gaps, steps = both
    if np.any(steps > 1) and np.any(gaps > 1):
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    return steps, gaps


# Pooling ----------------------------------------------------------------------------------------

_POOLS = {
    ("MAX", 1): max_pool,
    ("MAX", 2): max_pool,
    ("MAX", 3): max_pool3d,
    ("AVG", 1): avg_pool,
    ("AVG", 2): avg_pool,
    ("AVG", 3): avg_pool3d,
}
_ROW_LAYOUTS = {None: "NHWC", "NWC": "NHWC", "NCW": "NCHW"}


def pool(
    input: Any,
    window_shape: Sequence[int],
    pooling_type: str,
    padding: str,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Returns the largest or the mean of what each window sees.

    Args:
      input: n[n, ..., c] with one to three spatial axes; the channels come second where data_format
        starts with 'NC'.
      window_shape, strides, dilation_rate: one number for each spatial axis.
      pooling_type: 'MAX' or 'AVG'.
      padding: 'SAME' or 'VALID'; only 'VALID' where windows are dilated.

    Raises:
      ValueError: the arguments do not fit, or strides are larger than the window.
    """
    gaps = renamed("dilation_rate", dilation_rate, "dilations", dilations)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        images = convert_to_tensor(input, name="input")
        count = len(window_shape)
        if not 1 <= count <= 3:
            raise ValueError("It is required that 1 <= num_spatial_dims <= 3.")
        images.shape.with_rank(count + 2)
        steps, gaps = _steps_and_gaps(count, strides, gaps)
        if padding == "SAME" and np.any(gaps > 1):
            raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
        if np.any(steps > window_shape):
            raise ValueError(
                "strides > window_shape not supported due to inconsistency between CPU and GPU "
                "implementations"
            )
        if (pooling_type, count) not in _POOLS:
            raise ValueError(f"{count}-D {pooling_type} pooling is not supported.")
        first = 2 if data_format is not None and data_format.startswith("NC") else 1
        window = _Window(pooling_type, list(window_shape), steps.tolist(), data_format, scope)
        axes = range(first, first + count)
        return with_space_to_batch(images, gaps, padding, window, window_shape, axes)


class _Window:
    """Pools images, as `with_space_to_batch` asks for."""

    def __init__(
        self,
        pooling_type: str,
        sizes: list[int],
        strides: list[int],
        data_format: str | None,
        scope: str,
    ):
        self._pool: Any = _POOLS[pooling_type, len(sizes)]
        self._scope = scope
        self._row: int | None = None  # the axis that makes images of sequences
        layout = data_format
        if len(sizes) == 1:
            if data_format not in _ROW_LAYOUTS:
                raise ValueError('data_format must be either "NWC" or "NCW".')
            layout = _ROW_LAYOUTS[data_format]
            self._row = 2 if layout == "NCHW" else 1
            sizes, strides = [1, *sizes], [1, *strides]
        self._layout = layout
        self._sizes = per_axis(sizes, "ksize", layout or "N...C", len(sizes))
        self._strides = per_axis(strides, "strides", layout or "N...C", len(strides))

    def __call__(self, images: Tensor, _: int, padding: str) -> Tensor:
        if self._row is not None:
            images = reshaping.expand_dims(images, self._row)
        result = self._pool(
            images, self._sizes, self._strides, padding, self._layout, name=self._scope
        )
        return result if self._row is None else reshaping.squeeze(result, [self._row])


def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the largest of what each window sees, as many axes as the input has.

    `ksize` and `strides` are an int, one for each spatial axis, or one for each axis.
    """
    pools = (max_pool1d, max_pool_op, max_pool3d_op)
    return _pooled(pools, input, ksize, strides, padding, data_format, name)


def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the mean of what each window sees, as max_pool_v2 does."""
    pools = (avg_pool1d, avg_pool_op, avg_pool3d_op)
    return _pooled(pools, input, ksize, strides, padding, data_format, name)


def _pooled(
    pools: tuple[Any, Any, Any],
    x: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    rank = _shape_of(x).ndims or len(data_format or "")
    if not rank:
        raise ValueError("The input must have a rank or a data format must be given.")
    if not 3 <= rank <= 5:
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {rank}.")
    layout = data_format or _LAYOUTS[rank]
    return pools[rank - 3](
        x,
        ksize=per_axis(ksize, "ksize", layout, rank - 2),
        strides=per_axis(strides, "strides", layout, rank - 2),
        padding=padding,
        data_format=layout,
        name=name,
    )


_LAYOUTS = {3: "NWC", 4: "NHWC", 5: "NDHWC"}

# Transposes -------------------------------------------------------------------------------------

_TRANSPOSES = {1: conv1d_transpose, 2: conv2d_transpose, 3: conv3d_transpose}


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns the transpose of convolution: f[n, ..., d] and f[window, c, d] -> f[output_shape].

    Raises:
      ValueError: `output_shape` does not say for how many axes.
    """
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        if is_tensor(output_shape):
            rank = output_shape.shape.num_elements()
        elif hasattr(output_shape, "__len__"):
            rank = len(output_shape)
        else:
            raise ValueError("output_shape must be a tensor or sized collection.")
        if rank is None or not 3 <= rank <= 5:
            raise ValueError(f"output_shape must be of length 3, 4 or 5 but was {rank}.")
        transpose: Any = _TRANSPOSES[rank - 2]
        return transpose(
            input,
            filters,
            output_shape,
            strides,
            padding=padding,
            data_format=data_format,
            dilations=dilations,
            name=scope,
        )
