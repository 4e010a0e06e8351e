"""Functions of each row of a tensor, one after the other; and printing."""

from __future__ import annotations

import sys
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.printing import print_
from stillflow.ops.tensor_array import folding, mapping


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """Returns what `fn` makes of each row; of another type than the rows where `dtype` says so."""
    return mapping.map_fn(fn, elems, name=name, dtype=dtype)


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Returns fn(...fn(fn(initializer, first row), second row)..., last row)."""
    return folding.foldl(fn, elems, initializer=initializer, name=name)


def foldr(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Returns fn(...fn(fn(initializer, last row), last but one)..., first row)."""
    return folding.foldr(fn, elems, initializer=initializer, name=name)


def print_tensor(x: Any, message: str = "") -> Any:
    """Returns a tensor that is printed behind a message whenever it is evaluated.

    What is no tensor is returned as it is; only a run of the node that is added prints it.
    """
    printed = print_(message, x, output_stream=sys.stdout)
    if not isinstance(x, Tensor):
        return x
    with control_dependencies([printed]):
        return identity(x)
