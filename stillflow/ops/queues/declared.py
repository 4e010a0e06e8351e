"""The ops on queues. A handle's value is the queue itself, which the session holds.

Each is there twice: as programs build it, and with handles of strings, as old graphs have it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.resources import resource_of
from stillflow.declare.shapes import Sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.queues.fifo import FIFOQueue, PaddingFIFOQueue
from stillflow.ops.queues.lines import Attempt, Dequeue, DequeueSome, Queue
from stillflow.ops.queues.priority import PriorityQueue
from stillflow.ops.queues.shuffled import RandomShuffleQueue

_ONE = {"component_types": 1}
_OF_V1 = "handle: ref string"
_OF_V2 = "handle: resource"


def _declare(type_name: str, rest: str = "->", **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op on a queue; `rest` is its signature after the handle."""
    options = {"host": True, "stateful": True, **options}

    def declare(fn: Callable) -> OpDef:
        op(type_name, f"{_OF_V1}{rest}", **options)(fn).not_differentiable()
        return op(f"{type_name}V2", f"{_OF_V2}{rest}", **options)(fn).not_differentiable()

    return declare


def _declare_queue(type_name: str, make: Callable, **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op that gives a queue, which `make(name, attributes)` makes."""
    options = {"host": True, "resource": make, **options}

    def declare(fn: Callable) -> OpDef:
        op(type_name, f"-> {_OF_V1}", shape=_two_strings, **options)(fn).not_differentiable()
        v2 = op(f"{type_name}V2", f"-> {_OF_V2}", shape=shapes.scalar, **options)(fn)
        return v2.not_differentiable()

    return declare


def _two_strings(ctx: shapes.ShapeContext) -> Sizes:
    return (2,)


# Queues -------------------------------------------------------------------------------------------


def _checked(queue: Queue, types: list[DType], declared: Callable[[], Queue]) -> Queue:
    """`queue`, which the node that has these `types` declares; each node is looked at once."""
    if queue.known.get(id(types)) is not types:
        queue.check_same(declared())
        queue.known[id(types)] = types
    return queue


def _sizes(declared: Sequence[TensorShape]) -> list[Sizes]:
    return [shape.sizes for shape in declared]


def _basis(name: str, attrs: dict[str, Any]) -> tuple[str, list[DType], list[Sizes], int]:
    return name, attrs["component_types"], _sizes(attrs["shapes"]), attrs["capacity"]


@_declare_queue("FIFOQueue", lambda name, attrs: FIFOQueue(*_basis(name, attrs)), limits=_ONE)
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
    return _checked(
        queue,
        component_types,
        lambda: FIFOQueue("", component_types, _sizes(shapes), capacity),
    )


@_declare_queue(
    "PaddingFIFOQueue", lambda name, attrs: PaddingFIFOQueue(*_basis(name, attrs)), limits=_ONE
)
def padding_fifo_queue_op(
    xp,
    queue,
    *,
    component_types: list[DType],
    shapes: list[TensorShape] = [],  # noqa: B006
    capacity: int = -1,
    container: str = "",
    shared_name: str = "",
):
    """-> the queue of this node, or of its name, in the session"""
    return _checked(
        queue,
        component_types,
        lambda: PaddingFIFOQueue("", component_types, _sizes(shapes), capacity),
    )


@_declare_queue("PriorityQueue", lambda name, attrs: PriorityQueue(*_basis(name, attrs)))
def priority_queue_op(
    xp,
    queue,
    *,
    shapes: list[TensorShape],
    component_types: list[DType] = [],  # noqa: B006
    capacity: int = -1,
    container: str = "",
    shared_name: str = "",
):
    """-> the queue of this node, or of its name, in the session"""
    return _checked(
        queue,
        component_types,
        lambda: PriorityQueue("", component_types, _sizes(shapes), capacity),
    )


def _random_shuffle_queue(name: str, attrs: dict[str, Any]) -> RandomShuffleQueue:
    seeds = attrs["seed"], attrs["seed2"]
    return RandomShuffleQueue(*_basis(name, attrs), attrs["min_after_dequeue"], seeds)


@_declare_queue("RandomShuffleQueue", _random_shuffle_queue, limits=_ONE)
def random_shuffle_queue_op(
    xp,
    queue,
    *,
    component_types: list[DType],
    shapes: list[TensorShape] = [],  # noqa: B006
    capacity: int = -1,
    min_after_dequeue: int = 0,
    seed: int = 0,
    seed2: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """-> the queue of this node, or of its name, in the session"""
    return _checked(
        queue,
        component_types,
        lambda: RandomShuffleQueue(
            "", component_types, _sizes(shapes), capacity, min_after_dequeue, (seed, seed2)
        ),
    )


# What is done with them ---------------------------------------------------------------------------


def queue_of(handle: Any) -> Queue:
    """The queue that a handle refers to."""
    return resource_of(handle, Queue)


def _done(attempt: Attempt) -> tuple[()]:
    attempt.queue.finish(attempt)
    return ()


def _one(attempt: Dequeue) -> Any:
    attempt.queue.finish(attempt)
    (element,) = attempt.taken
    return _array(element[0]) if len(element) == 1 else tuple(map(_array, element))


def _array(value: Any) -> Any:
    """A component of an element; the row of a vector of strings is a string."""
    if isinstance(value, np.ndarray | np.generic):
        return value
    array = np.empty((), np.object_)
    array[()] = value
    return array


def _several(attempt: Dequeue) -> Any:
    attempt.queue.finish(attempt)
    columns = attempt.queue.stacked(attempt.taken)
    return columns[0] if len(columns) == 1 else columns


def _bring_many(handle: Any, columns: list[np.ndarray], taken: DequeueSome) -> None:
    """Enqueues rows of `columns`, which were made of what was `taken`, each from one element."""
    queue = queue_of(handle)
    count = len(taken.taken)
    attempt = queue.enqueue_many(columns)
    try:
        queue.finish(attempt)
    except BaseException:
        taken.keep(count - attempt.left)
        raise


@_declare("QueueEnqueue", ", components: [Tcomponents] ->", finish=_done, brings_many=_bring_many)
def enqueue_op(xp, handle, *components, timeout_ms: int = -1):
    """components: n[...] each, one element; waits until there is room"""
    return queue_of(handle).enqueue(components)


@_declare("QueueEnqueueMany", ", components: [Tcomponents] ->", finish=_done)
def enqueue_many_op(xp, handle, *components, timeout_ms: int = -1):
    """components: n[rows, ...] each, an element in every row; waits until there is room for all"""
    return queue_of(handle).enqueue_many(components)


@_declare(
    "QueueDequeue",
    " -> components: [component_types]",
    limits=_ONE,
    finish=_one,
    takes_many=lambda handle, most: queue_of(handle).dequeue_some(most),
)
def dequeue_op(xp, handle, *, component_types: list[DType], timeout_ms: int = -1):
    """-> n[...] each; waits until there is an element"""
    return queue_of(handle).dequeue()


def _rows(ctx: shapes.ShapeContext) -> list[None]:
    counts = ctx.value(1)
    if counts is not None and counts.size != 1:
        raise shapes.ShapeError(f"Must have a one element tensor, but has {counts.size}")
    if counts is not None and counts.item() < 0:
        raise shapes.ShapeError(f"Input 'n' must be >= 0, but is {counts.item()}")
    return [None for _ in ctx.attrs["component_types"]]


_SEVERAL: dict[str, Any] = {"limits": _ONE, "shape": _rows, "finish": _several}


@_declare("QueueDequeueMany", ", n: int32 -> components: [component_types]", **_SEVERAL)
def dequeue_many_op(xp, handle, n, *, component_types: list[DType], timeout_ms: int = -1):
    """n: i32[] -> n[n, ...] each; waits until there are so many elements"""
    return queue_of(handle).dequeue_many(int(np.ravel(n)[0]), "DequeueManyOp")


@_declare("QueueDequeueUpTo", ", n: int32 -> components: [component_types]", **_SEVERAL)
def dequeue_up_to_op(xp, handle, n, *, component_types: list[DType], timeout_ms: int = -1):
    """n: i32[] -> n[<= n, ...] each, fewer where a closed queue has no more"""
    return queue_of(handle).dequeue_many(int(np.ravel(n)[0]), "DequeueUpToOp", allow_fewer=True)


@_declare("QueueClose", finish=_done)
def close_op(xp, handle, *, cancel_pending_enqueues: bool = False):
    """Nothing may be enqueued from now on; waits for what was waiting before."""
    return queue_of(handle).close(cancel_pending_enqueues)


@_declare("QueueIsClosed", " -> is_closed: bool", shape=shapes.scalar)
def is_closed_op(xp, handle):
    """-> bool[]"""
    return np.asarray(queue_of(handle).is_closed)


@_declare("QueueSize", " -> size: int32", shape=shapes.scalar)
def size_op(xp, handle):
    """-> i32[], how many elements there are"""
    return np.asarray(len(queue_of(handle).elements), np.int32)
