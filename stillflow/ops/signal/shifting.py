"""Spectra with the frequency zero in their middle, and back."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.reversing import roll


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """Returns `x` with its halves exchanged along `axes` (all): n[...] -> n[...].

    Raises:
      TypeError: a size is not known.
    """
    with name_scope(name, "fftshift") as scope:
        return _shifted(convert_to_tensor(x), axes, 1, scope)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """Returns what fftshift makes `x` of: n[...] -> n[...]; raises as that does."""
    with name_scope(name, "ifftshift") as scope:
        return _shifted(convert_to_tensor(x), axes, -1, scope)


def _shifted(x: Tensor, axes: Any, sign: int, scope: str) -> Tensor:
    if axes is None:
        axes = tuple(range(x.shape.ndims))  # type: ignore[arg-type]
    half = lambda axis: sign * (x.shape[axis].value // 2)
    shift = half(axes) if isinstance(axes, int) else [half(axis) for axis in axes]
    return roll(x, shift, axes, name=scope)
