"""`tf.train.basic_train_loop`: a function called in a supervisor's session until it stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph.errors import AbortedError
from stillflow.monitored.supervisor import Supervisor


def basic_train_loop(
    supervisor: Supervisor,
    train_step_fn: Callable[..., Any],
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    master: str = "",
) -> None:
    """Calls `train_step_fn(session, *args, **kwargs)` until the supervisor is to stop.

    A session that was aborted is opened again; another error leaves the loop.
    """
    while True:
        try:
            with supervisor.managed_session(master) as session:
                while not supervisor.should_stop():
                    train_step_fn(session, *(args or ()), **(kwargs or {}))
            return
        except AbortedError:
            continue
