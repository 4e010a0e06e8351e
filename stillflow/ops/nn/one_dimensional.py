"""Convolution and pooling of sequences: images of one row."""

from __future__ import annotations

from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping
from stillflow.ops.array.joining import concat
from stillflow.ops.nn.convolution import conv2d, conv2d_backprop_input_op
from stillflow.ops.nn.pooling import avg_pool, max_pool
from stillflow.ops.nn.windows import per_axis

# The layout of the images, and the axis that they have besides.
_IMAGES = {"NWC": ("NHWC", 1), "NHWC": ("NHWC", 1), "NCW": ("NCHW", 2), "NCHW": ("NCHW", 2)}


def _layout(data_format: str | None) -> tuple[str, int]:
    try:
        return _IMAGES[data_format or "NWC"]
    except KeyError:
        raise ValueError('data_format must be "NWC" or "NCW".') from None


def _of_row(value: Any, name: str, layout: str) -> list[int]:
    """One number for each axis of images of one row, from one of sequences."""
    width = per_axis(value, name, layout, length=1)
    return per_axis([1, width[2 if layout == "NCHW" else 1]], name, layout)


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns sequences correlated with filters: f[n, w, c] and f[k, c, d] -> f[n, p, d].

    `data_format` is 'NWC', or 'NCW' for sequences f[n, c, w].
    """
    value = renamed("value", value, "input", input)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        layout, row = _layout(data_format)
        images = reshaping.expand_dims(value, row)
        result = conv2d(
            images,
            reshaping.expand_dims(filters, 0),
            strides=_of_row(stride, "stride", layout),
            padding=padding,
            use_cudnn_on_gpu=use_cudnn_on_gpu is not False,
            data_format=layout,
            dilations=_of_row(dilations, "dilations", layout),
            name=scope,
        )
        return reshaping.squeeze(result, [row])


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns the transpose of conv1d: f[n, p, d] and f[k, c, d] -> f[output_shape], i[3].

    `data_format` is 'NWC' or 'NCW'.
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        if data_format not in (None, "NWC", "NCW"):
            raise ValueError('data_format must be "NWC" or "NCW".')
        layout, row = _layout(data_format)
        images = reshaping.expand_dims(input, row)
        filters = reshaping.expand_dims(filters, 0)
        sizes = output_shape if isinstance(output_shape, Tensor) else list(output_shape)
        result = conv2d_backprop_input_op(
            concat([sizes[:row], [1], sizes[row:]], 0),
            filters,
            images,
            strides=_of_row(strides, "stride", layout),
            padding=padding,
            data_format=layout,
            dilations=_of_row(dilations, "dilations", layout),
            name=scope,
        )
        return reshaping.squeeze(result, row)


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """Returns the largest of what each window sees: n[n, w, c] -> n[n, p, c]."""
    with name_scope(name, "MaxPool1d", [input]) as scope:
        return _pooled(max_pool, input, ksize, strides, padding, data_format, scope)


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """Returns the mean of what each window sees: f[n, w, c] -> f[n, p, c]."""
    with name_scope(name, "AvgPool1D", [input]) as scope:
        return _pooled(avg_pool, input, ksize, strides, padding, data_format, scope)


def _pooled(
    pool: Any,
    x: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None,
    scope: str,
) -> Tensor:
    layout, row = _layout(data_format)
    images = reshaping.expand_dims(x, row)
    sizes = _of_row(ksize, "ksize", layout), _of_row(strides, "strides", layout)
    return reshaping.squeeze(pool(images, *sizes, padding, layout, name=scope), [row])
