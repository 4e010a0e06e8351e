"""Resources besides variables that a graph initialises, by collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import add_to_collection, device, get_collection, name_scope
from stillflow.ops.array import stacking
from stillflow.ops.array.masking import boolean_mask
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.comparison import logical_not


class Resource(NamedTuple):
    """What a handle is of, what makes it, and a bool[] that tells whether that was done."""

    handle: Any
    create: Any
    is_initialized: Any


def register_resource(
    handle: Any, create_op: Any, is_initialized_op: Any, is_shared: bool = True
) -> None:
    """Adds a resource to the collection of those that all tasks share, or to that of this one's."""
    key = GraphKeys.RESOURCES if is_shared else GraphKeys.LOCAL_RESOURCES
    add_to_collection(key, Resource(handle, create_op, is_initialized_op))


def shared_resources() -> list:
    return get_collection(GraphKeys.RESOURCES)


def local_resources() -> list:
    return get_collection(GraphKeys.LOCAL_RESOURCES)


def initialize_resources(resource_list: Sequence[Any], name: str = "init") -> Operation:
    """Returns an operation that makes each of `resource_list`; variables may be among them."""
    if not resource_list:
        return no_op(name=name)
    return group(*[resource.create for resource in resource_list], name=name)


def report_uninitialized_resources(
    resource_list: Sequence[Any] | None = None, name: str = "report_uninitialized_resources"
) -> Tensor:
    """Returns a string[?] tensor: the names of the handles of those that have not been made.

    By default all shared and local resources are asked.
    """
    resources = shared_resources() + local_resources() if resource_list is None else resource_list
    with name_scope(name), device("/cpu:0"):
        if not resources:
            return constant([], dtype=dtypes.string)
        are_missing = logical_not(stacking.stack([r.is_initialized for r in resources]))
        return boolean_mask(constant([r.handle.name for r in resources]), are_missing)
