"""Bijectors that move numbers about: permutations, and other shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, gathering, joining, ranging, reshaping, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.array.masking import boolean_mask
from stillflow.ops.array.transposing import invert_permutation
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_equal, assert_greater_equal, assert_less_equal
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, comparison, elementwise
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions


class Permute(Bijector):
    """y[..., i] = x[..., permutation[i]]

    Args:
      permutation: i[k], each of 0..k-1 once.

    Raises:
      TypeError: it is not of integers.
      ValueError: it is known to be no permutation.
    """

    @moved
    def __init__(self, permutation: Any, validate_args: bool = False, name: str | None = None):
        with name_scope(name, "permute", values=[permutation]):
            permutation = convert_to_tensor(permutation, name="permutation")
            if not permutation.dtype.is_integer:
                raise TypeError(
                    f"permutation.dtype ({permutation.dtype.name}) should be `int`-like."
                )
            self._permutation = _checked_permutation(permutation, validate_args)
            super().__init__(
                forward_min_event_ndims=1,
                is_constant_jacobian=True,
                validate_args=validate_args,
                name=name or "permute",
            )

    @property
    def permutation(self) -> Tensor:
        return self._permutation

    def _forward(self, x: Tensor) -> Tensor:
        return gathering.gather(x, self.permutation, axis=-1)

    def _inverse(self, y: Tensor) -> Tensor:
        return gathering.gather(y, invert_permutation(self.permutation), axis=-1)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return constant(0.0, dtype=y.dtype.base_dtype)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return constant(0.0, dtype=x.dtype.base_dtype)


def _checked_permutation(permutation: Tensor, validate_args: bool) -> Tensor:
    message = "Permutation over `d` must contain exactly one of each of `{0, 1, ..., d}`."
    known = constant_value(permutation)
    if known is not None:
        if set(known.tolist()) != set(range(known.size)):
            raise ValueError(message)
        return permutation
    if not validate_args:
        return permutation
    falling, _ = top_k(-permutation, k=shape_of.shape(permutation)[-1], sorted=True)
    rising = -falling
    wanted = ranging.range_(shape_of.size(falling))
    return with_dependencies([assert_equal(rising, wanted, message=message)], permutation)


class Reshape(Bijector):
    """Events of one shape as events of another.

    Args:
      event_shape_out: i32[e], of which one size may be -1, for what is left.
      event_shape_in: i32[e]; by default that of vectors.

    Raises:
      TypeError: a shape is not of integers.
      ValueError: a shape has more axes than one, or an event has another shape.
    """

    @moved
    def __init__(
        self,
        event_shape_out: Any,
        event_shape_in: Any = (-1,),
        validate_args: bool = False,
        name: str | None = None,
    ):
        with name_scope(name, "reshape", values=[event_shape_out, event_shape_in]):
            self._event_shape_out, self._event_shape_in = [
                convert_to_tensor(shape, name=label, preferred_dtype=dtypes.int32)
                for shape, label in (
                    (event_shape_out, "event_shape_out"),
                    (event_shape_in, "event_shape_in"),
                )
            ]
            self._assertions = [
                *_shape_checks(self._event_shape_out, validate_args),
                *_shape_checks(self._event_shape_in, validate_args),
            ]
            super().__init__(
                forward_min_event_ndims=0,
                is_constant_jacobian=True,
                validate_args=validate_args,
                name=name or "reshape",
            )

    def _forward(self, x: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            return self._reshaped(x, self._event_shape_in, self._event_shape_out)

    def _inverse(self, y: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            return self._reshaped(y, self._event_shape_out, self._event_shape_in)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            return constant(0.0, dtype=y.dtype)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            return constant(0.0, dtype=x.dtype)

    # TensorFlow reshapes an event of zeros to see what becomes of its shape.

    def _forward_event_shape(self, input_shape: Any) -> Any:
        with control_dependencies(self._assertions):
            return self.forward(filling.zeros(dtype=dtypes.float32, shape=input_shape)).shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        with control_dependencies(self._assertions):
            return self.inverse(filling.zeros(dtype=dtypes.float32, shape=output_shape)).shape

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            zeros = filling.zeros(dtype=dtypes.float32, shape=input_shape)
            return shape_of.shape(self.forward(zeros))

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        with control_dependencies(self._assertions):
            zeros = filling.zeros(dtype=dtypes.float32, shape=output_shape)
            return shape_of.shape(self.inverse(zeros))

    def _reshaped(self, x: Tensor, old: Tensor, new: Tensor) -> Tensor:
        """`x`, [..., *old], as [..., *new]."""
        known_ndims = old.shape.with_rank_at_least(1)[0].value
        event_ndims = shape_of.shape(old)[0]
        x = self._checked_event(x, old, known_ndims, event_ndims)
        rest = shape_of.shape(x)
        ndims: Any = x.shape.ndims if x.shape.ndims is not None else shape_of.rank(x)
        rest = rest[: ndims - elementwise.abs_(event_ndims)]
        if known_ndims is not None and known_ndims == x.shape.ndims:
            return reshaping.reshape(x, new)
        return reshaping.reshape(x, joining.concat([rest, new], axis=0))

    def _checked_event(self, x: Tensor, wanted: Tensor, known_ndims: Any, ndims: Tensor) -> Tensor:
        """`x`, whose events are checked to have the sizes `wanted` but those that are -1."""
        rank = shape_of.rank(x)
        message = "Input `event_shape` does not match `event_shape_in`"
        own, sizes = None, None
        if known_ndims is not None and x.shape.ndims is not None:
            end = x.shape.with_rank_at_least(known_ndims)[x.shape.ndims - known_ndims :]
            own = np.array(end.as_list(), np.int32) if end.is_fully_defined() else None
        if own is None:
            sizes = shape_of.shape(x)[rank - ndims :]
        known = constant_value(wanted)
        if own is not None and known is not None:
            if not np.equal(own[known >= 0], known[known >= 0]).all():
                raise ValueError(f"{message} ({own} vs {known}).")
            return x
        if not self.validate_args:
            return x
        mask = reshaping.reshape(wanted >= 0, [-1])
        given = boolean_mask(sizes if own is None else own, mask)
        fits = assert_equal(given, boolean_mask(wanted, mask), message=f"{message}.")
        return with_dependencies([fits], x)


def _shape_checks(shape: Tensor, validate_args: bool) -> list[Operation]:
    if not shape.dtype.is_integer:
        raise TypeError(f"{shape} dtype ({shape.dtype.name}) should be `int`-like.")
    checks = []
    ndims = shape_of.rank(shape)
    known = constant_value(ndims)
    if known is not None and known > 1:
        raise ValueError(f"`{shape}` rank ({known}) should be <= 1.")
    if validate_args:
        checks.append(assert_less_equal(ndims, 1, message=f"`{shape}` rank should be <= 1."))
    sizes = constant_value(shape)
    if validate_args and (sizes is None or (sizes < 0).any()):
        open_sizes = casts.cast(comparison.equal(shape, -1), dtypes.int32)
        too_many = f"`{shape}` elements must have at most one `-1`."
        too_small = f"`{shape}` elements must be either positive integers or `-1`."
        checks += [
            assert_less_equal(reductions.reduce_sum(open_sizes), 1, message=too_many),
            assert_greater_equal(shape, -1, message=too_small),
        ]
    return checks
