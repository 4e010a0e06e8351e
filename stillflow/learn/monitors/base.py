"""Bases of monitors: what is called before and after each step, or each n-th."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.platform.deprecation import deprecated


class BaseMonitor:
    """What is told of a training's begin, steps and end. Overrides call these methods too."""

    @deprecated(
        "2016-12-05",
        "Monitors are deprecated. Please use tf.train.SessionRunHook.",
    )
    def __init__(self) -> None:
        self._begun = False
        self._current_epoch: int | None = None
        self._current_step: int | None = None
        self._max_steps: int | None = None
        self._estimator: Any = None

    @property
    def run_on_all_workers(self) -> bool:
        """Whether it is for others than the chief too."""
        return False

    def set_estimator(self, estimator: Any) -> None:
        """Called by the estimator that trains; ValueError for None."""
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps: int | None = None) -> None:
        """Called before the training, whose graph is the default one."""
        if self._begun:
            raise ValueError("begin called twice without end.")
        self._max_steps = max_steps
        self._begun = True

    def end(self, session: Any = None) -> None:
        """Called after the training."""
        if not self._begun:
            raise ValueError("end called without begin.")
        self._max_steps = None
        self._begun = False

    def epoch_begin(self, epoch: int) -> None:
        if self._current_epoch is not None:
            raise ValueError("epoch_begin called twice without epoch_end.")
        if epoch < 0:
            raise ValueError(f"Invalid epoch {epoch}.")
        self._current_epoch = epoch

    def epoch_end(self, epoch: int) -> None:
        if self._current_epoch != epoch:
            raise ValueError("epoch_end expected %s but got %s.", self._current_epoch, epoch)
        self._current_epoch = None

    def step_begin(self, step: int) -> list[Any]:
        """Called before a step; returns tensors, or their names, to be fetched with it.

        Raises:
          ValueError: `step` is below 0 or above the last one.
        """
        if step < 0 or (self._max_steps is not None and step > self._max_steps):
            raise ValueError(f"Invalid step {step}.")
        self._current_step = step
        return []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool:
        """Called after a step with what was asked for; returns whether to stop.

        Raises:
          ValueError: another step has begun.
        """
        if self._current_step != step:
            raise ValueError("step_end expected %s but got %s.", self._current_step, step)
        self._current_step = None
        return False

    def post_step(self, step: int, session: Any) -> None:
        """Called after `step_end` of all monitors."""


class EveryN(BaseMonitor):
    """Base of monitors that do something each `every_n_steps` steps.

    Args:
      first_n_steps: it is done in each step up to this one too.
    """

    def __init__(self, every_n_steps: int = 100, first_n_steps: int = 1):
        super().__init__()
        self._every_n_steps = every_n_steps
        self._first_n_steps = first_n_steps
        self._last_successful_step: int | None = None
        self._last_active_step = 0
        self._every_n_step_begin_called = False

    def every_n_step_begin(self, step: int) -> list[Any]:
        """`step_begin` of such a step."""
        return []

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> Any:
        """`step_end` of such a step."""
        return False

    def every_n_post_step(self, step: int, session: Any) -> None:
        """`post_step` of such a step, and of the last one in any case."""

    def step_begin(self, step: int) -> list[Any]:
        super().step_begin(step)
        self._every_n_step_begin_called = (
            step <= self._first_n_steps
            or step >= self._every_n_steps + self._last_active_step
            or step == self._max_steps
        )
        return self.every_n_step_begin(step) if self._every_n_step_begin_called else []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> Any:
        super().step_end(step, output)
        return self.every_n_step_end(step, output) if self._every_n_step_begin_called else False

    def post_step(self, step: int, session: Any) -> None:
        super().post_step(step, session)
        if self._every_n_step_begin_called:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_successful_step = step

    def end(self, session: Any = None) -> None:
        super().end(session=session)
        last = self._last_successful_step
        if last != self._last_active_step:
            self.every_n_post_step(last, session)  # type: ignore[arg-type] # as in TensorFlow


class StopAtStep(BaseMonitor):
    """Stops after `num_steps` steps, or at step `last_step`.

    Raises:
      ValueError: not just one of them is given.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None):
        super().__init__()
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    @property
    def run_on_all_workers(self) -> bool:
        return True

    def step_begin(self, step: int) -> list[Any]:
        super().step_begin(step)
        if self._last_step is None:
            assert self._num_steps is not None
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool:
        super().step_end(step, output)
        assert self._last_step is not None
        return step >= self._last_step


def output_of(outputs: Mapping[Any, Any], request: Any) -> Any:
    """What was fetched for a tensor or a name."""
    return outputs[request] if request in outputs else outputs[request.name]
