"""The protocol of objects that a checkpoint of objects may hold: their dependencies, their values.

An object names the objects that it depends on. A checkpoint is restored along these names, now or,
where an object is not there yet, when it is (`deferred`). Method names are TensorFlow 1.15's, since
programs override and call them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NamedTuple

OBJECT_GRAPH_PROTO_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"  # of a checkpoint's TrackableObjectGraph
VARIABLE_VALUE_KEY = "VARIABLE_VALUE"  # of what stands for the value of an object itself

_uids = itertools.count()


def new_uid() -> int:
    """A number greater than all before: later restores are known by it."""
    return next(_uids)


class TrackableReference(NamedTuple):
    """A dependency: an object, and its name with whom depends on it."""

    name: str
    ref: Any


@dataclass(slots=True, eq=False)
class _Tracked:
    """What tracking remembers with an object."""

    references: list[TrackableReference] = field(default_factory=list)
    by_name: dict[str, Any] = field(default_factory=dict)
    deferred: dict[str, list[Any]] = field(default_factory=dict)
    update_uid: int = -1  # of the newest restore that gave the object its values


class Trackable:
    """An object that depends on others by name, and may have values of its own in a checkpoint."""

    _is_variable = False  # whether containers count it among their variables

    @property
    def _dependents(self) -> _Tracked:
        # By the dict, since subclasses have ways of their own to set and find attributes.
        own = object.__getattribute__(self, "__dict__")
        if "_tracked_state" not in own:
            own["_tracked_state"] = _Tracked()
        state: _Tracked = own["_tracked_state"]
        return state

    def _maybe_initialize_trackable(self) -> None:
        """For classes that call it first; what it would make is made when it is asked for."""

    @property
    def _setattr_tracking(self) -> bool:
        """Whether attributes that are set become dependencies, in classes where they do."""
        return getattr(self, "_self_setattr_tracking", True)

    @_setattr_tracking.setter
    def _setattr_tracking(self, value: bool) -> None:
        self._self_setattr_tracking = value

    @property
    def _update_uid(self) -> int:
        return self._dependents.update_uid

    @_update_uid.setter
    def _update_uid(self, value: int) -> None:
        self._dependents.update_uid = value

    # Dependencies ---------------------------------------------------------------------------------

    @property
    def _unconditional_checkpoint_dependencies(self) -> list[TrackableReference]:
        return self._dependents.references

    @property
    def _unconditional_dependency_names(self) -> dict[str, Any]:
        return self._dependents.by_name

    @property
    def _deferred_dependencies(self) -> dict[str, list[Any]]:
        """By name, the restores that wait for a dependency which is not there yet."""
        return self._dependents.deferred

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        """All dependencies. Subclasses may add some, then to `_lookup_dependency` too."""
        return self._dependents.references

    def _lookup_dependency(self, name: str) -> Any:
        """The dependency of that name; None where there is none."""
        return self._dependents.by_name.get(name)

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Depends on `trackable` from here on, which is restored if that was waited for.

        Args:
          name: of the dependency; it is part of names in checkpoints.
          overwrite: lets it take the place of another of that name.

        Returns:
          `trackable`.

        Raises:
          TypeError: it cannot be tracked.
          ValueError: the name is another's.
        """
        if not isinstance(trackable, Trackable):
            raise TypeError(
                f"Trackable._track_trackable() passed type {type(trackable)}, not a Trackable."
            )
        reference, state = TrackableReference(name, trackable), self._dependents
        before = self._lookup_dependency(name)
        if before is None:
            state.references.append(reference)
            self._handle_deferred_dependencies(name=name, trackable=trackable)
        elif before is not trackable:
            if not overwrite:
                raise ValueError(
                    f"Called Trackable._track_trackable() with name='{name}', but a Trackable with "
                    "this name is already declared as a dependency. Names must be unique (or "
                    "overwrite=True)."
                )
            state.references[:] = [
                reference if known.name == name else known for known in state.references
            ]
        state.by_name[name] = trackable
        return trackable

    def _untrack(self, name: str) -> None:
        """Depends no more on what has that name, if anything has."""
        state = self._dependents
        if state.by_name.pop(name, None) is not None:
            state.references[:] = [known for known in state.references if known.name != name]

    def _handle_deferred_dependencies(self, name: str, trackable: Any) -> None:
        """Restores `trackable`, which has come as the dependency `name`, if that was waited for."""
        waiting = self._dependents.deferred.pop(name, ())
        for position in sorted(waiting, key=lambda position: position.restore_uid, reverse=True):
            position.restore(trackable)

    def _add_variable_with_custom_getter(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        getter: Callable[..., Any] | None = None,
        overwrite: bool = False,
        **kwargs_for_getter: Any,
    ) -> Any:
        """Returns what `getter` makes, as the dependency `name`.

        Args:
          overwrite: as for `_track_trackable`; what cannot be tracked is then let be.
        """
        assert getter is not None
        made = getter(
            name=name, shape=shape, dtype=dtype, initializer=initializer, **kwargs_for_getter
        )
        if overwrite and not isinstance(made, Trackable):
            return made
        return self._track_trackable(made, name=name, overwrite=overwrite)

    # What subclasses say --------------------------------------------------------------------------

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        """The object's own values: by name a variable, or a function `name` -> SaveableObject."""
        return {}

    @property
    def _object_identifier(self) -> str:
        return "_generic_user_object"

    @property
    def _tracking_metadata(self) -> str:
        return ""

    def _no_dependency(self, value: Any) -> Any:
        """`value` as it is set to an attribute that is to be no dependency."""
        return value


@contextmanager
def no_automatic_dependency_tracking_scope(obj: Trackable) -> Iterator[None]:
    """A block in which attributes of `obj` that are set do not become dependencies."""
    before = obj._setattr_tracking
    obj._setattr_tracking = False
    try:
        yield
    finally:
        obj._setattr_tracking = before


def no_automatic_dependency_tracking(method: Callable[..., Any]) -> Callable[..., Any]:
    """Has a method run in `no_automatic_dependency_tracking_scope` of its object."""

    @wraps(method)
    def untracked(self: Trackable, *args: Any, **kwargs: Any) -> Any:
        with no_automatic_dependency_tracking_scope(self):
            return method(self, *args, **kwargs)

    return untracked
