"""Elements rejected at random, so that classes come as often as they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dataset_v1 import DatasetV1
from stillflow.input.datasets.experimental.batching import unbatch
from stillflow.input.datasets.experimental.mixing import sample_from_datasets
from stillflow.input.datasets.experimental.scanning import scan
from stillflow.ops.array.filling import fill
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.control.cond import cond
from stillflow.ops.debug.printing import Print
from stillflow.ops.math.arithmetic import add
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import less
from stillflow.ops.math.division import truediv
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.reduce.reductions import reduce_max, reduce_min, reduce_sum

_ESTIMATED_AT_ONCE = 32
_SEEN_BEFOREHAND = 10


def rejection_resample(
    class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Callable[[DatasetV2], Any]:
    """Gives pairs of a class and an element, of which classes come as often as `target_dist` says.

    Args:
      class_func: gives i32[], the class of an element.
      target_dist: f[classes], how often each class is wanted.
      initial_dist: f[classes], how often each comes; estimated from the elements by default.
    """

    def apply(dataset: Any) -> Any:
        target = convert_to_tensor(target_dist, name="target_dist")
        classes = dataset.map(class_func)
        kept = None
        if initial_dist is not None:
            initial = convert_to_tensor(initial_dist, name="initial_dist")
            acceptance, original = _acceptance(initial, target)
            initial_ds, acceptance_ds, original_ds = (
                DatasetV1.from_tensors(tensor).repeat()
                for tensor in (initial, acceptance, original)
            )
            kept = _kept(initial, target)
        else:
            initial_ds = _estimated(target, classes)
            both = initial_ds.map(lambda initial: _acceptance(initial, target))
            acceptance_ds = both.map(lambda accept_prob, _: accept_prob)
            original_ds = both.map(lambda _, prob_original: prob_original)
        filtered = _filtered(dataset, acceptance_ds, initial_ds, classes, seed).prefetch(3)
        if kept == 1:
            return DatasetV1.zip((classes, dataset))
        if kept == 0:
            return filtered
        return sample_from_datasets(
            [DatasetV1.zip((classes, dataset)), filtered],
            weights=original_ds.map(lambda prob: [(prob, 1.0 - prob)]),
            seed=seed,
        )

    return apply


def _kept(initial: Tensor, target: Tensor) -> Any:
    """The part of elements that need no rejection, if it is known."""
    known = constant_value(initial), constant_value(target)
    if known[0] is None or known[1] is None:
        return None
    return np.min(known[1] / known[0])


def _filtered(dataset: Any, acceptance_ds: Any, initial_ds: Any, classes: Any, seed: Any) -> Any:
    def maybe_warn_on_large_rejection(accept_dist: Any, initial_dist: Any) -> Any:
        rejected = reduce_sum((1 - accept_dist) * initial_dist)
        return cond(
            less(rejected, 0.5),
            lambda: accept_dist,
            lambda: Print(
                accept_dist,
                [rejected, initial_dist, accept_dist],
                message="Proportion of examples rejected by sampler is high: ",
                summarize=100,
                first_n=10,
            ),
        )

    acceptance_ds = DatasetV1.zip((acceptance_ds, initial_ds)).map(maybe_warn_on_large_rejection)

    def _gather_and_copy(class_val: Any, acceptance_prob: Any, data: Any) -> Any:
        return class_val, gather(acceptance_prob, class_val), data

    triples = DatasetV1.zip((classes, acceptance_ds, dataset)).map(_gather_and_copy)
    accepted = triples.filter(lambda _1, p, _2: random_uniform([], seed=seed) < p)
    return accepted.map(lambda class_value, _, data: (class_value, data))


def _estimated(target: Tensor, classes: Any) -> Any:
    """f32[classes] for each element: how often each class came until then."""
    count = target.shape.as_list()[0] or shape(target)[0]
    seen = fill([count], np.int64(_SEEN_BEFOREHAND))

    def update_estimate_and_tile(seen: Any, c: Any) -> Any:
        updated = add(seen, reduce_sum(one_hot(c, seen.shape[0], dtype=dtypes.int64), 0))
        dist = cast(truediv(updated, reduce_sum(updated)), dtypes.float32)
        return updated, tile(expand_dims(dist, 0), [_ESTIMATED_AT_ONCE, 1])

    batches = classes.batch(_ESTIMATED_AT_ONCE)
    return batches.apply(scan(seen, update_estimate_and_tile)).apply(unbatch())


def _acceptance(initial_probs: Any, target_probs: Any) -> tuple[Any, Any]:
    """How likely each class is accepted, and how likely no element needs to be rejected."""
    tiny = np.finfo(initial_probs.dtype.as_numpy_dtype).tiny
    ratio = target_probs / (initial_probs + tiny)
    largest, smallest = reduce_max(ratio), reduce_min(ratio)
    return (ratio - smallest) / (largest - smallest), smallest
