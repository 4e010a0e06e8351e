"""The lines of a host program written as Python: a line per step, `if` for a choice, `while` for a
loop, all in one function, in which a slot is a local variable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.runtime.host import HostProgram
from stillflow.runtime.regions import Choice, Loop, Part, Region, dead_value
from stillflow.runtime.steps import Step


class Text:
    """Lines of Python under way.

    Attributes:
      names: what they refer to besides their own variables.
      steps: of a line's number, the step that it does, and the names of its inputs.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 0
        self.names: dict[str, Any] = {"xp": NUMPY}
        self.steps: dict[int, tuple[Step, list[str]]] = {}
        self._count = 0

    def line(self, code: str) -> None:
        self.lines.append(" " * self.indent + code)

    def new(self) -> str:
        """A prefix of names that no other has."""
        self._count += 1
        return f"p{self._count}_"


class Scope:
    """The names of one plan's slots. Those in `given` are what is around it or goes round."""

    def __init__(self, text: Text, program: HostProgram, prefix: str, given: Mapping[int, str]):
        self.text = text
        self.program = program
        self._prefix = prefix
        self._given = given

    def name(self, slot: int) -> str:
        slot = self.program.aliases.get(slot, slot)
        if slot in self._given:
            return self._given[slot]
        constant = self.program.constants[slot]
        if constant is None:
            return f"s{self._prefix}{slot}"
        return self.named(f"c{self._prefix}{slot}", constant)

    def named(self, name: str, value: Any) -> str:
        self.text.names[name] = value
        return name


def write_steps(scope: Scope) -> None:
    """Writes the steps of a program."""
    for call, step in zip(scope.program.calls, scope.program.steps, strict=True):
        if step.region is not None and not step.region.streams:
            _write_region(scope, step)
        else:
            _write_call(scope, step, call[0])


def _write_call(scope: Scope, step: Step, call: Any) -> None:
    text = scope.text
    function = scope.named(f"f{text.new()}", call if step.kernel is not None else call.func)
    inputs = [scope.name(slot) for slot in step.inputs]
    given = list(inputs)
    if step.kernel is None:
        given.insert(0, "xp")
        for name, attr in call.keywords.items():
            given.append(f"{name}={scope.named(f'a{text.new()}', attr)}")
    targets = ", ".join(scope.name(slot) for slot in step.outputs)
    text.line(f"{targets}{' = ' if targets else ''}{function}({', '.join(given)})")
    text.steps[len(text.lines)] = step, inputs


def _write_region(scope: Scope, step: Step) -> None:
    if isinstance(step.region, Choice):
        _write_choice(scope, step, step.region)
    else:
        _write_loop(scope, step, step.region)


def _write_choice(scope: Scope, step: Step, choice: Choice) -> None:
    text = scope.text
    results = choice.results_of(step.outputs)
    for word, side in ((f"if {scope.name(step.inputs[0])}:", 1), ("else:", 0)):
        part = choice.parts[side]
        text.line(word)
        text.indent += 1
        inner = _part_scope(scope, step, part, {})
        _write_part(inner, part)
        for slot, fetched, dtype in zip(results, part.plan.fetches, choice.types, strict=True):
            value = (
                inner.named(f"d{text.new()}", dead_value(dtype))
                if fetched is None
                else inner.name(fetched)
            )
            text.line(f"{scope.name(slot)} = {value}")
        text.line("pass")
        text.indent -= 1


def _write_loop(scope: Scope, step: Step, loop: Loop) -> None:
    text = scope.text
    going = [f"g{text.new()}{number}" for number in range(loop.count)]
    _assign(text, going, [scope.name(slot) for slot in step.inputs[: loop.count]])
    text.line("while True:")
    text.indent += 1
    condition, body = loop.parts
    asked = _part_scope(
        scope, step, condition, dict(zip(condition.plan.feeds, going, strict=False))
    )
    _write_part(asked, condition)
    goes_on, *shared = [asked.name(slot) for slot in condition.plan.fetches if slot is not None]
    text.line(f"if not {goes_on}: break")
    bound = dict(zip(body.plan.feeds, [*going, *shared], strict=False))
    turn = _part_scope(scope, step, body, bound)
    _write_part(turn, body)
    _assign(text, going, [turn.name(slot) for slot in body.plan.fetches if slot is not None])
    text.line("pass")
    text.indent -= 1
    _assign(text, [scope.name(slot) for slot in loop.results_of(step.outputs)], going)


def _assign(text: Text, targets: Sequence[str], values: Sequence[str]) -> None:
    if targets:
        text.line(f"{', '.join(targets)} = {', '.join(values)}")


def _part_scope(scope: Scope, step: Step, part: Part, bound: Mapping[int, str]) -> Scope:
    """The names within a part: a variable has the one that it has around the region."""
    region: Region = step.region
    given = dict(bound)
    for position, slot in part.captures:
        given[slot] = scope.name(step.inputs[position])
    for position, slot in part.held:
        given[slot] = scope.name(step.inputs[region.first_cell + position])
    return Scope(scope.text, part.program, scope.text.new(), given)


def _write_part(scope: Scope, part: Part) -> None:
    for variable, reader, slot in part.required:
        check = scope.named(f"r{scope.text.new()}", _missing(part, variable, reader))
        scope.text.line(f"if {scope.name(slot)} is None: {check}()")
    write_steps(scope)


def _missing(part: Part, variable: Any, reader: Any) -> Callable[[], None]:
    def fail() -> None:
        raise part.lacks(variable, reader)

    return fail
