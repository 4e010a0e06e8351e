"""Attributes that become dependencies when they are set."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from stillflow.tracking.trackable import Trackable


class NoDependency:
    """Around a value that is set to an attribute: the attribute is the value, and no dependency."""

    def __init__(self, value: Any):
        self.value = value


class NotTrackable:
    """A base that says of an object which looks trackable that checkpoints cannot hold it."""


def wrap_or_unwrap(value: Any) -> Any:
    """What an attribute becomes: a list or a dict is wrapped, so that elements are dependencies."""
    if isinstance(value, NoDependency):
        return value.value
    if isinstance(value, Trackable):
        return value
    # The very type: subclasses may have a logic of their own.
    if type(value) is list:
        from stillflow.tracking.lists import ListWrapper  # which needs this module

        return ListWrapper(value)
    if type(value) in (dict, OrderedDict):
        from stillflow.tracking.dicts import DictWrapper

        return DictWrapper(value)
    return value


def sticky_attribute_assignment(trackable: Trackable, name: str, value: Any) -> Any:
    """Returns what the attribute `name` of `trackable` becomes, which now depends on it."""
    wrapped = wrap_or_unwrap(value)
    if not isinstance(value, NoDependency) and isinstance(wrapped, Trackable):
        trackable._track_trackable(wrapped, name=name, overwrite=True)
    return wrapped
