"""Functions over the values of ragged tensors, and ranges as ragged tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.debug import checks
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    convert_to_tensor_or_ragged_tensor,
    is_ragged,
)


def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`op` of the innermost values of ragged tensors, within `args` and `kwargs`, which share rows.

    Returns:
      A RaggedTensor of the same rows; what `op` returns where no argument is ragged.

    Raises:
      ValueError: they have not as many ragged axes.
      InvalidArgumentError: in a run, their rows differ.
    """
    found: list[tuple[Tensor, ...]] = []
    flat_args, flat_kwargs = _flat(args, found), _flat(kwargs, found)
    if not found:
        return op(*args, **kwargs)
    if len({nested[0].dtype for nested in found}) > 1:
        raise ValueError(
            "Input RaggedTensors have mismatched row_splits dtypes; use "
            "RaggedTensor.with_row_splits_dtype() to convert them to compatible dtypes."
        )
    with control_dependencies(_assert_same_rows(found)):
        values = op(*flat_args, **flat_kwargs)
        return RaggedTensor.from_nested_row_splits(values, found[0], validate=False)


def _flat(value: Any, found: list[tuple[Tensor, ...]]) -> Any:
    """`value` with flat values in place of ragged tensors, whose splits go into `found`."""
    if is_ragged(value):
        ragged = convert_to_tensor_or_ragged_tensor(value)
        found.append(ragged.nested_row_splits)
        return ragged.flat_values
    if isinstance(value, (list, tuple)):
        parts = [_flat(part, found) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: _flat(part, found) for key, part in value.items()}
    return value


def _assert_same_rows(found: list[tuple[Tensor, ...]]) -> list[Any]:
    message = "Inputs must have identical ragged splits"
    if len({len(nested) for nested in found}) > 1:
        raise ValueError(message)
    return [
        checks.assert_equal(first, other, message=message)
        for nested in found[1:]
        for first, other in zip(found[0], nested, strict=True)
    ]


def ragged_range(
    starts: Any,
    limits: Any = None,
    deltas: Any = 1,
    dtype: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> RaggedTensor:
    """Returns rows of numbers: row i from starts[i] up to limits[i] by deltas[i].

    Args:
      starts, limits, deltas: n[k], or n[] for all rows. Where `limits` is None it is `starts`, and
        the rows start at 0.
    """
    if limits is None:
        starts, limits = 0, starts
    with name_scope(name, "RaggedRange", [starts, limits, deltas]) as scope:
        kind = dtypes.as_dtype(row_splits_dtype)
        ends, values = splits.ranges(starts, limits, deltas, dtype, scope, kind)
        return RaggedTensor.from_row_splits(values, ends, validate=False)
