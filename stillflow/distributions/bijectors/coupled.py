"""Flows in which some elements move the others: RealNVP (Dinh et al., 2017)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.scoped.core import dense
from stillflow.ops.array.constants import constant
from stillflow.ops.array.joining import concat, split
from stillflow.ops.math import elementwise
from stillflow.ops.nn.activations import relu
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.template import make_template


class RealNVP(Bijector):
    """Keeps the first elements of a vector, which shift and scale the others.

    Args:
      num_masked: how many elements are kept.
      shift_and_log_scale_fn: gives shift and log_scale, f[n, others] or None each, of the kept
        elements, f[n, num_masked], and the number of the others.
      is_constant_jacobian: whether log_scale does not depend on the elements.

    Raises:
      ValueError: `num_masked` is not positive.
    """

    @moved
    def __init__(
        self,
        num_masked: int,
        shift_and_log_scale_fn: Callable[[Tensor, int], tuple[Any, Any]],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        name: str | None = None,
    ):
        if num_masked <= 0:
            raise ValueError("num_masked must be a positive integer.")
        self._num_masked = num_masked
        self._input_depth: int | None = None
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        super().__init__(
            forward_min_event_ndims=1,
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            name=name or "real_nvp",
        )

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self._cache_input_depth(x)
        return x[:, : self._num_masked], x[:, self._num_masked :]

    def _shift_and_log_scale(self, kept: Tensor) -> tuple[Any, Any]:
        assert self._input_depth is not None
        return self._shift_and_log_scale_fn(kept, self._input_depth - self._num_masked)

    def _cache_input_depth(self, x: Tensor) -> None:
        if self._input_depth is not None:
            return
        self._input_depth = x.shape.with_rank_at_least(1)[-1].value
        if self._input_depth is None:
            raise NotImplementedError("Rightmost dimension must be known prior to graph execution.")
        if self._num_masked >= self._input_depth:
            raise ValueError("Number of masked units must be smaller than the event size.")

    def _forward(self, x: Tensor) -> Tensor:
        kept, others = self._split(x)
        shift, log_scale = self._shift_and_log_scale(kept)
        if log_scale is not None:
            others *= elementwise.exp(log_scale)
        if shift is not None:
            others += shift
        return concat([kept, others], axis=-1)

    def _inverse(self, y: Tensor) -> Tensor:
        kept, others = self._split(y)
        shift, log_scale = self._shift_and_log_scale(kept)
        if shift is not None:
            others -= shift
        if log_scale is not None:
            others *= elementwise.exp(-log_scale)
        return concat([kept, others], axis=-1)

    def _log_scale(self, x: Tensor) -> Any:
        self._cache_input_depth(x)
        return self._shift_and_log_scale(x[:, : self._num_masked])[1]

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        log_scale = self._log_scale(y)
        if log_scale is None:
            return constant(0.0, dtype=y.dtype, name="ildj")
        return -reduce_sum(log_scale, axis=-1)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        log_scale = self._log_scale(x)
        if log_scale is None:
            return constant(0.0, dtype=x.dtype, name="fldj")
        return reduce_sum(log_scale, axis=-1)


@moved
def real_nvp_default_template(
    hidden_layers: Sequence[int],
    shift_only: bool = False,
    activation: Any = relu,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Callable[..., Any]:
    """Returns a function for RealNVP, of dense layers, with variables.

    Args:
      hidden_layers: the sizes of the hidden layers.
      shift_only: whether log_scale is None.
      *args, **kwargs: as of `tf.layers.dense`.
    """
    with name_scope(name, "real_nvp_default_template"):

        def network(x: Tensor, output_units: int) -> tuple[Any, Any]:
            for units in hidden_layers:
                x = dense(*args, inputs=x, units=units, activation=activation, **kwargs)
            count = (1 if shift_only else 2) * output_units
            x = dense(*args, inputs=x, units=count, activation=None, **kwargs)
            if shift_only:
                return x, None
            shift, log_scale = split(x, 2, axis=-1)
            return shift, log_scale

        return make_template("real_nvp_default_template", network)
