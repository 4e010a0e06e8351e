"""Fused batch normalisations, multiplied into the weights of the layer before them."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.rules import RegisterGradient
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.layers.quantize.corrections import Statistics, corrections
from stillflow.layers.quantize.patterns import Found, OneOf, Op, matches, op_of, tensor_of
from stillflow.layers.quantize.rewiring import reroute
from stillflow.ops.array.blocks import batch_to_space_nd
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import size
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add, multiply, subtract
from stillflow.ops.math.casts import cast
from stillflow.ops.math.elementwise import rsqrt
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.depthwise import depthwise_conv2d

_DEPTHWISE = "DepthwiseConv2dNative"
_GRADIENT = "FoldFusedBatchNormGrad"


class _Fold(NamedTuple):
    """A layer, the normalisation of what it gives, and the statistics of that."""

    layer: Operation
    norm: Operation
    spread: Operation | None
    inputs: Any
    weights: Any
    output: Tensor
    gamma: Any
    beta: Any
    mean: Any
    variance: Any
    moving_mean: Any = None
    moving_variance: Any = None
    mean_decay: Any = None
    variance_decay: Any = None


@RegisterGradient(_GRADIENT)
def _fold_gradient(op: Operation, dy: Any, dmean: Any, dvariance: Any, *_: Any) -> tuple:
    """Of a normalisation of which only the statistics are used."""
    x = op.inputs[0]
    n = cast(size(x) / size(dmean), dtypes.float32)
    along_mean = dmean / n
    along_variance = 2 * dvariance * (x - op.outputs[1]) / (n - 1)
    return along_mean + along_variance, None, None, None, None


def fold_fused(graph: Any, freeze_delay: int | None) -> None:
    """Scales weights by gamma / sigma in place of each normalisation, and adds what it adds.

    Raises:
      ValueError: nobody takes what a normalisation gives.
    """
    for fold in _folds(graph):
        scope = fold.layer.name.rpartition("/")[0]
        scope = f"{scope}/" if scope else ""
        with graph.as_default(), graph.name_scope(scope):
            folded = _folded(graph, scope, fold, freeze_delay)
            if not reroute(folded, fold.output):
                raise ValueError(f"Folding batch norms failed, {fold.output.name} had no outputs.")


def _folded(graph: Any, scope: str, fold: _Fold, freeze_delay: int | None) -> Tensor:
    scale = recip = offset = None
    with graph.name_scope(f"{scope}BatchNorm_Fold/"):
        epsilon = fold.norm.get_attr("epsilon")
        multiplier = fold.gamma * rsqrt(fold.variance + epsilon)
        bias = subtract(fold.beta, fold.mean * multiplier, name="bias")
        if fold.norm.get_attr("is_training"):
            with graph.name_scope("batch_norm_correction"):
                scale, recip, offset = corrections(_statistics(fold, epsilon), freeze_delay)
        if fold.layer.type == _DEPTHWISE:
            shape = fold.weights.shape.as_list()[2:4]
            multiplier = reshape(multiplier, shape, name="scale_reshape")
            if scale is not None:
                scale = reshape(scale, shape, name="correction_reshape")
    weights = fold.weights
    if scale is not None:
        weights = multiply(scale, weights, name="correction_mult")
    result = _layer_again(fold, multiply(weights, multiplier, name="mul_fold"))
    if recip is not None:
        result = add(multiply(recip, result, name="post_conv_mul"), offset, "correction_add")
    return add(result, bias, name="add_fold")


def _statistics(fold: _Fold, epsilon: float) -> Statistics:
    return Statistics(
        fold.gamma,
        fold.mean,
        fold.variance,
        fold.moving_mean,
        fold.moving_variance,
        fold.mean_decay,
        fold.variance_decay,
        epsilon,
    )


def _layer_again(fold: _Fold, weights: Tensor) -> Any:
    """The layer with other weights."""
    layer, name = fold.layer, f"{fold.layer.name.split('/')[-1]}_Fold"
    attr = layer.get_attr
    if layer.type == "Conv2D":
        return conv2d(
            fold.inputs,
            weights,
            strides=attr("strides"),
            padding=attr("padding").decode(),
            use_cudnn_on_gpu=attr("use_cudnn_on_gpu"),
            data_format=attr("data_format").decode(),
            name=name,
        )
    if layer.type == "MatMul":
        a, b = attr("transpose_a"), attr("transpose_b")
        return matmul(fold.inputs, weights, transpose_a=a, transpose_b=b, name=name)
    again = depthwise_conv2d(
        fold.inputs, weights, strides=attr("strides"), padding=attr("padding").decode(), name=name
    )
    if fold.spread is None:
        return again
    _, block, crops = fold.spread.inputs
    return batch_to_space_nd(again, block, crops, name=f"{fold.spread.name.split('/')[-1]}_Fold")


class _Patterns:
    """What a layer and a fused normalisation behind it look like."""

    def __init__(self) -> None:
        self.inputs, self.weights = Op("*"), Op("*")
        self.layer = Op(f"Conv2D|{_DEPTHWISE}|MatMul", [self.inputs, self.weights])
        self.spread = Op("BatchToSpaceND", [self.layer, "*", "*"])
        passed = Op("Identity", [OneOf(self.spread, self.layer)])
        result = OneOf(passed, self.layer, self.spread)
        self.gamma, self.beta, self.mean, self.variance = (Op("*") for _ in range(4))
        self.norm = Op(
            "FusedBatchNorm|FusedBatchNormV3",
            [
                OneOf(Op("Reshape", [result, "*"]), result),
                *(self.gamma, self.beta, self.mean, self.variance),
            ],
        )
        self.reshaped = Op("Reshape", [self.norm, "*"])
        self.passed = Op("Identity", [self.norm, self.reshaped])
        self.whole = OneOf(self.reshaped, self.norm)
        self.change = Op("Sub", ["*", self.norm])
        self.decay = Op("*")
        self.changed = Op("Mul", [self.change, self.decay])


def _folds(graph: Any) -> list[_Fold]:
    patterns = _Patterns()
    folds: dict[Operation, _Fold] = {}
    for found in list(matches(patterns.whole, graph)):
        fold = _fold_of(found, patterns, graph)
        if fold is not None:
            folds.setdefault(fold.layer, fold)
    return list(folds.values())


def _fold_of(found: Found, patterns: _Patterns, graph: Any) -> _Fold | None:
    layer: Any = op_of(found, patterns.layer)
    norm: Any = op_of(found, patterns.norm)
    output = norm.outputs[0]
    if layer.type == "MatMul":
        reshaped = op_of(found, patterns.reshaped)
        if reshaped is None:
            return None
        output = reshaped.outputs[0]
    if not output.consumers():
        return None
    given = {
        name: tensor_of(found, getattr(patterns, name))
        for name in ("inputs", "weights", "gamma", "beta", "mean", "variance")
    }
    spread = op_of(found, patterns.spread)
    fold = _Fold(layer, norm, spread, output=output, **given)
    if not norm.get_attr("is_training"):
        return fold
    return _of_batch(fold, tensor_of(found, patterns.layer), patterns, graph)


def _of_batch(fold: _Fold, result: Any, patterns: _Patterns, graph: Any) -> _Fold:
    """The fold with the statistics of a batch, and their moving averages."""
    norm = fold.norm
    _, mean, variance = norm.outputs[:3]
    norm._set_attr("_gradient_op_type", _GRADIENT)
    scope = norm.name.rpartition("/")[0]
    with graph.as_default(), graph.name_scope(f"{scope}/" if scope else ""):
        n = cast(size(result) / size(mean), dtypes.float32)
        biased = multiply(variance, (n - 1) / n, name="Undo_Bessel_Correction")
    fold = fold._replace(mean=mean, variance=biased)
    for found in matches(patterns.changed, graph):
        change: Any = op_of(found, patterns.change)
        average, decay = change.inputs[0], tensor_of(found, patterns.decay)
        if change.inputs[1] is mean:
            fold = fold._replace(moving_mean=average, mean_decay=decay)
        if change.inputs[1] is variance:
            fold = fold._replace(moving_variance=average, variance_decay=decay)
    return fold
