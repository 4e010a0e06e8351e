"""`tf.keras.models.clone_model`: a model like another, with layers and weights of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import nest
from stillflow.keras.engine.input_layer import Input, InputLayer
from stillflow.keras.engine.model import Model
from stillflow.keras.engine.sequential import Sequential
from stillflow.layers.op_layer import AddMetric


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Callable[[Any], Any] | None = None
) -> Any:
    """Returns a model like `model`, which is functional or a Sequential.

    Args:
      input_tensors: what the new model takes, in place of new placeholders.
      clone_function: gives for a layer, other than of inputs, the one of the new model; by default
        one of the same configuration.

    Raises:
      ValueError: `model` is a subclass, or there are too many inputs.
    """
    make = clone_layer if clone_function is None else clone_function
    if isinstance(model, Sequential):
        return clone_sequential(model, input_tensors, make)
    return clone_functional(model, input_tensors, make)


def clone_layer(layer: Any) -> Any:
    """A layer of the same configuration."""
    return type(layer).from_config(layer.get_config())


def share_weights(layer: Any) -> Any:
    """The layer itself: a `clone_function` of models that have the weights of others."""
    return layer


class _Copies:
    """What stands for layers and tensors of the model in the clone.

    Attributes:
      layers: by layer.
      tensors: by identity of the tensor.
    """

    def __init__(self, make: Callable[[Any], Any]):
        self.make = make
        self.layers: dict[Any, Any] = {}
        self.tensors: dict[int, Any] = {}

    def make_nodes(self, nodes_by_depth: dict[int, list[Any]]) -> list[Any]:
        """Calls copies of layers as the layers were called; returns the new nodes."""
        found = [
            self._make_node(node)
            for depth in sorted(nodes_by_depth, reverse=True)
            for node in nodes_by_depth[depth]
        ]
        return [node for node in found if node is not None]

    def _make_node(self, node: Any) -> Any:
        layer = node.outbound_layer
        if layer not in self.layers:
            self.layers[layer] = self.make(layer)
        elif isinstance(self.layers[layer], InputLayer):
            return None  # it was called when it was made
        copy = self.layers[layer]
        taken = nest.flatten(node.input_tensors)
        if not all(id(tensor) in self.tensors for tensor in taken):
            return None
        inputs = nest.map_structure(lambda tensor: self.tensors[id(tensor)], node.input_tensors)
        outputs = nest.flatten(copy(inputs, **(node.arguments or {})))
        for own, new in zip(nest.flatten(node.output_tensors), outputs, strict=False):
            self.tensors[id(own)] = new
        return copy._inbound_nodes[outputs[0]._keras_history.node_index]


def clone_functional(
    model: Any, input_tensors: Any = None, layer_fn: Callable[[Any], Any] = clone_layer
) -> Any:
    """`clone_model` of a functional model; a `layer_fn` that gives the layer itself shares it."""
    if isinstance(model, Sequential):
        raise ValueError(
            "Expected `model` argument to be a functional `Model` instance, got a `Sequential` "
            "instance instead:",
            model,
        )
    if not isinstance(model, Model):
        raise ValueError("Expected `model` argument to be a `Model` instance, got ", model)
    if not model._is_graph_network:
        raise ValueError(
            "Expected `model` argument to be a functional `Model` instance, but got a subclass "
            "model instead."
        )
    if not callable(layer_fn):
        raise ValueError("Expected `layer_fn` argument to be a callable.")
    copies = _Copies(layer_fn)
    inputs = _new_inputs(model, input_tensors, copies)
    copies.tensors |= {id(own): new for own, new in zip(model.inputs, inputs, strict=False)}
    nodes = copies.make_nodes(model._nodes_by_depth)
    for output in model.outputs:
        assert id(output) in copies.tensors, f"Could not compute output {output}"
    outputs = [copies.tensors[id(output)] for output in model.outputs]
    clone = Model(
        nest.pack_sequence_as(model._nested_inputs, inputs),
        nest.pack_sequence_as(model._nested_outputs, outputs),
        name=model.name,
    )
    others = [layer for layer in copies.layers.values() if layer not in clone.layers]
    _insert(clone, others, model, nodes)
    return clone


def _new_inputs(model: Any, input_tensors: Any, copies: _Copies) -> list[Any]:
    if input_tensors is None:
        inputs = []
        for layer in model._input_layers:
            inputs.append(Input(**layer.get_config()))
            copies.layers[layer] = inputs[-1]._keras_history.layer
        return inputs
    inputs = nest.flatten(input_tensors)
    for number, tensor in enumerate(inputs):
        if not hasattr(tensor, "_keras_history"):
            layer = model._input_layers[number]
            inputs[number] = Input(tensor=tensor, name="input_wrapper_for_" + layer.name)
            copies.layers[layer] = inputs[number]._keras_history.layer
    return inputs


def _insert(clone: Any, layers: list[Any], model: Any, nodes: list[Any]) -> None:
    """Layers that give no output; those of metrics in the order of the metrics' names."""
    if not layers:
        return
    metrics = [layer for layer in layers if isinstance(layer, AddMetric)]
    metrics.sort(key=lambda layer: model.metrics_names.index(layer.metric_name))
    others = [layer for layer in layers if not isinstance(layer, AddMetric)]
    clone._insert_layers([*others, *metrics], relevant_nodes=nodes)


