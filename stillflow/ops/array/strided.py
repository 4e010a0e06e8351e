"""What a strided slice means: the part of a tensor that its vectors and masks say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.refusing import refuse
from stillflow.graph.operation import Operation

MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def known_beforehand(op: Operation) -> tuple[str, ...]:
    """The inputs that decide the shape of a strided slice: all but indices that drop their axes."""
    return ("strides",) if _only_picks(op) else ("begin", "end", "strides")


def _only_picks(op: Operation) -> bool:
    """Whether every element is an axis that is whole, new or dropped, and one is dropped."""
    begin = op.inputs[op.defn.input_positions(op, ["begin"])[0]]
    count = begin.shape.num_elements()
    if count is None:
        return False
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask = _masks(op)
    settled = (begin_mask & end_mask) | ellipsis_mask | new_axis_mask | shrink_mask
    every = (1 << count) - 1
    return bool(shrink_mask & every) and settled & every == every


def _masks(op: Operation) -> list[int]:
    return [op.attrs[mask] for mask in MASKS]


def unlike_vectors(op: Operation, inputs: Sequence[Any]) -> str | None:
    """What TensorFlow says where begin, end and strides are no vectors of one length."""
    begin, end, strides = map(np.shape, inputs[1:4])
    if len(begin) == 1 and begin == end == strides:
        return None
    seen = [shapes.format_sizes(shape) for shape in (begin, end, strides)]
    return (
        "Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
        f"{seen[0]}, {seen[1]}, and {seen[2]} instead."
    )


def strided_index(
    xp: Any, sizes: tuple[int, ...], begin: Any, end: Any, strides: Any, masks: tuple[int, ...]
) -> tuple[Any, ...]:
    """The index that a strided slice of a tensor of shape `sizes` means.

    Bit i of a mask concerns element i: a begin or end that is open, an ellipsis, a new axis, an
    axis that is dropped. It fails the run where there is no such part.
    """
    steps = tuple(strides.tolist())
    if isinstance(begin, np.ndarray) and isinstance(end, np.ndarray):
        return _index(sizes, tuple(begin.tolist()), tuple(end.tolist()), steps, masks)
    return _picked(xp, sizes, begin, steps, masks)


def _picked(
    xp: Any, sizes: tuple[int, ...], begin: Any, steps: tuple[int, ...], masks: tuple[int, ...]
) -> tuple[Any, ...]:
    """The index where `begin` is traced, and only says which elements of dropped axes are taken."""
    index = list(_index(sizes, (0,) * len(steps), (1,) * len(steps), steps, masks))
    *_, ellipsis_mask, new_axis_mask, shrink_mask = masks
    named = sum(not (ellipsis_mask | new_axis_mask) >> i & 1 for i in range(len(steps)))
    axis = 0
    for i in range(len(steps)):
        if shrink_mask & ~ellipsis_mask & ~new_axis_mask & 1 << i:
            index[i] = begin[i]
            _check_picked(xp, index[i], axis, sizes[axis])
        if ellipsis_mask >> i & 1:
            axis += len(sizes) - named
        elif not new_axis_mask >> i & 1:
            axis += 1
    return tuple(index)


def _check_picked(xp: Any, at: Any, axis: int, size: int) -> None:
    inside = (at >= -size) & (at < size)
    xp.check(inside, lambda at: _outside(at, axis, size), at)


@lru_cache(maxsize=1024)
def _index(
    sizes: tuple[int, ...],
    begin: tuple[int, ...],
    end: tuple[int, ...],
    strides: tuple[int, ...],
    masks: tuple[int, ...],
) -> tuple[Any, ...]:
    known = tuple(size if isinstance(size, int) else None for size in sizes)  # or left open
    try:
        _sizes_of_parts(known, begin, end, strides, masks)
    except shapes.ShapeError as error:
        refuse(str(error))
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask = masks
    index: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(begin, end, strides, strict=True)):
        bit = 1 << i
        if ellipsis_mask & bit:
            index.append(Ellipsis)
        elif new_axis_mask & bit:
            index.append(None)
        elif shrink_mask & bit:
            index.append(start)
        else:
            first = None if begin_mask & bit else start
            index.append(slice(first, None if end_mask & bit else stop, step))
    return tuple(index) if Ellipsis in index else (*index, Ellipsis)


def strided_sizes(ctx: shapes.ShapeContext) -> shapes.Sizes:
    masks = tuple(ctx.attrs[mask] for mask in MASKS)
    sizes = ctx.shape(0)
    count = shapes.merge_all(ctx.shapes(1))
    if sizes is None or count is None or count[0] is None:
        return None
    values = [ctx.value(i) for i in (1, 2, 3)]
    begin, end, strides = ([None] * count[0] if v is None else v.tolist() for v in values)
    return _sizes_of_parts(sizes, begin, end, strides, masks)


def _sizes_of_parts(
    sizes: tuple[int | None, ...],
    begin: Sequence[int | None],
    end: Sequence[int | None],
    strides: Sequence[int | None],
    masks: tuple[int, ...],
) -> tuple[int | None, ...]:
    """The sizes of a strided slice of which some begins, ends and strides may be None."""
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask = masks
    if ellipsis_mask.bit_count() > 1:
        raise shapes.ShapeError("Multiple ellipses in slice spec not allowed")
    special = ellipsis_mask | new_axis_mask
    named = sum(not special >> i & 1 for i in range(len(begin)))
    if named > len(sizes):
        raise shapes.ShapeError(
            f"Index out of range using input dim {len(sizes)}; input has only {len(sizes)} dims"
        )
    if not ellipsis_mask & ((1 << len(begin)) - 1):  # there is an implicit one at the end
        begin, end, strides = [*begin, None], [*end, None], [*strides, None]
        ellipsis_mask |= 1 << (len(begin) - 1)
    result: list[int | None] = []
    axis = 0
    for i in range(len(begin)):
        bit = 1 << i
        if ellipsis_mask & bit:
            skipped = len(sizes) - named
            result += sizes[axis : axis + skipped]
            axis += skipped
        elif new_axis_mask & bit:
            result.append(1)
        elif shrink_mask & bit:
            step = strides[i]
            if step is not None and step <= 0:
                raise shapes.ShapeError("only stride 1 allowed on non-range indexing.")
            _check_within(begin[i], axis, sizes[axis])
            axis += 1
        else:
            first = None if begin_mask & bit else begin[i]
            last = None if end_mask & bit else end[i]
            known = (first is not None or begin_mask & bit) and (last is not None or end_mask & bit)
            result.append(_part_size(sizes[axis], first, last, strides[i]) if known else None)
            axis += 1
    return tuple(result)


def _check_within(at: int | None, axis: int, size: int | None) -> None:
    if at is not None and size is not None and not -size <= at < size:
        raise shapes.ShapeError(_outside(at, axis, size))


def _outside(at: int, axis: int, size: int) -> str:
    return f"slice index {at + size if at < 0 else at} of dimension {axis} out of bounds."


def _part_size(total: int | None, first: Any, last: Any, step: int | None) -> int | None:
    if step == 0:
        raise shapes.ShapeError("strides[0] must be non-zero")
    if total is None or step is None:
        return None
    return len(range(*slice(first, last, step).indices(total)))
