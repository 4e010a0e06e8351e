"""Checks of index vectors, with the sentences that TensorFlow's kernels say."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from stillflow.declare.shapes import format_sizes
from stillflow.graph.errors import InvalidArgumentError, NotFoundError


def refuse(message: str) -> NoReturn:
    """Fails the run with `message`."""
    raise InvalidArgumentError(None, None, message)


def check_executor_type(name: str) -> None:
    """NotFoundError unless TensorFlow has an executor of this name; here all are the same."""
    if name not in ("", "DEFAULT", "SINGLE_THREADED_EXECUTOR"):
        raise NotFoundError(
            None,
            None,
            f"No executor factory registered for the given executor type: {name} Registered "
            "factories are {SINGLE_THREADED_EXECUTOR, , DEFAULT}.\n  Leave the type out.",
        )


def check_scalars(message: str, **values: Any) -> None:
    """Fails the run with `message.format(name, shape)` for a value that is no scalar."""
    for name, value in values.items():
        if value.ndim:
            refuse(message.format(name, format_sizes(value.shape)))


def is_within(index: Any, size: Any) -> Any:
    """index: i[...] -> bool[...], whether 0 <= index < size."""
    # Read as an unsigned number a negative index is a large one, so one comparison does.
    return index.view(f"u{index.dtype.itemsize}") < size


def check_within(xp: Any, name: str, index: Any, size: int) -> None:
    """Fails the run unless 0 <= index < size everywhere."""
    if index.ndim == 0 and isinstance(index, np.ndarray | np.generic) and 0 <= index.item() < size:
        return  # soon, as elements of a pipeline need it
    xp.check(is_within(index, size), lambda i: _not_within(name, i, size), index)


def _not_within(name: str, index: np.ndarray, size: int) -> str:
    at = first_false(is_within(index, size))
    return f"{place(name, at)} = {index[at]} is not in [0, {size})"


def first_false(ok: np.ndarray) -> tuple[int, ...]:
    """The position of the first element that is false."""
    return tuple(int(i) for i in np.unravel_index(np.argmin(ok), ok.shape))


def place(name: str, at: tuple[int, ...]) -> str:
    """name[0,1], or name alone for a scalar."""
    return f"{name}[{','.join(map(str, at))}]" if at else name


def check_rows_within(xp: Any, what: str, indices: Any, sizes: tuple[int, ...]) -> None:
    """Fails the run unless each row of `indices`, i[..., k], points into the first k `sizes`."""
    depth = indices.shape[-1]
    if depth > len(sizes):
        refuse(
            "index innermost dimension length must be <= params rank; saw: "
            f"{depth} vs. {len(sizes)}"
        )
    limits = np.array(sizes[:depth], f"u{indices.dtype.itemsize}")
    xp.check(is_within(indices, limits), lambda i: _row_not_within(what, i, limits, sizes), indices)


def _row_not_within(what: str, indices: np.ndarray, limits: Any, sizes: tuple[int, ...]) -> str:
    at = first_false(np.all(is_within(indices, limits), axis=-1))
    row = ", ".join(map(str, indices[at].tolist()))
    return f"{place('indices', at)} = [{row}] does not index into {what} {format_sizes(sizes)}"
