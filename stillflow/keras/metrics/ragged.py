"""Ragged labels, predictions and weights, of which metrics look at the innermost values."""

from __future__ import annotations

from typing import Any

from stillflow.ops.array import reshaping
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.ragged.ragged_tensor import RaggedTensor

_MISMATCH = "Inputs must have identical ragged splits"


def flat_values(values: list[Any], mask: Any = None) -> tuple[list[Any], Any]:
    """The values of ragged tensors as columns, n[m, 1], and of their weights; others unchanged.

    Raises:
      TypeError: some are ragged, and others are not.
      ValueError: they are ragged otherwise.
    """
    are_ragged = [isinstance(value, RaggedTensor) for value in values]
    is_masked = isinstance(mask, RaggedTensor)
    if not any(are_ragged):
        if is_masked:
            raise TypeError("Ragged mask is not allowed with non-ragged inputs.")
        return values, mask
    if not all(are_ragged) or (mask is not None and not is_masked):
        raise TypeError("One of the inputs does not have acceptable types.")
    splits = [value.nested_row_splits for value in values]
    checks = _checks(splits)
    if is_masked:
        of_mask = _checks([splits[0], mask.nested_row_splits])
        mask = reshaping.expand_dims(with_dependencies(of_mask, mask.flat_values), -1)
    columns = [
        reshaping.expand_dims(with_dependencies(checks, value.flat_values), -1) for value in values
    ]
    return columns, mask


def _checks(splits: list[Any]) -> list[Any]:
    """Operations that fail a run where the rows do not end alike."""
    first, *others = splits
    if any(len(other) != len(first) for other in others):
        raise ValueError(_MISMATCH)
    return [
        assert_equal(a, b, message=_MISMATCH)
        for other in others
        for a, b in zip(first, other, strict=True)
    ]
