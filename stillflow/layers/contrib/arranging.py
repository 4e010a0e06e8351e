"""Layers without variables that rearrange, choose, or turn numbers into probabilities."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.layers.contrib.collecting import collect_named_outputs
from stillflow.layers.contrib.sizes import check_layout, last_dimension
from stillflow.ops.array import (
    joining,
    one_hot,
    reshaping,
    selecting,
    shape_of,
    slicing,
)
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.array.transposing import transpose
from stillflow.ops.debug.checks import assert_rank_at_least
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.nn import softmax as probabilities
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.arg_scope import add_arg_scope


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: Any,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Tensor:
    """labels: i[...] -> f[..., num_classes], `on_value` at the label and `off_value` elsewhere."""
    with name_scope(scope, "OneHotEncoding", [labels, num_classes]) as name:
        labels = convert_to_tensor(labels)
        if labels.dtype is dtypes.int32:
            labels = casts.to_int64(labels)
        outputs = one_hot.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return collect_named_outputs(outputs_collections, name, outputs)


@add_arg_scope
def softmax(logits: Tensor, scope: Any = None) -> Tensor:
    """logits: f[..., n] -> probabilities f[..., n]; ValueError when n is not known."""
    with variable_scope(scope, "softmax", [logits]):
        rows = reshaping.reshape(logits, [-1, last_dimension(logits.get_shape(), min_rank=2)])
        outputs = reshaping.reshape(probabilities.softmax(rows), shape_of.shape(logits))
        outputs.set_shape(logits.get_shape())
        return outputs


@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Tensor:
    """Returns the largest of each of `num_units` groups along `axis` (Goodfellow et al., 2013).

    Raises:
      ValueError: `num_units` does not divide the size of the axis.
    """
    with variable_scope(scope, "MaxOut", [inputs]):
        inputs = convert_to_tensor(inputs)
        sizes: list[Any] = inputs.get_shape().as_list()
        channels = sizes[axis]
        if channels % num_units:
            raise ValueError(
                f"number of features({channels}) is not a multiple of num_units({num_units})"
            )
        sizes[axis] = num_units
        sizes = [shape_of.shape(inputs)[i] if n is None else n for i, n in enumerate(sizes)]
        groups = reshaping.reshape(inputs, [*sizes, channels // num_units])
        return reductions.reduce_max(groups, -1, keepdims=False)


@add_arg_scope
def images_to_sequence(
    inputs: Any, data_format: str = "NHWC", outputs_collections: Any = None, scope: Any = None
) -> Tensor:
    """inputs: f[n, h, w, c] -> f[w, n * h, c]: the rows of all images, as sequences."""
    check_layout(data_format, "NCHW", "NHWC")
    with name_scope(scope, "ImagesToSequence", [inputs]) as name:
        inputs = convert_to_tensor(inputs)
        if data_format == "NCHW":
            inputs = transpose(inputs, [0, 2, 3, 1])
        _, _, width, depth = inputs.get_shape().as_list()
        sizes = shape_of.shape(inputs)
        images, height = sizes[0], sizes[1]
        columns = transpose(inputs, [2, 0, 1, 3])
        outputs = reshaping.reshape(columns, [width, images * height, depth])
        return collect_named_outputs(outputs_collections, name, outputs)


@add_arg_scope
def sequence_to_images(
    inputs: Any,
    height: int,
    output_data_format: str = "channels_last",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Tensor:
    """inputs: f[w, n * height, c] -> f[n, height, w, c], or f[n, c, height, w]."""
    with name_scope(scope, "SequenceToImages", [inputs]) as name:
        inputs = convert_to_tensor(inputs)
        width, rows, depth = inputs.get_shape().as_list()
        images = -1 if rows is None else rows // height
        columns = reshaping.reshape(inputs, [width, images, height, depth])
        order = [1, 3, 2, 0] if output_data_format == "channels_first" else [1, 2, 0, 3]
        outputs = transpose(columns, order)
        return collect_named_outputs(outputs_collections, name, outputs)


def poincare_normalize(
    x: Any, axis: Any = 1, epsilon: float = 1e-5, name: str | None = None
) -> Tensor:
    """Returns x scaled into the unit ball, with a norm of at most 1 - epsilon along `axis`.

    Nickel and Kiela, 2017.
    """
    with name_scope(name, "poincare_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        squares = reductions.reduce_sum(elementwise.square(x), axis, keepdims=True)
        scale = arithmetic.minimum((1.0 - epsilon) * elementwise.rsqrt(squares), 1.0)
        return arithmetic.multiply(x, scale, name=scope)


@add_arg_scope
def dense_to_sparse(
    tensor: Any, eos_token: Any = 0, outputs_collections: Any = None, scope: Any = None
) -> SparseTensor:
    """Returns a SparseTensor of the elements that are not `eos_token`, say the end of a text."""
    with variable_scope(scope, "dense_to_sparse", [tensor]) as opened:
        tensor = convert_to_tensor(tensor)
        is_kept = comparison.not_equal(tensor, constant(eos_token, tensor.dtype))
        places = selecting.where(is_kept)
        values = gather_nd(tensor, places)
        shape = shape_of.shape(tensor, out_type=dtypes.int64)
        outputs = SparseTensor(places, values, shape)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@add_arg_scope
def inner_flatten(
    inputs: Any, new_rank: int, output_collections: Any = None, scope: Any = None
) -> Any:
    """Returns `inputs`, which may be sparse, with its last axes made one: there are `new_rank`.

    Raises:
      ValueError: the rank is below that.
    """
    with name_scope(scope, "InnerFlatten", [inputs, new_rank]) as name:
        flatten = _sparse_inner if isinstance(inputs, SparseTensor) else _dense_inner
        outputs = flatten(inputs, new_rank)
    return collect_named_outputs(output_collections, name, outputs)


def _sparse_inner(inputs: SparseTensor, new_rank: int) -> SparseTensor:
    rank = inputs.dense_shape.get_shape().as_list()[0]
    if rank is not None and rank < new_rank:
        raise ValueError(
            f"Inputs has rank less than new_rank. {inputs} must have rank at least {new_rank}. "
            f"Received rank {rank}, shape {inputs.get_shape()}"
        )
    outer, inner = inputs.dense_shape[: new_rank - 1], inputs.dense_shape[new_rank - 1 :]
    return sparse_reshape(inputs, joining.concat((outer, [reductions.reduce_prod(inner)]), 0))


def _dense_inner(inputs: Any, new_rank: int) -> Tensor:
    tensor = convert_to_tensor(inputs)
    message = "inputs has rank less than new_rank"
    with control_dependencies([assert_rank_at_least(tensor, new_rank, message=message)]):
        outer = slicing.strided_slice(shape_of.shape(tensor), [0], [new_rank - 1])
        outputs = reshaping.reshape(tensor, joining.concat((outer, [-1]), 0))
    if isinstance(new_rank, int) and tensor.get_shape().ndims is not None:
        sizes = tensor.get_shape().as_list()
        inner = tensor.get_shape()[new_rank - 1 :].num_elements()
        outputs.set_shape([*sizes[: new_rank - 1], inner])
    return outputs
