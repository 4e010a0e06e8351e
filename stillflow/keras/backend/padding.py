"""Zeros around sequences, pictures and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.settings import data_format_or_default
from stillflow.ops.array.padding import pad

Widths = Sequence[Sequence[int]]


def temporal_padding(x: Any, padding: Sequence[int] = (1, 1)) -> Tensor:
    """Pads the middle axis of three: how many zeros before, how many behind."""
    assert len(padding) == 2, "padding is a pair: zeros before, zeros behind"
    return pad(x, [[0, 0], list(padding), [0, 0]])


def spatial_2d_padding(
    x: Any, padding: Widths = ((1, 1), (1, 1)), data_format: str | None = None
) -> Tensor:
    """Pads rows and columns of pictures. ValueError for an unknown format."""
    return _padded(x, padding, 2, data_format)


def spatial_3d_padding(
    x: Any, padding: Widths = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None
) -> Tensor:
    """Pads the three axes of volumes. ValueError for an unknown format."""
    return _padded(x, padding, 3, data_format)


def _padded(x: Any, padding: Widths, axes: int, data_format: str | None) -> Tensor:
    assert len(padding) == axes, f"padding is {axes} pairs"
    assert all(len(pair) == 2 for pair in padding), "each padding is a pair: before, behind"
    widths = [list(pair) for pair in padding]
    if data_format_or_default(data_format) == "channels_first":
        return pad(x, [[0, 0], [0, 0], *widths])
    return pad(x, [[0, 0], *widths, [0, 0]])
