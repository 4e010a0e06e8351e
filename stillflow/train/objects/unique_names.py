"""`tf.contrib.checkpoint.UniqueNameTracker`."""

from __future__ import annotations

from typing import Any

from stillflow.tracking.containers import TrackableDataStructure
from stillflow.tracking.trackable import Trackable


class UniqueNameTracker(TrackableDataStructure):
    """Depends on objects by names that it makes unique: `slot`, `slot_1`, ..."""

    def __init__(self) -> None:
        super().__init__()
        self._name_counts: dict[str, int] = {}

    @property
    def _values(self) -> list[Any]:
        return [dependency.ref for dependency in self._checkpoint_dependencies]

    def track(self, trackable: Any, base_name: str) -> Any:
        """Depends on `trackable` from here on, and returns it. ValueError when it cannot."""
        if not isinstance(trackable, Trackable):
            raise ValueError(
                f"Expected a trackable value, got {trackable} which does not inherit from "
                "tf.track.Trackable."
            )
        number = self._name_counts.get(base_name, 0)
        while self._lookup_dependency(name := _numbered(base_name, number)) is not None:
            number += 1
        self._name_counts[base_name] = number + 1
        self._track_value(trackable, name=name)
        return trackable


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
