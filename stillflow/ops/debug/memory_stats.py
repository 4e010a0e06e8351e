"""`tf.contrib.memory_stats`: how much memory of a device is in use. The host counts none."""

from __future__ import annotations

from typing import Any, NoReturn

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.operation import Tensor

_OPTIONS: dict[str, Any] = {"shape": shapes.scalar, "host": True, "stateful": True}


def _refuse(op_type: str) -> NoReturn:
    refuse(
        f"No OpKernel was registered to support Op '{op_type}'.\n"
        "  TensorFlow counts the memory of GPUs alone, and Stillflow's are none of a graph's "
        "devices: leave it out of what is fetched."
    )


@op("BytesInUse", "-> out: int64", **_OPTIONS)
def bytes_in_use_op(xp):
    """-> i64[]; there is none for the host"""
    _refuse("BytesInUse")


@op("BytesLimit", "-> out: int64", **_OPTIONS)
def bytes_limit_op(xp):
    """-> i64[]; there is none for the host"""
    _refuse("BytesLimit")


@op("MaxBytesInUse", "-> out: int64", **_OPTIONS)
def max_bytes_in_use_op(xp):
    """-> i64[]; there is none for the host"""
    _refuse("MaxBytesInUse")


def bytes_in_use() -> Tensor:
    """Returns how much memory of its device is in use: i64[]. A run fails, as on any host."""
    return bytes_in_use_op()


def bytes_limit() -> Tensor:
    """Returns how much memory its device has: i64[]. A run fails, as on any host."""
    return bytes_limit_op()


def max_bytes_in_use() -> Tensor:
    """Returns how much memory of its device was in use at most: i64[]. A run fails, as above."""
    return max_bytes_in_use_op()


for _declared in (bytes_in_use_op, bytes_limit_op, max_bytes_in_use_op):
    _declared.not_differentiable()
