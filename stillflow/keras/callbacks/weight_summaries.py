"""Summaries of a model's weights, gradients and outputs, for TensorBoard."""

from __future__ import annotations

from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.keras.backend.tensors import int_shape
from stillflow.layers.settings import image_data_format
from stillflow.ops.array.reshaping import reshape, squeeze
from stillflow.ops.array.transposing import transpose
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.summaries.image import image


def summarize(model: Any, write_grads: bool, write_images: bool) -> None:
    """Adds summaries of every layer's weights and outputs to the graph.

    Args:
      write_grads: whether those of the gradients too.
      write_images: whether weights become pictures too.
    """
    for layer in model.layers:
        for weight in layer.weights:
            name = weight.name.replace(":", "_")
            histogram(name, weight)
            if write_images:
                _summarize_as_picture(name, weight)
        if write_grads:
            for weight in layer.trainable_weights:
                _summarize_gradient(model, weight)
        if hasattr(layer, "output"):
            _summarize_outputs(layer)


def _summarize_gradient(model: Any, weight: Any) -> None:
    gradients = model.optimizer.get_gradients(model.total_loss, weight)
    values = [each.values if isinstance(each, IndexedSlices) else each for each in gradients]
    histogram(f"{weight.name.replace(':', '_')}_grad", values)


def _summarize_outputs(layer: Any) -> None:
    if not isinstance(layer.output, list):
        histogram(f"{layer.name}_out", layer.output)
        return
    for number, output in enumerate(layer.output):
        histogram(f"{layer.name}_out_{number}", output)


def _summarize_as_picture(name: str, weight: Any) -> None:
    """A matrix lies on its side if it is high; of three axes the last is the pictures' number."""
    picture = squeeze(weight)
    shape = int_shape(picture)
    assert shape is not None
    if len(shape) == 1:
        picture = reshape(picture, [1, shape[0], 1, 1])
    elif len(shape) == 2:
        if shape[0] > shape[1]:  # type: ignore[operator]  # weights are of known shapes
            picture = transpose(picture)
            shape = shape[::-1]
        picture = reshape(picture, [1, shape[0], shape[1], 1])
    elif len(shape) == 3:
        if image_data_format() == "channels_last":
            picture = transpose(picture, perm=[2, 0, 1])
            shape = (shape[2], shape[0], shape[1])
        picture = reshape(picture, [*shape, 1])
    else:
        return
    image(name, picture)
