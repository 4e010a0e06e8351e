"""What the ops that parse examples have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeError, Sizes, format_sizes
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.parsing import wire


def sparse_shapes(count: int, rank: int) -> list[Sizes]:
    """Of so many sparse tensors: their indices, their values, their shapes."""
    return [(None, rank)] * count + [(None,)] * count + [(rank,)] * count


def check_as_many_as_keys(kind: str, count: int, **lists: Sequence[Any]) -> None:
    """ShapeError unless there is one of each of `lists` for each of so many keys of a kind."""
    for name, values in lists.items():
        if len(values) != count:
            raise ShapeError(f"len({kind}_keys) != len({kind}_{name}): {count} and {len(values)}")


def check_number(number: str, count: int, **lists: Sequence[Any]) -> None:
    """ShapeError unless each of `lists` has the `count` elements that an attribute tells."""
    if any(len(values) != count for values in lists.values()):
        *some, last = (f"{name} ({len(values)})" for name, values in lists.items())
        raise ShapeError(f"{number} ({count}) must match the size of {', '.join(some)} and {last}")


def features_of(data: bytes) -> dict[bytes, wire.Span]:
    try:
        return wire.maps(data)[0]
    except wire.MalformedError:
        refuse_bytes("Could not parse example input, value: ", data)


def refuse_bytes(message: str, data: bytes) -> NoReturn:
    refuse(f"{message}'{data.decode('utf-8', 'replace')}'")


def outputs(values: Sequence[Any]) -> Any:
    """As a kernel gives them: a single one by itself."""
    return values[0] if len(values) == 1 else tuple(values)


def known(shape: TensorShape) -> Any:
    """The sizes of a shape of known rank."""
    return shape.sizes


def is_of_any_number(shape: TensorShape) -> bool:
    return bool(shape.sizes) and known(shape)[0] is None


def check_defaults(defaults: Sequence[np.ndarray], dense_shapes: Sequence[TensorShape]) -> None:
    """Refuses a default value that does not have the shape of its feature."""
    for index, (default, shape) in enumerate(zip(defaults, dense_shapes, strict=True)):
        if is_of_any_number(shape):
            if default.size != 1:
                refuse(
                    f"dense_shape[{index}] is a variable length shape: {format_sizes(shape.sizes)},"
                    f" therefore def_value[{index}] must contain a single element (the padding "
                    f"element).  But its shape is: {format_sizes(default.shape)}"
                )
        elif default.size and default.shape != shape.sizes:
            refuse(
                f"def_value[{index}].shape() == {format_sizes(default.shape)} is not compatible "
                f"with dense_shapes_[{index}] == {format_sizes(shape.sizes)}"
            )
