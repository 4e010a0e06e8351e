"""`tf.contrib.distribute.Monitor`: steps, one after another."""

from __future__ import annotations

from typing import Any

from stillflow.graph.errors import OutOfRangeError
from stillflow.ops.variables.sets import global_variables_initializer


class Monitor:
    """Does the steps that a function builds, with variables from their initial values.

    Args:
      step_callable: builds a step; its `initialize()` gives what comes before.
      session: where they run.

    Raises:
      ValueError: no session.
    """

    def __init__(self, step_callable: Any, session: Any = None):
        if session is None:
            raise ValueError("Should provide a `session` in Graph mode.")
        session.run(step_callable.initialize())
        self._run_step = session.make_callable(step_callable())
        session.run(global_variables_initializer())

    def run_steps(self, num_steps: int | None = None) -> None:
        """So many steps; without a number, until the input ends."""
        step = 0
        while num_steps is None or step < num_steps:
            try:
                self._run_step()
            except OutOfRangeError:
                return
            step += 1
