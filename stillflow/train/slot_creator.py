"""Slots: variables that an optimizer or an average keeps beside a variable, under its name.

A slot of `w` called `Adam` is the variable `w/Adam`, or `w/Adam_1` when that exists already.
"""

from __future__ import annotations

import contextlib
from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.graph.distribution import strategy_around
from stillflow.graph.scopes import colocate_with
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.shape_of import shape as shape_of
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.save_slice_info import SaveSliceInfo
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope
from stillflow.ops.variables.variable import Variable


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True) -> Variable:
    """Returns a slot of `primary`, a variable or a tensor, that starts as the tensor `val`."""
    return _create(primary, val, None, None, val.get_shape(), name, colocate_with_primary)


def create_slot_with_initializer(
    primary: Any,
    initializer: Any,
    shape: Any,
    dtype: Any,
    name: str,
    colocate_with_primary: bool = True,
) -> Variable:
    """Returns a slot of `primary` of its own shape and type, set by `initializer`."""
    own_shape = shape if callable(initializer) else None
    return _create(primary, initializer, own_shape, dtype, shape, name, colocate_with_primary)


def create_zeros_slot(
    primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True
) -> Variable:
    """Returns a slot of `primary` that starts with zeros, of its type unless `dtype` is given."""
    dtype = (dtype or primary.dtype).base_dtype
    static = primary.get_shape()
    if static.is_fully_defined():
        return create_slot_with_initializer(
            primary, Zeros(), static, dtype, name, colocate_with_primary
        )
    value = primary.initialized_value() if isinstance(primary, Variable) else primary
    return create_slot(primary, zeros(shape_of(value), dtype), name, colocate_with_primary)


def _create(
    primary: Any,
    initializer: Any,
    shape: Any,
    dtype: Any,
    static: Any,
    name: str,
    colocate: bool,
) -> Variable:
    with (
        variable_scope(None, f"{name_of(primary)}/{name}"),
        beside(primary) if colocate else contextlib.nullcontext(),
    ):
        # A slot is whole even where the scope's variables are partitioned.
        get_variable_scope().set_partitioner(None)
        slot = get_variable(
            "",
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=False,
            validate_shape=static.is_fully_defined(),
            use_resource=is_resource_variable(primary) if isinstance(primary, Variable) else None,
        )
    place = primary._get_save_slice_info() if isinstance(primary, Variable) else None
    if place is not None:
        slot._set_save_slice_info(_place_of_slot(place, slot, primary))
    return slot


def name_of(primary: Any) -> str:
    """What a variable is called in a graph, and by its object eagerly."""
    return primary._shared_name if executing_eagerly() else primary.op.name


def beside(primary: Any) -> contextlib.AbstractContextManager[Any]:
    """A block in which variables are where `primary` is, as the strategy in scope has it."""
    strategy = strategy_around()
    if strategy is None:
        return colocate_with(primary)
    return strategy.extended.colocate_vars_with(primary)


def _place_of_slot(place: SaveSliceInfo, slot: Variable, primary: Variable) -> SaveSliceInfo:
    """The slot of a part is a part of the whole's slot."""
    # Its name from where the primary's would end: within a scope that repeats itself in the slot's
    # name this leaves a piece of the primary's, by which checkpoints know it.
    own_name = slot.op.name[len(f"{primary.op.name}/") :]
    return SaveSliceInfo(
        f"{place.full_name}/{own_name}", place.full_shape, place.var_offset, place.var_shape
    )
