"""A plan: the steps of a run over numbered slots, for given fetches and fed tensors.

A slot holds a value during a run: a fed one, a variable's, a constant or an op's output. Operations
that only forward a value or order others have no step. A plan knows neither NumPy nor XLA; the
tiers carry it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stillflow.declare.shapes import format_sizes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import in_run_order, needed_ops, written_variables
from stillflow.runtime.sides import Sides, unless_dead

# An op whose new value must have its variable's declared shape: the op, the slot and the sizes.
WrittenShape = tuple[Operation, int, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: `op.defn.fn(xp, *inputs, **attrs)`.

    `outputs` are the slots of what `fn` returns: the written variables first, then the tensors.
    A step on one side of a choice is guarded: it runs unless one of its inputs is dead, the last
    `guards` of which serve for nothing else.
    """

    op: Operation
    attrs: dict[str, Any]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    guards: int | None = None

    @property
    def fn(self):
        return self.op.defn.fn if self.guards is None else unless_dead(self, self.guards)


@dataclass(slots=True)
class Plan:
    """What a run does. Slots of feeds, variables and streams are filled in before the steps go."""

    constants: list[Any] = field(default_factory=list)  # one entry per slot, None unless constant
    steps: list[Step] = field(default_factory=list)
    feeds: list[int] = field(default_factory=list)
    fetches: list[int | None] = field(default_factory=list)  # None for an operation
    variables: dict[Operation, int] = field(default_factory=dict)
    # The variables that must have a value, in the order in which the run reads them.
    required: dict[Operation, None] = field(default_factory=dict)
    written: dict[Operation, int] = field(default_factory=dict)
    streams: dict[Operation, int] = field(default_factory=dict)
    checked: list[WrittenShape] = field(default_factory=list)
    # What is fetched from one side of a choice.
    sided: list[tuple[Operation, int]] = field(default_factory=list)

    def new_slot(self, value: Any = None) -> int:
        self.constants.append(value)
        return len(self.constants) - 1


def make_plan(fetches: Sequence[Tensor | Operation], feeds: Sequence[Tensor]) -> Plan:
    """Plans a run.

    Raises:
      InvalidArgumentError: the run would reach a placeholder that is not fed.
    """
    return _Planner(fetches, feeds).plan


