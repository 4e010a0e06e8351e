"""The ops by which ranks tell each other tensors, by Horovod's names and attributes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.ops.array.joining import split
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.platform import processes

REDUCTIONS = {0: "average", 1: "sum", 3: "min", 4: "max", 5: "product"}
"""Horovod's numbers of what an allreduce makes; averages are sums that are divided afterwards."""

_NUMBERS = [
    *(dtypes.uint8, dtypes.int8, dtypes.int32, dtypes.int64),
    *(dtypes.float16, dtypes.float32, dtypes.float64),
]
_MOVED = [*_NUMBERS, dtypes.uint16, dtypes.int16, dtypes.bool]


def _collectives() -> ModuleType:
    from stillflow.runtime import xla_collectives  # JAX

    return xla_collectives


def _of_all(
    what: str, value: np.ndarray, collect: Callable[[np.ndarray, list[list[int]]], np.ndarray]
) -> np.ndarray:
    """What `collect` makes of the values of all ranks, which have come to the same collective."""
    if processes.group().size == 1:
        return np.array(value)
    is_bool = value.dtype == np.bool_
    number = value.view(np.uint8) if is_bool else value
    shapes_of_all = _collectives().together(f"{what} of {value.dtype.name} tensors", number)
    result = collect(number, shapes_of_all)
    return result.view(np.bool_) if is_bool else result


def _check_alike(what: str, told: list[list[int]]) -> None:
    for other in told:
        if other != told[0]:
            raise InvalidArgumentError(
                None,
                None,
                f"Mismatched {what} tensor shapes: One rank sent a tensor with shape {told[0]}, "
                f"but another rank sent a tensor with shape {other}.",
            )


@op(
    "HorovodAllreduce",
    "tensor: T -> sum: T",
    shape=shapes.same,
    types={"T": _NUMBERS},
    host=True,
    stateful=True,
)
def allreduce_op(
    xp,
    tensor,
    *,
    reduce_op: int = 1,
    prescale_factor: float = 1.0,
    postscale_factor: float = 1.0,
    ignore_name_scope: bool = False,
    process_set_id: int = 0,
):
    """tensor: n[...], another in each rank -> n[...], their sum, least, largest or product."""

    def reduced(value: np.ndarray, told: list[list[int]]) -> np.ndarray:
        _check_alike("allreduce", told)
        return _collectives().reduced(value, REDUCTIONS[reduce_op])

    value = _scaled(np.asarray(tensor), prescale_factor)
    return _scaled(_of_all("an allreduce", value, reduced), postscale_factor)


def _scaled(value: np.ndarray, factor: float) -> np.ndarray:
    return value if factor == 1.0 else (value * factor).astype(value.dtype)


@allreduce_op.gradient
def allreduce_gradient(op: Any, dy: Any) -> Any:
    return allreduce_op(dy, **{name: op.attrs[name] for name in allreduce_op.attr_names})


def _rows_of_all(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = ctx.shape(0)
    return None if sizes is None else (None, *sizes[1:])


@op(
    "HorovodAllgather",
    "tensor: T -> output: T",
    shape=_rows_of_all,
    types={"T": _MOVED},
    host=True,
    stateful=True,
)
def allgather_op(xp, tensor, *, ignore_name_scope: bool = False, process_set_id: int = 0):
    """tensor: n[m, ...], m another in each rank -> n[sum of m, ...], one behind the other."""

    def gathered(value: np.ndarray, told: list[list[int]]) -> np.ndarray:
        _check_alike("allgather", [shape[1:] for shape in told])
        return _collectives().gathered(value, [shape[0] for shape in told])

    return _of_all("an allgather", np.asarray(tensor), gathered)


@allgather_op.gradient
def allgather_gradient(op: Any, dy: Any) -> Any:
    """Of the sum of what all ranks say, this rank's rows."""
    group = processes.group()
    counts = allgather_op(reshape(shape(op.inputs[0])[0], [1]))
    return split(allreduce_op(dy), reshape(counts, [group.size]), num=group.size)[group.rank]


@op(
    "HorovodBroadcast",
    "tensor: T -> output: T",
    shape=shapes.same,
    types={"T": _MOVED},
    host=True,
    stateful=True,
)
def broadcast_op(
    xp, tensor, *, root_rank: int, ignore_name_scope: bool = False, process_set_id: int = 0
):
    """tensor: n[...], another in each rank -> n[...], that of rank `root_rank`."""

    def picked(value: np.ndarray, told: list[list[int]]) -> np.ndarray:
        _check_alike("broadcast", told)
        return _collectives().of_rank(value, root_rank)

    return _of_all(f"a broadcast from rank {root_rank}", np.asarray(tensor), picked)


@broadcast_op.gradient
def broadcast_gradient(op: Any, dy: Any) -> Any:
    """The root's value is in the results of all ranks, the others' in none.

    All ranks take part in the sum.
    """
    is_root = processes.group().rank == op.attrs["root_rank"]
    return allreduce_op(dy) * (1 if is_root else 0)
