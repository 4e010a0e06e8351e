"""The XLA tier: a plan's steps compiled into one function by `jax.jit`.

The function is the host tier's walk over the steps, traced with jax.numpy. Values that are known
while tracing (constants, shapes and what follows from them) stay NumPy arrays, so they fold. Only
this module and `xla_namespace` import jax, and only a run that is worth compiling imports them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation
from stillflow.ops.xp import NUMPY
from stillflow.runtime.host import check_outputs, run_error
from stillflow.runtime.plan import Plan, Step, check_written_shapes
from stillflow.runtime.xla_namespace import JaxNamespace, Message


class XlaProgram:
    """A plan compiled for feeds of certain shapes.

    `static_feeds` maps the slots of feeds that must be known while compiling to their values.
    `given` are the variables that have a value when the run starts.
    """

    def __init__(self, plan: Plan, static_feeds: dict[int, np.ndarray], given: Sequence[Operation]):
        self._plan = plan
        self._static_feeds = static_feeds
        self._feeds = [slot for slot in plan.feeds if slot not in static_feeds]
        self._updated = [v for v in given if v in plan.written]
        self._read = [v for v in given if v not in plan.written]
        self._fetches = [slot for slot in plan.fetches if slot is not None]
        self.traces = 0
        self.runs = 0
        self.blocks: dict[Operation, int] = {}
        self._messages: list[tuple[Operation, Message]] = []
        # The updated variables' buffers are given up, so that XLA updates them in place.
        self._compiled = jax.jit(self._traced, donate_argnums=(0,))

    def run(
        self, variables: dict[Operation, Any], feeds: dict[int, Any], streams: list[Any]
    ) -> tuple[list[np.ndarray], dict[Operation, Any], Exception | None]:
        """Runs once, with feeds by slot and streams in the plan's order.

        Returns:
          What is fetched, the new value of each written variable, and the error of a failed check;
          with an error, every variable comes back as it was.
        """
        with jax.enable_x64(True):
            fetched, written, flags, seen = self._compiled(
                [_owned(variables[v]) for v in self._updated],
                [variables[v] for v in self._read],
                [feeds[slot] for slot in self._feeds],
                streams,
            )
            new = dict(zip(self._plan.written, written, strict=True))
            # The caller may change the arrays that it fed once this returns.
            jax.block_until_ready((fetched, written))
            self.runs += 1
            error = self._failure(flags, seen) if self._messages else None
            return [np.array(value) for value in fetched], new, error

    def _failure(self, flags: Any, seen: Any) -> Exception | None:
        for ok, (op, message), values in zip(np.asarray(flags), self._messages, seen, strict=True):
            if not ok:
                return InvalidArgumentError(None, op, message(*map(np.asarray, values)))
        return None

    def _traced(self, updated: list, read: list, feeds: list, streams: list) -> tuple:
        self.traces += 1  # reached only while tracing; tests read it
        plan = self._plan
        slots = plan.constants.copy()
        for slot, value in self._static_feeds.items():
            slots[slot] = value
        for slot, value in zip(self._feeds, feeds, strict=True):
            slots[slot] = value
        for variable, value in zip([*self._updated, *self._read], [*updated, *read], strict=True):
            slots[plan.variables[variable]] = value
        for slot, value in zip(plan.streams.values(), streams, strict=True):
            slots[slot] = value
        checks = evaluate(plan.steps, slots)
        check_written_shapes(plan, slots)
        self._messages = [(op, message) for op, _, message, _ in checks]
        self.blocks = _blocks(plan, slots)
        written = [slots[slot] for slot in plan.written.values()]
        flags = [ok for _, ok, _, _ in checks]
        if flags:
            old = dict(zip(self._updated, updated, strict=True))
            all_ok = jnp.all(jnp.stack(flags))
            written = [
                jnp.where(all_ok, value, old[v]) if v in old else value
                for v, value in zip(plan.written, written, strict=True)
            ]
        arguments = {id(value) for value in (*updated, *read, *feeds, *streams)}
        return (
            [_result(slots[slot], arguments) for slot in self._fetches],
            [_result(value, arguments) for value in written],
            jnp.stack(flags) if flags else None,
            [values for _, _, _, values in checks],
        )


def evaluate(steps: Sequence[Step], slots: list[Any]) -> list[tuple]:
    """Traces `steps` over `slots`. Returns (op, condition, message, values) of each check."""
    namespace = JaxNamespace()
    checks: list[tuple] = []
    for step in steps:
        inputs = [slots[slot] for slot in step.inputs]
        known = step.op.defn.is_pure and not any(isinstance(v, jax.Array) for v in inputs)
        try:
            result = step.fn(NUMPY if known else namespace, *inputs, **step.attrs)
        except Exception as error:
            raise run_error(step.op, error, inputs) from error
        results = (result,) if len(step.outputs) == 1 else result or ()
        for slot, value in zip(step.outputs, results, strict=True):
            slots[slot] = value
        check_outputs(step, slots)
        checks += [(step.op, *check) for check in namespace.checks]
        namespace.checks = []
    return checks


def _blocks(plan: Plan, slots: list[Any]) -> dict[Operation, int]:
    """How far a run moves each random stream on."""
    return {
        step.op: step.op.defn.stream(np.shape(slots[step.outputs[0]]))
        for step in plan.steps
        if step.op.defn.stream is not None
    }


def _owned(value: Any) -> jax.Array:
    """`value` in a buffer of XLA's own, which may be given up; a NumPy array's may be shared."""
    return value if isinstance(value, jax.Array) else jnp.array(value, copy=True)


def _result(value: Any, arguments: set[int]) -> Any:
    # jit would hand an argument straight through, and with it memory that is the caller's.
    return jnp.copy(value) if id(value) in arguments else value
