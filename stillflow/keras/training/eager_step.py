"""What a batch of a model of eager mode does: the model is called, and no graph of it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.keras.backend.eager_function import value_of
from stillflow.keras.optimizers.loss_scaling import LossScaleOptimizer
from stillflow.keras.training.endpoints import TrainingEndpoint
from stillflow.keras.training.output_metrics import call_metrics
from stillflow.keras.training.total_loss import total_loss
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.layers.connections import mask_of
from stillflow.layers.learning_phase import learning_phase_scope
from stillflow.ops.math import casts


def eager_step(model: Any, mode: str) -> Callable[[list[Any]], list[Any]]:
    """What stands for a function of a model in a mode: takes what is fed, gives arrays."""
    step = step_of(model, mode)
    return lambda feeds: [value_of(each) for each in step(feeds)]


def step_of(model: Any, mode: str) -> Callable[[list[Any]], list[Any]]:
    """The same, which gives tensors."""
    if mode == ModeKeys.PREDICT:
        return lambda feeds: _predict(model, feeds)
    trains = mode == ModeKeys.TRAIN

    def run(feeds: list[Any]) -> list[Any]:
        with _trainable_as_compiled(model):
            return _step(model, feeds, trains)

    return run


@contextmanager
def _trainable_as_compiled(model: Any) -> Iterator[None]:
    """What was to be trained when the model was compiled is trained, whatever changed since."""
    trainable_now = model._get_trainable_state()
    model._set_trainable_state(model._compiled_trainable_state)
    try:
        yield
    finally:
        model._set_trainable_state(trainable_now)


def _predict(model: Any, feeds: list[Any]) -> list[Any]:
    with learning_phase_scope(0):
        return _outputs(model, _tensors(model, feeds), training=False)


def _step(model: Any, feeds: list[Any], trains: bool) -> list[Any]:
    """Trains with a batch, or evaluates it: the loss, then what the metrics say."""
    count = len(model._feed_inputs)
    inputs, rest = _tensors(model, feeds[:count]), feeds[count:]
    with learning_phase_scope(int(trains)), GradientTape() if trains else nullcontext() as tape:
        outputs = _outputs(model, inputs, training=trains)
        endpoints = _with_values(model, outputs, rest)
        masks = [mask_of(output) for output in outputs]
        loss = total_loss(model, endpoints, masks)
        minimized = loss
        if isinstance(model.optimizer, LossScaleOptimizer):
            minimized = model.optimizer.get_scaled_loss(loss)
    if trains:
        _minimize(model, tape, minimized)
    for metrics, is_weighted in (
        (model._per_output_metrics, False),
        (model._per_output_weighted_metrics, True),
    ):
        weights = [e.sample_weight if is_weighted else None for e in endpoints]
        call_metrics(endpoints, metrics, weights, masks)
    results = [metric.result() for metric in model._get_training_eval_metrics()]
    return [convert_to_tensor(each) for each in (loss, *results)]


def _outputs(model: Any, inputs: list[Any], training: bool) -> list[Any]:
    given: Any = inputs
    if isinstance(model.inputs, dict):
        given = dict(zip(model._feed_input_names, inputs, strict=True))
    elif len(inputs) == 1:
        given = inputs[0]
    options = {"training": training} if model._expects_training_arg else {}
    return nest.flatten(model(given, **options))


def _with_values(model: Any, outputs: list[Any], rest: list[Any]) -> list[TrainingEndpoint]:
    """The endpoints of a batch, with the targets and weights that are fed."""
    left = iter(rest)
    endpoints = model._training_endpoints
    targets = [next(left) if e.has_feedable_training_target() else None for e in endpoints]
    weights = [
        next(left, None)
        if e.sample_weight_mode is not None and not e.should_skip_target()
        else None
        for e in endpoints
    ]
    return [
        endpoint.with_values(output, _like(target, output), _weight(weight, output))
        for endpoint, output, target, weight in zip(
            endpoints, outputs, targets, weights, strict=False
        )
    ]


def _minimize(model: Any, tape: Any, loss: Any) -> None:
    if hasattr(model, "_backwards"):  # of a class whose step is another
        model._backwards(tape, loss)
        return
    variables = model._unique_trainable_weights
    if not variables:
        return
    grads = tape.gradient(loss, variables)
    if isinstance(model.optimizer, LossScaleOptimizer):
        grads = model.optimizer.get_unscaled_gradients(grads)
    model.optimizer.apply_gradients(list(zip(grads, variables, strict=True)))


def _tensors(model: Any, values: list[Any]) -> list[Any]:
    """Values as tensors; floats are of the types of the model's inputs."""
    pairs = zip(values, model._feed_inputs, strict=False)
    return [_of_input(value, tensor.dtype.base_dtype) for value, tensor in pairs]


def _of_input(value: Any, dtype: Any) -> Any:
    if isinstance(value, CompositeTensor):
        return value
    tensor = convert_to_tensor(value)
    if tensor.dtype == dtype or not (tensor.dtype.is_floating and dtype.is_floating):
        return tensor
    return casts.cast(tensor, dtype)


def _like(target: Any, output: Any) -> Any:
    if target is None:
        return None
    if isinstance(target, CompositeTensor):
        return target
    tensor = convert_to_tensor(target)
    return casts.cast(tensor, output.dtype) if tensor.dtype != output.dtype else tensor


def _weight(weight: Any, output: Any) -> Any:
    return None if weight is None else casts.cast(convert_to_tensor(weight), output.dtype)
