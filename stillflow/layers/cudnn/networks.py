"""`tf.contrib.cudnn_rnn`: CudnnLSTM, CudnnGRU, CudnnRNNTanh, CudnnRNNRelu as layers."""

from __future__ import annotations

from typing import Any, ClassVar

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers import base
from stillflow.layers.cudnn import functions, modes, saveables
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import filling, shape_of
from stillflow.ops.variables import initializers
from stillflow.ops.variables import scope as scopes
from stillflow.platform import logging


class CudnnNetwork(base.Layer):
    """A whole network: layers of cells, each one way or both, with all weights in one variable.

    A Saver saves it as the weights of the cells that compute the same too (for an LSTM
    CudnnCompatibleLSTMCell), so that networks of these can restore it; `Saver([layer.saveable])`
    alone so, which can also restore what networks of cells saved.

    Args:
      num_layers, num_units: how many layers, of how many units each.
      input_mode: "linear_input", or "skip_input", with which the first layer's gates take the
        input as it is, so its size must be `num_units`; or "auto_select", the latter where it can.
      direction: "unidirectional" or "bidirectional".
      dropout: what share of each layer's inputs is dropped in training, but for the first's.
      seed: of the dropout, and of the kernels' default initializer.
      dtype: float16, float32 or float64.
      kernel_initializer: of each gate's matrix, f[units, width]; by default Glorot's uniform.
      bias_initializer: of each gate's two biases, f[units]; by default 0.
      name: of its variable scope.

    Raises:
      ValueError: the direction, the input mode or the type is another.
    """

    _rnn_mode: ClassVar[str]
    _num_params_per_layer: ClassVar[int]
    _saveable_cls: ClassVar[type[saveables.CudnnOpaqueParamsSaveable]]

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_mode: str = modes.LINEAR_INPUT,
        direction: str = modes.UNIDIRECTION,
        dropout: float = 0.0,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
    ):
        super().__init__(dtype=dtype, name=name)
        modes.check_direction(direction)
        modes.check_input_mode(input_mode)
        if dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._plain_dtype = dtype
        self._num_layers = num_layers
        self._num_units = num_units
        self._input_mode = input_mode
        self._direction = direction
        self._dropout = dropout
        self._seed = seed
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer
        self._input_size: int | None = None
        self._saveable: saveables.CudnnOpaqueParamsSaveable | None = None

    # What it is ---------------------------------------------------------------------------------

    @property
    def num_layers(self) -> int:
        return self._num_layers

    @property
    def num_units(self) -> int:
        return self._num_units

    @property
    def input_mode(self) -> str:
        """What the first layer does with the input."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The size of the input. ValueError before it is built."""
        if not self._input_size:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._input_size

    @property
    def rnn_mode(self) -> str:
        """The kind of its cells: "lstm", "gru", "rnn_relu" or "rnn_tanh"."""
        return self._rnn_mode

    @property
    def direction(self) -> str:
        return self._direction

    @property
    def num_dirs(self) -> int:
        """How many ways each layer goes."""
        return modes.directions(self._direction)

    @property
    def saveable(self) -> saveables.CudnnOpaqueParamsSaveable | None:
        """What saves it, once it is built."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of each gate's matrices. RuntimeError before it is built."""
        self._check_input_size("canonical_weight_shapes")
        return [
            shape for layer in range(self._num_layers) for shape in self._shapes_of_layer(layer)
        ]

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shapes of each gate's biases."""
        count = self.num_dirs * self._num_params_per_layer * self._num_layers
        return [[self._num_units]] * count

    def _shapes_of_layer(self, layer: int) -> list[tuple[int, int]]:
        units, gates = self._num_units, self._num_params_per_layer // 2
        width = self.input_size if layer == 0 else self.num_dirs * units
        return ([(units, width)] * gates + [(units, units)] * gates) * self.num_dirs

    def _check_input_size(self, asked: str) -> None:
        if not self._input_size:
            raise RuntimeError(
                f"{type(self).__name__}.{asked} invoked before input shape is known\n"
                "  Build or call the layer first."
            )

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shape of each state."""
        return ([self._num_layers * self.num_dirs, batch_size, self._num_units],)

    # Building -----------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Makes the variable for inputs of three axes, the last of a known size.

        Raises:
          ValueError: the shape is another.
        """
        if self.built:
            return
        input_shape = TensorShape(input_shape)
        if input_shape.ndims != 3:
            found = "an unknown number" if input_shape.ndims is None else input_shape.ndims
            raise ValueError(f"Expecting input_shape with 3 dims, got {found}")
        if input_shape[-1].value is None:
            raise ValueError(
                "The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`."
            )
        self._input_size = input_shape[-1].value
        self.input_spec = InputSpec(ndim=3, axes={-1: self._input_size})
        self._set_scope(None)
        with scopes.variable_scope(
            self._scope, reuse=self.built, custom_getter=self._update_trainable_weights
        ):
            self.kernel = self._make_kernel()
        # In the scope around it, whose names are those of the cells that compute the same.
        if not (self.built or scopes.get_variable_scope().reuse is True):
            self._create_saveable()
        self.built = True

    def _make_kernel(self) -> Any:
        dtype = self._plain_dtype
        if self._kernel_initializer is None:
            self._kernel_initializer = initializers.GlorotUniform(seed=self._seed, dtype=dtype)
        if self._bias_initializer is None:
            self._bias_initializer = initializers.Constant(0.0, dtype=dtype)
        weights = [
            self._kernel_initializer(shape, dtype=dtype) for shape in self.canonical_weight_shapes
        ]
        biases = [
            self._bias_initializer(shape, dtype=dtype) for shape in self.canonical_bias_shapes
        ]
        params = self._canonical_to_opaque(weights, biases)
        if scopes.get_variable_scope().partitioner is not None:
            logging.warn(
                "Partitioner is not supported for Cudnn RNN layer variables, using it will create "
                "forward-compatibility issues with future CUDA/CuDNN generations."
            )
        return scopes.get_variable(
            "opaque_kernel", dtype=dtype, initializer=params, validate_shape=False
        )

    def _update_trainable_weights(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes a variable, and one of the layer's weights of it."""
        variable = getter(*args, **kwargs)
        trainable = kwargs.get("trainable", True)
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        if not any(variable is weight for weight in weights):
            weights.append(variable)
        return variable

    def _canonical_to_opaque(self, cu_weights: Any, cu_biases: Any) -> Tensor:
        self._check_input_size("_canonical_to_opaque")
        with device("/gpu:0"):
            return functions.cudnn_rnn_canonical_to_opaque_params(
                rnn_mode=self._rnn_mode,
                num_layers=self._num_layers,
                num_units=self._num_units,
                input_size=self.input_size,
                weights=cu_weights,
                biases=cu_biases,
                input_mode=self._input_mode,
                seed=self._seed,
                dropout=self._dropout,
                direction=self._direction,
            )

    # Calls --------------------------------------------------------------------------------------

    def call(
        self,
        inputs: Any,
        initial_state: Any = None,
        sequence_lengths: Any = None,
        time_major: bool = True,
        training: bool = True,
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Returns the outputs, f[time, batch, directions * units], and the states at the end.

        Args:
          inputs: f[time, batch, depth].
          initial_state: a tuple of states, f[layers * directions, batch, units]; zeros by default.
            An LSTM has two, h and c, the others one.
          sequence_lengths: i32[batch]; behind them outputs are 0.
          time_major: False where the batch comes first in inputs, states and outputs.
          training: whether there is dropout, and a gradient.

        Raises:
          TypeError: `initial_state` is no tuple.
        """
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        dtype = self.dtype
        inputs = convert_to_tensor(inputs, dtype=dtype)
        batch_size = shape_of.shape(inputs)[1]
        if initial_state is None:
            initial_state = self._zero_state(batch_size)
        h, *others = initial_state
        h = convert_to_tensor(h, dtype=dtype)
        has_c = self._rnn_mode == modes.LSTM
        c = convert_to_tensor(others[0], dtype=dtype) if has_c else constant([], dtype=dtype)
        outputs, output_h, output_c = functions.run(
            inputs,
            h,
            c,
            self.kernel,
            training,
            self._rnn_mode,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            input_mode=self._input_mode,
            direction=self._direction,
            dropout=self._dropout,
            seed=self._seed,
        )
        return outputs, (output_h, output_c) if has_c else (output_h,)

    def _zero_state(self, batch_size: Any) -> tuple[Tensor, ...]:
        return tuple(
            filling.zeros(shape, dtype=self.dtype) for shape in self.state_shape(batch_size)
        )

    # Saving -------------------------------------------------------------------------------------

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        raise NotImplementedError(
            "This cell does not yet support object-based saving. File a feature request if this "
            "limitation bothers you.\n  A Saver saves it."
        )

    def _create_saveable(self) -> None:
        if self._saveable is not None:
            raise RuntimeError("Cudnn saveable already created.")
        variable = self.trainable_variables[0]
        self._saveable = self._saveable_cls(
            opaque_params=variable,
            num_layers=self.num_layers,
            num_units=self.num_units,
            input_size=self.input_size,
            input_mode=self.input_mode,
            direction=self.direction,
            scope=scopes.get_variable_scope(),
            name=f"{variable.name.split(':')[0]}_saveable",
        )
        self._saveable._add_trackable_dependencies(trackable=self, dtype=self._plain_dtype)
        get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self._saveable)


class CudnnLSTM(CudnnNetwork):
    """A network of LSTM cells: see `CudnnNetwork`."""

    _rnn_mode = modes.LSTM
    _num_params_per_layer = modes.LSTM_PARAMS
    _saveable_cls = saveables.CudnnLSTMSaveable

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """The shapes of h and c."""
        return super().state_shape(batch_size) * 2

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        if self._direction != modes.UNIDIRECTION:
            raise NotImplementedError(
                "Object-based saving does not currently support bidirectional LSTM cells. File a "
                "feature request if this limitation bothers you.\n  A Saver saves them."
            )
        return base.Layer._gather_saveables_for_checkpoint(self)


class CudnnGRU(CudnnNetwork):
    """A network of GRU cells: see `CudnnNetwork`."""

    _rnn_mode = modes.GRU
    _num_params_per_layer = modes.GRU_PARAMS
    _saveable_cls = saveables.CudnnGRUSaveable


class CudnnRNNTanh(CudnnNetwork):
    """A network of plain cells with `tanh`: see `CudnnNetwork`."""

    _rnn_mode = modes.RNN_TANH
    _num_params_per_layer = modes.RNN_TANH_PARAMS
    _saveable_cls = saveables.CudnnRNNTanhSaveable


class CudnnRNNRelu(CudnnNetwork):
    """A network of plain cells with `relu`: see `CudnnNetwork`."""

    _rnn_mode = modes.RNN_RELU
    _num_params_per_layer = modes.RNN_RELU_PARAMS
    _saveable_cls = saveables.CudnnRNNReluSaveable
