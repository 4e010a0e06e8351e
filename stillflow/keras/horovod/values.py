"""Values brought together from all ranks at once, in the session that Keras runs in."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.distribute.horovod import reducing
from stillflow.distribute.horovod.compression import Compression, Compressor
from stillflow.layers.default_session import get_session


def broadcast_global_variables(root_rank: int) -> None:
    """Gives all global variables the values that they have in rank `root_rank`."""
    operation = reducing.broadcast_global_variables(root_rank)
    get_session().run(operation)


def allreduce(
    value: Any,
    name: str | None = None,
    average: bool | None = None,
    prescale_factor: float = 1.0,
    postscale_factor: float = 1.0,
    op: int | None = None,
    compression: type[Compressor] = Compression.none,
) -> Any:
    """Returns the mean of all ranks' values, or what `op` says, as an array.

    Args:
      value: an array, of the same shape in all ranks.
      name: of the constant that it becomes.
      average, prescale_factor, postscale_factor, op, compression: see `horovod.tensorflow`.
    """
    reduced = reducing.allreduce(
        constant(value, name=name or "Const"),
        average=average,
        compression=compression,
        op=op,
        prescale_factor=prescale_factor,
        postscale_factor=postscale_factor,
    )
    return get_session().run(reduced)


def allgather(value: Any, name: str | None = None) -> Any:
    """Returns the rows of all ranks' arrays, one behind the other."""
    return get_session().run(reducing.allgather(constant(value, name=name or "Const")))


def broadcast(value: Any, root_rank: int, name: str | None = None) -> Any:
    """Returns the array that rank `root_rank` has."""
    return get_session().run(reducing.broadcast(constant(value, name=name or "Const"), root_rank))
