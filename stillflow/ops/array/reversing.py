"""Tensors turned around and shifted along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor

_REVERSIBLE = types(
    "uint8 int8 uint16 int16 int32 int64 bool bfloat16 float16 float32 float64 complex64 "
    "complex128 string"
)


def _same_reversed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = ctx.shape(0)
    shapes.with_rank(ctx.shape(1), 1)
    known = ctx.value(1)
    if known is not None and sizes is not None:
        try:
            _checked_axes(known, len(sizes))
        except ValueError as error:
            raise shapes.ShapeError(str(error)) from None
    return sizes


def _checked_axes(axis: np.ndarray, rank: int) -> tuple[int, ...]:
    """The axes counted from the front; ValueError when one is out of range or named twice."""
    axes: list[int] = []
    for index, at in enumerate(axis.tolist()):
        if not -rank <= at < rank:
            raise ValueError(f"'axis'[{index}] = {at} is out of valid range [0, {rank - 1}")
        if at % rank in axes:
            raise ValueError(f"axis {at % rank} specified more than once.")
        axes.append(at % rank)
    return tuple(axes)


@op(
    "ReverseV2",
    "tensor: T, axis: Tidx -> output: T",
    shape=_same_reversed,
    static=("axis",),
    types={"Tidx": INDEX_TYPES, "T": _REVERSIBLE},
    defaults={"Tidx": dtypes.int32},
)
def reverse(xp, x, axis):
    """x: n[...], axis: i[k] -> x with the order of its elements turned around along each axis."""
    try:
        axes = _checked_axes(axis, x.ndim)
    except ValueError as error:
        refuse(str(error))
    return xp.flip(x, axes) if axes else x


@reverse.gradient
def reverse_gradient(op, dy):
    return reverse(dy, op.inputs[1]), None


def _same_batch(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, lengths = ctx.shape(0), shapes.with_rank(ctx.shape(1), 1)
    batch, seq = ctx.attrs["batch_dim"], ctx.attrs["seq_dim"]
    if sizes is None:
        return None
    for name, axis in (("batch_dim", batch), ("seq_dim", seq)):
        if axis >= len(sizes):
            raise shapes.ShapeError(f"{name} must be < input rank: {axis} vs. {len(sizes)}")
    merged = shapes.merge_size(sizes[batch], lengths[0])
    return (*sizes[:batch], merged, *sizes[batch + 1 :])


@op(
    "ReverseSequence",
    "input: T, seq_lengths: Tlen -> output: T",
    shape=_same_batch,
    types={"Tlen": INDEX_TYPES},
    defaults={"Tlen": dtypes.int64},
)
def reverse_sequence_op(xp, x, seq_lengths, *, seq_dim: int, batch_dim: int = 0):
    """x: n[...], seq_lengths: i[batch] -> x, the start of each sequence turned around.

    Of sequence `b`, along axis `seq_dim`, the first seq_lengths[b] elements change their order.
    """
    if seq_lengths.ndim != 1:
        refuse(f"seq_lens input must be 1-dim, not {seq_lengths.ndim}")
    if batch_dim == seq_dim:
        refuse(f"batch_dim == seq_dim == {seq_dim}")
    for name, axis in (("seq_dim", seq_dim), ("batch_dim", batch_dim)):
        if axis >= x.ndim:
            refuse(f"{name} must be < input.dims()( {axis} vs. {x.ndim})")
    length = x.shape[seq_dim]
    if x.shape[batch_dim] != seq_lengths.shape[0]:
        refuse(
            f"len(seq_lens) != input.dims({batch_dim}), ({seq_lengths.shape[0]} vs. "
            f"{x.shape[batch_dim]})"
        )
    xp.check(
        (seq_lengths >= 0) & (seq_lengths <= length),
        lambda lengths: _bad_length(lengths, length, seq_dim),
        seq_lengths,
    )
    last = seq_lengths.reshape(_along(batch_dim, x.ndim))
    position = np.arange(length).reshape(_along(seq_dim, x.ndim))
    source = xp.where(position < last, last - 1 - position, position)
    return xp.take_along_axis(x, xp.broadcast_to(source, x.shape), axis=seq_dim)


def _along(axis: int, rank: int) -> tuple[int, ...]:
    """The shape that lays a vector along `axis` of a tensor of `rank`."""
    return tuple(-1 if at == axis else 1 for at in range(rank))


def _bad_length(lengths: np.ndarray, most: int, seq_dim: int) -> str:
    for index, length in enumerate(lengths.tolist()):
        if length < 0:
            return f"seq_lens({index}) < 0"
        if length > most:
            return f"seq_lens({index}) > input.dims({seq_dim})"
    raise AssertionError("every length is in range")


@reverse_sequence_op.gradient
def reverse_sequence_gradient(op, dy):
    lengths, attrs = op.inputs[1], op.attrs
    turned = reverse_sequence_op(
        dy, lengths, seq_dim=attrs["seq_dim"], batch_dim=attrs["batch_dim"]
    )
    return turned, None


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """Returns `input` with the first seq_lengths[b] elements of sequence `b` turned around.

    Sequences lie along `seq_axis`, and `b` counts along `batch_axis`; `seq_dim` and `batch_dim` are
    the older names of the two.
    """
    seq_axis = renamed("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = renamed("batch_axis", batch_axis, "batch_dim", batch_dim)
    return reverse_sequence_op(
        input, seq_lengths, seq_dim=seq_axis, batch_dim=batch_axis or 0, name=name
    )


def _same_rolled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shift, axis = (shapes.with_rank_at_most(ctx.shape(i), 1) for i in (1, 2))
    shapes.merge(shift, axis)
    return sizes


@op(
    "Roll",
    "input: T, shift: Tshift, axis: Taxis -> output: T",
    shape=_same_rolled,
    static=("shift", "axis"),
    types={"Tshift": INDEX_TYPES, "Taxis": INDEX_TYPES},
)
def roll(xp, x, shift, axis):
    """x: n[...], shift: i[k], axis: i[k] -> x shifted along each axis, around its end."""
    if x.ndim < 1:
        refuse("input must be 1-D or higher")
    for name, value in (("shift", shift), ("axis", axis)):
        if value.ndim > 1:
            found = shapes.format_sizes(value.shape)
            refuse(f"{name} must be a scalar or a 1-D vector. Found: {found}")
    if shift.shape != axis.shape:
        refuse("shift and axis must have the same size")
    axes = [at + x.ndim if at < 0 else at for at in np.ravel(axis).tolist()]
    for at in axes:
        if not 0 <= at < x.ndim:
            refuse(f"axis {at} is out of range")
    return xp.roll(x, tuple(np.ravel(shift).tolist()), tuple(axes))


@roll.gradient
def roll_gradient(op, dy):
    _, shift, axis = op.inputs
    return roll(dy, -shift, axis), None, None
