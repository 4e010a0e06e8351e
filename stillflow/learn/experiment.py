"""`Experiment`: an estimator and its inputs, trained, evaluated and exported by a schedule."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.tpu import TPUEstimator
from stillflow.graph.keys import GraphKeys
from stillflow.graph.text import as_text
from stillflow.learn import evaluating
from stillflow.learn.estimators.interfaces import Evaluable, Trainable
from stillflow.learn.estimators.run_config import Environment, RunConfig
from stillflow.learn.experimental import experimental
from stillflow.learn.exporting.strategy import ExportStrategy
from stillflow.learn.monitors.adapting import replace_monitors_with_hooks
from stillflow.learn.monitors.validating import ValidationMonitor
from stillflow.monitored.saving import CheckpointSaverHook
from stillflow.monitored.stopping import GlobalStepWaiterHook
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.train.distributing import server

_STEPS_BETWEEN_WORKERS = 8000.0
_SECS_BETWEEN_WORKERS = 5
_LONGEST_DELAY = 60
_ITERATIONS = 10
_STEPS_PER_ITERATION = 1000
_Predicate = Callable[..., bool]


class Experiment:
    """An estimator and its inputs, in the ways in which it is trained, evaluated and exported.

    Args:
      estimator: one of `tf.contrib.learn` or of `tf.estimator`.
      train_input_fn, eval_input_fn: give features and labels.
      eval_metrics: {name: MetricSpec}; none for one of `tf.estimator`.
      train_steps: the global step to train to; None is until the input ends.
      eval_steps: over how many batches to evaluate.
      train_monitors, eval_hooks: monitors and hooks.
      local_eval_frequency: of `local_run`, which is old.
      eval_delay_secs: how long an evaluator waits at first.
      continuous_eval_throttle_secs: the least time from one evaluation to the next.
      min_eval_frequency: at most each so many steps `train_and_evaluate` evaluates; 0 for once.
      delay_workers_by_global_step: whether later workers wait for steps, not for seconds.
      export_strategies: an ExportStrategy, or several.
      train_steps_per_iteration: of `continuous_train_and_eval`.
      checkpoint_and_export: whether `train_and_evaluate` evaluates and exports each checkpoint.
      saving_listeners: told of each checkpoint; for one of `tf.estimator`.
      check_interval_secs: how often `train_and_evaluate` looks for a new checkpoint.

    Raises:
      ValueError: an argument is of another kind, or not for this estimator.
    """

    @deprecated(
        None,
        "Please switch to tf.estimator.train_and_evaluate. You will also have to convert to a "
        "tf.estimator.Estimator.",
    )
    def __init__(
        self,
        estimator: Any,
        train_input_fn: Callable[[], Any],
        eval_input_fn: Callable[[], Any],
        eval_metrics: Any = None,
        train_steps: int | None = None,
        eval_steps: int | None = 100,
        train_monitors: Any = None,
        eval_hooks: Any = None,
        local_eval_frequency: int | None = None,
        eval_delay_secs: float = 120,
        continuous_eval_throttle_secs: float = 60,
        min_eval_frequency: int | None = None,
        delay_workers_by_global_step: bool = False,
        export_strategies: Any = None,
        train_steps_per_iteration: int | None = None,
        checkpoint_and_export: bool = False,
        saving_listeners: Any = None,
        check_interval_secs: float | None = 5,
    ):
        self._core_estimator_used = isinstance(estimator, Estimator)
        _check_kind(estimator, eval_metrics, saving_listeners)
        self._estimator = estimator
        self._train_input_fn = train_input_fn
        self._eval_input_fn = eval_input_fn
        self._eval_metrics = eval_metrics
        self._train_steps = train_steps
        self._eval_steps = eval_steps
        self._local_eval_frequency = local_eval_frequency
        self._eval_delay_secs = eval_delay_secs
        self._continuous_eval_throttle_secs = continuous_eval_throttle_secs
        self._checkpoint_and_export = checkpoint_and_export
        self._saving_listeners = saving_listeners
        self._min_eval_frequency = 1 if min_eval_frequency is None else min_eval_frequency
        self._check_interval_secs = check_interval_secs
        self._delay_workers_by_global_step = delay_workers_by_global_step
        self._train_monitors = list(train_monitors or [])
        self._eval_hooks = list(eval_hooks or [])
        self._export_strategies = _strategies(export_strategies)
        self._train_steps_per_iteration = train_steps_per_iteration
        if train_steps_per_iteration is not None and not isinstance(train_steps_per_iteration, int):
            raise ValueError("`train_steps_per_iteration` must be an integer.")

    @property
    def estimator(self) -> Any:
        return self._estimator

    @property
    def eval_metrics(self) -> Any:
        return self._eval_metrics

    @property
    def train_steps(self) -> int | None:
        return self._train_steps

    @property
    def eval_steps(self) -> int | None:
        return self._eval_steps

    def extend_train_hooks(self, additional_hooks: Any) -> None:
        """Adds hooks to trainings."""
        self._train_monitors.extend(additional_hooks)

    def reset_export_strategies(self, new_export_strategies: Any = None) -> Any:
        """Takes other export strategies; returns those before."""
        before = self._export_strategies
        self._export_strategies = _strategies(new_export_strategies)
        return before

    # Training and evaluating ----------------------------------------------------------------------

    def train(self, delay_secs: float | None = None) -> Any:
        """Trains to `train_steps`. Workers but the first begin later.

        Args:
          delay_secs: how long to wait; by default it depends on the number of this task.
        """
        start = time.time()
        self._start_server_if_needed()
        extra_hooks: list[Any] = []
        if delay_secs is None:
            task = self._estimator.config.task_id or 0
            delay_secs = min(_LONGEST_DELAY, task * _SECS_BETWEEN_WORKERS)
            if self._delay_workers_by_global_step:
                steps = int(_STEPS_BETWEEN_WORKERS * math.log(task + 1))
                extra_hooks.append(GlobalStepWaiterHook(steps))
                delay_secs = 0
        if delay_secs > 0:
            remaining = delay_secs - (time.time() - start)
            logging.info("Waiting %d secs before starting training.", remaining)
            time.sleep(delay_secs)
        return self._call_train(
            input_fn=self._train_input_fn,
            max_steps=self._train_steps,
            hooks=[*self._train_monitors, *extra_hooks],
            saving_listeners=self._saving_listeners,
        )

    def _start_server_if_needed(self) -> None:
        config = self._estimator.config
        has_cluster = config.cluster_spec and config.master
        if not isinstance(config, RunConfig):
            if has_cluster:
                raise ValueError(
                    "For distributed runtime, Experiment class only works with "
                    f"tf.contrib.learn.RunConfig for now, but provided {type(config)}"
                )
        elif has_cluster and config.environment == Environment.LOCAL:
            logging.warning(
                "ClusterSpec and master are provided, but environment is set to 'local'. Set "
                "environment to 'cloud' if you intend to use the distributed runtime."
            )
        elif has_cluster and config.environment != Environment.GOOGLE:
            self._start_server()

    def evaluate(self, delay_secs: float | None = None, name: str | None = None) -> Any:
        """Evaluates the latest checkpoint once, after a while; returns the metrics."""
        _wait(self._eval_delay_secs if delay_secs is None else delay_secs, "%d")
        return self._evaluate(name or "one_pass", hooks=self._eval_hooks)

    def _evaluate(self, name: str | None, **settings: Any) -> Any:
        return self._call_evaluate(
            input_fn=self._eval_input_fn,
            steps=self._eval_steps,
            metrics=self._eval_metrics,
            name=name,
            **settings,
        )

    @deprecated(
        "2016-10-23",
        "local_run will be renamed to train_and_evaluate and the new default behavior will be to "
        "run evaluation every time there is a new checkpoint.",
    )
    def local_run(self) -> Any:
        """`train_and_evaluate`, as often as `local_eval_frequency` says."""
        with _restored(self, "_min_eval_frequency"):
            self._min_eval_frequency = self._local_eval_frequency  # type: ignore[assignment]
            return self.train_and_evaluate()

    def continuous_eval(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        evaluate_checkpoint_only_once: bool = True,
        continuous_eval_predicate_fn: _Predicate | None = None,
        name: str = "continuous",
    ) -> None:
        """Evaluates and exports each new checkpoint, until the training is over.

        Args:
          continuous_eval_predicate_fn: of the last results, and if it takes it `checkpoint_path`:
            whether to go on.
        """
        self._continuous_eval(
            self._eval_input_fn,
            name=name,
            delay_secs=delay_secs,
            throttle_delay_secs=throttle_delay_secs,
            evaluate_checkpoint_only_once=evaluate_checkpoint_only_once,
            continuous_eval_predicate_fn=continuous_eval_predicate_fn,
        )

    def continuous_eval_on_train_data(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        continuous_eval_predicate_fn: _Predicate | None = None,
        name: str = "continuous_on_train_data",
    ) -> None:
        """`continuous_eval` on the input of the training, without exports."""
        self._continuous_eval(
            self._train_input_fn,
            name=name,
            delay_secs=delay_secs,
            throttle_delay_secs=throttle_delay_secs,
            continuous_eval_predicate_fn=continuous_eval_predicate_fn,
            export=False,
        )

    def _continuous_eval(
        self,
        input_fn: Callable[[], Any],
        name: str,
        delay_secs: float | None,
        throttle_delay_secs: float | None,
        evaluate_checkpoint_only_once: bool = True,
        continuous_eval_predicate_fn: _Predicate | None = None,
        export: bool = True,
    ) -> None:
        goes_on = evaluating.checked_predicate(continuous_eval_predicate_fn)
        if throttle_delay_secs is None:
            throttle_delay_secs = self._continuous_eval_throttle_secs
        _wait(self._eval_delay_secs if delay_secs is None else delay_secs, "%f")
        fresh = evaluating.FreshCheckpoints(
            self._estimator.model_dir, evaluate_checkpoint_only_once
        )
        results: Any = None
        while not goes_on or goes_on(results, checkpoint_path=fresh.previous):
            if self._has_training_stopped(results):
                logging.info(
                    "Exiting continuous eval, global_step=%s >= train_step=%s",
                    results[GraphKeys.GLOBAL_STEP],
                    self._train_steps,
                )
                return
            start = time.time()
            path, results = fresh.next(), {}
            if path:
                given = self._call_evaluate(
                    input_fn=input_fn, steps=self._eval_steps, metrics=self._eval_metrics,
                    name=name, checkpoint_path=path, hooks=self._eval_hooks,
                )  # fmt: skip
                results = given or {}
                if export:
                    self._maybe_export(results, checkpoint_path=path)
                fresh.done(path)
            _throttle(throttle_delay_secs - (time.time() - start))

    def _has_training_stopped(self, eval_result: Any) -> Any:
        if not eval_result:
            return False
        step = eval_result.get(GraphKeys.GLOBAL_STEP)
        return step and self._train_steps and step >= self._train_steps

    def train_and_evaluate(self) -> tuple[Any, Any]:
        """Trains, evaluates checkpoints meanwhile and the last one, and exports.

        Returns:
          (the last metrics, what the export strategies wrote).
        """
        listener = None
        with _restored(self, "_train_monitors"):
            config = self._estimator.config
            secs, steps = config.save_checkpoints_secs, config.save_checkpoints_steps
            if self._checkpoint_and_export and (secs or steps):
                listener = self._export_listener()
                hook = CheckpointSaverHook(
                    self._estimator.model_dir, save_secs=secs, save_steps=steps,
                    listeners=[listener],
                )  # fmt: skip
                self._train_monitors = [*self._train_monitors, hook]
            elif self._min_eval_frequency:
                self._train_monitors = [*self._train_monitors, self._validation()]
            self.train(delay_secs=0)
        if listener is not None:
            return listener.eval_result, listener.export_results
        results = self._evaluate(None, hooks=self._eval_hooks)
        return results, self._maybe_export(results)

    def _export_listener(self) -> evaluating.EvalAndExportListener:
        evaluate = functools.partial(
            self._call_evaluate,
            input_fn=self._eval_input_fn,
            steps=self._eval_steps,
            metrics=self._eval_metrics,
            hooks=self._eval_hooks,
        )
        return evaluating.EvalAndExportListener(
            evaluate, self._maybe_export, self._estimator.model_dir
        )

    def _validation(self) -> ValidationMonitor:
        return ValidationMonitor(
            input_fn=self._eval_input_fn,
            eval_steps=self._eval_steps,
            metrics=self._eval_metrics,
            every_n_steps=self._min_eval_frequency,
            check_interval_secs=self._check_interval_secs,
            name=None,
            hooks=self._eval_hooks,
        )

    @experimental
    def continuous_train_and_eval(
        self, continuous_eval_predicate_fn: _Predicate | None = None
    ) -> tuple[Any, Any]:
        """Trains and evaluates in turns, until `train_steps` or as the predicate says.

        Returns:
          (the last metrics, what the export strategies wrote).
        """
        goes_on = evaluating.checked_predicate(continuous_eval_predicate_fn)
        path = results = exported = None
        steps = self._steps_per_iteration()
        while not goes_on or goes_on(results, checkpoint_path=path if results else None):
            if self._has_training_stopped(results):
                logging.info("Stop training model as max steps reached")
                break
            logging.info("Training model for %s steps", steps)
            self._call_train(
                input_fn=self._train_input_fn,
                steps=steps,
                hooks=self._train_monitors,
                saving_listeners=self._saving_listeners,
            )
            logging.info("Evaluating model now.")
            path = latest_checkpoint(self._estimator.model_dir)
            results = self._evaluate("one_pass", checkpoint_path=path, hooks=self._eval_hooks)
            exported = self._maybe_export(results)
        return results, exported

    def _steps_per_iteration(self) -> int:
        if self._train_steps_per_iteration is not None:
            return self._train_steps_per_iteration
        if self._train_steps is not None:
            return int(self._train_steps / _ITERATIONS)
        return _STEPS_PER_ITERATION

    def _maybe_export(self, eval_result: Any, checkpoint_path: str | None = None) -> list[Any]:
        base = os.path.join(as_text(self._estimator.model_dir), "export")
        return [
            strategy.export(
                self._estimator,
                os.path.join(base, as_text(strategy.name)).encode(),
                checkpoint_path=checkpoint_path,
                eval_result=eval_result,
            )
            for strategy in self._export_strategies
        ]

    def test(self) -> Any:
        """Trains one step, evaluates one batch and exports; returns the metrics."""
        self._call_train(
            input_fn=self._train_input_fn,
            steps=1,
            hooks=self._train_monitors,
            saving_listeners=self._saving_listeners,
        )
        results = self._call_evaluate(
            input_fn=self._eval_input_fn, steps=1, metrics=self._eval_metrics, name="one_pass"
        )
        self._maybe_export(results)
        return results

    # Servers --------------------------------------------------------------------------------------

    def run_std_server(self) -> None:
        """Starts this task's server and waits for its end."""
        self._start_server().join()

    def _start_server(self) -> Any:
        config = self._estimator.config
        if (
            not config.cluster_spec
            or not config.task_type
            or not config.master
            or config.task_id is None
        ):
            raise ValueError(
                "Could not start server; be sure to specify cluster_spec, task_type, master, and "
                "task in RunConfig or set the TF_CONFIG environment variable."
            )
        started = server.Server(
            config.cluster_spec,
            job_name=config.task_type,
            task_index=config.task_id,
            config=config.tf_config,
            start=False,
        )
        started.start()
        return started

    # Both kinds of estimators ---------------------------------------------------------------------

    def _call_train(
        self,
        _sentinel: Any = None,
        input_fn: Any = None,
        steps: int | None = None,
        hooks: Any = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Any:
        if _sentinel is not None:
            raise ValueError("_call_train should be called with keyword args only")
        settings = {"input_fn": input_fn, "steps": steps, "max_steps": max_steps}
        all_hooks = replace_monitors_with_hooks(hooks, self._estimator)
        if not self._core_estimator_used:
            return self._estimator.fit(monitors=all_hooks, **settings)
        return self._estimator.train(hooks=all_hooks, saving_listeners=saving_listeners, **settings)

    def _call_evaluate(
        self,
        _sentinel: Any = None,
        input_fn: Any = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
    ) -> Any:
        if _sentinel is not None:
            raise ValueError("_call_evaluate should be called with keyword args only")
        settings: dict[str, Any] = {
            "input_fn": input_fn, "steps": steps, "name": name,
            "checkpoint_path": checkpoint_path, "hooks": hooks,
        }  # fmt: skip
        if not self._core_estimator_used:
            settings["metrics"] = metrics
        elif metrics is not None:
            raise ValueError("`eval_metrics` must be `None` with `tf.estimator.Estimator`")
        return self._estimator.evaluate(**settings)


def _check_kind(estimator: Any, eval_metrics: Any, saving_listeners: Any) -> None:
    if isinstance(estimator, Estimator):
        if eval_metrics is not None:
            raise ValueError(
                "`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use "
                "`eval_metric_ops` in `tf.estimator.EstimatorSpec` instead."
            )
    else:
        if not isinstance(estimator, Evaluable):
            raise ValueError(
                "`estimator` must implement `tf.contrib.learn.Evaluable` or "
                "`tf.estimator.Estimator`."
            )
        if not isinstance(estimator, Trainable):
            raise ValueError(
                "`estimator` must implement `tf.contrib.learn.Trainable`or "
                "`tf.estimator.`Estimator`."
            )
        if saving_listeners is not None:
            raise ValueError("`saving_listeners` must be `None` with `tf.contrib.learn.Estimator`.")
    if isinstance(estimator, TPUEstimator):
        logging.warning(
            "`Experiment` class cannot work with `tf.contrib.tpu.TPUEstimator`. Please call "
            "`TPUEstimator` train/evaluate directly."
        )


def _strategies(values: Any) -> tuple[ExportStrategy, ...]:
    found = (values,) if isinstance(values, ExportStrategy) else tuple(values or ())
    for value in found:
        if not isinstance(value, ExportStrategy):
            raise ValueError(
                "`export_strategies` must be an ExportStrategy, an iterable of ExportStrategy, or "
                f"`None`, found {value}."
            )
    return found


def _wait(secs: float, form: str) -> None:
    if secs:
        logging.info(f"Waiting {form} secs before starting eval.", secs)
        time.sleep(secs)


def _throttle(secs: float) -> None:
    if secs > 0:
        logging.info("Waiting %f secs before starting next eval run.", secs)
        time.sleep(secs)


@contextlib.contextmanager
def _restored(owner: Any, attribute: str) -> Iterator[None]:
    """A block after which the attribute is what it was."""
    saved = getattr(owner, attribute)
    try:
        yield
    finally:
        setattr(owner, attribute, saved)
