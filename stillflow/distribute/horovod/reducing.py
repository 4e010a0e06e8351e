"""Tensors brought together from all ranks, and variables made the same in all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distribute.horovod import basics, ops
from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import device
from stillflow.ops.control.ordering import group
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import div
from stillflow.ops.variables.sets import global_variables
from stillflow.ops.variables.state import assign

Average, Sum, Adasum, Min, Max, Product = range(6)


def allreduce(
    tensor: Any,
    average: bool | None = None,
    device_dense: str = "",
    device_sparse: str = "",
    compression: type[Compressor] = Compression.none,
    op: int | None = None,
    prescale_factor: float = 1.0,
    postscale_factor: float = 1.0,
    name: str | None = None,
) -> Any:
    """Returns the mean over all ranks of a tensor or IndexedSlices, or what `op` says.

    Args:
      average: an older way to say Average (True) or Sum.
      device_dense, device_sparse: where the nodes are.
      compression: one of `Compression`.
      op: Average (by default), Sum, Min, Max or Product.
      prescale_factor, postscale_factor: multiply a dense tensor before and after.

    Raises:
      ValueError: both `average` and `op` are given.
      tf.errors.UnimplementedError: `op` is Adasum, or neither a mean nor a sum of IndexedSlices.
    """
    how = _operation(average, op)
    if isinstance(tensor, IndexedSlices):
        return _of_slices(tensor, how, device_sparse, name)
    with device(device_dense):
        small, context = compression.compress(convert_to_tensor(tensor))
        total = ops.allreduce_op(
            small,
            reduce_op=Sum if how == Average else how,
            prescale_factor=prescale_factor,
            postscale_factor=postscale_factor,
            name=_named(name, "HorovodAllreduce", small),
        )
        whole = compression.decompress(total, context)
        return div(whole, cast(basics.size(), whole.dtype)) if how == Average else whole


def _operation(average: bool | None, op: int | None) -> int:
    if average is not None and op is not None:
        raise ValueError("The op parameter supersedes average. Please provide only one of them.")
    how = op if op is not None else Sum if average is False else Average
    if how == Adasum:
        raise UnimplementedError(None, None, "Adasum is not in Stillflow.\n  Use hvd.Average.")
    return how


def _of_slices(slices: IndexedSlices, how: int, place: str, name: str | None) -> IndexedSlices:
    if how not in (Average, Sum):
        raise UnimplementedError(
            None, None, "IndexedSlices have no least, largest or product over ranks."
        )
    with device(place):
        values = allgather(slices.values, name and f"{name}_values")
        indices = allgather(slices.indices, name and f"{name}_indices")
        if how == Average:
            values = div(values, cast(basics.size(), values.dtype))
        return IndexedSlices(values, indices, dense_shape=slices.dense_shape)


def allgather(tensor: Any, name: str | None = None) -> Tensor:
    """Returns the rows of a tensor of all ranks, one behind the other."""
    tensor = convert_to_tensor(tensor)
    return ops.allgather_op(tensor, name=_named(name, "HorovodAllgather", tensor))


def broadcast(tensor: Any, root_rank: int, name: str | None = None) -> Tensor:
    """Returns what rank `root_rank` has for the tensor."""
    tensor = convert_to_tensor(tensor)
    name = _named(name, "HorovodBroadcast", tensor)
    return ops.broadcast_op(tensor, root_rank=root_rank, name=name)


def _named(name: str | None, kind: str, tensor: Tensor) -> str:
    return name or f"{kind}_{re.sub('[^a-zA-Z0-9_]', '_', tensor.name)}"


def broadcast_variables(variables: Iterable[Any], root_rank: int) -> Operation:
    """Returns an op that gives variables the values that they have in rank `root_rank`."""
    return group(*(assign(v, broadcast(v, root_rank)) for v in variables))


def broadcast_global_variables(root_rank: int) -> Operation:
    """`broadcast_variables` of all global variables."""
    return broadcast_variables(global_variables(), root_rank)
