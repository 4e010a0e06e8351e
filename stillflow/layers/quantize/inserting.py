"""Rounding put into a graph: of the weights of layers, and of what layers and sums give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import get_name_scope
from stillflow.layers.quantize.finding import Layer, layers_of
from stillflow.layers.quantize.ranges import quantized
from stillflow.layers.quantize.rewiring import Consumers, quantization_step, reroute
from stillflow.ops.control.cond import cond
from stillflow.ops.math.comparison import greater_equal

_SUMS = ("Add", "AddV2", "Mul")
_PASSING = ("Reshape", "Identity", "BatchToSpaceND", "SpaceToBatchND", "MaxPool", "Max")
_RELUS = ("Relu", "Relu6")
_ROUNDING = (
    "FakeQuantWithMinMaxVars",
    "FakeQuantWithMinMaxArgs",
    "FakeQuantWithMinMaxVarsPerChannel",
)
_DECAY = 0.999


class Wanted(NamedTuple):
    """How a graph is to be quantized."""

    is_training: bool
    weight_bits: int
    activation_bits: int
    symmetric: bool
    delay: int | None
    scope: str


def quantize(graph: Any, wanted: Wanted) -> None:
    """Rounds the weights of all layers in the scope, and what comes of them."""
    consumers, done = Consumers(graph), set()
    for layer in layers_of(graph):
        done |= _quantize_layer(layer, consumers, wanted)
    consumers = Consumers(graph)
    for op in graph.get_operations():
        if _is_sum_of_rounded(op, done):
            place = _Place(op.name, f"activation_{op.type}_quant", op, consumers.of(op))
            _insert(place, wanted._replace(symmetric=False), produced=True)


class _Place(NamedTuple):
    """Between `op` and `takers`; the variables are in `context`/`name`."""

    context: str
    name: str
    op: Operation
    takers: Sequence[Operation]


def _quantize_layer(layer: Layer, consumers: Consumers, wanted: Wanted) -> set[Operation]:
    """Returns the operations whose outputs are seen to."""
    context, done = _scope_of(layer.product.name), set()
    outer = _scope_of(context) if layer.bypass else context
    if layer.weights is not None:
        op = layer.weights.op
        place = _Place(context, "weights_quant", op, consumers.of(op))
        _insert(place, wanted, consumed=True, weights=True)
    if layer.active is not None:
        place = _Place(outer, "act_quant", layer.active, consumers.of(layer.active))
        _insert(place, wanted, produced=True, init_min=0.0)
        done.add(layer.active)
    if layer.bypass is not None and layer.biased is not None:
        place = _Place(context, "conv_quant", layer.biased, consumers.of(layer.biased))
        _insert(place, wanted, produced=True, consumed=True)
        done.add(layer.biased)
        takers = consumers.of(layer.bypass)
        if not any(taker.type in (*_RELUS, "Identity") for taker in takers):
            place = _Place(outer, "add_quant", layer.bypass, takers)
            _insert(place, wanted, produced=True, consumed=True)
            done.add(layer.bypass)
    if layer.after is not None:
        takers = consumers.of(layer.after)
        if not any(taker.type in _RELUS for taker in takers):
            name = "post_activation_bypass_quant"
            place = _Place(_scope_of(layer.after.name), name, layer.after, takers)
            _insert(place, wanted, produced=True)
            done.add(layer.after)
    return done


def _scope_of(name: str) -> str:
    return name.rpartition("/")[0]


def _insert(
    place: _Place,
    wanted: Wanted,
    produced: bool = False,
    consumed: bool = False,
    weights: bool = False,
    init_min: float = -6.0,
) -> None:
    """Rounds at a place, if what is `produced` and `consumed` is in the scope."""
    if produced and not place.op.name.startswith(wanted.scope):
        return
    if consumed and not all(taker.name.startswith(wanted.scope) for taker in place.takers):
        return
    inputs = place.op.outputs[0]
    if _is_rounded(inputs):
        return
    prefix = f"{place.context}/{place.name}" if place.context else place.name
    around = get_name_scope()
    if around:
        prefix = prefix.removeprefix(f"{around}/")
    rounded = quantized(
        inputs,
        prefix,
        decay=None if weights else _DECAY,
        init_min=init_min,
        init_max=6.0,
        collection=GraphKeys.GLOBAL_VARIABLES,
        is_training=wanted.is_training,
        bits=wanted.weight_bits if weights else wanted.activation_bits,
        narrow=weights,
        symmetric=wanted.symmetric,
    )
    if wanted.delay and wanted.delay > 0:
        due = greater_equal(quantization_step(), wanted.delay, name=f"{prefix}/activate_quant")
        whole = rounded
        rounded = cond(due, lambda: whole, lambda: inputs, name=f"{prefix}/delayed_quant")
    if place.takers and reroute(rounded, inputs, place.takers) < len(place.takers):
        names = ", ".join(taker.name for taker in place.takers)
        raise ValueError(f"No inputs quantized for ops: [{names}]")


def _is_rounded(tensor: Any) -> bool:
    """Whether it is rounded already, perhaps behind what only passes it on."""
    left = list(tensor.consumers())
    while left:
        op = left.pop()
        if op.type in _ROUNDING:
            return True
        if op.type in ("Reshape", "Identity"):
            left += [taker for out in op.outputs for taker in out.consumers()]
    return False


def _is_sum_of_rounded(op: Operation, done: set[Operation]) -> bool:
    """Whether it adds or multiplies what is rounded, and is not followed by a relu alone."""
    if op in done or op.type not in _SUMS:
        return False
    takers = op.outputs[0].consumers()
    if len(takers) == 1 and takers[0].type in _RELUS:
        return False
    for tensor in op.inputs:
        source = tensor.op
        while source.type in _PASSING:
            source = source.inputs[0].op
        if source.type == _ROUNDING[0] or source.name.find("delayed_quant/Merge") > 0:
            return True
        if source.type in _SUMS and any(
            _is_sum_of_rounded(inner.op, done) for inner in source.inputs
        ):
            return True
    return False
