"""The methods of a variable that change or read parts of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, ranging, reshaping, shape_of
from stillflow.ops.array.slicing import bounds_of, getitem
from stillflow.ops.math.casts import cast
from stillflow.ops.variables import scattered_updates


class PartialUpdates:
    """Methods over the rows that an IndexedSlices names, over single places, and over slices.

    They return what stands for the variable as it is afterwards.
    """

    value: Callable[[], Tensor]
    _assign_slice: Callable[..., Any]
    _assign_part: Callable[..., Any]

    def scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Sets rows."""
        return self._scatter(scattered_updates.scatter_update, sparse_delta, use_locking, name)

    def scatter_add(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Adds to rows."""
        return self._scatter(scattered_updates.scatter_add, sparse_delta, use_locking, name)

    def scatter_sub(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Subtracts from rows."""
        return self._scatter(scattered_updates.scatter_sub, sparse_delta, use_locking, name)

    def scatter_mul(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Multiplies rows."""
        return self._scatter(scattered_updates.scatter_mul, sparse_delta, use_locking, name)

    def scatter_div(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Divides rows."""
        return self._scatter(scattered_updates.scatter_div, sparse_delta, use_locking, name)

    def scatter_min(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Lowers rows to what is given."""
        return self._scatter(scattered_updates.scatter_min, sparse_delta, use_locking, name)

    def scatter_max(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Raises rows to what is given."""
        return self._scatter(scattered_updates.scatter_max, sparse_delta, use_locking, name)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        """Sets rows of each matrix of a batch."""
        return self._scatter(batch_scatter_update, sparse_delta, use_locking, name)

    def _scatter(
        self, update: Callable[..., Tensor], rows: Any, use_locking: bool, name: str | None
    ) -> Tensor:
        if not isinstance(rows, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {rows}")
        return update(self, rows.indices, rows.values, use_locking=use_locking, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Sets the places that the rows of `indices` name."""
        return scattered_updates.scatter_nd_update(self, indices, updates, True, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Adds to the places that the rows of `indices` name."""
        return scattered_updates.scatter_nd_add(self, indices, updates, True, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Subtracts at the places that the rows of `indices` name."""
        return scattered_updates.scatter_nd_sub(self, indices, updates, True, name)

    def __getitem__(self, key: Any) -> Tensor:
        """The part `variable[key]`, whose method `assign(value, name=None)` sets it."""
        part = getitem(self.value(), key)
        if part._is_eager:
            part.assign = functools.partial(self._assign_part, *bounds_of(key))
        elif part.op.type == "StridedSlice":
            part.assign = functools.partial(self._assign_slice, part)
        return part


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Sets rows of each matrix of a batch: ref[b..., indices[b..., i]] <- updates[b..., i].

    Args:
      ref: a variable, [b..., n, rows...].
      indices: i[b..., k]; its rank must be known.
      updates: [b..., k, rows...].
    """
    with name_scope(name):
        indices = convert_to_tensor(indices, name="indices")
        if indices.shape.ndims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        sizes = shape_of.shape(indices)
        rows = reshaping.expand_dims(indices, axis=-1)
        coordinates = [
            _positions(axis, indices.shape.ndims, sizes[axis], rows)
            for axis in range(indices.shape.ndims - 1)
        ]
        places = joining.concat([*coordinates, rows], axis=-1)
        return scattered_updates.scatter_nd_update(ref, places, updates, use_locking)


def _positions(axis: int, rank: int, size: Tensor, like: Tensor) -> Tensor:
    """Where along `axis` each element of `like`, i[..., 1], lies."""
    sizes: list[Any] = [1] * (rank + 1)
    sizes[axis] = size
    positions = reshaping.reshape(ranging.range_op(0, size, 1), sizes)
    return cast(positions, like.dtype.base_dtype) * filling.ones_like(like)
