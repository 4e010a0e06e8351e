"""The walk over steps, traced: a pure function from values by slot to values by slot.

It holds no buffer and knows no session; `runtime.xla` wraps it for speed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import export, lax

from stillflow.declare.numpy.denormals import flushed
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph.operation import Operation
from stillflow.runtime.repeats import Repeat, rolled
from stillflow.runtime.steps import Step
from stillflow.runtime.towers import Towers
from stillflow.runtime.trips import Trips
from stillflow.runtime.xla_floats import faithful
from stillflow.runtime.xla_holders import NotTraceable
from stillflow.runtime.xla_namespace import Check, JaxNamespace
from stillflow.runtime.xla_regions import traced

# What JAX raises where Python or NumPy asks for the value of what is traced.
_NEEDS_VALUE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)


class Traced(NamedTuple):
    """What a walk gave.

    values: by slot, but of those within a repeated run of steps; a variable that it updated has
      its old value when a check failed.
    checks: the conditions of the run, in order.
    folded: what followed from constants and shapes alone, by slot, and so needs no run.
    drawn: the shapes of what random ops drew.
    """

    values: dict[int, Any]
    checks: list[Check]
    folded: dict[int, Any]
    drawn: dict[Operation, tuple[int, ...]]


def trace(
    steps: Sequence[Step],
    given: Mapping[int, Any],
    updated: Iterable[int],
    turns: Mapping[Operation, Trips],
    kept: Collection[int],
    for_here: bool = False,
) -> Traced:
    """Traces `steps` over the values `given`; `updated` are the variables whose buffers it takes.

    `turns` are those of loops that make them in every run, `kept` the slots that are wanted.
    What is traced `for_here` is run on this process's processor alone.

    Values that are no JAX arrays are known while tracing: NumPy computes what follows from them.

    Raises:
      NotTraceable: a step, whose `op` it tells, needs the host.
    """
    values = dict(given)
    namespace = JaxNamespace()
    namespace.turns = turns
    namespace.is_for_here = for_here
    with flushed(), np.errstate(all="ignore"):
        for item in rolled(steps, kept, lambda slot: _known(values.get(slot))):
            if isinstance(item, Repeat):
                _repeat(item, values, namespace)
            else:
                _step(item, values, namespace)
        # A failed run leaves the variables as they were, though their buffers are replaced.
        for slot in updated:
            values[slot] = namespace.if_passed(values[slot], given[slot])
    drawn = {s.op: np.shape(values[s.outputs[0]]) for s in steps if s.blocks is not None}
    for step in steps:
        if isinstance(step.region, Towers):
            drawn.update(step.region.drawn)
    return Traced(values, namespace.checks, _folded(steps, values), drawn)


def _known(value: Any) -> Any:
    return None if isinstance(value, jax.Array) else value


def _step(step: Step, values: dict[int, Any], namespace: JaxNamespace) -> None:
    try:
        _evaluate([step], values, namespace)
    except NotTraceable as refusal:
        refusal.op = step.op
        raise


def _repeat(repeat: Repeat, values: dict[int, Any], namespace: JaxNamespace) -> None:
    """A loop in place of steps that repeat, where what goes round keeps its shape and type."""

    def block(_: Any, going: Any) -> Any:
        inside = {**values, repeat.start: going}
        _evaluate(repeat.block, inside, namespace)
        return inside[repeat.block[-1].outputs[0]]

    start = values[repeat.start]
    if not isinstance(start, jax.Array) or not _is_like(jax.eval_shape(block, 0, start), start):
        for step in repeat.steps:
            _step(step, values, namespace)
        return
    end = lax.fori_loop(0, repeat.times, faithful(block), start)
    values[repeat.steps[-1].outputs[0]] = end


def _is_like(value: Any, other: Any) -> bool:
    return (value.shape, value.dtype) == (other.shape, other.dtype)


def _evaluate(steps: Sequence[Step], values: dict[int, Any], namespace: JaxNamespace) -> None:
    for step in steps:
        inputs = [values.get(slot) for slot in step.inputs]
        known = step.is_pure and not any(isinstance(value, jax.Array) for value in inputs)
        namespace.op = step.op
        if step.on_host and not known:
            raise NotTraceable(f"{step.op.type} runs on the host only")
        try:
            if step.region is not None and not known:
                result = traced(step.region, namespace, inputs, _evaluate)
            else:
                result = _applied(step, namespace, inputs, known)
            step.checked(inputs, result)
        except _NEEDS_VALUE as error:
            raise NotTraceable(f"{step.op.type} needs a value that only a run knows") from error
        except Exception as error:
            raise step.failure(error, inputs) from error
        results = (result,) if len(step.outputs) == 1 else result or ()
        values.update(zip(step.outputs, results, strict=True))
        if not namespace.is_narrow:
            step.check_types(values)


def _applied(step: Step, namespace: JaxNamespace, inputs: list[Any], known: bool) -> Any:
    """The step's result: by NumPy where its inputs are known, unless they are sizes left open."""
    if not known:
        return step.fn(namespace, *inputs, **step.attrs)
    if not any(_are_sizes(value) for value in inputs):
        return step.fn(NUMPY, *inputs, **step.attrs)
    try:
        return _plain_if_closed(step.fn(NUMPY, *inputs, **step.attrs), step.op)
    except TypeError:
        return step.fn(namespace, *inputs, **step.attrs)


def _are_sizes(value: Any) -> bool:
    """Whether `value` is an array in which a size is left open, or was."""
    return (
        isinstance(value, np.ndarray)
        and value.dtype == object
        and any(export.is_symbolic_dim(size) for size in value.flat)
    )


def _plain_if_closed(result: Any, op: Operation) -> Any:
    """What a step made of sizes, as plain numbers where none is left open."""
    if not isinstance(result, np.ndarray) or result.dtype != object or _are_sizes(result):
        return result
    return result.astype(op.outputs[0].dtype.as_numpy_dtype)


def _folded(steps: Sequence[Step], values: dict[int, Any]) -> dict[int, Any]:
    return {
        slot: values[slot]
        for step in steps
        if step.is_pure
        for slot in step.outputs
        if slot in values and not isinstance(values[slot], jax.Array)
    }
