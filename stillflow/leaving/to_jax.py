"""Parts of a graph as pure JAX functions, with the variables that they need."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph import context
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation
from stillflow.runtime.fetches import FetchStructure
from stillflow.runtime.plan import make_plan
from stillflow.runtime.session import BaseSession, state_of
from stillflow.runtime.steps import Plan
from stillflow.runtime.streams import RandomStream

_INSTEAD = "\n  Fetch what comes before it, or feed what comes after it."


def to_jax(
    fetches: Any,
    feeds: Sequence[Any] | Mapping[str, Any] = (),
    *,
    session: BaseSession | None = None,
    checkpoint: str | os.PathLike | None = None,
    updates: bool = False,
    checks: bool = False,
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What a session would fetch, as a pure function that `jax.jit`, `grad` and `vmap` take.

    Without `updates` it is `function(params, *values, **values) -> fetches`, and comes with the
    `params` that it needs: {name of a variable: its value}. With `updates` it is a training step,
    `step(state, *values, **values) -> (fetches, state)`, and comes with the state it starts from:
    {"variables": {name: value}, "random": {name of an op: u32[6], where its stream is}}. Both are
    NumPy arrays. Fetched operations give None.

    The function's derivatives are TensorFlow's (see `xla_derivatives`), by reverse mode, of any
    order; with `checks`, and those of a step, they are JAX's own.

    `function.inputs` has the type and the static sizes of what is fed: {name: (dtype, sizes)}.

    A function draws the same random numbers in every call, those that the session would draw next.

    With JAX's 64-bit types the numbers are the session's. Without, as by default, float64 and int64
    become float32 and int32.

    Args:
      fetches: what `Session.run` takes.
      feeds: placeholders, or other tensors. Their values are given in this order or by name: the
        keys of a mapping, else the names of their operations.
      session: whose graph and variables; the default one if there is one.
      checkpoint: the prefix of files that have the variables, instead of a session.
      checks: whether run-time checks are made. `jax.experimental.checkify` must then wrap the
        function.

    Raises:
      ValueError: there is neither a session nor a checkpoint.
      UnimplementedError: in the function's first call; an operation needs the host. Or, without
        `updates`, at once: the fetches change variables.
      FailedPreconditionError: a variable has no value.
    """
    if session is None and checkpoint is None:
        session = context.get_default_session()
        if session is None:
            raise ValueError(
                "to_jax needs the variables' values, and there is no default session.\n"
                "  Pass session= or checkpoint=."
            )
    graph = context.get_default_graph() if session is None else session.graph
    part = _Part(graph, fetches, feeds, checks)
    state = part.state(session, checkpoint)
    if updates:
        return part.step, state
    return part.function(state["random"]), state["variables"]


