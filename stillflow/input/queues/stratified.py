"""Elements chosen at random by their class: `tf.contrib.training.stratified_sample`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import dimension_at_index
from stillflow.input.queues.batching import batch, maybe_batch
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.reshaping import expand_dims, squeeze
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.checks import (
    assert_equal,
    assert_integer,
    assert_less,
    assert_non_negative,
    assert_positive,
)
from stillflow.ops.debug.printing import Print
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, less, logical_or, not_equal
from stillflow.ops.math.division import truediv
from stillflow.ops.math.elementwise import is_nan
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.reduce.reductions import reduce_all, reduce_max, reduce_sum
from stillflow.ops.variables.variable import Variable

_TOLERANCE = 1e-6  # of a sum of probabilities
_SEEN_BEFORE = 10  # elements of each class, before any is seen


def stratified_sample(
    tensors: Sequence[Any],
    labels: Any,
    target_probs: Any,
    batch_size: Any,
    init_probs: Any = None,
    enqueue_many: bool = False,
    queue_capacity: int = 16,
    threads_per_queue: int = 1,
    name: str | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Returns batches in which classes are as frequent as `target_probs` says, on average.

    Elements of classes that are more frequent than wanted are left out at random.

    Args:
      tensors: of an element; with `enqueue_many`, [n, ...] each, of which every row is an element.
      labels: the class, an integer, or [n].
      target_probs: f32[classes], how frequent each is to be.
      init_probs: f32[classes], how frequent each is; by default that is counted on the way.
      queue_capacity: of the queue that takes rows apart.
      threads_per_queue: how many threads fill each queue.

    Returns:
      ([batch_size, ...] for each of `tensors`, [batch_size] labels)

    Raises:
      ValueError: shapes do not fit each other.
      InvalidArgumentError, in a run: probabilities do not sum to one, a class is wanted that does
        not occur, or a label is none of the classes.
    """
    with name_scope(name, "stratified_sample", [*tensors, labels]):
        values: list[Any] = [convert_to_tensor_or_indexed_slices(tensor) for tensor in tensors]
        labels = convert_to_tensor(labels)
        wanted = convert_to_tensor(target_probs, dtype=dtypes.float32)
        if not enqueue_many:
            values = [expand_dims(value, 0) for value in values]
            labels = expand_dims(labels, 0)
        if init_probs is None:
            wanted.shape.assert_is_fully_defined()
            own = estimated_distribution(labels, int(wanted.shape.num_elements() or 0))
        else:
            own = convert_to_tensor(init_probs, dtype=dtypes.float32)
        values, labels, (own, wanted) = checked_input(values, labels, [own, wanted])
        probabilities = _with_warning(*_acceptance(own, wanted))
        return _drawn(values, labels, probabilities, batch_size, queue_capacity, threads_per_queue)


def _acceptance(own: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """f32[classes] each: how often an element of a class is taken, and how frequent it is."""
    occurs = reduce_all(logical_or(not_equal(own, 0), equal(wanted, 0)))
    complaint = "All classes with zero initial probability must also have zero target probability: "
    own = with_dependencies([assert_that(occurs, [complaint, own, wanted])], own)
    return acceptance_probabilities(own, wanted), own


def _with_warning(accepted: Tensor, own: Tensor) -> Tensor:
    rejected = reduce_sum((1 - accepted) * own)
    message = "Proportion of examples rejected by sampler is high."
    return cond(
        less(rejected, 0.5),
        lambda: accepted,
        lambda: Print(accepted, [accepted], message=message, first_n=10),
    )


def _drawn(
    values: list[Any],
    labels: Tensor,
    probabilities: Tensor,
    batch_size: Any,
    capacity: int,
    threads: int,
) -> tuple[list[Tensor], Tensor]:
    one = batch(
        [*values, labels],
        batch_size=1,
        num_threads=threads,
        capacity=capacity,
        enqueue_many=True,
    )
    element = [squeeze(value, [0]) for value in one]
    taken = gather(probabilities, element[-1])
    given = maybe_batch(
        element,
        keep_input=random_uniform([]) < taken,
        batch_size=batch_size,
        num_threads=threads,
    )
    return given[:-1], given[-1]


def estimated_distribution(
    labels: Tensor, num_classes: int, smoothing_constant: int = _SEEN_BEFORE
) -> Tensor:
    """How frequent each class has been so far, counted in a variable.

    labels: i32[n] or i64[n] -> f32[num_classes]
    """
    if smoothing_constant <= 0:
        raise ValueError("smoothing_constant must be nonzero.\n  Give a positive number.")
    counted = Variable(
        initial_value=[smoothing_constant] * num_classes,
        trainable=False,
        name="class_count",
        dtype=dtypes.int64,
    )
    seen: Any = counted.assign_add(reduce_sum(one_hot(labels, num_classes, dtype=dtypes.int64), 0))
    seen = seen + 0  # a copy, which other threads do not change
    return cast(truediv(seen, reduce_sum(seen)), dtypes.float32)


def checked_input(
    tensors: list[Any], labels: Tensor, probabilities: list[Tensor]
) -> tuple[list[Any], Tensor, list[Tensor]]:
    """The same, which a run computes only where they fit each other; ValueError where they cannot.

    tensors: [n, ...] each, labels: [n], probabilities: f32[classes] each.
    """
    checked = [_checked_probabilities(each) for each in probabilities]
    classes = checked[0].shape.num_elements()
    if any(each.shape.num_elements() != classes for each in checked):
        raise ValueError("Probability parameters must have the same length.")
    labels.shape.assert_has_rank(1)
    for tensor in tensors:
        rows = tensor.shape.with_rank_at_least(1)
        dimension_at_index(rows, 0).assert_is_compatible_with(labels.shape[0])
    count = shape(labels)[0]
    some = assert_positive(count)
    labels = with_dependencies([some], labels)
    tensors = [
        with_dependencies([some, assert_equal(shape(tensor)[0], count)], tensor)
        for tensor in tensors
    ]
    are_classes = [
        assert_integer(labels),
        assert_non_negative(labels),
        assert_less(labels, cast(classes, labels.dtype)),
    ]
    return tensors, with_dependencies(are_classes, labels), checked


def _checked_probabilities(probabilities: Tensor) -> Tensor:
    probabilities.shape.assert_is_fully_defined()
    probabilities.shape.assert_has_rank(1)
    total = reduce_sum(probabilities)
    checks = [
        assert_non_negative(probabilities),
        assert_less(total, 1.0 + _TOLERANCE),
        assert_less(1.0 - _TOLERANCE, total),
    ]
    return with_dependencies(checks, probabilities)


def acceptance_probabilities(init_probs: Any, target_probs: Any) -> Tensor:
    """How often an element of each class is to be taken, the rarest one always.

    What is taken of a class is in proportion to its frequency times that: to how frequent it is to
    be. init_probs, target_probs: f32[classes] -> f32[classes]
    """
    ratio = target_probs / init_probs
    ratio = where_v2(is_nan(ratio), zeros_like(ratio), ratio)
    return ratio / reduce_max(ratio)
