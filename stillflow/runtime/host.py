"""The host tier: a plan's steps in NumPy, one after another, with no compile time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.runtime.recording.current import current
from stillflow.runtime.steps import Step

# A step ready to go: a function, the slots of its inputs, and the slot of its one output, else None
# and the slots of its outputs.
Call = tuple[Any, tuple[int, ...], int | None, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class HostProgram:
    """Steps as calls. A slot in `aliases` is read from another."""

    constants: list[Any]
    calls: Sequence[Call]
    steps: Sequence[Step]
    aliases: dict[int, int]

    def run(self, slots: list[Any]) -> None:
        """Fills `slots`, in which feeds, variables and kept state are set already."""
        done = 0
        try:
            for call, inputs, single, outputs in self.calls:
                result = call(*[slots[i] for i in inputs])
                if single is None:
                    for slot, value in zip(outputs, result, strict=True):
                        slots[slot] = value
                else:
                    slots[single] = result
                done += 1
        except Exception as error:
            inputs = self.calls[done][1]
            failure = self.steps[done].failure(error, [slots[i] for i in inputs])
            if failure is error:  # of a function that a kernel calls: it has its own cause
                raise
            raise failure from error

    @property
    def inputs(self) -> list[int]:
        """The slots that the steps read."""
        return [slot for _, inputs, _, _ in self.calls for slot in inputs]


def host_program(
    constants: list[Any], steps: Sequence[Step], aliases: dict[int, int] | None = None
) -> HostProgram:
    """The program that does `steps`."""
    aliases = aliases or {}
    calls = []
    for step in steps:
        single = step.outputs[0] if len(step.outputs) == 1 else None
        inputs = tuple(aliases.get(slot, slot) for slot in step.inputs)
        call: Any = step.kernel
        if call is None:
            call = partial(_checking(step) if step.checks else step.fn, NUMPY, **step.attrs)
        if current.recorder is not None:
            call = current.recorder.step(call, step)
        calls.append((call, inputs, single, step.outputs if single is None else ()))
    return HostProgram(constants, calls, steps, aliases)


def _checking(step: Step) -> Callable[..., Any]:
    return lambda xp, *inputs, **attrs: step.checked(inputs, step.fn(xp, *inputs, **attrs))
