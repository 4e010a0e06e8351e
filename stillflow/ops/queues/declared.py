"""The ops on queues. A handle's value is the queue itself, which the session holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.queues.fifo import Queue, Waiting


def _queue(handle: Any) -> Queue:
    """What a handle refers to; one that was gathered from several is in an array."""
    return handle if isinstance(handle, Queue) else handle.item()


def _fifo_queue(name: str, attrs: dict[str, Any]) -> Queue:
    sizes = [shape.sizes for shape in attrs["shapes"]]
    return Queue(name, attrs["component_types"], sizes, attrs["capacity"])


@op(
    "FIFOQueueV2",
    "-> handle: resource",
    shape=shapes.scalar,
    limits={"component_types": 1},
    host=True,
    resource=_fifo_queue,
)
def fifo_queue_op(
    xp,
    queue,
    *,
    component_types: list[DType],
    shapes: list[TensorShape] = [],  # noqa: B006  a default that nobody changes
    capacity: int = -1,
    container: str = "",
    shared_name: str = "",
):
    """-> the queue of this node, or of its name, in the session"""
    queue.check(component_types, [shape.sizes for shape in shapes], capacity)
    return queue


def _attempt(begun: Waiting) -> Any:
    return begun.queue.finished(begun.attempt)


def _done(begun: Waiting) -> tuple[()]:
    _attempt(begun)
    return ()


def _one(begun: Waiting) -> Any:
    (element,) = _attempt(begun).taken
    return element[0] if len(element) == 1 else element


def _several(begun: Waiting) -> Any:
    columns = begun.queue.stacked(_attempt(begun).taken)
    return columns[0] if len(columns) == 1 else columns


@op(
    "QueueEnqueueV2",
    "handle: resource, components: [Tcomponents] ->",
    host=True,
    stateful=True,
    finish=_done,
)
def enqueue_op(xp, handle, *components, timeout_ms: int = -1):
    """components: n[...] each, one element; waits until there is room"""
    queue = _queue(handle)
    return Waiting(queue, queue.enqueue(components))


@op(
    "QueueEnqueueManyV2",
    "handle: resource, components: [Tcomponents] ->",
    host=True,
    stateful=True,
    finish=_done,
)
def enqueue_many_op(xp, handle, *components, timeout_ms: int = -1):
    """components: n[rows, ...] each, an element in every row; waits until there is room for all"""
    queue = _queue(handle)
    return Waiting(queue, queue.enqueue_many(components))


@op(
    "QueueDequeueV2",
    "handle: resource -> components: [component_types]",
    limits={"component_types": 1},
    host=True,
    stateful=True,
    finish=_one,
)
def dequeue_op(xp, handle, *, component_types: list[DType], timeout_ms: int = -1):
    """-> n[...] each; waits until there is an element"""
    queue = _queue(handle)
    return Waiting(queue, queue.dequeue())


def _rows(ctx: shapes.ShapeContext) -> list[None]:
    count = ctx.scalar(1)
    if count is not None and count < 0:
        raise shapes.ShapeError(f"Input 'n' must be >= 0, but is {count}")
    return [None for _ in ctx.attrs["component_types"]]


@op(
    "QueueDequeueManyV2",
    "handle: resource, n: int32 -> components: [component_types]",
    limits={"component_types": 1},
    shape=_rows,
    host=True,
    stateful=True,
    finish=_several,
)
def dequeue_many_op(xp, handle, n, *, component_types: list[DType], timeout_ms: int = -1):
    """n: i32[] -> n[n, ...] each; waits until there are so many elements"""
    queue = _queue(handle)
    return Waiting(queue, queue.dequeue_many(int(np.ravel(n)[0]), "DequeueManyOp"))


@op(
    "QueueDequeueUpToV2",
    "handle: resource, n: int32 -> components: [component_types]",
    limits={"component_types": 1},
    shape=_rows,
    host=True,
    stateful=True,
    finish=_several,
)
def dequeue_up_to_op(xp, handle, n, *, component_types: list[DType], timeout_ms: int = -1):
    """n: i32[] -> n[<= n, ...] each, fewer where a closed queue has no more"""
    queue = _queue(handle)
    return Waiting(
        queue, queue.dequeue_many(int(np.ravel(n)[0]), "DequeueUpToOp", allow_fewer=True)
    )


@op("QueueCloseV2", "handle: resource ->", host=True, stateful=True, finish=_done)
def close_op(xp, handle, *, cancel_pending_enqueues: bool = False):
    """Nothing may be enqueued from now on; waits for what was waiting before."""
    queue = _queue(handle)
    return Waiting(queue, queue.close(cancel_pending_enqueues))


@op(
    "QueueIsClosedV2",
    "handle: resource -> is_closed: bool",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def is_closed_op(xp, handle):
    """-> bool[]"""
    return np.asarray(_queue(handle).is_closed)


@op("QueueSizeV2", "handle: resource -> size: int32", shape=shapes.scalar, host=True, stateful=True)
def size_op(xp, handle):
    """-> i32[], how many elements there are"""
    return np.asarray(len(_queue(handle).elements), np.int32)


for _declared in (fifo_queue_op, enqueue_op, enqueue_many_op, dequeue_op, dequeue_many_op):
    _declared.not_differentiable()
for _declared in (dequeue_up_to_op, close_op, is_closed_op, size_op):
    _declared.not_differentiable()
