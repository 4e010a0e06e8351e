"""Hooks that end a training, hold it up, or are called at its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stillflow.graph.errors import OutOfRangeError
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.monitored.steps import step_read
from stillflow.platform import logging

_POLL_SECONDS = 0.5
_STEPS_BETWEEN_REPORTS = 1000


class StopAtStepHook(SessionRunHook):
    """Requests a stop after `num_steps` more steps, or once the global step is `last_step`.

    Raises:
      ValueError: not exactly one of the two is given.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None):
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        self._global_step_tensor = step_read("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        assert self._last_step is not None
        # What was fetched is the step from before the run, which may not have raised it.
        if run_values.results + 1 >= self._last_step:
            step = run_context.session.run(self._global_step_tensor)
            if step >= self._last_step:
                run_context.request_stop()


class GlobalStepWaiterHook(SessionRunHook):
    """Holds the first run up until others have brought the global step to `wait_until_step`."""

    def __init__(self, wait_until_step: int):
        self._wait_until_step = wait_until_step

    def begin(self) -> None:
        self._worker_is_started = False
        self._global_step_tensor = step_read("_GlobalStepWaiterHook")

    def before_run(self, run_context: SessionRunContext) -> None:
        if not self._worker_is_started:
            if self._wait_until_step > 0:
                self._wait(run_context.session)
            self._worker_is_started = True

    def _wait(self, session: Any) -> None:
        waiting = "Waiting for global step %d before starting training."
        logging.info(waiting, self._wait_until_step)
        reported = 0
        while (step := session.run(self._global_step_tensor)) < self._wait_until_step:
            if step - reported > _STEPS_BETWEEN_REPORTS:
                logging.info(f"{waiting} Current step is %d.", self._wait_until_step, step)
                reported = step
            time.sleep(_POLL_SECONDS)


class FinalOpsHook(SessionRunHook):
    """Runs `final_ops`, of any structure, at the end of the session.

    Attributes:
      final_ops_values: what they gave; None before.
    """

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None):
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self.final_ops_values: Any = None

    def end(self, session: Any) -> None:
        if self._final_ops is None:
            return
        try:
            self.final_ops_values = session.run(self._final_ops, self._final_ops_feed_dict)
        except (OutOfRangeError, StopIteration):
            logging.warning(
                "An OutOfRangeError or StopIteration exception is raised by the code in "
                "FinalOpsHook. This typically means the Ops running by the FinalOpsHook have a "
                "dependency back to some input source, which should not happen. Input has ended: "
                "have them read variables only, such as the value (not the update) of a metric."
            )
            raise


class FeedFnHook(SessionRunHook):
    """Feeds what `feed_fn()` returns, a dict, in every run."""

    def __init__(self, feed_fn: Callable[[], Any]):
        self.feed_fn = feed_fn

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())
