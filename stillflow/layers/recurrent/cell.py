"""`tf.nn.rnn_cell.RNNCell`: what maps an input and a state to an output and the next state."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers import configs
from stillflow.layers.base import Layer
from stillflow.layers.recurrent.sizes import zero_state_tensors
from stillflow.ops.array import shape_of
from stillflow.ops.known_values import constant_value
from stillflow.ops.variables import sets
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.scope import get_variable_scope, variable_scope

#: The names of the variables of most cells.
KERNEL, BIAS = "kernel", "bias"


class RNNCell(Layer):
    """The base of cells, also of those that programs write.

    One defines `call(inputs, state)`, which returns (output, next state), and the properties
    `state_size` and `output_size`: numbers or shapes without the batch, or nests of them. Its
    `call` may make variables by `tf.get_variable`; they are those of the scope of its first call.

    Args:
      trainable, name, dtype: as for `tf.layers.Layer`.
    """

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any):
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """One step.

        Args:
          inputs: n[batch, depth].
          state: in the structure of `state_size`, n[batch, size] each.
          scope: of the variables; by default the cell's own in that of the first call.

        Returns:
          (the output, n[batch, output size]; the next state)
        """
        if scope is not None:
            with variable_scope(scope, custom_getter=self._rnn_get_variable) as entered:
                return super().__call__(inputs, state, scope=entered)
        opening = getattr(self, "rnncell_scope", None)
        if opening is None:
            opening = variable_scope(get_variable_scope(), custom_getter=self._rnn_get_variable)
            self.rnncell_scope = opening
        with opening:
            return super().__call__(inputs, state)

    def _rnn_get_variable(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        """A variable that `call` asks for, which becomes one of the cell's weights."""
        variable = getter(*args, **kwargs)
        trained = sets.trainable_variables()
        is_trained = variable in trained or (
            isinstance(variable, PartitionedVariable) and next(iter(variable)) in trained
        )
        weights = self._trainable_weights if is_trained else self._non_trainable_weights
        if all(variable is not weight for weight in weights):
            weights.append(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """The size of the state, or a nest of sizes."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output, or a nest of sizes."""
        raise NotImplementedError("Abstract method")

    def build(self, _: Any) -> None:
        """Makes no variables: `call` may."""

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None):
        """`zero_state`, for `inputs` or else for as many sequences and the type that are given.

        Raises:
          ValueError: `inputs` contradict the others, or one of those is missing.
        """
        if inputs is not None:
            inputs = convert_to_tensor(inputs, name="inputs")
            _check_inputs(inputs, batch_size, dtype)
            batch_size = inputs.shape.as_list()[0] or shape_of.shape(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial state: "
                f"batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def get_config(self) -> dict[str, Any]:
        return configs.of_layer(self)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros, [batch_size, size] for each size in `state_size`."""
        with self._zero_state_scope(batch_size):
            return zero_state_tensors(self.state_size, batch_size, dtype)

    def _zero_state_scope(self, batch_size: Any) -> Any:
        return name_scope(type(self).__name__ + "ZeroState", values=[batch_size])


class LayerRNNCell(RNNCell):
    """A cell whose variables are made in `build`, as those of layers are."""

    def __call__(
        self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any
    ) -> tuple[Any, Any]:
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)


def _check_inputs(inputs: Any, batch_size: Any, dtype: Any) -> None:
    found = inputs.shape.as_list()[0]
    if batch_size is not None:
        known = constant_value(batch_size, partial=True) if is_tensor(batch_size) else batch_size
        if found != known:
            raise ValueError(
                "batch size from input tensor is different from the input param. "
                f"Input tensor batch: {found}, batch_size: {batch_size}"
            )
    if dtype is not None and inputs.dtype != dtype:
        raise ValueError(
            "dtype from input tensor is different from the input param. "
            f"Input tensor dtype: {inputs.dtype}, dtype: {dtype}"
        )


def known_depth(inputs_shape: Any) -> int:
    """The last size of the inputs that a cell is built for. ValueError when it is unknown."""
    sizes = tuple(as_shape(inputs_shape).as_list())
    if sizes[-1] is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {sizes}")
    return sizes[-1]


def known_columns(inputs: Any) -> int:
    """The depth of inputs n[batch, depth]. ValueError when it is unknown."""
    columns = inputs.shape.with_rank(2).as_list()[1]
    if columns is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return columns


def check_inputs_are_floats(inputs: Any) -> None:
    """ValueError unless all tensors of a nest are of floats or complex numbers."""
    for tensor in nest.flatten(inputs):
        check_type_is_float(tensor.dtype)


def check_type_is_float(dtype: Any) -> None:
    """ValueError unless a type, if any, is one of floats or complex numbers."""
    if dtype is None:
        return
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype.is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {dtype}")
