"""`tf.keras.layers.Bidirectional`: a recurrent layer both ways over a sequence."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.arranging import concatenate, reverse
from stillflow.keras.layers.recurrent.calling import are_keras_tensors, separated, takes
from stillflow.keras.layers.recurrent.rnn import spec_of
from stillflow.keras.layers.serialization import deserialize
from stillflow.keras.layers.wrappers.wrapper import Wrapper
from stillflow.layers.base_layer import Layer
from stillflow.platform.decorators import getfullargspec
from stillflow.tracking.assigning import NoDependency
from stillflow.tracking.trackable import no_automatic_dependency_tracking_scope

_MERGE_MODES = ("sum", "mul", "ave", "concat", None)
_SHARED = ("stateful", "return_sequences", "return_state")


class Bidirectional(Wrapper):
    """Goes over sequences forwards and backwards, with a layer each, and joins the outputs.

    Args:
      layer: a recurrent layer; the two are made of its configuration.
      merge_mode: "concat" along the last axis, "sum", "mul", "ave" for the mean, or None for a list
        of both outputs.
      weights: arrays to begin with, those of the layer that goes forwards first.
      backward_layer: that which goes backwards, if not one of the same configuration.
      Others by name as for `Layer`.

    Raises:
      ValueError: one is no layer; an unknown mode; the two go the same way, or differ in
        `stateful`, `return_sequences` or `return_state`.
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ):
        _check(layer, merge_mode, backward_layer)
        self.forward_layer = _remade(layer)
        self._backward_config = None
        if backward_layer is None:
            self.backward_layer = _remade(layer, goes_back=True)
        else:
            self.backward_layer = backward_layer
            self._backward_config = NoDependency(backward_layer.get_config())
        self.forward_layer._name = "forward_" + self.forward_layer.name
        self.backward_layer._name = "backward_" + self.backward_layer.name
        self._verify_layer_config()
        for each in (self.forward_layer, self.backward_layer):
            if getattr(each, "zero_output_for_mask", None) is not None:
                # Outputs at masked times would else differ with the way.
                each.zero_output_for_mask = each.return_sequences
        self.merge_mode = merge_mode
        if weights:
            half = len(weights) // 2
            self.forward_layer.initial_weights = weights[:half]
            self.backward_layer.initial_weights = weights[half:]
        with no_automatic_dependency_tracking_scope(self):  # `layer` itself is never called
            super().__init__(layer, **kwargs)
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self._num_constants = 0
        self.input_spec = layer.input_spec

    def _verify_layer_config(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "Forward layer and backward layer should have different `go_backwards` value."
            )
        for name in _SHARED:
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError(
                    "Forward layer and backward layer are expected to have the same value for "
                    f"attribute {name}, got {getattr(forward, name)} and {getattr(backward, name)}"
                )

    # Shapes ---------------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output, or a list: of both without a merge mode, of the states."""
        found = self.forward_layer.compute_output_shape(input_shape)
        output, states = (found[0], found[1:]) if self.return_state else (found, [])
        output = as_shape(output)
        if self.merge_mode is None:
            return [output, output, *states, *states]
        if self.merge_mode == "concat":
            *sizes, last = output.as_list()
            output = TensorShape([*sizes, last and last * 2])
        return [output, *states, *states] if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the outputs, if all are returned; states have none."""
        if isinstance(mask, list):
            mask = mask[0]
        masks = [mask if self.return_sequences else None] * (1 if self.merge_mode else 2)
        if self.return_state:
            return masks + [None for _ in self.forward_layer.states] * 2
        return masks[0] if self.merge_mode else masks

    def build(self, input_shape: Any = None) -> None:
        for layer in (self.forward_layer, self.backward_layer):
            with name_scope(layer.name):
                layer.build(input_shape)
        self.built = True

    # Calls ----------------------------------------------------------------------------------------

    def __call__(
        self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any
    ) -> Any:
        """Applies the layer.

        Args:
          inputs: n[batch, time, ...], or a list of such, states and constants.
          initial_state: the states to start from: those of the layer that goes forwards first.
          constants: what the cells are given at each time.
          mask, training: as for `RNN`.

        Raises:
          ValueError: an odd number of states; only some of states and constants come from layers.
        """
        inputs, initial_state, constants = separated(
            inputs, initial_state, constants, self._num_constants
        )
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        added: list[Any] = []
        specs: list[Any] = []
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
            added += initial_state
            specs += self._note_states(initial_state)
        if constants is not None:
            kwargs["constants"] = constants
            added += constants
            specs += self._note_constants(constants)
        if not are_keras_tensors(added, "The initial state of a Bidirectional layer"):
            return super().__call__(inputs, **kwargs)
        kwargs["initial_state"] = kwargs["constants"] = None
        own_spec = self.input_spec
        self.input_spec = [*(None for _ in nest.flatten(inputs)), *specs]
        output = super().__call__([inputs, *added], **kwargs)
        self.input_spec = own_spec
        return output

    def _note_states(self, initial_state: list[Any]) -> list[Any]:
        """What the layers demand of their states now."""
        count = len(initial_state)
        if count % 2:
            raise ValueError(
                "When passing `initial_state` to a Bidirectional RNN, the state should be a list "
                f"containing the states of the underlying RNNs. Found: {initial_state}"
            )
        specs = [spec_of(state) for state in initial_state]
        self.forward_layer.state_spec = specs[: count // 2]
        self.backward_layer.state_spec = specs[count // 2 :]
        return specs

    def _note_constants(self, constants: list[Any]) -> list[Any]:
        """What the layers demand of their constants now."""
        specs = [spec_of(constant) for constant in constants]
        self._num_constants = len(constants)
        for layer in (self.forward_layer, self.backward_layer):
            layer.constants_spec = specs
            layer._num_constants = len(constants)
        return specs

    def call(
        self,
        inputs: Any,
        training: Any = None,
        mask: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        given = {"training": training, "mask": mask, "constants": constants}
        options = {name: given[name] for name in given if takes(self.layer.call, name)}
        forward, backward = inputs, inputs
        of_forward, of_backward = dict(options), dict(options)
        if takes(self.layer.call, "initial_state"):
            if isinstance(inputs, list) and len(inputs) > 1:
                forward, backward = self._inputs_of_each(inputs)
                initial_state = None
                if "constants" in options:
                    of_forward["constants"] = of_backward["constants"] = None
            half = len(initial_state) // 2 if initial_state is not None else 0
            of_forward["initial_state"] = initial_state and initial_state[:half]
            of_backward["initial_state"] = initial_state and initial_state[half:]
        y = self.forward_layer(forward, **of_forward)
        y_back = self.backward_layer(backward, **of_backward)
        states = []
        if self.return_state:
            states = y[1:] + y_back[1:]
            y, y_back = y[0], y_back[0]
        if self.return_sequences:
            y_back = reverse(y_back, 1)
        output = self._merged(y, y_back)
        if not self.return_state:
            return output
        return [*(output if isinstance(output, list) else [output]), *states]

    def _inputs_of_each(self, inputs: list[Any]) -> tuple[list[Any], list[Any]]:
        """What each layer gets of a list of inputs, states and constants."""
        middle = (len(inputs) - self._num_constants) // 2 + 1
        end = len(inputs) - self._num_constants
        constants = inputs[end:]
        return (
            [inputs[0], *inputs[1:middle], *constants],
            [inputs[0], *inputs[middle:end], *constants],
        )

    def _merged(self, y: Tensor, y_back: Tensor) -> Any:
        if self.merge_mode == "concat":
            return concatenate([y, y_back])
        if self.merge_mode == "sum":
            return y + y_back
        if self.merge_mode == "ave":
            return (y + y_back) / 2
        return y * y_back if self.merge_mode == "mul" else [y, y_back]

    def reset_states(self) -> None:
        """Gives the states that are kept zeros."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    @property
    def constraints(self) -> dict[Any, Any]:
        """Those of both layers, where they have such."""
        found: dict[Any, Any] = {}
        if hasattr(self.forward_layer, "constraints"):
            found.update(self.forward_layer.constraints)
            found.update(self.backward_layer.constraints)
        return found

    # Configuration --------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "merge_mode": self.merge_mode}
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self._backward_config is not None:
            name = type(self.backward_layer).__name__
            config["backward_layer"] = {"class_name": name, "config": self._backward_config}
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        num_constants = config.pop("num_constants", 0)
        if config.get("backward_layer") is not None:
            config["backward_layer"] = deserialize(
                config["backward_layer"], custom_objects=custom_objects
            )
        layer = super().from_config(config, custom_objects=custom_objects)
        layer._num_constants = num_constants
        return layer


def _check(layer: Any, merge_mode: Any, backward_layer: Any) -> None:
    if not isinstance(layer, Layer):
        raise ValueError(
            f"Please initialize `Bidirectional` layer with a `Layer` instance. You passed: {layer}"
        )
    if backward_layer is not None and not isinstance(backward_layer, Layer):
        raise ValueError(
            f"`backward_layer` need to be a `Layer` instance. You passed: {backward_layer}"
        )
    if merge_mode not in _MERGE_MODES:
        raise ValueError(
            'Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", None}'
        )


def _remade(layer: Any, goes_back: bool = False) -> Any:
    """A layer of the same configuration, going the other way if `goes_back`."""
    config = layer.get_config()
    if goes_back:
        config["go_backwards"] = not config["go_backwards"]
    make = type(layer).from_config
    if "custom_objects" not in getfullargspec(make).args:
        return make(config)
    cell = getattr(layer, "cell", None)
    cells = [] if cell is None else [cell, *getattr(cell, "cells", [])]
    return make(config, custom_objects={type(each).__name__: type(each) for each in cells})
