"""Bijectors made of others, and of any functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.bijector import Bijector
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.ops.array import shape_of
from stillflow.ops.math.casts import cast


class Invert(Bijector):
    """The inverse of `bijector`.

    Raises:
      NotImplementedError: it has several inverses.
    """

    @moved
    def __init__(self, bijector: Bijector, validate_args: bool = False, name: str | None = None):
        if not bijector._is_injective:
            raise NotImplementedError("Invert is not implemented for non-injective bijectors.")
        self._bijector = bijector
        super().__init__(
            graph_parents=bijector.graph_parents,
            forward_min_event_ndims=bijector.inverse_min_event_ndims,
            inverse_min_event_ndims=bijector.forward_min_event_ndims,
            is_constant_jacobian=bijector.is_constant_jacobian,
            validate_args=validate_args,
            dtype=bijector.dtype,
            name=name or f"invert_{bijector.name}",
        )

    @property
    def bijector(self) -> Bijector:
        return self._bijector

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self.bijector._inverse_event_shape(input_shape)

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return self.bijector._inverse_event_shape_tensor(input_shape)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self.bijector._forward_event_shape(output_shape)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return self.bijector._forward_event_shape_tensor(output_shape)

    def _forward(self, x: Tensor, **kwargs: Any) -> Any:
        return self.bijector._inverse(x, **kwargs)

    def _inverse(self, y: Tensor, **kwargs: Any) -> Any:
        return self.bijector._forward(y, **kwargs)

    def _inverse_log_det_jacobian(self, y: Tensor, **kwargs: Any) -> Any:
        return self.bijector._forward_log_det_jacobian(y, **kwargs)

    def _forward_log_det_jacobian(self, x: Tensor, **kwargs: Any) -> Any:
        return self.bijector._inverse_log_det_jacobian(x, **kwargs)


class Chain(Bijector):
    """Several bijectors after each other, the last one first.

    Raises:
      NotImplementedError: one has several inverses.
      ValueError: they take different types.
    """

    @moved
    def __init__(
        self,
        bijectors: Sequence[Bijector] | None = None,
        validate_args: bool = False,
        name: str | None = None,
    ):
        self._bijectors = () if bijectors is None else bijectors
        for bijector in self._bijectors:
            if not bijector._is_injective:
                raise NotImplementedError(
                    f"Invert is not implemented for non-injective bijector ({bijector.name})"
                )
        of_parts = "_of_".join(["chain", *(b.name for b in self._bijectors)])
        super().__init__(
            graph_parents=[parent for b in self._bijectors for parent in b.graph_parents],
            forward_min_event_ndims=self._least_rank("forward", "inverse"),
            inverse_min_event_ndims=self._least_rank("inverse", "forward"),
            is_constant_jacobian=all(b.is_constant_jacobian for b in self._bijectors),
            validate_args=validate_args,
            dtype=self._one_dtype(),
            name=name or (of_parts if self._bijectors else "identity"),
        )

    @property
    def bijectors(self) -> Sequence[Bijector]:
        return self._bijectors

    def _one_dtype(self) -> Any:
        found = {b.dtype for b in self._bijectors} - {None}
        if len(found) > 1:
            raise ValueError(f"incompatible dtypes: {list(found)}")
        return next(iter(found), None)

    def _in_order(self, way: str) -> Sequence[Bijector]:
        return self._bijectors if way == "inverse" else list(reversed(self._bijectors))

    def _least_rank(self, way: str, back: str) -> int:
        """On how many axes the whole works together, going one way."""
        least = reached = 0
        for b in self._in_order(way):
            own = getattr(b, f"{way}_min_event_ndims")
            least += max(own - reached, 0)
            reached = max(own, reached) - (own - getattr(b, f"{back}_min_event_ndims"))
        return least

    def _shape(self, way: str, method: str, shape: Any) -> Any:
        for b in self._in_order(way):
            shape = getattr(b, method)(shape)
        return shape

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self._shape("forward", "forward_event_shape", input_shape)

    def _forward_event_shape_tensor(self, input_shape: Tensor) -> Tensor:
        return self._shape("forward", "forward_event_shape_tensor", input_shape)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self._shape("inverse", "inverse_event_shape", output_shape)

    def _inverse_event_shape_tensor(self, output_shape: Tensor) -> Tensor:
        return self._shape("inverse", "inverse_event_shape_tensor", output_shape)

    def _forward(self, x: Tensor, **kwargs: Any) -> Tensor:
        for b in self._in_order("forward"):
            x = b.forward(x, **kwargs.get(b.name, {}))
        return x

    def _inverse(self, y: Tensor, **kwargs: Any) -> Tensor:
        for b in self._in_order("inverse"):
            y = b.inverse(y, **kwargs.get(b.name, {}))
        return y

    def _forward_log_det_jacobian(self, x: Tensor, **kwargs: Any) -> Tensor:
        return self._log_det("forward", "x", x, kwargs)

    def _inverse_log_det_jacobian(self, y: Tensor, **kwargs: Any) -> Tensor:
        return self._log_det("inverse", "y", y, kwargs)

    def _log_det(self, way: str, side: str, value: Any, kwargs: dict[str, Any]) -> Tensor:
        """The sum over all of them, each at what the ones before it give."""
        value = convert_to_tensor(value, name=side)
        total = cast(0.0, dtype=value.dtype.base_dtype)
        if not self._bijectors:
            return total
        least = getattr(self, f"{way}_min_event_ndims")
        ndims = self._maybe_get_static_event_ndims(least)
        shape = _event_shape(value, ndims)
        for b in self._in_order(way):
            given = kwargs.get(b.name, {})
            log_det = getattr(b, f"{way}_log_det_jacobian")
            total += log_det(value, event_ndims=ndims, **given)
            if _is_static(value, ndims):
                shape = getattr(b, f"{way}_event_shape")(shape)
                ndims = self._maybe_get_static_event_ndims(shape.ndims)
            else:
                shape = getattr(b, f"{way}_event_shape_tensor")(shape)
                ndims = shape_of.size(shape)
                known = self._maybe_get_static_event_ndims(ndims)
                ndims = ndims if known is None else known
            value = getattr(b, way)(value, **given)
        return total


def _is_static(value: Tensor, ndims: Any) -> bool:
    return value.shape.is_fully_defined() and isinstance(ndims, int)


def _event_shape(value: Tensor, ndims: Any) -> Any:
    if _is_static(value, ndims):
        rank: Any = value.shape.ndims
        return value.shape[rank - ndims :]
    sizes = shape_of.shape(value)
    return sizes[shape_of.rank(value) - ndims :]


class Inline(Bijector):
    """A bijector of functions, each of which may be left out."""

    @moved
    def __init__(
        self,
        forward_fn: Callable | None = None,
        inverse_fn: Callable | None = None,
        inverse_log_det_jacobian_fn: Callable | None = None,
        forward_log_det_jacobian_fn: Callable | None = None,
        forward_event_shape_fn: Callable | None = None,
        forward_event_shape_tensor_fn: Callable | None = None,
        inverse_event_shape_fn: Callable | None = None,
        inverse_event_shape_tensor_fn: Callable | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str = "inline",
    ):
        super().__init__(
            forward_min_event_ndims=forward_min_event_ndims,
            inverse_min_event_ndims=inverse_min_event_ndims,
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            name=name,
        )
        given = {
            "_forward": forward_fn,
            "_inverse": inverse_fn,
            "_inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
            "_forward_log_det_jacobian": forward_log_det_jacobian_fn,
            "_forward_event_shape": forward_event_shape_fn,
            "_forward_event_shape_tensor": forward_event_shape_tensor_fn,
            "_inverse_event_shape": inverse_event_shape_fn,
            "_inverse_event_shape_tensor": inverse_event_shape_tensor_fn,
        }
        for hook, function in given.items():
            if function is not None:
                setattr(self, hook, function)
