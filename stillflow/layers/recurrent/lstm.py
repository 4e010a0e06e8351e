"""`BasicLSTMCell`, `LSTMCell` and their state."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.layers.identifiers import activation_of, initializer_of
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.recurrent.cell import (
    BIAS,
    KERNEL,
    LayerRNNCell,
    check_inputs_are_floats,
    check_type_is_float,
    known_columns,
    known_depth,
)
from stillflow.ops.array import joining, slicing
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add, multiply
from stillflow.ops.math.clip import clip_by_value
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables import initializers
from stillflow.ops.variables.partitioners import fixed_size_partitioner
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated


class LSTMStateTuple(namedtuple("LSTMStateTuple", ("c", "h"))):
    """The state of an LSTM: `c`, what the cell holds, and `h`, what it gave out."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The type of both. TypeError when they differ."""
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError(f"Inconsistent internal state: {c.dtype} vs {h.dtype}")
        return c.dtype


class Peepholes(NamedTuple):
    """Weights by which gates see what the cell holds, n[units] each."""

    forget: Any
    input: Any
    output: Any


def next_held(
    gates: tuple[Any, Any, Any],
    held: Any,
    forget_bias: Any,
    activation: Callable[[Any], Any],
    peepholes: Peepholes | None = None,
) -> Any:
    """What an LSTM holds after a step, whose `gates` are those of input, new value, forgetting."""
    i, j, f = gates
    if peepholes is None:
        return sigmoid(f + forget_bias) * held + sigmoid(i) * activation(j)
    return sigmoid(f + forget_bias + peepholes.forget * held) * held + sigmoid(
        i + peepholes.input * held
    ) * activation(j)


def next_output(
    gate: Any, held: Any, activation: Callable[[Any], Any], peepholes: Peepholes | None = None
) -> Any:
    """What an LSTM gives out of what it holds."""
    if peepholes is None:
        return sigmoid(gate) * activation(held)
    return sigmoid(gate + peepholes.output * held) * activation(held)


def clipped(x: Any, limit: Any) -> Any:
    """x within -limit and limit, unless that is None."""
    return x if limit is None else clip_by_value(x, -limit, limit)


def warn_of_joined_state(cell: Any) -> None:
    logging.warning(
        "%s: Using a concatenated state is slower and will soon be deprecated.  "
        "Use state_is_tuple=True.",
        cell,
    )


def sizes_of(num_units: int, num_proj: int | None, state_is_tuple: bool = True) -> tuple[Any, int]:
    """(the size of the state, that of the output) of an LSTM that may project its output."""
    output = num_proj or num_units
    state = LSTMStateTuple(num_units, output) if state_is_tuple else num_units + output
    return state, output


