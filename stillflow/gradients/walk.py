"""`tf.gradients`: differentiates a loss by walking the graph backwards, op rule by op rule.

The walk sums the gradients that reach a tensor from several sides and sums a gradient back to its
input's shape where the op broadcast it, so that no rule has to. It knows no op's derivative.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.array.indexed_slices import concat_slices
from stillflow.ops.control.ordering import tuple_
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.reduce import reducing

Gradient = Tensor | IndexedSlices


class AggregationMethod:
    """How gradients of one tensor are summed; accepted, and always AddN."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


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
      gate_gradients: every gradient of an op is computed before any of them is used.
      stop_gradients: tensors that count as constants.
      unconnected_gradients: 'none' or 'zero', for an `xs` that `ys` do not depend on.

    Returns:
      A list of tensors shaped as `xs`, of IndexedSlices, or of None.

    Raises:
      LookupError: an op on the way has no gradient.
      ValueError: a grad_ys has the wrong shape, or an argument is unknown.
    """
    unconnected = _unconnected_mode(unconnected_gradients)
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    grads_of_ys = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    if len(grads_of_ys) != len(ys):
        raise ValueError(f"Passed {len(grads_of_ys)} grad_ys for {len(ys)} ys")
    with name_scope(name, "gradients", [*ys, *xs, *stops, *grads_of_ys]):
        y_tensors = [convert_to_tensor(y, name="y") for y in ys]
        x_tensors = [to_tensor(x, name="x", as_ref=True) for x in xs]
        stop_tensors = {to_tensor(stop, name="stop", as_ref=True) for stop in stops}
        walk = _Walk(y_tensors, x_tensors, stop_tensors, gate_gradients)
        for index, (y, grad) in enumerate(zip(y_tensors, grads_of_ys, strict=True)):
            walk.add(y, _initial_gradient(y, grad, index))
        walk.run()
        totals = [walk.total(x) for x in x_tensors]
    return [_result(grad, x, unconnected) for grad, x in zip(totals, x_tensors, strict=True)]


def _unconnected_mode(value: Any) -> UnconnectedGradients:
    try:
        return UnconnectedGradients(value)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {value!r}\n  It may be 'none' or 'zero'."
        ) from None


def _as_list(values: Any) -> list:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _initial_gradient(y: Tensor, grad: Any, index: int) -> Gradient:
    if grad is None:
        if y.dtype.base_dtype.is_complex:
            raise TypeError(
                f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})"
            )
        one = constant(1, dtype=y.dtype.base_dtype, name=f"grad_ys_{index}")
        return filling.fill_op(shape_of.shape(y), one)
    if isinstance(grad, IndexedSlices):
        return grad
    if not isinstance(grad, Tensor):
        grad = convert_to_tensor(grad, dtype=y.dtype.base_dtype, name=f"grad_ys_{index}")
    y.shape.assert_is_compatible_with(grad.shape)
    return grad


def _result(grad: Gradient | None, x: Tensor, unconnected: UnconnectedGradients):
    if grad is None and unconnected is UnconnectedGradients.ZERO:
        return filling.zeros_like(x)
    return grad


class _Walk:
    """One backward pass: gradients arrive at tensors and leave through their ops."""

    def __init__(self, ys: list[Tensor], xs: list[Tensor], stops: set[Tensor], gate: bool):
        self._xs = xs
        self._gate = gate
        self._stop_ops = _stopping(stops)
        self._between = _between(ys, xs, stops)
        # How many ops between still have to hand their gradient to this one.
        self._pending = _pending_counts(self._between, ys)
        # First come, first served, as in TensorFlow: the order in which gradients are summed, and
        # the rows of sparse ones joined, follows from it.
        y_ops = dict.fromkeys(y.op for y in ys)
        self._ready = deque(op for op in y_ops if self._pending.get(op) == 0)
        self._parts: dict[Tensor, list[Gradient]] = {}
        self._totals: dict[Tensor, Gradient] = {}

    def add(self, tensor: Tensor, grad: Gradient) -> None:
        self._parts.setdefault(tensor, []).append(grad)

    def total(self, tensor: Tensor) -> Gradient | None:
        """The sum of the gradients that arrived at `tensor`; None when there was none."""
        if tensor not in self._totals and tensor in self._parts:
            self._totals[tensor] = _sum(self._parts[tensor])
        return self._totals.get(tensor)

    def run(self) -> None:
        while self._ready:
            op = self._ready.popleft()
            self._differentiate(op)
            for tensor in op.inputs:
                if tensor.op in self._pending:
                    self._pending[tensor.op] -= 1
                    if not self._pending[tensor.op]:
                        self._ready.append(tensor.op)

    def _differentiate(self, op: Operation) -> None:
        grads = [self.total(tensor) for tensor in op.outputs]
        if all(grad is None for grad in grads) or op in self._stop_ops or not op.inputs:
            return
        if not op.defn.is_differentiable and "_gradient_op_type" not in op.attrs:
            return
        with op.graph.name_scope(f"{op.name}_grad"):
            in_grads = self._input_gradients(op, grads)
        for tensor, grad in zip(op.inputs, in_grads, strict=True):
            if grad is not None:
                self.add(tensor, grad)

    def _input_gradients(self, op: Operation, grads: list[Gradient | None]) -> list:
        out_grads = [
            _zeros_like(tensor) if grad is None and _is_trainable(tensor) else grad
            for tensor, grad in zip(op.outputs, grads, strict=True)
        ]
        if op.defn.broadcasts:  # what was repeated is summed, which TensorFlow too does densely
            out_grads = [grad if grad is None else convert_to_tensor(grad) for grad in out_grads]
        result = _rule_of(op)(op, *out_grads)
        in_grads = (
            list(result)
            if isinstance(result, (list, tuple)) and not isinstance(result, IndexedSlices)
            else [result]
        )
        if len(in_grads) != len(op.inputs):
            raise ValueError(
                f"Num gradients {len(in_grads)} generated for op {op.node_def} do not match num "
                f"inputs {len(op.inputs)}"
            )
        # What no `xs` lies behind is not asked for; a gate would have every run compute it.
        in_grads = [
            grad if _is_trainable(tensor) and tensor.op in self._between else None
            for tensor, grad in zip(op.inputs, in_grads, strict=True)
        ]
        if op.defn.broadcasts:
            in_grads = _unbroadcast(op, in_grads)
        if self._gate and sum(grad is not None for grad in in_grads) > 1:
            in_grads = tuple_(in_grads)
        for tensor, grad in zip(op.inputs, in_grads, strict=True):
            if isinstance(grad, Tensor) and grad.shape.is_compatible_with(tensor.shape):
                grad.set_shape(tensor.shape)
        return in_grads


def _is_trainable(tensor: Tensor) -> bool:
    dtype = tensor.dtype.base_dtype
    return dtype.is_floating or dtype.is_complex


def _zeros_like(tensor: Tensor) -> Tensor:
    zero = constant(0, dtype=tensor.dtype.base_dtype)
    return filling.fill_op(shape_of.shape(tensor), zero)


def _rule_of(op: Operation):
    override = op.attrs.get("_gradient_op_type")
    rule = registered_gradient(override) if override else op.defn.gradient_rule
    rule = rule or registered_gradient(op.type)
    if rule is None:
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type})\n"
            f"  It was {op.built_at or 'imported'}. Wrap its input in tf.stop_gradient if no "
            "gradient should pass, or declare one with tf.RegisterGradient."
        )
    return rule


def _stopping(stops: set[Tensor]) -> set[Operation]:
    """Ops through which no gradient passes since every input is a constant by request."""
    return {t.op for t in stops}


def _between(ys: list[Tensor], xs: list[Tensor], stops: set[Tensor]) -> dict[Operation, None]:
    """The ops on a path from some `xs` to some `ys` along which a gradient can flow."""
    reached: set[Operation] = {x.op for x in xs}
    waiting = list(reached)
    while waiting:
        for tensor in waiting.pop().outputs:
            if not _is_trainable(tensor):
                continue
            for consumer in tensor._consumers:
                if consumer not in reached:
                    reached.add(consumer)
                    waiting.append(consumer)
    between: dict[Operation, None] = {}
    waiting = [y.op for y in ys]
    sources = {x.op for x in xs}
    while waiting:
        op = waiting.pop()
        if op in between or op not in reached:
            continue
        between[op] = None
        if not (op in sources and not any(t.op in reached for t in op.inputs)):
            waiting += [tensor.op for tensor in op.inputs]
    return between


def _pending_counts(between: dict[Operation, None], ys: list[Tensor]) -> dict[Operation, int]:
    pending = dict.fromkeys(between, 0)
    for op in between:
        for tensor in op.inputs:
            if tensor.op in pending:
                pending[tensor.op] += 1
    return pending


def _sum(grads: list[Gradient]) -> Gradient:
    if len(grads) == 1:
        return grads[0]
    sparse = [grad for grad in grads if isinstance(grad, IndexedSlices)]
    if len(sparse) == len(grads):
        return concat_slices(sparse)
    return add_n([convert_to_tensor(grad) for grad in grads])


# Un-broadcasting --------------------------------------------------------------------------------


def _unbroadcast(op: Operation, grads: list[Tensor | None]) -> list[Tensor | None]:
    """Sums each gradient over the axes along which its input was repeated."""
    static = op.defn.input_positions(op, op.defn.static)
    operands = [i for i in range(len(op.inputs)) if i not in static]
    axes = _repeated_axes(op, operands)
    result = list(grads)
    for position in operands:
        grad = grads[position]
        if grad is not None:
            tensor = op.inputs[position]
            own = _repeated_axes_at_run(tensor, op) if axes is None else axes[position]
            result[position] = _summed_to(grad, tensor, own)
    return result


def _summed_to(grad: Tensor, tensor: Tensor, axes: Any) -> Tensor:
    if isinstance(axes, list) and not axes:
        return grad
    return reshaping.reshape_op(reducing.sum_op(grad, axes), shape_of.shape(tensor))


def _repeated_axes(op: Operation, operands: list[int]) -> dict[int, list[int]] | None:
    """For each operand, the axes it was repeated along; None when that depends on sizes in a run.

    The operands are the inputs that are broadcast against each other, and to the output's shape.
    """
    out = op.outputs[0].shape.sizes
    sizes = {i: op.inputs[i].shape.sizes for i in operands}
    if out is None or any(s is None for s in sizes.values()):
        return None
    padded = {i: (1,) * (len(out) - len(s)) + s for i, s in sizes.items()}  # type: ignore[arg-type]
    result: dict[int, list[int]] = {}
    for i, own in padded.items():
        missing = len(out) - len(sizes[i])  # type: ignore[arg-type]
        result[i] = list(range(missing))
        for axis in range(missing, len(out)):
            others = [other[axis] for j, other in padded.items() if j != i]
            repeated = _is_repeated(own[axis], others, out[axis])
            if repeated is None:
                return None
            result[i] += [axis] * repeated
    return result


def _is_repeated(own: int | None, others: list[int | None], out: int | None) -> bool | None:
    if own is not None:
        # A size of 1 is summed over whatever the output's turns out to be: over one element that
        # is free.
        return own == 1 and out != 1
    return False if others and all(other == 1 for other in others) else None


def _repeated_axes_at_run(tensor: Tensor, op: Operation) -> Tensor:
    own = shape_of.shape_internal(tensor, optimize=False)
    out = shape_of.shape_internal(op.outputs[0], optimize=False)
    return filling.broadcast_gradient_args(own, out)[0]


# Gradients that a program registers -------------------------------------------------------------

_REGISTERED: dict[str, Any] = {}


def registered_gradient(op_type: str) -> Any:
    """The rule that a program registered under a name, or None."""
    return _REGISTERED.get(op_type)


class RegisterGradient:
    """Decorator: `@tf.RegisterGradient("Name")` declares `rule(op, *grads)` under a name.

    `graph.gradient_override_map({"Square": "Name"})` then uses it for what is built in its block.
    """

    def __init__(self, op_type: str):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Any) -> Any:
        if self._op_type in _REGISTERED:
            raise KeyError(f"Registering two gradient with name '{self._op_type}'!")
        _REGISTERED[self._op_type] = f
        return f


def no_gradient(op_type: str) -> None:
    """Declares that no gradient flows through ops of this type: `tf.NotDifferentiable`."""
    RegisterGradient(op_type)(lambda op, *grads: [None] * len(op.inputs))
