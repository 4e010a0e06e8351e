"""Models that learn from their first data what their inputs are."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import is_tensor
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.keras.backend.tensors import int_shape, is_placeholder
from stillflow.keras.training import datasets
from stillflow.keras.training.data_checks import check_input_types, has_tensors
from stillflow.keras.training.functions import Functions
from stillflow.keras.training.model_inputs import ModelInputs
from stillflow.layers.keras_graph import building
from stillflow.layers.learning_phase import phase_of_layers
from stillflow.layers.settings import floatx
from stillflow.ops.math import casts
from stillflow.tracking.trackable import no_automatic_dependency_tracking


class Deferred(Functions):
    """The part of a model that is built, and compiled, when its first data come."""

    def _build_and_compile_for(self, x: Any, y: Any, is_dataset: bool) -> bool:
        """Builds what is not built and compiles what is not compiled.

        Returns:
          whether the data were tensors, which are part of the model now: they need not be fed.
        """
        given: list[Any] = []
        is_built, is_compiled = bool(self.inputs), self._is_compiled or not self.optimizer
        y_given = y
        if not is_built:
            given, y_given = self._build_model_with_inputs(x, y, is_dataset)
        if not is_compiled:
            self._compile_from_inputs(given, y_given, (x, y), is_dataset)
        is_new = not is_built and not is_compiled and not is_dataset
        return is_new and any(is_tensor(each) for each in given)

    def _build_model_with_inputs(
        self, inputs: Any, targets: Any, is_dataset: bool
    ) -> tuple[list[Any], Any]:
        """Calls the model on placeholders that are like the inputs.

        Returns:
          the inputs as a list, and the targets.
        """
        original = inputs
        if isinstance(inputs, DatasetV2):
            inputs, targets, _ = datasets.extract_tensors_from_dataset(inputs)
        check_input_types(inputs, original)
        if isinstance(inputs, dict):
            given = [inputs[name] for name in sorted(inputs)]
        else:
            given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        for each in given:
            if isinstance(each, CompositeTensor):
                raise ValueError(
                    "All SparseTensor and RaggedTensor inputs must be explicitly declared using a "
                    f"keras.Input() with sparse=True or ragged=True. We found an undeclared input "
                    f"{each}. For Sequential models, please add a keras.Input() as your first "
                    "Layer. For subclassed models, please call self._set_inputs() on your input "
                    "set, which you can create using keras.Input() for each input to your model."
                )
        if is_dataset:
            inputs = nest.map_structure(lambda t: TensorSpec(t.shape, t.dtype), inputs)
        elif has_tensors(inputs):
            inputs = nest.map_structure(_as_floatx, inputs)
        self._set_inputs(inputs)
        return given, targets

    def _compile_from_inputs(
        self, given: list[Any], target: Any, original: tuple[Any, Any], is_dataset: bool
    ) -> None:
        """Compiles the model, now that its outputs are known; tensors are its target tensors."""
        targets: list[Any] = []
        if target is not None:
            if has_tensors(target):
                target = _like_outputs(target, self.outputs)
            check_input_types(target, original[1], allow_dict=False, field_name="target")
            targets = list(target) if isinstance(target, (list, tuple)) else [target]
        every = [*given, *targets]
        if any(map(is_tensor, every)) and not all(map(is_tensor, every)):
            raise ValueError(
                "Do not pass inputs that mix Numpy arrays and TensorFlow tensors. You passed: "
                f"x={original[0]}; y={original[1]}"
            )
        target_tensors = [each for each in targets if is_tensor(each)]
        self.compile(
            optimizer=self.optimizer,
            loss=self.loss,
            metrics=self._compile_metrics,
            weighted_metrics=self._compile_weighted_metrics,
            loss_weights=self.loss_weights,
            target_tensors=None if is_dataset or target is None else target_tensors,
            sample_weight_mode=self.sample_weight_mode,
            run_eagerly=self._run_eagerly,
            experimental_run_tf_function=self._experimental_run_tf_function,
        )

    @building
    def _set_inputs(self, inputs: Any, outputs: Any = None, training: Any = None) -> None:
        """Makes the inputs and outputs those of the model, which is called unless there are some.

        Args:
          inputs: arrays, tensors or TensorSpecs, in a list or a dict if there are several.
          training: handed to `call`; the learning phase by default.
        """
        inputs = self._set_input_attrs(inputs)
        if outputs is None:
            options = {}
            if self._expects_training_arg and not (training is None and self.run_eagerly):
                options["training"] = phase_of_layers() if training is None else training
            try:
                outputs = self(inputs, **options)
            except NotImplementedError:
                outputs = None  # The model has no `call`.
        self._set_output_attrs(outputs)

    @no_automatic_dependency_tracking
    def _set_input_attrs(self, inputs: Any) -> Any:
        if self.inputs:
            raise ValueError("Model inputs are already set.")
        if type(self).__name__ == "Sequential" and not self.built:
            self._build_input_shape = self._input_shape_of(inputs)
        model_inputs = ModelInputs(inputs)
        inputs = model_inputs.get_symbolic_inputs()
        self.inputs = model_inputs.get_symbolic_inputs(return_single_as_list=True)
        self.input_names = model_inputs.get_input_names()
        fed = [(name, each) for name, each in model_inputs.as_dict() if is_placeholder(each)]
        self._feed_inputs = [each for _, each in fed]
        self._feed_input_names = [name for name, _ in fed]
        self._feed_input_shapes = [int_shape(each) for _, each in fed]
        return inputs

    def _input_shape_of(self, inputs: Any) -> tuple[int | None, ...]:
        if isinstance(inputs, dict):
            if not getattr(self.layers[0], "_is_feature_layer", False):
                raise ValueError(
                    "Passing a dictionary input to a Sequential Model which doesn't have "
                    "FeatureLayer as the first layer is an error."
                )
            return (None,)
        shape = inputs if isinstance(inputs, TensorShape) else inputs.shape
        sizes = shape.as_list() if isinstance(shape, TensorShape) else shape
        return (None, *sizes[1:])

    @no_automatic_dependency_tracking
    def _set_output_attrs(self, outputs: Any) -> None:
        self.outputs = nest.flatten(outputs)
        self.output_names = [f"output_{number + 1}" for number in range(len(self.outputs))]
        self.built = True


def _as_floatx(value: Any) -> Any:
    tensor = constant(value) if isinstance(value, np.ndarray) else value
    return casts.cast(tensor, floatx()) if tensor.dtype.is_floating else tensor


def _like_outputs(targets: Any, outputs: list[Any]) -> Any:
    """Targets of floating types, as the types of the outputs."""
    if is_tensor(targets):
        return _of_floating_type(targets, outputs[0].dtype)
    return [_of_floating_type(t, o.dtype) for t, o in zip(targets, outputs, strict=False)]


def _of_floating_type(target: Any, dtype: Any) -> Any:
    tensor = constant(target) if isinstance(target, np.ndarray) else target
    return casts.cast(tensor, dtype) if tensor.dtype.is_floating else tensor
