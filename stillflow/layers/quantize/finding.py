"""The layers of a graph that are quantized: products with weights, and what follows them."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.layers.quantize.patterns import Found, OneOf, Op, matches, op_of, tensor_of

_PRODUCTS = "Conv2D|MatMul|DepthwiseConv2dNative"
_SUM = "Add|AddV2"


class Layer(NamedTuple):
    """A layer, as far as it has these parts; `bypass` is added before, `after` behind `active`."""

    product: Operation
    weights: Tensor | None
    active: Operation | None
    bypass: Operation | None = None
    after: Operation | None = None
    biased: Operation | None = None


class _Patterns:
    """What layers look like."""

    def __init__(self) -> None:
        variable = Op("Variable|VariableV2")
        part = Op("Identity", [variable])
        parts = Op("ConcatV2", [part, "*", "*"])
        read = Op("Identity", [OneOf(part, parts, variable)])
        resource, folded = Op("ReadVariableOp"), Op("Mul")
        self.weights = (read, resource, folded)
        self.product = Op(_PRODUCTS, ["*", OneOf(*self.weights)], in_order=False)
        self.result = OneOf(Op("BatchToSpaceND", [self.product, "*", "*"]), self.product)
        scaled = Op("Mul", ["*", self.result], in_order=False)
        corrected = Op(_SUM, [scaled, "*"], in_order=False)
        self.folded_bias = Op(_SUM, [corrected, "*"], in_order=False)
        normalized = Op("Identity", [self.folded_bias])
        self.bias = Op(f"{_SUM}|BiasAdd", [self.result, "*"], in_order=False)
        self.bypass = Op(
            _SUM, [OneOf(self.bias, self.folded_bias, normalized), "*"], in_order=False
        )
        before = OneOf(self.bias, self.folded_bias, normalized, self.bypass, self.product)
        self.active = Op("Relu|Relu6|Identity", [before])
        self.after = Op(_SUM, ["*", self.active], in_order=False)
        self.separable = Op(_PRODUCTS, [self.result, "*"], in_order=False)

    def layer(self, found: Found, after: bool) -> Layer:
        biased = op_of(found, self.bias) or op_of(found, self.folded_bias)
        product: Any = op_of(found, self.product)
        return Layer(
            product,
            tensor_of(found, *self.weights),
            op_of(found, self.active),
            op_of(found, self.bypass),
            op_of(found, self.after) if after else None,
            biased,
        )


def layers_of(graph: Any) -> list[Layer]:
    """The layers, each once, as the largest pattern that it matches has it."""
    patterns = _Patterns()
    layers: dict[Operation, Layer] = {}

    def add(layer: Layer) -> None:
        layers.setdefault(layer.product, layer)

    for found in matches(patterns.after, graph):
        add(patterns.layer(found, after=True))
    for found in matches(patterns.active, graph):
        layer = patterns.layer(found, after=False)
        if not _feeds_normalization(layer.active):
            add(layer)
    for found in matches(OneOf(patterns.bias, patterns.folded_bias), graph):
        last = patterns.layer(found, after=False)
        add(Layer(last.product, last.weights, last.biased))
    for found in matches(patterns.separable, graph):
        product: Any = op_of(found, patterns.product)
        add(Layer(product, tensor_of(found, *patterns.weights[:2]), product))
    return list(layers.values())


def _feeds_normalization(op: Operation | None) -> bool:
    """Whether it leads to statistics of a batch alone, which folding left there."""
    if op is None or op.type != "Identity":
        return False
    takers = op.outputs[0].consumers()
    return len(takers) == 1 and takers[0].type in ("FusedBatchNorm", "FusedBatchNormV3")
