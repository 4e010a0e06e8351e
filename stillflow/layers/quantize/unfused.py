"""Batch normalisations of nodes of their own, multiplied into the weights of the layer before them.

Their parts are found by the names that `tf.contrib.layers.batch_norm` gives them.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.layers.quantize.corrections import Statistics, corrections
from stillflow.layers.quantize.rewiring import SKIPPED, reroute
from stillflow.ops.array.blocks import batch_to_space_nd
from stillflow.ops.array.filling import ones
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add, multiply
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.depthwise import depthwise_conv2d
from stillflow.ops.variables.scope import get_variable_scope

_NORM = re.compile("^(.*)BatchNorm/batchnorm")
_ACTIVATIONS = ("Relu6", "Relu", "Identity")
_DEPTHWISE = "DepthwiseConv2dNative"


class _Norm(NamedTuple):
    """A normalisation: its scope with a slash behind, and whether it has a gamma."""

    scope: str
    graph: Any
    has_scale: bool

    def op(self, name: str) -> Operation:
        return self.graph.get_operation_by_name(f"{self.scope}BatchNorm/batchnorm_1/{name}")


def fold_unfused(graph: Any, is_training: bool, freeze_delay: int | None) -> None:
    """Scales weights by gamma / sigma in place of each normalisation, and adds what it adds.

    Raises:
      ValueError: a layer of another kind, or one whose result nobody takes as expected.
    """
    for norm in _norms(graph):
        if not norm.op("add_1").outputs[0].consumers():
            continue
        shift, folded = _folded(norm, is_training, freeze_delay)
        taker = _taker(norm)
        if reroute(folded, shift.outputs[0], [taker]) != 1:
            raise ValueError(f"Unexpected inputs to op: {taker.name}")


def _norms(graph: Any) -> list[_Norm]:
    found = (_NORM.search(op.name) for op in graph.get_operations())
    scopes = dict.fromkeys(match[1] for match in found if match)
    norms = []
    for scope in scopes:
        if scope.startswith(SKIPPED):
            continue
        norm = _Norm(scope, graph, has_scale=False)
        takers = norm.op("Rsqrt").outputs[0].consumers()
        norms.append(norm._replace(has_scale=sum(op.type == "Mul" for op in takers) == 1))
    return norms


def _taker(norm: _Norm) -> Operation:
    """The activation behind a normalisation, or the sum with what bypasses it."""
    names = {op.name for op in norm.graph.get_operations()}
    for name in _ACTIVATIONS:
        if norm.scope + name in names:
            return norm.graph.get_operation_by_name(norm.scope + name)
    around = norm.scope.rpartition("/")[0].rpartition("/")[0]
    return norm.graph.get_operation_by_name(f"{around}/AddV2" if around else "AddV2")


def _folded(norm: _Norm, is_training: bool, freeze_delay: int | None) -> tuple[Operation, Tensor]:
    """The sum that ends a normalisation, and what stands for it."""
    scope = norm.scope
    scaling, shift = norm.op("mul_1" if norm.has_scale else "mul"), norm.op("add_1")
    layer, spread = scaling.inputs[0].op, None
    if layer.type == "BatchToSpaceND":
        layer, spread = layer.inputs[0].op, layer
    if layer.type not in ("Conv2D", "MatMul", _DEPTHWISE):
        raise ValueError(f"Cannot handle operation of type: {layer.type}")
    statistics = _statistics(norm)
    scale = recip = offset = None
    if is_training:
        with norm.graph.name_scope(f"{scope}batch_norm_correction"):
            scale, recip, offset = corrections(statistics, freeze_delay)
    weights, multiplier = layer.inputs[1], scaling.inputs[1]
    if layer.type == _DEPTHWISE:
        shape = weights.shape.as_list()[2:4]
        multiplier = norm.op("mul" if norm.has_scale else "Rsqrt").outputs[0]
        multiplier = reshape(multiplier, shape, f"{scope}scale_reshape")
        if scale is not None:
            scale = reshape(scale, shape, f"{scope}correction_reshape")
    if scale is not None:
        weights = multiply(scale, weights, f"{scope}correction_mult")
    folded = multiply(weights, multiplier, name=f"{scope}mul_fold")
    result = _layer_again(layer, folded, f"{layer.name}_Fold")
    if spread is not None:
        result = batch_to_space_nd(result, *spread.inputs[1:], name=f"{spread.name}_Fold")
    if recip is not None:
        result = multiply(recip, result, f"{scope}post_conv_mul")
        result = add(result, offset, f"{scope}correction_add")
    return shift, add(result, shift.inputs[1], name=f"{scope}add_fold")


def _statistics(norm: _Norm) -> Statistics:
    """What a normalisation normalises by."""
    handles = get_variable_scope().use_resource
    read = "{0}/Read/ReadVariableOp" if handles else "{0}/read"

    def tensor(name: str) -> Any:
        return _closest(norm.graph, f"BatchNorm/{name}", norm.scope)

    moving_mean = tensor(read.format("moving_mean"))
    if norm.has_scale:
        gamma = tensor("gamma/Read/ReadVariableOp" if handles else "gamma")
    else:
        gamma = ones(moving_mean.shape)
    return Statistics(
        gamma=gamma,
        mean=tensor("moments/Squeeze"),
        variance=tensor("moments/Squeeze_1"),
        moving_mean=moving_mean,
        moving_variance=tensor(read.format("moving_variance")),
        mean_decay=tensor("AssignMovingAvg/decay"),
        variance_decay=tensor("AssignMovingAvg_1/decay"),
        epsilon=tensor("batchnorm_1/add/y"),
    )


def _closest(graph: Any, ending: str, scope: str) -> Any:
    """The first result of the op of that ending that shares most parts of its name with `scope`."""
    parts = set(scope.split("/"))
    shared = {
        op.name: len(parts & set(op.name.split("/")))
        for op in graph.get_operations()
        if op.name.endswith(ending)
    }
    candidates = {name: count for name, count in shared.items() if count or not scope}
    if not candidates:
        return None
    return graph.get_tensor_by_name(f"{max(candidates, key=lambda name: candidates[name])}:0")


def _layer_again(layer: Operation, weights: Tensor, name: str) -> Any:
    """The layer with other weights."""
    attr, inputs = layer.get_attr, layer.inputs[0]
    if layer.type == "MatMul":
        a, b = attr("transpose_a"), attr("transpose_b")
        return matmul(inputs, weights, transpose_a=a, transpose_b=b, name=name)
    strides, padding = attr("strides"), attr("padding").decode()
    if layer.type == _DEPTHWISE:
        return depthwise_conv2d(inputs, weights, strides=strides, padding=padding, name=name)
    return conv2d(
        inputs,
        weights,
        strides=strides,
        padding=padding,
        use_cudnn_on_gpu=attr("use_cudnn_on_gpu"),
        data_format=attr("data_format").decode(),
        name=name,
    )
