"""Several heads on one model, whose losses are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.estimator.canned.head import Head, LossSpec, training
from stillflow.estimator.canned.keys import MetricKeys
from stillflow.estimator.canned.served import DEFAULT_SERVING, PREDICT
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput, PredictOutput
from stillflow.ops.array.filling import ones_like, zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.slicing import slice_
from stillflow.ops.control.ordering import no_op
from stillflow.ops.math.arithmetic import add_n, multiply
from stillflow.ops.metrics import means
from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.summaries.scalar import scalar


def multi_head(heads: Sequence[Any], head_weights: Sequence[float] | None = None) -> MultiHead:
    """Returns a head of several, each of which must have a name.

    Logits are a dict by heads' names, or beside each other in the heads' order; labels are a dict;
    predictions are keyed by (head's name, key).

    Args:
      head_weights: what each loss is multiplied by.

    Raises:
      ValueError: there are no heads, one has no name, or there are not as many weights.
    """
    if head_weights and len(head_weights) != len(heads):
        raise ValueError(
            "heads and head_weights must have the same size. Given len(heads): "
            f"{len(heads)}. Given len(head_weights): {len(head_weights)}."
        )
    if not heads:
        raise ValueError(f"Must specify heads. Given: {heads}")
    for head in heads:
        if not head.name:
            raise ValueError(f"All given heads must have name specified. Given: {head}")
    return MultiHead(tuple(heads), tuple(head_weights or ()))


class MultiHead:
    """See `multi_head`."""

    def __init__(self, heads: tuple[Head, ...], head_weights: tuple[float, ...]):
        self._heads = heads
        self._head_weights = head_weights

    @property
    def name(self) -> str:
        return "_".join(str(head.name) for head in self._heads)

    @property
    def logits_dimension(self) -> int:
        return sum(head.logits_dimension for head in self._heads)

    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        """Returns the sum of losses, and a dict of each other part."""
        by_head = self._by_head(logits)
        parts = {
            head.name: head.create_loss(features, mode, by_head[head.name], labels[head.name])
            for head in self._heads
        }
        losses = {name: part.unreduced_loss for name, part in parts.items()}
        weights = {name: part.weights for name, part in parts.items()}
        for name, weight in zip(parts, self._head_weights, strict=False):
            losses[name] = multiply(losses[name], weight)
            weights[name] = multiply(weights[name], weight)
        total = self._total([part.training_loss for part in parts.values()])
        used = {name: part.processed_labels for name, part in parts.items()}
        return LossSpec(total, losses, weights, used)

    def create_estimator_spec(
        self,
        features: Any,
        mode: str,
        logits: Any,
        labels: Any = None,
        optimizer: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
    ) -> EstimatorSpec:
        """As `Head.create_estimator_spec`; ValueError where labels are no dict."""
        by_head = self._by_head(logits)
        if labels and not isinstance(labels, dict):
            raise ValueError(f"labels must be a dict. Given: {labels}")
        specs = [
            head.create_estimator_spec(
                features=features,
                mode=mode,
                logits=by_head[head.name],
                labels=labels[head.name] if labels else None,
                train_op_fn=no_step,
            )
            for head in self._heads
        ]
        if mode == ModeKeys.TRAIN:
            return self._train_spec(specs, optimizer, train_op_fn)
        if mode == ModeKeys.PREDICT:
            return self._predict_spec(specs)
        if mode == ModeKeys.EVAL:
            return self._eval_spec(specs)
        raise ValueError(f"mode={mode} unrecognized")

    def _train_spec(
        self, specs: list[EstimatorSpec], optimizer: Any, train_op_fn: Any
    ) -> EstimatorSpec:
        loss = self._total([spec.loss for spec in specs])
        train_op = training(loss, optimizer, train_op_fn)
        predictions = self._predictions(specs)
        with name_scope(""):
            scalar(MetricKeys.LOSS, loss)
        return EstimatorSpec(ModeKeys.TRAIN, predictions, loss=loss, train_op=train_op)

    def _eval_spec(self, specs: list[EstimatorSpec]) -> EstimatorSpec:
        metrics: dict[str, Metric] = {}
        with name_scope("merge_eval"):
            for head, spec in zip(self._heads, specs, strict=True):
                name = f"{MetricKeys.LOSS}/{head.name}"
                metrics[name] = means.mean(spec.loss, name=name)
                metrics.update(spec.eval_metric_ops or {})
            loss = self._total([spec.loss for spec in specs])
        return EstimatorSpec(
            ModeKeys.EVAL, self._predictions(specs), loss=loss, eval_metric_ops=metrics
        )

    def _predict_spec(self, specs: list[EstimatorSpec]) -> EstimatorSpec:
        return EstimatorSpec(
            ModeKeys.PREDICT,
            self._predictions(specs),
            export_outputs=merged_outputs(self._heads, specs),
        )

    def _predictions(self, specs: list[EstimatorSpec]) -> dict[Any, Tensor]:
        return {
            (head.name, key): value
            for head, spec in zip(self._heads, specs, strict=True)
            for key, value in spec.predictions.items()
        }

    def _total(self, losses: Sequence[Tensor]) -> Tensor:
        with name_scope("merge_losses", values=(*losses, *self._head_weights)):
            if self._head_weights:
                pairs = zip(losses, self._head_weights, strict=True)
                losses = [multiply(loss, weight) for loss, weight in pairs]
            return add_n(losses)

    def _by_head(self, logits: Any) -> Mapping[Any, Any]:
        return logits if isinstance(logits, dict) else split(logits, self._heads)


def split(logits: Any, heads: Sequence[Any]) -> dict[Any, Tensor]:
    """Logits f[..., all] of each head, by its name; ValueError where all are not so many."""
    found = {}
    with name_scope(None, "split_logits", values=[logits]):
        logits = convert_to_tensor(logits)
        sizes = [head.logits_dimension for head in heads]
        _check_last_axis(logits.shape.as_list(), sizes)
        others = shape(logits)[:-1]
        zero, all_of = zeros_like(others), -1 * ones_like(others)
        first = 0
        for head in heads:
            begin = concat([zero, [first]], axis=0)
            size = concat([all_of, [head.logits_dimension]], axis=0)
            found[head.name] = slice_(logits, begin=begin, size=size)
            first += head.logits_dimension
    return found


def _check_last_axis(own: list[int | None], sizes: list[int]) -> None:
    last, total = own[-1], sum(sizes)
    if last is not None and last != total:
        raise ValueError(
            f"Could not split logits of shape {own!r} among the heads with individual logits "
            f"dimensions: {sizes!r}. The last dimension of the logits tensor should equal {last} "
            f"but is {total}."
        )


def merged_outputs(heads: Sequence[Any], specs: Sequence[EstimatorSpec]) -> dict[str, ExportOutput]:
    """What several heads serve: each by its name, the first by default, and all in one."""
    found = {DEFAULT_SERVING: _default_output(specs[0].export_outputs, heads[0].name)}
    in_one = {}
    for head, spec in zip(heads, specs, strict=True):
        for key, output in spec.export_outputs.items():
            is_default = key == DEFAULT_SERVING
            found[head.name if is_default else f"{head.name}/{key}"] = output
            if key == PREDICT and isinstance(output, PredictOutput):
                in_one.update({f"{head.name}/{k}": value for k, value in output.outputs.items()})
    found[PREDICT] = PredictOutput(in_one)
    return found


def _default_output(outputs: Mapping[str, ExportOutput], name: str) -> ExportOutput:
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    if DEFAULT_SERVING in outputs:
        return outputs[DEFAULT_SERVING]
    raise ValueError(
        f"{name} did not specify default export_outputs. Given: {outputs}\n"
        f"  Give one of them the key {DEFAULT_SERVING}."
    )


def no_step(loss: Tensor) -> Operation:
    """What each of several heads trains by itself: nothing."""
    return no_op()
