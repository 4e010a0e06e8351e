"""A host program as one Python function: for arrays of a few elements, looping over steps and slots
costs as much as NumPy does. The function has a line per step, so an error tells which step failed;
choices and loops are Python's own (`runtime.written_regions`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.numpy.denormals import flushing
from stillflow.runtime.host import HostProgram
from stillflow.runtime.quiet import quiet
from stillflow.runtime.steps import Step
from stillflow.runtime.written_regions import Scope, Text, write_steps

_FILE = "<stillflow host program>"
_HUGE = 1e30  # times the largest denormal number it is no longer nothing


class HostFunction:
    """`code(*values)` takes the values of the slots `arguments`, returns those of `results`.

    It is to be called by `call(code, *values)`, or `quiet.call` where that is None: NumPy gives no
    warnings meanwhile. Telling the processor to flush denormal numbers takes as long as two small
    steps do, so it is done where it makes a difference. What the call raises, `located` explains.
    """

    __slots__ = ("_text", "call", "code")

    def __init__(self, program: HostProgram, arguments: Sequence[int], results: Sequence[int]):
        self._text = _written(program, arguments, results)
        self.code: Callable[..., tuple[Any, ...]] = self._text.names["run"]
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
        located = self._text.steps.get(trace.tb_lineno)
        if located is None:
            return error
        step, names = located
        values = {**self._text.names, **trace.tb_frame.f_locals}
        return step.failure(error, [values.get(name) for name in names])


def _quietly(code: Callable[..., Any], *values: Any) -> Any:
    return quiet.call(code, *values)


def _within_errstate(code: Callable[..., Any], *values: Any) -> Any:
    with np.errstate(all="ignore"):
        return code(*values)


def _minds_denormals(step: Step, constants: Sequence[Any]) -> bool:
    """Whether it makes a difference that an input of the step is tiny and not zero."""
    if step.region is not None:
        programs = [part.program for part in step.region.parts]
        return any(_minds_denormals(s, p.constants) for p in programs for s in p.steps)
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


def _written(program: HostProgram, arguments: Sequence[int], results: Sequence[int]) -> Text:
    """The program's text, compiled: `names["run"]` is the function."""
    text = Text()
    scope = Scope(text, program, "", {slot: f"s{slot}" for slot in arguments})
    text.line(f"def run({', '.join(f's{slot}' for slot in arguments)}):")
    text.indent = 1
    write_steps(scope)
    text.line(f"return ({''.join(scope.name(slot) + ',' for slot in results)})")
    exec(compile("\n".join(text.lines), _FILE, "exec"), text.names)
    return text
