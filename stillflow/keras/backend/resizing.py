"""Pictures and volumes made larger."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.arranging import permute_dimensions, repeat_elements
from stillflow.keras.backend.tensors import known_shape
from stillflow.ops.array import shape_of
from stillflow.ops.image.resize import resize_images_v2


def resize_images(
    x: Any,
    height_factor: int,
    width_factor: int,
    data_format: str,
    interpolation: str = "nearest",
) -> Tensor:
    """Returns pictures that are larger by whole factors.

    Args:
      x: four axes.
      data_format: "channels_first" or "channels_last".
      interpolation: "nearest" or "bilinear".

    Raises:
      ValueError: another format or interpolation.
    """
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"Invalid `data_format` argument: {data_format}\n"
            '  It is "channels_first" or "channels_last".'
        )
    first = data_format == "channels_first"
    rows = 2 if first else 1
    original = x
    size = shape_of.shape(x)[rows : rows + 2]
    size *= constant(np.array([height_factor, width_factor], dtype="int32"))
    if first:
        x = permute_dimensions(x, [0, 2, 3, 1])
    if interpolation not in ("nearest", "bilinear"):
        raise ValueError('interpolation should be one of "nearest" or "bilinear".')
    x = resize_images_v2(x, size, method=interpolation)
    if first:
        x = permute_dimensions(x, [0, 3, 1, 2])
    height, width = known_shape(original)[rows : rows + 2]
    new_height = None if height is None else height * height_factor
    new_width = None if width is None else width * width_factor
    x.set_shape(
        (None, None, new_height, new_width) if first else (None, new_height, new_width, None)
    )
    return x


def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str
) -> Tensor:
    """Returns volumes that are larger by whole factors. ValueError for an unknown format.

    Args:
      x: five axes.
    """
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f'Invalid data_format: {data_format}\n  It is "channels_first" or "channels_last".'
        )
    first = 2 if data_format == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), first):
        x = repeat_elements(x, factor, axis=axis)
    return x
