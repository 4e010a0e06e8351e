"""From where a layer gets its inputs: known of layers that start from `tf.keras.Input` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stillflow.graph import nest
from stillflow.graph.scopes import name_scope
from stillflow.layers.nodes import KerasHistory, Node
from stillflow.ops.control.ordering import identity


class Connections:
    """The part of a layer that remembers its calls.

    A call is remembered as a `Node`. Calls with inputs that no layer made are not remembered.
    """

    _inbound_nodes: list[Node]
    _outbound_nodes: list[Node]

    if TYPE_CHECKING:

        @property
        def name(self) -> str: ...

    def _init_connections(self) -> None:
        self._inbound_nodes = []
        self._outbound_nodes = []

    @property
    def inbound_nodes(self) -> list[Any]:
        return self._inbound_nodes

    @property
    def outbound_nodes(self) -> list[Any]:
        return self._outbound_nodes

    @property
    def input(self) -> Any:
        """The inputs of the first call. AttributeError when there was none."""
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self.name} is not connected, no input to return.")
        return self.get_input_at(0)

    @property
    def output(self) -> Any:
        """The outputs of the first call. AttributeError when there was none."""
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self.name} has no inbound nodes.")
        return self.get_output_at(0)

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs. AttributeError when calls differ, or there was none."""
        return self._agreed("input")

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs. AttributeError when calls differ, or there was none."""
        return self._agreed("output")

    def get_input_at(self, node_index: int) -> Any:
        """Returns the inputs of a call, by its number.

        Raises:
          RuntimeError: there was no call.
          ValueError: there were not that many.
        """
        return self._of_call(node_index, "input_tensors", "input")

    def get_output_at(self, node_index: int) -> Any:
        """Returns the outputs of a call; raises as `get_input_at`."""
        return self._of_call(node_index, "output_tensors", "output")

    def get_input_shape_at(self, node_index: int) -> Any:
        """Returns the shapes of a call's inputs; raises as `get_input_at`."""
        return self._of_call(node_index, "input_shapes", "input shape")

    def get_output_shape_at(self, node_index: int) -> Any:
        """Returns the shapes of a call's outputs; raises as `get_input_at`."""
        return self._of_call(node_index, "output_shapes", "output shape")

    def get_input_mask_at(self, node_index: int) -> Any:
        """Returns the masks of a call's inputs, a list where these are one."""
        return _masks_of(self.get_input_at(node_index))

    def get_output_mask_at(self, node_index: int) -> Any:
        """Returns the masks of a call's outputs, a list where these are one."""
        return _masks_of(self.get_output_at(node_index))

    @property
    def input_mask(self) -> Any:
        """The masks of `input`."""
        return _masks_of(self.input)

    @property
    def output_mask(self) -> Any:
        """The masks of `output`."""
        return _masks_of(self.output)

    # Made by calls --------------------------------------------------------------------------------

    def _connect(self, inputs: Any, outputs: Any, arguments: dict[str, Any]) -> Any:
        """Remembers a call; returns the outputs, of which none is an input."""
        taken = {id(each) for each in nest.flatten(inputs)}
        given = []
        for output in nest.flatten(outputs):
            if id(output) in taken:
                with name_scope(self.name):
                    output = identity(output)
            given.append(output)
        outputs = nest.pack_sequence_as(outputs, given)
        self._add_inbound_node(inputs, outputs, arguments)
        return outputs

    def _add_inbound_node(
        self, input_tensors: Any, output_tensors: Any, arguments: dict[str, Any] | None = None
    ) -> None:
        Node(
            self,
            nest.map_structure(lambda tensor: tensor._keras_history.layer, input_tensors),
            nest.map_structure(lambda tensor: tensor._keras_history.node_index, input_tensors),
            nest.map_structure(lambda tensor: tensor._keras_history.tensor_index, input_tensors),
            input_tensors,
            output_tensors,
            arguments,
        )
        node_index = len(self._inbound_nodes) - 1
        for tensor_index, tensor in enumerate(nest.flatten(output_tensors)):
            tensor._keras_history = KerasHistory(self, node_index, tensor_index)

    def _all_inputs(self) -> list[Any]:
        return [node.input_tensors for node in self._inbound_nodes]

    def _agreed(self, side: str) -> Any:
        if not self._inbound_nodes:
            raise AttributeError(
                f"The layer has never been called and thus has no defined {side} shape."
            )
        found = [getattr(node, f"{side}_shapes") for node in self._inbound_nodes]
        if len({str(shapes) for shapes in found}) > 1:
            raise AttributeError(
                f'The layer "{self.name}" has multiple inbound nodes, with different {side} '
                f'shapes. Hence the notion of "{side} shape" is ill-defined for the layer. Use '
                f"`get_{side}_shape_at(node_index)` instead."
            )
        return found[0]

    def _of_call(self, index: int, attribute: str, what: str) -> Any:
        calls = self._inbound_nodes
        if not calls:
            raise RuntimeError(f"The layer has never been called and thus has no defined {what}.")
        if index >= len(calls):
            raise ValueError(
                f"Asked to get {what} at node {index}, but the layer has only {len(calls)} inbound "
                "nodes."
            )
        values = getattr(calls[index], attribute)
        return values[0] if isinstance(values, list) and len(values) == 1 else values


def mask_of(tensor: Any) -> Any:
    """Which elements of a tensor count, a boolean tensor; None for all."""
    return getattr(tensor, "_keras_mask", None)


def _masks_of(tensors: Any) -> Any:
    return [mask_of(each) for each in tensors] if isinstance(tensors, list) else mask_of(tensors)
