"""`Bijector`: a function of samples, its inverse, and the logarithm of how much it stretches space.

A bijector says of itself how it goes forward and back (`_forward`, `_inverse`) and one of
`_forward_log_det_jacobian` and `_inverse_log_det_jacobian`; these hooks are TensorFlow 1.x's, so
that programs can write their own. What was computed of a tensor once is not computed again: the
inverse of a result is the tensor that it was made of.
"""

from __future__ import annotations

import abc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.distributions.checking import maybe_get_static_value
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, ranging, shape_of
from stillflow.ops.debug.checks import assert_greater_equal, assert_rank
from stillflow.ops.known_values import constant_value
from stillflow.ops.reduce.reductions import reduce_sum


@dataclass(eq=False)
class _Known:
    """What was computed of one tensor: its two sides, and the log-determinants by event rank."""

    x: Any = None
    y: Any = None
    ildj: dict[Any, Any] = field(default_factory=dict)


def _missing(message: str) -> Callable[..., Any]:
    """A hook that a bijector has not."""

    def hook(self: Bijector, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(message)

    return hook


class Bijector(abc.ABC):
    """The base of all bijectors.

    Args:
      graph_parents: the tensors that it is made of.
      is_constant_jacobian: whether it stretches space everywhere alike.
      validate_args: whether arguments are checked, at a cost.
      dtype: of what it takes; None for any.
      forward_min_event_ndims, inverse_min_event_ndims: on how many axes at the end it works
        together, before and after; one is the other unless both are given.
      name: of the scope of its nodes; by default that of its class.

    Raises:
      ValueError: neither rank is given, one is negative, or a graph parent is no tensor.
      TypeError: a rank is no int.
    """

    @abc.abstractmethod
    @moved
    def __init__(
        self,
        graph_parents: list[Tensor] | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        dtype: Any = None,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str | None = None,
    ):
        self._graph_parents = graph_parents or []
        forward, inverse = forward_min_event_ndims, inverse_min_event_ndims
        if forward is None and inverse is None:
            raise ValueError(
                "Must specify at least one of `forward_min_event_ndims` and "
                "`inverse_min_event_ndims`."
            )
        self._forward_min_event_ndims = _rank(
            "forward_min_event_ndims", inverse if forward is None else forward
        )
        self._inverse_min_event_ndims = _rank(
            "inverse_min_event_ndims", forward if inverse is None else inverse
        )
        self._is_constant_jacobian = is_constant_jacobian
        self._constant_ildj_map: dict[Any, Any] = {}
        self._validate_args = validate_args
        self._dtype = dtype
        self._from_y: dict[Any, _Known] = {}
        self._from_x: dict[Any, _Known] = {}
        self._name = name or _snake(type(self).__name__.lstrip("_"))
        for number, parent in enumerate(self._graph_parents):
            if parent is None or not is_tensor(parent):
                raise ValueError(f"Graph parent item {number} is not a Tensor; {parent}.")

    # What it is -----------------------------------------------------------------------------------

    @property
    def graph_parents(self) -> list[Tensor]:
        return self._graph_parents

    @property
    def forward_min_event_ndims(self) -> int:
        return self._forward_min_event_ndims

    @property
    def inverse_min_event_ndims(self) -> int:
        return self._inverse_min_event_ndims

    @property
    def is_constant_jacobian(self) -> bool:
        return self._is_constant_jacobian

    @property
    def _is_injective(self) -> bool:
        """Whether no two values have one result; else the inverse is a tuple of all."""
        return True

    @property
    def validate_args(self) -> bool:
        return self._validate_args

    @property
    def dtype(self) -> DType | None:
        return self._dtype

    @property
    def name(self) -> str:
        return self._name

    # Shapes ---------------------------------------------------------------------------------------

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return input_shape

    def _forward_event_shape(self, input_shape: TensorShape) -> Any:
        return input_shape

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return output_shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return TensorShape(output_shape)

    def forward_event_shape_tensor(
        self, input_shape: Any, name: str = "forward_event_shape_tensor"
    ) -> Tensor:
        """The shape that an event of shape `input_shape` is mapped to: i32[e]."""
        with self._name_scope(name, [input_shape]):
            sizes = convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
            return self._forward_event_shape_tensor(sizes)

    def forward_event_shape(self, input_shape: Any) -> Any:
        """`forward_event_shape_tensor` as far as it is known."""
        return self._forward_event_shape(TensorShape(input_shape))

    def inverse_event_shape_tensor(
        self, output_shape: Any, name: str = "inverse_event_shape_tensor"
    ) -> Tensor:
        """The shape of the events that are mapped to events of shape `output_shape`: i32[e]."""
        with self._name_scope(name, [output_shape]):
            sizes = convert_to_tensor(output_shape, dtype=dtypes.int32, name="output_shape")
            return self._inverse_event_shape_tensor(sizes)

    def inverse_event_shape(self, output_shape: Any) -> Any:
        """`inverse_event_shape_tensor` as far as it is known."""
        return self._inverse_event_shape(output_shape)

    # There and back -------------------------------------------------------------------------------

    _forward = _missing("forward not implemented.")
    _inverse = _missing("inverse not implemented")

    def forward(self, x: Any, name: str = "forward") -> Any:
        """What `x`, n[..., *event], is mapped to."""
        return self._call_forward(x, name)

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        """What is mapped to `y`; a tuple where there may be several."""
        return self._call_inverse(y, name)

    def _call_forward(self, x: Any, name: str, **kwargs: Any) -> Any:
        with self._of("x", x, name) as x:
            if not self._is_injective:
                return self._forward(x, **kwargs)
            known = self._known(self._from_x, x, kwargs)
            if known.y is None:
                known.x, known.y = x, self._forward(x, **kwargs)
                self._from_y[_key(known.y, kwargs)] = known
            return known.y

    def _call_inverse(self, y: Any, name: str, **kwargs: Any) -> Any:
        with self._of("y", y, name) as y:
            if not self._is_injective:
                return self._inverse(y, **kwargs)
            known = self._known(self._from_y, y, kwargs)
            if known.x is None:
                known.y = y
                self._set_x(known, self._inverse(y, **kwargs), kwargs)
            return known.x

    # Log-determinants -----------------------------------------------------------------------------

    _inverse_log_det_jacobian = _missing("inverse_log_det_jacobian not implemented.")
    _forward_log_det_jacobian = _missing("forward_log_det_jacobian not implemented.")

    def inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str = "inverse_log_det_jacobian"
    ) -> Any:
        """log |det dx/dy| at `y`, whose events have `event_ndims` axes: f[...]."""
        return self._call_inverse_log_det_jacobian(y, event_ndims, name)

    def forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str = "forward_log_det_jacobian"
    ) -> Any:
        """log |det dy/dx| at `x`, whose events have `event_ndims` axes: f[...]."""
        return self._call_forward_log_det_jacobian(x, event_ndims, name)

    def _call_inverse_log_det_jacobian(
        self, y: Any, event_ndims: Any, name: str, **kwargs: Any
    ) -> Any:
        with self._name_scope(name, [y]):
            if event_ndims in self._constant_ildj_map:
                return self._constant_ildj_map[event_ndims]
            y = self._converted("y", y)
            checks = self._check_valid_event_ndims(self.inverse_min_event_ndims, event_ndims)
            with control_dependencies(checks):
                if not self._is_injective:
                    return self._of_each_inverse(y, event_ndims, kwargs)
                known = self._known(self._from_y, y, kwargs)
                if event_ndims not in known.ildj:
                    known.y = y
                    ildj = _either(
                        lambda: self._own_ildj(y, event_ndims, kwargs),
                        lambda: self._ildj_by_fldj(known, y, event_ndims, kwargs),
                    )
                    self._keep(known, event_ndims, ildj)
                return known.ildj[event_ndims]

    def _own_ildj(self, y: Tensor, event_ndims: Any, kwargs: dict[str, Any]) -> Tensor:
        ildj = self._inverse_log_det_jacobian(y, **kwargs)
        return self._summed(y, ildj, self.inverse_min_event_ndims, event_ndims)

    def _ildj_by_fldj(
        self, known: _Known, y: Tensor, event_ndims: Any, kwargs: dict[str, Any]
    ) -> Tensor:
        x = self._inverse(y, **kwargs) if known.x is None else known.x
        ildj = -self._forward_log_det_jacobian(x, **kwargs)
        ildj = self._summed(x, ildj, self.forward_min_event_ndims, event_ndims)
        self._set_x(known, x, kwargs)
        return ildj

    def _of_each_inverse(self, y: Tensor, event_ndims: Any, kwargs: dict[str, Any]) -> Any:
        def own() -> tuple[Tensor, ...]:
            ildjs = self._inverse_log_det_jacobian(y, **kwargs)
            least = self.inverse_min_event_ndims
            return tuple(self._summed(y, ildj, least, event_ndims) for ildj in ildjs)

        def by_fldj() -> tuple[Tensor, ...]:
            x = self._inverse(y, **kwargs)
            fldjs = self._forward_log_det_jacobian(x, **kwargs)
            least = self.forward_min_event_ndims
            return tuple(self._summed(x, -fldj, least, event_ndims) for fldj in fldjs)

        return _either(own, by_fldj)

    def _call_forward_log_det_jacobian(
        self, x: Any, event_ndims: Any, name: str, **kwargs: Any
    ) -> Any:
        if not self._is_injective:
            raise NotImplementedError(
                "forward_log_det_jacobian cannot be implemented for non-injective transforms."
            )
        with self._name_scope(name, [x]):
            checks = self._check_valid_event_ndims(self.forward_min_event_ndims, event_ndims)
            with control_dependencies(checks):
                if event_ndims in self._constant_ildj_map:
                    return -1.0 * self._constant_ildj_map[event_ndims]
                x = self._converted("x", x)
                known = self._known(self._from_x, x, kwargs)
                if event_ndims not in known.ildj:
                    known.x = x
                    ildj = _either(
                        lambda: self._ildj_of_x(x, event_ndims, kwargs),
                        lambda: self._ildj_by_y(known, x, event_ndims, kwargs),
                    )
                    self._keep(known, event_ndims, ildj)
                return -known.ildj[event_ndims]

    def _ildj_of_x(self, x: Tensor, event_ndims: Any, kwargs: dict[str, Any]) -> Tensor:
        ildj = -self._forward_log_det_jacobian(x, **kwargs)
        return self._summed(x, ildj, self.forward_min_event_ndims, event_ndims)

    def _ildj_by_y(
        self, known: _Known, x: Tensor, event_ndims: Any, kwargs: dict[str, Any]
    ) -> Tensor:
        y = self._forward(x, **kwargs) if known.y is None else known.y
        ildj = self._inverse_log_det_jacobian(y, **kwargs)
        ildj = self._summed(y, ildj, self.inverse_min_event_ndims, event_ndims)
        known.y = y
        self._from_y[_key(y, kwargs)] = known
        return ildj

    def _keep(self, known: _Known, event_ndims: Any, ildj: Tensor) -> None:
        known.ildj[event_ndims] = ildj
        if self.is_constant_jacobian:
            self._constant_ildj_map[event_ndims] = ildj

    def _summed(self, y: Tensor, ildj: Tensor, least: int, event_ndims: Any) -> Tensor:
        """Log-determinants of parts of `least` axes, summed to those of whole events."""
        rank = shape_of.rank(y)
        sizes = shape_of.shape(y)[rank - event_ndims : rank - least]
        whole = filling.ones(sizes, ildj.dtype) * ildj
        total = reduce_sum(whole, axis=self._get_event_reduce_dims(least, event_ndims))
        known = self._maybe_get_static_event_ndims(event_ndims)
        if None not in (known, y.shape.ndims, ildj.shape.ndims):
            end: Any = y.shape.ndims
            part = y.shape[end - known : end - least]
            shape = filling.broadcast_static_shape(ildj.shape, part)
            ndims: Any = shape.ndims
            total.set_shape(shape[: ndims - (known - least)])
        return total

    def _get_event_reduce_dims(self, min_event_ndims: int, event_ndims: Any) -> Any:
        known = self._maybe_get_static_event_ndims(event_ndims)
        if known is not None:
            return [-axis for axis in range(1, known - min_event_ndims + 1)]
        return ranging.range_(-(event_ndims - min_event_ndims), 0)

    def _check_valid_event_ndims(self, min_event_ndims: int, event_ndims: Any) -> list[Operation]:
        event_ndims = convert_to_tensor(event_ndims, name="event_ndims")
        known = constant_value(event_ndims)
        checks = []
        if not event_ndims.dtype.is_integer:
            raise ValueError(f"Expected integer dtype, got dtype {event_ndims.dtype}")
        if known is not None:
            if event_ndims.shape.ndims != 0:
                raise ValueError(f"Expected scalar event_ndims, got shape {event_ndims.shape}")
            if min_event_ndims > known:
                raise ValueError(
                    f"event_ndims ({known}) must be larger than min_event_ndims ({min_event_ndims})"
                )
        elif self.validate_args:
            checks.append(assert_greater_equal(event_ndims, min_event_ndims))
        if event_ndims.shape.is_fully_defined():
            if event_ndims.shape.ndims != 0:
                raise ValueError(f"Expected scalar shape, got ndims {event_ndims.shape.ndims}")
        elif self.validate_args:
            checks.append(assert_rank(event_ndims, 0, message="Expected scalar."))
        return checks

    def _maybe_get_static_event_ndims(self, event_ndims: Any) -> Any:
        known = maybe_get_static_value(event_ndims)
        if not isinstance(known, (np.generic, np.ndarray)):
            return known
        if known.dtype not in (np.int32, np.int64):
            raise ValueError(f"Expected integer dtype, got dtype {known.dtype}")
        if known.ndim:
            raise ValueError(f"Expected a scalar integer, got {known}")
        return int(known)

    # Scopes, and what is known --------------------------------------------------------------------

    @contextmanager
    def _name_scope(self, name: str | None = None, values: Any = None) -> Iterator[str]:
        parents = [*(values or []), *self.graph_parents]
        with name_scope(self.name), name_scope(name, values=parents) as scope:
            yield scope

    @contextmanager
    def _of(self, side: str, value: Any, name: str) -> Iterator[Tensor]:
        """A block in the scope `name`, with `value` as a tensor."""
        with self._name_scope(name, [value]):
            yield self._converted(side, value)

    def _converted(self, side: str, value: Any) -> Tensor:
        value = convert_to_tensor(value, name=side)
        self._maybe_assert_dtype(value)
        return value

    def _maybe_assert_dtype(self, x: Tensor) -> None:
        if self.dtype is not None and self.dtype.base_dtype != x.dtype.base_dtype:
            raise TypeError(f"Input had dtype {self.dtype} but expected {x.dtype}.")

    def _known(self, table: dict[Any, _Known], given: Tensor, kwargs: dict[str, Any]) -> _Known:
        return table.setdefault(_key(given, kwargs), _Known())

    def _set_x(self, known: _Known, x: Any, kwargs: dict[str, Any]) -> None:
        known.x = x
        self._from_x[_key(x, kwargs)] = known


def _either(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `first` gives, or what `second` does when a hook of `first` is missing."""
    try:
        return first()
    except NotImplementedError as missing:
        try:
            return second()
        except NotImplementedError:
            raise missing from None


def _key(tensor: Any, kwargs: dict[str, Any]) -> Any:
    """What stands for a tensor and further arguments in a table, which keeps the tensor alive."""
    return tensor, tuple(sorted((name, _hashable(value)) for name, value in kwargs.items()))


def _hashable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_hashable, value))
    return value


def _rank(name: str, value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"Expected {name} to be of type int, got {type(value).__name__}")
    if value < 0:
        raise ValueError(f"{name} must be a non-negative integer.")
    return value


def _snake(name: str) -> str:
    parts = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", parts).lower()
