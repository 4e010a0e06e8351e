"""Moving averages of variables and tensors that decay exponentially."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.distribution import (
    for_all_replicas,
    replica_context_around,
    strategy_around,
)
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import (
    add_to_collection,
    get_name_scope,
    init_scope,
    name_scope,
)
from stillflow.ops.control.ordering import group
from stillflow.ops.math.arithmetic import minimum, pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import div, real_divide
from stillflow.ops.variables import state
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope
from stillflow.ops.variables.sets import (
    global_variables,
    moving_average_variables,
    trainable_variables,
)
from stillflow.ops.variables.variable import Variable
from stillflow.train import slot_creator

_AVERAGED_TYPES = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)


def assign_moving_average(
    variable: Variable,
    value: Any,
    decay: Any,
    zero_debias: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns what sets `variable` to decay * variable + (1 - decay) * value.

    With `zero_debias` the average starts from zero, and is divided by the weight that the values
    have had so far, 1 - decay^t (Kingma and Ba, 2015); `variable/biased` and `variable/local_step`
    keep what that takes.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        rest = convert_to_tensor(1.0 - decay, name="decay")
        if rest.dtype != variable.dtype.base_dtype:
            rest = cast(rest, variable.dtype.base_dtype)

        def plain(copy: Any, value: Any) -> Tensor:
            return state.assign_sub(copy, (copy - value) * rest, name=scope)

        def debiased(copy: Any, value: Any, biased: Any, steps: Any) -> Tensor:
            updated = state.assign_sub(biased, (biased - value) * rest)
            counted = steps.assign_add(1)
            weight = 1 - pow_(1.0 - rest, counted)
            return state.assign(copy, updated / weight, name=f"{get_name_scope()}/")

        def update(strategy: Any, variable: Any, value: Any) -> Any:
            own = _debiasing_variables(variable, value, rest) if zero_debias else ()
            change = debiased if zero_debias else plain
            if strategy is None:
                return change(variable, value, *own)
            return strategy.extended.update(variable, change, args=(value, *own))

        return _with_mean_of_replicas(update, variable, value)


def _with_mean_of_replicas(update: Callable[..., Any], variable: Any, value: Any) -> Any:
    """`update(strategy, variable, value)`; in replicas, with the mean of their values."""
    if replica_context_around() is None:
        return update(strategy_around(), variable, value)

    def merged(strategy: Any, variable: Any, value: Any) -> Any:
        mean = strategy.extended.reduce_to("MEAN", value, variable)
        return update(strategy, variable, mean)

    return for_all_replicas(merged, variable, value)


def _debiasing_variables(variable: Variable, value: Any, rest: Tensor) -> tuple[Any, Any]:
    """The average from zero, and the number of values in it."""
    dtype = variable.dtype.base_dtype
    with (
        variable_scope(slot_creator.name_of(variable), values=[variable, value, rest]),
        slot_creator.beside(variable),
    ):
        biased, steps = (
            get_variable(
                _free_name(name),
                shape=shape,
                dtype=dtype,
                initializer=Zeros(),
                trainable=False,
            )
            for name, shape in (("biased", variable.get_shape()), ("local_step", []))
        )
    return biased, steps


def _free_name(name: str) -> str:
    """`name`, numbered when the variable scope has such a variable and does not reuse it."""
    scope = get_variable_scope()
    if scope.reuse:
        return name
    taken = {variable.op.name for variable in scope.global_variables()}
    free, number = name, 0
    while f"{scope.name}/{free}" in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def weighted_moving_average(
    value: Tensor,
    decay: Any,
    weight: Tensor,
    truediv: bool = True,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the moving average of `value * weight` over that of `weight`."""
    collections = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
    with variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:
        weighted, weights = (
            get_variable(
                own_name,
                shape=like.get_shape(),
                dtype=like.dtype,
                initializer=Zeros(),
                trainable=False,
                collections=collections,
            )
            for own_name, like in (("value_x_weight", value), ("weight", weight))
        )
        numerator = assign_moving_average(weighted, value * weight, decay, zero_debias=False)
        denominator = assign_moving_average(weights, weight, decay, zero_debias=False)
        divide = real_divide if truediv else div
        return divide(numerator, denominator, name=scope.name)


class ExponentialMovingAverage:
    """Keeps a moving average, `shadow`, of each of some variables or tensors.

    Each update sets shadow to decay * shadow + (1 - decay) * value.

    Args:
      decay: close to 1.
      num_updates: a count of training steps; the decay is then at most
        (1 + num_updates) / (10 + num_updates), so that the averages move faster at first.
      zero_debias: whether the averages of tensors, which start from zero, are corrected for that.
      name: of the averages: that of `w` is the variable `w/ExponentialMovingAverage`.
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ):
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Variable] = {}

    @property
    def name(self) -> str:
        return self._name

    def apply(self, var_list: Sequence[Any] | None = None) -> Operation:
        """Returns an operation that updates the averages of `var_list`, made when they are new.

        Args:
          var_list: float variables and tensors; all trainable variables by default.

        Raises:
          TypeError: one of them holds no floats.
        """
        averaged = trainable_variables() if var_list is None else list(var_list)
        debiased = {var for var in averaged if self._is_to_debias(var)}
        for var in averaged:
            if var not in self._averages:
                self._averages[var] = self._new_average(var)
        with name_scope(self._name) as scope:
            decay = self._current_decay()
            updates = [
                assign_moving_average(self._averages[var], var, decay, var in debiased)
                for var in averaged
            ]
            return group(*updates, name=scope)

    def _is_to_debias(self, var: Any) -> bool:
        if var.dtype.base_dtype not in _AVERAGED_TYPES:
            raise TypeError(f"The variables must be half, float, or double: {var.name}")
        return self._zero_debias and var not in self._averages and not isinstance(var, Variable)

    def _new_average(self, var: Any) -> Variable:
        with init_scope():
            if not isinstance(var, Variable):
                beside = var.op.defn.is_variable
                return slot_creator.create_zeros_slot(var, self._name, colocate_with_primary=beside)
            initial = var.initialized_value()
            average = slot_creator.create_slot(var, initial, self._name)
            add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
            return average

    def _current_decay(self) -> Tensor:
        decay = convert_to_tensor(self._decay, name="decay")
        if self._num_updates is None:
            return decay
        updates = cast(self._num_updates, dtypes.float32, name="num_updates")
        return minimum(decay, (1.0 + updates) / (10.0 + updates))

    def average(self, var: Any) -> Variable | None:
        """Returns the average of `var`; None when it has none."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """Returns the name that the average of `var` has, or would get."""
        average = self.average(var)
        if average is not None:
            return average.op.name
        name = f"{var.op.name}/{self._name}"
        return get_default_graph().unique_name(name, mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Any]:
        """Returns a `var_list` for a Saver that restores averages in the place of variables.

        Args:
          moving_avg_variables: those to take averages for; the trainable ones and those that have
            an average by default. All other global variables are restored as they are.
        """
        if moving_avg_variables is None:
            moving_avg_variables = trainable_variables() + moving_average_variables()
        averaged = list(dict.fromkeys(moving_avg_variables))
        restored = {self.average_name(variable): variable for variable in averaged}
        names = {variable.name for variable in averaged}
        for variable in dict.fromkeys(global_variables()):
            if variable.name not in names and variable.op.name not in restored:
                restored[variable.op.name] = variable
        return restored
