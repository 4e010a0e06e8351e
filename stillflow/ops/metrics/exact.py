"""Metrics of `tf.contrib.metrics` that keep every value they were shown."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import add_to_collections, control_dependencies
from stillflow.ops.array import (
    filling,
    gathering,
    padding,
    reshaping,
    selecting,
    shape_of,
    stacking,
    unique,
)
from stillflow.ops.array.constants import constant
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.debug import checks
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise, scan
from stillflow.ops.metrics.accumulating import Metric, aligned, collected, metric_variable
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import state
from stillflow.ops.variables.scope import variable_scope

_GROWTH = 1.5


def streaming_concat(
    values: Tensor,
    axis: int = 0,
    max_size: int | None = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns all `values` so far, joined along an axis, and what adds those of a run.

    Args:
      values: n[...], of known sizes but along `axis`.
      max_size: how many are kept; the rest is dropped. By default all of them, in a variable that
        grows.

    Raises:
      ValueError: the rank or another size is not known, or `axis` is not one of `values`.
    """
    with variable_scope(name, "streaming_concat", (values,)):
        if values.shape.ndims is None:
            raise ValueError("`values` must have known statically known rank")
        rank = len(values.shape)
        axis = axis + rank if axis < 0 else axis
        if not 0 <= axis < rank:
            raise ValueError(f"axis = {axis!r} not in [0, {rank!r})")
        others = [size for place, size in enumerate(values.shape.as_list()) if place != axis]
        if None in others:
            raise ValueError(
                "all dimensions of `values` other than the dimension to concatenate along must "
                "have statically known size"
            )
        sizes = [0 if max_size is None else max_size, *others]
        array = metric_variable(sizes, values.dtype, validate_shape=False, name="array")
        size: Any = metric_variable([], dtypes.int32, name="size")
        filled = array[:size]
        filled.set_shape([None, *others])
        order = [0 if n == axis else n + 1 if n < axis else n for n in range(rank)]
        value = transpose(filled, order, name="concat")
        update = _appended(values, axis, array, size, others, max_size)
        return collected(value, update, metrics_collections, updates_collections)


def _appended(
    values: Tensor, axis: int, array: Any, size: Any, others: list[Any], max_size: int | None
) -> Tensor:
    count = shape_of.shape(values)[axis]
    if max_size is not None:
        count = arithmetic.minimum(count, max_size - size)
    order = [axis, *(n for n in range(len(others) + 1) if n != axis)]
    added = transpose(values, order)[:count]
    new_size = size + count

    def grown() -> Operation:
        wanted = stacking.stack([next_array_size(new_size), *others])
        empty = filling.zeros(wanted, dtype=values.dtype)
        # Taken before the variable is emptied: a read of it would be one of what it then holds.
        old = array.value()[:size]
        with control_dependencies([old]):
            emptied = state.assign(array, empty, validate_shape=False)
        with control_dependencies([emptied]):
            copied = array[:size].assign(old)
        with control_dependencies([copied]):
            return no_op()

    room = shape_of.shape_internal(array, optimize=False)[0]
    has_room = cond(new_size > room, grown, no_op)
    with control_dependencies([has_room]):
        appended = array[size:new_size].assign(added)
    with control_dependencies([appended]):
        return size.assign(new_size)


def next_array_size(required_size: Any, growth_factor: float = _GROWTH) -> Tensor:
    """The least whole power of the growth that holds `required_size` elements, i32[]."""
    log = elementwise.log(casts.cast(required_size, dtypes.float32))
    exponent = elementwise.ceil(log / elementwise.log(casts.cast(growth_factor, dtypes.float32)))
    return casts.cast(elementwise.ceil(growth_factor**exponent), dtypes.int32)


# Areas ------------------------------------------------------------------------------------------


