"""Objects whose attributes are their dependencies."""

from __future__ import annotations

from typing import Any

from stillflow.tracking.assigning import NoDependency, sticky_attribute_assignment
from stillflow.tracking.trackable import Trackable

_ABSENT = object()


class AutoTrackable(Trackable):
    """Depends on every trackable object that is set to an attribute, by the attribute's name.

    Lists and dicts become wrappers that track their elements; `NoDependency(value)` sets the bare
    value.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if getattr(self, name, _ABSENT) is value:
            return
        if getattr(self, "_self_setattr_tracking", True):
            value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._untrack(name)
        super().__delattr__(name)

    def _no_dependency(self, value: Any) -> NoDependency:
        return NoDependency(value)