class _Part:
    """What is fetched of a graph, and what is fed."""

    def __init__(self, graph: Graph, fetches: Any, feeds: Any, checks: bool):
        self._structure = FetchStructure(graph, fetches)
        given = feeds.items() if isinstance(feeds, Mapping) else [(None, feed) for feed in feeds]
        named = [
            (name, graph.as_graph_element(feed, allow_operation=False)) for name, feed in given
        ]
        self._names = [tensor.op.name if name is None else name for name, tensor in named]
        self._feeds = [tensor for _, tensor in named]
        self._plan: Plan = make_plan(self._structure.elements, self._feeds)
        self._checks = checks

    # Values ---------------------------------------------------------------------------------------

    def variables(
        self, session: BaseSession | None, checkpoint: str | os.PathLike | None
    ) -> dict[str, np.ndarray]:
        names = [variable.name for variable in self._plan.variables]
        if checkpoint is not None:
            reader = CheckpointReader(checkpoint)
            return {name: reader.get_tensor(name) for name in names}
        assert session is not None
        state = state_of(session)
        with state.lock:
            state.require(self._plan.required)
            return {v.name: np.array(state.variables[v]) for v in self._plan.variables}

    def state(
        self, session: BaseSession | None, checkpoint: str | os.PathLike | None
    ) -> dict[str, dict[str, np.ndarray]]:
        make = RandomStream if session is None else state_of(session).stream
        streams = {op.name: make(op).words() for op in self._plan.streams}
        return {"variables": self.variables(session, checkpoint), "random": streams}

    # Functions ------------------------------------------------------------------------------------

    def function(self, random: Mapping[str, np.ndarray]) -> Callable[..., Any]:
        """What gives the fetches for variables and values of what is fed.

        `random` is where the streams are, in every call.

        Raises:
          UnimplementedError: variables are written.
        """
        for op in self._plan.written:
            raise UnimplementedError(
                None,
                op,
                f"What is fetched writes {op.name}, and a function of the variables does not.\n"
                "  Pass updates=True for a step that returns its new state.",
            )

        @functools.cache
        def differentiable() -> Callable[..., list[Any]]:
            from stillflow.leaving import xla_derivatives  # it imports jax

            names = [op.name for op in self._plan.variables]
            elements = self._structure.elements
            return xla_derivatives.differentiable(elements, self._feeds, names, random)

        def function(params: Mapping[str, Any], *values: Any, **named: Any) -> Any:
            if self._checks:
                return self.step({"variables": params, "random": random}, *values, **named)[0]
            variables = _by_operation(self._plan.variables, params, "variable")
            by_name = {op.name: value for op, value in variables.items()}
            given = self._in_order(values, named)
            return self._structure.pack(_told(lambda: differentiable()(by_name, given)))

        function.inputs = self._inputs()  # type: ignore[attr-defined]
        return function

    def _inputs(self) -> dict[str, tuple[np.dtype, tuple[int | None, ...] | None]]:
        return {
            name: (np.dtype(feed.dtype.as_numpy_dtype), feed.shape.sizes)
            for name, feed in zip(self._names, self._feeds, strict=True)
        }

    def step(
        self, state: Mapping[str, Mapping[str, Any]], *values: Any, **named: Any
    ) -> tuple[Any, dict[str, dict[str, Any]]]:
        """The fetches, and the state after the run."""
        from stillflow.runtime import xla_functions  # it imports jax

        feeds = self._in_order(values, named)
        plan = self._plan
        variables = _by_operation(plan.variables, state["variables"], "variable")
        streams = _by_operation(plan.streams, state["random"], "random stream")
        found = _told(lambda: xla_functions.outcome(plan, variables, streams, feeds))
        if self._checks:
            xla_functions.as_checks(found.checks)
        after = {
            "variables": {op.name: value for op, value in found.variables.items()},
            "random": {op.name: words for op, words in found.streams.items()},
        }
        return self._structure.pack(found.fetched), after

    def _in_order(self, values: Sequence[Any], named: dict[str, Any]) -> list[Any]:
        given = dict(zip(self._names, values, strict=False)) | named
        missing = [name for name in self._names if name not in given]
        unknown = [name for name in given if name not in self._names]
        if missing or unknown or len(values) > len(self._names):
            raise TypeError(
                f"This function takes {', '.join(self._names) or 'no values'} besides its "
                f"variables; missing: {missing}, unknown: {unknown}, by position: {len(values)}."
            )
        return [given[name] for name in self._names]


def _told(compute: Callable[[], Any]) -> Any:
    """What `compute` gives; UnimplementedError where it needs the host."""
    from stillflow.runtime.xla_holders import NotTraceable  # it imports jax

    try:
        return compute()
    except NotTraceable as refusal:
        raise UnimplementedError(
            None, refusal.op, f"{refusal}: no part of a JAX function.{_INSTEAD}"
        ) from refusal


def _by_operation(
    ops: Iterable[Operation], values: Mapping[str, Any], kind: str
) -> dict[Operation, Any]:
    missing = [op.name for op in ops if op.name not in values]
    if missing:
        raise TypeError(f"There is no value for the {kind} {', '.join(missing)}.")
    return {op: values[op.name] for op in ops}
