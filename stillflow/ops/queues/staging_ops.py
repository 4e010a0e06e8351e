"""The ops on staging areas, each of which finds its area by name in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.graph.dtypes import DType
from stillflow.ops.queues.staging import Buffer, Map
from stillflow.ops.queues.trials import Trial

_LIMITS: dict[str, Any] = {"capacity": 0, "memory_limit": 0}
_SOME: dict[str, Any] = {**_LIMITS, "dtypes": 1}  # of what gives values


def _done(trial: Trial) -> tuple[()]:
    trial.finished()
    return ()


def _values(trial: Trial) -> Any:
    values = trial.finished()
    return values[0] if len(values) == 1 else values


def _any_shapes(ctx: shapes.ShapeContext) -> list[None]:
    return [None for _ in ctx.attrs["dtypes"]]


# In order -----------------------------------------------------------------------------------------


def _buffer(name: str, attrs: dict[str, Any]) -> Buffer:
    return Buffer(name, attrs["capacity"], attrs["memory_limit"])


_ON_BUFFER: dict[str, Any] = {
    "host": True,
    "resource": _buffer,
    "named_by_node": True,
    "limits": _LIMITS,
}
_FROM_BUFFER: dict[str, Any] = {
    **_ON_BUFFER,
    "limits": _SOME,
    "shape": _any_shapes,
    "finish": _values,
}


@op("Stage", "values: [dtypes] ->", finish=_done, **_ON_BUFFER)
def stage_op(
    xp,
    area,
    *values,
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """values: n[...] each, one element; waits until there is room"""
    return area.put(values)


@op("Unstage", "-> values: [dtypes]", **_FROM_BUFFER)
def unstage_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """-> n[...] each, the oldest element; waits until there is one"""
    return area.get()


@op("StagePeek", "index: int32 -> values: [dtypes]", **_FROM_BUFFER)
def stage_peek_op(
    xp,
    area,
    index,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """index: i32[] -> n[...] each, an element that stays; waits until it is there"""
    return area.peek(int(index))


@op("StageSize", "-> size: int32", shape=shapes.scalar, **_ON_BUFFER)
def stage_size_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """-> i32[]"""
    return np.asarray(area.size(), np.int32)


@op("StageClear", "->", **_ON_BUFFER)
def stage_clear_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """Removes all elements."""
    area.clear()
    return ()


# By key -------------------------------------------------------------------------------------------


def _declare(
    type_name: str, signature: str, is_ordered: bool, **options: Any
) -> Callable[[Callable], OpDef]:
    def make(name: str, attrs: dict[str, Any]) -> Map:
        width = len(attrs["dtypes"])
        return Map(name, attrs["capacity"], attrs["memory_limit"], width, is_ordered)

    prefix = "Ordered" if is_ordered else ""
    options = {"host": True, "named_by_node": True, "limits": _LIMITS, **options}
    return op(f"{prefix}{type_name}", signature, resource=make, **options)


def _on_both(type_name: str, signature: str, **options: Any) -> Callable:
    """Declares an op on maps, and its twin on those whose keys are in order; gives both."""

    def declare(fn: Callable) -> tuple[OpDef, OpDef]:
        plain = _declare(type_name, signature, False, **options)(fn)
        ordered = _declare(type_name, signature, True, **options)(fn)
        return plain.not_differentiable(), ordered.not_differentiable()

    return declare


@_on_both("MapStage", "key: int64, indices: int32, values: [fake_dtypes] ->", finish=_done)
def map_stage_op(
    xp,
    area,
    key,
    indices,
    *values,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """key: i64[], indices: i32[k], values: n[...] each; waits until there is room"""
    area.width = len(dtypes)  # others may have found the area first, and name only some
    return area.put(int(key), indices.tolist(), values)


def _key_and_values(ctx: shapes.ShapeContext) -> list[Any]:
    return [None, *_any_shapes(ctx)]


@_on_both(
    "MapPeek",
    "key: int64, indices: int32 -> values: [dtypes]",
    shape=_any_shapes,
    finish=_values,
    limits=_SOME,
)
def map_peek_op(
    xp,
    area,
    key,
    indices,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """key: i64[], indices: i32[k] -> n[...] each, which stay; waits for the key"""
    return area.peek(int(key), indices.tolist())


@_on_both(
    "MapUnstage",
    "key: int64, indices: int32 -> values: [dtypes]",
    shape=_any_shapes,
    finish=_values,
    limits=_SOME,
)
def map_unstage_op(
    xp,
    area,
    key,
    indices,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """key: i64[], indices: i32[k] -> n[...] each; waits for the key"""
    return area.pop(int(key), indices.tolist())


@_on_both(
    "MapUnstageNoKey",
    "indices: int32 -> key: int64, values: [dtypes]",
    shape=_key_and_values,
    finish=_values,
    limits=_SOME,
)
def map_unstage_no_key_op(
    xp,
    area,
    indices,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """indices: i32[k] -> i64[], n[...] each, some element; waits until there is one"""
    return area.pop_item(indices.tolist())


@_on_both("MapSize", "-> size: int32", shape=shapes.scalar)
def map_size_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """-> i32[], how many elements are whole"""
    return np.asarray(area.size(), np.int32)


@_on_both("MapIncompleteSize", "-> size: int32", shape=shapes.scalar)
def map_incomplete_size_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """-> i32[], how many elements lack components"""
    return np.asarray(area.incomplete_size(), np.int32)


@_on_both("MapClear", "->")
def map_clear_op(
    xp,
    area,
    *,
    dtypes: list[DType],
    capacity: int = 0,
    memory_limit: int = 0,
    container: str = "",
    shared_name: str = "",
):
    """Removes all elements."""
    area.clear()
    return ()


for _declared in (stage_op, unstage_op, stage_peek_op, stage_size_op, stage_clear_op):
    _declared.not_differentiable()
