"""Parsed features on their way through a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.errors import CancelledError, OutOfRangeError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.summaries.scalar import scalar
from stillflow.platform.deprecation import deprecated
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


@deprecated(None, "Use tf.data.")
def queue_parsed_features(
    parsed_features: Mapping[str, Any],
    keys: Any = None,
    feature_queue_capacity: int = 100,
    num_enqueue_threads: int = 2,
    name: str | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Puts features through a queue that threads fill: (keys or None, features)."""
    values = [*parsed_features.values(), *([] if keys is None else [keys])]
    with name_scope(name, "queue_parsed_features", values):
        names = sorted(parsed_features)
        tensors = [part for name in names for part in _parts(parsed_features[name])]
        if keys is not None:
            tensors.append(keys)
        queue = FIFOQueue(feature_queue_capacity, [tensor.dtype for tensor in tensors])
        scalar(
            f"queue/parsed_features/{queue.name}/fraction_of_{feature_queue_capacity}_full",
            cast(queue.size(), dtypes.float32) * (1.0 / feature_queue_capacity),
        )
        enqueuing = [queue.enqueue(tensors) for _ in range(num_enqueue_threads)]
        closed = (OutOfRangeError, CancelledError)
        add_queue_runner(QueueRunner(queue, enqueuing, queue_closed_exception_types=closed))
        taken = queue.dequeue()
        taken = taken if isinstance(taken, list) else [taken]
        for tensor, before in zip(taken, tensors, strict=True):
            tensor.set_shape(before.get_shape())
        left = iter(taken)
        features = {name: _whole(parsed_features[name], left) for name in names}
        return (None if keys is None else taken[-1]), features


def _parts(feature: Any) -> Sequence[Tensor]:
    if isinstance(feature, SparseTensor):
        return [feature.indices, feature.values, feature.dense_shape]
    return [feature]


def _whole(feature: Any, parts: Any) -> Any:
    if isinstance(feature, SparseTensor):
        return SparseTensor(next(parts), next(parts), next(parts))
    return next(parts)
