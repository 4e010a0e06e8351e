"""Assertions on tensors. What is known while building is checked then, the rest in the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.control.ordering import no_op, with_dependencies
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.eager_checks import raise_difference
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.reduce.reductions import reduce_all

# Two tensors, element by element ----------------------------------------------------------------


def _comparison(name: str, sign: str, compare: Any, compare_static: Any) -> Callable[..., Any]:
    def check(
        x: Any,
        y: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, check.__name__, [x, y, data]):
            x, y = convert_to_tensor(x, name="x"), convert_to_tensor(y, name="y")
            if executing_eagerly():
                holds = compare(x, y)
                if not holds.numpy().all():
                    shown = 3 if summarize is None else summarize
                    raise_difference(sign, x, y, holds, data, shown, message)
                return None  # type: ignore[return-value]
            if data is None:
                data = [
                    f"Condition x {sign} y did not hold element-wise:",
                    *(f"x ({x._shown_name}) = ", x),
                    *(f"y ({y._shown_name}) = ", y),
                ]
            data = list(data) if message is None else [message, *data]
            condition = reduce_all(compare(x, y))
            known = constant_value(x), constant_value(y)
            if known[0] is not None and known[1] is not None:
                _check_now(np.all(compare_static(*known)), data)
            return assert_that(condition, data, summarize=summarize)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"""Returns an operation that fails unless `x {sign} y` for every element.

    Args:
      data: what the error shows; by default the condition, `x` and `y`.
      summarize: how many elements of each tensor it shows.
      message: what it starts with.

    Raises:
      InvalidArgumentError: both are known while building, and the condition does not hold.
    """
    return check


def _check_now(holds: Any, data: list[Any]) -> None:
    if not holds:
        shown = [
            value if not isinstance(value, Tensor) else constant_value(value) for value in data
        ]
        raise InvalidArgumentError(None, None, "\n".join(str(value) for value in shown))


_assert_equal = _comparison("assert_equal", "==", comparison.equal, np.equal)
assert_none_equal = _comparison("assert_none_equal", "!=", comparison.not_equal, np.not_equal)
assert_less = _comparison("assert_less", "<", comparison.less, np.less)
assert_less_equal = _comparison("assert_less_equal", "<=", comparison.less_equal, np.less_equal)
assert_greater = _comparison("assert_greater", ">", comparison.greater, np.greater)
assert_greater_equal = _comparison(
    "assert_greater_equal", ">=", comparison.greater_equal, np.greater_equal
)


def assert_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Returns an operation that fails unless `x == y` for every element.

    Args:
      data: what the error shows; by default the condition, `x` and `y`.
      summarize: how many elements of each tensor it shows.
      message: what it starts with.

    Raises:
      InvalidArgumentError: both are known while building, and differ.
    """
    with name_scope(name, "assert_equal", [x, y, data]):
        if x is y:
            return no_op()
    return _assert_equal(x, y, data, summarize, message, name)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Returns an operation that fails unless |x - y| < atol + rtol |y| for every element.

    The tolerances are ten times the spacing of numbers around 1 by default.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", dtype=x.dtype)
        default = 10 * np.finfo(x.dtype.stored_as).eps
        rtol, atol = (
            convert_to_tensor(default if tol is None else tol, name=what, dtype=x.dtype)
            for tol, what in ((rtol, "rtol"), (atol, "atol"))
        )
        if data is None:
            data = [
                message or "",
                f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}",
                *(f"x ({x._shown_name}) = ", x),
                *(f"y ({y._shown_name}) = ", y),
            ]
        tolerance = atol + rtol * elementwise.abs_(y)
        difference = elementwise.abs_(x - y)
        condition = reduce_all(comparison.less(difference, tolerance))
        return assert_that(condition, data, summarize=summarize)


# One tensor against zero ------------------------------------------------------------------------


