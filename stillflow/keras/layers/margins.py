"""What layers that cut off or add margins share: margins as pairs, sizes of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers.utils import normalize_tuple

Pairs = tuple[tuple[int, int], ...]

_COUNTS = {2: "two", 3: "3"}
_FORMS = {
    2: (
        "a tuple of 2 ints (symmetric_height_{0}, symmetric_width_{0}), or a tuple of 2 tuples of "
        "2 ints ((top_{0}, bottom_{0}), (left_{0}, right_{0}))"
    ),
    3: (
        "a tuple of 3 ints (symmetric_dim1_{0}, symmetric_dim2_{0}, symmetric_dim3_{0}), or a "
        "tuple of 3 tuples of 2 ints ((left_dim1_{0}, right_dim1_{0}), (left_dim2_{0}, "
        "right_dim2_{0}), (left_dim3_{0}, right_dim2_{0}))"
    ),
}


def pairs_of(value: Any, axes: int, argument: str, each: str) -> Pairs:
    """A margin for each axis, before and behind.

    Args:
      value: one integer for all, or for each axis an integer or a pair.
      axes: how many there are: 2 or 3.
      argument: its name, for messages, in which `each` is what one margin is called.

    Raises:
      ValueError: it is none of that.
    """
    if isinstance(value, int):
        return ((value, value),) * axes
    if not hasattr(value, "__len__"):
        forms = _FORMS[axes].format(each)
        raise ValueError(f"`{argument}` should be either an int, {forms}. Found: {value}")
    if len(value) != axes:
        raise ValueError(f"`{argument}` should have {_COUNTS[axes]} elements. Found: {value}")
    names = ("1st", "2nd", "3rd")
    pairs = [
        normalize_tuple(margins, 2, f"{name} entry of {argument}")
        for margins, name in zip(value, names, strict=False)
    ]
    return tuple((first, last) for first, last in pairs)


def resized(
    input_shape: Any,
    data_format: str,
    arguments: Sequence[Any],
    size: Callable[[int, Any], int],
) -> TensorShape:
    """The shape of what is `size(n, argument)` along each axis of space that is n."""
    examples, *sizes = as_shape(input_shape).as_list()
    first = data_format == "channels_first"
    space, channels = (sizes[1:], sizes[0]) if first else (sizes[:-1], sizes[-1])
    new = [
        None if n is None else size(n, argument)
        for n, argument in zip(space, arguments, strict=True)
    ]
    return TensorShape([examples, channels, *new] if first else [examples, *new, channels])
