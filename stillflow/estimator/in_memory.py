"""`tf.estimator.experimental.InMemoryEvaluatorHook`: evaluations amid a training, without files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.estimator import checking, recording
from stillflow.estimator.estimator import Estimator
from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import get_collection
from stillflow.monitored import evaluating
from stillflow.monitored.hook import SessionRunContext, SessionRunHook, SessionRunValues
from stillflow.monitored.scaffold import Scaffold
from stillflow.monitored.stopping import StopAtStepHook
from stillflow.monitored.timers import SecondOrStepTimer
from stillflow.ops.control.ordering import group, placeholder
from stillflow.ops.variables.state import assign


class InMemoryEvaluatorHook(SessionRunHook):
    """Evaluates at the start, after every so many steps, and at the end.

    The evaluation's variables get the values of the training's; results are recorded as those of
    `Estimator.evaluate` are.

    Args:
      input_fn, steps, hooks, name: as `Estimator.evaluate`'s.
      every_n_iter: after how many steps.

    Raises:
      ValueError: `every_n_iter` is not positive, there are several hosts; or when training
        begins, the model's Scaffold has a saver or an `init_fn`.
    """

    def __init__(
        self,
        estimator: Estimator,
        input_fn: Callable[..., Any],
        steps: int | None = None,
        hooks: Iterable[SessionRunHook] | None = None,
        name: str | None = None,
        every_n_iter: int = 100,
    ):
        if every_n_iter is None or every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        config = estimator.config
        if config.num_ps_replicas > 0 or config.num_worker_replicas > 1:
            raise ValueError("InMemoryEvaluator supports only single machine (aka Local) setting.")
        self._estimator = estimator
        self._input_fn = input_fn
        self._eval_dir = os.path.join(estimator.model_dir, f"eval_{name}" if name else "eval")
        self._hooks = checking.checked_hooks(hooks)
        checking.check_positive("steps", steps)
        if steps is not None:
            self._hooks.append(evaluating.StopAfterNEvalsHook(steps))
        self._timer = SecondOrStepTimer(every_steps=every_n_iter)

    def begin(self) -> None:
        self._timer.reset()
        self._steps = 0
        self._graph = Graph()
        with self._graph.as_default():
            scaffold, self._update, self._values, built = self._estimator._build_evaluation(
                self._input_fn, None
            )
            input_hooks, own_hooks = built
            self._all_hooks = [*input_hooks, *self._hooks, *own_hooks]
            if scaffold.saver is not None:
                raise ValueError("InMemoryEvaluator does not support custom saver")
            if scaffold.init_fn is not None:
                raise ValueError("InMemoryEvaluator does not support custom init_fn")
            self._scaffold = scaffold
            self._own = _global_variables()
            self._fed = {name: placeholder(own.dtype) for name, own in self._own.items()}

    def after_create_session(self, session: Any, coord: Any) -> None:
        if get_collection(GraphKeys.SAVEABLE_OBJECTS):
            raise ValueError(
                "InMemoryEvaluator does not support saveables other than global variables."
            )
        trained = _global_variables()
        shared = [name for name in self._own if name in trained]
        self._trained = {name: trained[name] for name in shared}
        with self._graph.as_default():
            self._copy = group(*[assign(self._own[name], self._fed[name]) for name in shared])
        self._evaluate(session)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        self._steps += 1
        if self._timer.should_trigger_for_step(self._steps):
            self._evaluate(run_context.session)

    def end(self, session: Any) -> None:
        self._evaluate(session)

    def _evaluate(self, session: Any) -> None:
        values = session.run(self._trained)
        feeds = {self._fed[name]: value for name, value in values.items()}

        def copied(scaffold: Scaffold, session: Any) -> None:
            session.run(self._copy, feed_dict=feeds)

        with self._graph.as_default():
            results = evaluating.evaluate_once(
                None,
                master=self._estimator.config.evaluation_master,
                scaffold=Scaffold(init_fn=copied, copy_from_scaffold=self._scaffold),
                eval_ops=self._update,
                final_ops=self._values,
                hooks=self._all_hooks,
                config=self._estimator.config.session_config,
            )
        recording.record_metrics(self._eval_dir, results, None)
        self._timer.update_last_triggered_step(self._steps)


def _global_variables() -> dict[str, Any]:
    return {variable.name: variable for variable in get_collection(GraphKeys.GLOBAL_VARIABLES)}


def make_stop_at_checkpoint_step_hook(
    estimator: Estimator, last_step: int, wait_after_file_check_secs: float = 30
) -> SessionRunHook:
    """Returns a hook that ends the training at `last_step`.

    Args:
      wait_after_file_check_secs: of no account in one process, which saves checkpoints itself.
    """
    return StopAtStepHook(last_step=last_step)
