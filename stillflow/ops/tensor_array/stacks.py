"""Stacks: what a loop leaves for its gradients, the last first.

A handle's value is the stack itself. `StackV2` and its kin name it by a resource; graphs of before
TensorFlow 1.1 hold references instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.array_facts import StackFacts, numbered
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InternalError
from stillflow.ops.tensor_array.inferring import HANDLE


def _handle(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return HANDLE


def _new(xp: Any, name: str, dtype: DType, most: int | None) -> Any:
    return xp.new_stack(StackFacts(numbered(name), dtype, most))


def _checked(handle: Any) -> Any:
    """The stack that a reference refers to; a variable of strings refers to none."""
    if isinstance(handle, np.ndarray):
        shape = shapes.format_sizes(handle.shape)
        refuse(f"Stack handle must have two elements, but had shape: {shape}")
    return handle


def _push(xp: Any, handle: Any, elem: Any) -> Any:
    given = getattr(elem, "dtype", None)
    if given is not None and given != handle.facts.dtype.stored_as:
        wanted = handle.facts.dtype.as_datatype_enum
        refuse(f"Must have type {wanted} but got {dtypes.as_dtype(given).as_datatype_enum}")
    handle.push(xp, elem)
    return elem


def _pop(xp: Any, handle: Any, dtype: DType) -> Any:
    if dtype is not handle.facts.dtype:
        raise InternalError(
            None,
            None,
            f"Output 0 of type {handle.facts.dtype.runtime_name} does not match declared output "
            f"type {dtype.name}",
        )
    return handle.pop(xp)


@op(
    "StackV2",
    "max_size: int32 -> handle: resource",
    shape=_handle,
    static=("max_size",),
    stateful=True,
)
def stack_v2(xp, max_size, *, elem_type: DType, stack_name: str = ""):
    """max_size: i32[] -> an empty stack of at most so many elements; any number, if negative."""
    if max_size.ndim:
        refuse(f"Stack size must be a scalar, but had shape: {shapes.format_sizes(max_size.shape)}")
    return _new(xp, stack_name or "StackV2", elem_type, int(max_size) if max_size >= 0 else None)


def _pushed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return ctx.shape(1)


@op("StackPushV2", "handle: resource, elem: T -> output: T", shape=_pushed, stateful=True)
def stack_push_v2(xp, handle, elem, *, swap_memory: bool = False):
    """elem: n[...], which is pushed -> elem."""
    return _push(xp, handle, elem)


@op("StackPopV2", "handle: resource -> elem: elem_type", shape=shapes.unknown, stateful=True)
def stack_pop_v2(xp, handle, *, elem_type: DType):
    """The element that was pushed last, n[...], which is taken off."""
    return _pop(xp, handle, elem_type)


@op("StackCloseV2", "handle: resource ->", stateful=True)
def stack_close_v2(xp, handle):
    """Gives up the stack's elements."""
    handle.close(xp)
    return ()


@op("Stack", "-> handle: ref string", shape=_handle, stateful=True)
def old_stack(xp, *, elem_type: DType, stack_name: str = ""):
    """An empty stack."""
    return _new(xp, stack_name or "Stack", elem_type, None)


@op("StackPush", "handle: ref string, elem: T -> output: T", shape=_pushed, stateful=True)
def old_stack_push(xp, handle, elem, *, swap_memory: bool = False):
    """elem: n[...], which is pushed -> elem."""
    return _push(xp, _checked(handle), elem)


@op("StackPop", "handle: ref string -> elem: elem_type", shape=shapes.unknown, stateful=True)
def old_stack_pop(xp, handle, *, elem_type: DType):
    """The element that was pushed last, n[...], which is taken off."""
    return _pop(xp, _checked(handle), elem_type)


@op("StackClose", "handle: ref string ->", stateful=True)
def old_stack_close(xp, handle):
    """Gives up the stack's elements."""
    _checked(handle).close(xp)
    return ()


for _defn in (
    *(stack_v2, stack_push_v2, stack_pop_v2, stack_close_v2),
    *(old_stack, old_stack_push, old_stack_pop, old_stack_close),
):
    _defn.not_differentiable()
