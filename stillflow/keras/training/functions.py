"""The functions of a compiled model: what a batch of training, evaluation or prediction runs."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.keras.backend.eager_function import EagerExecutionFunction
from stillflow.keras.backend.function import function
from stillflow.keras.training.compiling import Compiling
from stillflow.keras.training.eager_step import eager_step
from stillflow.keras.training.phases import fixed_phases, goes_by_itself, is_phase_fed
from stillflow.keras.training.traced_step import TracedStep, can_be_traced
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.layers.keras_graph import building
from stillflow.layers.learning_phase import symbolic_learning_phase
from stillflow.platform import logging
from stillflow.tracking.trackable import no_automatic_dependency_tracking


class Functions(Compiling):
    """The part of a model that makes `train_function`, `test_function` and `predict_function`.

    They are made when they are first needed, so that who trains alone builds nothing else.
    """

    _is_looping: bool = False  # over a generator, whose batches are given one by one

    def _make_execution_function(self, mode: str) -> Any:
        """What `fit`, `evaluate` or `predict` runs for a batch."""
        if goes_by_itself(self) and not self.run_eagerly and can_be_traced(self):
            return self._traced_step(mode)
        if mode == ModeKeys.TRAIN:
            self._make_train_function()
            return self.train_function
        if mode == ModeKeys.TEST:
            self._make_test_function()
            return self.test_function
        self._make_predict_function()
        return self.predict_function

    @building
    def _make_train_function(self) -> None:
        """Makes `train_function`: a step of the optimizer, with the layers' updates."""
        if self._step_eagerly(ModeKeys.TRAIN):
            return
        has_recompiled = self._recompile_weights_loss_and_weighted_metrics()
        self._check_trainable_weights_consistency()
        self._check_optimizer()
        if self.train_function is not None and not has_recompiled:
            return
        # What was to be trained when the model was compiled is trained, whatever changed since.
        trainable_now = self._get_trainable_state()
        self._set_trainable_state(self._compiled_trainable_state)
        inputs = self._feeds()
        if is_phase_fed(self):
            inputs.append(symbolic_learning_phase())
        with name_scope("training"):
            updates = self._optimizer_updates()
            updates += self.get_updates_for(None) + self.get_updates_for(self.inputs)
        with name_scope("training"):
            self.train_function = self._function(
                ModeKeys.TRAIN,
                inputs,
                [self.total_loss, *self._metric_results()],
                updates,
            )
        self._set_trainable_state(trainable_now)

    def _check_optimizer(self) -> None:
        if isinstance(self.optimizer, list):
            raise ValueError("The `optimizer` in `compile` should be a single optimizer.")

    def _optimizer_updates(self) -> list[Any]:
        """What a step of training changes weights by."""
        updates: list[Any] = self.optimizer.get_updates(
            params=self._collected_trainable_weights, loss=self.total_loss
        )
        return updates

    @building
    def _make_test_function(self) -> None:
        """Makes `test_function`: loss and metrics, with updates of state."""
        if self._step_eagerly(ModeKeys.TEST):
            return
        has_recompiled = self._recompile_weights_loss_and_weighted_metrics()
        if self.test_function is not None and not has_recompiled:
            return
        with name_scope("evaluation"):
            self.test_function = self._function(
                ModeKeys.TEST,
                self._feeds(),
                [self.total_loss, *self._metric_results()],
                self.state_updates,
            )

    @building
    def _make_predict_function(self) -> None:
        """Makes `predict_function`: the outputs, with updates of state."""
        if self.predict_function is not None or self._step_eagerly(ModeKeys.PREDICT):
            return
        with name_scope(ModeKeys.PREDICT):
            self.predict_function = self._function(
                ModeKeys.PREDICT, self._feed_inputs, self.outputs, self.state_updates
            )

    def _function(self, mode: str, inputs: Any, outputs: Any, updates: list[Any]) -> Any:
        options = getattr(self, "_function_kwargs", {})
        made = function(inputs, outputs, updates=updates, name=f"{mode}_function", **options)
        if isinstance(made, EagerExecutionFunction):
            made.fed_always = fixed_phases(self, mode)
        return made

    def _make_batch_function(self, mode: str) -> Any:
        """What a single batch runs. In eager mode it calls the model at once, as in TensorFlow,
        unless a loop over a generator gives the batches."""
        if goes_by_itself(self) and not self._is_looping:
            return eager_step(self, mode)
        return self._make_execution_function(mode)

    @no_automatic_dependency_tracking
    def _traced_step(self, mode: str) -> TracedStep:
        """The step of this mode, traced at its first batch since the model was compiled."""
        has_recompiled = False
        if mode != ModeKeys.PREDICT:
            has_recompiled = self._recompile_weights_loss_and_weighted_metrics()
        if mode == ModeKeys.TRAIN:
            self._check_trainable_weights_consistency()
            self._check_optimizer()
        if self._traced_steps is None or has_recompiled:
            self._traced_steps = {}
        if mode not in self._traced_steps:
            self._traced_steps[mode] = TracedStep(self, mode)
        step: TracedStep = self._traced_steps[mode]
        return step

    def _step_eagerly(self, mode: str) -> bool:
        """Takes what calls the model in place of what runs a graph of it, if batches are eager."""
        if not self.run_eagerly:
            return False
        setattr(self, f"{mode}_function", eager_step(self, mode))
        return True

    def _feeds(self) -> list[Any]:
        return [*self._feed_inputs, *self._feed_targets, *self._feed_sample_weights]

    def _metric_results(self) -> list[Any]:
        metrics = self._get_training_eval_metrics()
        return [metric._call_result for metric in metrics if hasattr(metric, "_call_result")]

    def _check_trainable_weights_consistency(self) -> None:
        """Warns where `trainable` was set since the model was compiled: that has no effect yet."""
        if not hasattr(self, "_collected_trainable_weights"):
            return
        if len(self._unique_trainable_weights) != len(self._collected_trainable_weights):
            logging.log_first_n(
                logging.WARN,
                "Discrepancy between trainable weights and collected trainable weights, did you "
                "set `model.trainable` without calling `model.compile` after ?",
                1,
            )
