"""Shapes of a functional network's outputs, found layer by layer."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.utils.nests import convert_shapes


def output_shapes(network: Any, input_shape: Any) -> Any:
    """Returns TensorShapes in the form of the network's outputs.

    Raises:
      ValueError: there are more or fewer shapes than inputs.
    """
    given = nest.flatten(convert_shapes(input_shape, to_tuples=False))
    if len(given) != len(network._input_layers):
        raise ValueError(
            f"Invalid input_shape argument {input_shape}: model has {len(network._input_layers)} "
            "tensor inputs."
        )
    key = str(given)
    if key not in network._output_shape_cache:
        found = _found(network, given)
        shapes = [found[coordinate] for coordinate in network._output_coordinates]
        packed = nest.pack_sequence_as(network._nested_outputs, shapes)
        network._output_shape_cache[key] = packed
    return network._output_shape_cache[key]


def _found(network: Any, given: list[TensorShape]) -> dict[Any, TensorShape]:
    """The shape of each output of each call, by (layer, node index, tensor index)."""
    starts = network._input_layers
    found = {(layer, 0, 0): shape for layer, shape in zip(starts, given, strict=True)}
    by_depth = network._topology.nodes_by_depth
    for depth in sorted(by_depth, reverse=True):
        for node in by_depth[depth]:
            layer = node.outbound_layer
            if layer in starts:
                continue
            taken = [found[tuple(origin[:3])] for origin in node.iterate_inbound()]
            packed = nest.pack_sequence_as(node.inbound_layers, taken)
            made = convert_shapes(
                layer.compute_output_shape(convert_shapes(packed)), to_tuples=False
            )
            number = layer._inbound_nodes.index(node)
            for index, shape in enumerate(nest.flatten(made)):
                found[layer, number, index] = shape
    return found
