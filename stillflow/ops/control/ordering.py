"""Ops that order a run or stand for a value: placeholders, identity, no-op, groups."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import is_tensor, to_tensor
from stillflow.declare.opdef import op
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, device, name_scope
from stillflow.graph.tensor_shape import TensorShape, unknown_shape

_ANY_SHAPE = unknown_shape()


@op("Placeholder", "-> output: dtype", shape=shapes.from_attr("shape"), is_placeholder=True)
def placeholder_op(xp, *, dtype: DType, shape: TensorShape = _ANY_SHAPE):
    """A value that the caller feeds; a run that reaches it unfed fails before anything runs."""
    raise AssertionError("a placeholder is never evaluated")


placeholder_op.not_differentiable()


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """Returns a tensor whose value every run must feed: `sess.run(y, feed_dict={x: value})`.

    `shape` may hold None for sizes that differ from run to run; None alone accepts any shape.
    """
    return placeholder_op(dtype=dtype, shape=shape, name=name)


def _as_declared(ctx: shapes.ShapeContext) -> shapes.Sizes:
    declared: shapes.Sizes = ctx.attrs["shape"].sizes
    shapes.merge(ctx.shape(0), declared)
    return declared


@op(
    "PlaceholderWithDefault",
    "input: dtype -> output: dtype",
    shape=_as_declared,
    stateful=True,
)
def placeholder_with_default_op(xp, value, *, shape: TensorShape):
    """`value`, unless the caller feeds another."""
    return value


@placeholder_with_default_op.gradient
def placeholder_with_default_gradient(op, dy):
    return dy


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns a tensor that is `input` in runs that feed no other value."""
    return placeholder_with_default_op(input, shape=shape, name=name)


@op("Identity", "input: T -> output: T", shape=shapes.same, forwards=True)
def identity_op(xp, x):
    """x: n[...] -> n[...], the same tensor."""
    return x


@identity_op.gradient
def identity_gradient(op, dy):
    return dy


@op("RefIdentity", "input: ref T -> output: ref T", shape=shapes.same, forwards=True)
def ref_identity_op(xp, x):
    """Identity of a variable's reference."""
    return x


@ref_identity_op.gradient
def ref_identity_gradient(op, dy):
    return dy


@or_of_composites
def identity(input: Any, name: str | None = None) -> Tensor:
    """Returns a tensor with the value of `input`."""
    return identity_op(input, name=name)


@op("StopGradient", "input: T -> output: T", shape=shapes.same)
def stop_gradient(xp, x):
    """x: n[...] -> n[...], as a constant to tf.gradients."""
    return x


stop_gradient.not_differentiable()


@op("PreventGradient", "input: T -> output: T", shape=shapes.same)
def prevent_gradient(xp, x, *, message: str = ""):
    """x: n[...] -> n[...]; asking for its gradient is an error that says `message`."""
    return x


@prevent_gradient.gradient
def prevent_gradient_gradient(op, dy):
    raise LookupError(
        f"Gradient explicitly disabled. Reason: {op.attrs['message'] or 'not differentiable'}"
    )


@op("NoOp", "->", stateful=True)
def no_op_op(xp):
    """Does nothing, after its control inputs."""


def no_op(name: str | None = None) -> Operation:
    """Returns an operation that does nothing; with control dependencies, a point to wait for."""
    nothing: Any = no_op_op(name=name)
    return nothing


def group(*inputs: Any, name: str | None = None) -> Operation:
    """Returns an operation that is done when all `inputs` (operations, tensors, nests) are.

    Where they are recorded on several devices, there is one operation for each device besides.
    """
    if executing_eagerly():
        return None  # type: ignore[return-value]
    ops = list(dict.fromkeys(_operation_of(item) for item in _flatten(inputs)))
    by_device: dict[str, list[Operation]] = {}
    for item in ops:
        by_device.setdefault(item.device, []).append(item)
    with name_scope(name, "group_deps", ops or None) as scope:
        if len(by_device) == 1:
            return _gate(ops[0].device, ops, scope)
        return _gate("", [_gate(*there) for there in sorted(by_device.items())], scope)


def _gate(place: str, ops: list[Operation], name: str | None = None) -> Operation:
    """Returns a NoOp, recorded on the device `place`, that waits for `ops`."""
    with control_dependencies(ops), device(place):
        return no_op(name=name)


def _flatten(items: Any):
    for item in items:
        if isinstance(item, (list, tuple, set)):
            yield from _flatten(item)
        elif isinstance(item, dict):
            yield from _flatten(item.values())
        elif getattr(item, "_is_sparse_tensor", False):
            yield from item.fetch_parts()
        elif item is not None:
            yield item


def _operation_of(item: Any) -> Operation:
    if getattr(item, "_is_indexed_slices", False):
        return item.values.op
    if hasattr(item, "_handle"):
        return item.op  # a variable behind a handle is not read for this
    convert = getattr(item, "_as_graph_element", None)
    item = convert() if convert is not None else item
    if isinstance(item, Tensor):
        return item.op
    if isinstance(item, Operation):
        return item
    raise TypeError(
        f"Expected tf.group() expected Tensor arguments not '{item}' with type '{type(item)}'"
    )


def ref_or_identity(data: Any, name: str | None = None) -> Any:
    """Identity of a tensor, of each of a composite tensor's; RefIdentity of a reference."""
    if isinstance(data, CompositeTensor):
        return nest.map_structure(ref_or_identity, data, expand_composites=True)
    tensor = to_tensor(data, as_ref=True)
    return (ref_identity_op if tensor.dtype._is_ref_dtype else identity_op)(tensor, name=name)


def _gate_of(item: Any) -> Operation:
    if not isinstance(item, (Tensor, Operation)):
        raise TypeError(f"Control input must be Operation or Tensor: {item}")
    return item.op if isinstance(item, Tensor) else item


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """Returns `output_tensor` as it is after `dependencies` have run."""
    if executing_eagerly():
        return output_tensor
    with name_scope(name, "control_dependency", [output_tensor]) as scope:
        place = output_tensor if is_tensor(output_tensor) else to_tensor(output_tensor)
        waits = [dependency for dependency in dependencies if dependency is not None]
        with colocate_with(place), control_dependencies(waits):
            if isinstance(output_tensor, IndexedSlices):
                values = ref_or_identity(output_tensor.values, name=scope)
                return IndexedSlices(values, output_tensor.indices, output_tensor.dense_shape)
            return ref_or_identity(to_tensor(output_tensor), name=scope)


def tuple_(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list:
    """Returns `tensors`, each available only once all of them and `control_inputs` are done.

    Operations may be among them.
    """
    if executing_eagerly():
        return tensors
    with name_scope(name, "tuple", tensors):
        tensors = [_as_member(t) for t in tensors]
        elements = [t for t in tensors if t is not None]
        gates = [_operation_of(t) for t in elements]
        gates += [_gate_of(c) for c in control_inputs or ()]
        if not gates:
            raise ValueError(f"Must have at least one Tensor: {tensors}")
        gate = group(*sorted(dict.fromkeys(gates), key=lambda op: op._id))
        return [None if t is None else _gated(gate, t) for t in tensors]


def _as_member(item: Any) -> Any:
    is_one = item is None or isinstance(item, Operation) or is_tensor(item)
    return item if is_one else to_tensor(item)


def _gated(gate: Operation, item: Any) -> Any:
    if not isinstance(item, Operation):
        return with_dependencies([gate], item)
    with control_dependencies([gate]):
        return group(item)
