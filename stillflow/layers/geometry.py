"""Paddings and lengths of convolutions, as layers take them."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape


def normalize_padding(value: Any) -> Any:
    """Returns `value` in small letters; a list, of explicit paddings, as it is.

    Raises:
      ValueError: another name than "valid", "same" and "causal".
    """
    if isinstance(value, (list, tuple)):
        return value
    padding = value.lower()
    if padding not in ("valid", "same", "causal"):
        raise ValueError(
            'The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", '
            f"only for `Conv1D). Received: {padding}"
        )
    return padding


def padding_of_op(padding: Any) -> Any:
    """The name that operations give to a padding; what is causal is padded before."""
    if isinstance(padding, (list, tuple)):
        return padding
    return "VALID" if padding == "causal" else padding.upper()


def channels_of(shape: TensorShape, axis: int) -> int:
    """The number of channels. ValueError when it is not known."""
    channels = shape.as_list()[axis]
    if channels is None:
        raise ValueError(
            "The channel dimension of the inputs should be defined. Found `None`.\n"
            "  The kernel has a part for each channel: tell their number by a placeholder's shape, "
            "or by `set_shape`."
        )
    return channels


def deconv_output_length(
    input_length: Any,
    filter_size: int,
    padding: str,
    output_padding: int | None = None,
    stride: int = 0,
    dilation: int = 1,
) -> Any:
    """The length of a transposed convolution of `input_length`, a number or a tensor; None of None.

    Args:
      padding: "same", "valid" or "full".
      output_padding: how much longer than the shortest length of which a convolution is
        `input_length` long; None for the usual length.
    """
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    if output_padding is None:
        length = input_length * stride
        if padding == "full":
            return length - (stride + reach - 2)
        return length + max(reach - stride, 0) if padding == "valid" else length
    inside = {"same": reach // 2, "valid": 0, "full": reach - 1}[padding]
    return (input_length - 1) * stride + reach - 2 * inside + output_padding
