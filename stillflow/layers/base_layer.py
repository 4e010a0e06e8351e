"""What a layer is: weights that are made at the first call, losses and updates that calls add.

`BaseLayer` is what the layers of `tf.layers` have in common with those of `tf.keras`; how names and
variables are found is each one's own (see `layers.base`).
"""

from __future__ import annotations

import functools
import math
import weakref
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OperatorNotAllowedInGraphError
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import name_scope
from stillflow.layers import configs, identifiers, names
from stillflow.layers.call_context import Call, calling, current_call
from stillflow.layers.connections import Connections
from stillflow.layers.input_spec import InputSpec, assert_input_compatibility
from stillflow.layers.reachable import reachable_from
from stillflow.ops.array import shape_of
from stillflow.ops.math import casts
from stillflow.ops.variables import initializers
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform.decorators import getfullargspec
from stillflow.platform.deprecation import deprecated, deprecated_args
from stillflow.tracking.trackable import Trackable

# Losses and updates that depend on the inputs of the call that added them.
_conditional: weakref.WeakSet[Any] = weakref.WeakSet()
_OPTIONS = ("input_shape", "batch_input_shape", "batch_size", "weights", "activity_regularizer")


class BaseLayer(Connections, Trackable):
    """A function of tensors that has variables.

    Subclasses override `build(input_shape)`, which makes the variables at the first call and may
    set `built`, and `call(inputs, ...)`, which applies them.

    Args:
      trainable: whether its weights are to be trained; may be set later too.
      name: a name is made of the class's when there is none.
      dtype: the type of its weights; by default that of the first input.
      activity_regularizer: a function of each output, whose result becomes a loss.

    Attributes:
      built: whether the variables are made.
      input_spec: an InputSpec for each input, or None.
      stateful: whether the updates count also where the layer is not trained.
    """

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any):
        for keyword in kwargs:
            if keyword not in _OPTIONS:
                raise TypeError("Keyword argument not understood:", keyword)
        super().__init__()
        self._trainable = trainable
        self.stateful = False
        self.built = False
        self.input_spec = None
        self.supports_masking = False
        self._init_set_name(name)
        self._activity_regularizer = kwargs.get("activity_regularizer")
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._updates: list[Any] = []
        self._losses: list[Any] = []
        self._callable_losses: list[Callable[[], Any]] = []
        self._dtype = dtype

    # To override ----------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Makes the variables for inputs of a shape, or of a nest of shapes."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Returns what the layer makes of its inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the output for inputs of a shape."""
        raise NotImplementedError

    # What it is -----------------------------------------------------------------------------------

    #: The names of the arguments of a class, besides those of its bases, that `get_config` tells.
    _described: tuple[str, ...] = ()

    def get_config(self) -> dict[str, Any]:
        """What the layer was made with, as plain data, by the names of the arguments.

        Raises:
          NotImplementedError: a program's own class has arguments and does not override this.
        """
        configs.check_all_told(self)
        return configs.of_layer(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Makes a layer as `get_config` tells it; its variables are its own."""
        return cls(**config)

    @property
    def name(self) -> str:
        return self._name

    def _init_set_name(self, name: Any, zero_based: bool = True) -> None:
        snake = names.to_snake_case(type(self).__name__)
        self._name = name or names.unique_object_name(snake, zero_based=zero_based)

    def _name_scope(self) -> str:
        """The name scope of the layer's operations."""
        return self.name

    @property
    def dtype(self) -> str | None:
        """The name of the weights' type; None before that is known."""
        return self._dtype

    @property
    def _dtype(self) -> str | None:
        return self._dtype_name

    @_dtype.setter
    def _dtype(self, dtype: Any) -> None:
        self._dtype_name = None if dtype is None else dtypes.as_dtype(dtype).base_dtype.name

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value

    @property
    def activity_regularizer(self) -> Callable[[Any], Any] | None:
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer: Callable[[Any], Any] | None) -> None:
        self._activity_regularizer = regularizer

    @property
    def input_spec(self) -> Any:
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        for spec in nest.flatten(value):
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError(f"Layer input_spec must be an instance of InputSpec. Got: {spec}")
        self._input_spec = value

    # Weights --------------------------------------------------------------------------------------

    def add_weight(
        self,
        name: str | None = None,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        trainable: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        partitioner: Callable | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        *,
        getter: Callable[..., Any],
        collections: Any = None,
    ) -> Any:
        """Returns a new variable of the layer, which `getter` makes; `shape` is () by default.

        Raises:
          ValueError: it is read in sync and to be trained, or no initializer suits its type.
        """
        dtype = dtypes.as_dtype(dtype or self.dtype or dtypes.float32)
        if self._dtype is None:
            self._dtype = dtype
        trainable = settled_trainable(trainable, synchronization)
        initializer = identifiers.initializer_of(initializer)
        if initializer is None:
            initializer = self._default_initializer(name, dtype)
        variable = self._add_variable_with_custom_getter(
            name=name,  # type: ignore[arg-type]  # one without a name is tracked as such
            getter=getter,
            overwrite=True,
            shape=() if shape is None else shape,
            dtype=dtype,
            initializer=initializer,
            trainable=trainable,
            constraint=identifiers.constraint_of(constraint),
            partitioner=partitioner,
            use_resource=use_resource,
            collections=collections,
            synchronization=synchronization,
            aggregation=aggregation,
        )
        if regularizer is not None:
            self._regularize(variable.name.partition(":")[0], variable, regularizer)
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        weights.append(variable)
        return variable

    def _default_initializer(self, name: str | None, dtype: DType) -> Any:
        if dtype.is_floating:
            return initializers.GlorotUniform()
        if dtype.is_integer or dtype.is_bool:
            return initializers.Zeros()
        raise ValueError(
            f"An initializer for variable {name} of type {dtype.base_dtype} is required for layer "
            f"{self.name}"
        )

    @deprecated(None, "Please use `layer.add_weight` method instead.")
    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The older name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def _regularize(self, name: str, variable: Any, regularizer: Callable[[Any], Any]) -> None:
        """Adds the loss of a weight, which is built anew whenever it is asked for."""

        def loss_of(part: Any) -> Any:
            with name_scope(f"{name}/Regularizer"):
                return identifiers.regularizer_of(regularizer)(part)

        parts = variable if isinstance(variable, PartitionedVariable) else [variable]
        for part in parts:
            self.add_loss(functools.partial(loss_of, part))

    @property
    def trainable_weights(self) -> list[Any]:
        """None at all where the layer is not to be trained."""
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        trained = [] if self.trainable else self._trainable_weights
        return [*trained, *self._non_trainable_weights]

    @property
    def weights(self) -> list[Any]:
        """Those to be trained first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        return self.weights

    @property
    def trainable_variables(self) -> list[Any]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        return self.non_trainable_weights

    def count_params(self) -> int:
        """Returns the number of elements of all weights. ValueError before the layer is built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self.name}, but the layer isn't built. You "
                f"can build it manually via: `{self.name}.build(batch_input_shape)`."
            )
        return sum(math.prod(weight.shape.as_list()) for weight in self.weights)

    # Losses and updates ---------------------------------------------------------------------------

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds losses: tensors, numbers, or functions that build one.

        Args:
          inputs: what the losses depend on, if they do; `get_losses_for` tells them apart by it.
        """
        for loss in nest.flatten(losses):
            if callable(loss):
                self._callable_losses.append(functools.partial(_loss_of, loss, inputs))
            elif loss is not None:
                self._losses.append(_marked(loss, inputs))

    @property
    def losses(self) -> list[Any]:
        """Those of functions are built at each access."""
        built = [loss() for loss in self._callable_losses]
        return self._losses + [loss for loss in built if loss is not None]

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """Returns the losses that depend on `inputs`; for None those that depend on no input."""
        return _depending(self.losses, inputs)

    @deprecated_args(None, "`inputs` is now automatically inferred", "inputs")
    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds operations that a step of training runs: tensors, operations, or functions of them.

        Args:
          inputs: not looked at.
        """
        del inputs
        given = updates if isinstance(updates, list) else [updates]
        depends_on = current_call().inputs if current_call().layer else self._all_inputs()
        for update in given:
            op = _update_of(update)
            if op in reachable_from(depends_on, [op]):
                _conditional.add(op)
            self._updates.append(op)

    @property
    def updates(self) -> list[Any]:
        """None at all where the layer is not to be trained, unless it is stateful."""
        return list(self._updates) if self.trainable or self.stateful else []

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """Returns the updates that depend on `inputs`; for None those that depend on no input."""
        return _depending(self.updates, inputs)

    # Calls ----------------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Applies the layer, whose variables are made first when this is the first call.

        Raises:
          ValueError: the inputs are not what `input_spec` demands, or `call` returns None.
        """
        is_symbolic = all(is_tensor(each) for each in nest.flatten(inputs))
        inputs = nest.map_structure(_tensor_of, inputs)
        training = self._pass_training(args, kwargs)
        with calling(Call(self, inputs, training)):
            if is_symbolic:
                assert_input_compatibility(self.input_spec, inputs, self.name)
            with name_scope(self._name_scope()):
                self._maybe_build(inputs)
                try:
                    outputs = self.call(inputs, *args, **kwargs)
                except OperatorNotAllowedInGraphError as error:
                    raise TypeError(
                        "You are attempting to use Python control flow in a layer that was not "
                        "declared to be dynamic. Pass `dynamic=True` to the class constructor.\n"
                        f'Encountered error:\n"""\n{error}\n"""'
                    ) from error
                if outputs is None and is_symbolic:
                    raise ValueError(
                        "A layer's `call` method should return a Tensor or a list of Tensors, not "
                        f"None (layer: {self.name})."
                    )
                self._regularize_activity(inputs, outputs)
        return outputs

    @deprecated(None, "Please use `layer.__call__` method instead.")
    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The older name of a call."""
        return self(inputs, *args, **kwargs)

    def _pass_training(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The argument `training` of a call: its own, else that of the call around.

        `kwargs` changes: one that `call` does not take goes, one from around comes.
        """
        spec = getfullargspec(self.call)
        takes = "training" in spec.args or spec.varkw is not None
        if "training" in kwargs:
            return kwargs["training"] if takes else kwargs.pop("training")
        if "training" in spec.args[2 : 2 + len(args)]:
            return args[spec.args.index("training") - 2]
        training = current_call().training
        if takes and training is not None:
            is_known = not is_tensor(training)
            kwargs["training"] = bool(training) if is_known else casts.cast(training, dtypes.bool)
        return training

    def _maybe_build(self, inputs: Any) -> None:
        if self.built:
            return
        assert_input_compatibility(self.input_spec, inputs, self.name)
        leaves = nest.flatten(inputs)
        if leaves and self._dtype is None and hasattr(leaves[0], "dtype"):
            self._dtype = leaves[0].dtype
        shapes = None
        if all(hasattr(leaf, "shape") for leaf in leaves):
            shapes = nest.map_structure(lambda leaf: leaf.shape, inputs)
        self.build(shapes)
        self.built = True

    def _regularize_activity(self, inputs: Any, outputs: Any) -> None:
        if not self._activity_regularizer:
            return
        with name_scope("ActivityRegularizer"):
            for output in nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                batch_size = casts.cast(shape_of.shape(output)[0], loss.dtype)
                self.add_loss(loss / batch_size, inputs=inputs)


def settled_trainable(trainable: bool | None, synchronization: VariableSynchronization) -> bool:
    """Whether a weight is to be trained; ValueError when it is read in sync and to be."""
    if synchronization != VariableSynchronization.ON_READ:
        return trainable is None or trainable
    if trainable:
        raise ValueError(
            "Synchronization value can be set to VariableSynchronization.ON_READ only for "
            "non-trainable variables. You have specified trainable=True and "
            "synchronization=VariableSynchronization.ON_READ."
        )
    return False


def _tensor_of(value: Any) -> Any:
    """A number or an array as a tensor; all else as it is."""
    is_value = isinstance(value, (float, int)) or type(value).__module__ == "numpy"
    return convert_to_tensor(value) if is_value else value


def _loss_of(build: Callable[[], Any], inputs: Any) -> Any:
    loss = build()
    return None if loss is None else _marked(loss, inputs)


def _marked(loss: Any, inputs: Any) -> Any:
    """A loss as a tensor, of which is remembered whether it depends on inputs."""
    if not is_tensor(loss):
        loss = convert_to_tensor(loss, dtype=dtypes.float32)
    if inputs is not None:
        _conditional.add(loss)
    return loss


def _update_of(update: Any) -> Any:
    if callable(update) and not isinstance(update, Operation):
        return _update_of(update())
    if isinstance(update, Operation):
        return update
    return update.op if hasattr(update, "op") else convert_to_tensor(update)


def _depending(found: list[Any], inputs: Any) -> list[Any]:
    """What depends on `inputs`; for None, what depends on no input of a call."""
    if inputs is None:
        return [each for each in found if each not in _conditional]
    conditional = [each for each in found if each in _conditional]
    reached = reachable_from(inputs, conditional)
    return [each for each in conditional if each in reached]
