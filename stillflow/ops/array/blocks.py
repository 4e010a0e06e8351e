"""Blocks of space moved into the depth or the batch, and back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.stacking import stack

# Depth ------------------------------------------------------------------------------------------


_BLOCKS: dict[str, Any] = {
    "limits": {"block_size": 2, "data_format": ("NHWC", "NCHW", "NCHW_VECT_C")}
}


def _channels_last(sizes: tuple, data_format: str) -> tuple:
    """n, h, w, c of a shape in `data_format`."""
    return sizes if data_format == "NHWC" else (sizes[0], sizes[2], sizes[3], sizes[1])


def _in_format(sizes: tuple, data_format: str) -> tuple:
    n, h, w, c = sizes
    return sizes if data_format == "NHWC" else (n, c, h, w)


def _divided(size: int | None, by: int) -> int | None:
    if size is not None and size % by:
        raise shapes.ShapeError(f"Dimension size must be evenly divisible by {by} but is {size}")
    return None if size is None else size // by


def _times(size: int | None, factor: int) -> int | None:
    return None if size is None else size * factor


def _deeper(ctx: shapes.ShapeContext) -> shapes.Sizes:
    block, data_format = ctx.attrs["block_size"], ctx.attrs["data_format"]
    n, h, w, c = _channels_last(shapes.with_rank(ctx.shape(0), 4), data_format)
    deeper = (n, _divided(h, block), _divided(w, block), _times(c, block * block))
    return _in_format(deeper, data_format)


def _shallower(ctx: shapes.ShapeContext) -> shapes.Sizes:
    block, data_format = ctx.attrs["block_size"], ctx.attrs["data_format"]
    n, h, w, c = _channels_last(shapes.with_rank(ctx.shape(0), 4), data_format)
    wider = (n, _times(h, block), _times(w, block), _divided(c, block * block))
    return _in_format(wider, data_format)


@op("SpaceToDepth", "input: T -> output: T", shape=_deeper, **_BLOCKS)
def space_to_depth_op(xp, x, *, block_size: int, data_format: str = "NHWC"):
    """x: n[n, h, w, c] -> n[n, h/b, w/b, b*b*c], each block of b*b places in the depth of one."""
    b = block_size
    if x.ndim != 4:
        refuse(f"Input rank should be 4 instead of {x.ndim}")
    n, h, w, c = _channels_last(x.shape, data_format)
    if h % b or w % b:
        refuse(f"Image width {w} and height {h} should be divisible by block_size: {b}")
    if data_format == "NHWC":
        parts = xp.reshape(x, (n, h // b, b, w // b, b, c))
        return xp.reshape(xp.transpose(parts, (0, 1, 3, 2, 4, 5)), (n, h // b, w // b, b * b * c))
    parts = xp.reshape(x, (n, c, h // b, b, w // b, b))
    return xp.reshape(xp.transpose(parts, (0, 3, 5, 1, 2, 4)), (n, b * b * c, h // b, w // b))


@space_to_depth_op.gradient
def space_to_depth_gradient(op, dy):
    return depth_to_space_op(
        dy, block_size=op.attrs["block_size"], data_format=op.attrs["data_format"]
    )


@op("DepthToSpace", "input: T -> output: T", shape=_shallower, **_BLOCKS)
def depth_to_space_op(xp, x, *, block_size: int, data_format: str = "NHWC"):
    """x: n[n, h, w, b*b*c] -> n[n, h*b, w*b, c], the depth of each place as a block of b*b."""
    b = block_size
    if x.ndim != 4:
        refuse(f"Input rank should be: 4 instead of: {x.ndim}")
    n, h, w, deep = _channels_last(x.shape, data_format)
    if deep % (b * b):
        refuse(f"Input depth dimension {deep} should be divisible by: {b * b}")
    c = deep // (b * b)
    if data_format == "NHWC":
        parts = xp.reshape(x, (n, h, w, b, b, c))
        return xp.reshape(xp.transpose(parts, (0, 1, 3, 2, 4, 5)), (n, h * b, w * b, c))
    parts = xp.reshape(x, (n, b, b, c, h, w))
    return xp.reshape(xp.transpose(parts, (0, 3, 4, 1, 5, 2)), (n, c, h * b, w * b))


@depth_to_space_op.gradient
def depth_to_space_gradient(op, dy):
    return space_to_depth_op(
        dy, block_size=op.attrs["block_size"], data_format=op.attrs["data_format"]
    )


def space_to_depth(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """input: n[n, h, w, c] -> n[n, h/b, w/b, b*b*c] for blocks of `block_size` b."""
    return space_to_depth_op(input, block_size=block_size, data_format=data_format, name=name)


def depth_to_space(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """input: n[n, h, w, b*b*c] -> n[n, h*b, w*b, c] for blocks of `block_size` b."""
    return depth_to_space_op(input, block_size=block_size, data_format=data_format, name=name)


# Batch ------------------------------------------------------------------------------------------


class _Geometry:
    """What is known of the blocks of SpaceToBatchND or BatchToSpaceND while it is built."""

    def __init__(self, ctx: shapes.ShapeContext, margins: str):
        count = shapes.with_rank(ctx.shape(1), 1)[0]
        if count is None:
            raise shapes.ShapeError("block_shape must have known size.")
        shapes.merge(ctx.shape(2), (count, 2))
        self.sizes = shapes.with_rank_at_least(ctx.shape(0), count + 1)
        block, amounts = ctx.value(1), ctx.value(2)
        if block is not None and np.any(block < 1):
            raise shapes.ShapeError("block_shape must be positive")
        if amounts is not None and np.any(amounts < 0):
            raise shapes.ShapeError(f"{margins} cannot be negative")
        self.block = _known_list(block, count)
        self.margins = _known_list(None if amounts is None else amounts.sum(1), count)

    def changed(self, batch: Any, space: Any) -> shapes.Sizes:
        """The shape with `batch` and `space` applied: to the batch, and to each size of space."""
        if self.sizes is None:
            return None
        count = len(self.block)
        blocks = zip(self.sizes[1 : count + 1], self.block, self.margins, strict=True)
        inner = [None if None in known else space(*known) for known in blocks]
        return (self._changed_batch(batch), *inner, *self.sizes[count + 1 :])

    def _changed_batch(self, change: Any) -> int | None:
        assert self.sizes is not None
        size = self.sizes[0]
        for block in self.block:
            size = None if block is None else change(size, block)
        return size


def _known_list(value: np.ndarray | None, count: int) -> list[int | None]:
    return [None] * count if value is None else value.tolist()


def _more_in_batch(ctx: shapes.ShapeContext) -> shapes.Sizes:
    geometry = _Geometry(ctx, "paddings")
    return geometry.changed(_times, lambda size, block, padding: _divided(size + padding, block))


def _less_in_batch(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return _Geometry(ctx, "crops").changed(_divided, _cropped)


def _cropped(size: int, block: int, crop: int) -> int:
    if crop > size * block:
        raise shapes.ShapeError(
            f"Negative dimension size caused by subtracting {crop} from {size * block}"
        )
    return size * block - crop


@op(
    "SpaceToBatchND",
    "input: T, block_shape: Tblock_shape, paddings: Tpaddings -> output: T",
    shape=_more_in_batch,
    static=("block_shape", "paddings"),
    types={"Tblock_shape": INDEX_TYPES, "Tpaddings": INDEX_TYPES},
    defaults={"Tblock_shape": dtypes.int32, "Tpaddings": dtypes.int32},
)
def space_to_batch_nd(xp, x, block_shape, paddings):
    """x: n[n, *space, ...], block_shape: i[m], paddings: i[m, 2] -> n[n*prod(b), *space/b, ...].

    Space is padded with zeros; then each place of a block gives a batch of its own.
    """
    block, m = block_shape.tolist(), len(block_shape)
    padded = xp.pad(x, [(0, 0), *paddings.tolist(), *[(0, 0)] * (x.ndim - m - 1)])
    space, rest = padded.shape[1 : m + 1], padded.shape[m + 1 :]
    split = []
    for axis, (size, b) in enumerate(zip(space, block, strict=True)):
        if size % b:
            refuse(f"padded_shape[{axis}]={size} is not divisible by block_shape[{axis}]={b}")
        split += (size // b, b)
    parts = xp.reshape(padded, (x.shape[0], *split, *rest))
    within, of_blocks = range(2, 2 * m + 1, 2), range(1, 2 * m, 2)
    order = (*within, 0, *of_blocks, *range(2 * m + 1, parts.ndim))
    batches = x.shape[0] * math.prod(block)
    return xp.reshape(xp.transpose(parts, order), (batches, *split[::2], *rest))


@space_to_batch_nd.gradient
def space_to_batch_nd_gradient(op, dy):
    return batch_to_space_nd(dy, *op.inputs[1:]), None, None


@op(
    "BatchToSpaceND",
    "input: T, block_shape: Tblock_shape, crops: Tcrops -> output: T",
    shape=_less_in_batch,
    static=("block_shape", "crops"),
    types={"Tblock_shape": INDEX_TYPES, "Tcrops": INDEX_TYPES},
    defaults={"Tblock_shape": dtypes.int32, "Tcrops": dtypes.int32},
)
def batch_to_space_nd(xp, x, block_shape, crops):
    """x: n[n*prod(b), *space, ...], block_shape: i[m], crops: i[m, 2] -> n[n, *space*b, ...]

    The inverse of SpaceToBatchND; `crops` are taken off the space again.
    """
    block, m = block_shape.tolist(), len(block_shape)
    space, rest = x.shape[1 : m + 1], x.shape[m + 1 :]
    batches = int(np.prod(block))
    if x.shape[0] % batches:
        refuse(
            f"Input batch dimension ({x.shape[0]}) is not divisible by product of block sizes "
            f"({batches})"
        )
    parts = xp.reshape(x, (*block, x.shape[0] // batches, *space, *rest))
    order = [m]
    for axis in range(m):
        order += (m + 1 + axis, axis)
    joined = xp.transpose(parts, (*order, *range(2 * m + 1, parts.ndim)))
    whole = tuple(size * b for size, b in zip(space, block, strict=True))
    joined = xp.reshape(joined, (x.shape[0] // batches, *whole, *rest))
    kept = tuple(
        slice(int(crop[0]), size - int(crop[1])) for size, crop in zip(whole, crops, strict=True)
    )
    return joined[(slice(None), *kept)]


@batch_to_space_nd.gradient
def batch_to_space_nd_gradient(op, dy):
    return space_to_batch_nd(dy, *op.inputs[1:]), None, None


def space_to_batch(
    input: Any,
    paddings: Any,
    block_size: int | None = None,
    name: str | None = None,
    block_shape: Any = None,
) -> Tensor:
    """input: n[n, h, w, c] -> n[n*b*b, h'/b, w'/b, c], the padded image's blocks in the batch."""
    size = renamed("block_shape", block_shape, "block_size", block_size)
    result = space_to_batch_nd(input, np.array([size, size], np.int64), paddings, name=name)
    result.set_shape(result.shape.with_rank(4))
    return result