def _sign(
    name: str, condition: str, check_with_zero: Callable[..., Any], in_one: bool = False
) -> Callable[..., Any]:
    """`in_one` shows the condition and the name of `x` as one string."""

    def check(
        x: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, check.__name__, [x, data]):
            x = convert_to_tensor(x, name="x")
            if data is None:
                said = [
                    f"Condition {condition} did not hold element-wise:",
                    f"x ({x._shown_name}) = ",
                ]
                data = [message or "", *(["".join(said)] if in_one else said), x]
            zero = convert_to_tensor(0, dtype=x.dtype)
            return check_with_zero(x, zero, data=data, summarize=summarize)

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"Returns an operation that fails unless `{condition}` for every element."
    return check


assert_negative = _sign("assert_negative", "x < 0", assert_less)
# TensorFlow 1.15 has one node less here than for the others.
assert_non_positive = _sign("assert_non_positive", "x <= 0", assert_less_equal, in_one=True)
assert_positive = _sign(
    "assert_positive", "x > 0", lambda x, zero, **options: assert_less(zero, x, **options)
)
assert_non_negative = _sign(
    "assert_non_negative",
    "x >= 0",
    lambda x, zero, **options: assert_less_equal(zero, x, **options),
)

# Ranks ------------------------------------------------------------------------------------------


