"""From where a layer gets its inputs: known of layers that start from `tf.keras.Input` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class Connections:
    """The part of a layer that remembers its calls.

    A call is remembered as an object with `input_tensors`, `output_tensors`, `input_shapes` and
    `output_shapes`. Calls with inputs that no layer made are not remembered, so none of
    `tf.layers` is.
    """

    if TYPE_CHECKING:

        @property
        def name(self) -> str: ...

    def __init__(self) -> None:
        self._inbound_nodes: list[Any] = []
        self._outbound_nodes: list[Any] = []

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
