"""Planning: the steps of a run for given fetches and fed tensors.

Here declarations are read; operations that only forward a value or order others have no step. What
is in a loop, and each side of a choice, becomes a plan of its own within one step; it takes from
around it what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from stillflow.declare.calling import VariableName
from stillflow.declare.expanding import expansion_of
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError, UnimplementedError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.explaining import why_failed
from stillflow.runtime.frames import Frame, LoopParts, find_loops, linked
from stillflow.runtime.order import (
    Node,
    members,
    needed_ops,
    sorted_nodes,
    unforced,
    written_variables,
)
from stillflow.runtime.reading import reads_in_place
from stillflow.runtime.referring import Run, is_name
from stillflow.runtime.regions import Choice, Loop, Part, Region, region_step
from stillflow.runtime.rewriting import rewrite
from stillflow.runtime.sides import Sides, clustered, operations
from stillflow.runtime.steps import Plan, Step, Write, is_host_type
from stillflow.runtime.variables import (
    declared_dtype,
    declared_shape,
    first_of_its_name,
    has_handle,
    may_change_shape,
)

_NONE: Mapping[Tensor, Operation] = {}


def make_plan(
    fetches: Sequence[Tensor | Operation],
    feeds: Sequence[Tensor],
    named: Mapping[Tensor, Operation] = _NONE,
    trusts_shapes: bool = True,
    assumed: Mapping[Tensor, int] | None = None,
) -> Plan:
    """Plans a run. `named` are handles whose variables are known, which are not fed.

    `trusts_shapes` tells that what is fed has the shapes that the graph declares. `assumed` are the
    values of fed conditions that the plan is for.

    Raises:
      InvalidArgumentError: the run would reach a placeholder that is not fed, or has no order.
    """
    fed = frozenset((*feeds, *named))
    own = [fetch for fetch in fetches if fetch not in fed]
    ops = needed_ops([f.op if isinstance(f, Tensor) else f for f in own], fed)
    planner = _Planner(Run(fed, ops, named, trusts_shapes), assumed=assumed)
    for tensor in feeds:
        planner.bind(tensor)
    targets = [f for f in own if isinstance(f, Tensor)]
    planner.add_level(find_loops(ops, fed), targets)
    if assumed and any(map(planner.is_sided, targets)):  # a run says which of them are not there
        return make_plan(fetches, feeds, named, trusts_shapes)
    return planner.finished(
        [planner.fetched(f) if isinstance(f, Tensor) else None for f in fetches]
    )


class _Planner:
    """Makes one plan, and those within it.

    `assumed` are the sides of conditions that it is for; what it lacks it takes from `outer`.
    """

    def __init__(
        self,
        run: Run,
        outer: _Planner | None = None,
        assumed: Mapping[Tensor, int] | None = None,
    ):
        self.plan = Plan(trusts_shapes=run.trusts_shapes)
        self.captured: list[int] = []  # slots of `outer`, for the last of the plan's feeds
        self.takes_host_values = False  # among what is captured
        self._run = run
        self._outer = outer
        self._assumed = assumed or {}
        self._slots: dict[Tensor, int] = {}
        self._entered: dict[Tensor, Tensor] = {}  # what is brought in: its name in `outer`
        self._sides = Sides((), {}, frozenset())
        self._targets: frozenset[Tensor] = frozenset()
        self._in_place: set[Operation] = set()

    # Slots ----------------------------------------------------------------------------------------

    def bind(self, tensor: Tensor) -> int:
        """The slot of a new feed, which gives the value of `tensor`."""
        self._slots[tensor] = slot = self.plan.new_slot()
        self.plan.feeds.append(slot)
        return slot

    def slot(self, tensor: Tensor) -> int:
        """Where the value of `tensor` is; what is made around this plan is brought in."""
        variable = self._run.variable(tensor)
        if variable is not None:
            return self._variable_slot(variable)
        if tensor not in self._slots:
            if self._outer is None:
                raise _out_of_reach(tensor)
            around = self._entered.get(tensor, tensor)
            self._slots[tensor] = self._capture(self._outer, around)
        return self._slots[tensor]

    def _capture(self, outer: _Planner, tensor: Tensor) -> int:
        """A slot for what `outer` has as the value of `tensor`."""
        outer.require(tensor, tensor.op)
        theirs = outer.slot(tensor)
        constant = outer.plan.constants[theirs]
        own = self.plan.new_slot(constant)
        if constant is None:
            self.plan.feeds.append(own)
            self.captured.append(theirs)
            self.takes_host_values |= is_host_type(self._value_type(tensor))
        return own

    def _variable_slot(self, variable: Operation) -> int:
        if variable not in self.plan.variables:
            self.plan.variables[variable] = self.plan.new_slot()
        return self.plan.variables[variable]

    def _value_type(self, tensor: Tensor) -> DType:
        """The type of what the tensor's slot holds."""
        variable = self._run.variable(tensor)
        return tensor.dtype if variable is None else declared_dtype(variable)

    def require(self, tensor: Tensor, reader: Operation) -> None:
        """A variable that is read before this run writes it must have a value beforehand."""
        variable = self._run.variable(tensor)
        if variable is not None and variable not in self.plan.written:
            self.plan.required.setdefault(variable, reader)

    def fetched(self, tensor: Tensor) -> int:
        self.require(tensor, tensor.op)
        slot = self.slot(tensor)
        if self.is_sided(tensor):
            self.plan.sided.append((tensor.op, slot))
        return slot

    def finished(self, fetches: list[int | None]) -> Plan:
        """The plan, which gives the values of the slots `fetches`."""
        self.plan.fetches = fetches
        if self.plan.trusts_shapes:
            rewrite(self.plan)
        return self.plan

    # Nodes ----------------------------------------------------------------------------------------

    def add_level(self, nodes: Sequence[Node], targets: Iterable[Tensor]) -> None:
        """Adds the nodes of one frame, of which `targets` are wanted by what is no node of it."""
        run = self._run
        self._targets = frozenset(targets)
        node_of, before = linked(nodes, run.fed)
        ordered = sorted_nodes(nodes, before)
        preferred = unforced(ordered, before, run.variable)
        self._sides = Sides(ordered, node_of, run.fed)
        if self._sides:
            ordered = clustered(nodes, before, preferred, self._sides)
        elif preferred:
            ordered = sorted_nodes(nodes, before, preferred)
        ordered = [node for node in ordered if not self._is_left_out(node)]
        self._in_place = reads_in_place(ordered, run.fed, self._targets, run.variable)
        self._add_nodes(ordered)

    def _is_left_out(self, node: Node) -> bool:
        """Whether it is on a side that is not assumed."""
        sides = self._sides.of(node)
        return any((pred, 1 - side) in sides for pred, side in self._assumed.items())

    def is_sided(self, tensor: Tensor) -> bool:
        """Whether it is on a side of a choice."""
        return bool(self._sides.of_tensor(tensor))

    def _add_nodes(self, nodes: Sequence[Node]) -> None:
        """Adds nodes in their order; neighbours that one condition decides about make a choice."""
        for pred, group in groupby(nodes, self._undecided):
            if pred is None:
                for node in group:
                    self._add(node)
            else:
                self._add_choice(pred, list(group))

    def _undecided(self, node: Node) -> Tensor | None:
        """The outermost condition that decides about `node` and is not assumed yet."""
        left = [pred for pred in self._sides.path(node) if pred not in self._assumed]
        if left and isinstance(node, Operation) and node.defn.joins:
            sides = frozenset[tuple[Tensor, int]]().union(
                *map(self._sides.of_tensor, self._there(node))
            )
            left = [pred for pred in left if (pred, 0) in sides or (pred, 1) in sides]
        return left[0] if left else None

    def _there(self, join: Operation) -> list[Tensor]:
        """The inputs that may have a value on the sides that are assumed."""
        return [
            tensor
            for tensor in join.inputs
            if all(self._assumed.get(p, side) == side for p, side in self._sides.of_tensor(tensor))
        ]

    def _add(self, node: Node) -> None:
        if isinstance(node, Frame):
            self._add_loop(node)
            return
        defn = node.defn
        node._is_planned = True
        if defn.is_placeholder:
            raise unfed(node)
        if defn.is_constant:
            self._slots[node.outputs[0]] = self.plan.new_slot(node.attrs["value"])
        elif defn.is_variable:
            self._variable_slot(first_of_its_name(node))
        elif defn.expands:
            for tensor, source in zip(node.outputs, expansion_of(node).outputs, strict=True):
                self._forward(tensor, source)
        elif defn.splits:
            self._add_switch(node)
        elif defn.joins:
            self._add_merge(node)
        elif self._run.is_copied(node):
            self._add_step(node)
        elif defn.forwards or defn.frame or node in self._in_place:
            self._forward(node.outputs[0], node.inputs[0])
        elif node.outputs or node.inputs or defn.host:
            self._add_step(node)

    def _forward(self, tensor: Tensor, source: Tensor) -> None:
        """Has `tensor` be another name of `source`."""
        if self._run.variable(tensor) is None:
            self.require(source, tensor.op)
            self._slots[tensor] = self.slot(source)

    def _add_switch(self, op: Operation) -> None:
        for pred, side in self._assumed.items():
            if (pred, side) in self._sides.of_tensor(op.outputs[side]):
                if self._outer is None:  # else the plan around has looked, for both sides
                    self._require_data(op)
                self._forward(op.outputs[side], op.inputs[0])

    def _add_merge(self, op: Operation) -> None:
        """The first input that is there is known: on each side of a choice, it is another one."""
        for tensor in self._there(op)[:1]:
            self._forward(op.outputs[0], tensor)
            self._slots[op.outputs[1]] = self.plan.new_slot(np.int32(op.inputs.index(tensor)))

    # Choices --------------------------------------------------------------------------------------

    def _add_choice(self, pred: Tensor, nodes: list[Node]) -> None:
        """Adds neighbouring nodes that `pred` decides about."""
        for node in nodes:
            if isinstance(node, Operation) and node.defn.splits:
                self._require_data(node)
        sides = [self._side(pred, side, nodes) for side in (0, 1)]
        exported = [t for t in self._exported(nodes) if any(t in s._slots for s in sides)]
        for side in sides:
            side.finished([side._slots.get(tensor) for tensor in exported])
        results = [self.plan.new_slot() for _ in exported]
        self._slots.update(zip(exported, results, strict=True))
        self.require(pred, pred.op)
        ops = operations(nodes)
        first = next(op for node in nodes for op in members(node))
        parts = [self._part(side, 0) for side in sides]
        self._add_region(Choice(ops, first, parts, exported), [self.slot(pred)], results)

    def _require_data(self, switch: Operation) -> None:
        """A variable's value, not its name, is looked at whichever side is taken."""
        if not is_name(switch.outputs[0]):
            self.require(switch.inputs[0], switch)

    def _side(self, pred: Tensor, side: int, nodes: list[Node]) -> _Planner:
        """What runs of `nodes` when `pred` has the value `side`."""
        inner = _Planner(self._run, self, {**self._assumed, pred: side})
        inner._sides, inner._targets = self._sides, self._targets
        inner._in_place = self._in_place
        inner._add_nodes([n for n in nodes if (pred, 1 - side) not in self._sides.of(n)])
        return inner

    def _exported(self, nodes: Iterable[Node]) -> list[Tensor]:
        """What `nodes` make that others use."""
        own = operations(nodes)
        tensors = (t for op in nodes if isinstance(op, Operation) for t in op.outputs)
        return [t for t in tensors if self._run.variable(t) is None and self._leaves(t, own)]

    def _leaves(self, tensor: Tensor, own: set[Operation]) -> bool:
        needed = self._run.needed
        users = [op for op in tensor._consumers if op in needed]
        users += [op for node in self._sides.decided_by(tensor) for op in members(node)]
        return tensor in self._targets or any(user not in own for user in users)

    # Loops ----------------------------------------------------------------------------------------

    def _add_loop(self, frame: Frame) -> None:
        """Adds a loop as one step, and says where the values that leave it are."""
        for op in frame.ops:
            op._is_planned = True
        parts = LoopParts(frame, self._run.fed)
        condition, body = self._inside(frame, parts), self._inside(frame, parts)
        for tensor in parts.shared:
            body.bind(tensor)
        wanted = [frame.condition.inputs[0], *parts.shared]
        condition.add_level(parts.condition, wanted)
        condition.finished([condition.fetched(tensor) for tensor in wanted])
        nexts = [variable.next.inputs[0] for variable in parts.going]
        body.add_level(parts.body, nexts)
        body.finished([body.fetched(tensor) for tensor in nexts])
        # What is behind a handle is read in a turn, and there may be none.
        turning = {v: op for v, op in body.plan.required.items() if not has_handle(v)}
        for read, reader in (condition.plan.required | turning).items():
            if read not in self.plan.written:
                self.plan.required.setdefault(read, reader)
        entered = [variable.enter.inputs[0] for variable in parts.going]
        for tensor in entered:
            self.require(tensor, frame.condition)
        results = [self.plan.new_slot() for _ in parts.going]
        for variable, slot in zip(parts.going, results, strict=True):
            self._slots.update({switch.outputs[0]: slot for switch in variable.switches})
        for variable in parts.same:
            for switch in variable.switches:
                self._forward(switch.outputs[0], variable.enter.inputs[0])
        count = len(parts.going)
        made = [self._part(condition, count), self._part(body, count + len(parts.shared))]
        initial = [self.slot(tensor) for tensor in entered]
        merged = [variable.merge.outputs[0] for variable in parts.going]
        loop = Loop(set(frame.all_ops()), frame.condition, made, merged)
        self._add_region(loop, initial, results)

    def _inside(self, frame: Frame, parts: LoopParts) -> _Planner:
        """A planner for what is in a loop, to which the values that go round are fed."""
        inner = _Planner(self._run, self)
        inner._entered = {enter.outputs[0]: enter.inputs[0] for enter in frame.enters}
        for variable in parts.going:
            slot = inner.bind(variable.merge.outputs[0])
            inner._slots.update({switch.outputs[1]: slot for switch in variable.switches})
        for variable in parts.same:
            around = variable.enter.inputs[0]
            inner._entered[variable.merge.outputs[0]] = around
            inner._entered.update({switch.outputs[1]: around for switch in variable.switches})
        return inner

    # Regions --------------------------------------------------------------------------------------

    def _part(self, inner: _Planner, bound: int) -> Part:
        """What `inner` planned, for a step of this plan; its first feeds are `bound`."""
        plan, own = inner.plan, self.plan
        cells = {op: self._variable_slot(op) for op in plan.variables}
        for op in plan.streams:
            cells[op] = own.streams.setdefault(op, -1)
            if cells[op] < 0:
                cells[op] = own.streams[op] = own.new_slot()
        for op in plan.kept:
            own.kept[op] = own.new_slot()
        own.written.update((v, own.variables[v]) for v in plan.written)
        own.reshaped |= plan.reshaped
        kept = [own.kept[op] for op in plan.kept]
        return Part(plan, bound, [*inner.captured, *kept], cells, inner.takes_host_values)

    def _add_region(self, region: Region, own: list[int], results: list[int]) -> None:
        """Adds a step that takes the slots `own` besides what its parts take from this plan."""
        step = region_step(region, own, results, self.plan.new_slot)
        self.plan.drawn += [(op, slot) for op, slot in region.draws]
        self.plan.steps.append(step)

    # Operations -----------------------------------------------------------------------------------

    def _add_step(self, op: Operation) -> None:
        defn, plan = op.defn, self.plan
        written = written_variables(op, self._run.variable)
        overwritten = () if not written else defn.input_positions(op, _overwritten(op))
        if not (defn.asks_state or defn.calls):
            for position, tensor in enumerate(op.inputs):
                if position not in overwritten:
                    self.require(tensor, op)
        state = self._state(op)
        writes = _writes(op, written, len(state))
        plan.reshaped.update(
            variable
            for variable, write in zip(written, writes, strict=True)
            if not write.is_checked and may_change_shape(op, variable)
        )
        take = self._argument_slot if defn.calls else self.slot
        inputs = [take(tensor) for tensor in op.inputs]
        static = tuple(inputs[position] for position in defn.static_positions(op))
        near_zero = tuple(
            inputs[position]
            for position in defn.input_positions(op, defn.near_zero)
            if self._value_type(op.inputs[position]).is_floating
        )
        computed = (t for t, s in zip(op.inputs, inputs, strict=True) if plan.constants[s] is None)
        types = map(self._value_type, (*computed, *op.outputs))
        has_strings = any(map(is_host_type, types))
        plan.steps.append(
            Step(
                op,
                defn.fn,
                defn.fn_attrs(op.attrs),
                inputs=(*state, *inputs),
                outputs=(*self._written(written), *self._outputs(op, written)),
                declared=tuple(t.dtype for t in op.outputs if not t.dtype._is_ref_dtype),
                writes=writes,
                static=static,
                near_zero=near_zero,
                on_host=defn.host or defn.kept is not None or has_strings,
                steady=tuple(inputs[at] for at in defn.input_positions(op, defn.steady)),
                waits=defn.waits,
                folds=defn.folds and not has_strings,
                is_pure=defn.is_pure or defn.reads,
                is_total=defn.total,
                of_shape=defn.of_shape,
                may_pass_input=not defn.host and (defn.reads or not defn.stateful),
                blocks=_blocks_used(op),
                flops=defn.flops,
                explain=partial(why_failed, op, len(state)),
                partly=defn.partly,
                picks=defn.picks,
                rows=defn.rows,
                fitted=defn.fitted,
                writes_rows=defn.writes_rows,
            )
        )

    def _argument_slot(self, tensor: Tensor) -> int:
        """The slot of what is handed to a function: a variable's name, for it may read it later."""
        variable = self._run.variable(tensor)
        if variable is None:
            return self.slot(tensor)
        if not has_handle(variable):
            self.require(tensor, tensor.op)
            self._variable_slot(variable)
        return self.plan.new_slot(VariableName(variable))

    def _state(self, op: Operation) -> tuple[int, ...]:
        """The slot of what the session keeps for `op`, if anything."""
        if not op.defn.takes_state:
            return ()
        kept = self.plan.kept if op.defn.stream is None else self.plan.streams
        kept[op] = slot = self.plan.new_slot()
        return (slot,)

    def _written(self, variables: list[Operation]) -> list[int]:
        """The slots of the variables, in which the new values take the place of the old."""
        slots = [self._variable_slot(variable) for variable in variables]
        self.plan.written.update(zip(variables, slots, strict=True))
        return slots

    def _outputs(self, op: Operation, written: list[Operation]) -> list[int]:
        """Slots for what `fn` gives besides the variables' new values."""
        outputs = []
        for tensor in op.outputs:
            if tensor.dtype._is_ref_dtype and written:
                continue
            if tensor in self._run.fed:
                outputs.append(self.plan.new_slot())
            else:
                self._slots[tensor] = slot = self.plan.new_slot()
                outputs.append(slot)
        return outputs


def _out_of_reach(tensor: Tensor) -> UnimplementedError:
    return UnimplementedError(
        None,
        tensor.op,
        f"{tensor.name} is used where it has no value in any run: behind another choice or loop "
        "than the operation that takes it.",
    )


def _overwritten(op: Operation) -> Sequence[str]:
    """The reference inputs whose old value `op` does not use."""
    return op.defn.writes if op.defn.overwrites else ()


def _blocks_used(op: Operation) -> Callable[[tuple[int, ...]], int] | None:
    """How many blocks of its stream an output of a shape uses up."""
    stream = op.defn.stream
    if not isinstance(stream, str):
        return stream
    count: int = op.attrs[stream]
    return lambda shape: count


def _writes(op: Operation, written: list[Operation], before: int) -> tuple[Write, ...]:
    """What `op` writes; `before` inputs come before its own."""
    positions = op.defn.input_positions(op, op.defn.writes) if written else ()
    is_checked = op.attrs.get("validate_shape", not op.defn.reshapes)
    return tuple(
        Write(before + position, declared_shape(variable).sizes, is_checked)
        for position, variable in zip(positions, written, strict=True)
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
