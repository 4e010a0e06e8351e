"""When a hook does its work: every so many steps, or seconds."""

from __future__ import annotations

import time

from stillflow.platform import processes


class Timer:
    """Says whether a step is one to do something in, and is told when it was done."""

    def reset(self) -> None:
        """Forgets what was done."""

    def should_trigger_for_step(self, step: int) -> bool:
        raise NotImplementedError

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Takes note of the step; returns the seconds and steps since the last one, or Nones."""
        raise NotImplementedError

    def last_triggered_step(self) -> int | None:
        raise NotImplementedError


class SecondOrStepTimer(Timer):
    """The first step, and every one that comes `every_secs` or `every_steps` after the last.

    Raises:
      ValueError: not exactly one of the two is given.
    """

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None):
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs = every_secs
        self._every_steps = every_steps
        self.reset()

    def reset(self) -> None:
        self._step: int | None = None
        self._time = 0.0

    def should_trigger_for_step(self, step: int) -> bool:
        if self._step is None:
            return True
        if step == self._step:
            return False
        if self._every_secs is not None:
            is_late = time.time() >= self._time + self._every_secs
            return processes.agreed("a timer", is_late)  # ranks of a group do the same
        assert self._every_steps is not None
        return step >= self._step + self._every_steps

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        now, before = time.time(), self._step
        passed = (None, None) if before is None else (now - self._time, step - before)
        self._step, self._time = step, now
        return passed

    def last_triggered_step(self) -> int | None:
        return self._step


class NeverTriggerTimer(Timer):
    """No step at all."""

    def should_trigger_for_step(self, step: int) -> bool:
        return False

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        return None, None

    def last_triggered_step(self) -> int | None:
        return None
