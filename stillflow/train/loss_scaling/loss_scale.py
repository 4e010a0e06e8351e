"""`tf.train.experimental.LossScale`: what a loss is multiplied by, fixed or as gradients allow."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.distribution import strategy_around
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.math.elementwise import is_finite
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.variables.variable import Variable
from stillflow.tracking.trackable import Trackable, TrackableReference


class LossScale(Trackable, abc.ABC):
    """Base of loss scales. A subclass may keep variables, made by `_add_weight`."""

    def __init__(self) -> None:
        self._weights: dict[tuple[str, Graph], Variable] = {}

    @abc.abstractmethod
    def __call__(self) -> Tensor:
        """The loss scale now: float32[]."""

    @abc.abstractmethod
    def update(self, grads: Any) -> tuple[Operation, Any]:
        """Returns an operation that updates the scale, and whether to apply the gradients.

        Args:
          grads: the gradients, of any structure, with the scale taken out.
        """

    def _add_weight(self, name: str, initial_value: Any, dtype: Any = None) -> Variable:
        variable = Variable(
            initial_value=initial_value, name=name, dtype=dtype, trainable=False, use_resource=True
        )
        key = (name, get_default_graph())
        if key in self._weights:
            raise RuntimeError(f"Duplicate variables detected. {key}")
        self._weights[key] = variable
        self._handle_deferred_dependencies(name=name, trackable=variable)
        return variable

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        graph = get_default_graph()
        weights = sorted(self._weights.items(), key=lambda entry: entry[0][0])
        own = [TrackableReference(name, v) for (name, of), v in weights if of is graph]
        return super()._checkpoint_dependencies + own

    def _lookup_dependency(self, name: str) -> Any:
        found = super()._lookup_dependency(name)
        return self._weights.get((name, get_default_graph())) if found is None else found

    @abc.abstractmethod
    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes such a one of."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LossScale:
        return cls(**config)


class FixedLossScale(LossScale):
    """A scale that does not change.

    Raises:
      ValueError: it is no number, or below 1.
    """

    def __init__(self, loss_scale_value: float):
        super().__init__()
        if not isinstance(loss_scale_value, (int, float)):
            raise ValueError("loss_scale_value must be a Python int or float.")
        if loss_scale_value < 1:
            raise ValueError("loss_scale_value must be at least 1.")
        self._loss_scale_value = float(loss_scale_value)

    def __call__(self) -> Tensor:
        return convert_to_tensor(self._loss_scale_value)

    def update(self, grads: Any) -> tuple[Operation, Any]:
        return no_op(), True

    def __repr__(self) -> str:
        return f"FixedLossScale({self._loss_scale_value})"

    def get_config(self) -> dict[str, Any]:
        return {"loss_scale_value": self._loss_scale_value}


class DynamicLossScale(LossScale):
    """A scale that grows while gradients are finite, and shrinks when one is not.

    Args:
      initial_loss_scale: the first one.
      increment_period: after so many steps with finite gradients it grows.
      multiplier: how much it grows or shrinks by; it does not fall below 1.
    """

    def __init__(
        self,
        initial_loss_scale: float = 2**15,
        increment_period: int = 2000,
        multiplier: float = 2.0,
    ):
        super().__init__()
        self._initial_loss_scale = float(initial_loss_scale)
        self._increment_period = int(increment_period)
        self._multiplier = float(multiplier)
        self._current_loss_scale: Any = self._add_weight(
            "current_loss_scale", self._initial_loss_scale, dtypes.float32
        )
        self._num_good_steps: Any = self._add_weight("good_steps", 0, dtypes.int64)

    @property
    def initial_loss_scale(self) -> float:
        return self._initial_loss_scale

    @property
    def increment_period(self) -> int:
        return self._increment_period

    @property
    def multiplier(self) -> float:
        return self._multiplier

    def __call__(self) -> Tensor:
        return convert_to_tensor(self._current_loss_scale)

    def update(self, grads: Any) -> tuple[Operation, Any]:
        finite = _finite_in_all_replicas(nest.flatten(grads))
        return cond(finite, self._after_finite, self._after_others), finite

    def _after_finite(self) -> Operation:
        def grow() -> Operation:
            larger = self._current_loss_scale * self._multiplier
            grown = cond(
                is_finite(larger), lambda: self._current_loss_scale.assign(larger).op, no_op
            )
            return group(grown, self._num_good_steps.assign(0))

        return cond(
            self._num_good_steps + 1 >= self._increment_period,
            grow,
            lambda: self._num_good_steps.assign_add(1).op,
        )

    def _after_others(self) -> Operation:
        smaller = maximum(self._current_loss_scale / self._multiplier, 1)
        return group(self._num_good_steps.assign(0), self._current_loss_scale.assign(smaller))

    def __repr__(self) -> str:
        now = ""
        if executing_eagerly():
            scale, steps = self._current_loss_scale.numpy(), self._num_good_steps.numpy()
            now = f"current_loss_scale={scale}, num_good_steps={steps}, "
        return (
            f"DynamicLossScale({now}initial_loss_scale={self.initial_loss_scale}, "
            f"increment_period={self.increment_period}, multiplier={self.multiplier})"
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_loss_scale": self.initial_loss_scale,
            "increment_period": self.increment_period,
            "multiplier": self.multiplier,
        }


def are_finite(gradients: Sequence[Any]) -> Tensor:
    """bool[]: whether all elements of those that are there are finite."""
    return reduce_all([reduce_all(is_finite(grad)) for grad in gradients if grad is not None])


def as_loss_scale(identifier: Any) -> LossScale | None:
    """The LossScale of a number, of "dynamic", or itself; ValueError for anything else."""
    if isinstance(identifier, (int, float)):
        return FixedLossScale(identifier)
    if identifier == "dynamic":
        return DynamicLossScale()
    if identifier is None or isinstance(identifier, LossScale):
        return identifier
    raise ValueError(f"Could not interpret loss scale identifier: {identifier}")


def _finite_in_all_replicas(grads: Sequence[Any]) -> Tensor:
    """bool[], whether all of `grads` are finite; of a strategy, all of all replicas."""
    strategy = strategy_around()
    if strategy is None:
        return are_finite(grads)
    counts = strategy.extended.call_for_each_replica(
        lambda own: cast(are_finite(own), dtypes.float32), args=(grads,)
    )
    total = strategy.reduce("SUM", counts, axis=None)
    return equal(total, strategy.num_replicas_in_sync)
