"""What programs tell `tf.keras` before they use it."""

from __future__ import annotations

from typing import Any

from stillflow.ops.sparse.sparse_tensor import SparseTensor

_objects: dict[str, Any] = {}


def get_custom_objects() -> dict[str, Any]:
    """The table of a program's own classes by name; what is put in stays."""
    return _objects


def is_sparse(tensor: Any) -> bool:
    """Whether `tensor` is a SparseTensor: parsers of records ask, and make it dense."""
    return isinstance(tensor, SparseTensor)
