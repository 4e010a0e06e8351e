"""Hooks that end a training early: by a function, or by what evaluations gave so far."""

from __future__ import annotations

import operator
import os
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from stillflow.estimator.estimator import Estimator
from stillflow.events.event_file import summary_iterator
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.monitored.timers import SecondOrStepTimer
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import AUTO_REUSE, get_variable, variable_scope
from stillflow.ops.variables.state import assign
from stillflow.platform import files, logging
from stillflow.train.training_util import get_global_step

_EVENTS = "*.tfevents.*"


def make_early_stopping_hook(
    estimator: Estimator,
    should_stop_fn: Callable[[], bool],
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that ends the training when `should_stop_fn()` returns True.

    Args:
      run_every_secs, run_every_steps: how often it is asked; one of them, so None for the other.

    Raises:
      TypeError: `estimator` is none, or the function cannot be called.
      ValueError: both are given.
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(
            f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}"
        )
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    return _StopOnPredicateHook(should_stop_fn, run_every_secs, run_every_steps)


def stop_if_higher_hook(
    estimator: Estimator,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """Returns a hook that ends the training once a metric was above `threshold`.

    Args:
      metric_name: as evaluations call it.
      eval_dir: where those are recorded; `estimator.eval_dir()` by default.
      min_steps: earlier evaluations are not looked at.
      run_every_secs, run_every_steps: how often it looks.
    """
    crossed = _Crossing(metric_name, threshold, operator.gt, "greater than", min_steps)
    return _watching(estimator, crossed, eval_dir, run_every_secs, run_every_steps)


def stop_if_lower_hook(
    estimator: Estimator,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """`stop_if_higher_hook` for a metric below `threshold`."""
    crossed = _Crossing(metric_name, threshold, operator.lt, "less than", min_steps)
    return _watching(estimator, crossed, eval_dir, run_every_secs, run_every_steps)


def stop_if_no_increase_hook(
    estimator: Estimator,
    metric_name: str,
    max_steps_without_increase: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """`stop_if_higher_hook` for a metric whose best is `max_steps_without_increase` steps old."""
    stuck = _Standstill(metric_name, max_steps_without_increase, operator.gt, "increase", min_steps)
    return _watching(estimator, stuck, eval_dir, run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(
    estimator: Estimator,
    metric_name: str,
    max_steps_without_decrease: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """`stop_if_no_increase_hook` for a metric that is the better the lower it is."""
    stuck = _Standstill(metric_name, max_steps_without_decrease, operator.lt, "decrease", min_steps)
    return _watching(estimator, stuck, eval_dir, run_every_secs, run_every_steps)


def _watching(
    estimator: Estimator,
    criterion: _Criterion,
    eval_dir: str | None,
    run_every_secs: float | None,
    run_every_steps: int | None,
) -> SessionRunHook:
    folder = estimator.eval_dir() if eval_dir is None else eval_dir
    return make_early_stopping_hook(
        estimator, lambda: criterion.holds(folder), run_every_secs, run_every_steps
    )


class _Criterion:
    """What evaluations from a step on are asked, by a metric of theirs."""

    def __init__(
        self,
        metric: str,
        limit: float,
        is_better: Callable[[Any, Any], bool],
        word: str,
        min_steps: int,
    ):
        self._metric, self._limit = metric, limit
        self._is_better, self._word = is_better, word
        self._min_steps = min_steps

    def holds(self, folder: str) -> bool:
        raise NotImplementedError

    def _values(self, folder: str) -> Iterator[tuple[int, Any]]:
        for step, metrics in read_eval_metrics(folder).items():
            if step >= self._min_steps:
                yield step, metrics[self._metric]


class _Crossing(_Criterion):
    def holds(self, folder: str) -> bool:
        for step, value in self._values(folder):
            if self._is_better(value, self._limit):
                logging.info(
                    'At step %s, metric "%s" has value %s which is %s the configured threshold '
                    "(%s) for early stopping.",
                    *(step, self._metric, value, self._word, self._limit),
                )
                return True
        return False


class _Standstill(_Criterion):
    def holds(self, folder: str) -> bool:
        best: Any = None
        best_step = 0
        for step, value in self._values(folder):
            if best is None or self._is_better(value, best):
                best, best_step = value, step
            if step - best_step >= self._limit:
                logging.info(
                    'No %s in metric "%s" for %s steps, which is greater than or equal to max '
                    "steps (%s) configured for early stopping.",
                    *(self._word, self._metric, step - best_step, self._limit),
                )
                return True
        return False


def read_eval_metrics(eval_dir: str) -> OrderedDict[int, dict[str, float]]:
    """Returns the metrics that evaluations recorded in a folder, by step, the earliest first."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for event in _events(eval_dir):
        if event.HasField("summary"):
            metrics = {
                value.tag: value.simple_value
                for value in event.summary.value
                if value.HasField("simple_value")
            }
            if metrics:
                found[event.step].update(metrics)
    return OrderedDict(sorted(found.items()))


def _events(folder: str) -> Iterator[Any]:
    if files.exists(folder):
        for path in files.glob(os.path.join(folder, _EVENTS)):
            yield from summary_iterator(path)


class _StopOnPredicateHook(SessionRunHook):
    """Asks a function now and then; notes in a variable, which others may read, that it is over."""

    def __init__(
        self,
        should_stop_fn: Callable[[], bool],
        run_every_secs: float | None = 60,
        run_every_steps: int | None = None,
    ):
        if not callable(should_stop_fn):
            raise TypeError("`should_stop_fn` must be callable.")
        self._should_stop_fn = should_stop_fn
        self._timer = SecondOrStepTimer(every_secs=run_every_secs, every_steps=run_every_steps)

    def begin(self) -> None:
        self._global_step = get_global_step()
        self._stop_op = assign(_stop_variable(), True)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if self._should_stop_fn():
            logging.info("Requesting early stopping at global step %d", step)
            run_context.session.run(self._stop_op)
            run_context.request_stop()


def _stop_variable() -> Any:
    with variable_scope("signal_early_stopping", values=[], reuse=AUTO_REUSE):
        return get_variable(
            "STOP",
            shape=[],
            dtype=dtypes.bool,
            initializer=Constant(False),
            collections=[GraphKeys.GLOBAL_VARIABLES],
            trainable=False,
        )
