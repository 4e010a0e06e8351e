"""Calls of layers on tensors that start from `tf.keras.Input`: the nodes of a network."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.layers import history


class KerasHistory(NamedTuple):
    """Whose output a tensor is: the output `tensor_index` of the call `node_index` of `layer`."""

    layer: Any
    node_index: int
    tensor_index: int


class Node:
    """A call, which joins the inbound nodes of its layer and the outbound ones of its sources.

    Args:
      outbound_layer: the layer that was called.
      inbound_layers: the layers of which the inputs come; a nest, as are the next three.
      node_indices, tensor_indices: which of their calls, and which output of that.
      input_tensors: what the layer was called on.
      output_tensors: what it gave, a nest of its own.
      arguments: what else the call was given, by name.

    Attributes:
      input_shapes, output_shapes: sizes of the tensors as tuples; None where a rank is not known.

    Raises:
      ValueError: `outbound_layer` is a list or a dict.
    """

    def __init__(
        self,
        outbound_layer: Any,
        inbound_layers: Any,
        node_indices: Any,
        tensor_indices: Any,
        input_tensors: Any,
        output_tensors: Any,
        arguments: dict[str, Any] | None = None,
    ):
        if isinstance(outbound_layer, (list, tuple, dict)):
            raise ValueError(
                "`outbound_layer` should be a layer instance, not a list, tuple, or, dict."
            )
        self.outbound_layer = outbound_layer
        self.inbound_layers = inbound_layers
        self.node_indices = node_indices
        self.tensor_indices = tensor_indices
        self.input_tensors = input_tensors
        self.output_tensors = output_tensors
        self.input_shapes = nest.map_structure(int_shape, input_tensors)
        self.output_shapes = nest.map_structure(int_shape, output_tensors)
        self.arguments = arguments
        for tensor in nest.flatten(arguments):
            if isinstance(tensor, Tensor) and history.is_needed(tensor, inside_of_calls=True):
                history.create(tensor)
        for layer in nest.flatten(inbound_layers):
            if layer is not None:
                layer.outbound_nodes.append(self)
        outbound_layer.inbound_nodes.append(self)

    def iterate_inbound(self, include_arguments: bool = False) -> list[tuple[Any, int, int, Any]]:
        """Returns (layer, node index, tensor index, tensor) of each input.

        Args:
          include_arguments: whether those of tensors among the arguments follow.
        """
        nests = (self.inbound_layers, self.node_indices, self.tensor_indices, self.input_tensors)
        inbound = list(zip(*map(nest.flatten, nests), strict=False))
        if include_arguments:
            inbound += [(*tensor._keras_history, tensor) for tensor in self._known_arguments()]
        return inbound

    def _known_arguments(self) -> list[Any]:
        return [each for each in nest.flatten(self.arguments) if hasattr(each, "_keras_history")]

    def _get_all_node_dependencies(self) -> list[Node]:
        """The calls whose outputs this one takes."""
        inbound = self.iterate_inbound(include_arguments=True)
        return [layer._inbound_nodes[node_index] for layer, node_index, _, _ in inbound]

    def get_config(self) -> dict[str, Any]:
        """Names and numbers that tell of the call."""
        names = nest.map_structure(lambda layer: layer and layer.name, self.inbound_layers)
        return {
            "outbound_layer": self.outbound_layer.name,
            "inbound_layers": names,
            "node_indices": self.node_indices,
            "tensor_indices": self.tensor_indices,
        }


def int_shape(tensor: Any) -> tuple[int | None, ...] | None:
    """The sizes of a tensor or a variable; None where the rank is not known."""
    shape = tensor.shape
    if isinstance(shape, tuple):
        return shape
    return None if shape.ndims is None else tuple(shape.as_list())
