"""Sums and means of all values seen."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, init_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.losses.loss import plain
from stillflow.keras.metrics.metric import Metric
from stillflow.keras.metrics.ragged import flat_values
from stillflow.layers.default_session import get_session
from stillflow.ops.array import filling, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.losses.sample_weights import squeeze_or_expand_dimensions
from stillflow.ops.math import arithmetic, casts, division, elementwise
from stillflow.ops.math.confusion import remove_squeezable_dimensions
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.initializers import Zeros


class Reduction(Enum):
    """How a metric makes one number of many: their sum, by their number, by that of the weights."""

    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    WEIGHTED_MEAN = "weighted_mean"


class Reduce(Metric):
    """The sum of values, or their mean.

    Args:
      reduction: which.
    """

    def __init__(self, reduction: Reduction, name: str | None, dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.reduction = reduction
        with init_scope():
            self.total = self.add_weight("total", initializer=Zeros)
            if reduction != Reduction.SUM:
                self.count = self.add_weight("count", initializer=Zeros)

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """Adds values, n[...].

        Args:
          sample_weight: a scalar, or what fits the values; a dimension that only these have is
            summed, or averaged, before.
        """
        [values], sample_weight = flat_values([values], sample_weight)
        values = casts.cast(values, self._dtype)
        if sample_weight is not None:
            is_sum = self.reduction == Reduction.SUM
            over = reductions.reduce_sum if is_sum else reductions.reduce_mean
            values, sample_weight = _weighing(values, sample_weight, self._dtype, over)
            values = arithmetic.multiply(values, sample_weight)
        total = reductions.reduce_sum(values)
        with control_dependencies([total]):
            updated = self.total.assign_add(total)
        if self.reduction == Reduction.SUM:
            return updated
        if self.reduction == Reduction.WEIGHTED_MEAN and sample_weight is not None:
            count = reductions.reduce_sum(sample_weight)
        else:
            count = casts.cast(shape_of.size(values), self._dtype)
        with control_dependencies([updated]):
            return self.count.assign_add(count)

    def result(self) -> Tensor:
        if self.reduction == Reduction.SUM:
            return identity(self.total)
        return division.div_no_nan(self.total, self.count)


def _weighing(
    values: Tensor, sample_weight: Any, dtype: Any, over: Callable[..., Tensor]
) -> tuple[Tensor, Tensor]:
    """Values and weights of one shape; `over` reduces axes that the values alone have."""
    sample_weight = casts.cast(sample_weight, dtype)
    values, _, sample_weight = squeeze_or_expand_dimensions(values, sample_weight=sample_weight)
    try:
        return values, broadcast_weights(sample_weight, values)
    except ValueError:
        axes = list(range(sample_weight.shape.ndims, values.shape.ndims or 0))
        return over(values, axis=axes), sample_weight


class Sum(Reduce):
    """The weighted sum of values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None):
        super().__init__(Reduction.SUM, name, dtype)


class Mean(Reduce):
    """The weighted mean of values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None):
        super().__init__(Reduction.WEIGHTED_MEAN, name, dtype)


class SumOverBatchSize(Reduce):
    """The weighted sum of values by their number."""

    def __init__(self, name: str | None = "sum_over_batch_size", dtype: Any = None):
        super().__init__(Reduction.SUM_OVER_BATCH_SIZE, name, dtype)


class MeanRelativeError(Mean):
    """The mean of |y_true - y_pred| / normalizer; 0 where that is 0.

    Args:
      normalizer: a tensor that fits the predictions.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.normalizer = casts.cast(normalizer, self._dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> Any:
        """Adds a batch of labels and predictions."""
        y_true = casts.cast(y_true, self._dtype)
        y_pred = casts.cast(y_pred, self._dtype)
        [y_pred, y_true], sample_weight = flat_values([y_pred, y_true], sample_weight)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        y_pred, self.normalizer = remove_squeezable_dimensions(y_pred, self.normalizer)
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        errors = division.div_no_nan(elementwise.abs_(y_true - y_pred), self.normalizer)
        return super().update_state(errors, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | plain({"normalizer": self.normalizer})


class _OfFunction(Metric):
    """What a function gives for each sample, which the class behind this one makes one number of.

    Args:
      fn: takes labels and predictions, and `kwargs`.
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any
    ):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Adds a batch of labels and predictions."""
        y_true = casts.cast(y_true, self._dtype)
        y_pred = casts.cast(y_pred, self._dtype)
        [y_true, y_pred], sample_weight = flat_values([y_true, y_pred], sample_weight)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        matches = self._fn(y_true, y_pred, **self._fn_kwargs)
        return super().update_state(matches, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | plain(self._fn_kwargs)


class MeanMetricWrapper(_OfFunction, Mean):  # type: ignore[misc]  # it takes labels, too
    """The mean of what a function gives for each sample."""


class SumOverBatchSizeMetricWrapper(_OfFunction, SumOverBatchSize):  # type: ignore[misc]
    """The sum of what a function gives for each sample, by their number."""


class RootMeanSquaredError(Mean):
    """The root of the mean of squared errors."""

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> Any:
        """Adds a batch of labels and predictions."""
        y_true = casts.cast(y_true, self._dtype)
        y_pred = casts.cast(y_pred, self._dtype)
        y_pred, y_true = squeeze_or_expand_dimensions(y_pred, y_true)
        squares = arithmetic.squared_difference(y_pred, y_true)
        return super().update_state(squares, sample_weight=sample_weight)

    def result(self) -> Tensor:
        return elementwise.sqrt(division.div_no_nan(self.total, self.count))


class MeanTensor(Metric):
    """The weighted mean of tensors of one shape, element by element."""

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self._shape: Any = None
        self._total: Any = None
        self._count: Any = None
        self._built = False

    def _build(self, shape: Any) -> None:
        self._shape = TensorShape(shape)
        self._total = self.add_weight("total", shape=shape, initializer=Zeros)
        self._count = self.add_weight("count", shape=shape, initializer=Zeros)
        with init_scope():
            get_session()  # which initialises them: the program may have done so before
        self._built = True

    @property
    def total(self) -> Any:
        """The variable of the sums; None before the first update."""
        return self._total if self._built else None

    @property
    def count(self) -> Any:
        """The variable of the sums of weights; None before the first update."""
        return self._count if self._built else None

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """Adds values, f[...].

        Raises:
          ValueError: they are of another shape than the first.
        """
        values = casts.cast(values, self._dtype)
        if not self._built:
            self._build(values.shape)
        elif values.shape != self._shape:
            raise ValueError(
                "MeanTensor input values must always have the same shape. Expected shape (set "
                f"during the first call): {self._shape}. Got: {values.shape}"
            )
        counts = filling.ones_like(values)
        if sample_weight is not None:
            values, sample_weight = _weighing(
                values, sample_weight, self._dtype, reductions.reduce_mean
            )
            counts = arithmetic.multiply(counts, sample_weight)
            values = arithmetic.multiply(values, sample_weight)
        updated = self._total.assign_add(values)
        with control_dependencies([updated]):
            return self._count.assign_add(counts)

    def result(self) -> Tensor:
        if not self._built:
            raise ValueError(
                "MeanTensor does not have any result yet. Please call the MeanTensor instance or "
                "use `.update_state(value)` before retrieving the result."
            )
        return division.div_no_nan(self.total, self.count)
