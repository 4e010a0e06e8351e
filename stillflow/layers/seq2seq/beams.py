"""Tensors that have a row for each sequence of a search, and what tells them from others."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import (
    joining,
    masking,
    ranging,
    reshaping,
    selecting,
    shape_of,
    stacking,
    tiling,
    transposing,
)
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.array.gather_tree import gather_tree
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import casts, comparison
from stillflow.ops.reduce.reductions import reduce_max
from stillflow.platform.logging import warning


def may_have_beams(shape: TensorShape, batch: Any, width: int) -> bool:
    """Whether TensorFlow takes elements of this shape for [batch * beams, ...]."""
    first, *rest = shape.as_list()
    if batch is None or first is None:
        return True
    is_other = bool(rest) and rest[0] is not None and (first != batch or rest[0] != width)
    if first == batch * width and not is_other:
        return True
    _warn_of_shape(shape, batch, width)
    return False


def _warn_of_shape(shape: TensorShape, batch: Any, width: int) -> None:
    warning(
        "TensorArray reordering expects elements to be reshapable to "
        f"{TensorShape([batch, width, None])} which is incompatible with the current shape "
        f"{shape}. Consider setting reorder_tensor_arrays to False to disable TensorArray "
        "reordering during the beam search."
    )


def assert_beams(t: Tensor, batch_size: Any, beam_width: int) -> Operation:
    message = (
        "TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, -1] "
        f"which is incompatible with the dynamic shape of {t.name} elements. Consider setting "
        "reorder_tensor_arrays to False to disable TensorArray reordering during the beam search."
    )
    sizes = shape_of.shape(t)
    if t.shape.ndims == 2:
        fits = comparison.equal(sizes[1], batch_size * beam_width)
    else:
        fits = comparison.logical_or(
            comparison.equal(sizes[1], batch_size * beam_width),
            comparison.logical_and(
                comparison.equal(sizes[1], batch_size), comparison.equal(sizes[2], beam_width)
            ),
        )
    return assert_that(fits, [message])


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Returns each row of the tensors of a nest, [batch, ...], `multiplier` times in turn.

    Raises:
      ValueError: the rank of a tensor is unknown, or 0.
    """
    with name_scope(name, "tile_batch", [*nest.flatten(t), multiplier]):
        return nest.map_structure(lambda each: _tiled(each, multiplier), t)


def _tiled(t: Any, multiplier: int) -> Tensor:
    t = convert_to_tensor(t, name="t")
    sizes = shape_of.shape(t)
    if t.shape.ndims is None or t.shape.ndims < 1:
        raise ValueError("t must have statically known rank")
    factors = [1] * (t.shape.ndims + 1)
    factors[1] = multiplier
    batch = t.shape.as_list()[0]
    tiled = tiling.tile(reshaping.expand_dims(t, 1), factors)
    tiled = reshaping.reshape(tiled, joining.concat(([sizes[0] * multiplier], sizes[1:]), 0))
    known = TensorShape([None if batch is None else batch * multiplier])
    tiled.set_shape(known.concatenate(t.shape[1:]))
    return tiled


def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Tensor:
    """Returns `t`, [time, batch * beams, ...], with each beam's sequence followed back.

    parent_ids: i32[time, batch, beams], sequence_length: i[batch, beams].
    """
    time, batch, width = (
        parent_ids.shape.as_list()[axis] or shape_of.shape(parent_ids)[axis] for axis in range(3)
    )
    beams = reshaping.expand_dims(reshaping.expand_dims(ranging.range_(width), 0), 0)
    beams = tiling.tile(beams, [time, batch, 1])
    longest = casts.cast(reduce_max(sequence_length, axis=1), dtypes.int32)
    ordered = gather_tree(beams, parent_ids, max_sequence_lengths=longest, end_token=width + 1)
    within = transposing.transpose(
        masking.sequence_mask(sequence_length, maxlen=time), perm=[2, 0, 1]
    )
    ordered = selecting.where(within, x=ordered, y=beams)
    times = tiling.tile(reshaping.reshape(ranging.range_(time), [-1, 1, 1]), [1, batch, width])
    rows = tiling.tile(reshaping.reshape(ranging.range_(batch), [-1, 1, 1]), [1, time, width])
    rows = transposing.transpose(rows, perm=[1, 0, 2])
    indices = stacking.stack([times, rows, ordered], -1)
    sizes = shape_of.shape(t)
    parts = reshaping.reshape(t, [time, batch, width, -1])
    return reshaping.reshape(gather_nd(parts, indices), sizes)
