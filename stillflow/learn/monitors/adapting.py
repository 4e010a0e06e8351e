"""Monitors as hooks, which is how they are run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.learn.monitors.base import BaseMonitor
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.platform.decorators import getargspec
from stillflow.train import training_util


class RunHookAdapterForMonitors(SessionRunHook):
    """A hook that calls monitors."""

    def __init__(self, monitors: Sequence[BaseMonitor]):
        self._monitors = monitors

    def begin(self) -> None:
        self._last_step: int | None = None
        self._global_step_tensor = training_util.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        if self._last_step is None:
            self._last_step = run_context.session.run(self._global_step_tensor) + 1
        requests: list[Any] = []
        for monitor in self._monitors:
            asked = monitor.step_begin(self._last_step)
            if asked and not isinstance(asked, list):
                raise ValueError("Monitor.step_begin should return a list.")
            requests.extend(asked or [])
        fetches: dict[Any, Any] = {self._global_step_tensor: self._global_step_tensor}
        if requests:
            fetches["monitors"] = {request: _graph_element(request) for request in requests}
        return SessionRunArgs(fetches)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        step: Any = self._last_step
        outputs = run_values.results.get("monitors", {})
        for monitor in self._monitors:
            if monitor.step_end(step, outputs):
                run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(step, run_context.session)
        self._last_step = run_values.results[self._global_step_tensor] + 1

    def end(self, session: Any) -> None:
        self._last_step = None
        for monitor in self._monitors:
            if "session" in getargspec(monitor.end).args:
                monitor.end(session=session)
            else:
                monitor.end()


def replace_monitors_with_hooks(
    monitors_or_hooks: Iterable[Any] | None, estimator: Any
) -> list[SessionRunHook]:
    """The hooks among them, and one hook for the monitors, which are told of the estimator."""
    both = list(monitors_or_hooks or [])
    hooks = [item for item in both if isinstance(item, SessionRunHook)]
    monitors = [item for item in both if not isinstance(item, SessionRunHook)]
    if not estimator.config.is_chief:
        monitors = [monitor for monitor in monitors if monitor.run_on_all_workers]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return [*hooks, RunHookAdapterForMonitors(monitors)] if monitors else hooks


def _graph_element(request: Any) -> Any:
    """The tensor or operation that a monitor asks for.

    Raises:
      ValueError: it is of another graph, or names an operation of several outputs.
    """
    graph = get_default_graph()
    if not isinstance(request, str):
        if getattr(request, "graph", None) is not graph:
            raise ValueError(
                f"Passed {request} should have graph attribute that is equal to current graph "
                f"{graph}."
            )
        return request
    if ":" in request:
        return graph.as_graph_element(request)
    element = graph.as_graph_element(f"{request}:0")
    if len(element.op.outputs) > 1:
        raise ValueError(
            f"Name {request} is ambiguous, as this `Operation` has multiple outputs (at least 2)."
        )
    return element
