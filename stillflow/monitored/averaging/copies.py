"""What the averaging optimizers share: copies of variables, and the hook that starts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import control_dependencies, device
from stillflow.monitored.hook import SessionRunHook
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import no_op
from stillflow.ops.math.comparison import equal
from stillflow.ops.math.division import floormod
from stillflow.ops.variables.scope import get_variable
from stillflow.ops.variables.sets import global_variables_initializer, local_variables_initializer
from stillflow.ops.variables.state import assign_add

GLOBAL = "global_center_variable"


def make_copies(
    getter: Callable[..., Any],
    name: str,
    worker_device: str,
    beside: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[Any, dict[Any, Any], dict[Any, Any]]:
    """Makes a worker's own variable, one that all share, and another of the worker's.

    Returns:
      The first, and of each of its parts the second and the third; none where it is reused.
    """
    local_options = {"collections": [GraphKeys.LOCAL_VARIABLES], **kwargs}
    with device(worker_device):
        own = getter(name, *args, trainable=True, **local_options)
    if kwargs["reuse"] is True:
        return own, {}, {}
    shared = getter(
        *args,
        name=f"{GLOBAL}/{name}",
        trainable=False,
        collections=[GraphKeys.GLOBAL_VARIABLES],
        **kwargs,
    )
    with device(worker_device):
        other = getter(*args, name=f"{beside}/{name}", trainable=False, **local_options)
    if kwargs["partitioner"] is None:
        return own, {own: shared}, {own: other}
    parts = list(own)
    by_part = [dict(zip(parts, list(copies), strict=True)) for copies in (shared, other)]
    return own, *by_part


def get_untrained(
    getter: Callable[..., Any], name: str, worker_device: str, *args: Any, **kwargs: Any
) -> Any:
    """Makes a variable that is not trained; a local one on the worker."""
    if GraphKeys.LOCAL_VARIABLES in kwargs["collections"]:
        with device(worker_device):
            return getter(name, *args, **kwargs)
    return getter(name, *args, **kwargs)


def local_step() -> Any:
    """The variable that counts a worker's steps."""
    return get_variable(
        initializer=0,
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
        name="local_step",
    )


def counted(step: Any) -> Any:
    """Returns the operation that counts a step."""
    return assign_add(step, 1, name="local_step_update").op


def every(
    step: Any, period: int, after: list[Any], update: Callable[[], Any], also: Any = ()
) -> Any:
    """Returns what runs `update` behind `after` and `also` every `period` steps."""
    with control_dependencies(after):
        is_due = equal(floormod(step, period), 0)
        if not also:
            return cond(is_due, update, no_op)
    with control_dependencies(also):
        return cond(is_due, update, no_op)


class InitialCopies(SessionRunHook):
    """Gives a worker's variables their first values when a session is made.

    Args:
      init_op: builds what does.
      is_chief: whether this worker also gives the variables that are shared their values.
    """

    def __init__(self, init_op: Callable[[], Any], is_chief: bool):
        self._init = init_op
        self._is_chief = is_chief

    def begin(self) -> None:
        self._local_init_op = local_variables_initializer()
        self._global_init_op = global_variables_initializer() if self._is_chief else None
        self._variable_init_op = self._init()

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._variable_init_op)
