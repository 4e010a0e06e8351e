"""Metrics as objects, which a head makes first and updates later: those of `tf.keras.metrics`."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.heads.aligning import aligned
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, init_scope
from stillflow.layers import keras_style
from stillflow.layers.base_layer import Layer
from stillflow.ops.array.shape_of import size
from stillflow.ops.control.ordering import identity
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.arithmetic import multiply
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, greater
from stillflow.ops.math.division import div_no_nan
from stillflow.ops.reduce.reductions import reduce_mean, reduce_sum
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization

_TYPE = dtypes.float32


class Metric(Layer):
    """Counts of what was seen so far, in variables that no collection holds."""

    def __init__(self, name: str):
        super().__init__(name=name, dtype=_TYPE)
        self.stateful = True
        self.built = True

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a batch; returns the operation that does, which is among `updates` too."""
        update = self._update(*args, **kwargs)
        self.add_update(update)
        return update

    def result(self) -> Tensor:
        """The value of all batches so far, f32[]."""
        return identity(self._result())

    def _update(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _result(self) -> Any:
        raise NotImplementedError

    def _count(self, name: str, shape: tuple[int, ...] = ()) -> Any:
        return self.add_weight(
            name,
            shape,
            dtype=_TYPE,
            initializer=Zeros,
            trainable=False,
            collections=[],
            synchronization=VariableSynchronization.ON_READ,
            aggregation=VariableAggregation.SUM,
            getter=keras_style.make_variable,
        )


class Mean(Metric):
    """The weighted mean of values, f[...]."""

    def __init__(self, name: str = "mean"):
        super().__init__(name)
        with init_scope():
            self.total = self._count("total")
            self.count = self._count("count")

    def depend(self, update: Any, total: Any, count: Any) -> None:
        """Makes it a quotient of tensors, updated by `update`, without variables of its own."""
        self._updates, self._non_trainable_weights = [update], []
        self.total, self.count = total, count

    def _update(self, values: Any, sample_weight: Any = None) -> Any:
        values = cast(values, _TYPE)
        if sample_weight is not None:
            weights = cast(sample_weight, _TYPE)
            values, _, weights = aligned(values, None, weights)
            weights = broadcast_weights(weights, values)
            values = multiply(values, weights)
        added = reduce_sum(values)
        with control_dependencies([added]):
            update_total = self.total.assign_add(added)
        number = cast(size(values), _TYPE) if sample_weight is None else reduce_sum(weights)
        with control_dependencies([update_total]):
            return self.count.assign_add(number)

    def _result(self) -> Tensor:
        return div_no_nan(self.total, self.count)


class Accuracy(Mean):
    """How often predictions are the labels."""

    def _update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        y_true, y_pred = cast(y_true, _TYPE), cast(y_pred, _TYPE)
        y_pred, y_true, _ = aligned(y_pred, y_true)
        return super()._update(self._hits(y_true, y_pred), sample_weight)

    def _hits(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        return cast(equal(y_true, y_pred), _TYPE)


class BinaryAccuracy(Accuracy):
    """How often predictions above `threshold` are labelled 1, and the others 0."""

    def __init__(self, name: str, threshold: float):
        super().__init__(name)
        self._threshold = threshold

    def _hits(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        limit = cast(self._threshold, y_pred.dtype)
        taken = cast(greater(y_pred, limit), y_pred.dtype)
        return reduce_mean(cast(equal(y_true, taken), _TYPE), axis=-1)
