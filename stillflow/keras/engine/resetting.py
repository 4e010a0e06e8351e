"""A model of a subclass made as good as new, in place of a clone: its `call` can be in no file.

The model gets new layers for those in its attributes, and forgets what building and compiling made;
it can get all of that back.
"""

from __future__ import annotations

from typing import Any

from stillflow.keras.engine.network import Network
from stillflow.layers.base_layer import Layer
from stillflow.tracking.trackable import no_automatic_dependency_tracking_scope

# What a model has once it is built and compiled.
_MADE = (
    *("inputs", "outputs", "total_loss", "optimizer", "train_function", "test_function"),
    *("predict_function", "_training_endpoints", "_collected_trainable_weights"),
    *("_feed_inputs", "_feed_input_names", "_feed_input_shapes"),
)
# Lists of layers that are the model's own.
_OWN_LISTS = ("layers", "_layers", "metrics", "_compile_metric_functions", "_output_loss_metrics")


def reset_in_place(model: Any) -> None:
    """Makes a model of a subclass as good as new.

    Raises:
      ValueError: it has models of subclasses, or lists of layers, in its attributes.
    """
    held = _layers_in_attributes(model)
    names = {layer: name for name, layer in held.items()}
    layers = list(model._layers)
    with no_automatic_dependency_tracking_scope(model):
        model._layers = []
        for layer in layers:
            if isinstance(layer, Network) and not layer._is_graph_network:
                raise ValueError(
                    "We do not support the use of nested subclassed models in "
                    f"`model_to_estimator` at this time. Found nested model: {layer}"
                )
            new = type(layer).from_config(layer.get_config())
            setattr(model, names[layer], new)
            model._layers.append(new)
        if getattr(model, "_original_attributes_cache", None) is None and model.built:
            held |= {name: getattr(model, name, None) for name in _MADE}
        model._original_attributes_cache = held
        _forget(model)


def restore_in_place(model: Any) -> None:
    """Gives a model back what `reset_in_place` took."""
    held = getattr(model, "_original_attributes_cache", None)
    if held is None:
        _forget(model)
        return
    with no_automatic_dependency_tracking_scope(model):
        model._layers = [value for value in held.values() if isinstance(value, Layer)]
        for name, value in held.items():
            setattr(model, name, value)
        model._original_attributes_cache = None


def _layers_in_attributes(model: Any) -> dict[str, Any]:
    found = {}
    for name in dir(model):
        if name == "submodules":
            continue
        try:
            value = getattr(model, name)
        except (AttributeError, ValueError, TypeError):
            continue
        if isinstance(value, Layer):
            if getattr(value, "layers", None):
                raise ValueError(
                    "We do not support the use of nested layers in `model_to_estimator` at this "
                    f"time. Found nested layer: {value}"
                )
            found[name] = value
        elif name not in _OWN_LISTS and _is_list_of_layers(value):
            raise ValueError(
                "We do not support the use of list-of-layers attributes in subclassed models used "
                f"with `model_to_estimator` at this time. Found list model: {name}"
            )
    return found


def _is_list_of_layers(value: Any) -> bool:
    is_list = isinstance(value, (list, tuple))
    return is_list and bool(value) and all(isinstance(each, Layer) for each in value)


def _forget(model: Any) -> None:
    model.built = False
    model.inputs = None
    model.outputs = None
    model._is_compiled = False
    model.optimizer = None
