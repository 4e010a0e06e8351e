"""Where in an image each channel is high: spatial softmax."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.contrib.collecting import get_variable_collections
from stillflow.layers.contrib.sizes import check_layout
from stillflow.ops.array import joining, ranging, reshaping, shape_of, tiling
from stillflow.ops.array.transposing import transpose
from stillflow.ops.nn import softmax
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.initializers import Constant, Ones
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def spatial_softmax(
    features: Tensor,
    temperature: float | None = None,
    name: str | None = None,
    variables_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
) -> Tensor:
    """features: f[n, h, w, c] (or f[n, c, h, w]) -> f[n, 2 c], a place (x, y) for each channel.

    That is the mean of places between -1 and 1, weighted by a softmax over the image. The variable
    `temperature` divides the features. Levine et al., 2016.

    Raises:
      ValueError: another `data_format`, or the number of channels is not known.
    """
    with variable_scope(name, "spatial_softmax"):
        sizes = shape_of.shape(features)
        if data_format == "NHWC":
            height, width, channels = sizes[1], sizes[2], features.shape.as_list()[3]
        else:
            check_layout(data_format, "NCHW", "NHWC")
            channels, height, width = features.shape.as_list()[1], sizes[2], sizes[3]
        if channels is None:
            raise ValueError(
                "The num_channels dimension of the inputs to `spatial_softmax` should be defined. "
                "Found `None`."
            )
        with name_scope("spatial_softmax_op", "spatial_softmax_op", [features]):
            places = _places(height, width)
            divisor = model_variable(
                "temperature",
                shape=(),
                dtype=dtypes.float32,
                initializer=Ones() if temperature is None else Constant(temperature),
                collections=(
                    get_variable_collections(variables_collections, "temperature")
                    if trainable
                    else None
                ),
                trainable=trainable,
            )
            if data_format == "NHWC":
                features = transpose(features, [0, 3, 1, 2])
            rows = reshaping.reshape(features, [-1, height * width])
            attention = softmax.softmax(rows / divisor)
            means = [
                reductions.reduce_sum(place * attention, [1], keepdims=True) for place in places
            ]
            keypoints = reshaping.reshape(joining.concat(means, 1), [-1, channels * 2])
            keypoints.set_shape([None, channels * 2])
    return keypoints


def _places(height: Tensor, width: Tensor) -> list[Tensor]:
    """The two coordinates of every pixel, f[h * w] each."""
    down = ranging.lin_space(-1.0, 1.0, height)
    across = ranging.lin_space(-1.0, 1.0, width)
    grids = tiling.meshgrid(down, across, indexing="ij")
    return [reshaping.reshape(grid, [height * width]) for grid in grids]
