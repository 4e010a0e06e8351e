"""The inputs of a model as TensorSpecs, and the function that answers requests."""

from __future__ import annotations

from typing import Any

from stillflow.functions.decorated import function
from stillflow.graph import nest
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.keras.saving.objects.around import without_traces_of_calls


def model_input_signature(model: Any) -> list[Any] | None:
    """A list of one: the specs of a model's inputs, of any batch size. None before it is built."""
    inputs = getattr(model, "inputs", None)
    names = getattr(model, "input_names", None)
    if not inputs or names is None:
        return None
    flat = [
        TensorSpec([None, *each.shape[1:].as_list()], each.dtype, name)
        for each, name in zip(nest.flatten(inputs), nest.flatten(names), strict=True)
    ]
    specs = nest.pack_sequence_as(inputs, flat)
    return list(specs) if isinstance(specs, (list, tuple)) and len(specs) == 1 else [specs]


def raise_model_input_error(model: Any) -> None:
    raise ValueError(
        f"Model {model} cannot be saved because the input shapes have not been set. Usually, input "
        "shapes are automatically determined from calling .fit() or .predict(). To manually set "
        "the shapes, call model._set_inputs(inputs)."
    )


def trace_model_call(model: Any, input_signature: Any = None) -> Any:
    """A `tf.function` of a model's inputs, which gives a dict of the outputs by name.

    Args:
      input_signature: a list of TensorSpecs; by default that of the model.

    Raises:
      ValueError: the model's inputs are not known.
    """
    if input_signature is None:
        input_signature = getattr(model.call, "input_signature", None)
    if input_signature is None:
        input_signature = model_input_signature(model)
    if input_signature is None:
        raise_model_input_error(model)

    @function(input_signature=input_signature, autograph=False)
    def _wrapped_model(*args: Any) -> Any:
        inputs = args[0] if len(input_signature) == 1 else list(args)
        with without_traces_of_calls(model):
            outputs = nest.flatten(model(inputs, training=False))
        names = getattr(model, "output_names", None)
        if not names:
            names = [f"output_{number + 1}" for number in range(len(outputs))]
        return dict(zip(names, outputs, strict=True))

    return _wrapped_model