def streaming_dynamic_auc(
    labels: Tensor,
    predictions: Tensor,
    curve: str = "ROC",
    metrics_collections: Any = (),
    updates_collections: Any = (),
    name: str | None = None,
    weights: Any = None,
) -> tuple[Tensor, Operation]:
    """Returns the area under a curve of all predictions, f64[], and what adds those of a run.

    Args:
      labels: of 0 and 1; predictions: of the same shape.
      curve: "ROC" or "PR".

    Raises:
      ValueError: another curve.
    """
    if curve not in ("PR", "ROC"):
        raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
    with variable_scope(name, default_name="dynamic_auc"):
        labels.shape.assert_is_compatible_with(predictions.shape)
        predictions = flat(predictions, dtypes.float64)
        labels = flat(labels, dtypes.int64)
        with control_dependencies(check_two_classes(labels)):
            all_predictions, more_predictions = streaming_concat(predictions, name="concat_preds")
            all_labels, more_labels = streaming_concat(labels, name="concat_labels")
            updates, all_weights = [more_labels, more_predictions], None
            if weights is not None:
                weights = flat(weights, dtypes.float64)
                all_weights, more_weights = streaming_concat(weights, name="concat_weights")
                updates.append(more_weights)
            update = group(*updates)
            area = _area(all_labels, all_predictions, curve, all_weights)
            # TensorFlow collects the update first.
            collect(update, updates_collections)
            collect(area, metrics_collections)
            return area, update


def flat(x: Any, dtype: Any) -> Tensor:
    """`x` as a vector of `dtype`."""
    return reshaping.reshape(casts.cast(x, dtype), [-1])


def check_two_classes(labels: Tensor) -> list[Any]:
    """What fails a run in which labels are neither 0 nor 1."""
    zeros = filling.zeros_like(labels, dtypes.int64)
    least = checks.assert_greater_equal(
        labels, zeros, message="labels must be 0 or 1, at least one is <0"
    )
    ones = filling.ones_like(labels, dtypes.int64)
    most = checks.assert_less_equal(
        labels, ones, message="labels must be 0 or 1, at least one is >1"
    )
    return [least, most]


def collect(value: Any, collections: Any) -> None:
    """Adds `value` to collections, if there are any."""
    if collections:
        add_to_collections(collections, value)


def _area(labels: Tensor, predictions: Tensor, curve: str, weights: Any) -> Tensor:
    """The area by trapezoids between all different predictions; 0 where one class is missing."""
    size = shape_of.size(predictions)
    if weights is None:
        weights = filling.ones_like(labels, dtype=dtypes.float64)
    labels, predictions, weights = aligned(labels, predictions, weights)
    total = reductions.reduce_sum(weights)
    is_true = comparison.greater(labels, 0)
    zeros = filling.zeros_like(labels, dtype=dtypes.float64)
    positive = reductions.reduce_sum(selecting.where(is_true, weights, zeros))

    def area() -> Tensor:
        ordered, places = top_k(predictions, k=size)
        own_labels = gathering.gather(labels, places)
        own_weights = gathering.gather(weights, places)
        _, _, counts = unique.unique_with_counts(ordered)
        splits = casts.cast(_from_zero(scan.cumsum(counts)), dtypes.int32)
        hits = _at(splits, _kept(comparison.greater(own_labels, 0), own_weights, own_labels))
        if curve == "ROC":
            misses = _kept(comparison.less(own_labels, 1), own_weights, own_labels)
            x_of = _at(splits, misses)
            negative = total - positive
            x, y = division.truediv(x_of, negative), division.truediv(hits, positive)
        else:
            x = division.truediv(hits, positive)
            chosen = _at(splits, own_weights)
            some = comparison.greater(splits, 0)
            share = division.truediv(hits, chosen)
            y = selecting.where(some, share, filling.ones_like(hits, dtype=dtypes.float64))
        heights = arithmetic.add(y[1:], y[:-1]) / 2.0
        widths = elementwise.abs_(arithmetic.subtract(x[1:], x[:-1]))
        return reductions.reduce_sum(arithmetic.multiply(heights, widths))

    none = comparison.equal(positive, 0)
    is_trivial = comparison.logical_or(none, comparison.equal(positive, total))
    return cond(is_trivial, true_fn=lambda: constant(0, dtypes.float64), false_fn=area)


def _kept(condition: Tensor, weights: Tensor, labels: Tensor) -> Tensor:
    return selecting.where(condition, weights, filling.zeros_like(labels, dtype=dtypes.float64))


def _from_zero(sums: Tensor) -> Tensor:
    return padding.pad(sums, paddings=[[1, 0]])


def _at(splits: Tensor, parts: Tensor) -> Tensor:
    """The sums of `parts` up to each of `splits`."""
    return gathering.gather(_from_zero(scan.cumsum(parts)), splits)
