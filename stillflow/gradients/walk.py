"""`tf.gradients`: differentiates a loss by walking the graph backwards, op rule by op rule.

The walk knows no op's derivative. It calls the rules in TensorFlow's order and opens TensorFlow's
scopes around them, so that the nodes it builds are TensorFlow's, name by name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.declare.handles import is_handle
from stillflow.gradients.aggregating import Gradient, checked_method, total_of
from stillflow.gradients.registered import rule_of
from stillflow.gradients.zeros import zeros_like_value, zeros_outside_loops
from stillflow.graph import dtypes
from stillflow.graph.context import check_not_eager, get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.control.jit_scope import compiled_like
from stillflow.ops.control.nodes import is_loop_exit
from stillflow.ops.control.ordering import identity, tuple_
from stillflow.ops.control.taped import told_to_tapes
from stillflow.ops.functions.calls import gradient_of_call


class UnconnectedGradients(Enum):
    """What the gradient is of a `ys` that does not depend on an `xs`."""

    NONE = "none"
    ZERO = "zero"


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list:
    """Returns, for each of `xs`, the derivative of the sum of `ys` with respect to it.

    Args:
      grad_ys: the weight of each of `ys`; ones by default.
      colocate_gradients_with_ops: what differentiates an op is recorded beside it.
      gate_gradients: every gradient of an op is computed before any of them is used.
      aggregation_method: how several gradients of one tensor are summed; see AggregationMethod.
      stop_gradients: tensors that count as constants.
      unconnected_gradients: 'none' or 'zero', for an `xs` that `ys` do not depend on.

    Returns:
      A list of tensors shaped as `xs`, of IndexedSlices, or of None.

    Raises:
      LookupError: an op on the way has no gradient.
      ValueError: a rule's gradient has the wrong shape, or an argument is unknown.
    """
    check_not_eager(
        "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape "
        "instead."
    )
    unconnected = unconnected_mode(unconnected_gradients)
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    grads_of_ys = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    how = How(gate_gradients, colocate_gradients_with_ops, checked_method(aggregation_method))

    def build() -> list:
        scope = name_scope(name, "gradients", [*ys, *xs, *stops, *grads_of_ys])
        with scope, get_default_graph().alone():
            walk, x_tensors = _walked(ys, xs, grads_of_ys, stops, how)
        walk.finish()
        return [walk.result(x, unconnected) for x in x_tensors]

    return told_to_tapes(build, (y for y in ys if isinstance(y, Tensor)))


def _walked(
    ys: list, xs: list, grads_of_ys: list, stops: list, how: How
) -> tuple[Walk, list[Tensor]]:
    """(the walk that has gone from `ys` as far as they lead, the tensors of `xs`)"""
    y_tensors = [convert_to_tensor(y, name=f"y_{i}") for i, y in enumerate(ys)]
    x_tensors = [_of_variable(x, f"x_{i}") for i, x in enumerate(xs)]
    stop_tensors = [_of_variable(stop, "stop") for stop in stops]
    initial = _initial_gradients(y_tensors, grads_of_ys, how)
    between = operations_between(y_tensors, x_tensors)
    make = _loop_walk() if _meets_loops(y_tensors, between) else Walk
    walk = make(y_tensors, x_tensors, stop_tensors, between, how)
    walk.run(y_tensors, initial)
    return walk, x_tensors


def unconnected_mode(value: Any) -> UnconnectedGradients:
    try:
        return UnconnectedGradients(value)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {value!r}\n  It may be 'none' or 'zero'."
        ) from None


def _of_variable(x: Any, name: str) -> Tensor:
    """A tensor; of a variable what all of its reads come from: its reference, or its handle."""
    if hasattr(x, "_should_act_as_resource_variable"):
        tensor = x.handle
    else:
        tensor = to_tensor(x, name=name, as_ref=True)
    # What a function takes from eager mode comes to its body as an argument.
    return get_default_graph().capture(tensor) if tensor._is_eager else tensor


def _as_list(values: Any) -> list:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _meets_loops(ys: list[Tensor], between: Iterable[Operation]) -> bool:
    # In a function a gradient leads through loops by what no edge shows, too: see `loop_lists`.
    is_function = get_default_graph().building_function
    return any(map(is_loop_exit, operations_behind(ys) if is_function else between))


def _loop_walk() -> type[Walk]:
    from stillflow.gradients.loop_walk import LoopWalk  # few graphs have loops

    return LoopWalk


class How(NamedTuple):
    """`gate_gradients`, `colocate_gradients_with_ops` and `aggregation_method`."""

    gate: bool
    colocate: bool
    method: int

    def beside(self, op: Operation) -> AbstractContextManager:
        return op.graph.colocate_with(op) if self.colocate else nullcontext()


class Walk:
    """One backward pass: gradients arrive at tensors and leave through their ops."""

    def __init__(
        self,
        ys: list[Tensor],
        xs: list[Tensor],
        stops: list[Tensor],
        between: dict[Operation, None],
        how: How,
    ):
        self._how = how
        self._parts: dict[Operation, list[list[Gradient]]] = {}
        self._totals: dict[Tensor, Gradient | None] = {}
        # How many ops between still have to hand their gradient to this one.
        self._pending = self._pending_counts(between)
        # First come, first served, as in TensorFlow: the order of the nodes, and that in which
        # gradients are summed and the rows of sparse ones joined, follow from it.
        y_ops = dict.fromkeys(y.op for y in ys)
        self._ready = deque(op for op in y_ops if self._pending.get(op) == 0)
        self._x_ops = {x.op for x in xs}
        self._stop_ops = {tensor.op for tensor in stops}

    def _taken_by(self, op: Operation) -> Sequence[Tensor]:
        """The tensors that the gradients of the inputs of `op` are of."""
        return op.inputs

    def _pending_counts(self, between: Iterable[Operation]) -> dict[Operation, int]:
        pending = dict.fromkeys(between, 0)
        for op in between:
            for tensor in self._taken_by(op):
                if tensor.op in pending:
                    pending[tensor.op] += 1
        return pending

    def run(self, ys: list[Tensor], grads: list[Gradient]) -> None:
        """Walks from `ys`, whose gradients are `grads`, as far as they lead."""
        for y, grad in zip(ys, grads, strict=True):
            self._add(y, grad)
        self._start()
        while self._ready:
            op = self._ready.popleft()
            with self._how.beside(op):
                self._differentiate(op)
            self._count_down(op)

    def _start(self) -> None:
        """Notes the ops of xs with no other behind them: what they are made of has no gradient."""
        pending = self._pending
        self._stop_ops |= {
            op
            for op in self._x_ops
            if not any(pending.get(t.op, 0) > 0 for t in self._taken_by(op))
        }

    def _count_down(self, op: Operation) -> None:
        for tensor in self._taken_by(op):
            if tensor.op in self._pending:
                self._pending[tensor.op] -= 1
                if not self._pending[tensor.op]:
                    self._ready.append(tensor.op)

    def finish(self) -> None:
        """Builds what TensorFlow builds outside of the scope of the gradients."""

    def result(self, x: Tensor, unconnected: UnconnectedGradients) -> Gradient | None:
        """The sum of the gradients that arrived at `x`."""
        if x.op not in self._parts and unconnected is UnconnectedGradients.ZERO:
            return zeros_like_value(x)
        return self._totals.get(x)

    def _add(self, tensor: Tensor, grad: Gradient) -> None:
        parts = self._parts.setdefault(tensor.op, [[] for _ in tensor.op.outputs])
        parts[tensor.value_index].append(grad)

    def _differentiate(self, op: Operation) -> None:
        grads = self._arrived(op)
        if op.defn.splits:
            self._check_not_initial(op)
        if op not in self._stop_ops and any(grad is not None for grad in grads):
            self._pass_on(op, grads)

    def _check_not_initial(self, op: Operation) -> None:
        """ValueError for a loop variable, reached by a walk that began inside its loop."""
        context = op._control_flow_context
        inside = op.graph._get_control_flow_context()
        if context is None or context is not inside or not context.IsWhileContext():
            return
        nearest, seen = deque([op]), {op}
        while nearest[0] not in self._x_ops:
            sources = dict.fromkeys(tensor.op for tensor in nearest.popleft().inputs)
            nearest.extend(source for source in sources if source not in seen)
            seen.update(sources)
        raise ValueError(
            f"Cannot compute gradient inside while loop with respect to op '{nearest[0].name}'. We "
            "do not support taking the gradient wrt or through the initial value of a loop "
            "variable. Gradients can be computed through loop invariants or wrt the input "
            "parameters to the loop body."
        )

    def _arrived(self, op: Operation) -> list[Gradient | None]:
        """The sum of the gradients that arrived at each output."""
        parts = self._parts.get(op, ())
        grads = [total_of(some, op, self._how.method) if some else None for some in parts]
        self._totals.update(zip(op.outputs, grads, strict=False))
        return grads

    def _pass_on(self, op: Operation, grads: list[Gradient | None]) -> None:
        """Hands the inputs their gradients, by those of the outputs."""
        rule = rule_of(op)
        if rule is None:
            return
        takes_all = rule is gradient_of_call
        out_grads = [
            self._zeros(op, index)
            if grad is None and (takes_all or is_trainable(op.outputs[index]))
            else grad
            for index, grad in enumerate(grads)
        ]
        marked = compiled_like(op, get_default_graph().get_name_scope())
        with name_scope(f"{op.name}_grad"), get_default_graph()._original_op(op), marked:
            in_grads = self._gated(op, _gradients_by(rule, op, out_grads))
        for index, (tensor, grad) in enumerate(zip(self._taken_by(op), in_grads, strict=True)):
            if grad is not None:
                _share_shape(op, index, tensor, grad)
                self._add(tensor, self._leaving(op, tensor, grad))

    def _leaving(self, op: Operation, tensor: Tensor, grad: Gradient) -> Gradient:
        """What `op` adds to the gradient of its input `tensor`, where its rule gives `grad`."""
        return grad

    def _zeros(self, op: Operation, index: int) -> Tensor | None:
        """The gradient of an output that nothing used."""
        return zeros_outside_loops(op, index)

    def _gated(self, op: Operation, grads: list[Gradient | None]) -> list[Gradient | None]:
        if not self._how.gate or sum(grad is not None for grad in grads) < 2:
            return grads
        with op.graph.device(None), op.graph.colocate_with(None, ignore_existing=True):
            return tuple_(grads)


def _initial_gradients(ys: list[Tensor], grads: list, how: How) -> list[Gradient]:
    """What each of `ys` starts with, by what the program gave.

    Raises:
      TypeError: a gradient is of another kind of number, or missing for complex numbers.
      ValueError: there is not one for each.
    """
    if len(grads) != len(ys):
        raise ValueError(f"Passed {len(grads)} grad_ys for {len(ys)} ys")
    given = [
        None if grad is None else convert_to_tensor_or_indexed_slices(grad, name=f"grad_y_{i}")
        for i, grad in enumerate(grads)
    ]
    initial: list[Gradient] = []
    for i, (y, grad) in enumerate(zip(ys, given, strict=True)):
        with how.beside(y.op):
            initial.append(_ones(y, i) if grad is None else _checked(y, grad, i))
    return initial


def _ones(y: Tensor, index: int) -> Tensor:
    if y.dtype.base_dtype.is_complex:
        raise TypeError(f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})")
    sizes = shape_of.shape(y)
    return filling.fill_op(sizes, constant(1, dtype=y.dtype.base_dtype, name=f"grad_ys_{index}"))


def _checked(y: Tensor, grad: Gradient, index: int) -> Gradient:
    """`grad`, given for `y`, through an Identity of this walk's own."""
    kind = y.dtype.base_dtype
    if kind.is_complex and not grad.dtype.is_complex:
        raise TypeError(
            f"Gradient type {grad.dtype.base_dtype.name} generated for complex-valued tensor {y} "
            f"with type {kind.name} must be real\n  It must be complex."
        )
    if kind is dtypes.variant:
        return identity(grad, name=f"grad_ys_{index}")
    if not kind.is_complex and not (grad.dtype.is_floating or grad.dtype.is_integer):
        raise TypeError(
            f"Gradient type {grad.dtype.base_dtype.name} generated for real or integer-valued "
            f"tensor {y} with type {kind.name} must be real or integer"
        )
    if isinstance(grad, Tensor):
        return identity(grad, name=f"grad_ys_{index}")
    indices = identity(grad.indices, name=f"grad_ys_{index}_indices")
    values = identity(grad.values, name=f"grad_ys_{index}_values")
    sizes = grad.dense_shape
    if sizes is not None:
        sizes = identity(sizes, name=f"grad_ys_{index}_shape")
    return IndexedSlices(values, indices, sizes)


