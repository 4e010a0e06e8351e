"""A queue in front of a model, so that it need not wait."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.math.casts import cast
from stillflow.ops.queues.kinds import FIFOQueue, PaddingFIFOQueue
from stillflow.ops.queues.queue import QueueBase
from stillflow.ops.summaries.scalar import scalar
from stillflow.train.queue_runner import QueueRunner, add_queue_runner


def prefetch_queue(
    tensors: Any,
    capacity: int = 8,
    num_threads: int = 1,
    dynamic_pad: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> QueueBase:
    """Returns a queue of `tensors`, a list or dict, which threads evaluate again and again.

    It adds a runner. The other arguments are those of `tf.train.batch`.
    """
    names = sorted(tensors) if isinstance(tensors, dict) else None
    values = tensors if names is None else [tensors[key] for key in names]
    with name_scope(name, "prefetch_queue", values):
        kind = PaddingFIFOQueue if dynamic_pad else FIFOQueue
        queue = kind(
            capacity=capacity,
            dtypes=[value.dtype for value in values],
            shapes=[value.get_shape() for value in values],
            names=names,
            shared_name=shared_name,
        )
        put = queue.enqueue(tensors)
        add_queue_runner(QueueRunner(queue, [put] * num_threads))
        full = cast(queue.size(), dtypes.float32) * (1.0 / capacity)
        scalar(f"fraction_of_{capacity}_full", full)
        return queue