class BasicLSTMCell(LayerRNNCell):
    """The LSTM of Zaremba et al., 2014 (arXiv:1409.2329), without peepholes or projection.

    Args:
      num_units: the size of the output, and of either part of the state.
      forget_bias: added to the forget gate; must be 0.0 for weights of a CudnnLSTM.
      state_is_tuple: False makes the state n[batch, 2 * num_units].
      activation: a function or its name; tanh by default.
      reuse: whether the variables exist already.
      name, dtype: as for `tf.layers.Layer`.
    """

    _described: tuple[str, ...] = (
        "num_units",
        "forget_bias",
        "state_is_tuple",
        "activation",
        "reuse",
    )

    @deprecated(
        None,
        "This class is equivalent as tf.keras.layers.LSTMCell, and will be replaced by that in "
        "Tensorflow 2.0.",
    )
    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: bool | None = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_type_is_float(self.dtype)
        if not state_is_tuple:
            warn_of_joined_state(self)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation: Callable[[Any], Any] = activation_of(activation) if activation else tanh

    @property
    def state_size(self) -> Any:
        return sizes_of(self._num_units, None, self._state_is_tuple)[0]

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        check_type_is_float(self.dtype)
        self._kernel = self.add_variable(
            KERNEL, shape=[depth + self._num_units, 4 * self._num_units]
        )
        self._bias = self.add_variable(
            BIAS, shape=[4 * self._num_units], initializer=initializers.Zeros(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        check_inputs_are_floats([inputs, state])
        one = constant(1, dtype=dtypes.int32)
        if self._state_is_tuple:
            c, h = state
        else:
            c, h = joining.split(value=state, num_or_size_splits=2, axis=one)
        gates = bias_add(matmul(joining.concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=one)
        new_c, new_h = basic_step((i, j, f, o), c, self._forget_bias, self._activation)
        if self._state_is_tuple:
            return new_h, LSTMStateTuple(new_c, new_h)
        return new_h, joining.concat([new_c, new_h], 1)


def basic_step(
    gates: tuple, c: Any, forget_bias: float, activation: Callable[[Any], Any]
) -> tuple[Any, Any]:
    """(what a `BasicLSTMCell` holds after a step, what it gives out)"""
    i, j, f, o = gates
    # TensorFlow calls these by name here, for speed; the nodes are named accordingly.
    bias = constant(forget_bias, dtype=f.dtype)
    new_c = add(multiply(c, sigmoid(add(f, bias))), multiply(sigmoid(i), activation(j)))
    return new_c, multiply(activation(new_c), sigmoid(o))


class LSTMCell(LayerRNNCell):
    """The LSTM of Hochreiter and Schmidhuber, with the peepholes and projection of Sak et al.,
    2014 (Interspeech, "Long short-term memory recurrent neural network architectures ...").

    Args:
      num_units: how much the cell holds.
      use_peepholes: gates see what the cell holds.
      cell_clip: the limit of what it holds.
      initializer: of kernels and peepholes; by default that of the scope.
      num_proj: the size of the output, by a product more; `num_units` without one.
      proj_clip: the limit of the projected output.
      num_unit_shards, num_proj_shards: deprecated: in how many parts the kernels are.
      forget_bias: added to the forget gate; must be 0.0 for weights of a CudnnLSTM.
      state_is_tuple: False makes the state n[batch, num_units + output size].
      activation: a function or its name; tanh by default.
      reuse: whether the variables exist already.
      name, dtype: as for `tf.layers.Layer`.
    """

    _described: tuple[str, ...] = (
        "num_units",
        "use_peepholes",
        "cell_clip",
        "initializer",
        "num_proj",
        "proj_clip",
        "num_unit_shards",
        "num_proj_shards",
        "forget_bias",
        "state_is_tuple",
        "activation",
        "reuse",
    )

    @deprecated(
        None,
        "This class is equivalent as tf.keras.layers.LSTMCell, and will be replaced by that in "
        "Tensorflow 2.0.",
    )
    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int | None = None,
        num_proj_shards: int | None = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: bool | None = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_type_is_float(self.dtype)
        if not state_is_tuple:
            warn_of_joined_state(self)
        if num_unit_shards is not None or num_proj_shards is not None:
            logging.warning(
                "%s: The num_unit_shards and proj_unit_shards parameters are deprecated and will "
                "be removed in Jan 2017.  Use a variable scope with a partitioner instead.",
                self,
            )
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer_of(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation: Callable[[Any], Any] = activation_of(activation) if activation else tanh
        self._state_size, self._output_size = sizes_of(num_units, num_proj, state_is_tuple)
        self._peepholes: Peepholes | None = None

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        check_type_is_float(self.dtype)
        h_depth = self._num_units if self._num_proj is None else self._num_proj
        self._kernel = self.add_variable(
            KERNEL,
            shape=[depth + h_depth, 4 * self._num_units],
            initializer=self._initializer,
            partitioner=_in_parts(self._num_unit_shards),
        )
        self._bias = self.add_variable(
            BIAS, shape=[4 * self._num_units], initializer=initializers.Zeros(dtype=self.dtype)
        )
        if self._use_peepholes:
            self._peepholes = Peepholes(*map(self._diagonal, ("w_f_diag", "w_i_diag", "w_o_diag")))
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable(
                f"projection/{KERNEL}",
                shape=[self._num_units, self._num_proj],
                initializer=self._initializer,
                partitioner=_in_parts(self._num_proj_shards),
            )
        self.built = True

    def _diagonal(self, name: str) -> Any:
        return self.add_variable(name, shape=[self._num_units], initializer=self._initializer)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        check_inputs_are_floats([inputs, state])
        c, m = self._parts(state)
        known_columns(inputs)
        gates = bias_add(matmul(joining.concat([inputs, m], 1), self._kernel), self._bias)
        i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=1)
        c = next_held((i, j, f), c, self._forget_bias, self._activation, self._peepholes)
        c = clipped(c, self._cell_clip)
        m = next_output(o, c, self._activation, self._peepholes)
        if self._num_proj is not None:
            m = clipped(matmul(m, self._proj_kernel), self._proj_clip)
        if self._state_is_tuple:
            return m, LSTMStateTuple(c, m)
        return m, joining.concat([c, m], 1)

    def _parts(self, state: Any) -> tuple[Any, Any]:
        if self._state_is_tuple:
            c, m = state
            return c, m
        width = self._num_units if self._num_proj is None else self._num_proj
        c = slicing.slice_(state, [0, 0], [-1, self._num_units])
        return c, slicing.slice_(state, [0, self._num_units], [-1, width])


def _in_parts(count: int | None) -> Any:
    return None if count is None else fixed_size_partitioner(count)
