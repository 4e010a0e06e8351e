"""The specs of towers as one: losses and gradients summed, metrics added up, outputs joined."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.spec import EstimatorSpec
from stillflow.estimator.towers.optimizer import sum_on_device
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import control_dependencies, device, get_collection
from stillflow.interchange.saved_model.export_output import (
    ClassificationOutput,
    ExportOutput,
    PredictOutput,
    RegressionOutput,
)
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.stacking import stack
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.variables.state import assign, assign_add

_Specs = list[EstimatorSpec]


def train_spec(specs: _Specs, where: str) -> EstimatorSpec:
    """The last tower's, which applies all gradients."""
    return specs[-1]._replace(loss=_loss(specs, where))


def eval_spec(specs: _Specs, where: str) -> EstimatorSpec:
    """The first tower's, to whose metrics those of the others are added."""
    loss = _loss(specs, where)
    updates = [update for spec in specs for _, update in spec.eval_metric_ops.values()]
    with control_dependencies(updates):
        reduced = _reduced(len(specs))
    metrics = {name: (value, reduced) for name, (value, _) in specs[0].eval_metric_ops.items()}
    return specs[0]._replace(loss=loss, eval_metric_ops=metrics)


def _loss(specs: _Specs, where: str) -> Any:
    return sum_on_device([spec.loss for spec in specs], where, "loss")


def _reduced(towers: int) -> Operation:
    """Adds the counts of all towers to the first one's, and empties those."""
    if towers == 1:
        return no_op(name="no_eval_metric_reduction")
    counts = get_collection(GraphKeys.METRIC_VARIABLES)
    each = len(counts) // towers
    if len(counts) % towers:
        raise ValueError(
            "Different `EstimatorSpec.eval_metric_ops` across `model_fn()` calls. Expected "
            f"{each * towers} local variables, but got {len(counts)} instead."
        )
    emptied = []
    for number in range(each):
        others = counts[number + each :: each]
        added = assign_add(counts[number], add_n(others))
        with control_dependencies([added]):
            for other in others:
                nothing = zeros(shape(other), dtype=other.dtype)
                emptied.append(assign(other, nothing))
    return group(*emptied)


def predict_spec(specs: _Specs, where: str) -> EstimatorSpec:
    """Predictions and what is served, of all towers one behind the other."""
    with device(where):
        predictions = _joined([spec.predictions for spec in specs])
        served = {
            name: _output(outputs)
            for name, outputs in _lists([spec.export_outputs for spec in specs]).items()
        }
    return specs[0]._replace(predictions=predictions, export_outputs=served)


def _output(outputs: list[Any]) -> ExportOutput:
    first = outputs[0]
    if isinstance(first, PredictOutput):
        return PredictOutput(_joined([output.outputs for output in outputs]))
    if isinstance(first, RegressionOutput):
        return RegressionOutput(concat([output.value for output in outputs], axis=0))
    scores, classes = None, None
    if first.scores is not None:
        scores = concat([output.scores for output in outputs], axis=0)
    if first.classes is not None:
        classes = stack([output.classes for output in outputs], axis=0)
    return ClassificationOutput(scores, classes)


def _joined(dicts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: concat(parts, axis=0, name=name) for name, parts in _lists(dicts).items()}


def _lists(dicts: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in dicts:
        for name, value in (each or {}).items():
            found.setdefault(name, []).append(value)
    return found
