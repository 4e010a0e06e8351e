"""The ops on barriers. A handle's value is the barrier itself, which the session holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.resources import resource_of
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.queues.barrier import Barrier
from stillflow.ops.queues.lines import Attempt, Dequeue

_HANDLE = "handle: ref string"
_USED: dict[str, Any] = {"host": True, "stateful": True}


def _two_strings(ctx: ShapeContext) -> Sizes:
    return (2,)


def _sizes(declared: Any) -> list[Sizes]:
    return [shape.sizes for shape in declared]


def _new_barrier(name: str, attrs: dict[str, Any]) -> Barrier:
    return Barrier(name, attrs["component_types"], _sizes(attrs["shapes"]))


@op(
    "Barrier",
    f"-> {_HANDLE}",
    shape=_two_strings,
    limits={"component_types": 1},
    host=True,
    resource=_new_barrier,
)
def barrier_op(
    xp,
    barrier,
    *,
    component_types: list[DType],
    shapes: list[TensorShape] = [],  # noqa: B006  a default that nobody changes
    capacity: int = -1,
    container: str = "",
    shared_name: str = "",
):
    """-> the barrier of this node, or of its name, in the session"""
    barrier.check_same(component_types, _sizes(shapes))
    return barrier


def _of(handle: Any) -> Barrier:
    return resource_of(handle, Barrier)


def _rows_for_keys(ctx: ShapeContext) -> list[Sizes]:
    _, keys, values = ctx.shapes()
    shapes.with_rank(keys, 1)
    shapes.with_rank_at_least(values, 1)
    rows = {sizes[0]: None for sizes in (keys, values) if sizes is not None}
    rows.pop(None, None)
    if len(rows) > 1:
        raise shapes.ShapeError(
            f"Dimension 0 in both shapes must be equal, but are {' and '.join(map(str, rows))}"
        )
    return []


def _brought(attempt: Attempt) -> tuple[()]:
    attempt.queue.finish(attempt)
    return ()


@op(
    "BarrierInsertMany",
    f"{_HANDLE}, keys: string, values: T ->",
    shape=_rows_for_keys,
    finish=_brought,
    **_USED,
)
def barrier_insert_many_op(xp, handle, keys, values, *, component_index: int):
    """keys: string[n], values: n[n, ...], the components of that index"""
    names = [as_bytes(key) for key in np.ravel(keys)]
    return _of(handle).insert_many(component_index, names, np.asarray(values))


def _unknown(ctx: ShapeContext) -> list[None]:
    return [None] * (2 + len(ctx.attrs["component_types"]))


def _taken(attempt: Dequeue) -> Any:
    attempt.queue.finish(attempt)
    return attempt.queue.stacked(attempt.taken)


@op(
    "BarrierTakeMany",
    f"{_HANDLE}, num_elements: int32 -> indices: int64, keys: string, values: [component_types]",
    shape=_unknown,
    limits={"component_types": 1},
    finish=_taken,
    **_USED,
)
def barrier_take_many_op(
    xp,
    handle,
    num_elements,
    *,
    component_types: list[DType],
    allow_small_batch: bool = False,
    wait_for_incomplete: bool = False,
    timeout_ms: int = -1,
):
    """num_elements: i32[] -> i64[n], string[n], and n[n, ...] for each component"""
    return _of(handle).take_many(int(num_elements), allow_small_batch)


@op("BarrierClose", f"{_HANDLE} ->", **_USED)
def barrier_close_op(xp, handle, *, cancel_pending_enqueues: bool = False):
    """No new keys may be inserted from now on."""
    _of(handle).close(cancel_pending_enqueues)
    return ()


@op("BarrierReadySize", f"{_HANDLE} -> size: int32", shape=shapes.scalar, **_USED)
def barrier_ready_size_op(xp, handle):
    """-> i32[], how many whole elements there are"""
    return np.asarray(_of(handle).ready.ready, np.int32)


@op("BarrierIncompleteSize", f"{_HANDLE} -> size: int32", shape=shapes.scalar, **_USED)
def barrier_incomplete_size_op(xp, handle):
    """-> i32[], how many elements lack components"""
    return np.asarray(len(_of(handle).incomplete), np.int32)


for _declared in (barrier_op, barrier_insert_many_op, barrier_take_many_op, barrier_close_op):
    _declared.not_differentiable()
for _declared in (barrier_ready_size_op, barrier_incomplete_size_op):
    _declared.not_differentiable()
