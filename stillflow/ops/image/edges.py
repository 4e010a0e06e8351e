"""How pictures change from pixel to pixel."""

from __future__ import annotations

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of, stacking, tiling
from stillflow.ops.array.padding import pad
from stillflow.ops.math import elementwise
from stillflow.ops.nn.depthwise import depthwise_conv2d
from stillflow.ops.reduce.reductions import reduce_sum

_SOBEL = [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]


def total_variation(images: Tensor, name: str | None = None) -> Tensor:
    """n[h, w, c] -> n[], n[n, h, w, c] -> n[n], the sum of how neighbours differ.

    Raises:
      ValueError: another rank.
    """
    with name_scope(name, "total_variation"):
        rank = images.shape.ndims
        if rank == 3:
            down = images[1:, :, :] - images[:-1, :, :]
            right = images[:, 1:, :] - images[:, :-1, :]
            axes = None
        elif rank == 4:
            down = images[:, 1:, :, :] - images[:, :-1, :, :]
            right = images[:, :, 1:, :] - images[:, :, :-1, :]
            axes = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        first = reduce_sum(elementwise.abs_(down), axis=axes)
        return first + reduce_sum(elementwise.abs_(right), axis=axes)


def image_gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """n[n, h, w, c] -> (dy, dx), both n[n, h, w, c]: the next pixel less this one, 0 at the end.

    Raises:
      ValueError: another rank.
    """
    if image.shape.ndims != 4:
        raise ValueError(
            f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}."
        )
    sizes = shape_of.shape(image)
    batch, height, width, depth = stacking.unstack(sizes)
    dy = image[:, 1:, :, :] - image[:, :-1, :, :]
    dx = image[:, :, 1:, :] - image[:, :, :-1, :]
    made = []
    for change, axis, end in (
        (dy, 1, [batch, 1, width, depth]),
        (dx, 2, [batch, height, 1, depth]),
    ):
        zeros = filling.zeros(stacking.stack(end), image.dtype)
        made.append(reshaping.reshape(joining.concat([change, zeros], axis), sizes))
    return made[0], made[1]


def sobel_edges(image: Tensor) -> Tensor:
    """f[n, h, w, c] -> f[n, h, w, c, 2], how it changes downwards and to the right, after Sobel."""
    sizes = shape_of.shape(image)
    kernels = np.expand_dims(np.transpose(np.asarray(_SOBEL), (1, 2, 0)), -2)
    filters = constant(kernels, dtype=image.dtype)
    filters = tiling.tile(filters, [1, 1, sizes[-1], 1], name="sobel_filters")
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    edges = reshaping.reshape(edges, joining.concat([sizes, [len(_SOBEL)]], 0))
    edges.set_shape(image.shape.concatenate([len(_SOBEL)]))
    return edges
