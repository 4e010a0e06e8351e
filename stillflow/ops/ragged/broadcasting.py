"""Two tensors, ragged or not, brought to common rows for a function of their elements.

An axis is broadcast where it is of one size throughout and that size is 1: an axis of a dense
tensor, the outermost of a ragged one, and those that are put in front. Axes of rows must agree.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import gathering, selecting
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import casts, comparison
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.arranging import expand_dims
from stillflow.ops.ragged.mapping import ragged_range
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, common_splits_type
from stillflow.ops.reduce import reductions


def with_common_rows(x: Any, y: Any) -> tuple[Any, Any]:
    """`x` and `y`, one of them at least ragged, so that a function takes their flat values.

    Raises:
      InvalidArgumentError: in a run, sizes do not agree.
    """
    dense = next((value for value in (x, y) if isinstance(value, Tensor)), None)
    ragged = y if dense is x else x
    if dense is not None and _is_inner(dense, ragged):
        return x, y
    if dense is None and _have_same_splits(x, y):
        return x, y
    rank = max(_rank(x), _rank(y))
    depth = max(_depth(value, rank) for value in (x, y) if isinstance(value, RaggedTensor))
    sides = [_Side.of(value, rank, depth, ragged.row_splits.dtype) for value in (x, y)]
    return _brought_together(*sides)


def _is_inner(dense: Tensor, ragged: RaggedTensor) -> bool:
    """Whether an operation broadcasts `dense` to the elements of rows by itself."""
    return _rank(dense) < _rank(ragged.flat_values)


def _have_same_splits(x: RaggedTensor, y: RaggedTensor) -> bool:
    pairs = zip(x.nested_row_splits, y.nested_row_splits, strict=False)
    return x.ragged_rank == y.ragged_rank and all(a is b for a, b in pairs)


def _rank(value: Any) -> int:
    rank: int | None = value.shape.ndims
    if rank is None:
        raise ValueError("Unable to broadcast: unknown rank")
    return rank


def _depth(ragged: RaggedTensor, rank: int) -> int:
    """How many axes of rows it has once it is of `rank`."""
    return ragged.ragged_rank + rank - _rank(ragged)


class _Side(NamedTuple):
    """One of the two.

    uniform: for each axis down to the innermost rows whether its size is one throughout.
    """

    value: Any
    uniform: list[bool]

    @classmethod
    def of(cls, value: Any, rank: int, depth: int, kind: Any) -> _Side:
        """`value` of `rank`, with so many axes of rows."""
        in_front = rank - _rank(value)
        own = value.ragged_rank if isinstance(value, RaggedTensor) else 0
        uniform = [True] * (in_front + 1) + [False] * own
        for _ in range(in_front):
            value = expand_dims(value, 0)
        if isinstance(value, Tensor):
            value = RaggedTensor.from_tensor(value, ragged_rank=depth, row_splits_dtype=kind)
        elif value.ragged_rank < depth:
            flat = value.flat_values
            further = depth - value.ragged_rank
            inner = RaggedTensor.from_tensor(flat, ragged_rank=further, row_splits_dtype=kind)
            value = value.with_flat_values(inner)
        return cls(value, (uniform + [True] * (depth + 1))[: depth + 1])


def _brought_together(x: _Side, y: _Side) -> tuple[Any, Any]:
    common_splits_type([x.value, y.value])
    sides = [_Rows(x), _Rows(y)]
    ends: list[Tensor] = []
    checked: list[Any] = []
    for axis in range(len(x.uniform)):
        with control_dependencies(checked):
            sizes = [side.sizes(axis) for side in sides]
        one = [side.is_one(axis) for side in sides]
        checked.append(_check(axis, *sizes, *one))
        common = sizes[0] if one[0] is False else selecting.where_v2(one[0], sizes[1], sizes[0])
        if axis == 0:
            owners, places = None, ragged_range(common).values
        else:
            with control_dependencies(checked):
                ends.append(splits.from_lengths(common))
            owners = splits.row_splits_to_segment_ids(ends[-1], out_type=ends[-1].dtype)
            places = ragged_range(common).values
        for side, is_one in zip(sides, one, strict=True):
            side.go_in(owners, places, is_one)
    if len({side.known_count() for side in sides} - {None}) > 1:
        for side in sides:  # which a run refuses, so that nothing is known of them before
            side.forget_whole()
    with control_dependencies(checked):
        made = [side.as_rows(ends) for side in sides]
    return made[0], made[1]


class _Rows:
    """Of each row of the result which row of one side it is, from the outermost axis inwards."""

    def __init__(self, side: _Side):
        self._side = side
        self._part: Any = side.value
        self._rows: Tensor | None = None  # of which row of `_part` each row of the result is made
        self._is_whole = True

    def sizes(self, axis: int) -> Tensor:
        """i[] for the outermost axis, else i[n]: the lengths of the rows."""
        if self._rows is None:
            count: Tensor = self._part.nrows()
            return count
        lengths: Tensor = gathering.gather(self._part.row_lengths(), self._rows)
        return lengths

    def is_one(self, axis: int) -> Any:
        """Whether the axis is broadcast if need be; False where that is known."""
        if not self._side.uniform[axis]:
            return False
        known = self._side.value.shape[axis].value
        if known is not None and known != 1:
            return False
        own = self._part.nrows() if self._rows is None else self._part.row_lengths()
        return reductions.reduce_all(comparison.equal(own, 1))

    def go_in(self, owners: Tensor | None, places: Tensor, is_one: Any) -> None:
        if is_one is not False:
            self._is_whole = False
            places = places * casts.cast(comparison.logical_not(is_one), places.dtype)
        if self._rows is None:
            self._rows = places
            return
        starts = gathering.gather(self._part.row_starts(), self._rows)
        self._rows = gathering.gather(starts, owners) + places
        self._part = self._part.values

    def known_count(self) -> int | None:
        """How many elements a side has that is taken as it is, as far as that is known."""
        count: int | None = self._part.shape[0].value
        return count if self._is_whole else None

    def forget_whole(self) -> None:
        self._is_whole = False

    def as_rows(self, ends: list[Tensor]) -> RaggedTensor:
        if self._is_whole:
            whole: RaggedTensor = self._side.value
            return whole
        values = gathering.gather(self._part, self._rows)
        return RaggedTensor.from_nested_row_splits(values, ends, validate=False)


def _check(axis: int, sizes: Tensor, lengths: Tensor, x_is_one: Any, y_is_one: Any) -> Any:
    fits = comparison.logical_or(x_is_one, y_is_one)
    fits = comparison.logical_or(fits, reductions.reduce_all(comparison.equal(sizes, lengths)))
    message = "Unable to broadcast: dimension size mismatch in dimension"
    return assert_that(fits, [message, axis, "lengths=", lengths, "dim_size=", sizes])
