"""Axes and sizes of images translated from one layout to another."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_within, refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes

_OPTIONS: dict[str, Any] = {
    "shape": shapes.same,
    "types": {"T": INDEX},
    "defaults": {"T": dtypes.int32},
}


def _places(src_format: str, dst_format: str) -> list[int]:
    """Where each axis of the first layout is in the second."""
    for name, key, layout in (
        ("Source", "src_format", src_format),
        ("Destination", "dst_format", dst_format),
    ):
        if len(layout) not in (4, 5):
            refuse(f"{name} format must be of length 4 or 5, received {key} = {layout}")
    if sorted(src_format) != sorted(dst_format) or len(set(src_format)) < len(src_format):
        refuse(
            "Destination and source format must determine a permutation, got "
            f"{src_format} and {dst_format}"
        )
    return [dst_format.index(axis) for axis in src_format]


@op("DataFormatDimMap", "x: T -> y: T", **_OPTIONS)
def data_format_dim_map(xp, x, *, src_format: str = "NHWC", dst_format: str = "NCHW"):
    """x: i[...], axes, counted from the end if negative -> i[...]"""
    places = _places(src_format, dst_format)
    axes = xp.where(x < 0, x + len(places), x).astype(x.dtype)
    check_within(xp, "x", axes, len(places))
    return xp.asarray(np.array(places, x.dtype))[axes]


@op("DataFormatVecPermute", "x: T -> y: T", **_OPTIONS)
def data_format_vec_permute(xp, x, *, src_format: str = "NHWC", dst_format: str = "NCHW"):
    """x: i[4] or i[4, 2], or of the two spatial axes only -> the same in the other order"""
    _places(src_format, dst_format)
    if x.ndim not in (1, 2):
        refuse(f"input must be a vector or 2D tensor, but got shape {format_sizes(x.shape)}")
    if x.ndim == 1 and x.shape[0] not in (2, 4):
        refuse(f"1D input must be of size 2 or 4, but got shape {format_sizes(x.shape)}")
    if x.ndim == 2 and x.shape[0] not in (2, 4):
        refuse(
            "First dimension of 2D input must be of size 2 or 4, but got shape "
            f"{format_sizes(x.shape)}"
        )
    if x.ndim == 2 and x.shape[1] != 2:
        refuse(
            f"Second dimension of 2D input must be of size 2, but got shape {format_sizes(x.shape)}"
        )
    if x.shape[0] == 2:
        src_format, dst_format = (
            "".join(axis for axis in layout if axis in "HW") for layout in (src_format, dst_format)
        )
    return x[np.array([src_format.index(axis) for axis in dst_format])]