def clone_sequential(
    model: Any, input_tensors: Any = None, layer_fn: Callable[[Any], Any] = clone_layer
) -> Any:
    """`clone_model` of a Sequential; see `clone_functional`."""
    if not isinstance(model, Sequential):
        raise ValueError(
            "Expected `model` argument to be a `Sequential` model instance, but got:", model
        )
    if not callable(layer_fn):
        raise ValueError("Expected `layer_fn` argument to be a callable.")
    copies = _Copies(layer_fn)
    for layer in model._layers:
        if isinstance(layer, InputLayer):
            if input_tensors is None:
                copies.layers[layer] = clone_layer(layer)
        else:
            copies.layers[layer] = layer_fn(layer)
    by_depth = model._nodes_by_depth if model._is_graph_network else {}
    behind = {depth: nodes for depth, nodes in by_depth.items() if depth < 0}
    others = [
        copies.layers[node.outbound_layer]
        for depth in sorted(behind, reverse=True)
        for node in behind[depth]
    ]
    layers = [layer for layer in copies.layers.values() if layer not in others]
    start = [] if input_tensors is None else [_starting_layer(input_tensors)]
    clone = Sequential(layers=[*start, *layers], name=model.name)
    if others:
        for depth, nodes in clone._nodes_by_depth.items():
            for new, own in zip(nodes, by_depth[depth], strict=False):
                pairs = zip(
                    nest.flatten(own.output_tensors), nest.flatten(new.output_tensors), strict=False
                )
                copies.tensors |= {id(tensor): other for tensor, other in pairs}
        _insert(clone, others, model, copies.make_nodes(behind))
    return clone


def _starting_layer(input_tensors: Any) -> Any:
    """The InputLayer of the one tensor that a Sequential takes."""
    given = list(input_tensors) if isinstance(input_tensors, (list, tuple)) else [input_tensors]
    if len(given) != 1:
        raise ValueError(
            "To clone a `Sequential` model, we expect  at most one tensor as part of "
            "`input_tensors`."
        )
    tensor = given[0]
    if not hasattr(tensor, "_keras_history"):
        name = "input_wrapper_for_" + str(tensor.name)
        return Input(tensor=tensor, name=name)._keras_history.layer
    layer = tensor._keras_history.layer
    if not isinstance(layer, InputLayer):
        raise ValueError(
            "Cannot clone a `Sequential` model on top of a tensor that comes from a Keras layer "
            "other than an `InputLayer`. Use the functional API instead."
        )
    return layer