def batch_to_space(
    input: Any,
    crops: Any,
    block_size: int | None,
    name: str | None = None,
    block_shape: Any = None,
) -> Tensor:
    """input: n[n*b*b, h, w, c] -> n[n, h*b, w*b, c], less what is cropped."""
    size = renamed("block_shape", block_shape, "block_size", block_size)
    result = batch_to_space_nd(input, np.array([size, size], np.int64), crops, name=name)
    result.set_shape(result.shape.with_rank(4))
    return result


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns the paddings for `space_to_batch_nd`, and the crops that take them off again.

    input_shape: i[m], the sizes of the space; block_shape: i[m]; base_paddings: i[m, 2], the least.
    Both results are i[m, 2].
    """
    scope_values = [input_shape, block_shape]
    with name_scope(name, "required_space_to_batch_paddings", scope_values):
        sizes = convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
        block = convert_to_tensor(block_shape, dtype=dtypes.int32, name="block_shape")
        block.shape.assert_is_fully_defined()
        block.shape.assert_has_rank(1)
        count = block.shape.num_elements()
        if count == 0:
            return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
        sizes.shape.assert_is_compatible_with([count])
        if base_paddings is None:
            base = zeros([count, 2], dtypes.int32)
        else:
            base = convert_to_tensor(base_paddings, dtype=dtypes.int32, name="base_paddings")
            base.shape.assert_is_compatible_with([count, 2])
        known = [constant_value(tensor) for tensor in (sizes, block, base)]
        if any(value is None for value in known):
            return _paddings_and_crops(sizes, block, base)
        return _paddings_and_crops(*known)


def _paddings_and_crops(sizes: Any, block: Any, base: Any) -> tuple[Tensor, Tensor]:
    """The arguments are all tensors or all arrays."""
    count = int(block.shape[0])
    start, base_end = base[:, 0], base[:, 1]
    extra = (block - (sizes + start + base_end) % block) % block
    end = base_end + extra
    paddings = stack([[start[i], end[i]] for i in range(count)], name="paddings")
    crops = stack([[0, extra[i]] for i in range(count)], name="crops")
    return paddings, crops
