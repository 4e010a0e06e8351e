"""What layers share: their arguments checked and put into one form, lengths of outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Operation
from stillflow.layers import settings
from stillflow.layers.reachable import reachable_from
from stillflow.ops.control import smart
from stillflow.ops.control.cond import cond
from stillflow.ops.variables.variable import Variable

_FORMATS = {
    "channels_last": {3: "NWC", 4: "NHWC", 5: "NDHWC"},
    "channels_first": {3: "NCW", 4: "NCHW", 5: "NCDHW"},
}


def convert_data_format(data_format: str, ndim: int) -> str:
    """Returns the name that operations give to a format for inputs of a rank.

    Raises:
      ValueError: another format or rank.
    """
    if data_format not in _FORMATS:
        raise ValueError("Invalid data_format:", data_format)
    if ndim not in _FORMATS[data_format]:
        raise ValueError("Input rank not supported:", ndim)
    return _FORMATS[data_format][ndim]


def normalize_tuple(value: Any, n: int, name: str) -> tuple[Any, ...]:
    """Returns `n` integers: `value` n times, or its elements.

    Args:
      name: the argument that is meant, for the message.

    Raises:
      ValueError: neither an integer nor n of them.
    """
    if isinstance(value, int):
        return (value,) * n
    refusal = f"The `{name}` argument must be a tuple of {n} integers. Received: {value}"
    try:
        values = tuple(value)
    except TypeError:
        raise ValueError(refusal) from None
    if len(values) != n:
        raise ValueError(refusal)
    for element in values:
        try:
            int(element)
        except (ValueError, TypeError):
            raise ValueError(
                f"{refusal} including element {element} of type {type(element)}"
            ) from None
    return values


def normalize_data_format(value: str | None) -> str:
    """Returns `value` in small letters, the setting for None. ValueError for an unknown format."""
    data_format = (settings.image_data_format() if value is None else value).lower()
    if data_format not in _FORMATS:
        raise ValueError(
            'The `data_format` argument must be one of "channels_first", "channels_last". '
            f"Received: {value}"
        )
    return data_format


def normalize_padding(value: str) -> str:
    """Returns `value` in small letters. ValueError for an unknown padding."""
    padding = value.lower()
    if padding not in ("valid", "same"):
        raise ValueError(
            f'The `padding` argument must be one of "valid", "same". Received: {padding}'
        )
    return padding


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """Returns the length of a convolution of `input_length`; None of None.

    Args:
      padding: "same", "causal", "valid" or "full".
    """
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    grown = {"same": 0, "causal": 0, "valid": 1 - reach, "full": reach - 1}[padding]
    return (input_length + grown + stride - 1) // stride


def conv_input_length(
    output_length: int | None, filter_size: int, padding: str, stride: int
) -> int | None:
    """Returns the shortest length of which a convolution is `output_length` long; None of None."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int
) -> int | None:
    """Returns the length of a transposed convolution of `input_length`; None of None."""
    if input_length is None:
        return None
    overhang = max(filter_size - stride, 0)
    grown = {"same": 0, "valid": overhang, "full": 2 - stride - filter_size}[padding]
    return input_length * stride + grown


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """`smart.smart_cond`, for which a variable as the condition is not known either."""
    if isinstance(pred, Variable):
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return smart.smart_cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)


def constant_value(pred: Any) -> Any:
    """`smart.smart_constant_value`, for which a variable is not known."""
    return None if isinstance(pred, Variable) else smart.smart_constant_value(pred)


def object_list_uid(object_list: Any) -> str:
    """Returns a text that tells which objects these are."""
    return ", ".join(str(id(each)) for each in nest.flatten(object_list))


def static_shape(x: Any) -> tuple[int | None, ...] | None:
    """Returns the sizes of a tensor; None where its rank is not known, or for None."""
    if x is None or x.get_shape().ndims is None:
        return None
    return tuple(x.get_shape().as_list())


def get_reachable_from_inputs(inputs: list[Any], targets: Iterable[Any] | None = None) -> set[Any]:
    """Returns the tensors that depend on `inputs`, which are among them."""
    reached = reachable_from(inputs, targets or ())
    return {each for each in reached if not isinstance(each, Operation)}
