"""Which loops the operations of a run make up. Knows no op by name and runs nothing.

A loop's frame is what its Enters lead into and its Exits out of. Frames are found by how operations
are connected, never by the names that Enters carry, which two imported graphs may share. What lies
in a frame is planned on its own; to the frame around it, a loop is a single node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stillflow.declare.expanding import expansion_of
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.order import (
    Before,
    Node,
    first_name,
    members,
    predecessors,
    sorted_nodes,
)


@dataclass(eq=False, slots=True)
class Variable:
    """One value that goes round a loop.

    merge: what has its value at the start of an iteration.
    enter: what gives it the first one, from around the loop.
    next: what gives it that of the next iteration.
    switches: what hand it to the body, or out of the loop; none where neither asks for it.
    """

    merge: Operation
    enter: Operation
    next: Operation
    switches: list[Operation] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Frame:
    """A loop, as a node of what surrounds it.

    Attributes:
      outer: the frame around it, None for the outermost.
      name: what its Enters call it.
      ops: its operations: its Enters, and the Exits of the loops in it, are among them.
      inner: the loops in it.
      enters: the operations that lead in.
      condition: what says whether there is one more iteration.
      variables: what goes round.
    """

    outer: Frame | None
    name: str = ""
    ops: list[Operation] = field(default_factory=list)
    inner: list[Frame] = field(default_factory=list)
    enters: list[Operation] = field(default_factory=list)
    condition: Operation = field(init=False)
    variables: list[Variable] = field(default_factory=list)
    joined: Frame | None = None  # the frame that this one has turned out to be

    @property
    def _id(self) -> int:
        """Where it stands in the order of building."""
        return self.condition._id

    @property
    def nodes(self) -> list[Operation | Frame]:
        return [*self.ops, *self.inner]

    def all_ops(self) -> Iterable[Operation]:
        """Its operations and those of the loops in it."""
        yield from self.ops
        for loop in self.inner:
            yield from loop.all_ops()

    def waits_for(self, fed: frozenset[Tensor]) -> set[Operation]:
        """The operations around it that must have run before it starts."""
        inside = set(self.all_ops())
        return {o for op in inside for o in predecessors(op, fed)} - inside


def find_loops(ops: list[Operation], fed: frozenset[Tensor]) -> list[Operation | Frame]:
    """The nodes of a run of `ops`: those around all loops, and the outermost loops.

    Raises:
      InvalidArgumentError: operations wait for each other, or are of several frames at once.
    """
    if not any(op.defn.frame for op in ops):
        return list(ops)
    frames = _Labels(ops, fed).frame_of
    outermost: list[Operation | Frame] = []
    loops: dict[Frame, None] = {}
    turning = _turning(frames)
    for op, label in frames.items():
        frame = _nearest(label, turning)
        if frame is None:
            outermost.append(op)
            continue
        loops[frame] = None
        frame.ops.append(op)
        if op.defn.frame == "enter":
            frame.enters.append(op)
    for frame in loops:
        outer = _nearest(frame.outer, turning)
        frame.outer = outer
        (outermost if outer is None else outer.inner).append(frame)
        _complete(frame)
    return outermost


def _nearest(frame: Frame | None, turning: set[Frame]) -> Frame | None:
    """The innermost loop around; what runs but once in a frame is of the one around that."""
    while frame is not None and _found(frame) not in turning:
        frame = _found(frame).outer
    return None if frame is None else _found(frame)


def _turning(frames: dict[Operation, Frame | None]) -> set[Frame]:
    """The frames from an iteration of which there is a way to a next one."""
    return {
        _found(label)
        for op, label in frames.items()
        if label is not None and op.defn.frame in ("next", "condition")
    }


def _found(frame: Frame) -> Frame:
    while frame.joined is not None:
        frame = frame.joined
    return frame


class _Labels:
    """The innermost frame of each operation; an Exit is of the frame around its loop.

    So is what is on its way out: what takes a loop variable where the loop does not go on.
    """

    def __init__(self, ops: list[Operation], fed: frozenset[Tensor]):
        before = {op: set(_forward_predecessors(op, fed)) for op in ops}
        self.frame_of: dict[Operation, Frame | None] = {}
        self._left: dict[Operation, Frame] = {}  # of what is on its way out, the loop
        for op in sorted_nodes(ops, before):
            self.frame_of[op] = self._label(op, before[op])
        # In their order of building, for that is the order of what is planned.
        self.frame_of = {op: self.frame_of[op] for op in ops}

    def _label(self, op: Operation, before: set[Operation]) -> Frame | None:
        around: Frame | None = None
        for earlier in self._beside(op) if op.defn.expands else before:
            around = self._both(op, around, self.frame_of[earlier])
        if op.defn.frame == "enter":
            return Frame(around, op.attrs["frame_name"])
        left = self._leaving(op)
        if left is not None:
            self._left[op] = left
            return _found(left).outer
        if op.defn.frame == "exit":
            if around is None:
                raise InvalidArgumentError(
                    None, op, f"{op.name} leads out of a loop, but is fed by nothing inside of one."
                )
            return _found(around).outer
        return around

    def _beside(self, call: Operation) -> Iterable[Operation]:
        """What is in the frame of an operation that others, some in loops, run in place of."""
        tensors = (*call.inputs, *expansion_of(call).outputs)
        beside = (*(tensor.op for tensor in tensors), *call._control_inputs)
        return [op for op in beside if op in self.frame_of]

    def _leaving(self, op: Operation) -> Frame | None:
        """The loop that what `op` takes comes out of, if it does."""
        for tensor in op.inputs:
            if tensor.op in self._left and tensor.op.defn.frame != "exit":
                return self._left[tensor.op]
            if op.defn.frame != "exit" and _is_on_way_out(tensor):
                return self.frame_of[tensor.op]
        return None

    def _both(self, op: Operation, a: Frame | None, b: Frame | None) -> Frame | None:
        """The frame of an operation that waits for some in `a` and some in `b`."""
        a, b = (None if frame is None else _found(frame) for frame in (a, b))
        if a is b or b is None:
            return a
        if a is None:
            return b
        difference = _depth(a) - _depth(b)
        if difference:
            return a if difference > 0 else b
        if a.name != b.name:
            raise InvalidArgumentError(
                None,
                op,
                f"{op.name} has inputs from different frames. One is in frame '{a.name}', another "
                f"in frame '{b.name}'.\n  What a loop gives goes out of it by an Exit.",
            )
        b.joined = a
        a.outer = self._both(op, a.outer, b.outer)
        return a


def _is_on_way_out(tensor: Tensor) -> bool:
    """Whether it is a loop variable where the loop does not go on."""
    op = tensor.op
    if not op.defn.splits or tensor.value_index:
        return False
    return first_name(op.inputs[-1]).op.defn.frame == "condition"


def _depth(frame: Frame | None) -> int:
    depth = 0
    while frame is not None:
        frame, depth = _found(frame).outer, depth + 1
    return depth


def _forward_predecessors(op: Operation, fed: frozenset[Tensor]) -> list[Operation]:
    """What `op` waits for, but for the way from an iteration to the next."""
    waits = predecessors(op, fed)
    return [o for o in waits if o.defn.frame != "next"] if op.defn.joins else waits


def _complete(frame: Frame) -> None:
    """Finds the condition and the variables of a loop."""
    conditions = [op for op in frame.ops if op.defn.frame == "condition"]
    if len(conditions) != 1:
        where = frame.enters[0]
        raise InvalidArgumentError(
            None,
            where,
            f"The loop that {where.name} leads into has {len(conditions)} LoopCond operations.\n"
            "  A loop has one, which says whether there is another iteration.",
        )
    (frame.condition,) = conditions
    go_on = frame.condition.outputs[0]
    by_merge = {op: variable for op in frame.ops if (variable := _variable(op)) is not None}
    for switch in frame.ops:
        if switch.defn.splits and switch.inputs[-1] is go_on:
            _switched(switch, by_merge).switches.append(switch)
    frame.variables = list(by_merge.values())


def _variable(merge: Operation) -> Variable | None:
    """What `merge` has the value of, if that goes round."""
    if not merge.defn.joins or len(merge.inputs) != 2:
        return None
    by_role = {tensor.op.defn.frame: tensor.op for tensor in merge.inputs}
    if by_role.keys() != {"enter", "next"}:
        return None
    return Variable(merge, by_role["enter"], by_role["next"])


def _switched(switch: Operation, by_merge: dict[Operation, Variable]) -> Variable:
    merge = first_name(switch.inputs[0]).op
    if merge not in by_merge:
        raise InvalidArgumentError(
            None,
            switch,
            f"{switch.name} must switch what a Merge of an Enter and a NextIteration gives, but "
            f"{merge.name} is a {merge.type}.",
        )
    return by_merge[merge]


def _stays(variable: Variable) -> bool:
    """Whether its value is the same in all iterations."""
    following = first_name(variable.next.inputs[0])
    return any(following is switch.outputs[1] for switch in variable.switches)


def _waits_for(node: Node, fed: frozenset[Tensor]) -> Iterable[Operation]:
    """The operations that a node waits for."""
    return predecessors(node, fed) if isinstance(node, Operation) else node.waits_for(fed)


class LoopParts:
    """What of a loop belongs to its condition and to its body.

    Attributes:
      going: the variables that an iteration changes.
      same: the others.
      condition, body: the nodes of each; what both need is of the condition.
      shared: what the body uses of the condition's nodes.
    """

    def __init__(self, frame: Frame, fed: frozenset[Tensor]):
        self.same = [variable for variable in frame.variables if _stays(variable)]
        self.going = [v for v in frame.variables if v not in self.same]
        bounds = {frame.condition, *frame.enters}
        for variable in frame.variables:
            bounds |= {variable.merge, variable.next, *variable.switches}
        nodes = [node for node in frame.nodes if node not in bounds]
        node_of = {op: node for node in nodes for op in members(node)}
        needed: set[Node] = set()
        waiting: list[Operation] = predecessors(frame.condition, fed)
        while waiting:
            node: Any = node_of.get(waiting.pop())
            if node is not None and node not in needed:
                needed.add(node)
                waiting += _waits_for(node, fed)
        self.condition = [node for node in nodes if node in needed]
        self.body = [node for node in nodes if node not in needed]
        used = [tensor for node in self.body for op in members(node) for tensor in op.inputs]
        used += [variable.next.inputs[0] for variable in self.going]
        of_condition = {op for node in self.condition for op in members(node)}
        self.shared = [t for t in dict.fromkeys(used) if t.op in of_condition]


def linked(
    nodes: Sequence[Node], fed: frozenset[Tensor]
) -> tuple[Mapping[Operation, Node], Before]:
    """The node of each operation, and the nodes that each node waits for."""
    if all(isinstance(node, Operation) for node in nodes):
        own = set(nodes)
        return {op: op for op in nodes}, {op: own & set(predecessors(op, fed)) for op in nodes}
    node_of = {op: node for node in nodes for op in members(node)}
    before = {}
    for node in nodes:
        before[node] = {node_of[op] for op in _waits_for(node, fed) if op in node_of}
    return node_of, before
