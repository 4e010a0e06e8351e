"""Accumulators of gradients in a session, dense and sparse. They know no op.

Gradients that were computed before the accumulator's step are stale, and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.declare.shapes import Sizes, fits, format_sizes
from stillflow.ops.queues.trials import NOT_YET, Trial
from stillflow.platform import logging


class Accumulator(Resource):
    """Base of accumulators of gradients whose shape is `sizes`, as far as that is known."""

    def __init__(self, name: str, sizes: Sizes, is_mean: bool):
        super().__init__(name)
        self.sizes = sizes
        self.count = 0
        self._is_mean = is_mean
        self._step = 0
        self._sum: Any = None

    def set_step(self, step: int) -> None:
        with self.lock:
            if step < self._step:
                logging.warning(
                    "Attempt to set current_global_step_ to smaller value: current_global_step_ = "
                    "%d >= %d = new_global_step.",
                    self._step,
                    step,
                )
            self._step = step

    def take(self, required: int) -> Trial:
        """The sum or mean of the gradients, once there are `required`; it begins anew then."""
        if required <= 0:
            refuse(f"Argument num_required must be positive, but was {required}")
        before: list[tuple[Any, int]] = []

        def action() -> Any:
            if self.count < required:
                return NOT_YET
            before.append((self._sum, self.count))
            self._sum, self.count = None, 0
            self._step += 1
            return self.result(*before[0])

        def undo(result: Any) -> None:
            taken, count = before.pop()
            self._sum = taken if self._sum is None else self.added(taken, self._sum)
            self.count += count
            self._step -= 1

        return Trial(self, action, undo, "TakeGrad operation")

    def _add(self, local_step: int, gradient: Any) -> None:
        self._sum = gradient if self._sum is None else self.added(self._sum, gradient)
        self.count += 1
        self.changed.notify_all()

    def added(self, total: Any, gradient: Any) -> Any:
        raise NotImplementedError

    def result(self, total: Any, count: int) -> Any:
        raise NotImplementedError


class DenseAccumulator(Accumulator):
    """Of arrays."""

    def apply(self, local_step: int, gradient: np.ndarray) -> None:
        with self.lock:
            if local_step < self._step:
                return
            self._check(gradient)
            self._add(local_step, np.array(gradient))

    def _check(self, gradient: np.ndarray) -> None:
        wanted = self.sizes if self._sum is None else self._sum.shape
        for sizes in (wanted, self.sizes):
            if not fits(gradient.shape, sizes):
                refuse(
                    f"Shape mismatch: expected {format_sizes(sizes)}, got "
                    f"{format_sizes(gradient.shape)}"
                )

    def added(self, total: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return total + gradient

    def result(self, total: np.ndarray, count: int) -> np.ndarray:
        return _divided(total, count) if self._is_mean else total


# The indices, the rows, and of how many gradients each is the sum.
Slices = tuple[np.ndarray, np.ndarray, np.ndarray]


class SparseAccumulator(Accumulator):
    """Of rows at indices, which are in order."""

    def apply(
        self, local_step: int, indices: np.ndarray, values: np.ndarray, shape: Sequence[int] | None
    ) -> None:
        """shape: that of the whole, where it is known"""
        with self.lock:
            if local_step < self._step:
                return
            _check_slices(indices, values)
            self._check_shape(shape)
            self._check_indices(indices)
            self._check_values(values)
            counts = np.ones(len(indices), np.int32)
            self._add(local_step, (np.array(indices), np.array(values), counts))

    def added(self, total: Slices, gradient: Slices) -> Slices:
        indices = np.union1d(total[0], gradient[0])
        values = np.zeros((len(indices), *total[1].shape[1:]), total[1].dtype)
        counts = np.zeros(len(indices), np.int32)
        for own, rows, numbers in (total, gradient):
            places = np.searchsorted(indices, own)
            values[places] += rows
            counts[places] += numbers
        return indices, values, counts

    def result(self, total: Slices, count: int) -> tuple[np.ndarray, ...]:
        indices, values, counts = total
        if self._is_mean:
            values = _divided(values, counts.reshape(-1, *[1] * (values.ndim - 1)))
        first = self.sizes[0] if self.sizes else None
        shape = np.array([-1 if first is None else first, *values.shape[1:]], np.int64)
        return indices, values, shape

    def _check_shape(self, shape: Sequence[int] | None) -> None:
        if shape is None or self.sizes is None:
            return
        if len(self.sizes) > len(shape):
            refuse(
                f"Shape mismatch: expected shape rank at least {len(self.sizes)}, got {len(shape)}"
            )
        _check_sizes("shape", self.sizes, shape, 0)

    def _check_indices(self, indices: np.ndarray) -> None:
        limit = self.sizes[0] if self.sizes else None
        over = np.flatnonzero(indices >= limit) if limit is not None else ()
        for at in over:
            refuse(
                f"Shape mismatch: index of slice {at} exceeded limits of shape; index is "
                f"{indices[at]} exceeded {limit}"
            )

    def _check_values(self, values: np.ndarray) -> None:
        if self._sum is not None:
            wanted: Sizes = self._sum[1].shape
            if values.ndim != len(wanted or ()):
                refuse(
                    f"Shape mismatch: expected values rank {len(wanted or ())}, got {values.ndim}"
                )
        else:
            wanted = self.sizes
            if values.ndim < len(wanted or ()):
                refuse(
                    f"Shape mismatch: expected values rank at least {len(wanted or ())}, got "
                    f"{values.ndim}"
                )
        _check_sizes("values", wanted or (), values.shape, 1)


def _check_slices(indices: np.ndarray, values: np.ndarray) -> None:
    if indices.ndim != 1:
        refuse(f"Input indices should be vector but received shape: {format_sizes(indices.shape)}")
    if values.ndim == 0:
        refuse("Values cannot be 0-dimensional.")
    if len(values) != len(indices):
        refuse(f"Expected {len(indices)} non-empty input values, got {len(values)}")


def _check_sizes(what: str, wanted: Sequence[int | None], given: Sequence[int], first: int) -> None:
    pairs = zip(wanted, given, strict=False)
    for axis, (size, own) in enumerate(pairs):
        if axis >= first and size is not None and size != own:
            refuse(f"Shape mismatch: expected {what} dim {axis} to be {size}, got {own}")


def _divided(total: np.ndarray, count: Any) -> np.ndarray:
    """The quotient in the type of `total`, as C computes it."""
    divided = total / np.asarray(count)
    return (
        np.trunc(divided).astype(total.dtype)
        if total.dtype.kind in "iu"
        else divided.astype(total.dtype)
    )
