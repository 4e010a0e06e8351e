"""What a layer is: weights that are made at the first call, losses and updates that calls add.

`Layer` is that of `tf.keras`, and the base of that of `tf.layers`, which finds names and variables
in ways of its own (see `layers.base`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.layers import configs, identifiers, keras_style, names, policies, values
from stillflow.layers.autocast import AutoCastVariable
from stillflow.layers.called import Called
from stillflow.layers.default_session import track_variable
from stillflow.layers.defaults import default
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.settings import floatx
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.variables import initializers
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.variable import VariableAggregation, VariableSynchronization
from stillflow.platform.deprecation import deprecated
from stillflow.tracking.trackable import no_automatic_dependency_tracking

_OPTIONS = (
    *("input_shape", "batch_input_shape", "batch_size", "weights", "activity_regularizer"),
    "autocast",
)


class Layer(Called):
    """A function of tensors that has variables.

    Subclasses override `build(input_shape)`, which makes the variables at the first call and may
    set `built`, and `call(inputs, ...)`, which applies them. Layers and variables that are set to
    attributes are the layer's own.

    Args:
      trainable: whether its weights are to be trained; may be set later too.
      name: a name is made of the class's when there is none.
      dtype: the type of its weights, or a Policy; by default that of the first input.
      dynamic: whether `call` is for eager execution alone; calls then give placeholders.
      input_shape, batch_input_shape, batch_size: what a Sequential model that starts with it takes.
      weights: arrays to begin with.
      activity_regularizer: a function of each output, whose result becomes a loss.

    Attributes:
      built: whether the variables are made.
      input_spec: an InputSpec for each input, or None.
      stateful: whether the updates count also where the layer is not trained.
      supports_masking: whether a mask of the inputs is one of the outputs.
    """

    @no_automatic_dependency_tracking
    def __init__(
        self,
        trainable: bool = True,
        name: Any = None,
        dtype: Any = None,
        dynamic: bool = False,
        **kwargs: Any,
    ):
        for keyword in kwargs:
            if keyword not in _OPTIONS:
                raise TypeError("Keyword argument not understood:", keyword)
        self._trainable = trainable
        self.stateful = False
        self.built = False
        self.input_spec = None
        self.supports_masking = False
        self._init_set_name(name)
        self._activity_regularizer = kwargs.get("activity_regularizer")
        for own in ("_trainable_weights", "_non_trainable_weights", "_layers"):
            self._own_list(own)
        self._init_collected()
        self._init_connections()
        self._init_call_fn_args()
        self._dtype_policy = policies.policy_of(dtype)
        self._dtype_defaulted_to_floatx = not dtype and policies.defaults_to_floatx()
        self._autocast = kwargs.get("autocast", policies.v2_dtype_behavior_enabled())
        self._dynamic = dynamic
        if "batch_input_shape" in kwargs:
            self._batch_input_shape = tuple(kwargs["batch_input_shape"])
        elif "input_shape" in kwargs:
            self._batch_input_shape = (kwargs.get("batch_size"), *kwargs["input_shape"])
        self._initial_weights = kwargs.get("weights")

    def _is_layer(self) -> bool:
        return True

    # To override ----------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the output for inputs of a shape.

        Unless a subclass says more, in eager mode: a call on placeholders tells, which builds the
        layer where it is not yet.

        Raises:
          NotImplementedError: in a graph; or `call` cannot do with inputs alone.
        """
        if not executing_eagerly():
            raise NotImplementedError
        from stillflow.functions.func_graph import FuncGraph  # heavy, and for eager mode alone

        with FuncGraph("graph").as_default():
            try:
                outputs = self(_placeholders_of(input_shape), training=False)
            except TypeError as error:
                raise NotImplementedError(
                    "We could not automatically infer the static shape of the layer's output. "
                    "Please implement the `compute_output_shape` method on your layer "
                    f"({type(self).__name__})."
                ) from error
        return nest.map_structure(lambda output: output.shape, outputs)

    def compute_output_signature(self, input_signature: Any) -> Any:
        """Returns TensorSpecs of the outputs for a nest of TensorSpecs. TypeError for all else."""
        specs = nest.flatten(input_signature)
        for spec in specs:
            if not isinstance(spec, TensorSpec):
                raise TypeError(
                    "Only TensorSpec signature types are supported, but saw signature signature "
                    f"entry: {spec}."
                )
        shapes = self.compute_output_shape(nest.map_structure(lambda s: s.shape, input_signature))
        dtype = self._compute_dtype or specs[0].dtype
        return nest.map_structure(lambda shape: TensorSpec(shape, dtype), shapes)

    # What it is -----------------------------------------------------------------------------------

    #: The names of the arguments of a class, besides those of its bases, that `get_config` tells.
    _described: tuple[str, ...] = ()

    @default
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

    @property
    def dtype(self) -> str | None:
        """The name of the weights' type; None before that is known."""
        return self._dtype_policy.variable_dtype

    @property
    def _dtype(self) -> str | None:
        return self._dtype_policy.variable_dtype

    @_dtype.setter
    def _dtype(self, dtype: Any) -> None:
        self._dtype_policy = policies.policy_of(dtype and dtypes.as_dtype(dtype).base_dtype)

    @property
    def _compute_dtype(self) -> str | None:
        return self._dtype_policy.compute_dtype

    @property
    def dynamic(self) -> bool:
        return self._dynamic

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in self._layers:
            layer.trainable = value

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
    @no_automatic_dependency_tracking
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
        **kwargs: Any,
    ) -> Any:
        """Returns a new variable of the layer.

        Args:
          shape: () by default.
          getter, collections: as keywords: what makes the variable, and where it is noted.

        Raises:
          TypeError: an unknown keyword.
          ValueError: it is read in sync and to be trained, or no initializer suits its type.
        """
        for keyword in kwargs:
            if keyword not in ("getter", "collections", "experimental_autocast"):
                raise TypeError("Unknown keyword argument:", keyword)
        dtype = dtypes.as_dtype(dtype or self.dtype or floatx())
        if self._dtype is None:
            self._dtype = dtype
        trainable = settled_trainable(trainable, synchronization)
        initializer = identifiers.initializer_of(initializer)
        if initializer is None:
            initializer = self._default_initializer(name, dtype)
        variable = self._add_variable_with_custom_getter(
            name=name,  # type: ignore[arg-type]  # one without a name is tracked as such
            getter=self._getter(kwargs, dtype),
            overwrite=True,
            shape=() if shape is None else shape,
            dtype=dtype,
            initializer=initializer,
            trainable=trainable,
            constraint=identifiers.constraint_of(constraint),
            partitioner=partitioner,
            use_resource=use_resource,
            collections=kwargs.get("collections"),
            synchronization=synchronization,
            aggregation=aggregation,
        )
        track_variable(variable)
        if regularizer is not None:
            self._regularize(variable.name.partition(":")[0], variable, regularizer)
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        weights.append(variable)
        return variable

    def _getter(self, options: dict[str, Any], dtype: DType) -> Callable[..., Any]:
        """What makes a weight, which is read in the type of computation where that differs."""
        getter: Callable[..., Any] = options.get("getter", keras_style.make_variable)
        is_cast = options.get("experimental_autocast", True) and dtype.is_floating
        if not (is_cast and self._dtype_policy.should_cast_variables):
            return getter
        return lambda *args, **kwargs: AutoCastVariable(getter(*args, **kwargs))

    def _default_initializer(self, name: str | None, dtype: DType) -> Any:
        if dtype.is_floating:
            return initializers.GlorotUniform()
        if dtype.is_integer or dtype.is_bool:
            return initializers.Zeros()
        raise ValueError(
            f"An initializer for variable {name} of type {dtype.base_dtype} is required for layer "
            f"{self.name}"
        )

    @deprecated(None, "Please use `layer.__call__` method instead.")
    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The older name of a call."""
        return self(inputs, *args, **kwargs)

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
        if not self.trainable:
            return []
        return self._trainable_weights + self._gather_children_attribute("trainable_weights")

    @property
    def non_trainable_weights(self) -> list[Any]:
        if self.trainable:
            inside = self._gather_children_attribute("non_trainable_weights")
            return self._non_trainable_weights + inside
        inside = self._gather_children_attribute("weights")
        return self._trainable_weights + self._non_trainable_weights + inside

    @property
    def weights(self) -> list[Any]:
        """Those to be trained first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def _unique_trainable_weights(self) -> list[Any]:
        return list({id(weight): weight for weight in self.trainable_weights}.values())

    def get_weights(self) -> list[np.ndarray]:
        """Returns the values of the weights, which are initialised now if they were not."""
        return values.batch_get_value(self.weights)

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Gives the weights values, in the order of `weights`.

        Raises:
          ValueError: there are more or fewer, or of other shapes.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of '
                f"length {len(weights)}, but the layer was expecting {len(own)} weights. Provided "
                f"weights: {str(weights)[:50]}..."
            )
        for weight, value in zip(own, weights, strict=True):
            if not weight.shape.is_compatible_with(value.shape):
                raise ValueError(
                    f"Layer weight shape {weight.shape} not compatible with provided weight shape "
                    f"{value.shape}"
                )
        values.batch_set_value(zip(own, weights, strict=True))

    @property
    def variables(self) -> list[Any]:  # type: ignore[override]
        return self.weights

    @property
    def trainable_variables(self) -> list[Any]:  # type: ignore[override]
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


def _placeholders_of(shape: Any) -> Any:
    """A placeholder of `floatx` for each shape of a nest of TensorShapes, or of sizes."""
    if isinstance(shape, dict):
        return {key: _placeholders_of(each) for key, each in shape.items()}
    if isinstance(shape, (list, tuple)) and isinstance(shape[0], (list, tuple, dict, TensorShape)):
        return [_placeholders_of(each) for each in shape]
    return placeholder(floatx(), shape=TensorShape(shape))
