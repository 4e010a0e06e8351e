"""Choices and loops as steps: each holds plans of its own, and carries them out.

A part's plan takes, besides the values that the region hands it, what it captures from around the
region and the region's *cells*: the variables and random streams that a run of it may change, which
go on from part to part. Here is how NumPy carries a region out; `runtime.xla_regions` traces one.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare.dead import dead
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType, resource
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.cost import Work, work_of
from stillflow.runtime.host import HostProgram, host_program
from stillflow.runtime.state import SessionState, uninitialized
from stillflow.runtime.steps import Plan, Step, is_host_type
from stillflow.runtime.streams import advanced


class _Watch(threading.local):
    """What a run in a thread shows of the parts that it goes through: their slots; None if unasked.

    Of a part that it goes through again, the last time counts.
    """

    seen: dict[Part, list[Any]] | None = None


_watch = _Watch()


@contextmanager
def watching() -> Iterator[dict[Part, list[Any]]]:
    """A `with` block whose runs, in this thread, show what they go through."""
    before, _watch.seen = _watch.seen, {}
    try:
        yield _watch.seen
    finally:
        _watch.seen = before


class Part:
    """A plan within a region: a side of a choice, or the condition or the body of a loop.

    Attributes:
      plan: what it does. Its fetches are what it gives; one that is None is dead.
      bound: how many of the plan's feeds the region gives values for.
      captured: the slots around the region that give the other feeds, then the kept state.
      around: the slots around the region of the variables and streams of the plan.
      takes_host_values: whether XLA has no type for some of what is captured.
    """

    def __init__(
        self,
        plan: Plan,
        bound: int,
        captured: Sequence[int],
        around: dict[Operation, int],
        takes_host_values: bool,
    ):
        self.plan = plan
        self.bound = bound
        self.captured = captured
        self.around = around
        self.takes_host_values = takes_host_values
        self.program = host_program(plan.constants, plan.steps)
        self._fed = plan.feeds[:bound]
        self.required = [(v, reader, plan.variables[v]) for v, reader in plan.required.items()]
        self._random_steps = plan.random_steps

    def place(self, position: dict[int, int], cells: dict[Operation, int]) -> None:
        """Says where, among the region's inputs and its cells, each of the plan's arguments is."""
        plan = self.plan
        slots = [*plan.feeds[self.bound :], *plan.kept.values()]
        self.captures = [(position[s], own) for s, own in zip(self.captured, slots, strict=True)]
        held = {**plan.variables, **plan.streams}
        self.held = [(cells[op], slot) for op, slot in held.items()]
        self._written = [(cells[op], slot) for op, slot in plan.written.items()]
        self._place = cells

    def slots(self, bound: Sequence[Any], inputs: Sequence[Any], cells: Sequence[Any]) -> list[Any]:
        """The slots at the start of a run of the plan."""
        slots = self.program.constants.copy()
        for slot, value in zip(self._fed, bound, strict=True):
            slots[slot] = value
        for position, slot in self.captures:
            slots[slot] = inputs[position]
        for position, slot in self.held:
            slots[slot] = cells[position]
        return slots

    def require(self, slots: Sequence[Any]) -> None:
        """FailedPreconditionError when a variable that is read has no value."""
        for variable, reader, slot in self.required:
            if slots[slot] is None:
                raise self.lacks(variable, reader)

    @staticmethod
    def lacks(variable: Operation, reader: Operation) -> Exception:
        """The error of a run in which `reader` was to read `variable`, which has no value."""
        return uninitialized(variable, reader, SessionState())

    def run(self, slots: list[Any]) -> None:
        self.require(slots)
        self.program.run(slots)
        if _watch.seen is not None:
            _watch.seen[self] = slots

    def doing(self, program: HostProgram) -> Part:
        """This part, carried out by another program."""
        part = copy.copy(self)
        part.program = program
        return part

    def keep(self, slots: Any, cells: list[Any], drawn: list[Any], xp: Any = np) -> list[Any]:
        """Puts what a run has changed into `cells`; returns what it gives."""
        for position, slot in self._written:
            cells[position] = slots[slot]
        for step in self._random_steps:
            blocks = step.blocks(np.shape(slots[step.outputs[0]]))  # type: ignore[misc]
            self._move(self._place[step.op], blocks, cells, drawn, xp)
        for op, slot in self.plan.drawn:
            self._move(self._place[op], slots[slot], cells, drawn, xp)
        aliases = self.program.aliases if xp is np else {}
        fetches = self.plan.fetches
        return [None if slot is None else slots[aliases.get(slot, slot)] for slot in fetches]

    @staticmethod
    def _move(position: int, blocks: Any, cells: list[Any], drawn: list[Any], xp: Any) -> None:
        """Moves a stream on by `blocks`."""
        cells[position] = advanced(cells[position], blocks, xp)
        drawn[position] = drawn[position] + xp.uint64(blocks)


def check_scalar(pred: Any) -> None:
    """Refuses a condition that does not name one side."""
    if np.ndim(pred):
        refuse(
            f"The second input must be a scalar, but it has shape {format_sizes(np.shape(pred))}"
        )


class Region:
    """What a choice and a loop have in common.

    As a step it takes what is its own, what its parts capture, and its cells; it gives the new
    values of the variables that it writes, its results, and how many blocks each stream gave.

    `ops` are all its operations; errors name `op`. `results` are the tensors that it gives.
    """

    def __init__(
        self,
        ops: Collection[Operation],
        op: Operation,
        parts: Sequence[Part],
        results: Sequence[Tensor],
    ):
        self.ops = ops
        self.op = op
        self.parts = parts
        self.types = [tensor.dtype for tensor in results]
        self.shapes = [tensor.shape for tensor in results]
        variables = dict.fromkeys(v for part in parts for v in part.plan.variables)
        streams = dict.fromkeys(op for part in parts for op in part.plan.streams)
        self.cells: list[Operation] = [*variables, *streams]
        place = {op: index for index, op in enumerate(self.cells)}
        self.written = sorted({place[v] for part in parts for v in part.plan.written})
        self.streams = [place[op] for op in streams]
        self.draws: list[tuple[Operation, int]] = []
        self.work = Work()  # of the last run that was watched
        self._place = place

    def connect(
        self, own: Sequence[int], results: Sequence[int], new_slot: Callable[[], int]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The slots of the step's inputs and outputs, `own` and `results` among them."""
        around = {op: slot for part in self.parts for op, slot in part.around.items()}
        captured = dict.fromkeys(slot for part in self.parts for slot in part.captured)
        self.first_cell = len(own) + len(captured)
        position = {slot: len(own) + n for n, slot in enumerate(captured)}
        for part in self.parts:
            part.place(position, self._place)
        self.draws = [(self.cells[index], new_slot()) for index in self.streams]
        written = [around[self.cells[index]] for index in self.written]
        counts = [slot for _, slot in self.draws]
        self.handles = [s for s, t in zip(results, self.types, strict=True) if t is resource]
        inputs = (*own, *captured, *(around[op] for op in self.cells))
        return inputs, (*written, *results, *counts)

    def results_of(self, outputs: Sequence[int]) -> Sequence[int]:
        """The slots of the results among those of all outputs."""
        return outputs[len(self.written) : len(outputs) - len(self.streams)]

    @property
    def on_host(self) -> bool:
        """Whether XLA has no type for some of what goes in or comes out."""
        return any(map(is_host_type, self.types)) or any(p.takes_host_values for p in self.parts)

    def places(self, part: Part) -> list[tuple[int, int]]:
        """The positions of inputs that fill slots of a part's plan, each with its slot."""
        return [*part.captures, *((self.first_cell + index, slot) for index, slot in part.held)]

    @property
    def is_pure(self) -> bool:
        return not self.cells and all(
            step.is_pure for part in self.parts for step in part.plan.steps
        )

    def start(self, inputs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The cells, and how much has been drawn from each, when nothing has run."""
        cells = list(inputs[self.first_cell :])
        return cells, [np.uint64(0)] * len(cells)

    def outputs(self, results: Sequence[Any], cells: Sequence[Any], drawn: Sequence[Any]) -> Any:
        """What the step gives: see above."""
        written = [cells[index] for index in self.written]
        counts = [drawn[index] for index in self.streams]
        every = (*written, *results, *counts)
        return every[0] if len(every) == 1 else every

    def run(self, xp: Any, *inputs: Any) -> Any:
        raise NotImplementedError


class Choice(Region):
    """Runs one of two parts: the first when its first input is false."""

    def run(self, xp: Any, *inputs: Any) -> Any:
        check_scalar(inputs[0])
        part = self.parts[bool(inputs[0])]
        cells, drawn = self.start(inputs)
        slots = part.slots((), inputs, cells)
        part.run(slots)
        if _watch.seen is not None:
            self.work = work_of(part.plan.steps, slots)
        given = part.keep(slots, cells, drawn)
        results = [
            dead_value(dtype) if value is None else value
            for value, dtype in zip(given, self.types, strict=True)
        ]
        return self.outputs(results, cells, drawn)


def dead_value(dtype: DType) -> Any:
    """What a tensor of this type has as its value on the side that is not taken."""
    return dead(dtype.stored_as if dtype.is_numpy_compatible else bool)  # a handle has no elements


# What one turn costs besides the steps of the body.
_TURN = Work(steps=3)


class Loop(Region):
    """Runs its condition, which gives whether to go on and what the body needs of it, and its body.

    What goes round are the step's first inputs, and its results the last values of it.
    """

    @property
    def condition(self) -> Part:
        return self.parts[0]

    @property
    def body(self) -> Part:
        return self.parts[1]

    @property
    def count(self) -> int:
        """How many values go round."""
        return len(self.types)

    def run(self, xp: Any, *inputs: Any) -> Any:
        cells, drawn = self.start(inputs)
        going: list[Any] = list(inputs[: self.count])
        turns, turn = 0, Work()
        while True:
            slots = self.condition.slots(going, inputs, cells)
            self.condition.run(slots)
            goes_on, *shared = self.condition.keep(slots, cells, drawn)
            check_scalar(goes_on)
            if not goes_on:
                if _watch.seen is not None:
                    self.work = turn.times(turns)
                return self.outputs(going, cells, drawn)
            slots = self.body.slots([*going, *shared], inputs, cells)
            self.body.run(slots)
            if not turns and _watch.seen is not None:
                turn = work_of(self.body.plan.steps, slots) + _TURN
            going = self.body.keep(slots, cells, drawn)
            turns += 1


def region_step(
    region: Region, own: Sequence[int], results: Sequence[int], new_slot: Callable[[], int]
) -> Step:
    """The step that carries `region` out; see `Region.connect`."""
    inputs, outputs = region.connect(own, results, new_slot)
    return Step(
        region.op,
        region.run,
        {},
        inputs=inputs,
        outputs=outputs,
        declared=(),
        writes=(),
        static=(),
        near_zero=(),
        on_host=region.on_host,
        steady=(),
        waits=any(step.waits for part in region.parts for step in part.plan.steps),
        folds=False,
        is_pure=region.is_pure,
        is_total=False,
        of_shape=False,
        may_pass_input=False,
        blocks=None,
        flops=None,
        explain=_unexpected,
        region=region,
    )


def _unexpected(error: Exception, inputs: Sequence[Any]) -> str:
    return f"{type(error).__name__}: {error}"
