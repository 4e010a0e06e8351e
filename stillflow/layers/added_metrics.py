"""What calls of a layer add to be watched while a model trains.

Metrics as objects are above this stage: `means.append(...)` tells of the class that makes a mean of
all batches.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.layers.branches import check_not_in_branch
from stillflow.layers.call_context import current_call
from stillflow.layers.keras_graph import in_graph
from stillflow.layers.sublayers import Sublayers
from stillflow.layers.symbolic import is_symbolic_tensor

# The one function `name` -> metric whose calls add the mean of a tensor.
means: list[Callable[[str], Any]] = []


class AddedMetrics(Sublayers):
    """The part of a layer that keeps metrics."""

    _metrics: list[Any]

    @property
    def metrics(self) -> list[Any]:
        """The metrics of this layer and of all inside."""
        return self._metrics + self._gather_children_attribute("metrics")

    def add_metric(self, value: Any, aggregation: str | None = None, name: Any = None) -> None:
        """Adds a tensor to watch.

        Args:
          value: what a metric gave, or any tensor.
          aggregation: "mean" for the mean of all batches; None for what a metric gave.
          name: needed unless a metric gave it.

        Raises:
          ValueError: another aggregation, no name, or outside of a call what is no symbolic tensor.
        """
        if aggregation not in (None, "mean"):
            raise ValueError(
                "We currently support only `mean` sample-wise metric aggregation. You provided "
                f"aggregation=`{aggregation}`"
            )
        metric = getattr(value, "_metric_obj", None)
        if name is None and metric is None:
            raise ValueError(
                "Please provide a name for your metric like `self.add_metric("
                "tf.reduce_sum(inputs), name='mean_activation', aggregation='mean')`"
            )
        if metric is not None:
            name = metric.name
        is_inside = current_call().in_call
        if is_inside or not (self._is_graph_network and is_symbolic_tensor(value)):
            if not (is_inside or is_symbolic_tensor(value)):
                raise ValueError(
                    f"Expected a symbolic Tensor for the metric value, received: {value}"
                )
            if is_tensor(value):
                check_not_in_branch(value, "add_metric")
            with nullcontext() if is_inside else in_graph():
                self._symbolic_add_metric(value, aggregation, name)
        elif metric is not None:
            raise ValueError(
                "Using the result of calling a `Metric` object when calling `add_metric` on a "
                "Functional Model is not supported. Please pass the Tensor to monitor directly."
            )
        else:
            self._graph_network_add_metric(value, aggregation, name)

    def _graph_network_add_metric(self, value: Any, aggregation: str | None, name: str) -> None:
        raise NotImplementedError

    def _symbolic_add_metric(self, value: Any, aggregation: str | None, name: str) -> None:
        known = self._get_existing_metric(name)
        if aggregation is not None:
            if known is None:
                known = means[0](name)
                self._metrics.append(known)
            known(value)
        elif known is None:
            if not hasattr(value, "_metric_obj"):
                raise ValueError(
                    "We do not support adding an aggregated metric result tensor that is not the "
                    "output of a `tf.keras.metrics.Metric` metric instance. Without having access "
                    "to the metric instance we cannot reset the state of a metric after every "
                    "epoch during training. Pass what a metric gives, or a tensor with "
                    f"aggregation='mean': `self.add_metric(x, name={name!r}, aggregation='mean')`"
                )
            self._metrics.append(value._metric_obj)

    def _get_existing_metric(self, name: str) -> Any:
        found = [metric for metric in self._metrics if metric.name == name]
        if len(found) > 1:
            raise ValueError(
                "Please provide different names for the metrics you have added. We found "
                f'{len(found)} metrics with the name: "{name}"'
            )
        return found[0] if found else None
