"""What a SavedModel of objects says of a layer or a model."""

from __future__ import annotations

import functools
import json
from contextlib import ExitStack, suppress
from typing import Any

from stillflow.functions.decorated import Function
from stillflow.graph import nest
from stillflow.interchange.saved_model.objects.functions_of import functions_in_attributes
from stillflow.keras.saving.json_types import json_type
from stillflow.keras.saving.objects.around import is_model, layers_inside, replaced_call
from stillflow.keras.saving.objects.calls import LayerCalls
from stillflow.keras.saving.objects.signatures import model_input_signature, trace_model_call
from stillflow.keras.saving.training_config import model_metadata
from stillflow.layers.call_context import Call, calling
from stillflow.layers.custom_objects import serialize_keras_object
from stillflow.platform import logging
from stillflow.tracking.auto import AutoTrackable
from stillflow.tracking.lists import ListWrapper

KERAS_ATTRIBUTE = "keras_api"
# What stands beside a layer's own attributes; the rest is in `keras_api` alone.
COMMON_OBJECTS = ("variables", "trainable_variables", "regularization_losses")
COMMON_FUNCTIONS = (
    "__call__",
    "call_and_return_all_conditional_losses",
    "_default_save_signature",
)
_KNOWN = "keras_serialized_attributes"
_LOSSES = "keras_losses"


# Configuration ------------------------------------------------------------------------------------


def metadata(layer: Any) -> str:
    """What a layer was made with, and how a model was compiled, as JSON."""
    told = {
        "class_name": type(layer).__name__,
        "name": layer.name,
        "trainable": layer.trainable,
        "expects_training_arg": layer._expects_training_arg,
        "dtype": layer.dtype,
        "batch_input_shape": getattr(layer, "_batch_input_shape", None),
    }
    with suppress(NotImplementedError):  # a program's own class says nothing of itself
        told["config"] = layer.get_config()
    told["input_spec"] = nest.map_structure(
        lambda spec: None if spec is None else serialize_keras_object(spec), layer.input_spec
    )
    regularizer = layer.activity_regularizer
    is_told = hasattr(regularizer, "get_config")
    told["activity_regularizer"] = serialize_keras_object(regularizer) if is_told else None
    if getattr(layer, "_is_feature_layer", False):
        told["_is_feature_layer"] = True
    if is_model(layer):
        told.update(model_metadata(layer, require_config=False))
    return json.dumps(told, default=json_type)


# Lists and functions ------------------------------------------------------------------------------


def objects(layer: Any, cache: Any) -> dict[str, Any]:
    """What a file has of a layer besides its attributes, by name."""
    saved = _saved(layer, cache)
    common = {name: saved.objects[name] for name in COMMON_OBJECTS if name in saved.objects}
    return {**common, KERAS_ATTRIBUTE: saved.api}


def functions(layer: Any, cache: Any) -> dict[str, Any]:
    """The functions of a layer's call, then those of its own attributes."""
    saved = _saved(layer, cache)
    common = {name: saved.functions[name] for name in COMMON_FUNCTIONS if name in saved.functions}
    return {**common, **functions_in_attributes(layer, computed=False)}


class SavedLayer:
    """What a file has of one layer; nothing but `api` where its inputs are not known.

    Attributes:
      objects, functions: by name.
      api: an object with all these in its attributes.
      calls: the LayerCalls.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self.functions: dict[str, Any] = {}
        self.api = AutoTrackable()
        self.calls: LayerCalls | None = None

    def take(self, objects: dict[str, Any], functions: dict[str, Any]) -> None:
        self.objects = objects
        self.functions = {name: each for name, each in functions.items() if each is not None}
        for name, each in {**self.objects, **self.functions}.items():
            setattr(self.api, name, each)


def _saved(layer: Any, cache: Any) -> SavedLayer:
    is_root = _KNOWN not in cache
    known: dict[int, SavedLayer] = cache.setdefault(_KNOWN, {})
    if id(layer) in known:
        return known[id(layer)]
    saved = known[id(layer)] = SavedLayer()
    if _lacks_inputs(layer):
        return saved
    made = {"_default_save_signature": None}
    if is_root and is_model(layer):
        signature = made["_default_save_signature"] = trace_model_call(layer)
        signature.get_concrete_function()
    lists = _lists(layer, cache)
    try:
        calls = _traced(layer, cache)
    except (ValueError, TypeError) as error:
        logging.warning(
            f"Skipping full serialization of object {layer}, because an error occurred while "
            f"tracing layer functions. Error message: {error}"
        )
        return saved
    made.update(_functions_of(layer, calls))
    saved.calls = calls
    saved.take(lists, made)
    return saved


def _lacks_inputs(layer: Any) -> bool:
    if is_model(layer):
        if model_input_signature(layer) is not None:
            return False
        logging.warning(
            f"Skipping full serialization of Keras model {layer}, because its inputs are not "
            "defined."
        )
        return True
    if not layer.built:
        logging.warning(
            f"Skipping full serialization of Keras layer {layer}, because it is not built."
        )
    return not layer.built


def _functions_of(layer: Any, calls: LayerCalls) -> dict[str, Any]:
    return {
        "__call__": calls.outputs,
        "call_and_return_conditional_losses": calls.with_losses,
        "call_and_return_all_conditional_losses": calls.with_all_losses,
        "activity_regularizer_fn": calls.regularizer,
    }


def _traced(layer: Any, cache: Any) -> LayerCalls:
    """The functions of a layer, which call those of the layers inside."""
    with ExitStack() as stack:
        for child in layers_inside(layer):
            calls = _saved(child, cache).calls
            if calls is not None:  # else it is around, or was never called
                stack.enter_context(replaced_call(child, calls.stand_in()))
        with calling(Call(layer, None, None, not layer.trainable)):
            return LayerCalls(layer)


def _lists(layer: Any, cache: Any) -> dict[str, Any]:
    own = [_loss_function(loss, cache) for loss in layer._callable_losses]
    inside = [
        _loss_function(loss, cache)
        for child in layers_inside(layer)
        for loss in child._callable_losses
    ]
    lists = {
        "variables": layer.variables,
        "trainable_variables": layer.trainable_variables,
        "regularization_losses": [*own, *inside],
        "metrics": layer.metrics,
        "layers": layers_inside(layer),
        "layer_regularization_losses": own,
        "non_trainable_variables": layer.non_trainable_variables,
    }
    return {name: ListWrapper(list(values)) for name, values in lists.items()}


def _loss_function(loss: Any, cache: Any) -> Function:
    """A loss of no inputs as a function, the same at each call."""
    known: dict[int, Function] = cache.setdefault(_LOSSES, {})
    if id(loss) not in known:
        build = loss.args[0] if isinstance(loss, functools.partial) else loss
        is_one = isinstance(build, Function)
        known[id(loss)] = (
            build if is_one else Function(build, f"loss_fn_{len(known)}", input_signature=[])
        )
    return known[id(loss)]
