"""Elements chosen at random: `tf.contrib.training.rejection_sample`, `resample_at_rate` and kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.queues.batching import batch, maybe_batch
from stillflow.ops.array.filling import fill, zeros
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity, stop_gradient, with_dependencies
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.debug.checks import assert_less_equal
from stillflow.ops.math.casts import cast
from stillflow.ops.random.drawing import random_poisson, random_uniform
from stillflow.ops.reduce.reductions import reduce_mean
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.variables.scope import get_local_variable, variable_scope
from stillflow.train.moving_averages import assign_moving_average


def rejection_sample(
    tensors: Any,
    accept_prob_fn: Callable[[list[Tensor]], Tensor],
    batch_size: Any,
    queue_threads: int = 1,
    enqueue_many: bool = False,
    prebatch_capacity: int = 16,
    prebatch_threads: int = 1,
    runtime_checks: bool = False,
    name: str | None = None,
) -> list[Tensor]:
    """Returns batches of elements, each of which is taken with a probability of its own.

    Args:
      tensors: a list; with `enqueue_many`, [n, ...] each, of which every row is an element.
      accept_prob_fn: gives the probability, f32[], of the tensors of an element.
      prebatch_capacity, prebatch_threads: of the queue that takes rows apart.
      runtime_checks: a run fails where the probability is none.
    """
    with variable_scope(name, "rejection_sample", tensors):
        values: list[Any] = [convert_to_tensor_or_indexed_slices(tensor) for tensor in tensors]
        if enqueue_many:
            for value in values:
                value.shape.with_rank_at_least(1)[0].assert_is_compatible_with(values[0].shape[0])
            rows = batch(
                values,
                batch_size=1,
                num_threads=prebatch_threads,
                capacity=prebatch_capacity,
                enqueue_many=True,
            )
            values = [squeeze(row, [0]) for row in ([rows] if isinstance(rows, Tensor) else rows)]
        probability = accept_prob_fn(values)
        if runtime_checks:
            checks = [assert_less_equal(0.0, probability), assert_less_equal(probability, 1.0)]
            checked = with_dependencies(checks, probability)
            probability = identity(checked, name="prob_with_checks")
        given = maybe_batch(
            values,
            keep_input=random_uniform([]) < probability,
            batch_size=batch_size,
            num_threads=queue_threads,
        )
        return [given] if isinstance(given, Tensor) else given


def resample_at_rate(
    inputs: Sequence[Any],
    rates: Any,
    scope: str | None = None,
    seed: int | None = None,
    back_prop: bool = False,
) -> list[Tensor]:
    """Returns rows of `inputs`, each as often as a Poisson number of its rate says.

    inputs: [n, ...] each, rates: f32[n] -> [k, ...] each.
    """
    with name_scope(scope, "resample_at_rate", [*inputs, rates]):
        rates = convert_to_tensor(rates, name="rates")
        counts = cast(random_poisson(rates, (), rates.dtype, seed=seed), dtypes.int32)
        indices = _repeat_range(counts)
        if not back_prop:
            indices = stop_gradient(indices)
        return [gather(value, indices) for value in inputs]


def weighted_resample(
    inputs: list[Any],
    weights: Tensor,
    overall_rate: Any,
    scope: str | None = None,
    mean_decay: float = 0.999,
    seed: int | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Returns `resample_at_rate` of `inputs` in proportion to `weights`, and the rates.

    Args:
      weights: f32[n].
      overall_rate: how many rows there are for one of `inputs`, on average.
      mean_decay: of the moving average of the weights, which is a local variable.
    """
    with name_scope(scope, "weighted_resample", inputs) as outer:
        with variable_scope(scope, "estimate_mean", inputs):
            estimate = get_local_variable(
                "estimated_mean", initializer=cast(0, weights.dtype), dtype=weights.dtype
            )
            mean = assign_moving_average(estimate, reduce_mean(weights), mean_decay)
        rates = weights * overall_rate / mean
        found, *others = resample_at_rate([rates, *inputs], rates, scope=outer, seed=seed)
        return others, found


def _repeat_range(counts: Any, name: str | None = None) -> Tensor:
    """counts: i32[n] -> i32[k], the numbers below n, each so often."""
    with name_scope(name, "repeat_range", [counts]) as scope:
        counts = convert_to_tensor(counts, name="counts")

        def has_more(_: Any, number: Tensor) -> Tensor:
            return number < size

        def add(found: Any, number: Tensor) -> tuple[Any, Tensor]:
            value = fill(counts[number : number + 1], number)
            return found.write(number, value), number + 1

        size = shape(counts)[0]
        nothing = TensorArray(dtype=dtypes.int32, size=size, infer_shape=False)
        found, count = while_loop(has_more, add, loop_vars=[nothing, 0])
        return cond(
            count > 0, found.concat, lambda: zeros(shape=[0], dtype=dtypes.int32), name=scope
        )
