"""Compiling under a strategy of `tf.distribute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stillflow.distribute import context as distribution
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.version_behavior import is_at_2
from stillflow.keras.training.parts import ModelParts
from stillflow.platform import logging


class UnderStrategy(ModelParts):
    """The part of a model that knows under which strategy it was compiled, if any."""

    _distribution_strategy: Any = None
    _experimental_run_tf_function: bool

    if TYPE_CHECKING:

        @property
        def run_eagerly(self) -> bool: ...

    def _set_strategy(self, distribute: Any) -> None:
        if distribute is not None:
            if is_at_2() or self._experimental_run_tf_function:
                raise ValueError(
                    "Distribute argument in compile is not available in TF 2.0 please create the "
                    "model under the distribution strategy scope."
                )
            logging.warning(
                "Distribute argument in compile is deprecated please create the model under the "
                "distribution strategy scope."
            )
            self._distribution_strategy = distribute
        elif distribution.has_strategy() and distribution.in_cross_replica_context():
            self._distribution_strategy = distribution.get_strategy()

    def _check_for_strategy(self, mode: Any, weighted_metrics: Any, target_tensors: Any) -> None:
        runs_eagerly = self.run_eagerly  # which refuses a dynamic model in a graph
        if self._distribution_strategy is None:
            return
        self._check_replicas()
        if self._experimental_run_tf_function:
            return
        for name, given in (("sample_weight_mode", mode), ("weighted_metrics", weighted_metrics)):
            if given:
                raise NotImplementedError(f"{name} is not supported with tf.distribute.Strategy.")
        if target_tensors:
            raise ValueError("target_tensors is not supported with tf.distribute.Strategy.")
        if runs_eagerly:
            raise ValueError(
                "We currently do not support enabling `run_eagerly` with distribution strategy."
            )
        is_known = self.built and self.inputs and self.outputs
        if not is_known and not executing_eagerly_outside_functions():
            raise ValueError(
                "We currently do not support distribution strategy with a `Sequential` model that "
                "is created without `input_shape`/`input_dim` set in its first layer or a "
                "subclassed model."
            )

    def _check_replicas(self) -> None:
        replicas = self._distribution_strategy.num_replicas_in_sync
        if replicas > 1:
            raise NotImplementedError(
                f"Models of tf.keras are trained on one replica; the strategy has {replicas}. Give "
                "it one device, as in tf.distribute.MirroredStrategy(['/cpu:0']), or train an "
                "Estimator made by tf.keras.estimator.model_to_estimator."
            )

    def _check_variables_of_strategy(self) -> None:
        strategy = self._distribution_strategy
        if strategy is None:
            return
        for variable in self.weights:
            if not strategy.extended.variable_created_in_scope(variable):
                raise ValueError(
                    f"Variable ({variable}) was not created in the distribution strategy scope of "
                    f"({strategy}). It is most likely due to not all layers or the model or "
                    "optimizer being created outside the distribution strategy scope. Try to make "
                    "sure your code looks similar to the following.\nwith strategy.scope():\n"
                    "  model=_create_model()\n  model.compile(...)"
                )