def _gradients_by(rule: Any, op: Operation, out_grads: list) -> list:
    """What a rule gives for each input of `op`."""
    result = rule(op, *out_grads)
    in_grads = _as_list(result)
    if len(in_grads) != len(op.inputs):
        raise ValueError(
            f"Num gradients {len(in_grads)} generated for op {op.node_def} do not match num "
            f"inputs {len(op.inputs)}"
        )
    return in_grads


def _share_shape(op: Operation, index: int, tensor: Tensor, grad: Gradient) -> None:
    """Adds what is known of an input's shape to its gradient's."""
    if not isinstance(grad, Tensor) or is_handle(tensor):
        return
    if not grad.shape.is_compatible_with(tensor.shape):
        raise ValueError(
            "Incompatible shapes between op input and calculated input gradient.  Forward "
            f"operation: {op.name}.  Input index: {index}. Original input shape: {tensor.shape}.  "
            f"Calculated input gradient shape: {grad.shape}\n"
            "  A rule's gradient must have its input's shape: sum it over what was broadcast."
        )
    grad.set_shape(tensor.shape)


def is_trainable(tensor: Tensor) -> bool:
    """Whether an output that nothing used gets zeros as its gradient."""
    return _passes_gradient(tensor) and tensor.dtype.base_dtype is not dtypes.bfloat16


