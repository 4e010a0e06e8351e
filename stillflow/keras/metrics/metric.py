"""`tf.keras.metrics.Metric`: a layer whose weights hold what was seen of several batches."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.graph.distribution import replica_context_around, strategy_around
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.layers import settings
from stillflow.layers.base_layer import Layer
from stillflow.layers.values import batch_set_value
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform.decorators import make_decorator

# The package whose metrics return the operations that update them; others' are looked for.
_OWN = __name__.rpartition(".")[0]


class Metric(Layer):
    """The base of metrics.

    Subclasses make weights (`add_weight`), override `update_state`, which returns an operation that
    adds a batch to them, and `result`, which returns the tensor of what they say.

    Args:
      name: one is made of the class's by default.
      dtype: the type of its weights; `floatx` by default.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        metric: Any = super().__new__(cls)
        # By the dict: what is set as an attribute may count among the parts of a layer.
        own = vars(metric)
        own["update_state"] = MethodType(_updating(metric.update_state), metric)
        own["result"] = MethodType(_resulting(metric.result), metric)
        return metric

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.stateful = True
        self.built = True
        self._dtype = settings.floatx() if dtype is None else dtype

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the result after a batch, which reading it adds: `update_state(...)`, `result()`.

        Under a strategy, of each replica.
        """

        def updated(*args: Any, **kwargs: Any) -> Any:
            with control_dependencies([self.update_state(*args, **kwargs)]):
                result = self.result()
            result._metric_obj = self
            return result

        strategy = kwargs.pop("strategy", None) or strategy_around()
        if strategy is None or replica_context_around() is not None:
            return updated(*args, **kwargs)
        with strategy.scope():
            return strategy.extended.call_for_each_replica(updated, args, kwargs)

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Returns an operation that adds a batch to the weights."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def result(self) -> Any:
        """Returns the tensor of what the weights say."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def reset_states(self) -> None:
        """Sets the weights to 0, in Keras' session."""
        batch_set_value([(v, np.zeros(v.shape.as_list())) for v in self.variables])

    def add_weight(  # type: ignore[override]
        self,
        name: str,
        shape: Any = (),
        aggregation: VariableAggregation = VariableAggregation.SUM,
        synchronization: VariableSynchronization = VariableSynchronization.ON_READ,
        initializer: Any = None,
        dtype: Any = None,
    ) -> Any:
        """Returns a new variable of the metric; each replica has its own, and their sum is read."""
        return super().add_weight(
            name=name,
            shape=shape,
            dtype=self._dtype if dtype is None else dtype,
            trainable=False,
            initializer=initializer,
            collections=[],
            synchronization=synchronization,
            aggregation=aggregation,
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal one, without what it has seen."""
        return {"name": self.name, "dtype": self.dtype}


def _updating(update_state: Callable[..., Any]) -> Callable[..., Any]:
    """`update_state`, whose operation becomes an update of the metric."""
    is_own = update_state.__func__.__module__.startswith(_OWN)  # type: ignore[attr-defined]

    def updating(metric: Metric, *args: Any, **kwargs: Any) -> Any:
        count = len(get_default_graph().get_operations())
        update = update_state(*args, **kwargs)
        if not is_own:
            update = _with_all_writes(update, count)
        if update is not None:
            metric.add_update(update)
        return update

    return make_decorator(update_state, updating, "update_state_wrapper")


def _with_all_writes(update: Any, count: int) -> Any:
    """What does all that was built to change variables after the first `count` operations.

    A program's own metric need not return that: TensorFlow makes a function of its `update_state`.
    """
    built = get_default_graph().get_operations()[count:]
    writes = [op for op in built if op.defn.writes]
    if not writes:
        return update
    if is_tensor(update):
        with control_dependencies(writes):
            return identity(update)
    return group(*writes, *([] if update is None else [update]))


def _resulting(result: Callable[..., Any]) -> Callable[..., Any]:
    """`result`, a tensor of which the metric keeps; in a replica, of all replicas together."""

    def resulting(metric: Any, *args: Any) -> Tensor:
        replica = replica_context_around()

        def read(strategy: Any, *args: Any) -> Tensor:
            return identity(result(*args))

        value = read(None, *args) if replica is None else replica.merge_call(read, args=args)
        vars(metric)["_call_result"] = value
        return value

    return make_decorator(result, resulting, "result_wrapper")
