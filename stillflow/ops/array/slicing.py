"""Parts of a tensor: slices, and their inverse, padding with a value. `tensor[...]` is here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.array.filling import ones_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import rank, shape
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.strided import (
    MASKS,
    known_beforehand,
    strided_index,
    strided_sizes,
    unlike_vectors,
)
from stillflow.ops.math.casts import cast_op

# Slice and Pad: each is the other's gradient ----------------------------------------------------


def _sliced(ctx: shapes.ShapeContext) -> shapes.Sizes:
    vector = shapes.merge(shapes.with_rank(ctx.shape(1), 1), shapes.with_rank(ctx.shape(2), 1))
    length = vector[0] if vector else None
    if ctx.shape(0) is None and length is None:
        return None
    sizes = ctx.shape(0) or (None,) * (length or 0)
    if length is not None:
        sizes = shapes.with_rank(sizes, length)
    begin, size, known = ctx.value(1), ctx.value(2), ctx.value_as_shape(2)
    if size is None:
        return known or (None,) * len(sizes)
    begins = [None] * len(sizes) if begin is None else begin.tolist()
    return tuple(_slice_size(*item) for item in zip(sizes, begins, size.tolist(), strict=True))


def _slice_size(total: int | None, begin: int | None, size: int) -> int | None:
    if size != -1:
        return size
    if total is None or begin is None:
        return None
    if begin > total:
        raise shapes.ShapeError(
            f"Negative dimension size caused by subtracting {begin} from {total}"
        )
    return total - begin


@op(
    "Slice",
    "input: T, begin: Index, size: Index -> output: T",
    shape=_sliced,
    static=("begin", "size"),
    total=True,
    types={"Index": INDEX_TYPES},
)
def slice_op(xp, x, begin, size):
    """x: n[...], begin: i[rank], size: i[rank] -> n[*size]; a size of -1 goes to the end."""
    if begin.shape != (x.ndim,) or size.shape != (x.ndim,):
        refuse(
            f"Expected begin and size arguments to be 1-D tensors of size {x.ndim}, but got shapes "
            f"{shapes.format_sizes(begin.shape)} and {shapes.format_sizes(size.shape)} instead."
        )
    index = []
    for axis, (at, length) in enumerate(zip(begin.tolist(), size.tolist(), strict=True)):
        total = x.shape[axis]
        length = total - at if length == -1 else length
        if total == 0 and (at, length) != (0, 0):
            refuse(
                f"Expected begin[{axis}] == 0 (got {at}) and size[{axis}] == 0 (got {length}) when "
                f"input.dim_size({axis}) == 0"
            )
        if not 0 <= at <= total:
            refuse(f"Expected begin[{axis}] in [0, {total}], but got {at}")
        if not 0 <= length <= total - at:
            refuse(f"Expected size[{axis}] in [0, {total - at}], but got {length}")
        index.append(slice(at, at + length))
    return x[tuple(index)]


@slice_op.gradient
def slice_gradient(op, dy):
    x, begin = op.inputs[:2]
    axes = rank(x)
    size = shape(op.outputs[0], out_type=begin.dtype)
    column = stack([axes, 1])
    before = reshape(begin, column)
    after = reshape(shape(x, out_type=begin.dtype) - size - begin, column)
    return pad_op(dy, concat([before, after], 1)), None, None


def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """Returns the part of `input_` that starts at `begin` and has `size`; -1: up to the end."""
    return slice_op(input_, begin, size, name=name)


def padded(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """The shape of input 0 with paddings, input 1, of any mode."""
    count, columns = shapes.with_rank(ctx.shape(1), 2)
    if columns not in (None, 2):
        raise shapes.ShapeError(f"Dimension must be 2 but is {columns}")
    sizes = ctx.shape(0)
    if sizes is None and count is None:
        return None
    sizes = (None,) * count if sizes is None else sizes  # type: ignore[operator]
    if count is not None:
        sizes = shapes.with_rank(sizes, count)
    return with_paddings(sizes, ctx.value(1))


def with_paddings(sizes: Sequence[int | None], paddings: Any) -> tuple[int | None, ...]:
    """Known or unknown sizes and paddings, i[rank, 2] or None where unknown -> the sizes with them.

    Raises:
      ShapeError: a padding is negative.
    """
    if paddings is None:
        return (None,) * len(sizes)
    if np.any(paddings < 0):
        raise shapes.ShapeError("Paddings must be non-negative")
    totals = paddings.sum(axis=1).tolist()
    return tuple(
        None if size is None else size + total for size, total in zip(sizes, totals, strict=True)
    )


PAD: dict[str, Any] = {
    "shape": padded,
    "static": ("paddings",),
    "total": True,
    "types": {"Tpaddings": INDEX_TYPES},
    "defaults": {"Tpaddings": dtypes.int32},
}


@op("Pad", "input: T, paddings: Tpaddings -> output: T", **PAD)
def pad_op(xp, x, paddings):
    """x: n[...], paddings: i[rank, 2] -> x with so many zeros before and after along each axis."""
    pairs = checked_paddings(x, paddings)
    if not pairs:
        return x
    if x.dtype == np.object_ and all(isinstance(element, bytes) for element in x.flat):
        return xp.pad(x, pairs, constant_values=b"")
    return xp.pad(x, pairs)


def checked_paddings(
    x: Any, paddings: np.ndarray, negative: str = "Paddings must be non-negative: {} {}"
) -> list[list[int]]:
    """The paddings as a list of pairs, one for each axis of `x`."""
    if paddings.ndim != 2 or paddings.shape[1] != 2:
        refuse(f"paddings must be a matrix with 2 columns: {shapes.format_sizes(paddings.shape)}")
    if len(paddings) != x.ndim:
        refuse(
            "The first dimension of paddings must be the rank of inputs"
            f"{shapes.format_sizes(paddings.shape)} {shapes.format_sizes(x.shape)}"
        )
    pairs = paddings.tolist()
    for before, after in pairs:
        if before < 0 or after < 0:
            refuse(negative.format(before, after))
    return pairs


@pad_op.gradient
def pad_gradient(op, dy):
    return unpadded(op, dy), None


def unpadded(op: Any, dy: Tensor) -> Tensor:
    """The part of `dy` where `op` put its input."""
    x, paddings = op.inputs[:2]
    before = slice_op(paddings, [0, 0], stack([rank(x), 1]))
    begin = reshape(before, [-1])
    return slice_op(dy, begin, shape(x, out_type=paddings.dtype))


# Strided slices ---------------------------------------------------------------------------------

_STRIDED: dict[str, Any] = {
    "static": known_beforehand,
    "total": True,
    "types": {"Index": INDEX_TYPES},
    "explain": unlike_vectors,
}


@op(
    "StridedSlice",
    "input: T, begin: Index, end: Index, strides: Index -> output: T",
    shape=strided_sizes,
    **_STRIDED,
    carries_shapes=True,
)
def strided_slice_op(
    xp,
    x,
    begin,
    end,
    strides,
    *,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
):
    """x: n[...]; begin, end, strides: i[k] -> x[begin:end:strides], as the masks modify it."""
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    return x[strided_index(xp, x.shape, begin, end, strides, masks)]


@strided_slice_op.gradient
def strided_slice_gradient(op, dy):
    x, *spec = op.inputs
    masks = {mask: op.attrs[mask] for mask in MASKS}
    sizes = shape(x, out_type=spec[0].dtype)
    return strided_slice_grad(sizes, *spec, dy, **masks), None, None, None


@op(
    "StridedSliceGrad",
    "shape: Index, begin: Index, end: Index, strides: Index, dy: T -> output: T",
    shape=shapes.from_value(0),
    **{**_STRIDED, "static": lambda op: ("shape", *known_beforehand(op))},
)
def strided_slice_grad(
    xp,
    sizes,
    begin,
    end,
    strides,
    dy,
    *,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
):
    """dy, where the strided slice took it from a tensor of shape `sizes`; zeros elsewhere."""
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    whole = tuple(sizes.tolist())
    index = strided_index(xp, whole, begin, end, strides, masks)
    zeros = xp.zeros(whole, dy.dtype)
    taken = zeros[index].shape
    if taken != dy.shape:
        seen, wanted = map(shapes.format_sizes, (dy.shape, taken))
        refuse(f"shape of dy was {seen} instead of {wanted}")
    return xp.set_at(zeros, index, dy)


@strided_slice_grad.gradient
def strided_slice_grad_gradient(op, ddx):
    masks = {mask: op.attrs[mask] for mask in MASKS}
    return None, None, None, None, strided_slice_op(ddx, *op.inputs[1:4], **masks)


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns input_[begin:end:strides], where bit i of each mask modifies element i.

    Args:
      begin_mask, end_mask: the elements whose begin or end is open.
      ellipsis_mask: the element that stands for all axes not named.
      new_axis_mask: the elements that insert an axis of size 1.
      shrink_axis_mask: the elements of which one index, `begin`, is taken, without an axis.
      var: the variable that `input_` is read from.
    """
    if strides is None:
        strides = ones_like(begin)
    return strided_slice_op(
        input_,
        begin,
        end,
        strides,
        begin_mask=begin_mask,
        end_mask=end_mask,
        ellipsis_mask=ellipsis_mask,
        new_axis_mask=new_axis_mask,
        shrink_axis_mask=shrink_axis_mask,
        name=name,
    )


