"""What pooling of images and of volumes have in common: n[n, sizes, c] -> n[n, counts, c]."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np

from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, shape_of
from stillflow.ops.nn.windows import (
    Axis,
    channels_last,
    from_channels_last,
    offsets,
    padded,
    taps,
    untap,
)


def seen_by(xp: Any, x: Any, axes: Sequence[Axis], data_format: str) -> list[Any]:
    """x: n[n, sizes, c] -> for each place of the window what is there, n[n, counts, c].

    What is padded is never the largest.
    """
    images = channels_last(xp, x, data_format)
    return taps(padded(xp, images, axes, _lowest(x.dtype)), axes)


def _lowest(dtype: Any) -> Any:
    return np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else -np.inf


def chosen(xp: Any, x: Any, choices: Sequence[Any], axes: Sequence[Axis], data_format: str) -> Any:
    """x: n[n, sizes, c], choices: bool[n, counts, c] per place -> the sum of what is chosen."""
    values = taps(padded(xp, channels_last(xp, x, data_format), axes), axes)
    picked = [xp.multiply(value, choice) for value, choice in zip(values, choices, strict=True)]
    return reduce(xp.add, picked)


def first_hits(
    xp: Any, seen: Sequence[Any], largest: Any, leads: Sequence[Any] | None = None
) -> list[Any]:
    """For each place of the window, where it is the first to hold the largest: bool[n, counts, c].

    seen: n[n, counts, c] per place, largest: n[n, counts, c]
    leads: `led_by_nan`, which comes before the largest.
    """

    def hits(part: Any, lead: Any) -> Any:
        hit = xp.equal(part, largest)
        return hit if lead is None else xp.logical_or(hit, lead)

    leads = leads or [None] * len(seen)
    found = hits(seen[0], leads[0])
    firsts = [found]
    for part, lead in zip(seen[1:], leads[1:], strict=True):
        hit = hits(part, lead)
        firsts.append(xp.logical_and(hit, xp.logical_not(found)))
        found = xp.logical_or(found, hit)
    return firsts


def led_by_nan(xp: Any, seen: Sequence[Any], axes: Sequence[Axis]) -> list[Any]:
    """Per place of the window, whether NaN is there and nothing of the images before it.

    TensorFlow starts with what a window sees first, and nothing is larger than NaN. None stands
    for False everywhere.
    """
    leads: list[Any] = []
    for at, part in zip(offsets(axes), seen, strict=True):
        starts = [_starts_at(k, axis) for k, axis in zip(at, axes, strict=True)]
        if np.dtype(part.dtype).kind in "iu" or not all(start.any() for start in starts):
            leads.append(None)
            continue
        place = reduce(np.logical_and.outer, starts)[..., None]
        leads.append(xp.logical_and(xp.isnan(part), place))
    return leads


def _starts_at(k: int, axis: Axis) -> np.ndarray:
    """Which windows see of the images first what is at their k-th place: bool[count]."""
    before = axis.before - np.arange(axis.count) * axis.stride
    return np.maximum(before, 0) == k


def routed(xp: Any, dy: Any, choices: Sequence[Any]) -> Iterator[Any]:
    """dy: n[n, counts, c], choices: bool[n, counts, c] per place -> dy where chosen, else 0."""
    if xp.is_xla or not np.isfinite(dy).all():
        return (xp.where(choice, dy, xp.zeros((), dy.dtype)) for choice in choices)
    return (xp.multiply(dy, choice) for choice in choices)  # much faster than `where` of NumPy


def means(xp: Any, x: Any, axes: Sequence[Axis], data_format: str) -> Any:
    """x: f[n, sizes, c] -> f[n, counts, c]; what is padded does not count."""
    images = padded(xp, channels_last(xp, x, data_format), axes)
    y = xp.divide(reduce(xp.add, taps(images, axes)), _counts(axes, x.dtype))
    return from_channels_last(xp, y, data_format)


def means_gradient(xp: Any, dy: Any, axes: Sequence[Axis], data_format: str) -> Any:
    """dy: f[n, counts, c] -> f[n, sizes, c]"""
    share = xp.divide(channels_last(xp, dy, data_format), _counts(axes, dy.dtype))
    dx = untap(xp, [share] * math.prod(axis.window for axis in axes), axes)
    return from_channels_last(xp, dx, data_format)


def _counts(axes: Sequence[Axis], dtype: Any) -> np.ndarray:
    """How many pixels of the images each window sees: f[counts, 1]"""
    seen = reduce(np.multiply.outer, [_overlap(axis) for axis in axes])
    return seen[..., None].astype(dtype)


def _overlap(axis: Axis) -> np.ndarray:
    """How much of each window lies within the axis: i64[count]"""
    starts = np.arange(axis.count) * axis.stride - axis.before
    return np.minimum(starts + axis.window, axis.size) - np.maximum(starts, 0)


def lies_within(axes: Sequence[Axis]) -> list[np.ndarray]:
    """For each place of the window, where it sees a pixel and no padding: bool[counts, 1]."""
    found = []
    for at in places(axes):
        inside = [(i >= 0) & (i < axis.size) for i, axis in zip(at, axes, strict=True)]
        found.append(reduce(np.logical_and.outer, inside)[..., None])
    return found


def places(axes: Sequence[Axis]) -> list[list[np.ndarray]]:
    """For each place of the window, the index along each axis of what it sees: i64[count] each."""
    return [
        [
            np.arange(axis.count) * axis.stride - axis.before + k * axis.dilation
            for k, axis in zip(at, axes, strict=True)
        ]
        for at in offsets(axes)
    ]


# For gradient rules -----------------------------------------------------------------------------


def attrs_of(op: Any) -> dict[str, Any]:
    """The attributes that a pooling and its gradients share."""
    return {name: op.attrs[name] for name in op.defn.attr_names}


def zeros_and(pool: Any, op: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What was the largest does not change; `grad` goes where the largest are."""
    x, y, _ = op.inputs
    zeros = [filling.zeros(shape=shape_of.shape(t), dtype=t.dtype) for t in (x, y)]
    return zeros[0], zeros[1], pool(x, y, grad, **attrs_of(op))