def _passes_gradient(tensor: Tensor) -> bool:
    dtype = tensor.dtype.base_dtype
    is_number = dtype.is_floating or dtype.is_complex
    return is_number or dtype in (dtypes.resource, dtypes.variant)


def operations_between(
    ys: Iterable[Tensor], xs: Iterable[Tensor], instead: Mapping[Tensor, Tensor] | None = None
) -> dict[Operation, None]:
    """The ops on a path from some `xs` to some `ys` along which a gradient can flow.

    Those nearest to `ys` come first. `instead` has tensors that lead there in place of others.
    """
    stands_for = {new: old for old, new in (instead or {}).items()}
    reached: set[Operation] = {x.op for x in xs}
    waiting = list(reached)
    while waiting:
        for tensor in filter(_passes_gradient, waiting.pop().outputs):
            for consumer in stands_for.get(tensor, tensor)._consumers:
                if consumer not in reached:
                    reached.add(consumer)
                    waiting.append(consumer)
    return operations_behind(ys, instead, reached)


def operations_behind(
    ys: Iterable[Tensor],
    instead: Mapping[Tensor, Tensor] | None = None,
    among: Container[Operation] | None = None,
) -> dict[Operation, None]:
    """The ops that `ys` are made by, those nearest to them first, as far as only `among` leads."""
    behind: dict[Operation, None] = {}
    nearest = deque(y.op for y in ys)
    while nearest:
        op = nearest.popleft()
        if op not in behind and (among is None or op in among):
            behind[op] = None
            nearest.extend(tensor.op for tensor in taken_by(op, instead))
    return behind


def taken_by(op: Operation, instead: Mapping[Tensor, Tensor] | None) -> Sequence[Tensor]:
    """The inputs of `op`, some of them with others in their place."""
    return [instead.get(tensor, tensor) for tensor in op.inputs] if instead else op.inputs