newaxis = None  # as an index, a new axis of size 1

# tensor[...] ------------------------------------------------------------------------------------


class _Specification:
    """The vectors and masks of a strided slice, gathered from the items of a Python index."""

    def __init__(self, items: Any):
        self.begin: list[Any] = []
        self.end: list[Any] = []
        self.strides: list[Any] = []
        self.masks = dict.fromkeys(MASKS, 0)
        for item in items:
            self._add(item)

    def _add(self, item: Any) -> None:
        bit = 1 << len(self.begin)
        if isinstance(item, slice):
            self.masks["begin_mask"] |= bit * _is_open(item.start)
            self.masks["end_mask"] |= bit * _is_open(item.stop)
            self._append(
                0 if _is_open(item.start) else _checked(item.start),
                0 if _is_open(item.stop) else _checked(item.stop),
                1 if item.step is None else _checked(item.step),
            )
        elif item is Ellipsis:
            self.masks["ellipsis_mask"] |= bit
            self._append(0, 0, 1)
        elif item is None:
            self.masks["new_axis_mask"] |= bit
            self._append(0, 0, 1)
        else:
            self.masks["shrink_axis_mask"] |= bit
            self._append(_checked(item), item + 1, 1)

    def vectors(self) -> list[Tensor]:
        """begin, end and strides as tensors of one type."""
        if not self.begin:
            return [constant([], dtype=dtypes.int32)] * 3
        return _of_one_type([_vector(self.begin), _vector(self.end), _vector(self.strides)])

    def _append(self, begin: Any, end: Any, stride: Any) -> None:
        self.begin.append(begin)
        self.end.append(end)
        self.strides.append(stride)


