"""A host program as one Python function: for arrays of a few elements, looping over steps and slots
costs as much as NumPy does. The function has a line per step, so an error tells which step failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.runtime.denormals import flushing
from stillflow.runtime.host import Call, HostProgram
from stillflow.runtime.quiet import quiet
from stillflow.runtime.steps import Step

_FILE = "<stillflow host program>"
_LINES_BEFORE_STEPS = 1
_HUGE = 1e30  # times the largest denormal number it is no longer nothing


class HostFunction:
    """`code(*values)` takes the values of the slots `arguments`, returns those of `results`.

    It is to be called by `call(code, *values)`, or `quiet.call` where that is None: NumPy gives no
    warnings meanwhile. Telling the processor to flush denormal numbers takes as long as two small
    steps do, so it is done where it makes a difference. What the call raises, `located` explains.
    """

    __slots__ = ("_program", "call", "code")

    def __init__(self, program: HostProgram, arguments: Sequence[int], results: Sequence[int]):
        self._program = program
        self.code = _compiled(program, arguments, results)
        self.call: Callable[..., Any] | None = None
        if any(step.waits for step in program.steps):  # it may run this very function once more
            self.call = _within_errstate
        if any(_minds_denormals(step, program.constants) for step in program.steps):
            self.call = flushing(self.call or _quietly)

    def located(self, error: Exception) -> Exception:
        """`error` with the operation whose line it left."""
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code is not self.code.__code__:
            trace = trace.tb_next
        if trace is None:
            return error
        index = trace.tb_lineno - 1 - _LINES_BEFORE_STEPS
        slots, constants = trace.tb_frame.f_locals, self._program.constants
        inputs = [slots.get(f"s{i}", constants[i]) for i in self._program.calls[index][1]]
        return self._program.steps[index].failure(error, inputs)


def _quietly(code: Callable[..., Any], *values: Any) -> Any:
    return quiet.call(code, *values)


def _within_errstate(code: Callable[..., Any], *values: Any) -> Any:
    with np.errstate(all="ignore"):
        return code(*values)


def _minds_denormals(step: Step, constants: Sequence[Any]) -> bool:
    """Whether it makes a difference that an input of the step is tiny and not zero."""
    if any(_may_be_tiny(constants[slot]) for slot in step.near_zero):
        return True
    known = [constants[slot] for slot in step.inputs if constants[slot] is not None]
    return any(value.dtype.kind == "f" and np.any(np.abs(value) > _HUGE) for value in known)


def _may_be_tiny(value: Any) -> bool:
    """Whether a value, None where it is not known, may hold a denormal number."""
    if value is None:
        return True
    tiny = np.finfo(value.dtype).tiny if value.dtype.kind == "f" else 0
    return bool(np.any((np.abs(value) < tiny) & (value != 0)))


def _compiled(
    program: HostProgram, arguments: Sequence[int], results: Sequence[int]
) -> Callable[..., tuple[Any, ...]]:
    """A slot n is the local variable s<n>, or the global c<n> when it holds a constant."""
    namespace: dict[str, Any] = {"xp": NUMPY}
    computed = {*arguments, *(slot for call in program.calls for slot in _outputs(call))}

    def value(slot: int) -> str:
        slot = program.aliases.get(slot, slot)
        if slot in computed:
            return f"s{slot}"
        namespace[f"c{slot}"] = program.constants[slot]
        return f"c{slot}"

    lines = [f"def run({', '.join(f's{slot}' for slot in arguments)}):"]
    for index, (call, inputs, single, outputs) in enumerate(program.calls):
        namespace[f"f{index}"] = call.func
        given = ["xp", *map(value, inputs)]
        for name, attr in call.keywords.items():
            namespace[f"a{index}_{name}"] = attr
            given.append(f"{name}=a{index}_{name}")
        targets = f"s{single}" if single is not None else ", ".join(f"s{n}" for n in outputs)
        lines.append(f" {targets}{' = ' if targets else ''}f{index}({', '.join(given)})")
    lines.append(f" return ({''.join(value(slot) + ',' for slot in results)})")
    exec(compile("\n".join(lines), _FILE, "exec"), namespace)
    return namespace["run"]


def _outputs(call: Call) -> Sequence[int]:
    return call[3] if call[2] is None else (call[2],)
