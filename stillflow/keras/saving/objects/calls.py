"""The functions of a layer's call, which a SavedModel holds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.functions.decorated import Function
from stillflow.graph import nest
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.keras.saving.objects.around import (
    is_model,
    layer_and_all_inside,
    without_traces_of_calls,
)
from stillflow.keras.saving.objects.signatures import model_input_signature
from stillflow.keras.saving.objects.training_argument import TrainingArgument
from stillflow.layers.call_context import Call, calling, current_call
from stillflow.layers.input_spec import to_tensor_shape
from stillflow.layers.learning_phase import learning_phase_scope
from stillflow.layers.settings import floatx
from stillflow.platform.decorators import getfullargspec, make_decorator, unwrap


class LayerCalls:
    """The functions of a layer's call. All have the same traces.

    Args:
      layer: it is built.

    Attributes:
      with_losses: gives the outputs, and the losses that depend on the inputs.
      outputs: gives the outputs alone.
      regularizer: of the activity, or None.
      with_all_losses: as `with_losses`, with what the regularizer makes of the outputs.
    """

    def __init__(self, layer: Any):
        self.layer = layer
        self._call = layer.call  # later another may stand in for it
        self._own_spec = parameters(layer.call)
        self.takes_training = any(
            each._expects_training_arg for each in layer_and_all_inside(layer)
        )
        self.spec = _with_training(self._own_spec) if self.takes_training else self._own_spec
        self._training = TrainingArgument(self.spec)
        self._functions: list[_LayerCall] = []
        self._is_tracing = False
        self.signature = _input_signature(layer)
        losses = f"{layer.name}_layer_call_and_return"
        self.with_losses = self._function(self._called, f"{losses}_conditional_losses")
        self.outputs = self._function(self._only_outputs, f"{layer.name}_layer_call_fn")
        self.regularizer, self.with_all_losses = None, self.with_losses
        if layer.activity_regularizer is not None:
            self.regularizer = _regularizer_function(layer)
            self.with_all_losses = self._function(
                self._regularized, f"{losses}_all_conditional_losses"
            )
        if self.signature is not None:
            self.trace(*self.signature)

    def _function(self, python_function: Callable, name: str) -> _LayerCall:
        is_plain = not (self.takes_training or self.spec.defaults or self.spec.kwonlyargs)
        has_signature = is_plain and not self.spec.varkw and self.signature is not None
        made = _LayerCall(
            self,
            with_parameters(python_function, self.spec),
            name,
            self.signature if has_signature else None,
        )
        self._functions.append(made)
        return made

    # Traces ---------------------------------------------------------------------------------------

    def trace(self, *args: Any, **kwargs: Any) -> None:
        """Has every function be traced for arguments, in training and not where that matters."""
        if self._is_tracing:
            return
        self._is_tracing = True
        try:
            for function in self._functions:
                if not self.takes_training:
                    _traced(function, args, kwargs)
                    continue
                for training in (True, False):
                    with learning_phase_scope(int(training)):
                        _traced(function, *self._training.replaced(training, args, kwargs))
        finally:
            self._is_tracing = False

    # What is traced -------------------------------------------------------------------------------

    def _called(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        given = (inputs, *args)
        training = self._training.of(given, kwargs)
        if not self.layer._expects_training_arg:
            given, kwargs = self._training.removed(given, kwargs)
        with self._calling(inputs, training):
            outputs = self.layer._call_to_build(self._call)(*given, **kwargs)
            return outputs, self.layer.get_losses_for(inputs)

    def _only_outputs(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return self.with_losses(inputs, *args, **kwargs)[0]

    def _regularized(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        outputs, losses = self.with_losses(inputs, *args, **kwargs)
        assert self.regularizer is not None
        return outputs, [*losses, self.regularizer(outputs)]

    @contextmanager
    def _calling(self, inputs: Any, training: Any) -> Iterator[None]:
        frozen = current_call().frozen or not self.layer.trainable
        with (
            without_traces_of_calls(self.layer),
            calling(Call(self.layer, inputs, training, frozen)),
        ):
            yield

    # For the layer around -------------------------------------------------------------------------

    def stand_in(self) -> Callable:
        """What `layer.call` is while the functions of the layer around are traced."""

        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            given = (inputs, *args)
            if self.takes_training:
                outputs, losses = self._training.call(self.with_losses, given, kwargs)
            else:
                outputs, losses = self.with_losses(*given, **kwargs)
            self.layer.add_loss(losses, inputs)
            return outputs

        return with_parameters(call, self._own_spec)


class _LayerCall(Function):
    """A function of a layer's call: what it is called with, all others are traced for too."""

    def __init__(self, calls: LayerCalls, python_function: Callable, name: str, signature: Any):
        super().__init__(python_function, name, signature)
        self._calls = calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls.trace(*args, **kwargs)
        return super().__call__(*args, **kwargs)


def _traced(function: Function, args: tuple, kwargs: dict[str, Any]) -> None:
    if function.input_signature is not None:
        function.get_concrete_function()
    else:
        function.get_concrete_function(*args, **kwargs)


def parameters(call: Any) -> inspect.FullArgSpec:
    """Those of a method that its callers give."""
    spec = getfullargspec(call)
    is_method = inspect.ismethod(unwrap(call)[1]) or spec.args[:1] == ["self"]
    return spec._replace(args=list(spec.args[is_method:]), annotations={})


def _with_training(spec: inspect.FullArgSpec) -> inspect.FullArgSpec:
    """The parameters, with a `training` that is false unless given."""
    is_keyword = spec.varkw is not None and "training" not in spec.args
    if is_keyword or "training" in spec.kwonlyargs:
        return spec._replace(
            kwonlyargs=list(dict.fromkeys([*spec.kwonlyargs, "training"])),
            kwonlydefaults={**(spec.kwonlydefaults or {}), "training": False},
        )
    args, defaults = list(spec.args), list(spec.defaults or ())
    if "training" not in args:
        return spec._replace(args=[*args, "training"], defaults=(*defaults, False))
    place = args.index("training") - len(args)
    if -place <= len(defaults) and defaults[place] is None:
        defaults[place] = False
    return spec._replace(defaults=tuple(defaults))


def with_parameters(function: Callable, spec: inspect.FullArgSpec) -> Callable:
    """A function that shows other parameters than its own."""

    def called(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return make_decorator(called, called, decorator_argspec=spec)


def _input_signature(layer: Any) -> list[Any] | None:
    """A list with the specs of the inputs; None where shapes are not known."""
    if is_model(layer):
        return model_input_signature(layer)
    if layer.input_spec is None:
        return None

    def spec(said: Any) -> Any:
        shape = None if said is None else to_tensor_shape(said)
        is_known = shape is not None and shape.ndims is not None
        return TensorSpec(shape, said.dtype or layer.dtype or floatx()) if is_known else None

    specs = nest.map_structure(spec, layer.input_spec)
    return None if None in nest.flatten(specs) else [specs]


def _regularizer_function(layer: Any) -> Function:
    if isinstance(layer.activity_regularizer, Function):
        return layer.activity_regularizer
    return Function(
        layer.activity_regularizer,
        f"{layer.name}_activity_regularizer",
        [TensorSpec(None, layer.dtype or floatx())],
    )
