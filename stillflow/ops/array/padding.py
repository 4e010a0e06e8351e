"""Padding: with a value, and with what a mirror at the border would show."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.static import constant_value
from stillflow.graph.operation import Tensor
from stillflow.ops.array.slicing import PAD, checked_paddings, pad_op, unpadded

_SIGNATURE = "input: T, paddings: Tpaddings -> output: T"
_MIRRORED = {**PAD, "limits": {"mode": ("REFLECT", "SYMMETRIC")}}


@op("PadV2", "input: T, paddings: Tpaddings, constant_values: T -> output: T", **PAD)
def pad_v2_op(xp, x, paddings, constant_values):
    """x: n[...], paddings: i[rank, 2], constant_values: n[] -> x with that value around it."""
    pairs = checked_paddings(x, paddings)
    if constant_values.ndim:
        found = shapes.format_sizes(constant_values.shape)
        refuse(f"constant_values must be a scalar. Found: {found}")
    return xp.pad(x, pairs, constant_values=constant_values) if pairs else x


@pad_v2_op.gradient
def pad_v2_gradient(op, dy):
    return unpadded(op, dy), None, None


@op("MirrorPad", _SIGNATURE, **_MIRRORED)
def mirror_pad_op(xp, x, paddings, *, mode: str):
    """x: n[...], paddings: i[rank, 2] -> x continued by its mirror image.

    `mode` is SYMMETRIC where the border is repeated, REFLECT where it is not.
    """
    pairs = checked_paddings(x, paddings, "paddings must be non-negative: {} {}")
    for size, (before, after) in zip(x.shape, pairs, strict=True):
        if before or after:
            _check_mirrored(mode, "dimension", size, before, after)
    return xp.pad(x, pairs, mode=mode.lower()) if pairs else x


def _check_mirrored(mode: str, what: str, size: int, before: int, after: int) -> None:
    """A mirror image is no larger than what is mirrored."""
    most = max(before, after)
    if mode == "REFLECT" and most >= size:
        refuse(
            f"paddings must be less than the {what} size: {before}, {after} not less than {size}"
        )
    if most > size:
        refuse(
            f"paddings must be no greater than the {what} size: {before}, {after} greater than "
            f"{size}"
        )


@mirror_pad_op.gradient
def mirror_pad_gradient(op, dy):
    return mirror_pad_grad(dy, op.inputs[1], mode=op.attrs["mode"]), None


def _without_padding(ctx: shapes.ShapeContext) -> shapes.Sizes:
    rank, columns = shapes.with_rank(ctx.shape(1), 2)
    if columns not in (None, 2):
        raise shapes.ShapeError(f"Dimension must be 2 but is {columns}")
    sizes, paddings = ctx.shape(0), ctx.value(1)
    if sizes is not None and rank is not None:
        shapes.with_rank(sizes, rank)
    if sizes is None or paddings is None:
        return None if sizes is None else (None,) * len(sizes)
    totals = paddings.sum(axis=1).tolist()
    return tuple(
        None if size is None else size - total for size, total in zip(sizes, totals, strict=True)
    )


@op("MirrorPadGrad", _SIGNATURE, **{**_MIRRORED, "shape": _without_padding})
def mirror_pad_grad(xp, dy, paddings, *, mode: str):
    """dy: n[...], of the shape of a MirrorPad's output -> of the shape of its input.

    The sum, at each element, of the gradients of its images.
    """
    edge = int(mode == "REFLECT")  # the elements next to the border that have no image
    for axis, (before, after) in enumerate(
        checked_paddings(dy, paddings, "Paddings must be non-negative: {}, {}")
    ):
        rows = xp.moveaxis(dy, axis, 0)
        size = rows.shape[0] - before - after
        _check_mirrored(mode, "output dimension", size, before, after)
        inner = rows[before : before + size]
        inner = xp.add_at(inner, slice(edge, edge + before), rows[:before][::-1])
        last = size - edge
        inner = xp.add_at(inner, slice(last - after, last), rows[before + size :][::-1])
        dy = xp.moveaxis(inner, 0, axis)
    return dy


@mirror_pad_grad.gradient
def mirror_pad_grad_gradient(op, ddx):
    return mirror_pad_op(ddx, op.inputs[1], mode=op.attrs["mode"]), None


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """Returns `tensor` with elements added before and after it along each axis.

    Args:
      paddings: i[rank, 2], how many elements to add before and after.
      mode: CONSTANT adds `constant_values`; REFLECT and SYMMETRIC add the mirror image of the
        tensor, without and with its border.

    Raises:
      ValueError: an unknown mode.
    """
    result = _padded(tensor, paddings, mode.upper(), constant_values, name)
    if result._is_eager:
        return result
    x, amounts = result.op.inputs[:2]
    known = constant_value(amounts, partial=True)
    if isinstance(paddings, (list, tuple)):
        pairs: list[Any] = [_known_pair(pair) for pair in paddings]
    elif known is not None and known.ndim == 2:
        pairs = known.tolist()
    else:
        return result
    if x.shape.sizes is not None and len(pairs) == len(x.shape.sizes):
        sizes = zip(x.shape.sizes, pairs, strict=True)
        result.set_shape([None if None in (s, *pair) else s + sum(pair) for s, pair in sizes])
    return result


def _known_pair(pair: Any) -> list[Any]:
    """The amounts before and after along one axis, None for those that are not known."""
    if not isinstance(pair, Tensor):
        return [constant_value(n) if isinstance(n, Tensor) else n for n in pair]
    known = constant_value(pair, partial=True)
    return [None, None] if known is None or known.ndim != 1 else known.tolist()


def _padded(tensor: Any, paddings: Any, mode: str, constant: Any, name: str | None) -> Tensor:
    if mode == "CONSTANT":
        if not isinstance(constant, Tensor) and constant == 0:
            return pad_op(tensor, paddings, name=name)
        return pad_v2_op(tensor, paddings, constant, name=name)
    if mode in ("REFLECT", "SYMMETRIC"):
        return mirror_pad_op(tensor, paddings, mode=mode, name=name)
    raise ValueError(f"Unknown padding mode: {mode}")
