"""`tf.keras.layers.RNN`: a cell that goes over sequences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.rnn import rnn
from stillflow.keras.layers.recurrent import kept_states
from stillflow.keras.layers.recurrent.calling import are_keras_tensors, separated, takes
from stillflow.keras.layers.recurrent.sizes import (
    list_of_sizes,
    output_size_of,
    zeros_of_sizes,
)
from stillflow.keras.layers.recurrent.stacked import StackedRNNCells
from stillflow.keras.layers.serialization import deserialize
from stillflow.layers import configs
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.nodes import int_shape
from stillflow.ops.array import shape_of
from stillflow.tracking.trackable import no_automatic_dependency_tracking


class RNN(Layer):
    """Goes over sequences with a cell, and gives its last output, or all.

    A cell has a method `call(inputs, states)`, which returns (output, states after it); a
    `state_size`, a number or shape or a nest of such; and, if it likes, `output_size` and
    `get_initial_state(inputs, batch_size, dtype)`. Its `call` may take `training` and `constants`.

    Args:
      cell: a cell, or a list of cells, of which each takes the output of the one before.
      return_sequences: the outputs of all times are returned, not the last alone.
      return_state: the last states follow the output.
      go_backwards: the last time comes first, as it does in what is returned.
      stateful: a batch starts with the states in which the one before has ended; its size must be
        known.
      unroll: there are nodes for each time instead of a loop.
      time_major: inputs and outputs are n[time, batch, ...] instead of n[batch, time, ...].
      zero_output_for_mask: outputs of masked times are zeros, not those of the time before.
      input_dim, input_length: the sizes of an input without the batch, in place of `input_shape`.
      Others by name as for `Layer`.

    Raises:
      ValueError: the cell has no method `call`, or no `state_size`.
    """

    _described: tuple[str, ...] = (
        *("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "time_major"),
    )
    #: Whether the configuration holds the cell.
    _tells_cell = True

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ):
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ValueError("`cell` should have a `call` method. The RNN was passed:", cell)
        if not hasattr(cell, "state_size"):
            raise ValueError(
                "The RNN cell should have an attribute `state_size` (tuple of integers, one "
                "integer per RNN state)."
            )
        self.zero_output_for_mask = kwargs.pop("zero_output_for_mask", False)
        if "input_shape" not in kwargs and ("input_dim" in kwargs or "input_length" in kwargs):
            kwargs["input_shape"] = kwargs.pop("input_length", None), kwargs.pop("input_dim", None)
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.time_major = time_major
        self.supports_masking = True
        self.input_spec = None
        self.state_spec: Any = None
        self._states: Any = None
        self.constants_spec: Any = None
        self._num_constants = 0

    @property
    def states(self) -> Any:
        """The variables that keep the states of a stateful layer; until there are, as many None."""
        if self._states is not None:
            return self._states
        states = nest.map_structure(lambda _: None, self.cell.state_size)
        return states if nest.is_nested(states) else [states]

    @states.setter
    @no_automatic_dependency_tracking  # states are no weights
    def states(self, states: Any) -> None:
        self._states = states

    # Shapes ---------------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output; with those of the states behind it, a list, if they follow."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        try:
            input_shape = as_shape(input_shape)
        except (ValueError, TypeError):  # a nest of shapes
            input_shape = nest.flatten(input_shape)[0]
        batch, steps = input_shape[0], input_shape[1]
        if self.time_major:
            batch, steps = steps, batch

        def of_output(size: Any) -> TensorShape:
            leading = [batch]
            if self.return_sequences:
                leading = [steps, batch] if self.time_major else [batch, steps]
            return TensorShape([*leading, *as_shape(size).as_list()])

        outputs = nest.flatten(nest.map_structure(of_output, output_size_of(self.cell)))
        if not self.return_state:
            return outputs[0] if len(outputs) == 1 else outputs
        sizes = nest.flatten(list_of_sizes(self.cell.state_size))
        return outputs + [TensorShape([batch, *as_shape(size).as_list()]) for size in sizes]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the outputs, if all are returned; states have none."""
        mask = nest.flatten(mask)[0]
        output_mask = mask if self.return_sequences else None
        return [output_mask, *(None for _ in self.states)] if self.return_state else output_mask

    # Building -------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        with suppress(ValueError, TypeError):  # which a nest of shapes raises
            input_shape = as_shape(input_shape)
        spec = nest.map_structure(self._spec_of_input, input_shape)
        if self.input_spec is not None:
            self.input_spec[0] = spec
        else:
            self.input_spec = spec if isinstance(spec, list) else [spec]
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(nest.map_structure(self._shape_of_step, input_shape))
        sizes = list_of_sizes(self.cell.state_size)
        if self.state_spec is not None:
            self._validate_state_spec(sizes, self.state_spec)
        else:
            shapes = [as_shape(size).as_list() for size in sizes]
            self.state_spec = [InputSpec(shape=[None, *shape]) for shape in shapes]
        if self.stateful:
            self.reset_states()
        self.built = True

    def _spec_of_input(self, shape: Any) -> InputSpec:
        sizes = list(as_shape(shape).as_list())
        batch, steps = (1, 0) if self.time_major else (0, 1)
        if not self.stateful:
            sizes[batch] = None
        sizes[steps] = None
        return InputSpec(shape=tuple(sizes))

    def _shape_of_step(self, shape: Any) -> tuple[int | None, ...]:
        sizes = tuple(as_shape(shape).as_list())
        return sizes[1:] if self.time_major else (sizes[0], *sizes[2:])

    @staticmethod
    def _validate_state_spec(cell_state_sizes: Any, init_state_specs: Any) -> None:
        sizes, specs = nest.flatten(cell_state_sizes), nest.flatten(init_state_specs)
        fits = len(sizes) == len(specs) and all(
            TensorShape(spec.shape[1:]).is_compatible_with(TensorShape(size))
            for size, spec in zip(sizes, specs, strict=True)
        )
        if not fits:
            raise ValueError(
                "An `initial_state` was passed that is not compatible with `cell.state_size`. "
                f"Received `state_spec`={init_state_specs}; however `cell.state_size` is "
                f"{cell_state_sizes}"
            )

    def get_initial_state(self, inputs: Any) -> list[Any]:
        """The states from which the cell starts, for a batch as in `inputs`."""
        inputs = nest.flatten(inputs)[0]
        batch_size = shape_of.shape(inputs)[1 if self.time_major else 0]
        if getattr(self.cell, "get_initial_state", None):
            states = self.cell.get_initial_state(
                inputs=None, batch_size=batch_size, dtype=inputs.dtype
            )
        else:
            states = zeros_of_sizes(batch_size, self.cell.state_size, inputs.dtype)
        return list(states) if nest.is_nested(states) else [states]

    # Calls ----------------------------------------------------------------------------------------

    def __call__(
        self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any
    ) -> Any:
        """Applies the layer.

        Args:
          inputs: n[batch, time, ...], a tuple of such, or a list of them, states and constants.
          initial_state: the states to start from: a tensor, or a list of them.
          constants: what the cell is given at each time: a tensor, or a list of them.
          mask: b[batch, time]; where it is False the states stay.
          training: whether dropout drops, for cells that take it.

        Raises:
          ValueError: only some of states and constants come from layers.
        """
        inputs, initial_state, constants = separated(
            inputs, initial_state, constants, self._num_constants
        )
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        added: list[Any] = []
        specs: list[Any] = []
        if initial_state is not None:
            added += initial_state
            self.state_spec = nest.map_structure(spec_of, initial_state)
            specs += self.state_spec
        if constants is not None:
            added += constants
            self.constants_spec = [spec_of(constant) for constant in constants]
            self._num_constants = len(constants)
            specs += self.constants_spec
        if are_keras_tensors(nest.flatten(added), "The initial state or constants of an RNN layer"):
            spec = nest.map_structure(lambda _: None, inputs)
            self.input_spec = [*(spec if isinstance(spec, list) else [spec]), *specs]
            output = super().__call__([inputs, *added], **kwargs)
            self.input_spec = self.input_spec[: -len(specs)]
            return output
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
        if constants is not None:
            kwargs["constants"] = constants
        return super().__call__(inputs, **kwargs)

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        inputs, initial_state, constants = self._process_inputs(inputs, initial_state, constants)
        if mask is not None:
            mask = nest.flatten(mask)[0]
        self._check_unrolling(nest.flatten(inputs)[0])
        last_output, outputs, states = rnn(
            self._step(training, constants),
            inputs,
            initial_state,
            constants=constants,
            go_backwards=self.go_backwards,
            mask=mask,
            unroll=self.unroll,
            input_length=self._most_steps(inputs),
            time_major=self.time_major,
            zero_output_for_mask=self.zero_output_for_mask,
        )
        if self.stateful:
            pairs = zip(nest.flatten(self.states), nest.flatten(states), strict=True)
            self.add_update([kept.assign(state) for kept, state in pairs])
        output = outputs if self.return_sequences else last_output
        if not self.return_state:
            return output
        return [*(output if isinstance(output, list) else [output]), *states]

    def _process_inputs(self, inputs: Any, initial_state: Any, constants: Any) -> tuple:
        """(inputs, initial states, constants); a list of inputs ends with the others."""
        if isinstance(inputs, list):
            behind = inputs[1:]
            if self._num_constants:
                behind, constants = behind[: -self._num_constants], behind[-self._num_constants :]
            inputs, initial_state = inputs[0], behind or None
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(inputs)
        check_states(initial_state, self.states)
        return inputs, initial_state, constants

    def _most_steps(self, inputs: Any) -> int | None:
        """A bound of the number of times, which the loop keeps."""
        return None

    def _check_unrolling(self, inputs: Any) -> None:
        if self.unroll and inputs.shape.as_list()[0 if self.time_major else 1] is None:
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined. \n"
                "- If using a Sequential model, specify the time dimension by passing an "
                "`input_shape` or `batch_input_shape` argument to your first layer. If your first "
                "layer is an Embedding, you can also use the `input_length` argument.\n"
                "- If using the functional API, specify the time dimension by passing a `shape` or "
                "`batch_shape` argument to your Input layer."
            )

    def _step(self, training: Any, constants: Any) -> Callable[..., Any]:
        """The call of the cell at one time."""
        options = {"training": training} if takes(self.cell.call, "training") else {}
        if constants and not takes(self.cell.call, "constants"):
            raise ValueError("RNN cell does not support constants")
        count = self._num_constants if constants else 0

        def step(inputs: Any, states: Any) -> tuple[Any, Any]:
            given = dict(options)
            if count:
                given["constants"], states = states[-count:], states[:-count]
            if len(states) == 1 and getattr(self.cell, "_is_tf_rnn_cell", None) is not None:
                states = states[0]
            output, new_states = self.cell.call(inputs, states, **given)
            return output, new_states if nest.is_nested(new_states) else [new_states]

        return step

    def reset_states(self, states: Any = None) -> None:
        """Gives the states that are kept other values.

        Args:
          states: an array, or a list of them in the structure of the states; by default zeros.

        Raises:
          AttributeError: the layer is not stateful.
          ValueError: the number of sequences is not known; there are more or fewer values than
            states, or one is of another shape.
        """
        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        shapes = self._shapes_of_states()
        if nest.flatten(self.states)[0] is None:
            self.states = kept_states.new_states(shapes)
        elif states is None:
            kept_states.clear(self.states, shapes)
        else:
            kept_states.set_states(self.states, states, self.name)

    def _shapes_of_states(self) -> Any:
        """The shape of each state, with the batch. ValueError when that is not known."""
        shape = None if self.input_spec is None else nest.flatten(self.input_spec)[0].shape
        batch_size = None if shape is None else shape[1 if self.time_major else 0]
        if not batch_size:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of "
                "your input tensors: \n"
                "- If using a Sequential model, specify the batch size by passing a "
                "`batch_input_shape` argument to your first layer.\n"
                "- If using the functional API, specify the batch size by passing a `batch_shape` "
                "argument to your Input layer."
            )
        return nest.map_structure(
            lambda size: TensorShape([batch_size, *as_shape(size).as_list()]), self.cell.state_size
        )

    # Configuration --------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self.zero_output_for_mask:
            config["zero_output_for_mask"] = self.zero_output_for_mask
        if self._tells_cell:
            config["cell"] = configs.described(self.cell)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        cell = deserialize(config.pop("cell"), custom_objects=custom_objects)
        num_constants = config.pop("num_constants", 0)
        layer = cls(cell, **config)
        layer._num_constants = num_constants
        return layer


def spec_of(tensor: Any) -> InputSpec:
    """What demands an input of the shape of `tensor`."""
    return InputSpec(shape=int_shape(tensor))


def check_states(given: Any, states: Any) -> None:
    """ValueError unless there is a state to start from for each of a layer's states."""
    if len(given) != len(states):
        raise ValueError(
            f"Layer has {len(states)} states but was passed {len(given)} initial states."
        )
