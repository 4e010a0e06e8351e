"""Sequences whose lengths are multiples of a segment's: padded to be, or checked that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array.filling import fill
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, logical_and, not_equal
from stillflow.ops.reduce.reductions import reduce_max
from stillflow.ops.sparse.sparse_tensor import SparseTensor, SparseTensorValue
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.numbers import as_string


def is_sparse(value: Any) -> bool:
    return isinstance(value, (SparseTensor, SparseTensorValue))


def padded(sequences: Any, num_unroll: Any) -> tuple[Any, dict[str, Any]]:
    """The steps of sequences, i32[], and these with zeros up to a multiple of `num_unroll`.

    sequences: [steps, ...] by names, dense or sparse.

    Raises:
      ValueError: `num_unroll` is no int.
      TypeError: sequences are no dict, or a name is no string.
    """
    if not hasattr(num_unroll, "__index__") or isinstance(num_unroll, Tensor):
        raise ValueError(f"Unsupported num_unroll expected int, got: {num_unroll}")
    if not isinstance(sequences, dict):
        raise TypeError(f"Unsupported sequences expected dict, got: {sequences}")
    for name in sequences:
        if not isinstance(name, str):
            raise TypeError(f"Unsupported sequences key expected string, got: {name}")
    if not sequences:
        return 0, {}
    in_order = {
        name: value if is_sparse(value) else convert_to_tensor(value)
        for name, value in sorted(sequences.items())
    }
    length = _common_length(in_order)
    unit = constant(num_unroll)
    target = length + ((unit - (length % unit)) % unit)
    return length, {name: _padded(value, target) for name, value in in_order.items()}


def _common_length(sequences: Mapping[str, Any]) -> Any:
    lengths = [shape(value)[0] for value in sequences.values() if isinstance(value, Tensor)]
    if not lengths:
        sparse = [value.dense_shape[0] for value in sequences.values()]
        return reduce_max(cast(sparse, dtypes.int32))
    said = "All sequence lengths must match, but received lengths: "
    checks = [
        assert_that(equal(each, lengths[0]), [string_join([said, as_string(lengths)])])
        for each in lengths
    ]
    return with_dependencies(checks, lengths[0])


def _padded(value: Any, target: Tensor) -> Any:
    if not isinstance(value, Tensor):
        sizes = concat([[cast(target, dtypes.int64)], value.dense_shape[1:]], 0)
        return SparseTensor(value.indices, value.values, sizes)
    missing = [target - shape(value)[0]]
    sizes = concat((missing, shape(value)[1:]), 0)
    nothing = constant("" if value.dtype == dtypes.string else 0, dtype=value.dtype)
    return concat([value, fill(dims=sizes, value=nothing)], 0)


def checked(sequences: Mapping[str, Any], num_unroll: int) -> dict[str, Any]:
    """Sequences that fail unless their steps are a multiple of `num_unroll`, and not 0.

    Raises:
      TypeError: a sequence is neither dense nor sparse.
    """
    return {name: _checked(name, value, num_unroll) for name, value in sequences.items()}


def _checked(name: str, value: Any, num_unroll: int) -> Any:
    if is_sparse(value):
        steps = value.dense_shape[0]
        with control_dependencies([_multiple(f"SparseTensor {name}", steps, num_unroll)]):
            parts = (value.indices, value.values, value.dense_shape)
            return SparseTensor(*[identity(part, name="multiple_of_checked") for part in parts])
    if not isinstance(value, Tensor):
        try:
            value = convert_to_tensor(value)
        except TypeError:
            raise TypeError(
                "Unsupported input_sequences expected Tensor or SparseTensor values, got: "
                f"{type(value)} for key {name}"
            ) from None
    with control_dependencies([_multiple(f"Tensor {name}", shape(value)[0], num_unroll)]):
        return identity(value, name="multiple_of_checked")


def _multiple(what: str, steps: Any, num_unroll: int) -> Any:
    is_multiple = logical_and(equal(steps % num_unroll, 0), not_equal(steps, 0))
    said = [
        f"{what} first dimension should be a multiple of: ",
        as_string(num_unroll),
        ", but saw value: ",
        as_string(steps),
        ". Consider setting pad=True.",
    ]
    return assert_that(is_multiple, [string_join(said)])