def _vector(items: list[Any]) -> Tensor:
    if executing_eagerly() and all([type(item) is int for item in items]):
        return constant(tuple(items))  # as of the numbers one by one, which are kept
    return stack(items)


def _is_open(bound: Any) -> bool:
    return bound is None or (not isinstance(bound, Tensor) and bound == sys.maxsize)


def _checked(index: Any) -> Any:
    """`index` if it is a whole number, plain or a scalar tensor; TypeError otherwise."""
    if isinstance(index, (int, Dimension)):
        return index
    dtype = getattr(index, "dtype", None)
    known = dtype is not None and dtypes.as_dtype(dtype).base_dtype in INDEX_TYPES
    if not known or (index.shape and len(index.shape) == 1):
        raise TypeError(
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
            f"tf.int32/tf.int64 tensors are valid indices, got {index!r}"
        )
    return index


def getitem(tensor: Tensor, key: Any) -> Tensor:
    """`tensor[key]` for basic indices, which may be scalar tensors, or a mask of booleans."""
    if _is_mask(key):
        from stillflow.ops.array.masking import boolean_mask  # a composite of many ops

        return boolean_mask(tensor, key)
    spec = _Specification(key if isinstance(key, (list, tuple)) else [key])
    values = [tensor, *spec.begin, *spec.end, *spec.strides]
    with name_scope(None, "strided_slice", values) as scope:
        return strided_slice_op(tensor, *spec.vectors(), **spec.masks, name=scope)


def bounds_of(key: Any) -> tuple[list[Tensor], dict[str, int]]:
    """(begin, end and strides, i[k] each; the masks) of the strided slice that `[key]` is."""
    spec = _Specification(key if isinstance(key, (list, tuple)) else [key])
    return spec.vectors(), spec.masks


def _is_mask(key: Any) -> bool:
    if isinstance(key, Tensor):
        return key.dtype.base_dtype is dtypes.bool
    return isinstance(key, bool) or (isinstance(key, np.ndarray) and key.dtype == bool)


def _of_one_type(vectors: list[Tensor]) -> list[Tensor]:
    """The vectors as int64 when one of them is."""
    if all(vector.dtype is dtypes.int32 for vector in vectors):
        return vectors
    return [
        vector if vector.dtype is dtypes.int64 else cast_op(vector, DstT=dtypes.int64)
        for vector in vectors
    ]


Tensor.__getitem__ = getitem
