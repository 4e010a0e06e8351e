"""Distributions of single numbers that are shifted and stretched."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_positive


class LocationScale(ScalarDistribution):
    """Numbers `scale z + loc`; a subclass says how z is distributed."""

    PARAMETERS = ("loc", "scale")

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool,
        allow_nan_stats: bool,
        name: str,
        parameters: dict[str, Any],
    ):
        with (
            name_scope(name, values=[loc, scale]) as scope,
            control_dependencies([assert_positive(scale)] if validate_args else []),
        ):
            self._loc = identity(loc, name="loc")
            self._scale = identity(scale, name="scale")
            same_float_dtype([self._loc, self._scale])
        super().__init__(
            dtype=self._scale.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._loc, self._scale],
            name=scope,
        )

    @property
    def loc(self) -> Tensor:
        """What is added to z."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """What z is multiplied by."""
        return self._scale

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def _log_normalization(self) -> Tensor:
        raise NotImplementedError

    def _z(self, x: Any) -> Tensor:
        with name_scope("standardize", values=[x]):
            return (x - self.loc) / self.scale
