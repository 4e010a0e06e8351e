"""A functional network applied to other tensors: its layers are called again."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.layers.call_signature import call_signature
from stillflow.layers.learning_phase import is_learning_phase


def run(network: Any, inputs: Any, training: Any = None, mask: Any = None) -> Any:
    """Returns what the layers make of `inputs`, in the form of the network's outputs.

    Args:
      training: what layers get whose call was given none, or the learning phase.
      mask: of each input, None for none.
    """
    given = nest.flatten(inputs)
    masks = [None] * len(given) if mask is None else nest.flatten(mask)
    for tensor, own_mask in zip(given, masks, strict=False):
        tensor._keras_mask = own_mask
    known = {id(own): other for own, other in zip(network.inputs, given, strict=False)}
    by_depth = network._topology.nodes_by_depth
    for depth in sorted(by_depth, reverse=True)[1:]:  # the deepest are the inputs
        for node in by_depth[depth]:
            _call(node, known, training)
    for output in network.outputs:
        assert id(output) in known, f"Could not compute output {output}"
    outputs = [known[id(output)] for output in network.outputs]
    return nest.pack_sequence_as(network._nested_outputs, outputs)


def _call(node: Any, known: dict[int, Any], training: Any) -> None:
    """Calls the layer of a node on what stands for its inputs, unless one is not known."""
    if not all(id(tensor) in known for tensor in nest.flatten(node.input_tensors)):
        return
    layer = node.outbound_layer
    arguments = dict(node.arguments or {})
    if "training" in call_signature(layer.call).arguments:
        own = arguments.setdefault("training", training)
        if isinstance(own, Tensor) and is_learning_phase(own):
            arguments["training"] = training

    def other(value: Any) -> Any:
        has_layer = isinstance(value, Tensor) and hasattr(value, "_keras_history")
        return known[id(value)] if has_layer else value

    taken = nest.map_structure(lambda tensor: known[id(tensor)], node.input_tensors)
    made = layer(taken, **nest.map_structure(other, arguments))
    for own, new in zip(nest.flatten(node.output_tensors), nest.flatten(made), strict=False):
        known[id(own)] = new
