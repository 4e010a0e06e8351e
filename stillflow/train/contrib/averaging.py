"""An optimizer that keeps moving averages of the variables that it trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.operation import Operation
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control.ordering import group
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.sets import global_variables
from stillflow.train.moving_averages import ExponentialMovingAverage
from stillflow.train.optimizer import Optimizer
from stillflow.train.saveables import by_own_names
from stillflow.train.saver import Saver


class MovingAverageOptimizer(Optimizer):
    """Trains by another optimizer and averages each variable after its step.

    `swapping_saver` saves the averages under the names of the variables, and the other way round.

    Args:
      opt: the optimizer that trains.
      average_decay, num_updates: as of `ExponentialMovingAverage`.
      sequential_update: whether the averages wait for the step; else they race with it.
    """

    def __init__(
        self,
        opt: Optimizer,
        average_decay: Any = 0.9999,
        num_updates: Any = None,
        sequential_update: bool = True,
    ):
        self._optimizer = opt
        self._ema = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._swapped_variable_name_map: dict[str, str] | None = None
        self._sequential_update = sequential_update

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        pairs = list(grads_and_vars)
        trained = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
        variables = [variable for grad, variable in pairs if grad is not None]
        with control_dependencies([trained] if self._sequential_update else []):
            averaged = self._ema.apply(variables)
        self._swapped_variable_name_map = {}
        for variable in variables:
            averaged_variable: Any = self._ema.average(variable)
            own, average = variable.op.name, averaged_variable.op.name
            self._swapped_variable_name_map |= {own: average, average: own}
        return group(trained, averaged, name="train_with_avg")

    def swapping_saver(
        self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any
    ) -> Saver:
        """Returns a Saver of `var_list`, all variables by default, that swaps them with averages.

        Raises:
          RuntimeError: nothing has been applied yet.
          ValueError: a variable is to be saved without its average, or the other way round.
        """
        if self._swapped_variable_name_map is None:
            raise RuntimeError(
                "Must call apply_gradients or minimize before creating the swapping_saver"
            )
        named = global_variables() if var_list is None else var_list
        if not isinstance(named, dict):
            named = by_own_names(named)
        parts = {}
        for key, value in named.items():
            if isinstance(value, (list, PartitionedVariable)):
                parts.update({part.op.name: part for part in value})
            else:
                parts[key] = value
        swapped = {
            key: [self._other(parts, part.op.name, part) for part in value]
            if isinstance(value, list)
            else self._other(parts, key, value)
            for key, value in named.items()
        }
        return Saver(swapped, name=name, **kwargs)

    def _other(self, parts: dict[str, Any], name: str, value: Any) -> Any:
        """What is saved under the name of `value`."""
        other = (self._swapped_variable_name_map or {}).get(name)
        if other is None:
            return value
        if other not in parts:
            raise ValueError(
                f"Variable to swap {other} is not part of variables to save. "
                "This breaks MovingAverageOptimizer."
            )
        return parts[other]
