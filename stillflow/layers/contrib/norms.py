"""Normalisation of each example by itself: over layers, instances, groups of channels, or rows.

Common arguments:
  center, scale: whether `beta` is added and `gamma` multiplies.
  activation_fn: applied to the result; None for none.
  param_initializers: {"beta": initializer, "gamma": initializer}.
  variables_collections: for the variables, of both or by name.
  outputs_collections: what the result is added to, under the layer's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.common import finished, parameter
from stillflow.layers.contrib.sizes import check_layout
from stillflow.ops.array import filling, joining, reshaping, shape_of, slicing, tiling
from stillflow.ops.math import division, elementwise
from stillflow.ops.nn import moments as statistics
from stillflow.ops.nn.normalization import batch_normalization
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.initializers import Ones, Zeros
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Tensor:
    """Returns f[...] with mean 0 and variance 1 over `begin_norm_axis` and all axes behind it.

    beta and gamma have the sizes from `begin_params_axis` on. Ba, Kiros and Hinton, 2016.

    Raises:
      ValueError: the rank is not known, an axis is beyond it, or a size that a variable needs is
        not known.
    """
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        shape, rank = inputs.shape, _known_rank(inputs)
        dtype = inputs.dtype.base_dtype
        if begin_norm_axis < 0:
            begin_norm_axis += rank
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) "
                f"must be < rank(inputs) ({rank})"
            )
        sizes = shape[begin_params_axis:]
        if not sizes.is_fully_defined():
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully "
                f"defined: {shape}"
            )
        beta, gamma = _offset_and_scale(
            center, scale, sizes, dtype, {}, variables_collections, trainable
        )
        mean, variance = statistics.moments(
            inputs, list(range(begin_norm_axis, rank)), keepdims=True
        )
        epsilon = 1e-3 if dtype is dtypes.float16 else 1e-12
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(shape)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Any = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Tensor:
    """Returns f[n, ..., c] (or f[n, c, ...], "NCHW") with each channel of each example normalised.

    Ulyanov, Vedaldi and Lempitsky, 2016.

    Raises:
      ValueError: the rank or the number of channels is not known, or another `data_format`.
    """
    inputs = convert_to_tensor(inputs)
    rank = _known_rank(inputs)
    check_layout(data_format, "NCHW", "NHWC")
    with variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as opened:
        axis = 1 if data_format == "NCHW" else rank - 1
        channels = inputs.shape[axis : axis + 1]
        if not channels.is_fully_defined():
            raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {channels}.")
        broadcast = [1, channels.num_elements(), *[1] * (rank - 2)] if axis == 1 else None
        common = (channels, inputs.dtype.base_dtype, param_initializers or {})
        beta, gamma = _offset_and_scale(
            center, scale, *common, variables_collections, trainable, broadcast
        )
        axes = [i for i in range(1, rank) if i != axis]
        mean, variance = statistics.moments(inputs, axes, keepdims=True)
        outputs = batch_normalization(
            inputs, mean, variance, beta, gamma, epsilon, name="instancenorm"
        )
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def group_norm(
    inputs: Any,
    groups: int = 32,
    channels_axis: int = -1,
    reduction_axes: Sequence[int] = (-3, -2),
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Any = None,
    param_initializers: Mapping[str, Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Tensor:
    """Returns f[...] normalised over `reduction_axes` and the channels of a group.

    With `mean_close_to_zero` the variance is that around zero. Wu and He, 2018.

    Raises:
      ValueError: the rank or a size is not known, the channels cannot be divided into `groups`, or
        an axis is beyond the rank or named twice.
    """
    inputs = convert_to_tensor(inputs)
    rank = _known_rank(inputs)
    if channels_axis > rank - 1:
        raise ValueError("Axis is out of bounds.")
    sizes = _sizes(inputs)
    channels_axis %= rank
    axes = [axis + rank if axis < 0 else axis for axis in reduction_axes]
    channels = _check_groups(inputs, groups, channels_axis, axes)
    split = [groups, channels // groups]
    before, behind = sizes[:channels_axis], sizes[channels_axis + 1 :]
    inputs = reshaping.reshape(inputs, [*before, *split, *behind])
    axes = [channels_axis + 1, *(axis + (axis > channels_axis) for axis in axes)]
    with variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as opened:
        broadcast = [1] * len(before) + split + [1] * len(behind)
        common = ([channels], inputs.dtype.base_dtype, param_initializers or {})
        beta, gamma = _offset_and_scale(
            center, scale, *common, variables_collections, trainable, broadcast
        )
        if mean_close_to_zero:
            counts, sums, squares, _ = statistics.sufficient_statistics(inputs, axes, keepdims=True)
            mean, variance = statistics.normalize_moments(counts, sums, squares, shift=None)
        else:
            mean, variance = statistics.moments(inputs, axes, keepdims=True)
        gain = elementwise.rsqrt(variance + epsilon)
        offset = -mean * gain
        if gamma is not None:
            gain, offset = gain * gamma, offset * gamma
        if beta is not None:
            offset += beta
        outputs = reshaping.reshape(inputs * gain + offset, sizes)
        return finished(outputs, activation_fn, outputs_collections, opened.name)


@add_arg_scope
def unit_norm(inputs: Tensor, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Tensor:
    """Returns f[...] divided by its Euclidean norm along `dim`; `epsilon` is added to the square.

    Raises:
      ValueError: the rank is not known, or `dim` is negative or beyond it.
    """
    with variable_scope(scope, "UnitNorm", [inputs]):
        rank = inputs.get_shape().ndims
        if not rank:
            raise ValueError("The input rank must be known.")
        if not 0 <= dim < rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        squares = reductions.reduce_sum(elementwise.square(inputs), dim, True)
        lengths = elementwise.sqrt(epsilon + squares)
        multiples = [filling.ones([dim], dtypes.int32)] if dim > 0 else []
        multiples.append(slicing.strided_slice(shape_of.shape(inputs), [dim], [dim + 1]))
        if dim < rank - 1:
            multiples.append(filling.ones([rank - 1 - dim], dtypes.int32))
        return division.div(inputs, tiling.tile(lengths, joining.concat(multiples, 0)))


def _known_rank(inputs: Tensor) -> int:
    rank = inputs.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    return rank


def _offset_and_scale(
    center: bool,
    scale: bool,
    shape: Any,
    dtype: Any,
    initializers: Mapping[str, Any],
    collections: Any,
    trainable: bool,
    broadcast: list[int] | None = None,
) -> tuple[Any, Any]:
    """`beta` and `gamma`, reshaped to `broadcast`; None where there is none."""

    def made(wanted: bool, name: str, initializer: Any) -> Any:
        if not wanted:
            return None
        initializer = initializers.get(name, initializer)
        variable = parameter(name, shape, dtype, initializer, collections, trainable=trainable)
        return variable if broadcast is None else reshaping.reshape(variable, broadcast)

    return made(center, "beta", Zeros()), made(scale, "gamma", Ones())


def _sizes(inputs: Tensor) -> list[Any]:
    """The sizes of `inputs`: numbers, and tensors where one is not known."""
    dynamic = shape_of.shape(inputs)
    static = inputs.shape.as_list()
    return [dynamic[i] if size is None else size for i, size in enumerate(static)]


def _check_groups(inputs: Tensor, groups: int, channels_axis: int, axes: list[int]) -> int:
    """The number of channels, once they and the axes were found to fit."""
    static = inputs.shape.as_list()
    channels = static[channels_axis]
    if channels is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channel dimension: {channels_axis}.")
    for axis in axes:
        if axis >= len(static):
            raise ValueError("Axis is out of bounds.")
        if static[axis] is None:
            raise ValueError(f"Inputs {inputs.name} has undefined dimensions {axis}.")
        if axis == channels_axis:
            raise ValueError("reduction_axis must be mutually exclusive with channels_axis")
    if groups > channels:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    if channels % groups:
        raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
    return channels
