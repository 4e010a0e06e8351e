"""What divides values into rows: converted, and checked where a run asks for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.array import joining, shape_of
from stillflow.ops.control import ordering
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.reduce import reductions


def check_flag(validate: Any) -> None:
    if not isinstance(validate, bool):
        raise TypeError("validate must have type bool")


def converted(values: Any, partition: Any, name: str) -> tuple[Any, Tensor]:
    """The values, ragged or not, and what divides them into rows, as tensors."""
    if not hasattr(values, "row_splits"):
        values = convert_to_tensor(values, name="values")
        if isinstance(partition, np.ndarray) and partition.dtype == np.int32:
            partition = convert_to_tensor(partition, name=name)
        else:
            partition = convert_to_tensor(partition, preferred_dtype=dtypes.int64, name=name)
    elif not isinstance(partition, Tensor):
        partition = convert_to_tensor(partition, values.row_splits.dtype, name=name)
    if partition.dtype not in INDEX:
        raise ValueError(f"{name} must have dtype int32 or int64")
    if not isinstance(values, Tensor) and values.row_splits.dtype != partition.dtype:
        raise ValueError(
            f"dtype mismatch: {name} ({partition.dtype}) vs values.row_splits "
            f"({values.row_splits.dtype})"
        )
    return values, partition


def number_of_rows(rowids: Tensor, nrows: Any) -> tuple[Tensor, int | None]:
    """As a tensor, and as far as it is known."""
    ids = constant_value(rowids)
    if nrows is None:
        if ids is None:
            return joining.concat([rowids[-1:], [-1]], axis=0)[0] + 1, None
        count = int(ids[-1]) + 1 if ids.size else 0
        return convert_to_tensor(count, rowids.dtype, name="nrows"), count
    nrows = convert_to_tensor(nrows, rowids.dtype, "nrows")
    known = constant_value(nrows)
    if known is None:
        return nrows, None
    count = int(known)
    if count < 0:
        raise ValueError(f"Expected nrows >= 0; got {count}")
    if ids is not None and ids.size and count <= ids[-1]:
        raise ValueError(
            f"Expected nrows >= value_rowids[-1] + 1; got nrows={count}, value_rowids[-1]={ids[-1]}"
        )
    return nrows, count


def count_of(values: Any, kind: DType = dtypes.int32) -> Tensor:
    if not isinstance(values, Tensor):
        return values.nrows(out_type=kind)
    return shape_of.shape(values, out_type=kind)[0]


def checked(kind: str, values: Any, partition: Tensor, count: Any = None) -> Tensor:
    """The partition behind what fails a run in which it is none of `values`."""
    message = f"Arguments to from_{kind} do not form a valid RaggedTensor"
    tests = _TESTS[kind](values, partition, count, message)
    if isinstance(values, Tensor):
        tests.append(checks.assert_rank_at_least(values, 1))
    return ordering.with_dependencies(tests, partition)


def _tests_of_rowids(values: Any, rowids: Tensor, nrows: Tensor, message: str) -> list[Any]:
    lengths = count_of(values), count_of(rowids)
    return [
        checks.assert_rank(rowids, 1, message=message),
        checks.assert_rank(nrows, 0, message=message),
        checks.assert_equal(*lengths, message=message),
        checks.assert_non_negative(rowids[:1], message=message),
        _assert_ascending(rowids, message),
        checks.assert_less(rowids[-1:], nrows, message=message),
    ]


def _tests_of_splits(values: Any, ends: Tensor, _: Any, message: str) -> list[Any]:
    length = count_of(values, ends.dtype)
    return [
        checks.assert_rank(ends, 1, message=message),
        _assert_zero(ends[0], message),
        _assert_ascending(ends, message),
        checks.assert_equal(ends[-1], length, message=message),
    ]


def _tests_of_lengths(values: Any, lengths: Tensor, _: Any, message: str) -> list[Any]:
    total = reductions.reduce_sum(lengths)
    length = count_of(values, lengths.dtype)
    return [
        checks.assert_rank(lengths, 1, message=message),
        checks.assert_non_negative(lengths, message=message),
        checks.assert_equal(total, length, message=message),
    ]


def _tests_of_starts(values: Any, starts: Tensor, length: Tensor, message: str) -> list[Any]:
    return [
        checks.assert_rank(starts, 1, message=message),
        _assert_zero(starts[:1], message),
        _assert_ascending(starts, message),
        checks.assert_less_equal(starts[-1:], length, message=message),
    ]


def _tests_of_limits(values: Any, limits: Tensor, _: Any, message: str) -> list[Any]:
    length = count_of(values, limits.dtype)
    return [
        checks.assert_rank(limits, 1, message=message),
        checks.assert_non_negative(limits[:1], message=message),
        _assert_ascending(limits, message),
        checks.assert_equal(limits[-1:], length, message=message),
    ]


_TESTS = {
    "value_rowids": _tests_of_rowids,
    "row_splits": _tests_of_splits,
    "row_lengths": _tests_of_lengths,
    "row_starts": _tests_of_starts,
    "row_limits": _tests_of_limits,
}


def _assert_ascending(tensor: Tensor, message: str) -> Any:
    return checks.assert_non_negative(tensor[1:] - tensor[:-1], message=message)


def _assert_zero(tensor: Tensor, message: str) -> Any:
    return checks.assert_equal(tensor, constant(0, dtype=tensor.dtype), message=message)
