"""A functional network as plain data, and back: its layers, and who takes whose outputs.

A tensor is told as [name of the layer, number of the call, number of the output], to which a call
adds the arguments that it was given besides. A tensor inside of a nest is told in that form too, so
that nests and tensors are told apart by what begins with a name.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.keras.engine.topology import node_key
from stillflow.keras.layers.serialization import deserialize
from stillflow.keras.utils.nests import ListWrapper, convert_inner_node_data
from stillflow.layers.values import get_value
from stillflow.platform import logging


def config_of(network: Any) -> dict[str, Any]:
    """What makes a network like this one."""
    numbers = _node_numbers(network)
    config = {
        "name": network.name,
        "layers": [_layer_config(network, layer, numbers) for layer in network.layers],
        "input_layers": _ends(network, network._input_coordinates, network._nested_inputs, numbers),
        "output_layers": _ends(
            network, network._output_coordinates, network._nested_outputs, numbers
        ),
    }
    return copy.deepcopy(config)


def _node_numbers(network: Any) -> dict[str, int]:
    """By key, the number of each call of the network among those that are kept of its layer."""
    numbers = {}
    for layer in network.layers:
        kept = 1 if _starts_with_own_node(layer) else 0
        for index in range(len(layer._inbound_nodes)):
            key = node_key(layer.name, index)
            if key in network._topology.node_keys:
                numbers[key] = kept
                kept += 1
    return numbers


def _starts_with_own_node(layer: Any) -> bool:
    """Whether the first node of a layer is no call: that of a network joins its own tensors."""
    return bool(getattr(layer, "_is_graph_network", False))


def _layer_config(network: Any, layer: Any, numbers: dict[str, int]) -> dict[str, Any]:
    config = {
        "name": layer.name,
        "class_name": type(layer).__name__,
        "config": layer.get_config(),
        "inbound_nodes": [],
    }
    for index, node in enumerate(layer._inbound_nodes):
        if node_key(layer.name, index) not in network._topology.node_keys or (
            not node.inbound_layers
        ):
            continue
        arguments = _told_arguments(layer, node)
        origins = [
            ListWrapper(
                [source.name, numbers.get(node_key(source.name, number), 0), output, arguments]
            )
            for source, number, output, _ in node.iterate_inbound()
        ]
        config["inbound_nodes"].append(
            convert_inner_node_data(_as_nest(node.input_tensors, origins))
        )
    return config


def _told_arguments(layer: Any, node: Any) -> dict[str, Any]:
    arguments = nest.map_structure(_told_value, node.arguments or {})
    try:
        json.dumps(arguments)
    except TypeError:
        logging.warning(
            f"Layer {layer.name} was passed non-serializable keyword arguments: {node.arguments}. "
            "They will not be included in the serialized model (and thus will be missing at "
            "deserialization time)."
        )
        return {}
    return arguments


def _told_value(value: Any) -> Any:
    if hasattr(value, "_keras_history"):
        layer, node_index, tensor_index = value._keras_history
        return [layer.name, node_index, tensor_index]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return get_value(value).tolist() if isinstance(value, Tensor) else value


def _ends(network: Any, coordinates: Any, tensors: Any, numbers: dict[str, int]) -> Any:
    """The inputs or the outputs."""
    keys = network._topology.node_keys
    known = [each for each in coordinates if node_key(each[0].name, each[1]) in keys]
    origins = [
        ListWrapper([layer.name, numbers[node_key(layer.name, node)], output])
        for layer, node, output in known
    ]
    return convert_inner_node_data(_as_nest(tensors, origins))


def _as_nest(structure: Any, leaves: list[Any]) -> Any:
    packed = nest.pack_sequence_as(structure, leaves)
    return packed if nest.is_nested(packed) else [packed]


# Back ---------------------------------------------------------------------------------------------


def network_of(cls: Any, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The network that `config_of` told, as an object of `cls`.

    Raises:
      ValueError: it tells of none.
    """
    calls = _Calls()
    for told in config["layers"]:
        layer = deserialize(told, custom_objects)
        calls.layers[told["name"]] = layer
        for node in convert_inner_node_data(told["inbound_nodes"], wrap=True):
            calls.waiting.setdefault(told["name"], []).append(node)
    calls.make_all(list(calls.layers))
    inputs, outputs = (calls.tensors(config[key]) for key in ("input_layers", "output_layers"))
    network = cls(inputs=inputs, outputs=outputs, name=config.get("name"))
    _insert_others(network, list(calls.layers.values()))
    return network


class _Calls:
    """The layers by name, and those of their calls that are not made yet."""

    def __init__(self) -> None:
        self.layers: dict[str, Any] = {}
        self.waiting: dict[str, list[Any]] = {}

    def make_all(self, names: list[str]) -> None:
        """Makes calls in the order of the layers, again and again, until none waits."""
        while self.waiting:
            count = sum(map(len, self.waiting.values()))
            for name in names:
                for node in self.waiting.pop(name, ()):
                    if not self._make(self.layers[name], node):
                        self.waiting.setdefault(name, []).append(node)
            if sum(map(len, self.waiting.values())) == count:
                raise ValueError(
                    f"Improperly formatted model config. The inputs of {list(self.waiting)} are "
                    "outputs of no layer."
                )

    def _make(self, layer: Any, node: Any) -> bool:
        """Makes a call, unless one that it takes the outputs of is not made."""
        origins = nest.flatten(node)
        if not all(self._is_made(origin) for origin in origins):
            return False
        told = origins[-1].as_list()
        arguments = self._arguments(told[3] if len(told) > 3 else {})
        inputs = nest.pack_sequence_as(node, [self._tensor(origin) for origin in origins])
        if not isinstance(inputs, dict) and len(origins) == 1:
            inputs = nest.flatten(inputs)[0]
        layer(inputs, **arguments)
        return True

    def _is_made(self, origin: ListWrapper) -> bool:
        name, node_index = origin.as_list()[:2]
        return len(self.layers[name]._inbound_nodes) > node_index

    def _tensor(self, origin: ListWrapper) -> Any:
        name, node_index, tensor_index = origin.as_list()[:3]
        node = self.layers[name]._inbound_nodes[node_index]
        return nest.flatten(node.output_tensors)[tensor_index]

    def _arguments(self, told: Any) -> dict[str, Any]:
        def value_of(value: Any) -> Any:
            return self._tensor(value) if isinstance(value, ListWrapper) else value

        arguments: dict[str, Any] = nest.map_structure(
            value_of, convert_inner_node_data(told, wrap=True)
        )
        return arguments

    def tensors(self, told: Any) -> Any:
        return nest.map_structure(self._tensor, convert_inner_node_data(told, wrap=True))


def _insert_others(network: Any, layers: list[Any]) -> None:
    """Layers that give no output: those of losses and metrics."""
    others = [layer for layer in layers if layer not in network.layers]
    if others:
        nodes = [
            node
            for layer in layers
            for node in layer._inbound_nodes[1 if _starts_with_own_node(layer) else 0 :]
        ]
        network._insert_layers(others, nodes)
