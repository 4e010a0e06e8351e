"""Sizes that layers need to know, and numbers that stand for several."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape

CHANNELS_FIRST, CHANNELS_LAST = "channels_first", "channels_last"


def check_layout(data_format: Any, *known: str) -> None:
    """Raises ValueError unless a layout is one of two: channels first, then channels last."""
    if data_format not in known:
        raise ValueError(f"data_format has to be either {' or '.join(known)}.")


def core_layout(data_format: str | None) -> str:
    """A layout such as "NHWC" in the words of `tf.layers`."""
    return CHANNELS_FIRST if data_format and data_format.startswith("NC") else CHANNELS_LAST


def channel_dimension(shape: TensorShape, data_format: str, min_rank: int = 1) -> int:
    """The number of channels; ValueError when it is not known, or the rank is below `min_rank`."""
    return _size(shape, 1 if data_format == CHANNELS_FIRST else -1, min_rank)


def last_dimension(shape: TensorShape, min_rank: int = 1) -> int:
    """The last size; ValueError when it is not known, or the rank is below `min_rank`."""
    return _size(shape, -1, min_rank)


def _size(shape: TensorShape, axis: int, min_rank: int) -> int:
    if shape.dims is None:
        raise ValueError("dims of shape must be known but is None")
    if len(shape.dims) < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {len(shape.dims)}")
    value = shape.dims[axis].value
    if value is None:
        raise ValueError(f"dimension {axis} of shape must be known but is None: {shape}")
    return value


def two_element_tuple(int_or_tuple: Any) -> tuple[Any, Any]:
    """A number twice, or two numbers as a tuple; ValueError for anything else."""
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError(f"Must be a list with 2 elements: {int_or_tuple}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int(int_or_tuple), int(int_or_tuple)
    if isinstance(int_or_tuple, TensorShape) and int_or_tuple.ndims == 2:
        return int_or_tuple[0], int_or_tuple[1]
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """`value` n times, or its n elements, as positive integers; ValueError for anything else."""
    if int(n) < 1 or int(n) != n:
        raise ValueError("n must be a positive integer")
    try:
        numbers = (int(value),) * int(n)
    except (TypeError, ValueError):
        numbers = _integers(int(n), value)
    for number in numbers:
        if number < 1:
            raise ValueError(f"expected positive integer, but received {number}")
    return numbers


def _integers(n: int, values: Any) -> tuple[int, ...]:
    refusal = f"Expected sequence of {n} positive integers, but received {values!r}"
    if len(values) != n:
        raise ValueError(refusal)
    try:
        return tuple(int(value) for value in values)
    except (TypeError, ValueError):
        raise ValueError(refusal) from None
