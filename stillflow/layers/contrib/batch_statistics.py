"""The variables of `batch_norm`, and how their moving averages follow the batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.common import parameter
from stillflow.ops.variables.initializers import Ones, Zeros
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.train.moving_averages import assign_moving_average


@dataclass(frozen=True)
class Parameters:
    """How the variables of one batch normalisation, f[c] each, are made."""

    shape: Any
    dtype: Any
    initializers: Mapping[str, Any]
    collections: Any
    trainable: bool

    def beta(self, **options: Any) -> Any:
        return self._made("beta", Zeros(), trainable=self.trainable, **options)

    def gamma(self, **options: Any) -> Any:
        return self._made("gamma", Ones(), trainable=self.trainable, **options)

    def averages(self) -> tuple[Any, Any]:
        """`moving_mean` and `moving_variance`, never divided into parts."""
        with variable_scope(get_variable_scope()) as scope:
            scope.set_partitioner(None)
            mean = self._made("moving_mean", Zeros(), trainable=False)
            return mean, self._made("moving_variance", Ones(), trainable=False)

    def _made(self, name: str, initializer: Any, **options: Any) -> Any:
        initializer = self.initializers.get(name, initializer)
        return parameter(name, self.shape, self.dtype, initializer, self.collections, **options)


def updating(
    averages: tuple[Any, Any], moments: tuple[Tensor, Tensor], decay: Any, zero_debias: bool
) -> Callable[[], tuple[Tensor, Tensor]]:
    """A function that builds the updates of mean and variance; only the mean is debiased."""

    def update() -> tuple[Tensor, Tensor]:
        mean = assign_moving_average(averages[0], moments[0], decay, zero_debias=zero_debias)
        return mean, assign_moving_average(averages[1], moments[1], decay, zero_debias=False)

    return update
