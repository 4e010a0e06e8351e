"""A barrier in a session: components of elements come one by one, whole elements leave in order.

Elements have keys. They leave in the order in which their first components came, once all their
components are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.declare.shapes import Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, OutOfRangeError
from stillflow.ops.queues.lines import Attempt, Dequeue
from stillflow.ops.queues.priority import PriorityQueue

_MISSING = object()


class Barrier(Resource):
    """Elements of components of `types` and `shapes`."""

    def __init__(self, name: str, types: Sequence[DType], shapes: Sequence[Sizes]):
        super().__init__(name)
        self.types = list(types)
        self.shapes = list(shapes)
        self.ready = PriorityQueue(f"{name}_queue", [dtypes.string, *types], [(), *shapes], -1)
        self.incomplete: dict[bytes, list[Any]] = {}  # the place in the order, and components
        self._begun = -(1 << 63)  # counts insertions that have new keys
        self._is_closed = self._cancels = False

    def cancel(self) -> None:
        super().cancel()
        self.ready.cancel()

    def check_same(self, types: Sequence[DType], shapes: Sequence[Sizes]) -> None:
        """Refuses a node that shares this barrier, but declares another."""
        compared: list[Any] = [
            ("types", self.types, list(types), lambda one: one.runtime_name),
            ("shapes", self.shapes, list(shapes), format_sizes),
        ]
        for what, own, wanted, told in compared:
            if own != wanted:
                shown = [", ".join(map(told, each)) for each in (own, wanted)]
                refuse(
                    f"Shared barrier '{self.name}' has component {what} [{shown[0]}] but requested "
                    f"component {what} were [{shown[1]}]"
                )

    def insert_many(self, index: int, keys: Sequence[bytes], values: np.ndarray) -> Attempt:
        """Brings a component of each key, whose elements may be whole by that."""
        if len(keys) and not values.size:
            refuse(
                f"Tensors with no elements are not supported {self.name}: received shape "
                f"{format_sizes(values.shape)}"
            )
        with self.lock:
            if self._is_closed and (self._cancels or (len(keys) and not self.incomplete)):
                self._refuse_closed(f"is closed.  Number of new insertions: {len(keys)}.")
            whole = self._inserted(index, keys, values)
            columns = [np.array([at for at, _ in whole], np.int64)]
            rows = [(key, *components) for (_, key), components in whole.items()]
            columns += self._columns(rows)
            attempt = self.ready.enqueue_many(columns)
            if self._is_closed and not self.incomplete and not self.ready.is_closed:
                self.ready.close(False)
        return attempt

    def _inserted(
        self, index: int, keys: Sequence[bytes], values: np.ndarray
    ) -> dict[tuple[int, bytes], list[Any]]:
        """The elements that are whole now, by their places in the order and their keys."""
        whole: dict[tuple[int, bytes], list[Any]] = {}
        has_new = False
        try:
            for row, key in enumerate(keys):
                if key not in self.incomplete:
                    if self._is_closed:
                        self._refuse_closed(
                            "is closed, but attempted to insert a brand new key: "
                            f"{key.decode('utf-8', 'replace')}."
                        )
                    has_new = True
                    self.incomplete[key] = [self._begun, *[_MISSING] * len(self.types)]
                element = self.incomplete[key]
                if element[1 + index] is not _MISSING:
                    shown = key.decode("utf-8", "replace")
                    refuse(
                        f"Key {shown} already has a value for component {index} in barrier "
                        f"{self.name}"
                    )
                element[1 + index] = np.array(values[row, ...])
                if not any(component is _MISSING for component in element[1:]):
                    whole[element[0], key] = self.incomplete.pop(key)[1:]
        finally:
            self._begun += has_new
        return whole

    def _columns(self, rows: Sequence[Any]) -> list[np.ndarray]:
        kinds = [dtypes.string, *self.types]
        return [
            _stacked([row[n] for row in rows], kind, size)
            for n, (kind, size) in enumerate(zip(kinds, self.ready.shapes[1:], strict=True))
        ]

    def _refuse_closed(self, what: str) -> None:
        raise CancelledError(
            None,
            None,
            f"Barrier {self.name} {what}  Pending enqueues cancelled: {int(self._cancels)}.  "
            f"Number of incomplete keys: {len(self.incomplete)}.",
        )

    def take_many(self, count: int, allows_small: bool) -> Dequeue:
        """Takes so many whole elements, or fewer where the barrier is closed and has no more."""
        with self.lock:
            there = self.ready.ready
            wanted = min(count, there) if self._is_closed and allows_small else count
            is_empty = not self.incomplete
            if self._is_closed and is_empty and (wanted > there or not wanted):
                raise OutOfRangeError(
                    None,
                    None,
                    f"Barrier '{self.name}' is closed and has insufficient elements (requested "
                    f"{max(wanted, 1)}, total size {there})",
                )
        return self.ready.dequeue_many(wanted or count, "DequeueManyOp", allow_fewer=allows_small)

    def close(self, cancels_pending: bool) -> None:
        """No new keys from now on; where it cancels, no components of those that there are."""
        with self.lock:
            if self._is_closed and (self._cancels or not cancels_pending):
                raise CancelledError(None, None, f"Barrier '{self.name}' is already closed.")
            self._is_closed, self._cancels = True, cancels_pending
            if cancels_pending:
                self.incomplete.clear()
            if not self.incomplete:
                self.ready.close(cancels_pending)


def _stacked(values: Sequence[Any], dtype: DType, sizes: Sizes) -> np.ndarray:
    """[n, ...] of n values"""
    shape: Any = (len(values), *(sizes or ()))
    column: np.ndarray = np.empty(shape, dtype.stored_as)
    for row, value in enumerate(values):
        column[row, ...] = value
    return column
