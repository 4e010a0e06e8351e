"""Objects that hold a resource, and who wants to know of those that are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from stillflow.graph.scopes import device
from stillflow.tracking.trackable import Trackable

_trackers: list[ResourceTracker] = []


class ResourceTracker:
    """The resources that are made in a block with `resource_tracker_scope`."""

    def __init__(self) -> None:
        self._resources: list[Any] = []

    @property
    def resources(self) -> list[Any]:
        return self._resources

    def add_resource(self, resource: Any) -> None:
        self._resources.append(resource)


@contextmanager
def resource_tracker_scope(resource_tracker: ResourceTracker) -> Iterator[None]:
    """A block whose resources `resource_tracker` is told of, and those around it too."""
    _trackers.append(resource_tracker)
    try:
        yield
    finally:
        _trackers.remove(resource_tracker)


class CapturableResource(Trackable):
    """A resource, made when it is first asked for, on a device.

    Subclasses say how in `_create_resource`.
    """

    def __init__(self, device: str = "", deleter: Any = None):
        self._resource_handle: Any = None
        self._resource_device = device
        self._resource_deleter = deleter

    def _create_resource(self) -> Any:
        raise NotImplementedError("TrackableResource._create_resource not implemented.")

    def _initialize(self) -> Any:
        """What fills the resource, where it is not full from the beginning."""

    @property
    def resource_handle(self) -> Any:
        if self._resource_handle is None:
            with device(self._resource_device):
                self._resource_handle = self._create_resource()
        return self._resource_handle


class TrackableResource(CapturableResource):
    """One of which the open `resource_tracker_scope`s are told."""

    def __init__(self, device: str = "", deleter: Any = None):
        for tracker in _trackers:
            tracker.add_resource(self)
        super().__init__(device, deleter)


def cached_per_instance(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`f` of an object, called once for each object as long as that lives."""
    cache: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(f)
    def cached(item: Any) -> Any:
        found = cache.get(item)
        if found is None:
            cache[item] = found = f(item)
        return found

    cached.cache = cache  # type: ignore[attr-defined]
    return cached