def assert_rank(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Returns an operation that fails unless `x` has `rank` axes.

    Raises:
      ValueError: the ranks are known while building, and differ.
    """
    with name_scope(name, "assert_rank", [x, rank, *(data or [])]):
        x, rank = convert_to_tensor(x, name="x"), convert_to_tensor(rank, name="rank")
        check = _RankCheck(x, [rank], "must have rank", data, summarize, message)
        return check.operation(
            lambda own, wanted: own == wanted[0],
            lambda own, wanted: comparison.equal(own, wanted[0]),
        )


def assert_rank_at_least(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Returns an operation that fails unless `x` has at least `rank` axes.

    Raises:
      ValueError: the rank is known while building, and less.
    """
    with name_scope(name, "assert_rank_at_least", [x, rank, *(data or [])]):
        x, rank = convert_to_tensor(x, name="x"), convert_to_tensor(rank, name="rank")
        check = _RankCheck(x, [rank], "must have rank at least", data, summarize, message)
        return check.operation(
            lambda own, wanted: own >= wanted[0],
            lambda own, wanted: comparison.greater_equal(own, wanted[0]),
        )


def assert_rank_in(
    x: Any,
    ranks: Iterable[Any],
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Returns an operation that fails unless the number of axes of `x` is one of `ranks`.

    Raises:
      ValueError: the rank is known while building, and is none of them.
    """
    ranks = list(ranks)
    with name_scope(name, "assert_rank_in", [x, *ranks, *(data or [])]):
        x = convert_to_tensor(x, name="x")
        wanted = [convert_to_tensor(rank, name="rank") for rank in ranks]
        check = _RankCheck(x, wanted, "must have rank in", data, summarize, message)
        return check.operation(lambda own, ranks: own in ranks, _is_among)


def _is_among(own: Tensor, ranks: list[Tensor]) -> Tensor:
    found = comparison.equal(ranks[0], own)
    for rank in ranks[1:]:
        found = comparison.logical_or(found, comparison.equal(rank, own))
    return found


class _RankCheck:
    """What the three checks of a rank have in common."""

    def __init__(
        self,
        x: Tensor,
        ranks: list[Tensor],
        demand: str,
        data: Any,
        summarize: int | None,
        message: str | None,
    ):
        self._x = x
        self._ranks = ranks
        self._demand = f"Tensor {x._shown_name} {demand}"
        self._message = message or ""
        self._summarize = summarize
        self._data = data
        if data is None:
            shown = ["Received shape: ", shape_of.shape(x)]
            self._data = [self._message, self._demand, *ranks, *shown]

    def operation(self, holds: Callable[..., bool], holds_in_run: Callable[..., Tensor]):
        """The operation, given the condition on Python numbers and on tensors."""
        for rank in self._ranks:
            assert_type(rank, dtypes.int32)
        known = [constant_value(rank) for rank in self._ranks]
        if all(rank is not None for rank in known):
            if any(rank.ndim for rank in known):
                raise ValueError("Rank must be a scalar.")
            own = self._x.shape.ndims
            if own is not None:
                numbers = [int(rank) for rank in known]
                self._check_now(holds(own, numbers), numbers, own)
                return no_op(name="static_checks_determined_all_ok")
        condition = holds_in_run(shape_of.rank(self._x), self._ranks)
        for rank, value in zip(self._ranks, known, strict=True):
            if value is None:
                said = ["Rank must be a scalar. Received rank: ", rank]
                condition = with_dependencies([assert_rank(rank, 0, data=said)], condition)
        return assert_that(condition, self._data, summarize=self._summarize)

    def _check_now(self, holds: bool, ranks: list[int], own: int) -> None:
        if not holds:
            wanted = tuple(ranks) if self._demand.endswith("in") else ranks[0]
            raise ValueError(
                f"{self._message}.  {self._demand} {wanted}.  Received rank {own}, shape "
                f"{self._x.shape}"
            )


# Types, scalars and order -----------------------------------------------------------------------


def _named(tensor: Tensor) -> str:
    return "tensor" if tensor._is_eager else tensor.name


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """Returns an operation that does nothing; TypeError unless `x` holds whole numbers."""
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(
                f'{message or ""}  Expected "x" to be integer type.  Found: {_named(x)} of '
                f"dtype {x.dtype}"
            )
        return no_op("statically_determined_was_integer")


def assert_type(
    tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None
) -> Operation:
    """Returns an operation that does nothing; TypeError unless `tensor` is of type `tf_type`."""
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != tf_type:
            raise TypeError(f"{message or ''}  {_named(tensor)} must be of type {tf_type}")
        return no_op("statically_determined_correct_type")


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """Returns `tensor`; ValueError unless it is known to be a scalar."""
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name=scope)
        if tensor.shape.ndims != 0:
            of = "" if tensor._is_eager else f" for {tensor.name}"
            raise ValueError(
                f"{message or ''}Expected scalar shape{of}, saw shape: {tensor.shape}."
            )
        return tensor


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """Returns the type that all `tensors` have, and `dtype` is when given; float32 without either.

    Raises:
      ValueError: they differ, or are no floats.
    """
    common, first = dtype, None
    for tensor in tensors or ():
        if tensor is None:
            continue
        own = tensor.dtype.base_dtype
        if common is None:
            common, first = own, tensor
        elif own != common:
            like = "" if first is None else f" as {first.name}"
            raise ValueError(
                f"{tensor._shown_name}, type={own}, must be of the same type ({common}){like}."
            )
    common = dtypes.float32 if common is None else dtypes.as_dtype(common)
    if not common.is_floating:
        raise ValueError(f"Expected floating point type, got {common}.")
    return common


def assert_proper_iterable(values: Any) -> None:
    """TypeError unless `values` is a list or the like: no tensor, array or string."""
    if isinstance(values, (Tensor, np.ndarray, str, bytes)):
        raise TypeError(
            f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}'
        )
    if not isinstance(values, Iterable):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


_NUMERIC = types("float32 float64 int8 int16 int32 int64 uint8 qint8 qint32 quint8 complex64")


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a tensor of numbers."""
    return isinstance(tensor, Tensor) and tensor.dtype in _NUMERIC


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Returns bool[], whether no element of `x`, row by row, is less than the one before it."""
    with name_scope(name, "is_non_decreasing", [x]):
        steps = _steps(x)
        zero = convert_to_tensor(0, dtype=steps.dtype)
        return reduce_all(comparison.less_equal(zero, steps))


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Returns bool[], whether every element of `x`, row by row, exceeds the one before it."""
    with name_scope(name, "is_strictly_increasing", [x]):
        steps = _steps(x)
        zero = convert_to_tensor(0, dtype=steps.dtype)
        return reduce_all(comparison.less(zero, steps))


def _steps(x: Any) -> Tensor:
    """The difference of each element of `x` from the one before it."""
    flat = reshaping.reshape(x, [-1])
    if not is_numeric_tensor(flat):
        raise TypeError(f"Expected x to be numeric, instead found: {flat}")
    return flat[1:] - flat[:-1]
