"""`compile`: a model gets an optimizer, losses and metrics, and the graph of them."""

from __future__ import annotations

from typing import Any

from stillflow.functions.decorated import functions_run_eagerly
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.keras.metrics.means import Mean
from stillflow.keras.optimizers.loss_scaling import LossScaleOptimizer
from stillflow.keras.optimizers.naming import get as optimizer_named
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.training import per_output
from stillflow.keras.training.endpoints import SAMPLEWISE, TrainingEndpoint
from stillflow.keras.training.output_lists import OutputLists
from stillflow.keras.training.output_metrics import call_metrics, metrics_of_outputs
from stillflow.keras.training.strategies import UnderStrategy
from stillflow.keras.training.total_loss import total_loss
from stillflow.layers.keras_graph import in_graph
from stillflow.layers.sublayers import filter_empty_layer_containers
from stillflow.tracking.trackable import Trackable, no_automatic_dependency_tracking

_EAGER = "You can only set `run_eagerly=True` if eager execution is enabled."


class Compiling(OutputLists, UnderStrategy):
    """The part of a model that is told what to train for.

    Attributes:
      optimizer, loss, loss_weights, sample_weight_mode: as given to `compile`.
      loss_functions: that of each output.
      total_loss: what is minimized: f[].
    """

    optimizer: Any = None
    _is_compiled: bool = False
    train_function: Any = None
    test_function: Any = None
    predict_function: Any = None
    _traced_steps: Any = None  # by mode
    _run_eagerly: bool | None = None
    #: Whether TensorFlow 1.15 trains by functions, of which single predictions are tensors.
    _experimental_run_tf_function: bool = False

    @no_automatic_dependency_tracking
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
        target_tensors: Any = None,
        distribute: Any = None,
        **kwargs: Any,
    ) -> None:
        """Says how the model is to be trained.

        Args:
          optimizer: one of `tf.keras.optimizers` or `tf.train`, or a name.
          loss: a name, a function of (y_true, y_pred), or a Loss; a list or dict for outputs.
          metrics: a list of names, functions or Metrics; lists or a dict for outputs.
          loss_weights: numbers by which the outputs' losses are multiplied: a list or a dict.
          sample_weight_mode: "temporal" for weights of time steps; a list or dict for outputs.
          weighted_metrics: like `metrics`, weighted as the samples are.
          target_tensors: tensors that the outputs are compared with, rather than fed arrays.
          distribute: a strategy; better compile in its scope.
          run_eagerly: by keyword; whether batches call the model, in eager execution alone.
          Others are handed to `K.function`.

        Raises:
          TypeError, ValueError: an argument makes no sense for this model.
        """
        self._run_eagerly = kwargs.pop("run_eagerly", None)
        runs_functions = kwargs.pop("experimental_run_tf_function", True)
        self._set_optimizer(optimizer)
        self._experimental_run_tf_function = (
            runs_functions
            and sample_weight_mode is None
            and target_tensors is None
            and isinstance(self.optimizer, OptimizerV2)
            and executing_eagerly_outside_functions()
        )
        self._set_strategy(distribute)
        self._check_for_strategy(sample_weight_mode, weighted_metrics, target_tensors)
        if isinstance(self.optimizer, Trackable):
            self._track_trackable(self.optimizer, name="optimizer", overwrite=True)
        self.loss = loss or {}
        self.loss_weights = loss_weights
        self.sample_weight_mode = sample_weight_mode
        self._compile_metrics = metrics or []
        self._compile_weighted_metrics = weighted_metrics
        self._training_endpoints: list[TrainingEndpoint] = []
        self._compiled_trainable_state = self._get_trainable_state()
        self._compile_metric_functions: list[Any] = []
        self._function_kwargs: dict[str, Any] = kwargs
        if not (self.built and self.inputs and self.outputs):
            return  # What is known at the first batch alone is compiled then.
        self._is_compiled = True
        with in_graph():
            self._make_endpoints(target_tensors)
            self._make_metrics(metrics, weighted_metrics)
            per_output.set_sample_weight_modes(self._training_endpoints, sample_weight_mode)
            if not self.run_eagerly:
                self._build_metrics(self._per_output_metrics, [None] * len(self.outputs))
                self._compile_weights_loss_and_weighted_metrics()
        self.train_function = None
        self.test_function = None
        self.predict_function = None
        self._traced_steps = None
        self._collected_trainable_weights = self._unique_trainable_weights
        self._check_variables_of_strategy()

    # What is given --------------------------------------------------------------------------------

    def _set_optimizer(self, optimizer: Any) -> None:
        if isinstance(optimizer, (list, tuple)):
            self.optimizer = [optimizer_named(each) for each in optimizer]
        else:
            self.optimizer = optimizer_named(optimizer)
        scale = self._dtype_policy.loss_scale
        if scale is not None and not isinstance(self.optimizer, LossScaleOptimizer):
            self._check_scalable()
            self.optimizer = LossScaleOptimizer(self.optimizer, scale)

    def _check_scalable(self) -> None:
        """ValueError where the loss cannot be scaled as the policy says."""
        if isinstance(self.optimizer, list):
            raise ValueError(
                "When a dtype policy with a loss scale is used, you can only pass a single "
                f"optimizer. Using policy {self._dtype_policy} and got optimizers: "
                f"{self.optimizer}"
            )
        if not isinstance(self.optimizer, OptimizerV2):
            raise ValueError(
                '"optimizer" must be an instance of tf.keras.optimizers.Optimizer when a dype '
                f"policy with a loss scale  used, but got: {self.optimizer}. Using policy: "
                f"{self._dtype_policy}"
            )

    def _make_endpoints(self, target_tensors: Any) -> None:
        self.loss_functions = per_output.loss_functions(self.loss, self.output_names)
        targets = per_output.target_tensors(target_tensors, self.outputs, self.output_names)
        for output, name, loss, target in zip(
            self.outputs, self.output_names, self.loss_functions, targets, strict=True
        ):
            endpoint = TrainingEndpoint(output, name, loss)
            endpoint.create_training_target(target, self.run_eagerly)
            self._training_endpoints.append(endpoint)
        per_output.set_loss_weights(self._training_endpoints, self.loss_weights)

    @property
    def run_eagerly(self) -> bool:
        """Whether batches call the model, rather than run what was built of it.

        So it is where `compile` was told, or where a layer is dynamic.

        Raises:
          ValueError: it is asked for, or a layer needs it, without eager execution; or the program
            has refused it.
        """
        if executing_eagerly_outside_functions():
            if self.dynamic and self._run_eagerly is False:
                raise ValueError(
                    "Your model contains layers that can only be successfully run in eager "
                    "execution (layers constructed with `dynamic=True`). You cannot set "
                    "`run_eagerly=False`."
                )
            if self._run_eagerly is None and functions_run_eagerly():
                return True
            return bool(self._run_eagerly or self.dynamic)
        if self._run_eagerly:
            raise ValueError(_EAGER)
        if self.dynamic:
            raise ValueError(
                "Your model contains layers that can only be successfully run in eager execution "
                "(layers constructed with `dynamic=True`). You must enable eager execution with "
                "`tf.enable_eager_execution()`."
            )
        return False

    @run_eagerly.setter
    def run_eagerly(self, value: bool) -> None:
        self._run_eagerly = value

    # Metrics --------------------------------------------------------------------------------------

    def _make_metrics(self, metrics: Any, weighted_metrics: Any) -> None:
        """Makes the metrics."""
        shapes = [_sizes(output) for output in self.outputs]
        told = (self.output_names, shapes, self.loss_functions)
        unweighted = metrics_of_outputs(metrics, *told)
        weighted = metrics_of_outputs(weighted_metrics, *told, is_weighted=True)
        self._per_output_metrics, self._per_output_weighted_metrics = [], []
        for number, endpoint in enumerate(self._training_endpoints):
            named = [unweighted[number], weighted[number]]
            if not endpoint.should_skip_target():
                named = [self._uniquely_named(each, number) for each in named]
            self._per_output_metrics.append(named[0])
            self._per_output_weighted_metrics.append(named[1])
        if len(self._training_endpoints) > 1:
            for endpoint in self._training_endpoints:
                if not endpoint.should_skip_target():
                    endpoint.output_loss_metric = Mean(name=endpoint.loss_name())

    def _uniquely_named(self, metrics: dict[str, Any], output: int) -> dict[str, Any]:
        named = {}
        for name, metric in metrics.items():
            metric._name = self._unique_metric_name(name, output)
            named[metric._name] = metric
            self._compile_metric_functions.append(metric)
        return named

    def _unique_metric_name(self, name: str, output: int) -> str:
        if len(self.output_names) > 1:
            name = f"{self.output_names[output]}_{name}"
        taken = self.metrics_names
        unique, number = name, 0
        while unique in taken:
            number += 1
            unique = f"{name}_{number}"
        return unique

    def _build_metrics(self, metrics: list[dict[str, Any]], weights: list[Any]) -> None:
        call_metrics(self._training_endpoints, metrics, weights, self._output_masks())

    @property
    def metrics(self) -> list[Any]:
        """Those that `compile` was given, then those that the model and its layers added."""
        compiled = self._compile_metric_functions if self._is_compiled else []
        return [*compiled, *self._metrics, *_metrics_of_layers(self._layers)]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what training and evaluation return: "loss", then losses and metrics."""
        names = ["loss"]
        if self._is_compiled:
            if len(self._training_endpoints) > 1:
                names += [
                    str(e.loss_name()) for e in self._training_endpoints if e.loss_fn is not None
                ]
            names += [metric.name for metric in self._compile_metric_functions]
        for layer in self.layers:
            names += [metric.name for metric in layer._metrics]
        return names + [metric.name for metric in self._metrics]

    def reset_metrics(self) -> None:
        """Has all metrics begin anew."""
        for metric in self._get_training_eval_metrics():
            metric.reset_states()

    def _get_training_eval_metrics(self) -> list[Any]:
        """Means of the outputs' losses, then `metrics`."""
        endpoints = getattr(self, "_training_endpoints", [])
        means = [endpoint.output_loss_metric for endpoint in endpoints]
        return [*(mean for mean in means if mean is not None), *self.metrics]

    # The graph that samples' weights are part of --------------------------------------------------

    @no_automatic_dependency_tracking
    def _compile_weights_loss_and_weighted_metrics(self, sample_weights: Any = None) -> None:
        if sample_weights is not None:
            self._update_sample_weight_modes(sample_weights)
        self._prepare_sample_weights(sample_weights)
        self._build_metrics(self._per_output_weighted_metrics, self.sample_weights)
        self.total_loss = total_loss(self, self._training_endpoints, self._output_masks())

    def _output_masks(self) -> list[Any]:
        return [getattr(output, "_keras_mask", None) for output in self.outputs]

    def _prepare_sample_weights(self, sample_weights: Any = None) -> None:
        endpoints = self._training_endpoints
        given = [None] * len(endpoints) if sample_weights is None else sample_weights
        if len(given) != len(endpoints):
            raise ValueError(
                "Provided sample weights must have same length as the number of outputs. Expected: "
                f"{len(endpoints)}, got: {len(given)}."
            )
        for endpoint, weight in zip(endpoints, given, strict=True):
            endpoint.populate_sample_weight(weight)

    def _update_sample_weight_modes(self, sample_weights: Any = None) -> None:
        """Says that samples have weights, if any has; else that none have."""
        if not self._is_compiled:
            return
        are_given = any(weight is not None for weight in sample_weights or ())
        for endpoint in self._training_endpoints:
            mode = endpoint.sample_weight_mode or SAMPLEWISE
            endpoint.sample_weight_mode = mode if are_given else None

    def _recompile_weights_loss_and_weighted_metrics(self) -> bool:
        """Builds loss and weighted metrics anew where weights have come or gone; whether so."""
        if not self._is_compiled or self.run_eagerly:
            return False
        changed = any(e.sample_weights_mismatch() for e in self._training_endpoints)
        if changed:
            self._compile_weights_loss_and_weighted_metrics()
        return changed


def _sizes(output: Any) -> list[Any] | None:
    is_known = output is not None and output.shape.ndims is not None
    return output.shape.as_list() if is_known else None


def _metrics_of_layers(layers: list[Any]) -> list[Any]:
    found: list[Any] = []
    for layer in filter_empty_layer_containers(layers):
        if isinstance(layer, Compiling):
            found += [*layer._metrics, *_metrics_of_layers(layer.layers)]
        else:
            found += layer.metrics
    return found