class _Planner:
    def __init__(self, fetches: Sequence[Tensor | Operation], feeds: Sequence[Tensor]):
        self.plan = Plan()
        self._fed = frozenset(feeds)
        self._slots: dict[Tensor, int] = {}
        self._variable_of: dict[Tensor, Operation | None] = {}
        for tensor in feeds:
            self._slots[tensor] = slot = self.plan.new_slot()
            self.plan.feeds.append(slot)
        targets = [
            fetch.op if isinstance(fetch, Tensor) else fetch
            for fetch in fetches
            if fetch not in self._fed
        ]
        ops = in_run_order(needed_ops(targets, self._fed), self._fed, self._variable)
        self._sides = Sides(ops, self._fed)
        # Of an operation on one side of a choice: slots that are dead when it did not run.
        self._lives: dict[Operation, tuple[int, ...]] = {}
        for op in ops:
            self._add(op)
        self.plan.fetches = [
            self._fetched(fetch) if isinstance(fetch, Tensor) else None for fetch in fetches
        ]

    def _variable(self, tensor: Tensor) -> Operation | None:
        """The variable that `tensor` refers to, directly or through ops that forward it."""
        chain = []
        while tensor not in self._variable_of:
            chain.append(tensor)
            source = None if tensor in self._fed else _referred_input(tensor)
            if source is None:
                is_variable = tensor not in self._fed and tensor.op.defn.is_variable
                self._variable_of[tensor] = tensor.op if is_variable else None
                break
            tensor = source
        variable = self._variable_of[tensor]
        self._variable_of.update(dict.fromkeys(chain, variable))
        return variable

    def _add(self, op: Operation) -> None:
        defn = op.defn
        if defn.is_placeholder:
            raise unfed(op)
        if self._sides.of(op) and not defn.is_variable:
            self._add_sided(op)
        elif defn.is_constant:
            self._slots[op.outputs[0]] = self.plan.new_slot(op.attrs["value"])
        elif defn.is_variable:
            self._slots[op.outputs[0]] = self.plan.variables[op] = self.plan.new_slot()
        elif defn.forwards:
            self._slots[op.outputs[0]] = self._slot(op.inputs[0])
        elif op.outputs or op.inputs or defn.host:
            self._add_step(op)

    def _add_sided(self, op: Operation) -> None:
        """Adds an operation that runs only when its side of a choice is taken."""
        waits = dict.fromkeys(s for other in op._control_inputs for s in self._lives.get(other, ()))
        if not op.outputs and not op.inputs:
            self._lives[op] = tuple(waits)
            return
        self._add_step(op, () if op.defn.joins else tuple(waits), guarded=not op.defn.joins)
        own = [self._slots[tensor] for tensor in op.outputs[:1]]
        before = dict.fromkeys(self._slots[t] for t in op.inputs if self._sides.of_tensor(t))
        self._lives[op] = () if op.defn.splits else tuple(own or (*before, *waits))

    def _add_step(self, op: Operation, guards: tuple[int, ...] = (), guarded: bool = False) -> None:
        defn, plan = op.defn, self.plan
        written = written_variables(op, self._variable)
        overwritten = () if not written else defn.input_positions(op, _overwritten(op))
        for position, tensor in enumerate(op.inputs):
            if position not in overwritten:
                self._require(op, self._variable(tensor))
        inputs = [self._slot(tensor) for tensor in op.inputs]
        if defn.stream is not None:
            plan.streams[op] = stream = plan.new_slot()
            inputs.insert(0, stream)
        outputs = []
        for variable in written:
            plan.written[variable] = slot = plan.variables[variable]
            outputs.append(slot)
            sizes = variable.outputs[0].shape.sizes
            if sizes is not None and op.attrs.get("validate_shape", True):
                plan.checked.append((op, slot, sizes))
        for tensor in op.outputs:
            if tensor.dtype._is_ref_dtype and written:
                self._slots.setdefault(tensor, plan.variables[written[0]])
            elif tensor in self._fed:
                outputs.append(plan.new_slot())
            else:
                self._slots[tensor] = slot = plan.new_slot()
                outputs.append(slot)
        attrs = defn.fn_attrs(op.attrs)
        count = len(guards) if guarded else None
        plan.steps.append(Step(op, attrs, (*inputs, *guards), tuple(outputs), count))

    def _require(self, op: Operation, variable: Operation | None) -> None:
        """A variable that is read before this run writes it must have a value beforehand."""
        if variable is not None and variable not in self.plan.written and not op.defn.asks_state:
            self.plan.required[variable] = None

    def _slot(self, tensor: Tensor) -> int:
        return self._slots[tensor]

    def _fetched(self, tensor: Tensor) -> int:
        variable = self._variable(tensor)
        if variable is not None and variable not in self.plan.written:
            self.plan.required[variable] = None
        if self._sides.of_tensor(tensor):
            self.plan.sided.append((tensor.op, self._slot(tensor)))
        return self._slot(tensor)


def _overwritten(op: Operation) -> Sequence[str]:
    """The reference inputs whose old value `op` does not use."""
    return op.defn.writes if op.defn.overwrites else ()


def _referred_input(tensor: Tensor) -> Tensor | None:
    """The tensor that this one is only another name of, or None."""
    op = tensor.op
    if op.defn.forwards:
        return op.inputs[0]
    if op.defn.writes and tensor.dtype._is_ref_dtype:
        return op.inputs[op.defn.input_positions(op, op.defn.writes[:1])[0]]
    return None


def check_written_shapes(checked: Iterable[WrittenShape], slots: Any) -> None:
    """InvalidArgumentError when a variable would get a value of another shape than its own."""
    for op, slot, sizes in checked:
        shape = slots[slot].shape
        if shape != sizes:
            raise InvalidArgumentError(
                None,
                op,
                "Assign requires shapes of both tensors to match. lhs shape= "
                f"{format_sizes(sizes)} rhs shape= {format_sizes(shape)}",
            )


def unfed(op: Operation) -> InvalidArgumentError:
    tensor = op.outputs[0]
    sizes = tensor.shape.sizes
    with_shape = f" and shape {format_sizes(sizes)}" if sizes else ""
    name = {"float32": "float", "float64": "double"}.get(tensor.dtype.name, tensor.dtype.name)
    return InvalidArgumentError(
        None,
        op,
        f"You must feed a value for placeholder tensor '{op.name}' with dtype {name}{with_shape}\n"
        f"  Pass it in the run: sess.run(..., feed_dict={{{op.name}: value}}).",
    )
