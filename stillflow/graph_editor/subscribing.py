"""Side effects attached to tensors of a graph: TensorFlow's `python.framework.subscribe`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.variable import Variable
from stillflow.platform import logging

SideEffect = Callable[[Tensor], list[Any]]
# What ran after an operation, by a control input, before `subscribe` was called.
Waiting = dict[Operation, list[Operation]]
_IDENTITY = re.compile(r"(?P<source>^.*?)/subscription/Identity[^/]+")


def subscribe(tensors: Any, side_effects: SideEffect | Iterable[SideEffect]) -> Any:
    """Returns copies of `tensors`, which what takes them now takes, computed after side effects.

    A tensor that has side effects already, or is such a copy, gets more of them.

    Args:
      tensors: a tensor or variable, or lists, tuples, named tuples and dicts of them.
      side_effects: functions, or one, of a tensor; each gives what is to run before it is used.

    Raises:
      TypeError: there is something else among `tensors`.
    """
    effects = list(side_effects) if hasattr(side_effects, "__iter__") else [side_effects]
    waiting: Waiting = {}
    return _each(tensors, lambda tensor: _subscribed(tensor, effects, waiting))


def _each(tensors: Any, apply: Callable[[Tensor], Tensor]) -> Any:
    kind = type(tensors)
    if kind is Tensor:
        return apply(tensors)
    if isinstance(tensors, Variable):
        return apply(tensors.value())
    if isinstance(tensors, (list, tuple)):
        items = [_each(item, apply) for item in tensors]
        return kind(items) if kind in (list, tuple) else kind(*items)
    if kind is dict:
        return {key: _each(item, apply) for key, item in tensors.items()}
    raise TypeError(f"_recursive_apply argument {tensors!r} has invalid type {kind!r}")


def _subscribed(tensor: Tensor, effects: list[SideEffect], waiting: Waiting) -> Tensor:
    if not tensor.dtype.is_numpy_compatible:
        text = f"Tensor {tensor.name} has an un-supported {tensor.dtype} type and cannot be"
        logging.debug(f"{text} subscribed.")
        return tensor
    with device(tensor.device), _beside(tensor):
        copy = tensor if is_subscribed_identity(tensor) else _copy_of(tensor)
        return _extended(copy, effects) if copy is not None else _new_copy(tensor, effects, waiting)


@contextmanager
def _beside(tensor: Tensor) -> Iterator[None]:
    """A block that builds in the choice or loop that the tensor is in."""
    context = tensor.op._get_control_flow_context()
    if context is None:
        yield
        return
    context.Enter()
    try:
        yield
    finally:
        context.Exit()


def is_subscribed_identity(tensor: Tensor) -> bool:
    """Whether a tensor is a copy that `subscribe` has made."""
    found = _IDENTITY.match(tensor.name)
    if tensor.op.type != "Identity" or found is None:
        return False
    return found["source"] == tensor.op.inputs[0].op.name


def _copy_of(tensor: Tensor) -> Tensor | None:
    """The copy of a tensor, if it has one."""
    start = f"{tensor.op.name}/subscription/Identity"
    copies = [op.outputs[0] for op in tensor.consumers() if op.name.startswith(start)]
    return next(filter(is_subscribed_identity, copies), None)


def _built(tensor: Tensor, effects: list[SideEffect]) -> list[Any]:
    return [made for effect in effects for made in effect(tensor)]


def _extended(copy: Tensor, effects: list[SideEffect]) -> Tensor:
    source = copy.op.inputs[0]
    with name_scope(f"{source.op.name}/subscription/"):
        made = _built(source, effects)
    copy.op._add_control_inputs([m.op if isinstance(m, Tensor) else m for m in made])
    return copy


def _new_copy(tensor: Tensor, effects: list[SideEffect], waiting: Waiting) -> Tensor:
    takers = [(op, list(op.inputs).index(tensor)) for op in tensor.consumers()]
    # Asked once for an operation: what waits for one with several outputs waits for all copies.
    if tensor.op not in waiting:
        ops = tensor.graph.get_operations()
        waiting[tensor.op] = [op for op in ops if tensor.op in op.control_inputs]
    with name_scope(f"{tensor.op.name}/subscription/"):
        made = _built(tensor, effects)
        with control_dependencies(made):
            copy = identity(tensor)
    for op, index in takers:
        op._update_input(index, copy)
    for op in waiting[tensor.op]:
        _wait_instead(op, tensor.op, copy.op)
    return copy


def _wait_instead(op: Operation, old: Operation, new: Operation) -> None:
    waits = [earlier for earlier in op.control_inputs if earlier is not old]
    op._remove_all_control_inputs()
    op._add_control_inputs([*waits, new])
