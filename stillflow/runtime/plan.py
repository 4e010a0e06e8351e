"""Planning: the steps of a run for given fetches and fed tensors.

Here declarations are read; operations that only forward a value or order others have no step.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from stillflow.declare.handles import is_handle
from stillflow.declare.opdef import OpDef
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.explaining import why_failed
from stillflow.runtime.order import in_run_order, needed_ops, written_variables
from stillflow.runtime.reading import reads_in_place
from stillflow.runtime.rewriting import rewrite
from stillflow.runtime.sides import Sides, unless_dead
from stillflow.runtime.steps import Plan, Step, Write
from stillflow.runtime.variables import declared_dtype, declared_shape, first_of_its_name


def make_plan(fetches: Sequence[Tensor | Operation], feeds: Sequence[Tensor]) -> Plan:
    """Plans a run.

    Raises:
      InvalidArgumentError: the run would reach a placeholder that is not fed.
    """
    plan = _Planner(fetches, feeds).plan
    rewrite(plan)
    return plan


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
        self._in_place = reads_in_place(ops, self._fed, frozenset(fetches), self._variable)
        # Of an operation on one side of a choice: slots that are dead when it did not run.
        self._lives: dict[Operation, tuple[int, ...]] = {}
        for op in ops:
            op._is_planned = True
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
                self._variable_of[tensor] = first_of_its_name(tensor.op) if is_variable else None
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
            self._slots[op.outputs[0]] = self._variable_slot(first_of_its_name(op))
        elif defn.forwards:
            self._slots[op.outputs[0]] = self._slots[op.inputs[0]]
        elif op in self._in_place:
            self._require(op, self._variable(op.inputs[0]))
            self._slots[op.outputs[0]] = self._slots[op.inputs[0]]
        elif op.outputs or op.inputs or defn.host:
            self._add_step(op)

    def _variable_slot(self, variable: Operation) -> int:
        if variable not in self.plan.variables:
            self.plan.variables[variable] = self.plan.new_slot()
        return self.plan.variables[variable]

    def _value_type(self, tensor: Tensor) -> DType:
        """The type of what the tensor's slot holds."""
        variable = self._variable(tensor)
        return tensor.dtype if variable is None else declared_dtype(variable)

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
        state = self._state(op)
        writes = _writes(op, written, len(state))
        plan.reshaped.update(
            variable
            for variable, write in zip(written, writes, strict=True)
            if not write.is_checked and not _keeps_shape(op, variable)
        )
        inputs = [self._slots[tensor] for tensor in op.inputs]
        static = tuple(inputs[position] for position in defn.input_positions(op, defn.static))
        near_zero = tuple(
            inputs[position]
            for position in defn.input_positions(op, defn.near_zero)
            if self._value_type(op.inputs[position]).is_floating
        )
        has_strings = any(map(_is_host_type, map(self._value_type, (*op.inputs, *op.outputs))))
        plan.steps.append(
            Step(
                op,
                unless_dead(op, len(guards)) if guarded else defn.fn,
                defn.fn_attrs(op.attrs),
                inputs=(*state, *inputs, *guards),
                outputs=(*self._written(written), *self._outputs(op, written)),
                declared=tuple(t.dtype for t in op.outputs if not t.dtype._is_ref_dtype),
                writes=writes,
                static=static,
                near_zero=near_zero,
                guarded=guarded,
                on_host=guarded or defn.host or defn.kept is not None or has_strings,
                waits=defn.waits,
                folds=defn.folds and not guarded and not has_strings,
                is_pure=defn.is_pure or defn.reads or _only_chooses(defn),
                is_total=defn.total and not guarded,
                of_shape=defn.of_shape,
                may_pass_input=not defn.host and (defn.reads or not defn.stateful),
                blocks=defn.stream,
                flops=defn.flops,
                explain=partial(why_failed, op, len(state)),
            )
        )

    def _state(self, op: Operation) -> tuple[int, ...]:
        """The slot of what the session keeps for `op`, if anything."""
        if not op.defn.takes_state:
            return ()
        kept = self.plan.kept if op.defn.stream is None else self.plan.streams
        kept[op] = slot = self.plan.new_slot()
        return (slot,)

    def _written(self, variables: list[Operation]) -> list[int]:
        """The slots of the variables, in which the new values take the place of the old."""
        plan = self.plan
        plan.written.update((variable, plan.variables[variable]) for variable in variables)
        return [plan.variables[variable] for variable in variables]

    def _outputs(self, op: Operation, written: list[Operation]) -> list[int]:
        """Slots for what `fn` gives besides the variables' new values."""
        outputs = []
        for tensor in op.outputs:
            if tensor.dtype._is_ref_dtype and written:
                self._slots.setdefault(tensor, self.plan.variables[written[0]])
            elif tensor in self._fed:
                outputs.append(self.plan.new_slot())
            else:
                self._slots[tensor] = slot = self.plan.new_slot()
                outputs.append(slot)
        return outputs

    def _require(self, op: Operation, variable: Operation | None) -> None:
        """A variable that is read before this run writes it must have a value beforehand."""
        if variable is None or variable in self.plan.written or op.defn.splits:
            return
        if not op.defn.asks_state:
            self.plan.required.setdefault(variable, op)

    def _fetched(self, tensor: Tensor) -> int:
        variable = self._variable(tensor)
        if variable is not None and variable not in self.plan.written:
            self.plan.required.setdefault(variable, tensor.op)
        if self._sides.of_tensor(tensor):
            self.plan.sided.append((tensor.op, self._slots[tensor]))
        return self._slots[tensor]


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


def _writes(op: Operation, written: list[Operation], before: int) -> tuple[Write, ...]:
    """What `op` writes; `before` inputs come before its own."""
    positions = op.defn.input_positions(op, op.defn.writes) if written else ()
    is_checked = op.attrs.get("validate_shape", not op.defn.reshapes)
    return tuple(
        Write(before + position, declared_shape(variable).sizes, is_checked)
        for position, variable in zip(positions, written, strict=True)
    )


def _only_chooses(defn: OpDef) -> bool:
    return (defn.splits or defn.joins) and not defn.stateful


def _keeps_shape(op: Operation, variable: Operation) -> bool:
    """Whether by its static shape what `op` writes has the shape that the variable is declared."""
    declared, value = declared_shape(variable), op.inputs[-1]
    return (
        declared.is_fully_defined() and value.shape.sizes == declared.sizes and not is_handle(value)
    )


def _is_host_type(dtype: DType) -> bool:
    """Whether XLA has no such type."""
    return dtype.base_dtype.name == "string" or not dtype.is_numpy_compatible


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
