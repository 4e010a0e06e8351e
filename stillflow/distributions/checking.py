"""Parameters and values of distributions: converted, and checked where a program asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, shape_of, transposing
from stillflow.ops.array.constants import constant
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import no_op, with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, comparison, elementwise
from stillflow.ops.nn import softmax
from stillflow.ops.reduce import reductions


def get_logits_and_probs(
    logits: Any = None,
    probs: Any = None,
    multidimensional: bool = False,
    validate_args: bool = False,
    name: str = "get_logits_and_probs",
    dtype: Any = None,
) -> tuple[Tensor, Tensor]:
    """Returns both, of which one is given and the other made from it.

    Args:
      logits: the log-odds of a yes, or the unnormalised log-probabilities of classes along the last
        axis when `multidimensional`.
      probs: the probability of a yes, or the probabilities of classes.

    Raises:
      ValueError: both are given, or none.
      TypeError: they are no floats.
    """
    with name_scope(name, values=[probs, logits]):
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        if probs is None:
            logits = convert_to_tensor(logits, name="logits", dtype=dtype)
            if not logits.dtype.is_floating:
                raise TypeError("logits must having floating type.")
            if not multidimensional:
                return logits, elementwise.sigmoid(logits, name="probs")
            if validate_args:
                logits = embed_check_categorical_event_shape(logits)
            return logits, softmax.softmax(logits, name="probs")
        probs = convert_to_tensor(probs, name="probs", dtype=dtype)
        if not probs.dtype.is_floating:
            raise TypeError("probs must having floating type.")
        if validate_args:
            probs = _checked_probs(probs, multidimensional)
        with name_scope("logits"):
            if multidimensional:
                return elementwise.log(probs), probs
            odds = elementwise.log(probs) - elementwise.log1p(-1.0 * probs)
            return odds, probs


def _checked_probs(probs: Tensor, multidimensional: bool) -> Tensor:
    with name_scope("validate_probs"):
        one = constant(1.0, probs.dtype)
        wanted = [checks.assert_non_negative(probs)]
        if multidimensional:
            probs = embed_check_categorical_event_shape(probs)
            total = reductions.reduce_sum(probs, -1)
            wanted.append(checks.assert_near(total, one, message="probs does not sum to 1."))
        else:
            message = "probs has components greater than 1."
            wanted.append(checks.assert_less_equal(probs, one, message=message))
        return with_dependencies(wanted, probs)


def embed_check_categorical_event_shape(
    categorical_param: Any, name: str = "embed_check_categorical_event_shape"
) -> Tensor:
    """Returns a parameter of classes, checked to have two of them or more.

    Raises:
      TypeError: it is no float.
      ValueError: it is known to have no axis, fewer classes than two, or more than its type counts.
    """
    no_axis = "A categorical-distribution parameter must have at least 1 dimension."
    too_few = "A categorical-distribution parameter must have at least 2 events."
    with name_scope(name, values=[categorical_param]):
        x = convert_to_tensor(categorical_param, name="categorical_param")
        dtype = x.dtype.base_dtype
        if not dtype.is_floating:
            raise TypeError(f"Unable to validate size of unrecognized dtype ({dtype.name}).")
        most = _largest(dtype)
        if x.shape.ndims == 0:
            raise ValueError(no_axis)
        count = x.shape.with_rank_at_least(1)[-1].value
        if count is None:
            size = shape_of.shape(x, name="x_shape")[-1]
            too_many = f"{dtype.name} dtype cannot exceed {most} shape."
            wanted = [
                checks.assert_rank_at_least(x, 1, message=no_axis),
                checks.assert_greater_equal(shape_of.shape(x)[-1], 2, message=too_few),
                checks.assert_less_equal(
                    size,
                    most,
                    message=f"Number of classes exceeds `dtype` precision, i.e., {too_many}",
                ),
            ]
            return with_dependencies(wanted, x)
        if count < 2:
            raise ValueError(too_few)
        if count > most:
            raise ValueError(
                "Number of classes exceeds `dtype` precision, i.e., "
                f"{dtype.name} implies shape ({count}) cannot exceed {most}."
            )
        return x


def assert_integer_form(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    int_dtype: Any = None,
    name: str = "assert_integer_form",
) -> Operation:
    """Returns an operation that fails unless each element of `x` is a whole number.

    Raises:
      TypeError: `x` is neither integer nor of a common float type.
    """
    with name_scope(name, values=[x, data]):
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_integer:
            return no_op()
        message = message or f"{x} has non-integer components"
        if int_dtype is None:
            of_floats = {
                dtypes.float16: dtypes.int16,
                dtypes.float32: dtypes.int32,
                dtypes.float64: dtypes.int64,
            }
            int_dtype = of_floats.get(x.dtype.base_dtype)
            if int_dtype is None:
                raise TypeError(f"Unrecognized type {x.dtype.name}")
        whole = casts.cast(casts.cast(x, int_dtype), x.dtype)
        return checks.assert_equal(
            x, whole, data=data, summarize=summarize, message=message, name=name
        )


def embed_check_nonnegative_integer_form(
    x: Any, name: str = "embed_check_nonnegative_integer_form"
) -> Tensor:
    """Returns `x`, checked to hold whole numbers from 0."""
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        wanted = [checks.assert_non_negative(x, message=f"'{x}' must be non-negative.")]
        if not x.dtype.is_integer:
            message = f"'{x}' cannot contain fractional components."
            wanted.append(assert_integer_form(x, message=message))
        return with_dependencies(wanted, x)


def embed_check_integer_casting_closed(
    x: Any,
    target_dtype: DType,
    assert_nonnegative: bool = True,
    name: str = "embed_check_casting_closed",
) -> Tensor:
    """Returns `x`, checked to lose nothing by a cast between integers and floats.

    Raises:
      TypeError: neither `x` nor `target_dtype` is integer or bool, or one is no number at all.
    """
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        _check_castable(x, target_dtype)
        wanted = []
        if assert_nonnegative:
            message = "Elements must be non-negative."
            wanted.append(checks.assert_non_negative(x, message=message))
        if x.dtype.is_floating:
            message = f"Elements must be {target_dtype.name}-equivalent."
            wanted.append(assert_integer_form(x, int_dtype=target_dtype, message=message))
        else:
            wanted += _range_checks(x, target_dtype, assert_nonnegative)
        return with_dependencies(wanted, x) if wanted else x


def _check_castable(x: Tensor, target: DType) -> None:
    if not (_counts(x.dtype) or x.dtype.is_floating):
        raise TypeError(f"{x.dtype.name}.dtype must be floating- or integer-type.")
    if not (_counts(target) or target.is_floating):
        raise TypeError(f"target_dtype ({target.name}) must be floating- or integer-type.")
    if not (_counts(x.dtype) or _counts(target)):
        raise TypeError(
            f"At least one of {x}.dtype ({x.dtype.name}) and target_dtype ({target.name}) "
            "must be integer-type."
        )


def _range_checks(x: Tensor, target: DType, is_nonnegative: bool) -> list[Operation]:
    wanted = []
    most, least = _largest(target), _smallest(target)
    if _largest(x.dtype) > most:
        message = f"Elements cannot exceed {most}."
        wanted.append(checks.assert_less_equal(x, most, message=message))
    if not is_nonnegative and _smallest(x.dtype) < least:
        message = f"Elements cannot be smaller than {least}."
        wanted.append(checks.assert_greater_equal(x, least, message=message))
    return wanted


_SIGNED = {dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64}
_FLOATS = {dtypes.float16, dtypes.float32, dtypes.float64}
_UNSIGNED = {dtypes.bool, dtypes.uint8, dtypes.uint16}


def _check_known(dtype: DType) -> None:
    if dtype.base_dtype not in _SIGNED | _FLOATS | _UNSIGNED:
        raise TypeError(f"Unrecognized dtype: {dtype.name}")


def _counts(dtype: DType) -> bool:
    """Whether a type holds whole numbers alone."""
    _check_known(dtype)
    return dtype.is_integer or dtype.base_dtype == dtypes.bool


def _largest(dtype: DType) -> int:
    """Up to which number a type holds every whole one."""
    _check_known(dtype)
    if dtype.base_dtype == dtypes.bool:
        return 1
    if dtype.is_floating:
        return int(2 ** (np.finfo(dtype.as_numpy_dtype).nmant + 1))
    return int(np.iinfo(dtype.as_numpy_dtype).max)


def _smallest(dtype: DType) -> int:
    _check_known(dtype)
    return 0 if dtype.base_dtype in _UNSIGNED else -_largest(dtype)


def assert_symmetric(matrix: Any) -> Tensor:
    """Returns `matrix`, n[..., k, k], checked to be its own transpose."""
    transposed = transposing.matrix_transpose(matrix)
    return with_dependencies([checks.assert_equal(matrix, transposed)], matrix)


def same_dynamic_shape(a: Any, b: Any) -> Tensor:
    """Returns whether both have the same shape in a run: bool[]."""
    a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")

    def of_one_rank() -> Tensor:
        first = joining.concat([shape_of.shape(a), shape_of.shape(b)], 0)
        second = joining.concat([shape_of.shape(b), shape_of.shape(a)], 0)
        return reductions.reduce_all(comparison.equal(first, second))

    is_one_rank = comparison.equal(shape_of.rank(a), shape_of.rank(b))
    return cond(is_one_rank, of_one_rank, lambda: constant(False))


def maybe_get_static_value(x: Any, dtype: Any = None) -> Any:
    """The value of `x` when it is known while building, as an array of `dtype`; else None."""
    value = None if x is None else constant_value(x)
    return value if value is None or dtype is None else np.array(value, dtype)


def checked(x: Any, validate_args: bool, checks_of: Any) -> Any:
    """`x`, behind the checks that `checks_of(x)` gives when `validate_args`."""
    return with_dependencies(checks_of(x), x) if validate_args else x


def same_float_dtype(tensors: Sequence[Any]) -> DType:
    """The one float type of several parameters. TypeError or ValueError when there is none."""
    return checks.assert_same_float_dtype(tensors)
